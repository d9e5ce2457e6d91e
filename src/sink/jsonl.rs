//! JSON: one object a line, or one array whose every line holds one. The array's commas stand
//! before its rows, so that it can be closed behind any whole line.

use std::io;

use serde::{Deserialize, Serialize, Serializer};

use super::columns::Column;
use super::escape::{Safe, write_on_one_line};
use super::lines::{Lines, Told};
use super::shape::Shape;
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

    fn tell(&self, line: &[u8], number: usize, is_whole: bool) -> Told {
        if is_whole && line.iter().all(u8::is_ascii_whitespace) {
            return Told::Nothing;
        }
        let Ok(row) = serde_json::from_slice::<Line>(line) else {
            return Told::Junk;
        };
        if number == 1 && self.is_other(line) {
            return Told::OtherColumns;
        }
        let name = row.input.and_then(|input| input.name);
        Told::Id(name.or(row.name), row.aweme_id)
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
    /// Whether a row is plainly of another form than those written here.
    fn is_other(&self, row: &[u8]) -> bool {
        let found = Shape::of_row(row);
        found.is_some_and(|found| self.shape().is_some_and(|ours| ours != found))
    }

    fn shape(&self) -> Option<Shape> {
        let names = |columns: &Vec<Column>| columns.iter().map(|it| it.name.clone()).collect();
        let chosen = |fields: &Fields| fields.tree().iter().map(|it| it.name.clone()).collect();
        match (&self.columns, &self.fields) {
            (Some(columns), _) => Shape::of(names(columns)),
            (None, Some(fields)) => Shape::of(chosen(fields)),
            (None, None) => Some(Shape::Record),
        }
    }

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

#[cfg(test)]
mod tests {
    use crate::sink::lines::{Told, lines_of};
    use crate::sink::specimen::record;
    use crate::sink::{Layout, Row};

    /// The layouts whose rows go together in no file.
    fn layouts() -> [Layout; 5] {
        let of = |flat, fields: Option<&str>| Layout {
            flat,
            fields: fields.map(|fields| fields.parse().unwrap()),
            ..Layout::default()
        };
        [
            of(false, None),
            of(true, None),
            of(false, Some("aweme_id,desc")),
            of(false, Some("aweme_id,author.uid")),
            of(true, Some("aweme_id,author.uid")),
        ]
    }

    fn told(layout: &Layout, row: &str, number: usize) -> Told {
        lines_of(layout).unwrap().tell(row.as_bytes(), number, true)
    }

    #[test]
    fn the_first_row_tells_whether_another_form_was_written() {
        let id = Told::Id(None, "7532242222256717501".to_owned());
        for (at, written) in layouts().iter().enumerate() {
            let mut row = Vec::new();
            let lines = lines_of(written).unwrap();
            lines.row(Row::Record(&record(1)), &mut row).unwrap();
            let row = String::from_utf8(row).unwrap();
            for (with, adding) in layouts().iter().enumerate() {
                let first = if at == with { &id } else { &Told::OtherColumns };
                assert_eq!(&told(adding, &row, 1), first, "{with}: {row}");
                assert_eq!(told(adding, &row, 2), id, "{with}: {row}");
            }
        }
    }

    #[test]
    fn what_may_be_of_another_version_or_program_is_added_to() {
        let [whole, flat, ..] = layouts();
        let with_raw = r#"{"input":null,"aweme_id":"1","share_info":{},"collection":{},"raw":{}}"#;
        let newer = with_raw.replace("raw", "later");
        let flat_newer = r#"{"input.name":null,"aweme_id":"1","share_info.share_url":"x",
            "collection.lane":"web","later":1}"#;
        for (layout, row) in [
            (&whole, with_raw),
            (&whole, &newer),
            (&flat, flat_newer),
            (&whole, r#"{"aweme_id":"1"}"#),
            (&flat, r#"{"aweme_id":"1"}"#),
            (&whole, r#"{"aweme_id":"1","note":"mine"}"#),
        ] {
            let id = Told::Id(None, "1".to_owned());
            assert_eq!(told(layout, row, 1), id, "{row}");
        }
    }
}
