//! What a run has sent and waited for.

use std::time::Duration;

use super::within_budget;

/// Requests, retries and waits since the run began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Requests sent: first tries, retries, redirect hops and look-ups alike.
    pub requests: u64,
    /// Requests that were asked a second time or more.
    pub retries: u64,
    /// Time spent waiting for the pace, for backoff and for what the site asked.
    pub waited: Duration,
}

impl Tally {
    /// Counts one retry; false, and nothing counted, when the run has no more of them.
    pub(super) fn retry(&mut self) -> bool {
        let allowed = within_budget(self.retries, self.requests);
        self.retries += u64::from(allowed);
        allowed
    }

    /// What came on top of `before`.
    #[must_use]
    pub fn since(self, before: Self) -> Self {
        Self {
            requests: self.requests.saturating_sub(before.requests),
            retries: self.retries.saturating_sub(before.retries),
            waited: self.waited.saturating_sub(before.waited),
        }
    }
}
