//! The wall clock, for what a person or a file will read. Pace, timeouts and waits never look at
//! it: they go by the monotonic clock.

use std::time::{SystemTime, UNIX_EPOCH};

/// Now, in epoch seconds.
#[must_use]
pub fn epoch_seconds() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
        })
}
