//! Output files: a fresh one grows row by row, an appended one is repaired and gets what it
//! lacks, one that is overwritten or whose format has an end is written beside and renamed.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::beside::{Beside, partial_of};
use super::body::{Body, Text};
use super::held::mend;
use super::lines::{Lines, lines_of};
use super::lock::{lock_if_there, open_locked};
use super::members::Members;
#[cfg(feature = "parquet")]
use super::parquet::Parquet;
use super::placed::Placed;
use super::stream::Stream;
use super::{Coding, Existing, Known, Layout, Row, Sink};

/// Why an output file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutputError {
    /// It holds something, and nobody said what to do with that.
    #[error("{} is not empty; add to it with --append or replace it with --overwrite", .0.display())]
    NotEmpty(PathBuf),
    /// The same, of a format that cannot be added to.
    #[error("{} is not empty; replace it with --overwrite", .0.display())]
    NotEmptyWhole(PathBuf),
    /// A table of other columns.
    #[error("{} has other columns; append with the same --fields, or to another file", .0.display())]
    OtherColumns(PathBuf),
    /// A format that this build was made without.
    #[error("this build has no {0}; build with the cargo feature \"{0}\"")]
    LeftOut(&'static str),
    /// The format takes no such columns.
    #[error("cannot begin the output: {0}")]
    Schema(io::Error),
    /// It is not one of ours, so its ids cannot be read.
    #[error("{}: line {line} is no record with an aweme_id; append only to a file of records", .path.display())]
    NotRecords {
        /// The file.
        path: PathBuf,
        /// The first line that is none, counted from 1.
        line: usize,
    },
    /// It lacks what an unfinished run of ours wrote, so somebody else changed it.
    #[error(
        "{} has {length} bytes, the store knows of {committed} of an unfinished run; it was left \
         as it is, put it back or choose another --output", .path.display()
    )]
    Shorter {
        /// The file.
        path: PathBuf,
        /// Its length.
        length: u64,
        /// The bytes that were safe in it.
        committed: u64,
    },
    /// What an unfinished run of ours wrote ends within a row, so somebody else changed it.
    #[error(
        "{} is not what an unfinished run left: no row ends at its byte {committed}; it was left \
         as it is, put it back or choose another --output", .path.display()
    )]
    Changed {
        /// The file.
        path: PathBuf,
        /// The bytes that were safe in it.
        committed: u64,
    },
    /// Another run writes it.
    #[error("{} is locked by another run; wait for its end, or let --wait-lock do that", .0.display())]
    Locked(PathBuf),
    /// The system refused.
    #[error("cannot write {}: {error}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

impl OutputError {
    pub(super) fn io(path: &Path, error: io::Error) -> Self {
        Self::Io {
            path: path.to_owned(),
            error,
        }
    }

    fn shorter(path: &Path, length: u64, committed: u64) -> Self {
        Self::Shorter {
            path: path.to_owned(),
            length,
            committed,
        }
    }

    /// The same of the file at `path`, for one that is only beside it.
    pub(super) fn blamed_on(self, path: &Path) -> Self {
        match self {
            Self::Locked(_) => Self::Locked(path.to_owned()),
            Self::Io { error, .. } => Self::io(path, error),
            other => other,
        }
    }
}

/// Opens `path`, locked against other runs, with the ids it holds; with `committed`, to go on with
/// what an unfinished run wrote.
pub(super) fn open(
    path: &Path,
    existing: Existing,
    layout: &Layout,
    committed: Option<u64>,
) -> Result<(Box<dyn Sink>, Known), OutputError> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => {
            let error = io::Error::from(io::ErrorKind::IsADirectory);
            return Err(OutputError::io(path, error));
        }
        // A device or a pipe is written into as it is, by as many as like.
        Ok(metadata) if !metadata.is_file() => {
            let file = OpenOptions::new().append(true).open(path);
            let file = file.map_err(|error| OutputError::io(path, error))?;
            let stream = Stream(body(layout, file, 0)?);
            return Ok((Box::new(stream), Known::default()));
        }
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(OutputError::io(path, error)),
    }
    match lines_of(layout) {
        Some(lines) if layout.format.grows() && existing != Existing::Overwrite => {
            growing(path, existing, layout, lines, committed)
        }
        _ => {
            let sink = replacing(&target_of(path), existing, layout, committed)?;
            Ok((sink, Known::default()))
        }
    }
}

/// What fills `out`, which holds `good` bytes of rows, as `layout` has it.
pub(super) fn body<W: io::Write + Send + 'static>(
    layout: &Layout,
    out: W,
    good: u64,
) -> Result<Box<dyn Body>, OutputError> {
    Ok(match lines_of(layout) {
        Some(lines) => Box::new(Text::new(lines, layout.coding, out, good)),
        #[cfg(feature = "parquet")]
        None => Box::new(Parquet::new(layout, out).map_err(OutputError::Schema)?),
        #[cfg(not(feature = "parquet"))]
        None => return Err(OutputError::LeftOut("parquet")),
    })
}

/// A file that is added to.
fn growing(
    path: &Path,
    existing: Existing,
    layout: &Layout,
    lines: Box<dyn Lines>,
    committed: Option<u64>,
) -> Result<(Box<dyn Sink>, Known), OutputError> {
    let mut file = match committed {
        Some(committed) => lock_committed(path, layout.coding, committed)?,
        None => lock_growing(path)?,
    };
    let known = match (existing, length(&file, path)?) {
        (_, 0) => Known::default(),
        (Existing::Append, _) => mend(&mut file, path, &*lines, layout.coding)?,
        _ if committed.is_some() => Known::default(),
        _ => return Err(OutputError::NotEmpty(path.to_owned())),
    };
    Ok((Box::new(Growing::new(file, path, layout)?), known))
}

/// What is written in the place of `path`: a new file beside it, or the one an unfinished run left
/// there. One that died right after it had replaced the file left all it knew of in `path` itself.
fn replacing(
    path: &Path,
    existing: Existing,
    layout: &Layout,
    committed: Option<u64>,
) -> Result<Box<dyn Sink>, OutputError> {
    let Some(committed) = committed.filter(|committed| *committed > 0) else {
        return Ok(Box::new(Beside::create(path, existing, layout)?));
    };
    if let Some(beside) = Beside::resume(path, existing, layout, committed)? {
        return Ok(Box::new(beside));
    }
    let gone = || OutputError::shorter(&partial_of(path), 0, committed);
    if !path.exists() {
        return Err(gone());
    }
    let file = lock_growing(path)?;
    if !ends_at(&file, path, layout, committed)? {
        return Err(gone());
    }
    Ok(Box::new(Placed::new(file, path, layout, committed)))
}

/// Whether behind `committed` bytes a file has nothing but what ends its format.
fn ends_at(file: &File, path: &Path, layout: &Layout, committed: u64) -> Result<bool, OutputError> {
    use std::io::{Read as _, Seek as _};
    let io = |error| OutputError::io(path, error);
    let end = lines_of(layout).map_or_else(Vec::new, |lines| lines.end(true, true));
    let end = match &end[..] {
        b"" => std::borrow::Cow::default(),
        end => layout.coding.member(end).map_err(io)?,
    };
    if length(file, path)? != committed + end.len() as u64 {
        return Ok(false);
    }
    let (mut file, mut found) = (file, Vec::new());
    file.seek(io::SeekFrom::Start(committed)).map_err(io)?;
    file.read_to_end(&mut found).map_err(io)?;
    Ok(found == *end)
}

/// The file an unfinished run added to, locked, without what lies beyond its `committed` bytes. One
/// that is not there is not made: it lacks them all.
fn lock_committed(path: &Path, coding: Coding, committed: u64) -> Result<File, OutputError> {
    if committed > 0 && !path.exists() {
        return Err(OutputError::shorter(path, 0, committed));
    }
    let file = lock_growing(path)?;
    if coding == Coding::Plain && !ends_row(&file, path, committed)? {
        let path = path.to_owned();
        return Err(OutputError::Changed { path, committed });
    }
    cut(&file, path, committed)?;
    Ok(file)
}

/// Whether the first `committed` bytes of a file of rows end one; of a shorter file nobody knows.
fn ends_row(file: &File, path: &Path, committed: u64) -> Result<bool, OutputError> {
    use std::io::{Read as _, Seek as _};
    if committed == 0 || length(file, path)? < committed {
        return Ok(true);
    }
    let (mut file, mut last) = (file, [0]);
    let read = file
        .seek(io::SeekFrom::Start(committed - 1))
        .and_then(|_| file.read_exact(&mut last));
    read.map_err(|error| OutputError::io(path, error))?;
    Ok(last == *b"\n")
}

/// Cuts what lies beyond the `committed` bytes of a file that we have locked.
pub(super) fn cut(file: &File, path: &Path, committed: u64) -> Result<(), OutputError> {
    let length = length(file, path)?;
    if length < committed {
        return Err(OutputError::shorter(path, length, committed));
    }
    let cut = file.set_len(committed);
    cut.map_err(|error| OutputError::io(path, error))
}

fn length(file: &File, path: &Path) -> Result<u64, OutputError> {
    let metadata = file.metadata();
    Ok(metadata
        .map_err(|error| OutputError::io(path, error))?
        .len())
}

/// A file to add to, once neither a run that adds to it nor one that replaces it is at work. The
/// second look is for one that began to replace it between the first look and our lock.
fn lock_growing(path: &Path) -> Result<File, OutputError> {
    let partial = partial_of(&target_of(path));
    let is_free = || {
        let locked = lock_if_there(&partial);
        locked.map(drop).map_err(|error| match error {
            OutputError::Locked(_) => OutputError::Locked(path.to_owned()),
            other => other,
        })
    };
    is_free()?;
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    let file = open_locked(path, || options.open(path))?;
    is_free()?;
    Ok(file)
}

/// Where a link leads: what is replaced is the file, not the link.
fn target_of(path: &Path) -> PathBuf {
    let is_link = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
    let target = is_link.then(|| fs::canonicalize(path).ok()).flatten();
    target.unwrap_or_else(|| path.to_owned())
}

/// A file that grows row by row.
struct Growing {
    file: File,
    body: Box<dyn Body>,
}

impl Growing {
    fn new(file: File, path: &Path, layout: &Layout) -> Result<Self, OutputError> {
        let body = body_of(&file, path, layout)?;
        Ok(Self { file, body })
    }
}

/// What fills `file` behind what it holds.
pub(super) fn body_of(
    file: &File,
    path: &Path,
    layout: &Layout,
) -> Result<Box<dyn Body>, OutputError> {
    let io = |error| OutputError::io(path, error);
    let (out, good) = (file.try_clone().map_err(io)?, length(file, path)?);
    if layout.coding == Coding::Plain {
        return body(layout, out, good);
    }
    body(layout, Members::new(out, good).map_err(io)?, good)
}

impl Sink for Growing {
    fn write(&mut self, row: Row<'_>) -> io::Result<()> {
        self.body.write(row)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.body.flush()
    }

    fn secure(&mut self) -> io::Result<u64> {
        self.body.flush()?;
        secure(&self.file)
    }

    fn finish(mut self: Box<Self>, complete: bool) -> anyhow::Result<()> {
        close(&self.file, &mut *self.body, complete)
    }
}

/// Waits until a file is on disk, and says how long it is by now.
pub(super) fn secure(file: &File) -> io::Result<u64> {
    sync(file)?;
    Ok(file.metadata()?.len())
}

/// Ends a file, and waits until it is on disk. Where that fails it ends with its last whole row all
/// the same.
pub(super) fn close(file: &File, body: &mut dyn Body, complete: bool) -> anyhow::Result<()> {
    let ended = body.end(complete);
    if ended.is_err() {
        // What led here is said; a file that cannot be cut either is mended by --append.
        let _ = body.mend(file);
    }
    ended?;
    sync(file).context("making it safe on disk")
}

/// Waits until the file is on disk. Devices and pipes have no disk and say so.
pub(super) fn sync(file: &File) -> io::Result<()> {
    match file.sync_all() {
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        synced => synced,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::OutputError;
    use crate::sink::{Existing, Known, Layout, Sink};

    fn open(
        path: &std::path::Path,
        existing: Existing,
        committed: Option<u64>,
    ) -> Result<(Box<dyn Sink>, Known), OutputError> {
        super::open(path, existing, &Layout::default(), committed)
    }

    /// What is said of a resumed `path`, which nothing changes by it.
    fn refused(path: &std::path::Path, existing: Existing, committed: u64) -> OutputError {
        let before = fs::read(path).ok();
        let refused = open(path, existing, Some(committed)).err();
        assert_eq!(fs::read(path).ok(), before);
        refused.expect("a file that lacks something")
    }

    #[test]
    fn a_run_goes_on_in_the_file_beside_under_its_lock() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.jsonl");
        let partial = folder.path().join("out.jsonl.partial");
        fs::write(&path, "old\n").unwrap();
        fs::write(&partial, "one\ntw").unwrap();
        let (mut sink, _) = open(&path, Existing::Overwrite, Some(4)).unwrap();
        assert_eq!(sink.secure().unwrap(), 4);
        assert_eq!(sink.partial(), Some(&*partial));
        let second = refused(&path, Existing::Overwrite, 2);
        assert!(matches!(second, OutputError::Locked(_)), "{second}");
        sink.finish(false).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"old\n");
        assert_eq!(fs::read(&partial).unwrap(), b"one\n");
        let (sink, _) = open(&path, Existing::Overwrite, Some(4)).unwrap();
        sink.finish(true).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"one\n");
        // A run that died after the file took its place.
        let (mut sink, _) = open(&path, Existing::Overwrite, Some(4)).unwrap();
        assert_eq!(sink.secure().unwrap(), 4);
        assert!(!partial.exists());
    }

    #[test]
    fn a_run_goes_on_in_no_file_that_lacks_what_it_wrote() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.jsonl");
        for existing in [Existing::Refuse, Existing::Append, Existing::Overwrite] {
            let gone = refused(&path, existing, 4);
            assert!(matches!(gone, OutputError::Shorter { .. }), "{gone}");
            fs::write(&path, "one").unwrap();
            let short = refused(&path, existing, 4);
            assert!(matches!(short, OutputError::Shorter { .. }), "{short}");
            fs::remove_file(&path).unwrap();
        }
        fs::write(&path, "one\ntwo\n").unwrap();
        let held = open(&path, Existing::Refuse, Some(8)).unwrap();
        let second = refused(&path, Existing::Refuse, 4);
        assert!(matches!(second, OutputError::Locked(_)), "{second}");
        drop(held);
        let (mut sink, _) = open(&path, Existing::Refuse, Some(4)).unwrap();
        assert_eq!(sink.secure().unwrap(), 4);
        assert_eq!(fs::read(&path).unwrap(), b"one\n");
    }

    #[test]
    fn a_first_line_cut_anywhere_is_ours_to_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.jsonl");
        let start = b"{\"input\":";
        for cut in 1..=start.len() {
            fs::write(&path, &start[..cut]).unwrap();
            let (sink, _) = open(&path, Existing::Append, None).unwrap();
            sink.finish(true).unwrap();
            assert_eq!(fs::read(&path).unwrap(), b"", "cut at {cut}");
        }
        for other in ["x", "{\"inputs", "[", "{ \"input\""] {
            fs::write(&path, other).unwrap();
            assert!(open(&path, Existing::Append, None).is_err(), "{other}");
            assert_eq!(fs::read(&path).unwrap(), other.as_bytes());
        }
    }
}
