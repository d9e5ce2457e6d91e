//! What the hashtags done so far mean for the run: its exit status, whether it goes on, and whether
//! something is left for the next one.

use std::collections::BTreeMap;

use super::Refusal;
use super::harvest::Harvest;
use crate::exit::{Exit, StoppedBecause};
use crate::receipt::Receipt;

/// Blocked hashtags in a row after which nobody is asked any more.
const BLOCKS: usize = 3;

/// How the hashtags of a run ended.
#[derive(Debug, Default)]
pub(super) struct Score {
    /// The failures by their place in the input.
    failures: BTreeMap<usize, Exit>,
    /// What ended the run for all, the first cause.
    ended_by: Option<StoppedBecause>,
    /// The first failure that is no hashtag's own.
    pub(super) refusal: Option<Refusal>,
    blocks: usize,
    /// Whether an error has named the file that keeps what a failed run got.
    pub(super) kept_is_said: bool,
    /// Records written.
    pub(super) written: u64,
    /// What became of what was seen.
    pub(super) harvest: Harvest,
    /// Whether a hashtag is left to go on with.
    is_open: bool,
    /// Whether one that failed is left to whichever run takes it when it is due again.
    is_shared: bool,
}

impl Score {
    /// One of no hashtag yet; of a list that is shared or not.
    pub(super) fn new(is_shared: bool) -> Self {
        Self {
            is_shared,
            ..Self::default()
        }
    }

    /// Takes the closed receipt of the hashtag at `place` of the input.
    pub(super) fn take(&mut self, place: usize, receipt: &Receipt) {
        self.written += receipt.written;
        self.harvest.add(receipt);
        self.is_open |= receipt.next_cursor.is_some() && !self.is_shared;
        let stopped = receipt.stopped_because;
        self.note(place, stopped.exit());
        if stopped.exit().is_final() {
            self.ended_by.get_or_insert(stopped);
        }
    }

    /// Takes how the hashtag at `place` ended.
    pub(super) fn note(&mut self, place: usize, exit: Exit) {
        self.blocks = if exit == Exit::Blocked || self.blocks >= BLOCKS {
            self.blocks + 1
        } else {
            0
        };
        if exit != Exit::Ok {
            self.failures.insert(place, exit);
        }
        if let Exit::Signal(signal) = exit {
            self.ended_by
                .get_or_insert(StoppedBecause::Interrupted(signal));
        }
        self.is_open |= exit.is_final() || exit.is_worth_repeating() && !self.is_shared;
    }

    /// Takes a failure that is the whole run's.
    pub(super) fn refuse(&mut self, refusal: Refusal) {
        self.is_open = true;
        self.ended_by.get_or_insert(StoppedBecause::Output);
        self.refusal.get_or_insert(refusal);
    }

    /// Why the run ended for all hashtags, if it did.
    pub(super) fn ended_by(&self) -> Option<StoppedBecause> {
        self.ended_by
    }

    /// Whether the run ended for all hashtags.
    pub(super) fn is_over(&self) -> bool {
        self.ended_by.is_some()
    }

    /// Whether any hashtag failed.
    pub(super) fn has_failed(&self) -> bool {
        !self.failures.is_empty()
    }

    /// Why no further hashtag is begun, in words.
    pub(super) fn reason_to_stop(&self) -> Option<String> {
        let is_blocked = self.blocks >= BLOCKS;
        is_blocked.then(|| format!("{BLOCKS} hashtags in a row were blocked"))
    }

    /// How the process ends: by what ended the run for all, else by the first failure in input
    /// order.
    pub(super) fn exit(&self) -> Exit {
        let by_all = self.ended_by.map(StoppedBecause::exit);
        let first = self.failures.first_key_value().map(|(_, exit)| *exit);
        by_all.or(first).unwrap_or(Exit::Ok)
    }

    /// Whether something is left for the same command to go on with.
    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }
}

#[cfg(test)]
mod tests {
    use super::Score;
    use crate::exit::Exit;

    #[test]
    fn the_first_failure_in_input_order_decides() {
        let mut score = Score::default();
        assert_eq!(score.exit(), Exit::Ok);
        score.note(2, Exit::Blocked);
        score.note(0, Exit::Ok);
        score.note(1, Exit::NotFound);
        assert_eq!(score.exit(), Exit::NotFound);
        assert!(!score.is_over());
        score.note(3, Exit::Signal(15));
        assert_eq!(score.exit(), Exit::Signal(15));
        assert!(score.is_over());
    }

    #[test]
    fn three_blocks_in_a_row_are_enough() {
        let mut score = Score::default();
        for (place, exit) in [Exit::Blocked, Exit::Blocked, Exit::Ok, Exit::Blocked]
            .into_iter()
            .enumerate()
        {
            score.note(place, exit);
        }
        score.note(4, Exit::Blocked);
        assert_eq!(score.reason_to_stop(), None);
        score.note(5, Exit::Blocked);
        assert!(score.reason_to_stop().unwrap().contains("3 hashtags"));
        score.note(6, Exit::Temporary);
        assert!(score.reason_to_stop().is_some());
    }
}
