//! Formats that are text, row behind row: how a row is written, and how one is told again.

use std::io::{self, BufRead};

use super::columns::Column;
use super::csv::Csv;
use super::jsonl::{Json, Jsonl};
use super::{Format, Layout, Row};

/// A format of rows of text.
pub(super) trait Lines: Send + Sync {
    /// What stands before a row; `begun` says whether the output holds any before it.
    fn lead(&self, _begun: bool) -> Vec<u8> {
        Vec::new()
    }

    /// Puts `row` behind what `out` holds.
    fn row(&self, row: Row<'_>, out: &mut Vec<u8>) -> io::Result<()>;

    /// What stands behind the last row of a run.
    fn end(&self, _begun: bool, _complete: bool) -> Vec<u8> {
        Vec::new()
    }

    /// What a row that was written says, the `number`-th of its file.
    fn tell(&self, row: &[u8], number: usize, is_whole: bool) -> Told;

    /// How a file of it begins.
    fn start(&self) -> Vec<u8>;

    /// Reads the next row, and its end where that is there.
    fn next(&self, input: &mut dyn BufRead, row: &mut Vec<u8>) -> io::Result<Read> {
        Ok(match input.read_until(b'\n', row)? {
            0 => Read::End,
            _ if row.ends_with(b"\n") => Read::Whole,
            _ => Read::Torn,
        })
    }
}

/// What a row says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// Its hashtag where that is there, and its id.
    Id(Option<String>, String),
    /// Nothing: a blank line, or the names of columns.
    Nothing,
    /// That the file has other columns.
    OtherColumns,
    /// It is none of ours.
    Junk,
}

/// How much of a row there was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Read {
    /// All of it.
    Whole,
    /// A row without its end.
    Torn,
    /// None.
    End,
}

/// The text format of `layout`; `None` for one that is none.
pub(super) fn lines_of(layout: &Layout) -> Option<Box<dyn Lines>> {
    let jsonl = || Jsonl {
        fields: layout.fields.clone(),
        columns: (layout.flat).then(|| Column::all(layout.fields.as_ref())),
    };
    Some(match layout.format {
        Format::Jsonl => Box::new(jsonl()),
        Format::Json => Box::new(Json(jsonl())),
        Format::Csv => Box::new(Csv::new(layout.fields.as_ref(), layout.bom)),
        Format::Parquet => return None,
    })
}
