//! A file that was not there before its run: a run that comes to nothing leaves none, so that
//! nobody takes an empty file for an empty hashtag.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Row, Sink, nowhere};

/// A sink that makes a new file, which goes with it unless something is written or the run is
/// complete.
pub(super) struct Fresh {
    path: PathBuf,
    is_kept: bool,
    sink: Box<dyn Sink>,
}

impl Fresh {
    pub(super) fn new(path: &Path, sink: Box<dyn Sink>) -> Self {
        Self {
            path: path.to_owned(),
            is_kept: false,
            sink,
        }
    }

    /// Whether the file at `path` will be a new one. A link that leads nowhere is there.
    pub(super) fn is_at(path: &Path) -> bool {
        let found = fs::symlink_metadata(path);
        found.is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
    }
}

/// It goes while its sink still holds its lock, so no other run has begun in it.
impl Drop for Fresh {
    fn drop(&mut self) {
        let is_empty = || fs::metadata(&self.path).is_ok_and(|found| found.len() == 0);
        if !self.is_kept && is_empty() {
            // An empty file that cannot be removed does no harm.
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl Sink for Fresh {
    fn write(&mut self, row: Row<'_>) -> io::Result<()> {
        self.is_kept = true;
        self.sink.write(row)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }

    fn secure(&mut self) -> io::Result<u64> {
        self.sink.secure()
    }

    fn partial(&self) -> Option<&Path> {
        self.sink.partial()
    }

    fn finish(mut self: Box<Self>, complete: bool) -> anyhow::Result<()> {
        self.is_kept |= complete;
        let sink = std::mem::replace(&mut self.sink, nowhere());
        drop(self);
        sink.finish(complete)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use crate::sink::specimen::record;
    use crate::sink::{Existing, Format, Layout, Row, Sink, Target, open};

    fn opened(path: &Path, format: Format) -> Box<dyn Sink> {
        let target = Target::File(path.to_owned(), Existing::Append);
        let layout = Layout {
            format,
            ..Layout::default()
        };
        open(&target, &layout, None).unwrap().0
    }

    #[test]
    fn a_new_file_stays_with_what_is_in_it_or_where_all_was_got() {
        let folder = tempfile::tempdir().unwrap();
        for format in [Format::Jsonl, Format::Csv] {
            for (at, (rows, complete, stays)) in [
                (0, false, false),
                (0, true, true),
                (1, false, true),
                (1, true, true),
            ]
            .into_iter()
            .enumerate()
            {
                let path = folder.path().join(format!("{at}.{format}"));
                let mut sink = opened(&path, format);
                assert!(path.exists(), "its lock is on it");
                for number in 0..rows {
                    sink.write(Row::Record(&record(number))).unwrap();
                }
                sink.finish(complete).unwrap();
                assert_eq!(path.exists(), stays, "{rows} {complete} {format}");
            }
        }
    }

    #[test]
    fn a_run_that_never_began_leaves_no_file_and_an_old_one_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.jsonl");
        drop(opened(&path, Format::Jsonl));
        assert!(!path.exists());
        fs::write(&path, "").unwrap();
        drop(opened(&path, Format::Jsonl));
        opened(&path, Format::Jsonl).finish(false).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_somebody_made_stays() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("out.jsonl");
        std::os::unix::fs::symlink(folder.path().join("real.jsonl"), &link).unwrap();
        opened(&link, Format::Jsonl).finish(false).unwrap();
        assert!(fs::symlink_metadata(&link).is_ok());
    }
}
