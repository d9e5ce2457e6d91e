//! An output written beside the file it will replace, so that nobody sees half of it; what a run
//! got that does not end well stays there.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::file::{cut, sync};
use super::filled::Filled;
use super::lock::{lock_if_there, lock_left, open_locked};
use super::{Existing, Layout, OutputError, Row, Sink};

/// A file written beside the one it will replace.
pub(super) struct Beside {
    partial: Partial,
    rows: Filled,
    path: PathBuf,
    /// The file to be replaced, kept open for its lock.
    old: Option<File>,
}

/// The file beside. It goes with its owner while there is nothing in it, or nothing to be read.
struct Partial {
    path: PathBuf,
    is_kept: bool,
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.is_kept {
            // A file of no use that cannot be removed does no harm.
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl Beside {
    /// Locks what is there, and the file beside it, whichever of them there is.
    pub(super) fn create(
        path: &Path,
        existing: Existing,
        layout: &Layout,
    ) -> Result<Self, OutputError> {
        let old = lock_old(path, existing)?;
        let partial = partial_of(path);
        let file = fresh(&partial, mode_of(path)).map_err(|error| error.blamed_on(path))?;
        let partial = Partial {
            path: partial,
            is_kept: false,
        };
        Ok(Self {
            rows: Filled::new(file, path, layout)?,
            old: match old {
                // A run that adds to it may have begun since.
                None => lock_old(path, existing)?,
                old => old,
            },
            partial,
            path: path.to_owned(),
        })
    }

    /// The same with what an unfinished run left beside, without what lies beyond the `committed`
    /// bytes of it; `None` where it left nothing.
    pub(super) fn resume(
        path: &Path,
        existing: Existing,
        layout: &Layout,
        committed: u64,
    ) -> Result<Option<Self>, OutputError> {
        let partial = partial_of(path);
        let left = lock_left(&partial).map_err(|error| error.blamed_on(path))?;
        let Some(file) = left else {
            return Ok(None);
        };
        let old = lock_old(path, existing)?;
        cut(&file, &partial, committed)?;
        Ok(Some(Self {
            rows: Filled::new(file, path, layout)?,
            old,
            partial: Partial {
                path: partial,
                is_kept: true,
            },
            path: path.to_owned(),
        }))
    }

    /// The `file` that had taken the place of `path`, out of it again and without what lies beyond
    /// `rows` bytes. In this order: a run that dies on the way finds it beside, cut or not.
    pub(super) fn again(
        path: &Path,
        file: File,
        layout: &Layout,
        rows: u64,
    ) -> Result<Self, OutputError> {
        let partial = partial_of(path);
        let aside = fs::rename(path, &partial).and_then(|()| sync_folder(path));
        aside.map_err(|error| OutputError::io(path, error))?;
        cut(&file, &partial, rows)?;
        Ok(Self {
            rows: Filled::new(file, path, layout)?,
            old: None,
            partial: Partial {
                path: partial,
                is_kept: true,
            },
            path: path.to_owned(),
        })
    }
}

/// The file to be replaced, locked, where there is one; refused if it is in the way.
fn lock_old(path: &Path, existing: Existing) -> Result<Option<File>, OutputError> {
    let old = lock_if_there(path)?;
    let length = old.as_ref().map(File::metadata).transpose();
    let length = length.map_err(|error| OutputError::io(path, error))?;
    if existing != Existing::Overwrite && length.is_some_and(|old| old.len() > 0) {
        return Err(OutputError::NotEmptyWhole(path.to_owned()));
    }
    Ok(old)
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
        self.rows.write(row)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.rows.flush()
    }

    fn secure(&mut self) -> io::Result<u64> {
        self.rows.secure()
    }

    fn partial(&self) -> Option<&Path> {
        let is_kept = self.partial.is_kept && !self.rows.is_lost();
        is_kept.then_some(&self.partial.path)
    }

    fn finish(self: Box<Self>, complete: bool) -> anyhow::Result<()> {
        let Self {
            mut partial,
            mut rows,
            path,
            old,
        } = *self;
        if complete || partial.is_kept {
            let closed = rows.close(complete);
            partial.is_kept &= !rows.is_lost();
            if closed.is_err() {
                drop(partial);
                return closed;
            }
        }
        if !complete {
            drop(partial);
            return Ok(());
        }
        // The locks hold until the new file stands in the old one's place.
        fs::rename(&partial.path, &path).context("taking the old file's place")?;
        drop((rows, old));
        partial.is_kept = true;
        sync_folder(&path).context("making its folder safe on disk")
    }
}

/// Waits until the name of the file at `path` is on disk, where its folder can be opened for that.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    match File::open(folder.unwrap_or_else(|| Path::new("."))) {
        Ok(folder) => sync(&folder),
        Err(_) => Ok(()),
    }
}

/// The file beside `path` that will replace it.
pub(super) fn partial_of(path: &Path) -> PathBuf {
    let mut partial = path.to_owned().into_os_string();
    partial.push(".partial");
    PathBuf::from(partial)
}
