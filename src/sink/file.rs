//! Output files: one that is fresh or appended grows in its place, one that is overwritten or whose
//! format has an end is written beside and renamed. Which it is, and what all do with a file.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::beside::{Beside, partial_of};
use super::body::{Body, Text};
use super::growing;
use super::lines::lines_of;
#[cfg(feature = "parquet")]
use super::parquet::Parquet;
use super::placed::Placed;
use super::stream::Stream;
use super::{Existing, Known, Layout, OutputError, Sink};

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
            let (sink, known) = growing::open(path, existing, layout, &*lines, committed)?;
            Ok((Box::new(sink), known))
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
    if let Some(placed) = Placed::resume(path, layout, committed)? {
        return Ok(Box::new(placed));
    }
    Err(OutputError::shorter(&partial_of(path), 0, committed))
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

pub(super) fn length(file: &File, path: &Path) -> Result<u64, OutputError> {
    let metadata = file.metadata();
    Ok(metadata
        .map_err(|error| OutputError::io(path, error))?
        .len())
}

/// Where a link leads: what is replaced is the file, not the link.
pub(super) fn target_of(path: &Path) -> PathBuf {
    let is_link = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
    let target = is_link.then(|| fs::canonicalize(path).ok()).flatten();
    target.unwrap_or_else(|| path.to_owned())
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

    use crate::sink::{Existing, Known, Layout, OutputError, Sink};

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
}
