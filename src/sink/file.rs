//! Output files: a fresh one grows line by line, an appended one is repaired and gets what it
//! lacks, an overwritten one is written beside and renamed at the end.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Deserialize;

use super::beside::{Beside, partial_of};
use super::jsonl::Jsonl;
use super::lock::{lock_if_there, open_locked};
use super::{Existing, Known, Row, Sink};

/// How every line of ours begins.
const RECORD_START: &[u8] = b"{\"input\":";

/// Why an output file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutputError {
    /// It holds something, and nobody said what to do with that.
    #[error("{} is not empty; add to it with --append or replace it with --overwrite", .0.display())]
    NotEmpty(PathBuf),
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
            return Ok((Box::new(Growing(Jsonl::new(file))), Known::default()));
        }
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(OutputError::io(path, error)),
    }
    if existing == Existing::Overwrite {
        let sink = replacing(&target_of(path), committed)?;
        return Ok((sink, Known::default()));
    }
    let mut file = match committed {
        Some(committed) => lock_committed(path, committed)?,
        None => lock_growing(path)?,
    };
    let known = match (existing, length(&file, path)?) {
        (_, 0) => Known::default(),
        (Existing::Append, _) => mend(&mut file, path)?,
        _ if committed.is_some() => Known::default(),
        _ => return Err(OutputError::NotEmpty(path.to_owned())),
    };
    Ok((Box::new(Growing(Jsonl::new(file))), known))
}

/// What is written in the place of `path`: a new file beside it, or the one an unfinished run left
/// there. One that died right after it had replaced the file left all it knew of in `path` itself.
fn replacing(path: &Path, committed: Option<u64>) -> Result<Box<dyn Sink>, OutputError> {
    let Some(committed) = committed.filter(|committed| *committed > 0) else {
        return Ok(Box::new(Beside::create(path)?));
    };
    if let Some(beside) = Beside::resume(path, committed)? {
        return Ok(Box::new(beside));
    }
    let gone = || OutputError::shorter(&partial_of(path), 0, committed);
    if !path.exists() {
        return Err(gone());
    }
    let file = lock_growing(path)?;
    if length(&file, path)? != committed {
        return Err(gone());
    }
    Ok(Box::new(Growing(Jsonl::new(file))))
}

/// The file an unfinished run added to, locked, without what lies beyond its `committed` bytes. One
/// that is not there is not made: it lacks them all.
fn lock_committed(path: &Path, committed: u64) -> Result<File, OutputError> {
    if committed > 0 && !path.exists() {
        return Err(OutputError::shorter(path, 0, committed));
    }
    let file = lock_growing(path)?;
    cut(&file, path, committed)?;
    Ok(file)
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

/// Reads the ids of a file of records, and cuts what a killed run left of its last line.
fn mend(file: &mut File, path: &Path) -> Result<Known, OutputError> {
    let (known, whole, needs_newline) = read_ids(file, path)?;
    let mended = file.set_len(whole).and_then(|()| {
        if needs_newline {
            file.write_all(b"\n")?;
        }
        Ok(())
    });
    mended.map_err(|error| OutputError::io(path, error))?;
    Ok(known)
}

#[derive(Deserialize)]
struct Line {
    aweme_id: String,
    input: Option<Asked>,
}

#[derive(Deserialize)]
struct Asked {
    name: Option<String>,
}

/// The ids of a file of records, the length of its whole lines in bytes, and whether the last of
/// them still needs its line end.
fn read_ids(file: &File, path: &Path) -> Result<(Known, u64, bool), OutputError> {
    let mut lines = BufReader::new(file);
    let (mut known, mut whole, mut number) = (Known::default(), 0, 0);
    let mut line = Vec::new();
    loop {
        line.clear();
        number += 1;
        let read = lines.read_until(b'\n', &mut line);
        let length = read.map_err(|error| OutputError::io(path, error))?;
        if length == 0 {
            return Ok((known, whole, false));
        }
        let is_whole = line.ends_with(b"\n");
        let is_blank = line.iter().all(u8::is_ascii_whitespace);
        match serde_json::from_slice::<Line>(&line) {
            Ok(record) => {
                let name = record.input.and_then(|input| input.name);
                known.0.insert((name, record.aweme_id));
            }
            Err(_) if is_whole && is_blank => {}
            // What a killed run left of its last line, or a power cut of the whole file. Only a
            // file that holds records, or the beginning of one, is ours to cut.
            Err(_) if !is_whole && (number > 1 || is_beginning(&line)) => {
                return Ok((known, whole, false));
            }
            Err(_) => {
                return Err(OutputError::NotRecords {
                    path: path.to_owned(),
                    line: number,
                });
            }
        }
        whole += length as u64;
        if !is_whole {
            return Ok((known, whole, true));
        }
    }
}

/// Whether a first line can be what is left of a record: its beginning, or the zeros of blocks
/// that a power cut kept from being written.
fn is_beginning(line: &[u8]) -> bool {
    let start = &line[..line.len().min(RECORD_START.len())];
    RECORD_START.starts_with(start) || line.iter().all(|byte| *byte == 0)
}

/// A file that grows line by line.
struct Growing(Jsonl<File>);

impl Sink for Growing {
    fn write(&mut self, row: Row<'_>) -> io::Result<()> {
        self.0.write(row)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }

    fn secure(&mut self) -> io::Result<u64> {
        secure(&mut self.0)
    }

    fn finish(self: Box<Self>, _complete: bool) -> anyhow::Result<()> {
        close(self.0).map(drop)
    }
}

/// Flushes into a file, waits until that is on disk, and says how long it is by now.
pub(super) fn secure(out: &mut Jsonl<File>) -> io::Result<u64> {
    out.flush()?;
    let file = out.writer();
    sync(file)?;
    let metadata = file.metadata()?;
    Ok(if metadata.is_file() {
        metadata.len()
    } else {
        0
    })
}

/// Flushes, and waits until the file is on disk. Where that fails the file ends with its last whole
/// line all the same.
pub(super) fn close(out: Jsonl<File>) -> anyhow::Result<File> {
    let (file, flushed) = out.into_parts();
    if flushed.is_err() {
        // What led here is said; a file that cannot be cut either is mended by --append.
        let _ = cut_last_line(&file);
    }
    flushed?;
    sync(&file).context("making the output safe on disk")?;
    Ok(file)
}

/// Cuts what stands behind the last line end.
fn cut_last_line(mut file: &File) -> io::Result<()> {
    const STEP: u64 = 64 * 1024;
    let mut end = file.metadata()?.len();
    let mut block = Vec::new();
    while end > 0 {
        let start = end.saturating_sub(STEP);
        block.clear();
        file.seek(SeekFrom::Start(start))?;
        file.take(end - start).read_to_end(&mut block)?;
        if let Some(at) = block.iter().rposition(|byte| *byte == b'\n') {
            return file.set_len(start + at as u64 + 1);
        }
        end = start;
    }
    file.set_len(0)
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

    use super::{OutputError, RECORD_START, open};
    use crate::sink::Existing;

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
        for cut in 1..=RECORD_START.len() {
            fs::write(&path, &RECORD_START[..cut]).unwrap();
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
