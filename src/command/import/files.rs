//! Files on their way into the output.

use std::io::{self, ErrorKind};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use tokio::runtime::Handle;
use tokio::task::block_in_place;

use super::input::Input;
use super::mapping::{Made, Mapping, sighting};
use super::tag;
use super::told::{told, warn_of_names};
use crate::command::crew::Crew;
use crate::exit::StoppedBecause;
use crate::input::Query;
use crate::pull::{Failure, Output, Pull};
use crate::record::{Lane, RawItem};
use crate::signals::Signals;
use crate::sink::Scribe;
use crate::source::saved::{Outcome, Recording};
use crate::store::Waypoint;

/// Entries between two flushes of the output, and of what the store commits at once.
const BATCH: u64 = 100;

/// An import under way.
pub(super) struct Import<'a, 'b> {
    pub(super) pull: Pull<'b>,
    pub(super) output: &'a mut Output,
    pub(super) signals: &'a Signals,
    pub(super) query: Option<&'a Query>,
    /// Threads that read and map.
    pub(super) threads: usize,
    /// Writes rows on threads that have no output.
    pub(super) scribe: Option<&'a Scribe>,
    /// Whether records go to standard output.
    pub(super) feeds_stdout: bool,
}

impl Import<'_, '_> {
    /// Reads all files; why the import stopped, the first file that failed deciding.
    pub(super) fn files(&mut self, paths: &[PathBuf]) -> Result<StoppedBecause, Failure> {
        let mut stopped = StoppedBecause::EndOfFeed;
        for path in paths {
            let ended = self.file(path)?;
            if stopped == StoppedBecause::EndOfFeed {
                stopped = ended;
            }
            if ended.exit().is_final() {
                return Ok(ended);
            }
        }
        Ok(stopped)
    }

    /// Reads one file.
    ///
    /// # Errors
    /// When the output or the store cannot be written; a file that cannot be read is said and
    /// counts as bad data.
    fn file(&mut self, path: &Path) -> Result<StoppedBecause, Failure> {
        let from_stdin = path == Path::new("-");
        let input = Input::open(path, self.signals, self.feeds_stdout);
        let is_stream = input.as_ref().is_ok_and(|input| input.bell.is_some());
        let crew = Crew {
            threads: self.threads,
            is_eager: is_stream,
        };
        let mapping = Mapping {
            query: self.query,
            first: self.pull.receipt.seen + 1,
            form: self.output.form,
            scribe: self.scribe,
        };
        let mut failed = None;
        let mut take = |raw: &RawItem, made: &mut Made| {
            let entry = self.entry(raw, made, is_stream);
            if matches!(entry, Ok(true)) {
                return ControlFlow::Continue(());
            }
            failed = entry.err();
            ControlFlow::Break(())
        };
        let read = input.and_then(|Input { bytes, bell }| {
            let over = || bell.iter().for_each(|bell| bell.ring());
            crew.read(bytes, over, &mapping, &mut take)
        });
        if let Some(error) = failed {
            return Err(error);
        }
        self.commit()?;
        let read = reader_closed(read)?;
        let receipt = &mut *self.pull.receipt;
        let recording = read.as_ref().ok().and_then(|it| it.recording.as_ref());
        receipt.pages += recording.map_or(1, Recording::pages);
        receipt.gaps += recording.map_or(0, Recording::gaps);
        self.pull.bar.page(receipt);
        if let Some(signal) = self.signals.heard() {
            return Ok(StoppedBecause::Interrupted(signal));
        }
        let name = if from_stdin {
            "standard input".to_owned()
        } else {
            path.display().to_string()
        };
        if let (Some(recording), Some(query)) = (recording, self.query) {
            warn_of_names(&name, recording, &query.name);
        }
        let again = (!from_stdin && !is_stream).then_some(path);
        Ok(told(&name, again, read))
    }

    /// One entry; false once a signal was heard. What comes in a stream goes on at once.
    fn entry(&mut self, raw: &RawItem, made: &mut Made, is_stream: bool) -> Result<bool, Failure> {
        let sighting = sighting(self.query, raw, self.pull.receipt.seen + 1);
        let (mapped, text) = (&mut made.mapped, made.text.as_deref());
        let entry = self.pull.mapped(self.output, raw, mapped, text, &sighting);
        entry.map_err(Failure::Output)?;
        let is_batch = self.pull.receipt.seen.is_multiple_of(BATCH);
        if is_batch && self.output.store.remembers() {
            self.commit()?;
        } else if is_stream {
            self.output.sink.flush().map_err(Failure::Output)?;
        }
        if is_batch || is_stream {
            self.pull.bar.page(self.pull.receipt);
        }
        Ok(self.signals.heard().is_none())
    }

    /// Ends a batch as a page is ended, so that what is remembered is on the disk. There is no place
    /// in it to go on at: a later run reads the files again and leaves out what is written. Whoever
    /// reads files waits for nobody, so this waits for it.
    fn commit(&mut self) -> Result<(), Failure> {
        let at = Waypoint {
            lane: Lane::Import.as_str().to_owned(),
            previous: None,
            next: None,
            before: 0,
        };
        let commit = self.output.commit(tag(self.query), &at);
        block_in_place(|| Handle::current().block_on(commit))
    }
}

/// What was read, unless the reading ended because nobody reads what is written.
fn reader_closed(read: io::Result<Outcome>) -> Result<io::Result<Outcome>, Failure> {
    match read {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Failure::Output(error)),
        read => Ok(read),
    }
}
