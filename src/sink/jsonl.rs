//! One JSON object a line.

use std::io::{self, BufWriter, Write};

use serde::Serialize;

use super::escape::Safe;
use super::{Row, Sink};
use crate::record::Clockworks;

/// Room for a page's smaller records, so that a page is a few writes rather than thousands.
const BUFFER: usize = 64 * 1024;

/// JSON lines into a writer.
pub(super) struct Jsonl<W: Write> {
    out: BufWriter<W>,
    /// The line in the making: a line goes out whole or not at all.
    line: Vec<u8>,
    /// A write failed, perhaps in the middle of a line: nothing may follow it.
    broken: bool,
}

impl<W: Write> Jsonl<W> {
    pub(super) fn new(out: W) -> Self {
        Self {
            out: BufWriter::with_capacity(BUFFER, out),
            line: Vec::new(),
            broken: false,
        }
    }

    /// The writer, as far as it was flushed.
    pub(super) fn writer(&self) -> &W {
        self.out.get_ref()
    }

    /// The writer itself, and whether everything could be flushed into it.
    pub(super) fn into_parts(mut self) -> (W, io::Result<()>) {
        let flushed = if self.broken {
            Err(io::Error::other("an earlier write failed"))
        } else {
            self.out.flush()
        };
        (self.out.into_parts().0, flushed)
    }
}

impl<W: Write> Sink for Jsonl<W> {
    fn write(&mut self, row: Row<'_>) -> io::Result<()> {
        self.line.clear();
        let mut writer = serde_json::Serializer::with_formatter(&mut self.line, Safe);
        match row {
            Row::Record(record) => record.serialize(&mut writer)?,
            Row::Raw(raw) => raw.serialize(&mut writer)?,
            Row::Clockworks(record) => Clockworks::from(record).serialize(&mut writer)?,
        }
        self.line.push(b'\n');
        let written = self.out.write_all(&self.line);
        self.broken |= written.is_err();
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.out.flush();
        self.broken |= flushed.is_err();
        flushed
    }

    fn finish(mut self: Box<Self>, _complete: bool) -> anyhow::Result<()> {
        Ok(self.flush()?)
    }
}
