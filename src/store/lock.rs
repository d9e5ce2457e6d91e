//! One run at a time on an SQLite store. The kernel holds the lock and frees it on any death;
//! whoever only reads the database takes none.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _};
use std::path::{Path, PathBuf};

/// How every SQLite file begins.
const MAGIC: &[u8] = b"SQLite format 3\0";

/// A locked store file.
///
/// On Unix the lock is on the database itself: of another kind than the ones SQLite takes, so they
/// do not meet. It must be dropped after the database is closed, for the kernel takes SQLite's
/// locks away with any handle of the file that is closed.
#[derive(Debug)]
pub(super) struct Lock {
    _database: File,
    _beside: Option<File>,
}

/// Why there is none.
pub(super) enum NoLock {
    /// Another run has it.
    Taken,
    /// The file is no database.
    NotADatabase,
    /// The system refused.
    Io(io::Error),
}

impl Lock {
    /// Locks `path`, which is made where it is missing: for its owner alone, from the beginning.
    pub(super) fn take(path: &Path) -> Result<Self, NoLock> {
        let mut database = open(path)?;
        let beside = if cfg!(unix) {
            None
        } else {
            Some(open(&beside(path))?)
        };
        let locked = beside.as_ref().unwrap_or(&database);
        locked.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => NoLock::Taken,
            TryLockError::Error(error) => NoLock::Io(error),
        })?;
        if !is_database(&mut database)? {
            return Err(NoLock::NotADatabase);
        }
        Ok(Self {
            _database: database,
            _beside: beside,
        })
    }
}

impl From<io::Error> for NoLock {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Where a lock on the database itself would keep SQLite out, one beside it does.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.to_owned().into_os_string();
    name.push(".lock");
    PathBuf::from(name)
}

/// Whether the file is one, or is still empty.
fn is_database(file: &mut File) -> io::Result<bool> {
    let mut head = Vec::new();
    file.rewind()?;
    file.take(MAGIC.len() as u64).read_to_end(&mut head)?;
    Ok(head.is_empty() || head == MAGIC)
}

#[cfg(test)]
mod tests {
    use super::{Lock, NoLock};
    use std::fs;

    #[test]
    fn one_at_a_time_and_only_a_database() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let first = Lock::take(&path).ok().unwrap();
        assert!(matches!(Lock::take(&path), Err(NoLock::Taken)));
        drop(first);
        drop(Lock::take(&path).ok().unwrap());
        fs::write(&path, "SQLite").unwrap();
        assert!(matches!(Lock::take(&path), Err(NoLock::NotADatabase)));
        assert_eq!(fs::read(&path).unwrap(), b"SQLite");
        let nowhere = folder.path().join("no/store.db");
        assert!(matches!(Lock::take(&nowhere), Err(NoLock::Io(_))));
    }

    #[cfg(unix)]
    #[test]
    fn a_new_store_is_its_owners_alone() {
        use std::os::unix::fs::MetadataExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let _lock = Lock::take(&path);
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    }
}
