//! Entries and answers in the shape of the mobile app, as people save them.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;
use tiktok_hashtag::record::{RawItem, Shape};
use tiktok_hashtag_fuzz::{import, map};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(entry) = serde_json::from_slice::<Box<RawValue>>(bytes) {
        map(&RawItem::new(Shape::Aweme, entry));
    }
    import(bytes);
});
