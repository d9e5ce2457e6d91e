//! Saved answers: reads files of any size and any of the forms people keep them in, browsers'
//! recordings among them, and hands over the list entries found. Opens no socket, judges no entry
//! and drops no duplicates.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::ops::ControlFlow;

use crate::record::RawItem;

mod ahead;
mod clue;
mod find;
mod har;
mod input;
mod opened;
mod page;
mod plain;
mod shape;
mod sigi;
mod split;
#[cfg(test)]
mod tests;
mod what;

pub use ahead::Ahead;
use find::Finder;
pub use har::Recording;
use input::Input;
pub use opened::{Head, Opened, open};
pub use plain::{Texts, plain_item};
pub use what::What;

/// Bytes one line, element or entry may have.
const LIMIT: usize = 16 << 20;
/// Bytes one saved page may have; pages carry styles and pictures besides their data.
const PAGE_LIMIT: usize = 64 << 20;

/// Where the entries go; a break ends the reading.
pub type Sink<'a> = dyn FnMut(RawItem) -> ControlFlow<()> + 'a;

/// What one file held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Entries handed over, those of item lists that are no items included.
    pub items: u64,
    /// What else there was, and how many lines, documents or elements of it.
    pub others: BTreeMap<What, u64>,
    /// Where the first line or document begins that was lost or torn, in bytes of the unpacked
    /// input; unknown in pages and recordings.
    pub damaged_at: Option<u64>,
    /// What a browser's recording held and lacks, if the file is one.
    pub recording: Option<Recording>,
}

impl Outcome {
    /// What a file without entries is; `None` when it had some.
    #[must_use]
    pub fn nothing(&self) -> Option<&What> {
        let first = self.others.keys().next();
        (self.items == 0).then(|| first.unwrap_or(&What::Empty))
    }

    /// Whether all of the file could be read: nothing cut off, broken or over a limit.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        !self.others.keys().any(What::is_damage)
    }
}

/// Reads one input to its end and hands each entry to `sink`, in the order of the file. The form
/// is told from the bytes, never from a name: JSON in any number of lines, values and envelopes,
/// saved pages, a browser's HAR recording, all of it plain or gzipped, and recordings zipped with
/// their bodies. Of a recording the answers of hashtags' feeds are read, each feed in its own
/// order.
///
/// Memory stays bounded: lines, arrays and recordings stream; one line, element, entry or recorded
/// body may have 16 MiB, one page 64 MiB, and JSON may be 128 levels deep. What is over is counted
/// in [`Outcome::others`], as is everything that is no entry.
///
/// # Errors
/// Only when the input itself cannot be read. Damaged content is told in the outcome.
pub fn read(input: impl Read, sink: &mut Sink<'_>) -> io::Result<Outcome> {
    read_within(LIMIT, input, sink)
}

fn read_within(limit: usize, input: impl Read, sink: &mut Sink<'_>) -> io::Result<Outcome> {
    let input = Input::open(input, limit)?;
    read_input(input, Finder::new(sink, limit, Texts::Kept))
}

/// The same of an opened input, with lines of it dealt with ahead of their turn, and without the
/// text of what is read at sight where nobody needs it.
///
/// # Errors
/// As [`read`].
pub fn read_opened(
    (head, opened): (Head, impl Ahead),
    texts: Texts,
    sink: &mut Sink<'_>,
) -> io::Result<Outcome> {
    let input = Input::of(head, opened, LIMIT);
    read_input(input, Finder::new(sink, LIMIT, texts))
}

fn read_input(mut input: Input<'_>, mut finder: Finder<'_>) -> io::Result<Outcome> {
    let recording = match input.foreign() {
        Some(What::Packed("zip")) => har::read_archive(&mut input, &mut finder)?,
        Some(what) => {
            finder.note(what);
            None
        }
        None => read_text(&mut input, &mut finder)?,
    };
    if input.is_damaged() {
        finder.cut();
    }
    Ok(Outcome {
        recording,
        ..finder.outcome()
    })
}

fn read_text(input: &mut Input<'_>, finder: &mut Finder<'_>) -> io::Result<Option<Recording>> {
    let mut recording = None;
    match input.skip_blank()? {
        Some(b'<') => page::read(input, finder)?,
        Some(b'{') if har::begins(input)? => {
            recording = Some(har::read(input, finder)?);
            // Browsers write nothing behind it; who joins files does.
            if input.skip_blank()?.is_some() {
                split::read(input, finder)?;
            }
        }
        _ => split::read(input, finder)?,
    }
    Ok(recording)
}
