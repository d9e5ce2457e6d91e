//! Where records go. A sink writes one, flushes after a page and finishes at the end; formats and
//! files are its own affair.

mod beside;
mod body;
mod coding;
mod columns;
mod compact;
mod csv;
mod error;
mod escape;
mod fields;
mod file;
mod filled;
mod format;
mod fresh;
mod growing;
mod held;
mod jsonl;
mod lines;
mod lock;
mod members;
mod named;
#[cfg(feature = "parquet")]
mod parquet;
mod part;
mod placed;
mod scribe;
mod shape;
mod stream;
pub mod template;

#[cfg(test)]
mod specimen;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::record::Record;
pub use coding::Coding;
pub use columns::Column;
#[cfg(fuzzing)]
pub use csv::row_of;
pub use error::OutputError;
pub use fields::{Fields, FieldsError};
pub use format::{Format, FormatError, Layout};
pub use scribe::Scribe;

/// What a sink writes for one video.
#[derive(Debug, Clone, Copy)]
pub enum Row<'a> {
    /// Our record.
    Record(&'a Record),
    /// The source's own object, the text of a whole value: untouched but for escapes that keep a
    /// terminal safe.
    Raw(&'a str),
    /// Our record in the shape of a hosted scraper's data set.
    Clockworks(&'a Record),
    /// What a [`Scribe`] of the same layout made of any of these.
    Written(&'a [u8]),
}

/// Somewhere records go.
pub trait Sink {
    /// Takes one row.
    ///
    /// # Errors
    /// When it cannot be written.
    fn write(&mut self, row: Row<'_>) -> std::io::Result<()>;

    /// Hands everything taken so far to the reader or the file.
    ///
    /// # Errors
    /// When it cannot be written.
    fn flush(&mut self) -> std::io::Result<()>;

    /// Flushes, and waits until a file is safe on disk; its length in bytes, 0 where a stream has
    /// none.
    ///
    /// # Errors
    /// When it cannot be written.
    fn secure(&mut self) -> std::io::Result<u64> {
        self.flush().map(|()| 0)
    }

    /// The file that keeps what a run got which does not end well, where that is not the output.
    fn partial(&self) -> Option<&Path> {
        None
    }

    /// Closes what was written; `complete` says whether the run got all it was asked for.
    ///
    /// # Errors
    /// When the end cannot be written, or the file cannot take its final name.
    fn finish(self: Box<Self>, complete: bool) -> anyhow::Result<()>;
}

/// Where to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Standard output.
    Stdout,
    /// A file, and what to do when it already holds something.
    File(PathBuf, Existing),
}

/// What to do with an output file that is not empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Leave it and say so.
    Refuse,
    /// Add what it lacks.
    Append,
    /// Replace it whole once the run is complete.
    Overwrite,
}

/// The videos an output file already holds, each with its hashtag where the file says so.
#[derive(Debug, Default)]
pub struct Known(HashSet<(Option<String>, String)>);

impl Known {
    /// Whether the file holds `id` for the hashtag `name`.
    #[must_use]
    pub fn has(&self, name: Option<&str>, id: &str) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let id = id.to_owned();
        let any = (None, id);
        self.0.contains(&any) || self.0.contains(&(name.map(str::to_owned), any.1))
    }
}

/// Opens `target` for rows in `layout`, with what it already holds. With `committed`, to go on with
/// what an unfinished run wrote: what lies beyond that many bytes is cut.
///
/// # Errors
/// [`OutputError`] when the file cannot be used as asked; nothing has been changed then.
pub fn open(
    target: &Target,
    layout: &Layout,
    committed: Option<u64>,
) -> Result<(Box<dyn Sink>, Known), OutputError> {
    if layout.format == Format::Parquet && !cfg!(feature = "parquet") {
        return Err(OutputError::LeftOut("parquet"));
    }
    match target {
        Target::Stdout => {
            let body = file::body(layout, std::io::stdout(), 0)?;
            Ok((Box::new(stream::Stream(body)), Known::default()))
        }
        Target::File(path, existing) => {
            let is_new = fresh::Fresh::is_at(path);
            let (sink, known) = file::open(path, *existing, layout, committed)?;
            let sink: Box<dyn Sink> = if is_new {
                Box::new(fresh::Fresh::new(path, sink))
            } else {
                sink
            };
            Ok((Box::new(named::Named::new(path, sink)), known))
        }
    }
}

/// Whether standard output leads into a file that holds nothing yet.
#[must_use]
pub fn stdout_is_empty_file() -> bool {
    #[cfg(unix)]
    {
        use std::os::fd::AsFd as _;
        let stdout = std::io::stdout().as_fd().try_clone_to_owned();
        let found = stdout.and_then(|stdout| std::fs::File::from(stdout).metadata());
        found.is_ok_and(|found| found.is_file() && found.len() == 0)
    }
    #[cfg(not(unix))]
    false
}

/// A sink for a run that writes elsewhere.
#[must_use]
pub fn nowhere() -> Box<dyn Sink> {
    Box::new(stream::Nowhere)
}

/// `value` as one line of JSON that is safe to show.
///
/// # Panics
/// Never for the plain structs this is for: their fields all have a JSON form.
#[must_use]
pub fn safe_json(value: &impl serde::Serialize) -> String {
    let mut line = Vec::new();
    let mut writer = serde_json::Serializer::with_formatter(&mut line, escape::Safe);
    value
        .serialize(&mut writer)
        .expect("a plain struct has a JSON form");
    String::from_utf8(line).expect("JSON is UTF-8")
}
