//! What a user can do about each way a pull can stop: added to the cause at the edge.

use crate::record::Lane;
use crate::source::Verdict;

/// One clause of advice about `verdict`, which the last of the lanes `asked` ran into.
pub(super) fn advice(verdict: Verdict, asked: &[Lane]) -> &'static str {
    let has = |lane| asked.contains(&lane);
    match verdict {
        Verdict::NotFound => "check the spelling; it may also be private or gone",
        Verdict::TagBlocked => "the site has taken it down, so no lane will show it",
        Verdict::Gated => gated(has(Lane::Browser), has(Lane::Embed)),
        Verdict::Captcha if has(Lane::Browser) => {
            "run it again with --headed --wait-user 120 and solve the check in the window, or \
             --attach a browser in which you did"
        }
        Verdict::Captcha => {
            "open the hashtag in a browser on this network, solve the check, and pass that \
             browser's cookies with --cookies, or use --source browser --headed --wait-user 120"
        }
        Verdict::LoginRequired if has(Lane::Browser) => {
            "log in once with --headed --wait-user 300 --profile-dir DIR, or --attach a browser \
             that is logged in"
        }
        Verdict::LoginRequired => {
            "log in in a browser and pass its cookies with --cookies, or use --source browser"
        }
        Verdict::GeoBlocked => "run it from another country, or through --proxy",
        Verdict::RateLimited => "wait and run it again, slower with --rate",
        Verdict::Refused if has(Lane::Embed) => "try again later or from another network",
        Verdict::Refused => "try again later or from another network, or try --source embed",
        Verdict::Network => "check the connection and run it again",
        Verdict::Stalled => "what came so far is kept; run it again later",
        Verdict::Gap => "what came is kept; run it again for what is missing",
        Verdict::BadAnswer => "the site may have changed; a newer version may know it",
        Verdict::Budget => {
            "what came is kept; run it again later, or with a larger --max-requests or --max-time"
        }
        Verdict::EndOfFeed => "that is all there is",
    }
}

/// The site answers only its own page, and from some places not even that.
fn gated(browser: bool, embed: bool) -> &'static str {
    match (browser, embed) {
        (true, _) => {
            "the site hands out nothing to a browser from here either: try another network, or \
             --attach the browser you use yourself"
        }
        (false, true) => {
            "the site wants requests signed by its own page: try --source browser with a Chromium \
             that can start here, or save that page's answers in a browser and import them"
        }
        (false, false) => {
            "the site wants requests signed by its own page: try --source browser, --source \
             embed for up to 10 videos, or save the page's answers in a browser and import them"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::advice;
    use crate::record::Lane;
    use crate::source::Verdict;

    #[test]
    fn advice_is_about_what_was_not_tried() {
        let web = advice(Verdict::Gated, &[Lane::Web]);
        assert!(web.contains("--source browser") && web.contains("--source embed"));
        let both = advice(Verdict::Gated, &[Lane::Web, Lane::Embed]);
        assert!(both.contains("--source browser") && !both.contains("--source embed"));
        let all = advice(Verdict::Gated, &[Lane::Web, Lane::Browser, Lane::Embed]);
        assert!(!all.contains("--source"));
        assert!(advice(Verdict::Captcha, &[Lane::Browser]).contains("--headed"));
        assert!(advice(Verdict::LoginRequired, &[Lane::Browser]).contains("--profile-dir"));
    }
}
