//! What an import makes of an entry, on whichever thread.

use crate::command::crew::{Mapper, On};
use crate::input::Query;
use crate::pull::Form;
use crate::record::{Lane, Malformed, Mapped, RawItem, Record, Sighting};
use crate::sink::Scribe;
use crate::source::saved::Texts;

/// What a thread made of an entry.
pub(super) struct Made {
    pub(super) mapped: Result<Mapped, Malformed>,
    /// How it stands in the output, where that is not left to the thread that writes.
    pub(super) text: Option<Vec<u8>>,
}

/// How the entries of one file become rows.
pub(super) struct Mapping<'a> {
    pub(super) query: Option<&'a Query>,
    /// The position of the first.
    pub(super) first: u64,
    pub(super) form: Form,
    /// Writes rows on threads that have no output.
    pub(super) scribe: Option<&'a Scribe>,
}

impl Mapper for Mapping<'_> {
    type Made = Made;

    fn map(&self, raw: &mut RawItem, number: u64, on: On) -> Made {
        let sighting = sighting(self.query, raw, self.first + number);
        let mapped = Record::from_read(raw, &sighting);
        let record = mapped.as_ref().ok().filter(|_| on == On::Helper);
        let row = record.and_then(|it| self.form.row(&it.record));
        let text = self
            .scribe
            .zip(row)
            .and_then(|(scribe, row)| scribe.text(row).ok());
        Made { mapped, text }
    }

    fn renumber(&self, made: &mut Made, number: u64) {
        if let Ok(mapped) = &mut made.mapped {
            mapped.record.collection.position = self.first + number;
        }
        // It says the other number.
        made.text = None;
    }

    fn texts(&self) -> Texts {
        match self.form {
            Form::Raw | Form::WithRaw => Texts::Kept,
            Form::Record | Form::Clockworks => Texts::Dropped,
        }
    }
}

/// Where an entry was seen, the one at `position` of all.
pub(super) fn sighting<'a>(query: Option<&'a Query>, raw: &RawItem, position: u64) -> Sighting<'a> {
    Sighting {
        query,
        lane: Lane::Import,
        position,
        collected_at: None,
        hashtag_feed: raw.hashtag_feed.or_else(|| query.map(|_| true)),
    }
}
