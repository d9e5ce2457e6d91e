//! One JSON object a line.

use std::io::{self, BufWriter, Write};

use serde::Serialize;

use super::escape::Safe;
use super::{Row, Sink};

/// Room for a page's smaller records, so that a page is a few writes rather than thousands.
const BUFFER: usize = 64 * 1024;

/// JSON lines into a writer.
pub(super) struct Jsonl<W: Write> {
    out: BufWriter<W>,
    /// The line in the making: a line goes out whole or not at all.
    line: Vec<u8>,
}

impl<W: Write> Jsonl<W> {
    pub(super) fn new(out: W) -> Self {
        Self {
            out: BufWriter::with_capacity(BUFFER, out),
            line: Vec::new(),
        }
    }

    /// The writer, as far as it was flushed.
    pub(super) fn writer(&self) -> &W {
        self.out.get_ref()
    }

    /// The writer itself, everything flushed into it.
    pub(super) fn into_inner(self) -> io::Result<W> {
        self.out.into_inner().map_err(|error| error.into_error())
    }
}

impl<W: Write> Sink for Jsonl<W> {
    fn write(&mut self, row: Row<'_>) -> io::Result<()> {
        self.line.clear();
        let mut writer = serde_json::Serializer::with_formatter(&mut self.line, Safe);
        match row {
            Row::Record(record) => record.serialize(&mut writer)?,
            Row::Raw(raw) => raw.serialize(&mut writer)?,
        }
        self.line.push(b'\n');
        self.out.write_all(&self.line)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn finish(mut self: Box<Self>, _complete: bool) -> anyhow::Result<()> {
        Ok(self.flush()?)
    }
}
