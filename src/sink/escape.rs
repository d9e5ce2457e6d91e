//! JSON that is safe to show: control, line-breaking and bidirectional characters always stand as
//! `\u` escapes. The value is the same; a terminal obeys none of it.

use std::io::{self, Write};

use serde_json::ser::Formatter;

/// serde_json's compact form with those escapes, for our own strings and for raw JSON alike.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Safe;

impl Formatter for Safe {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        write_escaped(writer, fragment)
    }

    fn write_raw_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        write_on_one_line(writer, fragment)
    }
}

/// Bytes that are looked at together.
const BLOCK: usize = 64;

/// Whether `c` could move a cursor, end a line or turn the reading direction (C0, DEL, C1,
/// U+2028/9, U+202A–E, U+2066–9).
pub(super) fn is_unsafe(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Bytes an unsafe character can begin with; everything else passes in one go.
fn may_begin_unsafe(byte: u8) -> bool {
    matches!(byte, 0..=0x1f | 0x7f | 0xc2 | 0xe2)
}

/// Whether a byte may be anything but a character that every string shows as it is; so are all the
/// bytes of an address. Two comparisons tell.
fn is_no_plain(byte: u8) -> bool {
    !matches!(byte, b'#'..=b'~') | (byte == b'\\')
}

/// Whether a byte of a block is such a one, without a way out in between, which the compiler turns
/// into vector instructions.
fn has(block: &[u8], is_such: impl Fn(u8) -> bool) -> bool {
    let any = |found, &byte: &u8| found | is_such(byte);
    block.iter().fold(false, any)
}

pub(super) fn has_unsafe_start(text: &[u8]) -> bool {
    text.chunks(BLOCK).any(|block| has(block, may_begin_unsafe))
}

fn write_escaped<W: ?Sized + Write>(writer: &mut W, text: &str) -> io::Result<()> {
    if !has_unsafe_start(text.as_bytes()) {
        return writer.write_all(text.as_bytes());
    }
    let mut done = 0;
    for (at, c) in text.char_indices().filter(|&(_, c)| is_unsafe(c)) {
        writer.write_all(&text.as_bytes()[done..at])?;
        write!(writer, "\\u{:04x}", u32::from(c))?;
        done = at + c.len_utf8();
    }
    writer.write_all(&text.as_bytes()[done..])
}

/// A text as a JSON string, as serde_json writes it with [`Safe`].
pub(super) fn write_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let mut done = 0;
    for (at, c) in special(text) {
        out.extend_from_slice(&text.as_bytes()[done..at]);
        match c {
            '"' | '\\' => out.extend([b'\\', c as u8]),
            '\u{8}' => out.extend(b"\\b"),
            '\t' => out.extend(b"\\t"),
            '\n' => out.extend(b"\\n"),
            '\u{c}' => out.extend(b"\\f"),
            '\r' => out.extend(b"\\r"),
            c => out.extend(format!("\\u{:04x}", u32::from(c)).as_bytes()),
        }
        done = at + c.len_utf8();
    }
    out.extend_from_slice(&text.as_bytes()[done..]);
    out.push(b'"');
}

/// The characters of a text that cannot stand in a JSON string as they are. Blocks that cannot
/// hold any are passed in one go.
fn special(text: &str) -> impl Iterator<Item = (usize, char)> {
    let may_begin = |byte| may_begin_unsafe(byte) || byte == b'"' || byte == b'\\';
    let blocks = text.as_bytes().chunks(BLOCK).enumerate();
    // Addresses, most of all text, pass the first test, which is the cheaper one.
    let suspects =
        blocks.filter(move |(_, block)| has(block, is_no_plain) && has(block, may_begin));
    let places = suspects.flat_map(move |(number, block)| {
        let bytes = block
            .iter()
            .enumerate()
            .filter(move |(_, byte)| may_begin(**byte));
        bytes.map(move |(at, _)| number * BLOCK + at)
    });
    // Each of those bytes begins a character.
    let chars = places.filter_map(|at| Some((at, text[at..].chars().next()?)));
    chars.filter(|(_, c)| matches!(c, '"' | '\\') || is_unsafe(*c))
}

/// JSON text without the white space between its parts, its strings escaped. Escapes the text
/// already has stay as they are.
pub(super) fn write_on_one_line<W: ?Sized + Write>(writer: &mut W, json: &str) -> io::Result<()> {
    let bytes = json.as_bytes();
    let mut from = 0;
    while from < bytes.len() {
        let end = end_of_part(bytes, from);
        let part = &json[from..end];
        if bytes[from] == b'"' {
            write_escaped(writer, part)?;
        } else if !bytes[from].is_ascii_whitespace() {
            writer.write_all(part.as_bytes())?;
        }
        from = end;
    }
    Ok(())
}

/// Where the string, the white space or the run of other bytes that begins at `from` ends.
fn end_of_part(bytes: &[u8], from: usize) -> usize {
    let rest = &bytes[from..];
    let length = match rest[0] {
        b'"' => return end_of_string(bytes, from),
        first if first.is_ascii_whitespace() => rest.iter().position(|b| !b.is_ascii_whitespace()),
        _ => rest
            .iter()
            .position(|&b| b == b'"' || b.is_ascii_whitespace()),
    };
    length.map_or(bytes.len(), |length| from + length)
}

fn end_of_string(bytes: &[u8], from: usize) -> usize {
    let mut at = from + 1;
    while let Some(&byte) = bytes.get(at) {
        at += match byte {
            b'"' => return at + 1,
            b'\\' => 2,
            _ => 1,
        };
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::{Safe, is_unsafe};
    use proptest::prelude::{any, proptest};
    use serde::Serialize;
    use serde_json::value::RawValue;

    fn written<T: Serialize + ?Sized>(value: &T) -> String {
        let mut out = Vec::new();
        value
            .serialize(&mut serde_json::Serializer::with_formatter(&mut out, Safe))
            .unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_a_terminal_would_obey_is_escaped() {
        let text = "a\u{1b}[31m\u{7f}\u{85}\u{2028}\u{202e}\u{2066}é€😀";
        let json = written(text);
        assert_eq!(
            json,
            "\"a\\u001b[31m\\u007f\\u0085\\u2028\\u202e\\u2066é€😀\""
        );
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }

    #[test]
    fn raw_json_becomes_one_line_and_keeps_its_value() {
        let raw = "{ \"a\" :\r\n [1.0, \"x \\\" \u{202e} y\\n\"],\t\"b\\\\\": -0 }";
        let raw = RawValue::from_string(raw.to_owned()).unwrap();
        assert_eq!(
            written(&raw),
            "{\"a\":[1.0,\"x \\\" \\u202e y\\n\"],\"b\\\\\":-0}"
        );
    }

    proptest! {
        #[test]
        fn any_text_comes_back_and_shows_nothing_unsafe(text in any::<String>()) {
            let json = written(&text);
            assert!(!json.chars().any(is_unsafe));
            assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
            let raw = RawValue::from_string(serde_json::to_string(&text).unwrap()).unwrap();
            let again = written(&raw);
            assert!(!again.chars().any(is_unsafe));
            assert_eq!(serde_json::from_str::<String>(&again).unwrap(), text);
        }
    }
}
