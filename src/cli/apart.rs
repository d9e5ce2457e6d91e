//! Files that switches name, of which one is written: no two of them may be the same.

use std::path::{Path, PathBuf};

/// The files of a run by the switches that name them.
#[derive(Debug, Default)]
pub struct Apart {
    written: Vec<(&'static str, PathBuf)>,
    read: Vec<(&'static str, PathBuf)>,
}

impl Apart {
    /// Adds one that is written; `-` is none, and a device is anybody's.
    #[must_use]
    pub fn writes(mut self, switch: &'static str, path: Option<&Path>) -> Self {
        self.written.extend(file(path).map(|path| (switch, path)));
        self
    }

    /// Adds one that is only read.
    #[must_use]
    pub fn reads(mut self, switch: &'static str, path: Option<&Path>) -> Self {
        self.read.extend(file(path).map(|path| (switch, path)));
        self
    }

    /// Whether what is written is nothing else at the same time.
    ///
    /// # Errors
    /// A sentence for the user about the first two that are one file.
    pub fn check(&self) -> Result<(), String> {
        for (at, (switch, path)) in self.written.iter().enumerate() {
            let others = self.written[..at].iter().chain(&self.read);
            if let Some((other, _)) = others.into_iter().find(|(_, other)| other == path) {
                return Err(format!(
                    "{other} and {switch} name the same file; give {switch} a file of its own"
                ));
            }
        }
        Ok(())
    }
}

/// A file by the one name all its names lead to.
fn file(path: Option<&Path>) -> Option<PathBuf> {
    let path = path.filter(|path| *path != Path::new("-"))?;
    if path.metadata().is_ok_and(|found| !found.is_file()) {
        return None;
    }
    Some(path.canonicalize().unwrap_or_else(|_| to_be(path)))
}

/// A file that is not there yet, by the one name of its folder.
fn to_be(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let folder = folder.unwrap_or_else(|| Path::new(".")).canonicalize();
    match (folder, path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::Apart;
    use std::path::Path;

    #[test]
    fn what_is_written_is_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let [a, b] = ["a", "b"].map(|name| folder.path().join(name));
        std::fs::write(&a, "").unwrap();
        let again = folder.path().join(".").join("a");
        let both = |one: &Path, other: &Path| {
            Apart::default()
                .reads("--input", Some(one))
                .writes("--output", Some(other))
                .check()
        };
        assert_eq!(both(&a, &b), Ok(()));
        let words = both(&a, &again).unwrap_err();
        assert!(
            words.starts_with("--input and --output name the same"),
            "{words}"
        );
        assert_eq!(both(Path::new("-"), Path::new("-")), Ok(()));
        assert!(both(&b, &b).is_err(), "one that is not there yet");
        let again = folder
            .path()
            .join("../")
            .join(folder.path().file_name().unwrap())
            .join("b");
        assert!(both(&b, &again).is_err(), "the same by another name");
        let read = Apart::default()
            .reads("--input", Some(&a))
            .reads("--cookies", Some(&a));
        assert_eq!(read.check(), Ok(()));
    }
}
