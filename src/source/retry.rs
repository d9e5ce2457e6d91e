//! How long to wait before asking again, and how often a run may. `Retry-After` wins over our
//! own backoff, which is exponential with full jitter.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};

/// Longest backoff of our own.
const CEILING: Duration = Duration::from_secs(30);
/// Retries any run may make, however few requests it has sent.
const FREE_RETRIES: u64 = 10;

/// How patient a run is with one request.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Retries of one request after its first try.
    pub retries: u32,
    /// Longest time for one try, from connecting to the body's last byte.
    pub timeout: Duration,
    /// Longest wait the site may ask for.
    pub max_wait: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            retries: 4,
            timeout: Duration::from_secs(60),
            max_wait: Duration::from_secs(60),
        }
    }
}

/// The wait before retry `n` (from 1): uniformly between nothing and 0.5 s·2^n, capped at 30 s.
pub(crate) fn backoff(n: u32) -> Duration {
    let top = Duration::from_millis(500)
        .saturating_mul(2_u32.saturating_pow(n))
        .min(CEILING);
    top.mul_f64(fastrand::f64())
}

/// Whether a run that has sent `requests` may make one retry more than `retries`.
pub(crate) fn within_budget(retries: u64, requests: u64) -> bool {
    retries < FREE_RETRIES.max(requests / 5)
}

/// The wait an answer asks for: whole seconds, or a date measured against the answer's own
/// clock. Of several the longest; what cannot be parsed is as if absent.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let now = headers
        .get(DATE)
        .and_then(|value| date(value.to_str().ok()?));
    headers
        .get_all(RETRY_AFTER)
        .iter()
        .filter_map(|value| {
            let text = value.to_str().ok()?.trim();
            seconds(text).or_else(|| {
                let until = date(text)?;
                Some(until.duration_since(now?).unwrap_or_default())
            })
        })
        .max()
}

/// Digits only; a number too large for any clock is the longest wait there is.
fn seconds(text: &str) -> Option<Duration> {
    let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| Duration::from_secs(text.parse().unwrap_or(u64::MAX)))
}

fn date(text: &str) -> Option<SystemTime> {
    httpdate::parse_http_date(text).ok()
}

#[cfg(test)]
mod tests {
    use super::{backoff, retry_after, within_budget};
    use http::{HeaderMap, HeaderValue};
    use std::time::Duration;

    fn asked(values: &[&'static str]) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(
            "date",
            HeaderValue::from_static("Sun, 22 Nov 2026 10:00:00 GMT"),
        );
        for value in values {
            headers.append("retry-after", HeaderValue::from_static(value));
        }
        retry_after(&headers)
    }

    #[test]
    fn retry_after_in_every_form() {
        let secs = |n| Some(Duration::from_secs(n));
        assert_eq!(asked(&["7"]), secs(7));
        assert_eq!(asked(&["7", "12", "nonsense"]), secs(12));
        assert_eq!(asked(&["Sun, 22 Nov 2026 10:00:30 GMT"]), secs(30));
        assert_eq!(asked(&["Sun, 22 Nov 2026 09:00:00 GMT"]), secs(0));
        assert_eq!(asked(&["99999999999999999999999999"]), secs(u64::MAX));
        for odd in ["", "-5", "1.5", "soon", "+3"] {
            assert_eq!(asked(&[odd]), None, "{odd}");
        }
    }

    #[test]
    fn backoff_stays_below_its_top() {
        for n in 1..200 {
            let top = Duration::from_secs(30)
                .min(Duration::from_millis(500) * 2_u32.saturating_pow(n).min(1_000));
            assert!(backoff(n) <= top, "{n}");
        }
    }

    #[test]
    fn the_budget_is_ten_or_a_fifth() {
        assert!(within_budget(9, 0));
        assert!(!within_budget(10, 40));
        assert!(within_budget(10, 55));
        assert!(!within_budget(11, 55));
    }
}
