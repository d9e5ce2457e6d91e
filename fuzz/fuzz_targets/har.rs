//! Browsers' recordings and every other saved file, packed ones too. Any bytes come to an end.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tiktok_hashtag_fuzz::import;

fuzz_target!(|bytes: &[u8]| import(bytes));
