//! Why an output file cannot be used, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

/// Why an output file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutputError {
    /// It holds something, and nobody said what to do with that.
    #[error("{} is not empty; add to it with --append or replace it with --overwrite", .0.display())]
    NotEmpty(PathBuf),
    /// The same, of a format that cannot be added to.
    #[error("{} is not empty; replace it with --overwrite", .0.display())]
    NotEmptyWhole(PathBuf),
    /// A table of other columns, or rows of another form.
    #[error(
        "{} has other fields; append with the same --fields and --preset, or to another file",
        .0.display()
    )]
    OtherColumns(PathBuf),
    /// A format that this build was made without.
    #[error("this build has no {0}; build with the cargo feature \"{0}\"")]
    LeftOut(&'static str),
    /// The format takes no such columns.
    #[error("cannot begin the output: {0}")]
    Schema(io::Error),
    /// It is not one of ours, so its ids cannot be read.
    #[error("{}: line {line} is no record with an aweme_id; append only to a file of records", .path.display())]
    NotRecords {
        /// The file.
        path: PathBuf,
        /// The first line that is none, counted from 1.
        line: usize,
    },
    /// It lacks what an unfinished run of ours wrote, so somebody else changed it.
    #[error(
        "{} has {length} bytes, the store knows of {committed} of an unfinished run; it was left \
         as it is, put it back or choose another --output", .path.display()
    )]
    Shorter {
        /// The file.
        path: PathBuf,
        /// Its length.
        length: u64,
        /// The bytes that were safe in it.
        committed: u64,
    },
    /// What an unfinished run of ours wrote ends within a row, so somebody else changed it.
    #[error(
        "{} is not what an unfinished run left: no row ends at its byte {committed}; it was left \
         as it is, put it back or choose another --output", .path.display()
    )]
    Changed {
        /// The file.
        path: PathBuf,
        /// The bytes that were safe in it.
        committed: u64,
    },
    /// Another run writes it.
    #[error("{} is locked by another run; wait for its end, or let --wait-lock do that", .0.display())]
    Locked(PathBuf),
    /// The folder it is to stand in is not there.
    #[error(
        "cannot write {}: there is no folder {}; make it, or choose another --output",
        .path.display(), .folder.display()
    )]
    NoFolder {
        /// The file.
        path: PathBuf,
        /// The folder.
        folder: PathBuf,
    },
    /// The system refused.
    #[error("cannot write {}: {error}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

impl OutputError {
    /// What the system said of the file at `path`. That something is not there is said of its
    /// folder where that is what is missing.
    pub(super) fn io(path: &Path, error: io::Error) -> Self {
        match path.parent() {
            Some(folder) if is_missing(folder, &error) => Self::no_folder(path, folder),
            _ => Self::Io {
                path: path.to_owned(),
                error,
            },
        }
    }

    pub(super) fn no_folder(path: &Path, folder: &Path) -> Self {
        Self::NoFolder {
            path: path.to_owned(),
            folder: folder.to_owned(),
        }
    }

    pub(super) fn shorter(path: &Path, length: u64, committed: u64) -> Self {
        Self::Shorter {
            path: path.to_owned(),
            length,
            committed,
        }
    }

    /// The same of the file at `path`, for one that is only beside it.
    pub(super) fn blamed_on(self, path: &Path) -> Self {
        match self {
            Self::Locked(_) => Self::Locked(path.to_owned()),
            Self::Io { error, .. } => Self::io(path, error),
            Self::NoFolder { folder, .. } => Self::no_folder(path, &folder),
            other => other,
        }
    }
}

/// Whether an error comes of a folder that is not there. The empty name is the current folder's.
fn is_missing(folder: &Path, error: &io::Error) -> bool {
    let is_named = folder != Path::new("");
    error.kind() == io::ErrorKind::NotFound && is_named && !folder.exists()
}
