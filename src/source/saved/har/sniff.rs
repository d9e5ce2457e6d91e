//! Tells a recording from other JSON by its first keys, `log` and in it `entries`, whatever
//! stands before them.

use std::io;

use super::super::input::{Input, is_blank};

/// Whether the object that begins here is a recording. Nothing of it is taken: what had to be
/// read, at most the input's limit, is put back.
pub(in super::super) fn begins(input: &mut Input<'_>) -> io::Result<bool> {
    let mut keys = Keys::default();
    let mut held = Vec::new();
    let found = loop {
        let bytes = input.fill()?;
        if bytes.is_empty() {
            break false;
        }
        let found = keys.read(bytes);
        let count = bytes.len();
        held.extend_from_slice(bytes);
        input.consume(count);
        if let Some(found) = found {
            break found;
        }
        if held.len() > input.limit() {
            break keys.in_log;
        }
    };
    input.put_back(held);
    Ok(found)
}

/// Follows the keys of an object and of the `log` in it.
#[derive(Default)]
struct Keys {
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// The last string on the level watched, a key if a colon follows.
    text: Vec<u8>,
    key: Vec<u8>,
    in_log: bool,
}

impl Keys {
    /// The answer, once these bytes give it.
    fn read(&mut self, bytes: &[u8]) -> Option<bool> {
        bytes.iter().find_map(|byte| self.step(*byte))
    }

    fn step(&mut self, byte: u8) -> Option<bool> {
        match byte {
            _ if self.in_string => self.within_string(byte),
            _ if is_blank(byte) => {}
            b'"' => {
                self.in_string = true;
                self.text.clear();
            }
            b':' => self.key = std::mem::take(&mut self.text),
            b',' => self.key.clear(),
            b'{' | b'[' => return self.open(byte),
            b'}' | b']' => return self.close(),
            _ if self.depth == 0 => return Some(false),
            _ => {}
        }
        None
    }

    fn within_string(&mut self, byte: u8) {
        match byte {
            _ if self.escaped => self.escaped = false,
            b'"' => self.in_string = false,
            _ => self.escaped = byte == b'\\',
        }
        if self.in_string && self.depth <= 2 && self.text.len() < 16 {
            self.text.push(byte);
        }
    }

    fn open(&mut self, byte: u8) -> Option<bool> {
        if self.depth == 0 && byte == b'[' {
            return Some(false);
        }
        if self.depth == 1 {
            self.in_log = byte == b'{' && self.key == b"log";
        }
        if self.depth == 2 && self.in_log && byte == b'[' && self.key == b"entries" {
            return Some(true);
        }
        self.depth += 1;
        None
    }

    fn close(&mut self) -> Option<bool> {
        self.depth = self.depth.saturating_sub(1);
        self.in_log &= self.depth > 1;
        (self.depth == 0).then_some(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recordings_are_told_from_other_json() {
        for (json, expected) in [
            (r#"{"log":{"entries":["#, true),
            (
                r#" {"x":[{"log":1}],"log":{"pages":[{"a":[]}],"entries" : [ "#,
                true,
            ),
            (r#"{"log":{"comment":"}]\"","entries":[]}}"#, true),
            (r#"{"log":{"entries":{}}}"#, false),
            (r#"{"log":[{"entries":[]}]}"#, false),
            (r#"{"log":{"x":{"entries":[]}}}"#, false),
            (r#"{"x":{"entries":[]},"log":{}}"#, false),
            (r#"{"log":{}}{"log":{"entries":[]}}"#, false),
            (r#"{"a":"log","entries":[]}"#, false),
            (r#"[{"log":{"entries":[]}}]"#, false),
            (r#"{"log":{"version":"1.2""#, false),
            ("17", false),
            ("", false),
        ] {
            let mut input = Input::open(json.as_bytes(), 1 << 20).unwrap();
            assert_eq!(begins(&mut input).unwrap(), expected, "{json}");
            let mut again = Vec::new();
            input.rest(&mut again, 1 << 20).unwrap();
            assert_eq!(String::from_utf8_lossy(&again), json);
        }
    }

    #[test]
    fn a_log_too_long_to_hold_before_its_entries_is_believed() {
        let long = "x".repeat(200_000);
        for (json, expected) in [
            (
                format!(r#"{{"log":{{"comment":"{long}","entries":[]}}}}"#),
                true,
            ),
            (
                format!(r#"{{"other":"{long}","log":{{"entries":[]}}}}"#),
                false,
            ),
        ] {
            let mut input = Input::open(json.as_bytes(), 100).unwrap();
            assert_eq!(begins(&mut input).unwrap(), expected);
        }
    }
}
