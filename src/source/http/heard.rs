//! What answers told beside their bodies: the facts of the last good one, and what time it is.

use std::time::SystemTime;

use http::HeaderMap;
use http::header::{AGE, DATE};

use super::{Http, locked};
use crate::source::AnswerFacts;

/// What was told so far.
#[derive(Debug, Default)]
pub(super) struct Heard {
    good: Option<AnswerFacts>,
    /// Of all answers the smallest: one server's clock may be wrong, ours is wrong for all.
    ahead: Option<i64>,
}

impl Http {
    /// The facts of the last good answer.
    #[must_use]
    pub fn last_good(&self) -> Option<AnswerFacts> {
        locked(&self.door.heard).good.clone()
    }

    /// Seconds by which this machine's clock is ahead of the site's; negative where it is behind,
    /// `None` as long as no answer told the time.
    #[must_use]
    pub fn clock_ahead(&self) -> Option<i64> {
        locked(&self.door.heard).ahead
    }

    pub(super) fn note_good(&self, facts: &AnswerFacts) {
        locked(&self.door.heard).good = Some(facts.clone());
    }

    pub(super) fn note_date(&self, headers: &HeaderMap) {
        let told = ahead(headers, SystemTime::now());
        let mut heard = locked(&self.door.heard);
        let both = heard.ahead.into_iter().chain(told);
        heard.ahead = both.min_by_key(|ahead| ahead.unsigned_abs());
    }
}

/// How far `now` is ahead of the time an answer was made at. One out of a cache is older than
/// its journey, and says by how much.
fn ahead(headers: &HeaderMap, now: SystemTime) -> Option<i64> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let date = httpdate::parse_http_date(text(DATE)?).ok()?;
    let age: i64 = text(AGE).and_then(|age| age.parse().ok()).unwrap_or(0);
    let seconds = match now.duration_since(date) {
        Ok(since) => i64::try_from(since.as_secs()).ok()?,
        Err(before) => -i64::try_from(before.duration().as_secs()).ok()?,
    };
    seconds.checked_sub(age.max(0))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use http::{HeaderMap, HeaderValue};

    use super::ahead;

    /// One o'clock, in a year that has one.
    fn one_o_clock() -> SystemTime {
        httpdate::parse_http_date("Sun, 22 Nov 2026 01:00:00 GMT").unwrap()
    }

    fn told(pairs: &[(&'static str, &'static str)]) -> Option<i64> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        ahead(&headers, one_o_clock() + Duration::from_millis(1_500))
    }

    #[test]
    fn the_difference_to_a_date_in_both_directions() {
        for (date, ahead) in [
            ("Sun, 22 Nov 2026 01:00:00 GMT", Some(1)),
            ("Sun, 22 Nov 2026 00:00:00 GMT", Some(3_601)),
            ("Sun, 22 Nov 2026 01:10:01 GMT", Some(-599)),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(told(&[("date", date)]), ahead, "{date}");
        }
        assert_eq!(told(&[]), None);
    }

    #[test]
    fn an_answer_out_of_a_cache_says_how_old_it_is() {
        let date = ("date", "Sun, 22 Nov 2026 00:00:00 GMT");
        assert_eq!(told(&[date, ("age", "3600")]), Some(1));
        for odd in ["-3600", "old", "99999999999999999999"] {
            let age = HeaderValue::from_static(odd);
            assert_eq!(told(&[date, ("age", odd)]), Some(3_601), "{age:?}");
        }
    }
}
