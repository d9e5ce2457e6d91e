//! Where an entry stands in an `--input` file, for the words about what is wrong with it.

use super::{BatchError, EntryError};

/// Where an entry stands.
#[derive(Clone, Copy, Default)]
pub(super) struct Place {
    /// Its line, counted from 1, unless the file is one JSON value.
    pub(super) line: Option<usize>,
    /// Its index in an array.
    pub(super) index: Option<usize>,
}

impl Place {
    pub(super) fn on(line: usize) -> Self {
        Self {
            line: Some(line),
            index: None,
        }
    }

    /// The error of the entry here, or of what it has under `key`.
    pub(super) fn error(self, key: Option<&str>, cause: impl Into<EntryError>) -> BatchError {
        let line = self.line.map(|line| format!("line {line}"));
        let index = self.index.map(|index| format!("/{index}"));
        let key = key.map(|key| format!("/{key}"));
        let pointer = index.unwrap_or_default() + &key.unwrap_or_default();
        let place = match (line, pointer.is_empty()) {
            (Some(line), true) => format!("{line}: "),
            (Some(line), false) => format!("{line}, {pointer}: "),
            (None, true) => String::new(),
            (None, false) => format!("{pointer}: "),
        };
        BatchError::Entry {
            place,
            cause: cause.into(),
        }
    }
}
