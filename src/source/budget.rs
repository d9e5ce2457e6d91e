//! What the user lets a whole run cost, in requests and in time. Running out is no failure of the
//! site's: what came is kept, and the run says what ran out.

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::{Error, Verdict};

/// Bounds of a run; without any, it may go on as long as it has something to ask.
#[derive(Debug, Clone, Copy, Default)]
pub struct Budget {
    requests: Option<u64>,
    time: Option<Time>,
}

#[derive(Debug, Clone, Copy)]
struct Time {
    all: Duration,
    until: Instant,
}

impl Budget {
    /// So many requests, and so much time from now on.
    #[must_use]
    pub fn new(requests: Option<u64>, time: Option<Duration>) -> Self {
        let time = time.map(|all| Time {
            all,
            until: Instant::now() + all,
        });
        Self { requests, time }
    }

    /// What has run out once `sent` requests were sent and `wait` was waited, in words.
    #[must_use]
    pub fn spent(&self, sent: u64, wait: Duration) -> Option<String> {
        if let Some(most) = self.requests.filter(|most| sent >= *most) {
            return Some(format!("the {most} requests of the run are used up"));
        }
        let is_over = |time: &Time| Instant::now() + wait >= time.until;
        self.time.filter(is_over).map(Time::words)
    }

    /// What `work` gives, unless the time is up first.
    ///
    /// # Errors
    /// [`Error`] when it is.
    pub async fn in_time<T>(&self, work: impl Future<Output = T>) -> Result<T, Error> {
        let Some(time) = self.time else {
            return Ok(work.await);
        };
        timeout_at(time.until, work)
            .await
            .map_err(|_| Error::new(Verdict::Budget, time.words()))
    }
}

impl Time {
    fn words(self) -> String {
        format!("the {} s of the run are used up", self.all.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::time::Duration;

    use super::Budget;
    use crate::source::Verdict;

    #[tokio::test(start_paused = true)]
    async fn requests_and_time_run_out() {
        let budget = Budget::new(Some(3), Some(Duration::from_secs(90)));
        assert_eq!(budget.spent(2, Duration::from_secs(89)), None);
        let words = budget.spent(3, Duration::ZERO);
        assert_eq!(words.unwrap(), "the 3 requests of the run are used up");
        let words = budget.spent(2, Duration::from_secs(90));
        assert_eq!(words.unwrap(), "the 90 s of the run are used up");
        let error = budget.in_time(pending::<()>()).await.unwrap_err();
        assert_eq!(error.verdict, Verdict::Budget);
        assert!(budget.spent(0, Duration::ZERO).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn without_bounds_nothing_runs_out() {
        let budget = Budget::default();
        assert_eq!(budget.spent(u64::MAX, Duration::MAX), None);
        assert_eq!(budget.in_time(async { 7 }).await, Ok(7));
    }
}
