//! Undoes the escapes of a JSON string while it streams by. The text of a body may be megabytes
//! long, and its escaped form is not to be held beside it.

use std::char::REPLACEMENT_CHARACTER;

/// A string on its way out of its quotes and escapes; lone surrogates become U+FFFD.
#[derive(Debug, Default)]
pub(super) struct Unescape {
    state: State,
    /// The first half of a pair whose second is awaited.
    high: Option<u16>,
}

#[derive(Debug, Clone, Copy, Default)]
enum State {
    #[default]
    Plain,
    Escape,
    /// Digits of `\uXXXX` seen, and their value.
    Hex(u8, u16),
}

impl Unescape {
    /// Adds what these bytes stand for to `out`.
    pub(super) fn read(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) {
        while let Some(first) = bytes.first().copied() {
            let used = match self.state {
                State::Plain => self.plain(bytes, out),
                State::Escape => self.escape(first, out),
                State::Hex(seen, value) => self.hex(first, seen, value, out),
            };
            bytes = &bytes[used..];
        }
    }

    /// Adds what is still awaited.
    pub(super) fn end(&mut self, out: &mut Vec<u8>) {
        if self.high.take().is_some() {
            push(REPLACEMENT_CHARACTER, out);
        }
    }

    /// A stretch without escapes; the string's own quotes are the only bare ones in it.
    fn plain(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> usize {
        let special = bytes.iter().position(|byte| matches!(byte, b'\\' | b'"'));
        let run = special.unwrap_or(bytes.len());
        if run > 0 {
            self.end(out);
            out.extend_from_slice(&bytes[..run]);
        }
        if special.is_some_and(|at| bytes[at] == b'\\') {
            self.state = State::Escape;
        }
        run + usize::from(special.is_some())
    }

    fn escape(&mut self, byte: u8, out: &mut Vec<u8>) -> usize {
        if byte == b'u' {
            self.state = State::Hex(0, 0);
            return 1;
        }
        self.state = State::Plain;
        self.end(out);
        out.push(match byte {
            b'n' => b'\n',
            b't' => b'\t',
            b'r' => b'\r',
            b'b' => 8,
            b'f' => 12,
            other => other,
        });
        1
    }

    fn hex(&mut self, byte: u8, seen: u8, value: u16, out: &mut Vec<u8>) -> usize {
        let Some(digit) = char::from(byte).to_digit(16) else {
            self.state = State::Plain;
            self.end(out);
            push(REPLACEMENT_CHARACTER, out);
            return 0;
        };
        let value = value << 4 | digit as u16;
        self.state = State::Hex(seen + 1, value);
        if seen == 3 {
            self.state = State::Plain;
            self.unit(value, out);
        }
        1
    }

    /// One unit of UTF-16.
    fn unit(&mut self, unit: u16, out: &mut Vec<u8>) {
        if let (Some(high), 0xdc00..=0xdfff) = (self.high, unit) {
            self.high = None;
            let pair = char::decode_utf16([high, unit]).next();
            return push(
                pair.and_then(Result::ok).unwrap_or(REPLACEMENT_CHARACTER),
                out,
            );
        }
        self.end(out);
        match char::from_u32(unit.into()) {
            Some(char) => push(char, out),
            None if unit < 0xdc00 => self.high = Some(unit),
            None => push(REPLACEMENT_CHARACTER, out),
        }
    }
}

fn push(char: char, out: &mut Vec<u8>) {
    out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn unescaped(json: &[u8], step: usize) -> String {
        let (mut unescape, mut out) = (Unescape::default(), Vec::new());
        for bytes in json.chunks(step) {
            unescape.read(bytes, &mut out);
        }
        unescape.end(&mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn every_escape_is_undone_wherever_the_bytes_are_split() {
        for (json, expected) in [
            (r#""plain""#, "plain"),
            (r#""""#, ""),
            (r#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
            (r#""caf\u00e9 \u00E9""#, "café é"),
            (r#""\ud83c\udf3b!""#, "🌻!"),
            (r#""\ud83c!""#, "\u{fffd}!"),
            (r#""\ud83c""#, "\u{fffd}"),
            (r#""\udf3b""#, "\u{fffd}"),
            (r#""\ud83c\ud83c\udf3b""#, "\u{fffd}🌻"),
            (r#""\ud83c\n""#, "\u{fffd}\n"),
            (r#""\u12x""#, "\u{fffd}x"),
        ] {
            for step in 1..=json.len() {
                assert_eq!(unescaped(json.as_bytes(), step), expected, "{json} {step}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_comes_back(text in any::<String>(), step in 1_usize..9) {
            let json = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(unescaped(json.as_bytes(), step), text);
        }
    }
}
