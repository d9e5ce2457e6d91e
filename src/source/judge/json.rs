//! What a JSON answer says in the keys around its videos: whether it is what was asked for, and the
//! code and words of one that is not.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Due, Judged, fail};
use crate::source::codes::{self, Act};
use crate::source::{Verdict, bounds};

const MISMATCH: &str = "the signed URL was altered or is stale";

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
pub(super) fn by_json(body: &str, due: Due) -> Judged {
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
