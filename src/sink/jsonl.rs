//! JSON: one object a line, or one array whose every line holds one. The array's commas stand
//! before its rows, so that it can be closed behind any whole line.

use std::io;

use serde::{Deserialize, Serialize, Serializer};

use super::columns::Column;
use super::escape::{Safe, write_on_one_line};
use super::lines::{Lines, Told};
use super::{Fields, Row, compact};
use crate::record::{Clockworks, Record};

/// How every line of a whole record begins.
const RECORD_START: &[u8] = b"{\"input\":";

/// JSON lines.
pub(super) struct Jsonl {
    /// What of a record is written, when not all of it.
    pub(super) fields: Option<Fields>,
    /// The keys of each object, where none stands within another.
    pub(super) columns: Option<Vec<Column>>,
}

/// An array of the same.
pub(super) struct Json(pub(super) Jsonl);

#[derive(Deserialize)]
struct Line {
    aweme_id: String,
    input: Option<Asked>,
    /// The same of a flat object.
    #[serde(rename = "input.name")]
    name: Option<String>,
}

#[derive(Deserialize)]
struct Asked {
    name: Option<String>,
}

impl Lines for Jsonl {
    fn row(&self, row: Row<'_>, out: &mut Vec<u8>) -> io::Result<()> {
        match row {
            Row::Written(text) => {
                out.extend_from_slice(text);
                return Ok(());
            }
            Row::Record(record) => self.record(record, out)?,
            Row::Raw(raw) => write_on_one_line(out, raw)?,
            Row::Clockworks(record) => compact::write(&Clockworks::from(record), out)?,
        }
        out.push(b'\n');
        Ok(())
    }

    fn tell(&self, line: &[u8], _number: usize, is_whole: bool) -> Told {
        if is_whole && line.iter().all(u8::is_ascii_whitespace) {
            return Told::Nothing;
        }
        serde_json::from_slice::<Line>(line).map_or(Told::Junk, |line| {
            let name = line.input.and_then(|input| input.name);
            Told::Id(name.or(line.name), line.aweme_id)
        })
    }

    fn start(&self) -> Vec<u8> {
        let column = self.columns.as_ref().and_then(|it| it.first());
        let choice = self.fields.as_ref().and_then(|it| it.tree().first());
        let first = column
            .map(|it| &it.name)
            .or_else(|| choice.map(|it| &it.name));
        first.map_or_else(
            || RECORD_START.to_vec(),
            |first| format!("{{\"{first}\":").into_bytes(),
        )
    }
}

impl Jsonl {
    fn record(&self, record: &Record, out: &mut Vec<u8>) -> serde_json::Result<()> {
        match (&self.columns, &self.fields) {
            (Some(columns), _) => compact::write(&Flat { columns, record }, out),
            (None, Some(fields)) if record.raw.is_none() => compact::write(&fields.of(record), out),
            (None, None) if record.raw.is_none() => compact::write(record, out),
            (None, Some(fields)) => write_with_raw(&fields.of(record), out),
            (None, None) => write_with_raw(record, out),
        }
    }
}

/// Writes what holds raw JSON, which only serde_json can.
fn write_with_raw(value: &impl Serialize, out: &mut Vec<u8>) -> serde_json::Result<()> {
    value.serialize(&mut serde_json::Serializer::with_formatter(out, Safe))
}

/// A record with one key a column.
struct Flat<'a> {
    columns: &'a [Column],
    record: &'a Record,
}

impl Serialize for Flat<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let cells = self.columns.iter().map(|it| (&it.name, it.of(self.record)));
        serializer.collect_map(cells)
    }
}

impl Lines for Json {
    fn lead(&self, begun: bool) -> Vec<u8> {
        if begun { b"," } else { b"[" }.to_vec()
    }

    fn row(&self, row: Row<'_>, out: &mut Vec<u8>) -> io::Result<()> {
        self.0.row(row, out)
    }

    fn end(&self, begun: bool, _complete: bool) -> Vec<u8> {
        if begun { b"]\n" } else { &b"[]\n"[..] }.to_vec()
    }

    /// An array is never added to.
    fn tell(&self, _line: &[u8], _number: usize, _is_whole: bool) -> Told {
        Told::Junk
    }

    fn start(&self) -> Vec<u8> {
        b"[".to_vec()
    }
}
