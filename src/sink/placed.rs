//! An output that had taken its place before its run died. Readers find it there until a row is
//! added; from then on it is beside its place, as any that is not whole.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read as _, Seek as _};
use std::path::{Path, PathBuf};

use super::beside::Beside;
use super::file::{length, sync};
use super::growing::lock_growing;
use super::lines::lines_of;
use super::{Layout, OutputError, Row, Sink};

/// A whole file in its place.
pub(super) struct Placed {
    file: File,
    path: PathBuf,
    layout: Layout,
    /// Where its rows end, and what ends its format begins.
    rows: u64,
    /// What became of it when a row was added.
    beside: Option<Beside>,
}

impl Placed {
    /// The one at `path`, locked; `None` where there is none, or it is not what a run left that
    /// had written `committed` bytes of rows.
    pub(super) fn resume(
        path: &Path,
        layout: &Layout,
        committed: u64,
    ) -> Result<Option<Self>, OutputError> {
        if !path.exists() {
            return Ok(None);
        }
        let file = lock_growing(path)?;
        let is_ours = ends_at(&file, path, layout, committed)?;
        Ok(is_ours.then(|| Self {
            file,
            path: path.to_owned(),
            layout: layout.clone(),
            rows: committed,
            beside: None,
        }))
    }

    fn set_aside(&self) -> Result<Beside, OutputError> {
        let file = self.file.try_clone();
        let file = file.map_err(|error| OutputError::io(&self.path, error))?;
        Beside::again(&self.path, file, &self.layout, self.rows)
    }
}

impl Sink for Placed {
    fn write(&mut self, row: Row<'_>) -> io::Result<()> {
        if self.beside.is_none() {
            let beside = self.set_aside().map_err(|error| match error {
                OutputError::Io { error, .. } => error,
                other => io::Error::other(other),
            })?;
            self.beside = Some(beside);
        }
        self.beside.as_mut().map_or(Ok(()), |it| it.write(row))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.beside.as_mut().map_or(Ok(()), Beside::flush)
    }

    fn secure(&mut self) -> io::Result<u64> {
        match &mut self.beside {
            Some(beside) => beside.secure(),
            None => sync(&self.file).map(|()| self.rows),
        }
    }

    fn partial(&self) -> Option<&Path> {
        self.beside.as_ref().and_then(Beside::partial)
    }

    fn finish(self: Box<Self>, complete: bool) -> anyhow::Result<()> {
        self.beside
            .map_or(Ok(()), |it| Box::new(it).finish(complete))
    }
}

/// Whether behind `committed` bytes a file has nothing but what ends its format.
fn ends_at(file: &File, path: &Path, layout: &Layout, committed: u64) -> Result<bool, OutputError> {
    let io = |error| OutputError::io(path, error);
    let end = lines_of(layout).map_or_else(Vec::new, |lines| lines.end(true, true));
    let end = match &end[..] {
        b"" => Cow::default(),
        end => layout.coding.member(end).map_err(io)?,
    };
    if length(file, path)? != committed + end.len() as u64 {
        return Ok(false);
    }
    let (mut file, mut found) = (file, Vec::new());
    file.seek(io::SeekFrom::Start(committed)).map_err(io)?;
    file.read_to_end(&mut found).map_err(io)?;
    Ok(found == *end)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use crate::sink::file::open;
    use crate::sink::specimen::record;
    use crate::sink::{Coding, Existing, Format, Layout, OutputError, Row, Sink};

    fn layout(format: Format, coding: Coding) -> Layout {
        Layout {
            format,
            coding,
            ..Layout::default()
        }
    }

    fn resumed(path: &Path, layout: &Layout, rows: u64) -> Result<Box<dyn Sink>, OutputError> {
        open(path, Existing::Overwrite, layout, Some(rows)).map(|(sink, _)| sink)
    }

    /// Puts a file with one row in its place; where its rows end.
    fn placed(path: &Path, layout: &Layout) -> u64 {
        let (mut sink, _) = open(path, Existing::Overwrite, layout, None).unwrap();
        sink.write(Row::Record(&record(1))).unwrap();
        let rows = sink.secure().unwrap();
        sink.finish(true).unwrap();
        rows
    }

    #[test]
    fn a_file_in_its_place_keeps_its_end_until_a_row_is_added() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.json");
        let json = layout(Format::Json, Coding::Plain);
        fs::write(&path, "[{}\n\n]\n").unwrap();
        for complete in [true, false] {
            let mut sink = resumed(&path, &json, 5).unwrap();
            assert_eq!(sink.secure().unwrap(), 5);
            assert_eq!(fs::read(&path).unwrap(), b"[{}\n\n]\n");
            sink.finish(complete).unwrap();
            assert_eq!(fs::read(&path).unwrap(), b"[{}\n\n]\n");
        }
        let mut sink = resumed(&path, &json, 5).unwrap();
        sink.write(Row::Record(&record(1))).unwrap();
        sink.finish(true).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(
            text.starts_with("[{}\n\n,{\"input\"") && text.ends_with("}\n]\n"),
            "{text}"
        );
    }

    /// Wherever it dies: before its rows are handed out, before they are committed, or after.
    #[test]
    fn a_run_that_dies_again_goes_on_and_shows_nobody_half_a_file() {
        let folder = tempfile::tempdir().unwrap();
        for (name, format, coding) in [
            ("out.json", Format::Json, Coding::Plain),
            ("out.jsonl", Format::Jsonl, Coding::Plain),
            ("out.csv.gz", Format::Csv, Coding::Gzip),
        ] {
            let (path, layout) = (folder.path().join(name), layout(format, coding));
            let mut rows = placed(&path, &layout);
            for (flushes, commits) in [(false, false), (true, false), (true, true)] {
                let mut sink = resumed(&path, &layout, rows).unwrap();
                assert_eq!(sink.secure().unwrap(), rows);
                sink.write(Row::Record(&record(2))).unwrap();
                assert!(!path.exists() && sink.partial().is_some(), "{name}");
                if flushes {
                    let length = sink.secure().unwrap();
                    rows = if commits { length } else { rows };
                }
            }
            resumed(&path, &layout, rows).unwrap().finish(true).unwrap();
            let resumed = fs::read(&path).unwrap();
            assert_eq!(resumed, in_one_go(&folder.path().join("one"), &layout));
        }
    }

    /// The same two rows as a run that nothing ended writes them.
    fn in_one_go(path: &Path, layout: &Layout) -> Vec<u8> {
        let (mut sink, _) = open(path, Existing::Overwrite, layout, None).unwrap();
        for number in [1, 2] {
            sink.write(Row::Record(&record(number))).unwrap();
            sink.secure().unwrap();
        }
        sink.finish(true).unwrap();
        fs::read(path).unwrap()
    }

    #[test]
    fn a_run_that_dies_before_it_cuts_the_end_off_goes_on_beside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.json");
        let json = layout(Format::Json, Coding::Plain);
        fs::write(folder.path().join("out.json.partial"), "[{}\n\n]\n").unwrap();
        let mut sink = resumed(&path, &json, 5).unwrap();
        sink.write(Row::Record(&record(1))).unwrap();
        sink.finish(true).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("[{}\n\n,{\"input\""), "{text}");
    }
}
