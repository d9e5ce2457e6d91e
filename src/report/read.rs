//! Records out of a file: JSON lines as a run writes them, or one JSON list of them, compressed or
//! not. It is read once from front to back, so it may be longer than the memory.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use serde::de::{Deserializer as _, SeqAccess, Visitor};

use super::Gathered;
use crate::input::HashtagName;
use crate::record::Record;

const GZIP: &[u8] = b"\x1f\x8b";
const ZSTANDARD: &[u8] = b"\x28\xb5\x2f\xfd";
const PARQUET: &[u8] = b"PAR1";
const ZIP: &[u8] = b"PK\x03\x04";
/// What some programs begin UTF-8 with.
const MARK: &[u8] = b"\xef\xbb\xbf";
/// Longest line; a record is a few thousand bytes.
const LONGEST: u64 = 64 << 20;

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The system refused, or the compressed bytes are no such.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// A list that breaks off or holds something else.
    #[error("its list: {0}")]
    List(#[from] serde_json::Error),
    /// Something else that its first bytes tell.
    #[error("is {0}")]
    Foreign(&'static str),
    /// A line beyond all measure.
    #[error("line {0} is longer than 64 MiB")]
    TooLong(u64),
}

/// Lines that are no record.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Unread {
    /// How many.
    pub lines: u64,
    /// The first of them, counted from 1.
    pub first: Option<u64>,
    /// Whether no line is one.
    pub is_all: bool,
}

/// Adds to `gathered` the records of `file`, those asked for `name` alone where there is one.
///
/// # Errors
/// [`ReadError`] when it cannot be read to its end.
pub fn read(
    file: impl Read,
    name: Option<&HashtagName>,
    gathered: &mut Gathered,
) -> Result<Unread, ReadError> {
    let mut file = BufReader::with_capacity(1 << 16, file);
    match file.fill_buf()? {
        start if start.starts_with(GZIP) => {
            read_plain(BufReader::new(MultiGzDecoder::new(file)), name, gathered)
        }
        start if start.starts_with(ZSTANDARD) => {
            let plain = zstd::Decoder::with_buffer(file)?;
            read_plain(BufReader::new(plain), name, gathered)
        }
        _ => read_plain(file, name, gathered),
    }
}

fn read_plain(
    mut file: impl BufRead,
    name: Option<&HashtagName>,
    gathered: &mut Gathered,
) -> Result<Unread, ReadError> {
    let blank = file
        .fill_buf()?
        .iter()
        .take_while(|it| it.is_ascii_whitespace());
    let blank = blank.count();
    file.consume(blank);
    if let Some(what) = foreign(file.fill_buf()?) {
        return Err(ReadError::Foreign(what));
    }
    if file.fill_buf()?.first() == Some(&b'[') {
        let mut list = serde_json::Deserializer::from_reader(file);
        list.deserialize_seq(List { name, gathered })?;
        list.end()?;
        return Ok(Unread::default());
    }
    lines(file, name, gathered)
}

/// What a file that begins with `start` is instead of JSON, where that can be told.
fn foreign(start: &[u8]) -> Option<&'static str> {
    match start {
        it if it.starts_with(PARQUET) => Some("a Parquet file"),
        it if it.starts_with(ZIP) => Some("a zip archive, as those of spreadsheets are"),
        it if names_columns(it.strip_prefix(MARK).unwrap_or(it)) => Some("a table (CSV)"),
        _ => None,
    }
}

/// Whether the first line is the names of two columns or more, as no JSON is.
fn names_columns(start: &[u8]) -> bool {
    let line = start.split(|byte| *byte == b'\n').next();
    let line = line.unwrap_or_default().trim_ascii_end();
    let mut names = line.split(|byte| *byte == b',');
    let is_name = |name: &[u8]| {
        let may_be = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.\"".contains(byte);
        name.iter().all(may_be) && name.iter().any(u8::is_ascii_alphabetic)
    };
    names.clone().count() > 1 && names.all(is_name)
}

fn lines(
    mut file: impl BufRead,
    name: Option<&HashtagName>,
    gathered: &mut Gathered,
) -> Result<Unread, ReadError> {
    let mut line = Vec::new();
    let mut unread = Unread {
        is_all: true,
        ..Unread::default()
    };
    for number in 1.. {
        line.clear();
        let length = file.by_ref().take(LONGEST).read_until(b'\n', &mut line)? as u64;
        if length == 0 {
            break;
        }
        if length == LONGEST {
            return Err(ReadError::TooLong(number));
        }
        match serde_json::from_slice(&line) {
            Ok(record) => {
                unread.is_all = false;
                keep(record, name, gathered);
            }
            Err(_) if line.trim_ascii().is_empty() => {}
            Err(_) => {
                unread.lines += 1;
                unread.first.get_or_insert(number);
            }
        }
    }
    Ok(unread)
}

fn keep(record: Record, name: Option<&HashtagName>, gathered: &mut Gathered) {
    let asked = record.input.as_ref().map(|question| &question.name);
    if name.is_none_or(|name| asked.is_some_and(|asked| name.matches(asked))) {
        gathered.add(record);
    }
}

/// The way through a list, one record at a time.
struct List<'a> {
    name: Option<&'a HashtagName>,
    gathered: &'a mut Gathered,
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(record) = list.next_element()? {
            keep(record, self.name, self.gathered);
        }
        Ok(())
    }
}
