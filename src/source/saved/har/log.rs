//! The log of a recording, read as it streams by: keeps a few words of each call that tells of a
//! feed, and counts the rest.

use super::super::input::Input;
use super::bodies::{Bodies, Body};
use super::entry::{Asked, Entry};
use super::seen::{Seen, Tally};
use super::stream::{Halt, elements, fields, skip};
use crate::source::capture::Call;

/// How many answers of feeds one recording may have; the longest feed known had 5000 videos.
pub(super) const ANSWERS: usize = 50_000;
/// How many look-ups are read; they only give hashtags their names.
const LOOKUPS: usize = 100;
/// The longest id of a hashtag, in bytes.
const LONGEST_ID: usize = 64;

/// One answer of the two calls, as recorded.
#[derive(Debug)]
pub(super) struct Answer {
    /// The hashtag's id, if the URL has it.
    pub(super) tag_id: Option<String>,
    /// The place in the feed, if the URL has one.
    pub(super) cursor: Option<u64>,
    pub(super) status: Option<i64>,
    pub(super) at: Option<i64>,
    pub(super) body: Body,
    pub(super) is_base64: bool,
}

/// What is of use in a log.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The answers of feeds, in the order of the log.
    pub(super) answers: Vec<Answer>,
    /// Look-ups of hashtags.
    pub(super) lookups: Vec<Answer>,
    /// Everything else.
    pub(super) seen: Tally,
    /// Cookies or credentials stand in the log.
    pub(super) holds_secrets: bool,
}

/// Reads a log.
pub(super) struct Log<'l, 'b> {
    bodies: &'l mut Bodies<'b>,
    found: Found,
    is_full: bool,
}

impl<'l, 'b> Log<'l, 'b> {
    pub(super) fn new(bodies: &'l mut Bodies<'b>) -> Self {
        Self {
            bodies,
            found: Found::default(),
            is_full: false,
        }
    }

    /// Reads the recording that begins here. What was read before an error stays.
    pub(super) fn read(&mut self, input: &mut Input<'_>) -> Result<(), Halt> {
        fields(input, |input, key| match key {
            "log" => fields(input, |input, key| match key {
                "entries" => elements(input, |input| self.entry(input)),
                _ => skip(input),
            }),
            _ => skip(input),
        })
    }

    /// Whether there were more answers than are read.
    pub(super) fn is_full(&self) -> bool {
        self.is_full
    }

    pub(super) fn found(self) -> Found {
        self.found
    }

    fn entry(&mut self, input: &mut Input<'_>) -> Result<(), Halt> {
        let mut entry = Entry::read(input, self.bodies)?;
        self.found.holds_secrets |= entry.holds_secrets;
        if entry.is_preflight {
            return Ok(());
        }
        match entry.asked.take().unwrap_or(Asked::Other(Seen::Elsewhere)) {
            Asked::Call(Call::List { tag_id, cursor }) => {
                self.is_full |= self.found.answers.len() == ANSWERS;
                if self.is_full {
                    self.bodies.drop_last(&entry.body);
                } else {
                    let answer = answer(entry, tag_id, cursor);
                    self.found.answers.push(answer);
                }
            }
            Asked::Call(Call::Lookup { tag_id, .. }) => {
                self.found.seen.add(Seen::Lookup);
                if self.found.lookups.len() < LOOKUPS {
                    self.found.lookups.push(answer(entry, tag_id, None));
                }
            }
            Asked::Other(seen) => self.found.seen.add(seen),
        }
        Ok(())
    }
}

fn answer(entry: Entry, tag_id: Option<String>, cursor: Option<u64>) -> Answer {
    Answer {
        tag_id: tag_id.filter(|id| id.len() <= LONGEST_ID),
        cursor,
        status: entry.status,
        at: entry.at,
        body: entry.body,
        is_base64: entry.is_base64,
    }
}
