//! What went wrong with the answers a page got since the last good one, and when it is enough.

use std::time::Duration;

use crate::source::{Error, Verdict};

/// Empty answers in a row that mean the site will not answer this browser.
const SILENCES: u32 = 2;

/// The answers of a page that were not good.
#[derive(Debug, Default)]
pub(super) struct Trouble {
    /// The last of them, until a good one came.
    pub(super) error: Option<Error>,
    /// How long the site asked to wait with it.
    pub(super) wait: Option<Duration>,
    /// Empty answers to list calls since the last good one.
    silences: u32,
    /// All answers that were not good since then.
    failures: u32,
}

impl Trouble {
    /// Whether the last answer turned us away.
    pub(super) fn is_block(&self) -> bool {
        let error = self.error.as_ref();
        error.is_some_and(|error| error.verdict.is_block())
    }

    /// Remembers an answer that was not good: the page may ask again by itself.
    pub(super) fn note(&mut self, error: Error, wait: Option<Duration>) {
        self.failures += 1;
        tracing::info!("{error}");
        self.error = Some(error);
        self.wait = wait;
    }

    /// Counts an empty answer to a list call.
    pub(super) fn count_silence(&mut self) {
        self.silences += 1;
    }

    /// Forgets all but what the site asked to wait: a good answer came.
    pub(super) fn end(&mut self) {
        (self.silences, self.failures, self.error) = (0, 0, None);
    }

    /// The error that ends a feed whose page gets no good answer any more: silence is borne once,
    /// anything else as often as any request is retried.
    pub(super) fn give_up(&mut self, retries: u32) -> Option<Error> {
        let is_enough = self.silences >= SILENCES || self.failures > retries;
        let error = self.error.take_if(|_| is_enough)?;
        if error.verdict != Verdict::Gated {
            return Some(error);
        }
        let cause = "the page itself gets empty answers".to_owned();
        Some(Error { cause, ..error })
    }
}

#[cfg(test)]
mod tests {
    use super::Trouble;
    use crate::source::{Error, Verdict};

    #[test]
    fn an_error_is_given_once_there_is_enough_of_it_and_not_again() {
        let mut trouble = Trouble::default();
        let network = || Error::new(Verdict::Network, "gone");
        trouble.note(network(), None);
        trouble.note(network(), None);
        assert!(trouble.give_up(2).is_none() && !trouble.is_block());
        trouble.note(network(), None);
        assert_eq!(trouble.give_up(2).unwrap().cause, "gone");
        assert!(trouble.give_up(2).is_none(), "it was taken");
    }

    #[test]
    fn a_good_answer_begins_the_count_anew() {
        let mut trouble = Trouble::default();
        for _ in 0..3 {
            trouble.count_silence();
            trouble.note(Error::new(Verdict::Gated, "empty"), None);
            assert!(trouble.give_up(9).is_none() && trouble.is_block());
            trouble.end();
            assert!(trouble.error.is_none());
        }
        for is_enough in [false, true] {
            trouble.count_silence();
            trouble.note(Error::new(Verdict::Gated, "empty"), None);
            let error = trouble.give_up(9).map(|error| error.cause);
            let cause = "the page itself gets empty answers";
            assert_eq!(error.as_deref(), is_enough.then_some(cause));
        }
    }
}
