//! Reading values whose type cannot be relied on. Every type here accepts any JSON value and
//! turns what it cannot use into nothing, so that one odd field never costs the item; what was
//! there and could not be used is counted.

mod any;
mod leaf;
mod media;
mod node;
mod repair;

use std::cell::Cell;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Malformed;

pub(super) use leaf::{Code, Count, Country, Flag, Id, Int, Language, Moment, OwnId, Text, Word};
pub(super) use media::{Media, Pictures};
pub(super) use node::{Given, List, Obj, ObjOrName, Texts};

/// List elements kept of one item; the richest captured item has some 500. A list of millions of
/// empty objects must not become millions of structs.
const MAX_ELEMENTS: u32 = 10_000;

/// The longest text, in bytes, worth a second, slower reading; the longest captured item has
/// 92 KB.
const MAX_REPAIRED: usize = 1 << 20;

thread_local! {
    /// Unusable values met by the reading under way on this thread.
    static ODDITIES: Cell<u32> = const { Cell::new(0) };
    /// List elements the reading under way may still keep.
    static ROOM: Cell<u32> = const { Cell::new(0) };
}

/// Reads one object, with the number of values that were there and could not be used.
///
/// First straight from the text. Where that fails (lone surrogates, numbers out of range, a key
/// given twice) once more after repair, the last of equal keys winning.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<(T, u32), Malformed> {
    if !text.trim_start().starts_with('{') {
        return Err(Malformed::NotAnObject);
    }
    let failure = match counted(|| serde_json::from_str(text)) {
        Ok(found) => return Ok(found),
        Err(failure) => failure,
    };
    if text.len() > MAX_REPAIRED {
        return Err(unreadable(&failure));
    }
    let value: Value =
        serde_json::from_str(&repair::repaired(text)).map_err(|error| unreadable(&error))?;
    counted(|| T::deserialize(value)).map_err(|error| unreadable(&error))
}

/// The same of a text nobody has looked at yet; none where it does not begin one plain object and
/// end with it.
pub(super) fn read_strictly<T: DeserializeOwned>(text: &str) -> Option<(T, u32)> {
    if !text.starts_with('{') {
        return None;
    }
    counted(|| serde_json::from_str(text)).ok()
}

fn unreadable(error: &serde_json::Error) -> Malformed {
    Malformed::Unreadable(error.to_string())
}

fn counted<T>(reading: impl FnOnce() -> serde_json::Result<T>) -> serde_json::Result<(T, u32)> {
    ODDITIES.set(0);
    ROOM.set(MAX_ELEMENTS);
    let found = reading()?;
    Ok((found, ODDITIES.get()))
}

fn count_oddity() {
    ODDITIES.set(ODDITIES.get().saturating_add(1));
}

/// Takes the room of one list element, if there is any left.
fn take_room() -> bool {
    let room = ROOM.get();
    ROOM.set(room.saturating_sub(1));
    room > 0
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Item {
        id: Id,
        count: Count,
        text: Text,
        tags: List<Tag>,
    }

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Tag {
        name: Word,
    }

    fn item(text: &str) -> (Item, u32) {
        read(text).unwrap()
    }

    #[test]
    fn an_unusable_value_costs_only_itself() {
        let (item, oddities) =
            item(r#"{"id":[1,{"a":2}],"count":{"x":[]},"text":"kept","tags":[7,{"name":"a"}]}"#);
        assert_eq!((item.id.0, item.count.0), (None, None));
        assert_eq!(item.text.0.as_deref(), Some("kept"));
        assert_eq!(item.tags.or_empty().len(), 1);
        assert_eq!(oddities, 3);
    }

    #[test]
    fn null_missing_and_empty_are_not_odd() {
        let (item, oddities) = item(r#"{"id":"","count":null,"tags":null,"unknown":{"a":[1]}}"#);
        assert_eq!(oddities, 0);
        assert!(item.tags.0.is_none());
    }

    #[test]
    fn what_a_strict_reader_refuses_is_repaired() {
        for (text, caption, count) in [
            (
                r#"{"text":"a\ud83d b","count":3}"#,
                Some("a\u{fffd} b"),
                Some(3),
            ),
            (r#"{"text":"x","count":1e999}"#, Some("x"), None),
            (
                r#"{"text":"old","count":1,"text":"new"}"#,
                Some("new"),
                Some(1),
            ),
        ] {
            let (item, _) = item(text);
            assert_eq!(item.text.0.as_deref(), caption, "{text}");
            assert_eq!(item.count.0, count, "{text}");
        }
    }

    #[test]
    fn what_is_no_object_is_told_apart_from_broken_json() {
        for text in ["null", "[]", "7", "\"id\"", "true"] {
            assert_eq!(
                read::<Item>(text).unwrap_err(),
                Malformed::NotAnObject,
                "{text}"
            );
        }
        assert!(matches!(
            read::<Item>("{\"id\":"),
            Err(Malformed::Unreadable(_))
        ));
    }

    #[test]
    fn depth_is_bounded() {
        let deep = format!(
            "{{\"text\":{}{},\"id\":\"7\"}}",
            "[".repeat(100_000),
            "]".repeat(100_000)
        );
        assert_eq!(item(&deep).0.id.0.as_deref(), Some("7"));
        let deep = format!("{{\"tags\":{}{}}}", "[".repeat(200), "]".repeat(200));
        assert!(read::<Item>(&deep).is_ok());
    }

    #[test]
    fn a_list_of_millions_is_cut() {
        let many = format!("{{\"tags\":[{}{{}}]}}", "{},".repeat(50_000));
        let (item, oddities) = item(&many);
        assert_eq!(item.tags.or_empty().len(), MAX_ELEMENTS as usize);
        assert_eq!(oddities, 1);
    }
}
