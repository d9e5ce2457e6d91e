//! What a user can do about each way a pull can stop: added to the cause at the edge.

use crate::source::Verdict;

/// One clause of advice, for a run that did or did not ask the embed pages already.
pub(super) fn advice(verdict: Verdict, embed_asked: bool) -> &'static str {
    match verdict {
        Verdict::NotFound => "check the spelling; it may also be private or gone",
        Verdict::TagBlocked => "the site has taken it down, so no lane will show it",
        Verdict::Gated if embed_asked => {
            "the site wants requests signed by its own page: save that page's answers in a \
             browser and import them"
        }
        Verdict::Gated => {
            "the site wants requests signed by its own page: try --source embed for up to 10 \
             videos, or save the page's answers in a browser and import them"
        }
        Verdict::Captcha => {
            "open the hashtag in a browser on this network, solve the check, and pass that \
             browser's cookies with --cookies"
        }
        Verdict::LoginRequired => "log in in a browser and pass its cookies with --cookies",
        Verdict::GeoBlocked => "run it from another country, or through --proxy",
        Verdict::RateLimited => "wait and run it again, slower with --rate",
        Verdict::Refused if embed_asked => "try again later or from another network",
        Verdict::Refused => "try again later or from another network, or try --source embed",
        Verdict::Network => "check the connection and run it again",
        Verdict::Stalled => "what came so far is kept; run it again later",
        Verdict::Gap => "what came is kept; run it again for what is missing",
        Verdict::BadAnswer => "the site may have changed; a newer version may know it",
        Verdict::Budget => "the connection is too poor to go on; run it again later",
        Verdict::EndOfFeed => "that is all there is",
    }
}
