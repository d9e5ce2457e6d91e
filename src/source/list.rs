//! The body of the site's list call: its entries, still unread, and where the feed goes on.
//! Whoever asked for it, we or a page of the site, it reads the same.

use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::{Cursor, Error, Next, Page, Verdict, bounds};
use crate::record::{RawItem, Shape};

/// Reads the body of a list call that was judged good; its entries stay unread.
///
/// # Errors
/// [`Verdict::BadAnswer`] when it is no such body after all, or over a bound.
pub(super) fn read_list(body: &str) -> Result<Page, Error> {
    let list: ListBody<'_> = serde_json::from_str(body).map_err(|error| {
        Error::new(
            Verdict::BadAnswer,
            format!("a page that cannot be read: {error}"),
        )
    })?;
    let next = Rest {
        has_more: list.has_more,
        cursor: list.cursor,
    }
    .next();
    let entries = list.items.map_or_else(Vec::new, |entries| entries.0);
    Ok(Page {
        items: entries
            .into_iter()
            .map(|json| RawItem::new(Shape::Web, json))
            .collect(),
        next,
        continued: false,
    })
}

/// Where the feed goes on after such a body, its entries not even looked at.
pub(super) fn next_of(body: &str) -> Option<Next> {
    serde_json::from_str::<Rest<'_>>(body)
        .ok()
        .map(|rest| rest.next())
}

/// A page of the list call, its entries unread.
#[derive(Deserialize)]
struct ListBody<'a> {
    #[serde(rename = "itemList", alias = "items", alias = "aweme_list")]
    items: Option<Entries>,
    #[serde(borrow, rename = "hasMore", alias = "has_more")]
    has_more: Option<&'a RawValue>,
    #[serde(borrow)]
    cursor: Option<&'a RawValue>,
}

/// The entries of one page, at most [`bounds::RECORDS`].
struct Entries(Vec<Box<RawValue>>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Counted;
        impl<'de> Visitor<'de> for Counted {
            type Value = Entries;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list of videos")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = seq.next_element()? {
                    if entries.len() == bounds::RECORDS {
                        let limit = bounds::RECORDS;
                        return Err(A::Error::custom(format!("more than {limit} entries")));
                    }
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_seq(Counted)
    }
}

/// What a page says of the rest of the feed.
#[derive(Deserialize)]
struct Rest<'a> {
    #[serde(borrow, rename = "hasMore", alias = "has_more")]
    has_more: Option<&'a RawValue>,
    #[serde(borrow)]
    cursor: Option<&'a RawValue>,
}

impl Rest<'_> {
    /// A boolean, 0 or 1, or either as a string.
    fn has_more(&self) -> bool {
        let value = self.has_more.map_or("", |raw| raw.get().trim_matches('"'));
        matches!(value, "true" | "1")
    }

    /// Where the feed goes on. A cursor is a string here and a number there; without a usable
    /// one the feed cannot be followed.
    fn next(&self) -> Next {
        if !self.has_more() {
            return Next::End;
        }
        let text = self.cursor.map_or("nothing", |raw| raw.get());
        let digits = text
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
            .unwrap_or(text);
        let is_plain =
            (1..=19).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        match digits.parse() {
            Ok(cursor) if is_plain => Next::At(Cursor(cursor)),
            _ => {
                let shown: String = text.chars().take(40).collect();
                let cause = format!("the feed goes on at {shown:?}, which is no cursor");
                Next::Lost(Error::new(Verdict::BadAnswer, cause))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::read_list;
    use crate::source::{Cursor, Next};

    fn next(body: &str) -> Next {
        read_list(body).unwrap().next
    }

    #[test]
    fn cursors_in_every_form() {
        assert_eq!(
            next(r#"{"itemList":[],"hasMore":true,"cursor":"30"}"#),
            Next::At(Cursor(30))
        );
        assert_eq!(
            next(r#"{"itemList":[],"hasMore":1,"cursor":30}"#),
            Next::At(Cursor(30))
        );
        assert_eq!(
            next(r#"{"hasMore":"true","cursor":30}"#),
            Next::At(Cursor(30))
        );
        assert_eq!(
            next(r#"{"itemList":[],"hasMore":false,"cursor":"95"}"#),
            Next::End
        );
        assert_eq!(next(r#"{"itemList":[]}"#), Next::End);
        for odd in [
            "null",
            "\"\"",
            "\"a&b\"",
            "-5",
            "1e3",
            "12345678901234567890",
            "[1]",
            "\"+5\"",
        ] {
            let body = format!(r#"{{"itemList":[{{}}],"hasMore":true,"cursor":{odd}}}"#);
            assert!(matches!(next(&body), Next::Lost(_)), "{odd}");
            assert_eq!(read_list(&body).unwrap().items.len(), 1, "{odd}");
        }
        assert!(matches!(
            next(r#"{"itemList":[],"hasMore":true}"#),
            Next::Lost(_)
        ));
    }

    #[test]
    fn entries_are_bounded_and_stay_unread() {
        let body = format!(r#"{{"itemList":[null,7{}]}}"#, ",{}".repeat(998));
        assert_eq!(read_list(&body).unwrap().items.len(), 1_000);
        let body = format!(r#"{{"itemList":[{}{{}}]}}"#, "{},".repeat(1_000));
        assert!(read_list(&body).unwrap_err().cause.contains("1000 entries"));
        assert!(
            read_list(r#"{"itemList":null,"hasMore":false}"#)
                .unwrap()
                .items
                .is_empty()
        );
    }
}
