//! A run's turn at what one run alone may use: it comes at once, or within the time the user gave.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::Refusal;
use crate::exit::Exit;
use crate::signals::Signals;

/// How often a lock that another run holds is looked at.
const GLANCE: Duration = Duration::from_millis(100);

/// Until when a run waits for others, all its locks together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn(Option<Instant>);

impl Turn {
    /// One that is waited for as long as `wait`.
    pub(super) fn within(wait: Option<Duration>) -> Self {
        Self(wait.map(|wait| Instant::now() + wait))
    }

    /// Waits a moment for a lock that another run holds; false, at once, when the time is over.
    ///
    /// # Errors
    /// When a signal comes first.
    pub(super) async fn may_come(self, signals: &mut Signals) -> Result<bool, Refusal> {
        let now = Instant::now();
        let Some(until) = self.0.filter(|until| now < *until) else {
            return Ok(false);
        };
        tokio::select! {
            signal = signals.raised() => Err(Refusal::new(Exit::Signal(signal), "")),
            () = sleep_until(until.min(now + GLANCE)) => Ok(true),
        }
    }
}
