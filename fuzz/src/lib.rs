//! What holds of everything the program gives out, whatever came in: the targets under
//! `fuzz_targets/` each feed one reader and ask this of what it made.

use std::io::{self, Read};
use std::ops::ControlFlow;

use serde_json::Value;
use tiktok_hashtag::record::{Lane, RawItem, Record, Sighting};
use tiktok_hashtag::sink::safe_json;
use tiktok_hashtag::source::saved::{self, Outcome};

/// Largest whole number that every reader of JSON keeps exact.
const LARGEST_EXACT: f64 = 9_007_199_254_740_991.0;

/// How a gzip stream begins.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Keys that hold an id, `id` itself among them.
const IDS: [&str; 14] = [
    "aweme_id",
    "uid",
    "cid",
    "id",
    "owner_id",
    "from_id",
    "mix_id",
    "poi_id",
    "hashtag_id",
    "user_id",
    "music_id",
    "challenge_id",
    "tag_id",
    "video_id",
];

/// Characters that move a cursor, end a line or turn the reading direction.
pub fn obeyed(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A line for people: one line that no terminal obeys.
pub fn is_plain(words: &str) {
    assert!(!words.contains(obeyed), "{words:?}");
}

/// The record of an entry, if it is one, is what every record is.
pub fn map(raw: &RawItem) {
    let sighting = Sighting {
        query: None,
        lane: Lane::Import,
        position: 1,
        collected_at: Some(1_795_300_000),
        hashtag_feed: Some(true),
    };
    match Record::from_raw(raw, &sighting) {
        Ok(mapped) => is_sound(&mapped.record),
        // It is cleaned where it is shown.
        Err(malformed) => drop(malformed.to_string()),
    }
}

/// The line of a record is safe to show and reads back as the same record, and what it says is
/// exact.
fn is_sound(record: &Record) {
    let line = safe_json(record);
    is_plain(&line);
    let again: Record = serde_json::from_str(&line).expect("a line reads back");
    assert_eq!(safe_json(&again), line);
    let value: Value = serde_json::from_str(&line).expect("a line is JSON");
    assert!(is_id(&value["aweme_id"]), "{line}");
    is_exact(&value, &line);
}

fn is_exact(value: &Value, line: &str) {
    match value {
        Value::Number(number) => {
            let size = number.as_f64().map_or(f64::INFINITY, f64::abs);
            assert!(size <= LARGEST_EXACT, "{number} in {line}");
        }
        Value::Array(list) => list.iter().for_each(|it| is_exact(it, line)),
        Value::Object(object) => {
            for (key, value) in object {
                let is_good = !IDS.contains(&key.as_str()) || value.is_null() || is_id(value);
                assert!(is_good, "{key}: {value} in {line}");
                is_exact(value, line);
            }
        }
        _ => {}
    }
}

fn is_id(value: &Value) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    value.as_str().is_some_and(is_number)
}

/// Imports a file: however its bytes arrive, the same entries come out, and all that is said of it
/// is fit to be shown.
pub fn import(bytes: &[u8]) {
    let (entries, outcome) = read(bytes);
    let (again, piecemeal) = read(Piecemeal(bytes, 1));
    assert_eq!(outcome.is_whole(), piecemeal.is_whole());
    // How much of a damaged gzip stream is unpacked before the damage shows is up to the reads.
    if !bytes.starts_with(&GZIP) || outcome.is_whole() {
        assert_eq!((&entries, &outcome), (&again, &piecemeal));
    }
    for what in outcome.others.keys() {
        is_plain(&what.to_string());
    }
    let Some(recording) = &outcome.recording else {
        return;
    };
    recording.warnings(None).iter().for_each(|it| is_plain(it));
    for what in outcome.others.keys() {
        is_plain(&recording.words(what));
    }
}

/// The entries of a file, each of them mapped, and what else was in it.
fn read(input: impl Read) -> (Vec<String>, Outcome) {
    let mut entries = Vec::new();
    let mut sink = |raw: RawItem| {
        map(&raw);
        entries.push(raw.json.into_string());
        ControlFlow::Continue(())
    };
    let outcome = saved::read(input, &mut sink).expect("bytes in memory can be read");
    assert!(entries.len() as u64 <= outcome.items);
    (entries, outcome)
}

/// Bytes that arrive in pieces of growing size, as through a pipe.
struct Piecemeal<'a>(&'a [u8], usize);

impl Read for Piecemeal<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.1.min(self.0.len()).min(into.len());
        let (now, later) = self.0.split_at(length);
        into[..length].copy_from_slice(now);
        *self = Self(later, self.1 % 61 + 1);
        Ok(length)
    }
}
