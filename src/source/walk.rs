//! Looking into JSON without taking it apart: fields and elements come as borrowed slices of the
//! very text, so numbers stay exact, duplicate keys do no harm and nothing is built in memory.

use std::borrow::Cow;
use std::fmt;

use memchr::memchr2;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// The whole of `text` as one JSON value; `None` when it is anything else.
pub(crate) fn parse(text: &str) -> Option<&RawValue> {
    serde_json::from_str(text.trim_start_matches('\u{feff}').trim()).ok()
}

/// Whether the value is an object.
pub(crate) fn is_object(raw: &RawValue) -> bool {
    raw.get().starts_with('{')
}

/// Whether the value is an array.
pub(crate) fn is_array(raw: &RawValue) -> bool {
    raw.get().starts_with('[')
}

/// Calls `each` with every field of an object, in the order of the text; other values have none.
pub(crate) fn fields<'a>(raw: &'a RawValue, mut each: impl FnMut(Cow<'a, str>, &'a RawValue)) {
    if is_object(raw) {
        let mut text = serde_json::Deserializer::from_str(raw.get());
        let seen = text.deserialize_map(Fields(|key: &'a RawValue, value| {
            each(name(key), value);
        }));
        // A `RawValue` has been checked when it was made, so reading it again cannot fail.
        debug_assert!(seen.is_ok());
    }
}

/// Calls `each` with every element of an array, in order; other values have none.
pub(crate) fn elements<'a>(raw: &'a RawValue, mut each: impl FnMut(&'a RawValue)) {
    if is_array(raw) {
        let mut text = serde_json::Deserializer::from_str(raw.get());
        let seen = text.deserialize_seq(Elements(&mut each));
        debug_assert!(seen.is_ok());
    }
}

/// The field of that name, the last one if it is there more than once; null counts as absent.
pub(crate) fn field<'a>(raw: &'a RawValue, wanted: &str) -> Option<&'a RawValue> {
    let mut found = None;
    fields(raw, |key, value| {
        if key == wanted {
            found = Some(value);
        }
    });
    found.filter(|value| value.get() != "null")
}

/// The fields of those names, as [`field`] would find each, in one pass.
pub(crate) fn pick<'a, const N: usize>(
    raw: &'a RawValue,
    names: [&str; N],
) -> [Option<&'a RawValue>; N] {
    let mut found = [None; N];
    fields(raw, |key, value| {
        if let Some(at) = names.iter().position(|name| *name == key) {
            found[at] = Some(value).filter(|value| value.get() != "null");
        }
    });
    found
}

/// The field at the end of a path of names.
pub(crate) fn path<'a>(raw: &'a RawValue, names: &[&str]) -> Option<&'a RawValue> {
    names.iter().try_fold(raw, |at, name| field(at, name))
}

/// A string's value, lone surrogates as U+FFFD; `None` for anything but a string.
pub(crate) fn text(raw: &RawValue) -> Option<String> {
    if !raw.get().starts_with('"') {
        return None;
    }
    let mut reader = serde_json::Deserializer::from_str(raw.get());
    // Asked for bytes, serde_json lets a lone surrogate through as its three bytes.
    reader.deserialize_bytes(Lossy).ok()
}

/// A whole number of zero or more, given as a number or as a string of digits.
pub(crate) fn count(raw: &RawValue) -> Option<u64> {
    raw.get().trim_matches('"').parse().ok()
}

/// A whole number, given as a number or as a string of digits.
pub(crate) fn integer(raw: &RawValue) -> Option<i64> {
    raw.get().trim_matches('"').parse().ok()
}

/// How deep objects and arrays are nested in a JSON text; 0 for a lone number or string. The
/// parser skips what it does not read without counting its depth, so this does.
pub(crate) fn depth(json: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut rest = json.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => rest = after_string(after),
            _ => {}
        }
    }
    deepest
}

/// What follows the quote that ends a string of JSON; nothing if none does.
fn after_string(mut string: &[u8]) -> &[u8] {
    while let Some(at) = memchr2(b'"', b'\\', string) {
        if string[at] == b'"' {
            return &string[at + 1..];
        }
        // The backslash and what it escapes.
        string = string.get(at + 2..).unwrap_or_default();
    }
    &[]
}

/// A key's name without quotes and escapes.
fn name(key: &RawValue) -> Cow<'_, str> {
    let quoted = key.get();
    match quoted.strip_prefix('"').and_then(|it| it.strip_suffix('"')) {
        Some(plain) if !plain.contains('\\') => Cow::Borrowed(plain),
        _ => Cow::Owned(text(key).unwrap_or_default()),
    }
}

struct Fields<F>(F);

impl<'a, F: FnMut(&'a RawValue, &'a RawValue)> Visitor<'a> for Fields<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some((key, value)) = map.next_entry()? {
            (self.0)(key, value);
        }
        Ok(())
    }
}

struct Elements<F>(F);

impl<'a, F: FnMut(&'a RawValue)> Visitor<'a> for Elements<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'a>>(mut self, mut seq: A) -> Result<(), A::Error> {
        while let Some(element) = seq.next_element()? {
            (self.0)(element);
        }
        Ok(())
    }
}

struct Lossy;

impl<'a> Visitor<'a> for Lossy {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<String, E> {
        let text = String::from_utf8_lossy(bytes);
        Ok(text.replace("\u{fffd}\u{fffd}\u{fffd}", "\u{fffd}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_verbatim_and_in_order() {
        let raw = parse(r#" {"b":1.50,"a":[18446744073709551616],"b":{"c" : 2}} "#).unwrap();
        let mut seen = Vec::new();
        fields(raw, |key, value| {
            seen.push(format!("{key}={}", value.get()))
        });
        assert_eq!(
            seen,
            ["b=1.50", "a=[18446744073709551616]", r#"b={"c" : 2}"#]
        );
        assert_eq!(field(raw, "b").map(RawValue::get), Some(r#"{"c" : 2}"#));
        assert_eq!(path(raw, &["b", "c"]).map(RawValue::get), Some("2"));
        assert!(path(raw, &["a", "c"]).is_none());
    }

    #[test]
    fn escaped_and_broken_keys_are_names_too() {
        let raw = parse(r#"{"\u0061":1,"x\ud83d":2}"#).unwrap();
        let mut keys = Vec::new();
        fields(raw, |key, _| keys.push(key.into_owned()));
        assert_eq!(keys, ["a", "x\u{fffd}"]);
    }

    #[test]
    fn texts_and_counts_are_read_leniently() {
        let raw = parse(r#"["caf\u00e9 \ud83d.", "12", 12, -1, 1.5, null, {}]"#).unwrap();
        let mut seen = Vec::new();
        elements(raw, |it| seen.push((text(it), count(it))));
        assert_eq!(seen[0], (Some("café \u{fffd}.".to_owned()), None));
        assert_eq!(seen[1], (Some("12".to_owned()), Some(12)));
        assert_eq!(seen[2], (None, Some(12)));
        assert!(seen[3..].iter().all(|it| *it == (None, None)));
    }

    #[test]
    fn several_fields_are_picked_in_one_pass() {
        let raw = parse(r#"{"a":1,"b":null,"c":3,"a":4}"#).unwrap();
        let picked = pick(raw, ["c", "b", "a", "z"]).map(|it| it.map(RawValue::get));
        assert_eq!(picked, [Some("3"), None, Some("4"), None]);
    }

    #[test]
    fn depth_ignores_what_stands_in_strings() {
        for (json, deep) in [
            ("1", 0),
            ("{}", 1),
            (r#"["\"[[",{"{":[]}]"#, 3),
            (r#"["\\",["#, 2),
            ("\"[[[", 0),
            ("[\"\\", 1),
            ("[[],[[]]]", 3),
        ] {
            assert_eq!(depth(json), deep, "{json}");
        }
    }

    #[test]
    fn null_counts_as_absent() {
        assert!(field(parse(r#"{"a":null}"#).unwrap(), "a").is_none());
    }
}
