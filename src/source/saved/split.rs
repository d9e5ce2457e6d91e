//! Cuts a stream of JSON into pieces small enough to hold: lines and whole documents as they are,
//! larger ones along their arrays and objects. What a piece says is `find`'s matter.

use std::io;

use serde_json::value::RawValue;

use super::find::{At, Finder};
use super::input::{Input, Taken};
use super::what::What;
use crate::source::walk;

/// How many levels of a document too large to hold are opened to find its items.
const LEVELS: u8 = 8;

/// Hands every JSON value of the input to the finder.
pub(super) fn read(input: &mut Input<'_>, finder: &mut Finder<'_>) -> io::Result<()> {
    let mut split = Split {
        input,
        finder,
        lines_until: 0,
        any_json: false,
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
            let taken = self.input.line(&mut line)?;
            let goes_on = match taken {
                Taken::Over => Some(std::mem::take(&mut line)),
                Taken::Whole | Taken::Cut => self.line(&line, taken),
            };
            let Some(begun) = goes_on else { continue };
            self.any_json |= matches!(first, b'{' | b'[');
            self.input.put_back(begun);
            self.document()?;
        }
        Ok(())
    }

    /// Takes the values of one line; gives back what begins there and does not end.
    fn line(&mut self, line: &[u8], taken: Taken) -> Option<Vec<u8>> {
        let text = String::from_utf8_lossy(line);
        let mut values = serde_json::Deserializer::from_str(&text).into_iter::<&RawValue>();
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
            if let Some(value) = walk::parse(&String::from_utf8_lossy(&bytes)) {
                self.finder.top(value);
                return Ok(());
            }
        }
        let before = self.finder.items();
        self.lines_until = from + bytes.len() as u64;
        self.input.put_back(bytes);
        let end = self.open(At::default(), "", 0);
        if taken == Taken::Over && self.finder.items() == before {
            self.finder.too_large();
        }
        match end {
            Err(Halt::Broken) => {
                self.finder.note(What::Broken);
                self.input.skip_line()?;
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
        loop {
            match self.input.skip_blank()? {
                Some(b',') => self.input.consume(1),
                Some(first) => return Ok(first),
                None => {
                    self.finder.note(What::Cut);
                    return Err(Halt::End);
                }
            }
        }
    }

    /// Takes a key and its colon.
    fn key(&mut self) -> Result<String, Halt> {
        let mut key = Vec::new();
        let taken = self.input.value(&mut key)?;
        let key = String::from_utf8_lossy(&key).into_owned();
        let name = walk::parse(&key).and_then(walk::text);
        match (taken, name, self.input.skip_blank()?) {
            (Taken::Whole, Some(name), Some(b':')) => {
                self.input.consume(1);
                Ok(name)
            }
            (Taken::Cut, ..) | (_, _, None) => {
                self.finder.note(What::Cut);
                Err(Halt::End)
            }
            _ => Err(Halt::Broken),
        }
    }

    /// Takes one part: whole if it can be held and is whole, else by its own parts.
    fn child(&mut self, at: &mut At, key: &str, level: u8) -> Result<(), Halt> {
        let Some(first) = self.input.skip_blank()? else {
            self.finder.note(What::Cut);
            return Err(Halt::End);
        };
        let mut bytes = Vec::new();
        let taken = self.input.value(&mut bytes)?;
        if self.finder.stopped() {
            return Err(Halt::End);
        }
        if bytes.is_empty() {
            return Err(Halt::Broken);
        }
        if taken == Taken::Whole {
            match walk::parse(&String::from_utf8_lossy(&bytes)) {
                Some(value) => self.finder.part(value, key, at),
                None => self.finder.note(What::Broken),
            }
            return Ok(());
        }
        self.input.put_back(bytes);
        if level < LEVELS && matches!(first, b'{' | b'[') {
            let below = at.below(key);
            return self.open(below, key, level + 1);
        }
        match taken {
            Taken::Cut => self.finder.note(What::Cut),
            Taken::Whole | Taken::Over => self.finder.too_large(),
        }
        self.input.skip_value()?;
        Ok(())
    }
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
