//! Answers of the site's own JSON API: the look-up and the feed.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tiktok_hashtag::source::{Next, fuzzing};
use tiktok_hashtag_fuzz::map;

/// Most entries of one page that are believed.
const MOST: usize = 1_000;

fuzz_target!(|bytes: &[u8]| {
    let body = String::from_utf8_lossy(bytes);
    if let Some(tag) = fuzzing::look_up(&body) {
        let id = tag.id.expect("a hashtag that was found has an id");
        assert!(id.bytes().all(|b| b.is_ascii_digit()), "{id}");
    }
    if let Some(Ok(page)) = fuzzing::list(&body) {
        assert!(page.items.len() <= MOST);
        page.items.iter().for_each(map);
        if let Next::At(cursor) = page.next {
            assert!(body.contains(cursor.to_string().trim_start_matches('0')));
        }
    }
});
