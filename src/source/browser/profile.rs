//! The folder a browser keeps its data in: a fresh one that is removed at the end, or one the
//! user keeps.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use tempfile::TempDir;

/// How the folders of temporary profiles begin.
const PREFIX: &str = "tiktok-hashtag-browser-";
/// The file that is locked as long as its run lives.
const LOCK: &str = "lock";
/// How long helpers of a browser that has ended may still write.
const PATIENCE: Duration = Duration::from_secs(2);
/// How old a folder without a lock file must be before it counts as left behind.
const YOUNG: Duration = Duration::from_secs(60);

/// A browser's folder.
#[derive(Debug)]
pub(super) enum Profile {
    /// Made for one run.
    Fresh(Fresh),
    /// The user's, which stays.
    Kept(PathBuf),
}

/// A folder that goes with the run.
#[derive(Debug)]
pub(super) struct Fresh {
    folder: Option<TempDir>,
    /// The kernel frees it on any death, which tells later runs that the folder is nobody's.
    _lock: File,
}

impl Profile {
    /// A fresh one below `base`. What runs that were killed left there is removed.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub(super) fn fresh(base: &Path) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(base)?;
        let lock = held_lock(folder.path())?;
        sweep(base, folder.path());
        fs::create_dir(folder.path().join("data"))?;
        fs::create_dir(folder.path().join("tmp"))?;
        Ok(Self::Fresh(Fresh {
            folder: Some(folder),
            _lock: lock,
        }))
    }

    /// One the user keeps, made if it is not there. What an earlier browser noted of its port is
    /// no longer true and goes.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub(super) fn kept(path: &Path) -> io::Result<Self> {
        fs::create_dir_all(path)?;
        let path = path.canonicalize()?;
        match fs::remove_file(path.join(super::attach::PORT_FILE)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        Ok(Self::Kept(path))
    }

    /// What the browser calls its user data directory.
    pub(super) fn data(&self) -> PathBuf {
        match self {
            Self::Fresh(fresh) => fresh.path().join("data"),
            Self::Kept(path) => path.clone(),
        }
    }

    /// Where the browser may put temporary files, so that they go with the profile: one that is
    /// killed leaves some behind.
    pub(super) fn temporary(&self) -> Option<PathBuf> {
        match self {
            Self::Fresh(fresh) => Some(fresh.path().join("tmp")),
            Self::Kept(_) => None,
        }
    }

    /// Removes a fresh profile, once its browser has ended. Whether nothing is left of it.
    pub(super) fn remove(&mut self) -> bool {
        match self {
            Self::Fresh(fresh) => fresh.remove(),
            Self::Kept(_) => true,
        }
    }
}

impl Fresh {
    fn path(&self) -> &Path {
        self.folder
            .as_ref()
            .map_or_else(|| Path::new(""), TempDir::path)
    }

    fn remove(&mut self) -> bool {
        let Some(folder) = self.folder.take() else {
            return true;
        };
        let path = folder.keep();
        let since = Instant::now();
        loop {
            match fs::remove_dir_all(&path) {
                Ok(()) => return true,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return true,
                Err(_) if since.elapsed() < PATIENCE => thread::sleep(Duration::from_millis(50)),
                Err(_) => return false,
            }
        }
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        self.remove();
    }
}

/// The lock file, held before it can be seen under its name.
fn held_lock(folder: &Path) -> io::Result<File> {
    let new = folder.join("lock.new");
    let lock = File::create_new(&new)?;
    lock.try_lock().map_err(io::Error::from)?;
    fs::rename(new, folder.join(LOCK))?;
    Ok(lock)
}

/// Removes the folders of runs that were killed. What cannot be removed, or is not surely ours,
/// stays.
fn sweep(base: &Path, own: &Path) {
    let Ok(entries) = fs::read_dir(base) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let named = entry.file_name().to_string_lossy().starts_with(PREFIX);
        if named && path != own && is_left_behind(&path, own) {
            // Another run may be sweeping the same.
            let _ = fs::remove_dir_all(path);
        }
    }
}

/// Whether `path` is a folder of the owner of `own` whose run has ended. A planted link is none.
fn is_left_behind(path: &Path, own: &Path) -> bool {
    let (Ok(found), Ok(own)) = (path.symlink_metadata(), own.symlink_metadata()) else {
        return false;
    };
    if !found.is_dir() || !has_owner_of(&found, &own) {
        return false;
    }
    match File::open(path.join(LOCK)) {
        Ok(lock) => lock.try_lock().is_ok(),
        Err(_) => found.modified().is_ok_and(|at| {
            SystemTime::now()
                .duration_since(at)
                .is_ok_and(|age| age > YOUNG)
        }),
    }
}

#[cfg(unix)]
fn has_owner_of(found: &fs::Metadata, own: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    found.uid() == own.uid()
}

#[cfg(not(unix))]
fn has_owner_of(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::{LOCK, PREFIX, Profile};
    use std::fs;

    #[test]
    fn a_fresh_profile_goes_and_what_killed_runs_left_too() {
        let base = tempfile::tempdir().unwrap();
        let dead = base.path().join(format!("{PREFIX}dead"));
        fs::create_dir(&dead).unwrap();
        fs::write(dead.join(LOCK), "").unwrap();
        let starting = base.path().join(format!("{PREFIX}starting"));
        fs::create_dir(&starting).unwrap();
        let foreign = base.path().join("other");
        fs::create_dir(&foreign).unwrap();

        let living = Profile::fresh(base.path()).unwrap();
        assert!(!dead.exists() && starting.exists() && foreign.exists());
        let mut second = Profile::fresh(base.path()).unwrap();
        assert!(living.data().is_dir() && second.data().is_dir());
        assert_ne!(living.data(), second.data());

        let data = second.data();
        assert!(second.remove() && second.remove());
        assert!(!data.exists());
        let data = living.data();
        drop(living);
        assert!(!data.exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_planted_link_is_not_followed() {
        let base = tempfile::tempdir().unwrap();
        let precious = base.path().join("precious");
        fs::create_dir(&precious).unwrap();
        fs::write(precious.join(LOCK), "").unwrap();
        let link = base.path().join(format!("{PREFIX}link"));
        std::os::unix::fs::symlink(&precious, &link).unwrap();
        drop(Profile::fresh(base.path()).unwrap());
        assert!(precious.join(LOCK).exists());
    }

    #[test]
    fn a_kept_profile_stays_without_its_old_port() {
        let base = tempfile::tempdir().unwrap();
        let path = base.path().join("mine");
        fs::create_dir(&path).unwrap();
        fs::write(path.join("DevToolsActivePort"), "1\n/x").unwrap();
        let mut kept = Profile::kept(&path).unwrap();
        assert!(!path.join("DevToolsActivePort").exists());
        assert!(kept.remove() && kept.temporary().is_none());
        assert!(path.is_dir());
    }
}
