//! What an answer means: one pure function from status, headers and body to a judgement. The
//! order of its checks matters, because some failures wear the bytes of others.

mod html;
mod json;
mod status;

use std::time::Duration;

use http::HeaderMap;

use super::Verdict;
use html::{by_html, by_tag_page, looks_like_html};
use json::by_json;
use status::{by_status, captcha_header};

/// What a redirect and a page may say.
const GEO: &str = "the site does not serve the country of this machine's address";
/// The cause of a page that the firewall sends with either of two statuses.
const WAF: &str = "the site's firewall wants a JavaScript challenge solved";

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
