//! Rows as text, for threads that do not have the output.

use std::io;

use super::lines::{Lines, lines_of};
use super::{Layout, Row};

/// Writes rows as they stand in an output.
pub struct Scribe(Box<dyn Lines>);

impl Scribe {
    /// For outputs of text; `None` for a format whose rows depend on each other.
    #[must_use]
    pub fn new(layout: &Layout) -> Option<Self> {
        lines_of(layout).map(Self)
    }

    /// The text of a row, for [`Row::Written`].
    ///
    /// # Errors
    /// When the format has no such rows.
    pub fn text(&self, row: Row<'_>) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        self.0.row(row, &mut text)?;
        Ok(text)
    }
}
