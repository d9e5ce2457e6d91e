//! Output files: a fresh one grows line by line, an appended one is repaired and gets what it
//! lacks, an overwritten one is written beside and renamed at the end.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Deserialize;

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
}

/// Opens `path`, locked against other runs, with the ids it holds.
pub(super) fn open(path: &Path, existing: Existing) -> Result<(Box<dyn Sink>, Known), OutputError> {
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
        let sink = Beside::create(&target_of(path))?;
        return Ok((Box::new(sink), Known::default()));
    }
    let mut file = lock_growing(path)?;
    let known = match (existing, length(&file, path)?) {
        (_, 0) => Known::default(),
        (Existing::Append, _) => mend(&mut file, path)?,
        _ => return Err(OutputError::NotEmpty(path.to_owned())),
    };
    Ok((Box::new(Growing(Jsonl::new(file))), known))
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

/// The file beside `path` that will replace it.
fn partial_of(path: &Path) -> PathBuf {
    let mut partial = path.to_owned().into_os_string();
    partial.push(".partial");
    PathBuf::from(partial)
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

    fn finish(self: Box<Self>, _complete: bool) -> anyhow::Result<()> {
        close(self.0).map(drop)
    }
}

/// A file written beside the one it will replace.
struct Beside {
    partial: Partial,
    out: Jsonl<File>,
    path: PathBuf,
    /// The file to be replaced, kept open for its lock.
    _old: Option<File>,
}

/// The file beside. It goes with its owner while there is nothing in it.
struct Partial {
    path: PathBuf,
    is_kept: bool,
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.is_kept {
            // An empty file that cannot be removed does no harm.
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl Beside {
    /// Locks what is there, and the file beside it, whichever of them there is.
    fn create(path: &Path) -> Result<Self, OutputError> {
        let partial = partial_of(path);
        let mut old = lock_if_there(path)?;
        let file = fresh(&partial, mode_of(path)).map_err(|error| match error {
            OutputError::Locked(_) => OutputError::Locked(path.to_owned()),
            OutputError::Io { error, .. } => OutputError::io(path, error),
            other => other,
        })?;
        let partial = Partial {
            path: partial,
            is_kept: false,
        };
        if old.is_none() {
            // A run that adds to it may have begun since.
            old = lock_if_there(path)?;
        }
        Ok(Self {
            partial,
            out: Jsonl::new(file),
            path: path.to_owned(),
            _old: old,
        })
    }
}

/// A new file at `partial`, locked. What is there goes, unless a run at work holds it; a link is
/// not followed.
fn fresh(partial: &Path, mode: u32) -> Result<File, OutputError> {
    let left_behind = lock_if_there(partial)?;
    match fs::remove_file(partial) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(OutputError::io(partial, error));
        }
        _ => {}
    }
    drop(left_behind);
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    open_locked(partial, || options.open(partial)).map_err(|error| match error {
        // Another run was faster.
        OutputError::Io { error, .. } if error.kind() == io::ErrorKind::AlreadyExists => {
            OutputError::Locked(partial.to_owned())
        }
        other => other,
    })
}

/// The mode a file in the place of `path` is made with: no wider than the old one's.
fn mode_of(path: &Path) -> u32 {
    const ORDINARY: u32 = 0o666;
    #[cfg(unix)]
    if let Ok(old) = fs::metadata(path) {
        return ORDINARY & std::os::unix::fs::PermissionsExt::mode(&old.permissions());
    }
    #[cfg(not(unix))]
    let _ = path;
    ORDINARY
}

impl Sink for Beside {
    fn write(&mut self, row: Row<'_>) -> io::Result<()> {
        self.partial.is_kept = true;
        self.out.write(row)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn partial(&self) -> Option<&Path> {
        self.partial.is_kept.then_some(&self.partial.path)
    }

    fn finish(self: Box<Self>, complete: bool) -> anyhow::Result<()> {
        let Self {
            mut partial,
            out,
            path,
            _old,
        } = *self;
        // The lock on the new file holds until it stands in the old one's place.
        let _locked = close(out)?;
        if !complete {
            drop(partial);
            return Ok(());
        }
        fs::rename(&partial.path, &path)
            .with_context(|| format!("replacing {}", path.display()))?;
        partial.is_kept = true;
        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        if let Ok(folder) = File::open(folder.unwrap_or_else(|| Path::new("."))) {
            sync(&folder).context("making the output's folder safe on disk")?;
        }
        Ok(())
    }
}

/// Flushes, and waits until the file is on disk. Where that fails the file ends with its last whole
/// line all the same.
fn close(out: Jsonl<File>) -> anyhow::Result<File> {
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
fn sync(file: &File) -> io::Result<()> {
    match file.sync_all() {
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        synced => synced,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{RECORD_START, open};
    use crate::sink::Existing;

    #[test]
    fn a_first_line_cut_anywhere_is_ours_to_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.jsonl");
        for cut in 1..=RECORD_START.len() {
            fs::write(&path, &RECORD_START[..cut]).unwrap();
            let (sink, _) = open(&path, Existing::Append).unwrap();
            sink.finish(true).unwrap();
            assert_eq!(fs::read(&path).unwrap(), b"", "cut at {cut}");
        }
        for other in ["x", "{\"inputs", "[", "{ \"input\""] {
            fs::write(&path, other).unwrap();
            assert!(open(&path, Existing::Append).is_err(), "{other}");
            assert_eq!(fs::read(&path).unwrap(), other.as_bytes());
        }
    }
}
