//! Output files: a fresh one grows line by line, an appended one is repaired and gets what it
//! lacks, an overwritten one is written beside and renamed at the end.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Deserialize;

use super::jsonl::Jsonl;
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
    /// The system refused.
    #[error("cannot write {}: {error}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

/// Opens `path`, with the ids it holds; `committed` bytes of an unfinished run are gone on with.
pub(super) fn open(
    path: &Path,
    existing: Existing,
    committed: Option<u64>,
) -> Result<(Box<dyn Sink>, Known), OutputError> {
    let failed = |error| OutputError::Io {
        path: path.to_owned(),
        error,
    };
    let holds_something = match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => {
            return Err(failed(io::Error::from(io::ErrorKind::IsADirectory)));
        }
        Ok(metadata) => metadata.is_file() && metadata.len() > 0,
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(failed(error)),
    };
    if let Some(committed) = committed.filter(|_| is_replaceable(path)) {
        return resume(path, existing, committed);
    }
    match existing {
        Existing::Refuse if holds_something => Err(OutputError::NotEmpty(path.to_owned())),
        Existing::Append if holds_something => append(path),
        Existing::Overwrite if is_replaceable(path) => Ok((
            Box::new(Beside::create(path).map_err(failed)?),
            Known::default(),
        )),
        _ => {
            let file = OpenOptions::new().append(true).create(true).open(path);
            let sink = Growing(Jsonl::new(file.map_err(failed)?));
            Ok((Box::new(sink), Known::default()))
        }
    }
}

/// Goes on with what an unfinished run wrote.
fn resume(
    path: &Path,
    existing: Existing,
    committed: u64,
) -> Result<(Box<dyn Sink>, Known), OutputError> {
    if existing == Existing::Overwrite && !Beside::has_replaced(path, committed) {
        let beside = Beside::resume(path, committed)?;
        return Ok((Box::new(beside), Known::default()));
    }
    let file = cut(path, committed)?;
    if existing == Existing::Append && committed > 0 {
        return append(path);
    }
    Ok((Box::new(Growing(Jsonl::new(file))), Known::default()))
}

/// Cuts what lies beyond the `committed` bytes of a file, and opens it to add.
fn cut(path: &Path, committed: u64) -> Result<File, OutputError> {
    let failed = |error| OutputError::Io {
        path: path.to_owned(),
        error,
    };
    let length = match fs::metadata(path) {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
        Err(error) => return Err(failed(error)),
    };
    if length < committed {
        return Err(OutputError::Shorter {
            path: path.to_owned(),
            length,
            committed,
        });
    }
    let file = OpenOptions::new().append(true).create(true).open(path);
    let file = file.map_err(failed)?;
    file.set_len(committed).map_err(failed)?;
    Ok(file)
}

/// Whether a rename can put a file there: a device or a pipe is written into as it is.
fn is_replaceable(path: &Path) -> bool {
    fs::metadata(path).map_or(true, |metadata| metadata.is_file())
}

/// Reads the ids of `path`, cuts what a killed run left of its last line, and opens it to add.
fn append(path: &Path) -> Result<(Box<dyn Sink>, Known), OutputError> {
    let failed = |error| OutputError::Io {
        path: path.to_owned(),
        error,
    };
    let opened = OpenOptions::new().read(true).write(true).open(path);
    let mut file = opened.map_err(failed)?;
    let (known, whole, needs_newline) = read_ids(&file, path)?;
    file.set_len(whole).map_err(failed)?;
    file.seek(SeekFrom::End(0)).map_err(failed)?;
    if needs_newline {
        file.write_all(b"\n").map_err(failed)?;
    }
    Ok((Box::new(Growing(Jsonl::new(file))), known))
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
        let length = read.map_err(|error| OutputError::Io {
            path: path.to_owned(),
            error,
        })?;
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
            // What a killed run left of its last line. Only a file that holds records, or the
            // beginning of one, is ours to cut.
            Err(_) if !is_whole && (number > 1 || line.starts_with(RECORD_START)) => {
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
        sync(&self.0.into_inner()?).context("making the output safe on disk")
    }
}

/// A file written beside the one it will replace.
struct Beside {
    out: Jsonl<File>,
    partial: PathBuf,
    path: PathBuf,
}

impl Beside {
    fn create(path: &Path) -> io::Result<Self> {
        let (path, partial) = Self::paths(path);
        match fs::remove_file(&partial) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&partial)?;
        if let Ok(old) = fs::metadata(&path) {
            file.set_permissions(old.permissions())?;
        }
        Ok(Self {
            out: Jsonl::new(file),
            partial,
            path,
        })
    }

    /// Whether a run that died right after it had replaced the file left nothing to do.
    fn has_replaced(path: &Path, committed: u64) -> bool {
        let (path, partial) = Self::paths(path);
        let is_whole = fs::metadata(path).is_ok_and(|it| it.len() == committed);
        is_whole && !partial.exists()
    }

    /// Goes on with what an unfinished run left beside.
    fn resume(path: &Path, committed: u64) -> Result<Self, OutputError> {
        let (path, partial) = Self::paths(path);
        Ok(Self {
            out: Jsonl::new(cut(&partial, committed)?),
            partial,
            path,
        })
    }

    /// The file, and the one beside it.
    fn paths(path: &Path) -> (PathBuf, PathBuf) {
        // A link is replaced where it points, not where it stands.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let mut partial = path.clone().into_os_string();
        partial.push(".partial");
        (path, PathBuf::from(partial))
    }
}

impl Sink for Beside {
    fn write(&mut self, row: Row<'_>) -> io::Result<()> {
        self.out.write(row)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn secure(&mut self) -> io::Result<u64> {
        secure(&mut self.out)
    }

    fn finish(self: Box<Self>, complete: bool) -> anyhow::Result<()> {
        let Self { out, partial, path } = *self;
        sync(&out.into_inner()?).context("making the output safe on disk")?;
        if !complete {
            tracing::warn!(
                "{} is left as it was; what this run got is in {}",
                path.display(),
                partial.display()
            );
            return Ok(());
        }
        fs::rename(&partial, &path).with_context(|| format!("replacing {}", path.display()))?;
        if let Some(folder) = path.parent().and_then(|folder| File::open(folder).ok()) {
            sync(&folder).context("making the output's folder safe on disk")?;
        }
        Ok(())
    }
}

/// Flushes into a file, waits until that is on disk, and says how long it is by now.
fn secure(out: &mut Jsonl<File>) -> io::Result<u64> {
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

/// Waits until the file is on disk. Devices and pipes have no disk and say so.
fn sync(file: &File) -> io::Result<()> {
    match file.sync_all() {
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        synced => synced,
    }
}
