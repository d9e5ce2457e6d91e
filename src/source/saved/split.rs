//! Cuts a stream of JSON into pieces small enough to hold: lines and whole documents as they are,
//! larger ones along their arrays and objects. What a piece says is `find`'s matter.

use std::borrow::Cow;
use std::io;

use memchr::memchr;
use serde_json::value::RawValue;
use simdutf8::basic::from_utf8;

use super::find::{At, Finder};
use super::input::{Input, Taken};
use super::what::What;
use crate::record::Shape;
use crate::source::walk;

/// How many levels of a document too large to hold are opened to find its items.
const LEVELS: u8 = 8;

/// Hands every JSON value of the input to the finder.
pub(super) fn read(input: &mut Input<'_>, finder: &mut Finder<'_>) -> io::Result<()> {
    let any_json = finder.tally() > 0;
    let mut split = Split {
        input,
        finder,
        lines_until: 0,
        of_items: Some(Shape::Web),
        any_json,
    };
    match split.values() {
        Err(Halt::Io(error)) => return Err(error),
        Ok(()) | Err(Halt::End | Halt::Broken) => {}
    }
    if !split.any_json {
        finder.only_broken();
    }
    Ok(())
}

struct Split<'s, 'i, 'f> {
    input: &'s mut Input<'i>,
    finder: &'s mut Finder<'f>,
    /// Up to here a line that is no JSON is a broken line, never the start of a longer document:
    /// these bytes were tried as one already.
    lines_until: u64,
    /// The line before was an item of that shape and nothing else, and so the next one may be.
    of_items: Option<Shape>,
    any_json: bool,
}

/// Why a document was left before its end.
enum Halt {
    Io(io::Error),
    /// Nothing more is to be read.
    End,
    /// It is no JSON from here on.
    Broken,
}

impl From<io::Error> for Halt {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Split<'_, '_, '_> {
    fn values(&mut self) -> Result<(), Halt> {
        let mut line = Vec::new();
        while let Some(first) = self.input.skip_blank()? {
            if self.finder.stopped() {
                return Err(Halt::End);
            }
            self.any_json |= matches!(first, b'{' | b'[');
            if self.item_ahead() || self.item_in_place()? {
                continue;
            }
            self.finder.begin(self.input.taken());
            let taken = self.input.line(&mut line)?;
            let goes_on = match taken {
                Taken::Over => Some(std::mem::take(&mut line)),
                Taken::Whole | Taken::Cut => self.line(&line, taken),
            };
            let Some(begun) = goes_on else { continue };
            self.input.put_back(begun);
            self.document()?;
            // The rest of a line too long to hold is taken value by value as well.
            while taken == Taken::Over && self.goes_on()? {
                self.finder.begin(self.input.taken());
                self.document()?;
            }
        }
        Ok(())
    }

    /// Takes a line that has been dealt with ahead of its turn, where one would be read at sight.
    fn item_ahead(&mut self) -> bool {
        let is_due = self.of_items == Some(Shape::Web);
        let ahead = is_due.then(|| self.input.item_ahead()).flatten();
        if let Some(taken) = ahead {
            self.finder.count(taken);
        }
        ahead.is_some()
    }

    /// Takes a line where it lies in the input's buffer, if all of it does and it is one item and
    /// nothing else, which in files of such lines saves a copy of most.
    fn item_in_place(&mut self) -> Result<bool, Halt> {
        let Some(last) = self.of_items else {
            return Ok(false);
        };
        let limit = self.input.limit();
        let bytes = self.input.fill()?;
        let end = memchr(b'\n', bytes).filter(|end| *end <= limit);
        let text = end.and_then(|end| from_utf8(&bytes[..end]).ok());
        let shape = text.and_then(|text| self.finder.only_item(text, last));
        let Some(end) = end else {
            return Ok(false);
        };
        // One that is anything else is not looked at in the same way again.
        self.of_items = shape;
        if shape.is_some() {
            self.input.consume(end + 1);
        }
        Ok(shape.is_some())
    }

    /// Whether more stands on the line.
    fn goes_on(&mut self) -> Result<bool, Halt> {
        let next = self.input.skip_blank()?;
        Ok(next.is_some() && !self.input.is_line_start() && !self.finder.stopped())
    }

    /// Takes the values of one line; gives back what begins there and does not end.
    fn line(&mut self, line: &[u8], taken: Taken) -> Option<Vec<u8>> {
        let text = valid(line);
        let last = self.of_items.take();
        self.of_items = last.and_then(|last| self.finder.only_item(&text, last));
        if self.of_items.is_some() {
            return None;
        }
        let before = self.finder.items();
        let rest = self.values_of(&text, taken);
        self.of_items = (self.finder.items() == before + 1).then_some(Shape::Web);
        rest
    }

    /// The same of a line that may hold anything.
    fn values_of(&mut self, text: &str, taken: Taken) -> Option<Vec<u8>> {
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
        while let Some(value) = values.next() {
            match value {
                Ok(value) => {
                    self.any_json = true;
                    self.finder.top(value);
                }
                Err(error) => {
                    let rest = &text[values.byte_offset()..];
                    let within = self.input.taken() <= self.lines_until;
                    let ended = taken == Taken::Whole && ends_in_string(rest);
                    if error.is_eof() && !within && !ended {
                        return Some(rest.as_bytes().to_vec());
                    }
                    self.finder.note(What::Broken);
                    return None;
                }
            }
        }
        None
    }

    /// Takes one value of any length and any number of lines.
    fn document(&mut self) -> Result<(), Halt> {
        let from = self.input.taken();
        let mut bytes = Vec::new();
        let taken = self.input.value(&mut bytes)?;
        if taken == Taken::Whole {
            if let Some(value) = walk::parse(&valid(&bytes)) {
                self.finder.top(value);
                return Ok(());
            }
            if !has_parts(&bytes) {
                self.finder.note(What::Broken);
                self.input.skip_line()?;
                return Ok(());
            }
        }
        let before = self.finder.tally();
        self.lines_until = from + bytes.len() as u64;
        let end = self.parts(bytes, taken, "", At::default(), 0);
        if taken == Taken::Over && self.finder.tally() == before {
            self.finder.too_large();
        }
        match end {
            Err(Halt::Broken) => {
                self.finder.note(What::Broken);
                if !self.input.is_line_start() {
                    self.input.skip_line()?;
                }
                Ok(())
            }
            end => end,
        }
    }

    /// Opens the object or array that begins here and takes its parts one by one.
    fn open(&mut self, mut at: At, key: &str, level: u8) -> Result<(), Halt> {
        let opening = self.input.byte()?;
        loop {
            match self.part()? {
                b'}' | b']' => {
                    self.input.byte()?;
                    return Ok(());
                }
                _ if opening == Some(b'[') => self.child(&mut at, "", level)?,
                b'"' if opening == Some(b'{') => {
                    let name = self.key()?;
                    if key == "log" && name == "entries" {
                        self.finder.note(What::Har);
                        return Err(Halt::End);
                    }
                    self.child(&mut at, &name, level)?;
                }
                _ => return Err(Halt::Broken),
            }
        }
    }

    /// The first byte of the next part of an object or array, or its closing bracket.
    fn part(&mut self) -> Result<u8, Halt> {
        match self.input.part()? {
            Some(first) => Ok(first),
            None => Err(self.cut()),
        }
    }

    /// Takes a key and its colon.
    fn key(&mut self) -> Result<String, Halt> {
        match self.input.key()? {
            Some(name) => Ok(name),
            None if self.input.skip_blank()?.is_none() => Err(self.cut()),
            None => Err(Halt::Broken),
        }
    }

    /// Takes one part: whole if it can be held and is whole, else by its own parts.
    fn child(&mut self, at: &mut At, key: &str, level: u8) -> Result<(), Halt> {
        if self.input.skip_blank()?.is_none() {
            return Err(self.cut());
        }
        let mut bytes = Vec::new();
        let taken = self.input.value(&mut bytes)?;
        if self.finder.stopped() {
            return Err(Halt::End);
        }
        if bytes.is_empty() {
            return Err(Halt::Broken);
        }
        if taken == Taken::Whole {
            match walk::parse(&valid(&bytes)) {
                Some(value) => self.finder.part(value, key, at),
                None => self.finder.note(What::Broken),
            }
            return Ok(());
        }
        self.parts(bytes, taken, key, at.below(key), level + 1)
    }

    /// Takes a value that cannot be held, or is cut off, by its parts. What was read of it goes
    /// back; what has no parts, or is in too many others already, is dropped.
    fn parts(
        &mut self,
        begun: Vec<u8>,
        taken: Taken,
        key: &str,
        at: At,
        level: u8,
    ) -> Result<(), Halt> {
        let open = has_parts(&begun) && level <= LEVELS;
        self.input.put_back(begun);
        if open {
            return self.open(at, key, level);
        }
        if taken == Taken::Cut {
            return Err(self.cut());
        }
        self.finder.too_large();
        self.input.skip_value()?;
        Ok(())
    }

    fn cut(&mut self) -> Halt {
        self.finder.cut();
        Halt::End
    }
}

/// Bytes as text, the invalid ones replaced. Looking for any first is far faster, and mostly there
/// are none.
fn valid(bytes: &[u8]) -> Cow<'_, str> {
    from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// Whether a piece of JSON begins an object or array.
fn has_parts(json: &[u8]) -> bool {
    matches!(json.first(), Some(b'{' | b'['))
}

/// Whether a piece of JSON ends inside a string, where no line break may stand.
fn ends_in_string(json: &str) -> bool {
    let (mut inside, mut escaped) = (false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = inside,
            b'"' => inside = !inside,
            _ => {}
        }
    }
    inside
}
