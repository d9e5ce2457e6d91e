//! What an answer means: one pure function from status, headers and body to a judgement. The
//! order of its checks matters, because some failures wear the bytes of others.

use std::time::Duration;

use http::HeaderMap;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::codes::{self, Act};
use super::retry::retry_after;
use super::{Verdict, bounds};

/// An answer with its body read to the end, decoded and made valid UTF-8.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a str,
}

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    /// JSON about the hashtag itself.
    Lookup,
    /// JSON with a page of videos.
    List,
    /// An embed page, with its data script inside.
    EmbedPage,
    /// The hashtag's own page; its data script may be missing.
    TagPage,
}

/// What to do with an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Judged {
    /// What was asked for.
    Good,
    /// A redirect that is neither a login wall nor a geo page; to where, as the site wrote it.
    Redirect(String),
    /// Worth asking again, after at least `after` if the site named a time.
    Again {
        verdict: Verdict,
        cause: String,
        after: Option<Duration>,
    },
    /// Worth asking once more as a new visitor.
    Renew { cause: String },
    /// Final.
    Fail { verdict: Verdict, cause: String },
}

/// Judges an answer by the order of the site's known failures.
pub(crate) fn judge(answer: &Answer<'_>, due: Due) -> Judged {
    if let Some(judged) = by_status(answer, due) {
        return judged;
    }
    if captcha_header(answer.headers) {
        return fail(Verdict::Captcha, "a captcha is demanded");
    }
    if answer.body.trim().is_empty() {
        return Judged::Renew {
            cause: "an empty answer".to_owned(),
        };
    }
    match due {
        Due::Lookup | Due::List if looks_like_html(answer.body) => by_html(answer.body),
        Due::Lookup | Due::List => by_json(answer.body, due),
        Due::EmbedPage if answer.body.contains("__FRONTITY_CONNECT_STATE__") => Judged::Good,
        Due::TagPage if answer.body.contains("__UNIVERSAL_DATA_FOR_REHYDRATION__") => {
            by_tag_page(answer.body)
        }
        Due::EmbedPage | Due::TagPage => by_html(answer.body),
    }
}

fn fail(verdict: Verdict, cause: impl Into<String>) -> Judged {
    Judged::Fail {
        verdict,
        cause: cause.into(),
    }
}

/// Everything the status line decides by itself; `None` for 200.
fn by_status(answer: &Answer<'_>, due: Due) -> Option<Judged> {
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

const GEO: &str = "the site does not serve the country of this machine's address";
const WAF: &str = "the site's firewall wants a JavaScript challenge solved";

fn captcha_header(headers: &HeaderMap) -> bool {
    headers.contains_key("bdturing-verify") || headers.contains_key("x-vc-bdturing-parameters")
}

fn looks_like_html(body: &str) -> bool {
    body.trim_start().starts_with('<')
}

/// The firewall's page, told by its four element ids.
fn is_waf_page(body: &str) -> bool {
    body.contains("Please wait")
        && ["cs", "wci", "rci", "rs"]
            .iter()
            .all(|id| body.contains(&format!("id=\"{id}\"")))
}

/// HTML where something else was due.
fn by_html(body: &str) -> Judged {
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
fn by_tag_page(body: &str) -> Judged {
    if says_no_such_tag(body) {
        return fail(Verdict::NotFound, "the site could not find this hashtag");
    }
    Judged::Good
}

fn says_no_such_tag(body: &str) -> bool {
    body.contains("Couldn't find this hashtag")
        || body.contains("Couldn\u{2019}t find this hashtag")
}

/// The keys of a JSON answer that tell whether it is what was asked for. Values stay raw: the
/// site writes one number as integer here and as string there.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<&'a RawValue>,
    #[serde(borrow)]
    code: Option<&'a RawValue>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
    #[serde(borrow, rename = "statusCode")]
    status_camel: Option<&'a RawValue>,
    #[serde(borrow, rename = "status_code")]
    status_snake: Option<&'a RawValue>,
    #[serde(borrow, rename = "statusMsg")]
    text_camel: Option<&'a RawValue>,
    #[serde(borrow, rename = "status_msg")]
    text_snake: Option<&'a RawValue>,
    #[serde(borrow, rename = "itemList", alias = "items", alias = "aweme_list")]
    list: Option<&'a RawValue>,
    #[serde(borrow, rename = "hasMore", alias = "has_more")]
    has_more: Option<&'a RawValue>,
}

impl Envelope<'_> {
    /// The first status code that is not zero.
    fn code(&self) -> Option<i64> {
        [self.status_camel, self.status_snake]
            .into_iter()
            .flatten()
            .filter_map(integer)
            .find(|&code| code != 0)
    }

    fn text(&self) -> String {
        [self.text_camel, self.text_snake, self.message]
            .into_iter()
            .flatten()
            .filter_map(|raw| serde_json::from_str::<String>(raw.get()).ok())
            .find(|text| !text.is_empty())
            .unwrap_or_default()
    }

    fn wants_captcha(&self) -> bool {
        self.kind.is_some_and(|raw| raw.get() == "\"verify\"")
            || self.code.and_then(integer) == Some(10_000)
    }
}

/// An integer, or a string of digits.
fn integer(raw: &RawValue) -> Option<i64> {
    raw.get().trim_matches('"').parse().ok()
}

/// A body that should be JSON.
fn by_json(body: &str, due: Due) -> Judged {
    if bounds::too_deep(body) {
        let cause = format!("the answer nests deeper than {} levels", bounds::DEPTH);
        return fail(Verdict::BadAnswer, cause);
    }
    let envelope: Envelope<'_> = match serde_json::from_str(body) {
        Ok(envelope) => envelope,
        Err(_) if says_url_mismatch(body) => return fail(Verdict::Gated, MISMATCH),
        Err(error) => {
            return Judged::Again {
                verdict: Verdict::BadAnswer,
                cause: unreadable(body, &error),
                after: None,
            };
        }
    };
    if envelope.wants_captcha() {
        return fail(Verdict::Captcha, "a captcha is demanded");
    }
    if says_url_mismatch(&envelope.text()) {
        return fail(Verdict::Gated, MISMATCH);
    }
    if let Some(code) = envelope.code() {
        return by_code(code, &envelope.text());
    }
    let lacks = match due {
        Due::List if envelope.list.is_none() && envelope.has_more.is_none() => "a list of videos",
        // A hollow one is the site's way to say that there is no such hashtag; none says nothing.
        Due::Lookup if !body.contains("\"challengeInfo\"") => "a hashtag",
        _ => return Judged::Good,
    };
    Judged::Again {
        verdict: Verdict::BadAnswer,
        cause: format!("an answer without {lacks}"),
        after: None,
    }
}

const MISMATCH: &str = "the signed URL was altered or is stale";

fn says_url_mismatch(text: &str) -> bool {
    let text = &text[..text.floor_char_boundary(200)];
    let text = text.to_lowercase();
    text.contains("url doesn't match") || text.contains("url does not match")
}

/// How many bytes came and how they begin; the caller removes tokens before showing it.
fn unreadable(body: &str, error: &serde_json::Error) -> String {
    let why = if error.is_eof() {
        "cut off"
    } else {
        "not JSON"
    };
    let start = &body[..body.floor_char_boundary(80)];
    format!("{} bytes that are {why}, beginning {start:?}", body.len())
}

fn by_code(code: i64, text: &str) -> Judged {
    let (name, act) = codes::meaning(code);
    let mut cause = format!("{name} (code {code})");
    if !text.is_empty() {
        cause = format!("{cause}: {text}");
    }
    match act {
        Act::Stop(verdict) => fail(verdict, cause),
        Act::Again(verdict) => Judged::Again {
            verdict,
            cause,
            after: None,
        },
        Act::SkipItem => fail(Verdict::NotFound, cause),
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Due, Judged, judge};
    use http::{HeaderMap, HeaderName, HeaderValue};

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_bytes(name.as_bytes()).unwrap(),
                    HeaderValue::from_str(value).unwrap(),
                )
            })
            .collect()
    }

    /// `good`, `renew`, `again:VERDICT[:SECS]`, `fail:VERDICT` or `redirect:WHERE`.
    fn told(status: u16, pairs: &[(&str, &str)], body: &str, due: Due) -> String {
        let headers = headers(pairs);
        let answer = Answer {
            status,
            headers: &headers,
            body,
        };
        match judge(&answer, due) {
            Judged::Good => "good".to_owned(),
            Judged::Renew { .. } => "renew".to_owned(),
            Judged::Redirect(to) => format!("redirect:{to}"),
            Judged::Fail { verdict, .. } => format!("fail:{verdict}"),
            Judged::Again { verdict, after, .. } => match after {
                Some(after) => format!("again:{verdict}:{}", after.as_secs()),
                None => format!("again:{verdict}"),
            },
        }
    }

    const PAGE: &str = r#"{"itemList":[{"id":"1"}],"hasMore":true,"cursor":"30","statusCode":0}"#;
    const WAF: &str =
        r#"<html>Please wait...<p id="cs"></p><p id="wci"></p><p id="rci"></p><p id="rs"></p>"#;

    /// Status, headers, body, what was asked for, and what becomes of it.
    type Row<'a> = (u16, &'a [(&'a str, &'a str)], &'a str, Due, &'a str);

    #[test]
    fn status_lines_decide_first() {
        let rows: &[Row<'_>] = &[
            (200, &[], PAGE, Due::List, "good"),
            (
                302,
                &[("location", "/login?redirect_url=x")],
                "",
                Due::List,
                "fail:login_required",
            ),
            (
                302,
                &[("location", "https://www.tiktok.com/login/phone")],
                "",
                Due::List,
                "fail:login_required",
            ),
            (
                302,
                &[("location", "/logins")],
                "",
                Due::List,
                "redirect:/logins",
            ),
            (
                302,
                &[("location", "https://www.tiktok.com/hk/notfound")],
                "",
                Due::List,
                "fail:geo_blocked",
            ),
            (301, &[], "", Due::List, "fail:bad_answer"),
            (429, &[], "", Due::List, "again:rate_limited"),
            (
                429,
                &[("retry-after", "7"), ("retry-after", "9")],
                "",
                Due::List,
                "again:rate_limited:9",
            ),
            (
                503,
                &[("retry-after", "3")],
                "",
                Due::Lookup,
                "again:network:3",
            ),
            (
                403,
                &[],
                "<TITLE>Access Denied</TITLE>",
                Due::List,
                "fail:refused",
            ),
            (403, &[], WAF, Due::List, "fail:captcha"),
            (401, &[], "", Due::List, "fail:refused"),
            (451, &[], "", Due::List, "fail:refused"),
            (404, &[], "", Due::Lookup, "fail:not_found"),
            (410, &[], "", Due::EmbedPage, "fail:not_found"),
            (404, &[], "", Due::List, "fail:bad_answer"),
            (418, &[], "", Due::List, "fail:bad_answer"),
            (408, &[], "", Due::List, "again:network"),
            (500, &[], "", Due::List, "again:network"),
            (522, &[], "", Due::List, "again:network"),
            (501, &[], "", Due::List, "fail:network"),
            (204, &[], "", Due::List, "again:bad_answer"),
            (304, &[], "", Due::List, "again:bad_answer"),
        ];
        for (status, pairs, body, due, want) in rows {
            assert_eq!(
                &told(*status, pairs, body, *due),
                want,
                "{status} {pairs:?}"
            );
        }
    }

    #[test]
    fn a_captcha_header_beats_a_good_body() {
        let demanded = [("bdturing-verify", "{}")];
        assert_eq!(told(200, &demanded, PAGE, Due::List), "fail:captcha");
    }

    #[test]
    fn html_where_json_was_due() {
        let rows = [
            ("", "renew"),
            (" \n", "renew"),
            ("<!DOCTYPE html><html><body>app</body></html>", "renew"),
            ("<html><div class=\"captcha_verify_bar\">", "fail:captcha"),
            ("<html>Drag the slider", "fail:captcha"),
            ("<html>TikTok is not available here", "fail:geo_blocked"),
            ("<html><a href=\"/hk/notfound\">", "fail:geo_blocked"),
            (WAF, "fail:captcha"),
        ];
        for (body, want) in rows {
            assert_eq!(told(200, &[], body, Due::List), want, "{body}");
            assert_eq!(told(200, &[], body, Due::EmbedPage), want, "{body}");
        }
    }

    #[test]
    fn pages_are_good_by_their_script() {
        let embed = "<script id=\"__FRONTITY_CONNECT_STATE__\">{}</script> captcha_verify";
        assert_eq!(told(200, &[], embed, Due::EmbedPage), "good");
        let tag = "<script id=\"__UNIVERSAL_DATA_FOR_REHYDRATION__\">{}</script>";
        assert_eq!(told(200, &[], tag, Due::TagPage), "good");
        let gone = format!("{tag}Couldn\u{2019}t find this hashtag");
        assert_eq!(told(200, &[], &gone, Due::TagPage), "fail:not_found");
        assert_eq!(told(200, &[], "<html>shell", Due::EmbedPage), "renew");
    }

    #[test]
    fn json_bodies() {
        let deep = format!("{{\"itemList\":{}", "[".repeat(200_000));
        let rows = [
            (
                r#"{"code":"10000","type":"verify","subtype":"slide"}"#,
                "fail:captcha",
            ),
            (r#"{"code":10000}"#, "fail:captcha"),
            (
                r#"{"status_code":1,"message":"Url does not match"}"#,
                "fail:gated",
            ),
            ("url doesn't match", "fail:gated"),
            (r#"{"statusCode":10205}"#, "fail:not_found"),
            (
                r#"{"statusCode":0,"status_code":"10211"}"#,
                "fail:tag_blocked",
            ),
            (r#"{"statusCode":10201}"#, "again:bad_answer"),
            (r#"{"statusCode":10101}"#, "again:network"),
            (r#"{"statusCode":10404}"#, "fail:end_of_feed"),
            (r#"{"statusCode":8}"#, "fail:login_required"),
            (r#"{"statusCode":77}"#, "again:bad_answer"),
            (r#"{"itemList":[{"id":"1"}"#, "again:bad_answer"),
            ("null", "again:bad_answer"),
            ("[]", "again:bad_answer"),
            ("{}", "again:bad_answer"),
            (r#"{"hasMore":NaN}"#, "again:bad_answer"),
            (r#"{"hasMore":false} x"#, "again:bad_answer"),
            (r#"{"hasMore":false}"#, "good"),
            (r#"{"itemList":[]}"#, "good"),
            (&deep, "fail:bad_answer"),
        ];
        for (body, want) in rows {
            let short = &body[..body.len().min(60)];
            assert_eq!(told(200, &[], body, Due::List), want, "{short}");
        }
        let hollow = r#"{"challengeInfo":{},"statusCode":0}"#;
        assert_eq!(told(200, &[], hollow, Due::Lookup), "good");
        assert_eq!(told(200, &[], "{}", Due::Lookup), "again:bad_answer");
    }
}
