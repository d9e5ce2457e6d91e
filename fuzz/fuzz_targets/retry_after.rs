//! The wait an answer asks for: each line a `Retry-After`, the first one the answer's `Date`.

#![no_main]

use http::header::{DATE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue};
use libfuzzer_sys::fuzz_target;
use tiktok_hashtag::source::fuzzing::retry_after;

fuzz_target!(|bytes: &[u8]| {
    let mut lines = bytes.split(|&b| b == b'\n').map(HeaderValue::from_bytes);
    let mut headers = HeaderMap::new();
    if let Some(Ok(date)) = lines.next() {
        headers.insert(DATE, date);
    }
    assert_eq!(retry_after(&headers), None);
    for line in lines.flatten() {
        let before = retry_after(&headers);
        let seconds = line.to_str().ok().and_then(|it| it.trim().parse().ok());
        headers.append(RETRY_AFTER, line);
        let after = retry_after(&headers);
        assert!(after >= before, "a further wish shortened the wait");
        let asked: Option<u64> = seconds.filter(|_| !is_signed(&headers));
        assert!(after.map(|it| it.as_secs()) >= asked);
    }
});

/// Whether the last wish has a sign, which no number of seconds has.
fn is_signed(headers: &HeaderMap) -> bool {
    let last = headers.get_all(RETRY_AFTER).iter().next_back();
    last.is_some_and(|it| it.as_bytes().contains(&b'+'))
}
