//! What an import reads: regular files as they are, and streams, whose next byte may never come.

#[cfg(not(unix))]
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use super::bell::Bell;
#[cfg(unix)]
use super::stream::Stream;
use crate::signals::Signals;

/// An input that has been opened.
pub(super) struct Input {
    pub(super) bytes: Box<dyn Read + Send>,
    /// What ends the reading of a stream; a regular file has none.
    pub(super) bell: Option<Arc<Bell>>,
}

#[cfg(unix)]
impl Input {
    /// Opens a file, or standard input as `-`.
    pub(super) fn open(path: &Path, signals: &Signals, feeds_stdout: bool) -> io::Result<Self> {
        let file = unix::open(path)?;
        if file.metadata()?.is_file() {
            return Ok(Self {
                bytes: Box::new(file),
                bell: None,
            });
        }
        let (bell, heard) = Bell::new(signals)?;
        Ok(Self {
            bytes: Box::new(Stream::new(file, heard, feeds_stdout)),
            bell: Some(bell),
        })
    }
}

#[cfg(not(unix))]
impl Input {
    /// Opens a file, or standard input as `-`, which alone is taken for a stream. Nothing can be
    /// waited for together with it: what ends it is heard with its next byte.
    pub(super) fn open(path: &Path, signals: &Signals, _: bool) -> io::Result<Self> {
        if path == Path::new("-") {
            return Ok(Self {
                bytes: Box::new(io::stdin()),
                bell: Some(Bell::new(signals)?.0),
            });
        }
        Ok(Self {
            bytes: Box::new(File::open(path)?),
            bell: None,
        })
    }
}

#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::io;
    use std::os::fd::AsFd as _;
    use std::os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _};
    use std::path::Path;

    use rustix::fs::OFlags;

    pub(super) fn open(path: &Path) -> io::Result<File> {
        if path == Path::new("-") {
            // Past the buffer of [`io::stdin`], in which it cannot be waited for.
            return Ok(io::stdin().as_fd().try_clone_to_owned()?.into());
        }
        let mut options = File::options();
        // A FIFO opens once somebody writes to it, unless told not to block. Then its first byte
        // is waited for as that of a pipe is, and a signal heard meanwhile: before a writer has
        // come, `poll` tells of no end.
        if path.metadata()?.file_type().is_fifo() {
            options.custom_flags(OFlags::NONBLOCK.bits().cast_signed());
        }
        options.read(true).open(path)
    }
}
