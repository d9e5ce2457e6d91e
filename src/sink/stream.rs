//! Standard output, a device or a pipe: what is out is out.

use std::io;

use super::body::Body;
use super::{Row, Sink};

/// Somewhere that keeps nothing.
pub(super) struct Stream(pub(super) Box<dyn Body>);

impl Sink for Stream {
    fn write(&mut self, row: Row<'_>) -> io::Result<()> {
        self.0.write(row)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }

    fn finish(mut self: Box<Self>, complete: bool) -> anyhow::Result<()> {
        Ok(self.0.end(complete)?)
    }
}

/// Nowhere: it takes no row.
pub(super) struct Nowhere;

impl Sink for Nowhere {
    fn write(&mut self, _row: Row<'_>) -> io::Result<()> {
        Err(io::Error::other("there is no output here"))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn finish(self: Box<Self>, _complete: bool) -> anyhow::Result<()> {
        Ok(())
    }
}
