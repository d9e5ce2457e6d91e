//! A file with what fills it: rows go in, and it is made safe on disk.

use std::fs::File;
use std::io;
use std::path::Path;

use anyhow::Context as _;

use super::body::Body;
use super::file::{body, length, sync};
use super::members::Members;
use super::{Coding, Layout, OutputError, Row, Sink};

/// A file that is written, locked for as long as it is open.
pub(super) struct Filled {
    file: File,
    body: Box<dyn Body>,
}

impl Filled {
    /// Fills `file`, the one at `path`, behind what it holds.
    pub(super) fn new(file: File, path: &Path, layout: &Layout) -> Result<Self, OutputError> {
        let io = |error| OutputError::io(path, error);
        let (out, good) = (file.try_clone().map_err(io)?, length(&file, path)?);
        let body = match layout.coding {
            Coding::Plain => body(layout, out, good)?,
            _ => body(layout, Members::new(out, good).map_err(io)?, good)?,
        };
        Ok(Self { file, body })
    }

    /// Whether nothing in the file can be read any more.
    pub(super) fn is_lost(&self) -> bool {
        self.body.is_lost()
    }

    /// Ends the file, and waits until it is on disk. Where that fails it ends with its last whole
    /// row all the same.
    pub(super) fn close(&mut self, complete: bool) -> anyhow::Result<()> {
        let ended = self.body.end(complete);
        if ended.is_err() {
            // What led here is said; a file that cannot be cut either is mended by --append.
            let _ = self.body.mend(&self.file);
        }
        ended?;
        sync(&self.file).context("making it safe on disk")
    }
}

impl Sink for Filled {
    fn write(&mut self, row: Row<'_>) -> io::Result<()> {
        self.body.write(row)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.body.flush()
    }

    fn secure(&mut self) -> io::Result<u64> {
        self.body.flush()?;
        sync(&self.file)?;
        Ok(self.file.metadata()?.len())
    }

    fn finish(mut self: Box<Self>, complete: bool) -> anyhow::Result<()> {
        self.close(complete)
    }
}
