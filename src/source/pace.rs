//! The pace of a whole run: every attempt, whatever for, takes its turn here first.

use std::num::NonZeroU32;
use std::sync::PoisonError;
use std::time::Duration;

use governor::clock::{Clock, ReasonablyRealtime};
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::{Instant, sleep, sleep_until};

/// Tokio's clock for governor, so that tests on paused time finish at once.
#[derive(Debug, Clone, Copy, Default)]
struct TokioClock;

impl Clock for TokioClock {
    type Instant = std::time::Instant;

    fn now(&self) -> Self::Instant {
        Instant::now().into_std()
    }
}

impl ReasonablyRealtime for TokioClock {}

/// At most `rate` requests a second, one at a time, plus jitter where the site is the real one.
#[derive(Debug)]
pub(crate) struct Pace {
    limiter: Option<RateLimiter<NotKeyed, InMemoryState, TokioClock>>,
    period: Duration,
    jitter: Duration,
    /// When the server had surely seen the last request.
    seen: Mutex<Option<Instant>>,
    /// Until when the server asked for silence.
    silent: std::sync::Mutex<Option<Instant>>,
}

/// The right to send one request; held until the server has seen it.
#[derive(Debug)]
pub(crate) struct Turn<'a>(MutexGuard<'a, Option<Instant>>);

impl Pace {
    /// `rate` requests a second, 0 for no bound; `jitter` is the most that is added to a wait.
    pub(crate) fn new(rate: f64, jitter: Duration) -> Self {
        let period = if rate > 0.0 {
            Duration::try_from_secs_f64(1.0 / rate).unwrap_or(Duration::MAX)
        } else {
            Duration::ZERO
        };
        let one = NonZeroU32::MIN;
        let limiter = Quota::with_period(period)
            .map(|quota| RateLimiter::direct_with_clock(quota.allow_burst(one), TokioClock));
        Self {
            limiter,
            period,
            jitter,
            seen: Mutex::new(None),
            silent: std::sync::Mutex::default(),
        }
    }

    /// Keeps everybody silent until then: a server that asks one request to wait means all.
    pub(crate) fn hush(&self, until: Instant) {
        let mut silent = self.silent();
        *silent = (*silent).max(Some(until));
    }

    /// Waits until no server asks for silence any more.
    async fn hushed(&self) {
        loop {
            let until = *self.silent();
            let Some(until) = until.filter(|until| *until > Instant::now()) else {
                return;
            };
            sleep_until(until).await;
        }
    }

    fn silent(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.silent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the next turn.
    ///
    /// A turn begins one period after the answer to the last request began to arrive, not after
    /// that request was sent: what a slow network holds back would otherwise reach the server
    /// together with the next one, faster than the rate promised.
    pub(crate) async fn turn(&self) -> Turn<'_> {
        let seen = self.seen.lock().await;
        let Some(limiter) = &self.limiter else {
            self.hushed().await;
            return Turn(seen);
        };
        if let Some(seen) = *seen {
            sleep_until(seen + self.period).await;
        }
        while let Err(wait) = limiter.check() {
            sleep(wait.wait_time_from(TokioClock.now())).await;
        }
        if seen.is_some() {
            sleep(self.jitter.mul_f64(fastrand::f64())).await;
        }
        self.hushed().await;
        Turn(seen)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.0 = Some(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::Pace;
    use std::time::Duration;
    use tokio::time::{Instant, sleep};

    #[tokio::test(start_paused = true)]
    async fn no_window_sees_more_than_the_rate() {
        let pace = Pace::new(5.0, Duration::ZERO);
        let mut seen = Vec::new();
        for n in 0..60 {
            let turn = pace.turn().await;
            // The request reaches the server somewhere between sending and answering.
            sleep(Duration::from_millis(n * 37 % 90)).await;
            seen.push(Instant::now());
            sleep(Duration::from_millis(n * 11 % 40)).await;
            drop(turn);
        }
        for (i, from) in seen.iter().enumerate() {
            for (j, to) in seen.iter().enumerate().skip(i) {
                let allowed = 1.0 + 5.0 * (*to - *from).as_secs_f64();
                assert!((j - i + 1) as f64 <= allowed + 1e-6, "{i}..{j}");
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_asks_for_silence_gets_it_from_all() {
        for rate in [0.0, 5.0] {
            let pace = Pace::new(rate, Duration::ZERO);
            let start = Instant::now();
            drop(pace.turn().await);
            pace.hush(start + Duration::from_secs(7));
            pace.hush(start + Duration::from_secs(3));
            drop(pace.turn().await);
            assert_eq!(start.elapsed(), Duration::from_secs(7));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn no_rate_means_no_wait() {
        let pace = Pace::new(0.0, Duration::from_secs(1));
        let start = Instant::now();
        for _ in 0..1_000 {
            drop(pace.turn().await);
        }
        assert_eq!(start.elapsed(), Duration::ZERO);
    }
}
