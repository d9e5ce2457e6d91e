//! An output that grows in its place, row by row: what is there is mended, and gets what it lacks.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _};
use std::path::Path;

use super::beside::partial_of;
use super::file::{cut, length, target_of};
use super::filled::Filled;
use super::held::mend;
use super::lines::Lines;
use super::lock::{lock_if_there, open_locked};
use super::{Coding, Existing, Known, Layout, OutputError};

/// Opens the file at `path`, locked, with the ids it holds.
pub(super) fn open(
    path: &Path,
    existing: Existing,
    layout: &Layout,
    lines: &dyn Lines,
    committed: Option<u64>,
) -> Result<(Filled, Known), OutputError> {
    let mut file = match committed {
        Some(committed) => lock_committed(path, layout.coding, committed)?,
        None => lock_growing(path)?,
    };
    let known = match (existing, length(&file, path)?) {
        (_, 0) => Known::default(),
        (Existing::Append, _) => mend(&mut file, path, lines, layout.coding)?,
        _ if committed.is_some() => Known::default(),
        _ => return Err(OutputError::NotEmpty(path.to_owned())),
    };
    Ok((Filled::new(file, path, layout)?, known))
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

/// A file to add to, once neither a run that adds to it nor one that replaces it is at work. The
/// second look is for one that began to replace it between the first look and our lock.
pub(super) fn lock_growing(path: &Path) -> Result<File, OutputError> {
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

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::sink::file::open;
    use crate::sink::{Existing, Layout};

    #[test]
    fn a_first_line_cut_anywhere_is_ours_to_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.jsonl");
        let (start, layout) = (b"{\"input\":", Layout::default());
        for cut in 1..=start.len() {
            fs::write(&path, &start[..cut]).unwrap();
            let (sink, _) = open(&path, Existing::Append, &layout, None).unwrap();
            sink.finish(true).unwrap();
            assert_eq!(fs::read(&path).unwrap(), b"", "cut at {cut}");
        }
        for other in ["x", "{\"inputs", "[", "{ \"input\""] {
            fs::write(&path, other).unwrap();
            assert!(
                open(&path, Existing::Append, &layout, None).is_err(),
                "{other}"
            );
            assert_eq!(fs::read(&path).unwrap(), other.as_bytes());
        }
    }
}
