//! A bound on top of the pace, for whoever only wants to see whether the site answers: so many
//! requests, each asked once, and all of them done by a given time.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::send::Broken;
use super::{Http, locked};
use crate::source::pace::Turn;

/// What may still be sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ration {
    left: u64,
    until: Instant,
}

impl Http {
    /// From now on lets `requests` through, each asked once as one visitor, and waits for none
    /// beyond `until`. Redirect hops count as any other request.
    pub fn ration(&self, requests: u64, until: Instant) {
        *locked(&self.door.ration) = Some(Ration {
            left: requests,
            until,
        });
    }

    /// Whether what is asked for is asked only once.
    pub(super) fn is_rationed(&self) -> bool {
        locked(&self.door.ration).is_some()
    }

    /// How often a request may be asked again.
    pub(super) fn retries(&self) -> u32 {
        if self.is_rationed() {
            0
        } else {
            self.door.patience.retries
        }
    }

    /// Waits for a request's turn; with it, how long the request may take.
    pub(super) async fn admit(&self) -> Result<(Turn<'_>, Duration), Broken> {
        let Some(ration) = *locked(&self.door.ration) else {
            return Ok((self.door.pace.turn().await, self.door.patience.timeout));
        };
        if ration.left == 0 {
            return Err(Broken::Spent("no request is left to go on with".to_owned()));
        }
        let late = Broken::Spent("the pace left no time for another request".to_owned());
        let Ok(turn) = timeout_at(ration.until, self.door.pace.turn()).await else {
            return Err(late);
        };
        let time = ration.until.saturating_duration_since(Instant::now());
        if time.is_zero() {
            return Err(late);
        }
        if let Some(ration) = locked(&self.door.ration).as_mut() {
            ration.left = ration.left.saturating_sub(1);
        }
        Ok((turn, self.door.patience.timeout.min(time)))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use crate::source::http::{Http, Options, Patience, Site};
    use crate::source::{Jar, Verdict};

    /// A door to a port where nobody listens.
    fn door(rate: f64) -> Http {
        let options = Options {
            site: Site::at_base("http://127.0.0.1:1").unwrap(),
            rate,
            patience: Patience::default(),
            budget: crate::source::Budget::default(),
            user_agent: None,
            jar: Jar::new(),
            proxy: None,
        };
        Http::new(options).unwrap()
    }

    #[tokio::test]
    async fn no_more_turns_than_allowed() {
        let http = door(0.0);
        http.ration(2, Instant::now() + Duration::from_secs(5));
        for _ in 0..2 {
            let (_, time) = http.admit().await.unwrap();
            assert!(time <= Duration::from_secs(5), "{time:?}");
        }
        assert!(http.admit().await.is_err());
        http.ration(1, Instant::now());
        assert!(http.admit().await.is_err(), "its time is over");
    }

    #[tokio::test(start_paused = true)]
    async fn a_pace_that_leaves_no_time_is_not_broken() {
        let http = door(0.1);
        let began = Instant::now();
        http.ration(2, began + Duration::from_secs(4));
        drop(http.admit().await.unwrap());
        let late = http.admit().await.map(|_| ()).unwrap_err();
        assert_eq!(began.elapsed(), Duration::from_secs(4));
        let judged = late.judged();
        assert!(
            matches!(&judged, crate::source::judge::Judged::Fail { verdict: Verdict::Budget, cause } if cause.contains("pace")),
            "{judged:?}"
        );
    }
}
