//! The lock that keeps two runs off one output. The kernel holds it on the file itself, so it goes
//! with the process, however that ends, and a file that was left behind locks nobody out.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

use super::OutputError;

/// Opens the file at `path` with `open` and locks it for as long as it stays open.
///
/// # Errors
/// [`OutputError::Locked`] when another run holds it.
pub(super) fn open_locked(
    path: &Path,
    open: impl Fn() -> io::Result<File>,
) -> Result<File, OutputError> {
    loop {
        let file = open().map_err(|error| OutputError::io(path, error))?;
        if !take(&file).map_err(|error| OutputError::io(path, error))? {
            return Err(OutputError::Locked(path.to_owned()));
        }
        // A run that has ended meanwhile may have put another file there.
        if is_at(&file, path) {
            return Ok(file);
        }
    }
}

/// The file at `path`, locked; `None` where there is none, or none that a lock is for.
pub(super) fn lock_if_there(path: &Path) -> Result<Option<File>, OutputError> {
    lock_unfollowed(path, OpenOptions::new().read(true))
}

/// The same, to be cut and added to.
pub(super) fn lock_left(path: &Path) -> Result<Option<File>, OutputError> {
    lock_unfollowed(path, OpenOptions::new().read(true).append(true))
}

fn lock_unfollowed(path: &Path, options: &mut OpenOptions) -> Result<Option<File>, OutputError> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_file() => {}
        _ => return Ok(None),
    }
    unfollowed(options);
    match open_locked(path, || options.open(path)) {
        Err(OutputError::Io { error, .. }) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        locked => locked.map(Some),
    }
}

/// Whether the lock was free and is now ours. A file system without locks cannot say no.
fn take(file: &File) -> io::Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
            tracing::warn!("the output's file system has no locks; let no other run write there");
            Ok(true)
        }
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Refuses a link that somebody put there, and keeps a pipe from blocking.
fn unfollowed(options: &mut OpenOptions) {
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt as _;
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        options.custom_flags(flags.bits().cast_signed());
    }
    #[cfg(not(unix))]
    let _ = options;
}

/// Whether `path` still leads to this very file.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let Ok(held) = file.metadata() else {
        return false;
    };
    fs::metadata(path).is_ok_and(|there| (there.dev(), there.ino()) == (held.dev(), held.ino()))
}

/// A file that is open is not replaced there.
#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}
