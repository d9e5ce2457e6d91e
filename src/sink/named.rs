//! A file whose errors say which one it is: the system's own words do not.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::{Row, Sink};

/// A sink that writes the file at a path.
pub(super) struct Named {
    path: PathBuf,
    sink: Box<dyn Sink>,
}

impl Named {
    pub(super) fn new(path: &Path, sink: Box<dyn Sink>) -> Self {
        Self {
            path: path.to_owned(),
            sink,
        }
    }
}

/// The same error with the file's name before its words.
fn about(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

impl Sink for Named {
    fn write(&mut self, row: Row<'_>) -> io::Result<()> {
        let written = self.sink.write(row);
        written.map_err(|error| about(&self.path, &error))
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.sink.flush();
        flushed.map_err(|error| about(&self.path, &error))
    }

    fn secure(&mut self) -> io::Result<u64> {
        let secured = self.sink.secure();
        secured.map_err(|error| about(&self.path, &error))
    }

    fn partial(&self) -> Option<&Path> {
        self.sink.partial()
    }

    fn finish(self: Box<Self>, complete: bool) -> anyhow::Result<()> {
        let finished = self.sink.finish(complete);
        finished.with_context(|| self.path.display().to_string())
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::path::Path;

    use super::about;

    #[test]
    fn the_file_is_named_and_the_kind_stays() {
        let error = about(Path::new("out.jsonl"), &io::ErrorKind::BrokenPipe.into());
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
        assert_eq!(error.to_string(), "out.jsonl: broken pipe");
    }
}
