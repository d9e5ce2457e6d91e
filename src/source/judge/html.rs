//! What a web page says: that it is the one that was due, that somebody stands in its way, or that
//! there is no such hashtag.

use super::{GEO, Judged, WAF, fail};
use crate::source::Verdict;

pub(super) fn looks_like_html(body: &str) -> bool {
    body.trim_start().starts_with('<')
}

/// HTML where something else was due.
pub(super) fn by_html(body: &str) -> Judged {
    const CAPTCHA: [&str; 6] = [
        "tiktok-verify-page",
        "Verify to continue",
        "Drag the slider",
        "captcha_verify",
        "captcha-verify",
        "secsdk-captcha",
    ];
    const NOT_SERVED: [&str; 4] = [
        "/notfound\"",
        "TikTok is not available",
        "not available in your region",
        "discontinued operating TikTok",
    ];
    if NOT_SERVED.iter().any(|mark| body.contains(mark)) {
        return fail(Verdict::GeoBlocked, GEO);
    }
    if CAPTCHA.iter().any(|mark| body.contains(mark)) {
        return fail(Verdict::Captcha, "a captcha page");
    }
    if is_waf_page(body) {
        return fail(Verdict::Captcha, WAF);
    }
    if says_no_such_tag(body) {
        return fail(Verdict::NotFound, "the site could not find this hashtag");
    }
    Judged::Renew {
        cause: "a web page without data".to_owned(),
    }
}

/// The hashtag's page as served: good unless it says that there is no such hashtag.
pub(super) fn by_tag_page(body: &str) -> Judged {
    if says_no_such_tag(body) {
        return fail(Verdict::NotFound, "the site could not find this hashtag");
    }
    Judged::Good
}

fn says_no_such_tag(body: &str) -> bool {
    body.contains("Couldn't find this hashtag")
        || body.contains("Couldn\u{2019}t find this hashtag")
}

/// The firewall's page, told by its four element ids.
pub(super) fn is_waf_page(body: &str) -> bool {
    body.contains("Please wait")
        && ["cs", "wci", "rci", "rs"]
            .iter()
            .all(|id| body.contains(&format!("id=\"{id}\"")))
}
