//! An item of the site as it was read by who looked for it, so that it is not read again for its
//! record.

use super::{Read, record_of};
use crate::record::lenient::read_strictly;
use crate::record::{Malformed, Mapped, RawItem, Sighting};

/// What has been read of an entry already; a clone has nothing of it.
#[derive(Debug, Default)]
pub struct Reading(Option<Read>);

impl Reading {
    /// Reads a line that is one item of the site and nothing else, every key once; none where it
    /// is, or may be, anything else.
    #[must_use]
    pub fn of_line(line: &str) -> Option<Self> {
        let read = read_strictly(line).filter(|(item, _): &Read| item.is_plain())?;
        Some(Self(Some(read)))
    }

    /// The record of the entry it was read of; none where nothing was. There is nothing of it
    /// afterwards.
    pub(in crate::record) fn record(
        &mut self,
        raw: &RawItem,
        sighting: &Sighting<'_>,
    ) -> Option<Result<Mapped, Malformed>> {
        let read = self.0.take()?;
        Some(record_of(read, raw, sighting))
    }
}

impl Clone for Reading {
    fn clone(&self) -> Self {
        Self(None)
    }
}
