//! Saved answers as a feed: finds the web items in JSON texts and keeps their bytes as they are.
//!
//! Reading files is the caller's. Rows of other shapes (the app's, embeds) are counted and left out.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// How deep below the top of a text an item may lie.
const DEEPEST: usize = 8;

/// Web items out of saved answers, each id once, in the order they were found.
#[derive(Debug, Default)]
pub struct SavedItems {
    items: Vec<Box<str>>,
    places: HashMap<Box<str>, usize>,
    skipped: usize,
    repeats: usize,
}

impl SavedItems {
    /// Adds the items of one text: a JSON document, or JSON lines.
    ///
    /// Says how many it added. What was found before an error stays.
    ///
    /// # Errors
    ///
    /// The parser's, when the text is not JSON all through.
    pub fn add(&mut self, text: &[u8]) -> Result<usize, serde_json::Error> {
        let before = self.items.len();
        let text = String::from_utf8_lossy(text);
        let text = text.trim_start_matches('\u{feff}');
        for document in serde_json::Deserializer::from_str(text).into_iter::<&RawValue>() {
            self.search(document?, 0);
        }
        Ok(self.items.len() - before)
    }

    /// How many distinct items there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// How many rows were seen that are videos of another shape and cannot be served.
    #[must_use]
    pub fn skipped(&self) -> usize {
        self.skipped
    }

    /// How many items were dropped because their id was there already.
    #[must_use]
    pub fn repeats(&self) -> usize {
        self.repeats
    }

    pub(crate) fn get(&self, index: usize) -> Option<&str> {
        self.items.get(index).map(|item| &**item)
    }

    pub(crate) fn index_of(&self, id: &str) -> Option<usize> {
        self.places.get(id).copied()
    }

    fn search(&mut self, value: &RawValue, depth: usize) {
        let text = value.get();
        if depth > DEEPEST {
            return;
        }
        if text.starts_with('[') {
            let entries: Vec<&RawValue> = serde_json::from_str(text).unwrap_or_default();
            entries
                .into_iter()
                .for_each(|entry| self.search(entry, depth + 1));
        } else if text.starts_with('{') {
            let members: Members<'_> = serde_json::from_str(text).unwrap_or_default();
            match members.kind() {
                Kind::Web(id) => self.keep(id, text),
                Kind::OtherVideo => self.skipped += 1,
                Kind::Envelope => members
                    .0
                    .iter()
                    .for_each(|(_, inner)| self.search(inner, depth + 1)),
            }
        }
    }

    fn keep(&mut self, id: &str, text: &str) {
        if self.places.contains_key(id) {
            self.repeats += 1;
            return;
        }
        self.places.insert(id.into(), self.items.len());
        self.items.push(text.into());
    }
}

/// What an object is to the finder.
enum Kind<'a> {
    /// A web item with its id, without quotes.
    Web(&'a str),
    /// A video as the app or the embed pages write it.
    OtherVideo,
    Envelope,
}

/// An object, not looked into: names and raw values, in order.
#[derive(Default)]
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Members<'a> {
    fn kind(&self) -> Kind<'a> {
        let has = |name| self.get(name).is_some();
        let object = |name| self.get(name).is_some_and(|text| text.starts_with('{'));
        let in_app = has("aweme_id") && (has("video") || has("statistics") || has("author"));
        if in_app || has("itemInfos") {
            return Kind::OtherVideo;
        }
        let Some(id) = self.id() else {
            return Kind::Envelope;
        };
        let counted = has("stats") && has("author") && (has("createTime") || has("video"));
        if object("video") || object("imagePost") || counted {
            Kind::Web(id)
        } else if has("authorUniqueId") {
            Kind::OtherVideo
        } else {
            Kind::Envelope
        }
    }

    /// Text or number: some tools write ids as numbers.
    fn id(&self) -> Option<&'a str> {
        let id = self.get("id")?.trim_matches('"');
        (!id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())).then_some(id)
    }

    fn get(&self, name: &str) -> Option<&'a str> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.get())
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(Name(name)) = map.next_key()? {
                    members.push((name, map.next_value()?));
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Reader)
    }
}

/// A name, borrowed where it has no escapes.
#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> SavedItems {
        let mut saved = SavedItems::default();
        saved.add(text.as_bytes()).unwrap();
        saved
    }

    #[test]
    fn items_are_found_in_any_envelope() {
        for text in [
            r#"{"id":"1","video":{}}"#,
            r#"[{"id":"1","imagePost":{}}]"#,
            r#"{"itemInfo":{"itemStruct":{"id":"1","video":{}}}}"#,
            r#"{"data":{"itemList":[{"id":"1","stats":{},"author":"a","createTime":1}]}}"#,
            r#"{"ItemModule":{"1":{"id":"1","video":{}}}}"#,
            "{\"id\":\"1\",\"video\":{}}\n{\"id\":\"1\",\"video\":{}}\n",
            "\u{feff}[{\"id\":1,\"video\":{}}]",
            r#"[[[[[[[{"id":"1","video":{}}]]]]]]]"#,
        ] {
            assert_eq!(found(text).len(), 1, "{text}");
            assert_eq!(found(text).index_of("1"), Some(0), "{text}");
        }
    }

    #[test]
    fn other_things_are_no_items() {
        for text in [
            r#"{"id":"1","title":"a tag"}"#,
            r#"{"id":"1","stats":{},"author":"another tool's row"}"#,
            r#"{"video":{"id":"1"}}"#,
            r#"{"id":"not-a-number","video":{}}"#,
            r#"[[[[[[[[[{"id":"1","video":{}}]]]]]]]]]"#,
            "3",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn rows_of_other_shapes_are_counted() {
        let saved = found(
            r#"{"aweme_list":[{"aweme_id":"1","video":{}},{"id":"2","video":{}},{"id":"3","authorUniqueId":"a"}]}"#,
        );
        assert_eq!((saved.len(), saved.skipped()), (1, 2));
    }

    #[test]
    fn an_item_keeps_its_bytes_and_hides_what_is_inside() {
        let item =
            r#"{ "id": 6900000000000000123, "desc":"\ud83d", "video":{"id":"9","video":{}} }"#;
        let saved = found(&format!("[{item}, {item}]"));
        assert_eq!(saved.get(0), Some(item));
        assert_eq!((saved.len(), saved.repeats()), (1, 1));
    }

    #[test]
    fn what_is_no_json_is_an_error_and_keeps_the_rest() {
        let mut saved = SavedItems::default();
        assert!(saved.add(b"{\"id\":\"1\",\"video\":{}}\n<html>").is_err());
        assert_eq!(saved.len(), 1);
        assert_eq!(saved.add(br#"{"id":"2","video":{}}"#).unwrap(), 1);
    }
}
