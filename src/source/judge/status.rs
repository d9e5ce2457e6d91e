//! What the head of an answer says by itself: its status, where it redirects to, and a captcha that
//! a header demands.

use http::HeaderMap;

use super::html::is_waf_page;
use super::{Answer, Due, GEO, Judged, WAF, fail};
use crate::source::Verdict;
use crate::source::retry::retry_after;

/// Everything the status line decides by itself; `None` for 200.
pub(super) fn by_status(answer: &Answer<'_>, due: Due) -> Option<Judged> {
    let again = |verdict, cause: &str| {
        Some(Judged::Again {
            verdict,
            cause: cause.to_owned(),
            after: None,
        })
    };
    match answer.status {
        200 => None,
        301 | 302 | 303 | 307 | 308 => Some(by_location(answer.headers)),
        429 => Some(Judged::Again {
            verdict: Verdict::RateLimited,
            cause: "too many requests (429)".to_owned(),
            after: retry_after(answer.headers),
        }),
        403 if is_waf_page(answer.body) => Some(fail(Verdict::Captcha, WAF)),
        403 => Some(fail(
            Verdict::Refused,
            "refused by the site or its CDN (403)",
        )),
        401 | 407 | 451 => Some(fail(
            Verdict::Refused,
            format!("refused with status {}", answer.status),
        )),
        404 | 410 if due == Due::List => Some(fail(
            Verdict::BadAnswer,
            "the feed's address is gone; the site may have moved it",
        )),
        404 | 410 => Some(fail(Verdict::NotFound, "no such hashtag")),
        503 => Some(Judged::Again {
            verdict: Verdict::Network,
            cause: "the server failed (503)".to_owned(),
            after: retry_after(answer.headers),
        }),
        status @ (408 | 500 | 502 | 504 | 520..=529) => {
            again(Verdict::Network, &format!("the server failed ({status})"))
        }
        status @ 500..=599 => Some(fail(
            Verdict::Network,
            format!("the server failed ({status})"),
        )),
        status @ 400..=499 => Some(fail(
            Verdict::BadAnswer,
            format!("the request was not understood ({status})"),
        )),
        status => again(
            Verdict::BadAnswer,
            &format!("an answer of status {status}, which nothing was asked for"),
        ),
    }
}

/// A redirect: a login wall, a geo page, or somewhere else.
fn by_location(headers: &HeaderMap) -> Judged {
    let Some(location) = headers.get("location").and_then(|v| v.to_str().ok()) else {
        return fail(Verdict::BadAnswer, "a redirect to nowhere");
    };
    let path = path_of(location);
    if path == "/login" || path.starts_with("/login/") {
        return fail(Verdict::LoginRequired, "the site wants a login");
    }
    if path.ends_with("/notfound") {
        return fail(Verdict::GeoBlocked, GEO);
    }
    Judged::Redirect(location.to_owned())
}

/// The path of an absolute or relative redirect target.
fn path_of(location: &str) -> &str {
    let rest = location.split(['?', '#']).next().unwrap_or_default();
    match rest.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]),
        None => rest,
    }
}

pub(super) fn captcha_header(headers: &HeaderMap) -> bool {
    headers.contains_key("bdturing-verify") || headers.contains_key("x-vc-bdturing-parameters")
}
