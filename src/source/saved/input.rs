//! The bytes of one input: unpacked, without byte order marks, taken by line or by JSON value,
//! and able to take bytes back. Knows brackets and strings, nothing of what the JSON says.

use std::io::{self, ErrorKind, Read};
use std::ops::ControlFlow;

use memchr::memchr;

use super::what::What;
use super::{Ahead, Head, open};
use crate::source::walk;

const BOM: &[u8] = "\u{feff}".as_bytes();

/// An input that is read once, front to back.
pub(super) struct Input<'a> {
    inner: Box<dyn Ahead + 'a>,
    /// Bytes given back, to be read before `inner`.
    pending: Vec<u8>,
    /// How much of `pending` has been read again.
    at: usize,
    taken: u64,
    head: Head,
    packed: bool,
    damaged: bool,
    line_start: bool,
    limit: usize,
}

/// How reading a line or a value ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// All of it is in the buffer.
    Whole,
    /// It is longer than allowed; the buffer holds its beginning.
    Over,
    /// The input ended first.
    Cut,
}

impl<'a> Input<'a> {
    /// Looks at the first bytes and unpacks what is gzipped; a line or value may have `limit`
    /// bytes.
    pub(super) fn open(raw: impl Read + 'a, limit: usize) -> io::Result<Self> {
        let (head, opened) = open(raw)?;
        Ok(Self::of(head, opened, limit))
    }

    /// The same for an opened input.
    pub(super) fn of(head: Head, opened: impl Ahead + 'a, limit: usize) -> Self {
        Self {
            inner: Box::new(opened),
            pending: Vec::new(),
            at: 0,
            taken: 0,
            packed: head.is_packed(),
            head,
            damaged: false,
            line_start: true,
            limit,
        }
    }

    /// The same for what somebody else unpacks: bytes that make no sense are damage as well.
    pub(super) fn unpacked(raw: impl Read + 'a, limit: usize) -> io::Result<Self> {
        let opened = Self::open(raw, limit)?;
        Ok(Self {
            packed: true,
            ..opened
        })
    }

    /// How many bytes a line or value may have.
    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    /// What the first bytes give away, when they are no text at all.
    pub(super) fn foreign(&self) -> Option<What> {
        self.head.foreign()
    }

    /// Whether the packing ended early or made no sense from some point on.
    pub(super) fn is_damaged(&self) -> bool {
        self.damaged
    }

    /// How many bytes have been read for good.
    pub(super) fn taken(&self) -> u64 {
        self.taken
    }

    /// The next bytes without taking them; empty at the end.
    pub(super) fn fill(&mut self) -> io::Result<&[u8]> {
        if self.at < self.pending.len() {
            return Ok(&self.pending[self.at..]);
        }
        while let Err(error) = self.inner.fill_buf() {
            match error.kind() {
                ErrorKind::Interrupted => {}
                _ if self.damages(&error) => {
                    self.damaged = true;
                    self.inner = Box::new(io::empty());
                }
                _ => return Err(error),
            }
        }
        self.inner.fill_buf()
    }

    fn damages(&self, error: &io::Error) -> bool {
        use ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
        let kind = matches!(error.kind(), InvalidData | InvalidInput | UnexpectedEof);
        kind && self.packed
    }

    pub(super) fn consume(&mut self, count: usize) {
        self.taken += count as u64;
        if self.at < self.pending.len() {
            self.at += count;
        } else {
            self.inner.consume(count);
        }
    }

    /// Takes the line that begins here if it is an item that has been dealt with ahead; whether
    /// the reading goes on after it.
    pub(super) fn item_ahead(&mut self) -> Option<ControlFlow<()>> {
        if self.at < self.pending.len() {
            return None;
        }
        let length = self.inner.item()?;
        let taken = self.inner.take_item();
        self.consume(length);
        Some(taken)
    }

    /// Puts bytes that were taken in front again.
    pub(super) fn put_back(&mut self, mut bytes: Vec<u8>) {
        self.taken = self.taken.saturating_sub(bytes.len() as u64);
        if let Some(free) = self.at.checked_sub(bytes.len()) {
            self.pending[free..self.at].copy_from_slice(&bytes);
            self.at = free;
            return;
        }
        bytes.extend_from_slice(&self.pending[self.at..]);
        self.pending = bytes;
        self.at = 0;
    }

    /// Skips white space and byte order marks; the byte that follows, `None` at the end.
    pub(super) fn skip_blank(&mut self) -> io::Result<Option<u8>> {
        self.line_start = false;
        loop {
            let bytes = self.fill()?;
            let Some(first) = bytes.first().copied() else {
                return Ok(None);
            };
            let blanks = bytes.iter().take_while(|b| is_blank(**b)).count();
            let ended = bytes[..blanks].contains(&b'\n');
            if blanks == 0 && (first != BOM[0] || !self.skip_bom()?) {
                return Ok(Some(first));
            }
            self.line_start |= ended;
            self.consume(blanks);
        }
    }

    /// Whether a line began in the white space skipped last.
    pub(super) fn is_line_start(&self) -> bool {
        self.line_start
    }

    fn skip_bom(&mut self) -> io::Result<bool> {
        let mut mark = Vec::new();
        while mark.len() < BOM.len() && self.fill()?.first() == Some(&BOM[mark.len()]) {
            mark.push(BOM[mark.len()]);
            self.consume(1);
        }
        let whole = mark == BOM;
        if !whole {
            self.put_back(mark);
        }
        Ok(whole)
    }

    /// Takes one byte.
    pub(super) fn byte(&mut self) -> io::Result<Option<u8>> {
        let first = self.fill()?.first().copied();
        self.consume(usize::from(first.is_some()));
        Ok(first)
    }

    /// The first byte of the next part of an object or array, or its closing bracket; `None` at
    /// the end.
    pub(super) fn part(&mut self) -> io::Result<Option<u8>> {
        loop {
            match self.skip_blank()? {
                Some(b',') => self.consume(1),
                first => return Ok(first),
            }
        }
    }

    /// Takes a key and its colon, up to the value's first byte; `None` when that is not what
    /// stands here.
    pub(super) fn key(&mut self) -> io::Result<Option<String>> {
        let mut key = Vec::new();
        let taken = self.value(&mut key)?;
        let name = walk::parse(&String::from_utf8_lossy(&key)).and_then(walk::text);
        if taken != Taken::Whole || self.skip_blank()? != Some(b':') {
            return Ok(None);
        }
        self.consume(1);
        self.skip_blank()?;
        Ok(name)
    }

    /// Takes the rest of the line with its end; a last line without one is `Cut`.
    pub(super) fn line(&mut self, into: &mut Vec<u8>) -> io::Result<Taken> {
        into.clear();
        self.scan(Some(into), self.limit, |bytes| {
            let end = memchr(b'\n', bytes);
            end.map(|end| end + 1)
        })
    }

    /// Takes the JSON value that begins here.
    pub(super) fn value(&mut self, into: &mut Vec<u8>) -> io::Result<Taken> {
        self.value_within(self.limit, into)
    }

    /// Takes the JSON value that begins here if it has at most `limit` bytes.
    pub(super) fn value_within(&mut self, limit: usize, into: &mut Vec<u8>) -> io::Result<Taken> {
        into.clear();
        let mut brackets = Brackets::default();
        self.scan(Some(into), limit, |bytes| brackets.end(bytes))
    }

    /// Drops the JSON value that begins here, however long.
    pub(super) fn skip_value(&mut self) -> io::Result<Taken> {
        let mut brackets = Brackets::default();
        self.scan(None, usize::MAX, |bytes| brackets.end(bytes))
    }

    /// Passes the JSON value that begins here on as it streams by, however long.
    pub(super) fn pour_value(
        &mut self,
        mut each: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<Taken> {
        let mut brackets = Brackets::default();
        self.pour(|bytes| brackets.end(bytes), &mut each)
    }

    /// Passes everything to the end of the input on.
    pub(super) fn pour_rest(
        &mut self,
        mut each: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<Taken> {
        self.pour(|_| None, &mut each)
    }

    fn pour(
        &mut self,
        mut end: impl FnMut(&[u8]) -> Option<usize>,
        each: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<Taken> {
        loop {
            let bytes = self.fill()?;
            if bytes.is_empty() {
                return Ok(Taken::Cut);
            }
            let end = end(bytes);
            let used = end.unwrap_or(bytes.len());
            each(&bytes[..used])?;
            self.consume(used);
            if end.is_some() {
                return Ok(Taken::Whole);
            }
        }
    }

    /// Drops the rest of the line.
    pub(super) fn skip_line(&mut self) -> io::Result<Taken> {
        self.scan(None, usize::MAX, |bytes| {
            let end = memchr(b'\n', bytes);
            end.map(|end| end + 1)
        })
    }

    /// Takes everything to the end of the input.
    pub(super) fn rest(&mut self, into: &mut Vec<u8>, limit: usize) -> io::Result<Taken> {
        self.scan(Some(into), limit, |_| None)
    }

    fn scan(
        &mut self,
        mut into: Option<&mut Vec<u8>>,
        limit: usize,
        mut end: impl FnMut(&[u8]) -> Option<usize>,
    ) -> io::Result<Taken> {
        loop {
            let bytes = self.fill()?;
            if bytes.is_empty() {
                return Ok(Taken::Cut);
            }
            let end = end(bytes);
            let used = end.unwrap_or(bytes.len());
            let mut kept = 0;
            if let Some(into) = into.as_deref_mut() {
                into.extend_from_slice(&bytes[..used]);
                kept = into.len();
            }
            self.consume(used);
            match end {
                _ if kept > limit => return Ok(Taken::Over),
                Some(_) => return Ok(Taken::Whole),
                None => {}
            }
        }
    }
}

/// JSON's white space.
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Follows one JSON value by its brackets and strings alone.
#[derive(Default)]
struct Brackets {
    depth: usize,
    in_string: bool,
    escaped: bool,
}

impl Brackets {
    /// Where the value ends in the next bytes; `None` when it goes on.
    fn end(&mut self, bytes: &[u8]) -> Option<usize> {
        for (at, byte) in bytes.iter().enumerate() {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' if self.in_string => self.escaped = true,
                b'"' => {
                    self.in_string = !self.in_string;
                    if !self.in_string && self.depth == 0 {
                        return Some(at + 1);
                    }
                }
                _ if self.in_string => {}
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' if self.depth > 1 => self.depth -= 1,
                b'}' | b']' => return Some(at + self.depth),
                b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' if self.depth == 0 => return Some(at),
                _ => {}
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::LIMIT;
    use super::*;

    /// Gives one byte a read, as a slow pipe does.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(into.len()).min(1);
            into[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    #[test]
    fn values_end_where_their_brackets_close() {
        let text = br#"{"a":"]}\"","b":[{}]},[1],"x\\",12 tail"#;
        for slow in [false, true] {
            let source: Box<dyn Read> = if slow {
                Box::new(Drip(text))
            } else {
                Box::new(&text[..])
            };
            let mut input = Input::open(source, LIMIT).unwrap();
            let mut values = Vec::new();
            for _ in 0..4 {
                let mut value = Vec::new();
                assert_eq!(input.value(&mut value).unwrap(), Taken::Whole);
                values.push(String::from_utf8(value).unwrap());
                input.byte().unwrap();
            }
            assert_eq!(
                values,
                [r#"{"a":"]}\"","b":[{}]}"#, "[1]", r#""x\\""#, "12"]
            );
        }
    }

    #[test]
    fn what_was_put_back_comes_again() {
        let mut input = Input::open(&b"ab\ncd"[..], LIMIT).unwrap();
        let mut line = Vec::new();
        assert_eq!(input.line(&mut line).unwrap(), Taken::Whole);
        assert_eq!((line.as_slice(), input.taken()), (&b"ab\n"[..], 3));
        input.put_back(line.clone());
        assert_eq!(input.byte().unwrap(), Some(b'a'));
        assert_eq!(input.taken(), 1);
        let mut rest = Vec::new();
        assert_eq!(input.rest(&mut rest, LIMIT).unwrap(), Taken::Cut);
        assert_eq!(rest, b"b\ncd");
    }

    #[test]
    fn blanks_and_marks_are_skipped_but_not_half_a_mark() {
        let mut input = Input::open(Drip(b" \xef\xbb\xbf\r\n\xef\xbb\xbfx"), LIMIT).unwrap();
        assert_eq!(input.skip_blank().unwrap(), Some(b'x'));
        let mut input = Input::open(&b"\xef\xbbx"[..], LIMIT).unwrap();
        assert_eq!(input.skip_blank().unwrap(), Some(0xef));
        let mut input = Input::open(&b" \n"[..], LIMIT).unwrap();
        assert_eq!(input.skip_blank().unwrap(), None);
    }
}
