//! An SQLite file in a folder that lets nobody put anything beside it: it can be read as long as
//! nobody writes it, which is looked at before and after.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A store file as it was when nobody wrote it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Still {
    path: PathBuf,
    length: u64,
    modified: Option<SystemTime>,
}

impl Still {
    /// The file at `path`; `None` where what a run wrote still stands beside it, or it is not
    /// there.
    pub(super) fn at(path: &Path) -> Option<Self> {
        let mut beside = path.to_owned().into_os_string();
        beside.push("-wal");
        if fs::metadata(beside).is_ok_and(|found| found.len() > 0) {
            return None;
        }
        let found = fs::metadata(path).ok()?;
        Some(Self {
            path: path.to_owned(),
            length: found.len(),
            modified: found.modified().ok(),
        })
    }

    /// Whether nobody has written it since.
    pub(super) fn is_still(&self) -> bool {
        Self::at(&self.path).as_ref() == Some(self)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::Still;

    #[test]
    fn a_file_is_still_until_anything_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let beside = folder.path().join("store.db-wal");
        assert_eq!(Still::at(&path), None);
        fs::write(&path, "one").unwrap();
        fs::write(&beside, "").unwrap();
        let still = Still::at(&path).unwrap();
        assert!(still.is_still());
        fs::write(&beside, "two").unwrap();
        assert!(!still.is_still());
        assert_eq!(Still::at(&path), None);
        fs::remove_file(&beside).unwrap();
        fs::write(&path, "onetwo").unwrap();
        assert!(!still.is_still());
    }
}
