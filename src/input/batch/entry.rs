//! One entry of an `--input` file: an object, or a string in its place.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde_json::value::RawValue;

use crate::input::{
    Ask, AskError, HashtagError, HashtagName, Limit, LimitError, Region, RegionError, TagUrl,
    TagUrlError,
};

/// What one entry says.
pub(super) struct Entry {
    /// The hashtag it asks for.
    pub(super) ask: Ask,
    /// Whether it has both a name and a URL.
    pub(super) contested: bool,
    /// Its keys that mean nothing to us.
    pub(super) unknown: Vec<String>,
}

/// What is wrong with an entry, or with what it has under `key`.
pub(super) struct Fault {
    pub(super) key: Option<&'static str>,
    pub(super) cause: EntryError,
}

impl<E: Into<EntryError>> From<E> for Fault {
    fn from(cause: E) -> Self {
        Self {
            key: None,
            cause: cause.into(),
        }
    }
}

/// What is wrong with one entry of a batch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EntryError {
    /// Another JSON type than the one due.
    #[error("{due} is due, not {found}")]
    WrongType {
        /// What should stand there.
        due: &'static str,
        /// What does.
        found: &'static str,
    },
    /// An object with a key that is no text.
    #[error("a key with a broken escape")]
    BrokenKey,
    /// An object that names no hashtag.
    #[error("neither name nor url is given; an entry is e.g. {{\"name\": \"travel\"}}")]
    NoTarget,
    /// A bad line, or a string in place of an object.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// A bad `name`.
    #[error(transparent)]
    Name(#[from] HashtagError),
    /// A bad `url`.
    #[error(transparent)]
    Url(#[from] TagUrlError),
    /// A bad `region`.
    #[error(transparent)]
    Region(#[from] RegionError),
    /// A bad `limit`.
    #[error(transparent)]
    Limit(#[from] LimitError),
}

/// Reads an object with the keys `name url region limit`, or a string that is a `TAG|URL`.
pub(super) fn read(value: &RawValue) -> Result<Entry, Fault> {
    if value.get().starts_with('{') {
        return object(value);
    }
    let text = string("an object or a string", value)?;
    Ok(Entry {
        ask: text.parse::<Ask>().map_err(EntryError::from)?,
        contested: false,
        unknown: Vec::new(),
    })
}

fn object(value: &RawValue) -> Result<Entry, Fault> {
    let mut fields: BTreeMap<String, &RawValue> =
        serde_json::from_str(value.get()).map_err(|_| EntryError::BrokenKey)?;
    let mut field = |key| {
        let value = fields.remove(key);
        Field {
            key,
            value: value.filter(|value| value.get() != "null"),
        }
    };
    let name: Option<HashtagName> = field("name").parsed(string_due)?;
    let url: Option<TagUrl> = field("url").parsed(string_due)?;
    let region: Option<Region> = field("region").parsed(string_due)?;
    let limit: Option<Limit> = field("limit").parsed(digits_due)?;
    let contested = name.is_some() && url.is_some();
    let ask = Ask::new(name, url).ok_or(EntryError::NoTarget)?;
    Ok(Entry {
        ask: Ask {
            region,
            limit,
            ..ask
        },
        contested,
        unknown: fields.into_keys().collect(),
    })
}

/// One field of an object.
struct Field<'a> {
    key: &'static str,
    /// `None` where it is absent or null.
    value: Option<&'a RawValue>,
}

impl Field<'_> {
    /// The field's domain value, made from the text that `text` finds in it.
    fn parsed<T: FromStr>(
        &self,
        text: fn(&RawValue) -> Result<String, EntryError>,
    ) -> Result<Option<T>, Fault>
    where
        EntryError: From<T::Err>,
    {
        let Some(value) = self.value else {
            return Ok(None);
        };
        let read = text(value).and_then(|text| Ok(text.parse()?));
        read.map(Some).map_err(|cause| Fault {
            key: Some(self.key),
            cause,
        })
    }
}

fn string_due(value: &RawValue) -> Result<String, EntryError> {
    string("a string", value)
}

/// The digits of a number, or of a string in its place.
fn digits_due(value: &RawValue) -> Result<String, EntryError> {
    let text = value.get();
    if text.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
        return Ok(text.to_owned());
    }
    string("a whole number, e.g. 100,", value)
}

fn string(due: &'static str, value: &RawValue) -> Result<String, EntryError> {
    serde_json::from_str(value.get()).map_err(|_| wrong(due, value))
}

fn wrong(due: &'static str, value: &RawValue) -> EntryError {
    let found = match value.get().as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b'"') => "a string with a broken escape",
        Some(b't' | b'f') => "true or false",
        Some(b'n') => "null",
        _ => "a number",
    };
    EntryError::WrongType { due, found }
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::{Entry, Fault, read};

    fn read_json(json: &str) -> Result<Entry, Fault> {
        read(serde_json::from_str::<&RawValue>(json).expect(json))
    }

    #[test]
    fn null_is_as_good_as_absent_and_digits_as_a_number() {
        let entry = r#"{"name":null,"url":"tiktok.com/tag/x","region":null,"limit":null}"#;
        let Ok(Entry { ask, contested, .. }) = read_json(entry) else {
            panic!("{entry} is refused")
        };
        assert_eq!(ask.url.as_deref(), Some("tiktok.com/tag/x"));
        assert_eq!((ask.region, ask.limit, contested), (None, None, false));
        for entry in [r#"{"name":"x","limit":"7"}"#, r#"{"name":"x","limit":7}"#] {
            let Ok(Entry { ask, .. }) = read_json(entry) else {
                panic!("{entry} is refused")
            };
            assert_eq!(ask.limit.and_then(|limit| limit.get()), Some(7));
        }
    }

    #[test]
    fn a_bad_entry_says_what_is_due() {
        let no_target = "neither name nor url is given; an entry is e.g. {\"name\": \"travel\"}";
        for (json, key, said) in [
            (
                r#"{"name":5}"#,
                Some("name"),
                "a string is due, not a number",
            ),
            (
                r#"{"name":["a"]}"#,
                Some("name"),
                "a string is due, not an array",
            ),
            (
                r#"{"name":"a b"}"#,
                Some("name"),
                "\"a b\" has a space; a hashtag is one word, e.g. travel",
            ),
            (
                r#"{"name":"\ud83d"}"#,
                Some("name"),
                "a string is due, not a string with a broken escape",
            ),
            (
                r#"{"url":{}}"#,
                Some("url"),
                "a string is due, not an object",
            ),
            (
                r#"{"name":"a","url":"https://example.com/tag/x"}"#,
                Some("url"),
                "\"example.com\" is not a TikTok site with tag pages; \
              give a tag URL such as https://www.tiktok.com/tag/travel",
            ),
            (
                r#"{"name":"a","region":"UK"}"#,
                Some("region"),
                "\"UK\" is no country code; a region is two letters, here GB",
            ),
            (
                r#"{"name":"a","limit":0}"#,
                Some("limit"),
                "a limit of 0 would write nothing; give 1 or more, or --all for everything",
            ),
            (
                r#"{"name":"a","limit":1.5}"#,
                Some("limit"),
                "\"1.5\" is not a whole number, e.g. 100",
            ),
            (
                r#"{"name":"a","limit":-1}"#,
                Some("limit"),
                "\"-1\" is not a whole number, e.g. 100",
            ),
            (
                r#"{"name":"a","limit":true}"#,
                Some("limit"),
                "a whole number, e.g. 100, is due, not true or false",
            ),
            (r#"{"region":"US"}"#, None, no_target),
            ("{}", None, no_target),
            (r#"{"\ud83d":1}"#, None, "a key with a broken escape"),
            ("null", None, "an object or a string is due, not null"),
            ("[]", None, "an object or a string is due, not an array"),
            ("7", None, "an object or a string is due, not a number"),
        ] {
            let Err(fault) = read_json(json) else {
                panic!("{json} is read")
            };
            assert_eq!(
                (fault.key, fault.cause.to_string().as_str()),
                (key, said),
                "{json}"
            );
        }
    }
}
