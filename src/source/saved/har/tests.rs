//! Whole recordings, read end to end: fixtures with one oddity each, archives, other people's
//! recordings, and recordings cut and mangled.

use std::fs;
use std::io::{Read, Write as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use proptest::prelude::*;
use rawzip::{CompressionMethod, ZipArchiveWriter};

use super::super::{Outcome, read, read_within};
use super::*;
use crate::record::{RawItem, Shape};

/// When the first and the second page of most fixtures were recorded.
const FIRST: Option<i64> = Some(1_795_338_023);
const SECOND: Option<i64> = Some(1_795_338_024);

fn fixture(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/har");
    fs::read(path.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn gather(bytes: impl Read) -> (Vec<RawItem>, Outcome) {
    let mut items = Vec::new();
    let outcome = read(bytes, &mut |item| {
        items.push(item);
        ControlFlow::Continue(())
    });
    (items, outcome.unwrap())
}

/// The last digit of each item's id.
fn ids(items: &[RawItem]) -> String {
    let id = |item: &RawItem| item.json.as_bytes()[r#"{"id":"730000000000000000"#.len()];
    items.iter().map(|item| char::from(id(item))).collect()
}

fn recording(outcome: &Outcome) -> &Recording {
    outcome.recording.as_ref().unwrap()
}

#[test]
fn feeds_come_in_their_own_order_with_what_they_lack() {
    for (name, expected, pages, gaps) in [
        ("whole.har", "1234", 2, 0),
        ("base64_with_emoji.har", "1234", 2, 0),
        ("began_late.har", "34", 1, 1),
        ("broken_answer.har", "125", 2, 1),
        ("byte_order_mark.har", "1234", 2, 0),
        ("cancelled.har", "1234", 2, 0),
        ("firefox_sizes.har", "1234", 2, 0),
        ("keys_the_other_way_round.har", "1234", 2, 0),
        ("minimal.har", "1234", 2, 0),
        ("no_place.har", "129", 2, 0),
        ("one_without_content.har", "125", 2, 1),
        ("out_of_order.har", "1234", 2, 0),
        ("preflight.har", "1234", 2, 0),
        ("preloaded.har", "1234", 2, 0),
        ("refusal_at_the_end.har", "12", 1, 1),
        ("reloaded.har", "12123434", 4, 0),
        ("sanitized.har", "1234", 2, 0),
        ("stand_in.har", "1234", 2, 0),
        ("status_429.har", "1234", 2, 0),
        ("two_hashtags.har", "1234678", 4, 0),
        ("with_cookies.har", "1234", 2, 0),
        ("with_gap.har", "125", 2, 1),
    ] {
        let (items, outcome) = gather(&fixture(name)[..]);
        let seen = recording(&outcome);
        assert_eq!(ids(&items), expected, "{name}: {outcome:?}");
        assert_eq!((seen.pages(), seen.gaps()), (pages, gaps), "{name}");
        assert!(outcome.is_whole(), "{name}: {outcome:?}");
        for item in &items {
            assert_eq!((item.shape, item.hashtag_feed), (Shape::Web, Some(true)));
        }
    }
}

#[test]
fn recordings_without_a_page_are_named() {
    for (name, what, gaps) in [
        ("without_content.har", What::NoContent, 2),
        ("refusals.har", What::Refused, 1),
        ("captcha_answer.har", What::Captcha, 1),
        ("search_and_pages.har", What::NoFeed, 0),
        ("other_site.har", What::NoFeed, 0),
        ("empty_feed.har", What::EmptyList, 0),
    ] {
        let (items, outcome) = gather(&fixture(name)[..]);
        assert!(items.is_empty(), "{name}");
        assert_eq!(outcome.nothing(), Some(&what), "{name}: {outcome:?}");
        assert_eq!(recording(&outcome).gaps(), gaps, "{name}");
    }
}

#[test]
fn what_is_missing_is_said() {
    for (name, words) in [
        (
            "began_late.har",
            "starts at cursor 30: the first 30 videos were loaded before recording began",
        ),
        (
            "broken_answer.har",
            "1 of 3 feed answers in this HAR (cursor 30) cannot be read: no valid JSON; save it \
             again, unedited",
        ),
        (
            "one_without_content.har",
            "1 of 3 feed answers in this HAR has no content: export again with content, with \
             DevTools open from the start",
        ),
        (
            "refusal_at_the_end.har",
            "1 of 2 feed answers in this HAR is empty or hollow, the site's refusal: record again \
             in a browser that shows the videos",
        ),
        (
            "with_gap.har",
            "a gap before cursor 60: what leads there was not recorded",
        ),
        (
            "with_cookies.har",
            "this HAR holds your session cookies: keep it private",
        ),
    ] {
        let (_, outcome) = gather(&fixture(name)[..]);
        assert_eq!(recording(&outcome).warnings(None), [words], "{name}");
    }
    for name in [
        "whole.har",
        "sanitized.har",
        "reloaded.har",
        "preflight.har",
    ] {
        let (_, outcome) = gather(&fixture(name)[..]);
        let warnings = recording(&outcome).warnings(None);
        assert!(warnings.is_empty(), "{name}: {warnings:?}");
    }
    let (_, outcome) = gather(&fixture("search_and_pages.har")[..]);
    assert_eq!(
        recording(&outcome).words(&What::NoFeed),
        "no answer of a hashtag's feed in this HAR; open DevTools, load the hashtag's page, scroll \
         and export again (seen: 1 look-up of a hashtag, 1 hashtag page, 2 search answers, 1 \
         answer of another site)"
    );
}

#[test]
fn hashtags_have_their_names_from_the_look_ups() {
    let (_, outcome) = gather(&fixture("two_hashtags.har")[..]);
    let names: Vec<_> = recording(&outcome).names().collect();
    assert_eq!(names, ["harbourcats", "boats"]);
    let (_, outcome) = gather(&fixture("began_late.har")[..]);
    assert_eq!(recording(&outcome).names().count(), 0);
}

#[test]
fn items_have_the_time_of_their_own_entry() {
    for (name, times) in [
        ("whole.har", [FIRST, SECOND]),
        ("firefox_sizes.har", [FIRST, SECOND]),
        ("minimal.har", [Some(1_760_000_900); 2]),
        ("time_unreadable.har", [Some(1_760_000_900); 2]),
    ] {
        let (items, _) = gather(&fixture(name)[..]);
        let first = items.first().unwrap().collected_at;
        let last = items.last().unwrap().collected_at;
        assert_eq!([first, last], times, "{name}");
    }
}

#[test]
fn base64_is_undone_to_the_last_byte() {
    let (items, _) = gather(&fixture("base64_with_emoji.har")[..]);
    assert!(items[0].json.contains("harbour cat 🐈 #harbourcats"));
}

#[test]
fn damage_keeps_what_came_before_it() {
    for (name, what) in [
        ("cut_short.har", What::Cut),
        ("broken_in_the_middle.har", What::Broken),
    ] {
        let (items, outcome) = gather(&fixture(name)[..]);
        assert_eq!(ids(&items), "12", "{name}");
        assert_eq!(outcome.others.get(&what), Some(&1), "{name}: {outcome:?}");
        assert!(!outcome.is_whole());
    }
}

#[test]
fn gzipped_recordings_are_read_too() {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&fixture("whole.har")).unwrap();
    let packed = packed.finish().unwrap();
    let (items, outcome) = gather(&packed[..]);
    assert_eq!((ids(&items).as_str(), outcome.is_whole()), ("1234", true));
    let (_, outcome) = gather(&packed[..packed.len() / 2]);
    assert_eq!(outcome.others.get(&What::Cut), Some(&1));
}

#[test]
fn what_stands_behind_a_recording_is_read_too() {
    let mut joined = fixture("began_late.har");
    joined.extend(br#"{"itemList":[{"id":"7300000000000000009","video":{}}]}"#);
    let (items, outcome) = gather(&joined[..]);
    assert_eq!((ids(&items).as_str(), outcome.is_whole()), ("349", true));
    let mut joined = fixture("began_late.har");
    joined.extend(b"oops");
    let (items, outcome) = gather(&joined[..]);
    assert_eq!((ids(&items).as_str(), outcome.is_whole()), ("34", false));
}

#[test]
fn bodies_have_a_limit() {
    let items = |limit| {
        let (mut count, mut sink) = (0, |_| ControlFlow::Continue(()));
        let outcome = read_within(limit, &fixture("whole.har")[..], &mut sink).unwrap();
        count += outcome.items;
        (count, outcome)
    };
    let (count, outcome) = items(450);
    assert_eq!((count, outcome.is_whole()), (0, false));
    assert_eq!(outcome.nothing(), Some(&What::TooLarge(0)));
    assert_eq!(items(700).0, 4);
}

/// An archive of these files, packed or stored.
fn zip(files: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut archive = ZipArchiveWriter::new(&mut bytes);
    for (name, content) in files {
        let file = archive.new_file(name).compression_method(method);
        let (mut entry, config) = file.start().unwrap();
        let descriptor = if method == CompressionMethod::DEFLATE {
            let packed = DeflateEncoder::new(&mut entry, Compression::fast());
            let mut writer = config.wrap(packed);
            writer.write_all(content).unwrap();
            let (packed, descriptor) = writer.finish().unwrap();
            packed.finish().unwrap();
            descriptor
        } else {
            let mut writer = config.wrap(&mut entry);
            writer.write_all(content).unwrap();
            writer.finish().unwrap().1
        };
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    bytes
}

/// A recording as Playwright's `attach` leaves it: its bodies are files beside it.
fn attached(method: CompressionMethod, broken: bool) -> Vec<u8> {
    let mut har: serde_json::Value = serde_json::from_slice(&fixture("whole.har")).unwrap();
    let mut bodies = Vec::new();
    for (at, entry) in har["log"]["entries"]
        .as_array_mut()
        .unwrap()
        .iter_mut()
        .enumerate()
    {
        let content = entry["response"]["content"].as_object_mut().unwrap();
        let text = content.remove("text").unwrap();
        content.insert("_file".to_owned(), format!("{at}.json").into());
        bodies.push((
            format!("{at}.json"),
            text.as_str().unwrap().as_bytes().to_vec(),
        ));
    }
    if broken {
        bodies.pop();
    }
    let har = har.to_string();
    let mut files = vec![("har.har", har.as_bytes())];
    files.extend(bodies.iter().map(|(name, text)| (name.as_str(), &text[..])));
    zip(&files, method)
}

#[test]
fn archives_with_bodies_beside_the_recording_are_read() {
    for method in [CompressionMethod::DEFLATE, CompressionMethod::STORE] {
        let (items, outcome) = gather(&attached(method, false)[..]);
        assert_eq!((ids(&items).as_str(), outcome.is_whole()), ("1234", true));
        let (items, outcome) = gather(&attached(method, true)[..]);
        assert_eq!(ids(&items), "12");
        assert_eq!(recording(&outcome).gaps(), 1, "{outcome:?}");
    }
}

#[test]
fn other_archives_are_named() {
    for (files, what) in [
        (vec![("a.json", &b"{}"[..])], What::Packed("zip")),
        (vec![("a.har", &b"{}"[..])], What::Packed("zip")),
        (vec![("a.har", &b""[..])], What::Packed("zip")),
    ] {
        let (_, outcome) = gather(&zip(&files, CompressionMethod::DEFLATE)[..]);
        assert_eq!(outcome.nothing(), Some(&what));
    }
    let whole = attached(CompressionMethod::DEFLATE, false);
    let (_, outcome) = gather(&whole[..whole.len() / 2]);
    assert_eq!(outcome.nothing(), Some(&What::Cut));
    let mut mangled = whole;
    mangled[60..90].fill(0xaa);
    assert!(!gather(&mangled[..]).1.is_whole());
}

/// Recordings of real browsers, in the folder of that variable; each has 40 videos of a known
/// series, or the last 10 of them.
#[test]
fn recordings_of_browsers_give_their_feeds_whole() {
    let Some(folder) = std::env::var_os("TIKTOK_HASHTAG_TEST_HAR") else {
        return;
    };
    let mut count = 0;
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path
            .extension()
            .is_some_and(|it| it == "har" || it == "zip")
        {
            check_recording(&path);
            count += 1;
        }
    }
    assert!(count > 0, "no recording in the folder");
}

fn check_recording(path: &Path) {
    let name = path.file_name().unwrap().to_string_lossy();
    let (items, outcome) = gather(fs::File::open(path).unwrap());
    let first = if name.contains("late") { 30 } else { 0 };
    let last = if name.contains("omit") { first } else { 40 };
    let expected =
        (first..last).map(|at| (7_229_167_805_625_847_041_u64 + at * 1_000_003).to_string());
    let ids = items.iter().map(|item| {
        let item: serde_json::Value = serde_json::from_str(&item.json).unwrap();
        item["id"].as_str().unwrap().to_owned()
    });
    assert_eq!(
        ids.collect::<Vec<_>>(),
        expected.collect::<Vec<_>>(),
        "{name}"
    );
    let recording = recording(&outcome);
    let said = recording.warnings(outcome.nothing()).join("\n");
    if name.contains("omit") {
        assert_eq!(outcome.nothing(), Some(&What::NoContent), "{name}");
        assert!(
            recording
                .words(&What::NoContent)
                .starts_with("2 of 2 feed answers")
        );
    } else {
        assert!(
            outcome.is_whole() && outcome.nothing().is_none(),
            "{name}: {outcome:?}"
        );
        assert_eq!(recording.gaps(), u64::from(first > 0), "{name}");
        assert_eq!(
            said.contains("starts at cursor 30"),
            first > 0,
            "{name}: {said}"
        );
    }
}

proptest! {
    #[test]
    fn a_recording_cut_anywhere_gives_the_whole_entries_before_the_cut(at in 0_usize..4000) {
        let whole = fixture("reloaded.har");
        let cut = &whole[..at.min(whole.len())];
        let (items, _) = gather(cut);
        let text = String::from_utf8_lossy(cut);
        // Each entry ends with the only brace at this depth.
        let entries = text.matches("\n   }").count();
        prop_assert_eq!(items.len(), entries * 2);
    }

    #[test]
    fn no_mangling_of_a_recording_makes_it_panic(
        at in 0_usize..4000,
        bytes in prop::collection::vec(any::<u8>(), 0..6),
        cut in 0_usize..8000,
        which in 0_usize..3,
    ) {
        let mut har = match which {
            0 => fixture("whole.har"),
            1 => fixture("base64_with_emoji.har"),
            _ => attached(CompressionMethod::DEFLATE, false),
        };
        let at = at % har.len();
        let end = (at + bytes.len()).min(har.len());
        har.splice(at..end, bytes);
        har.truncate(cut.max(1));
        gather(&har[..]);
    }

    #[test]
    fn no_bytes_after_the_beginning_of_a_recording_make_it_panic(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "{", "}", "[", "]", ",", ":", "\"", "\\", "\"request\"", "\"url\"", "\"response\"",
                "\"content\"", "\"text\"", "\"\\ud83d\"", "\"encoding\":\"base64\"", "\"_file\"",
                "\"https://www.tiktok.com/api/challenge/item_list/?cursor=0\"", "\"headers\"",
                "\"name\"", "\"{\\\"itemList\\\":[{}]}\"", "null", "-1e9", "\"entries\"", "\"log\"",
            ]),
            0..60,
        )
    ) {
        gather(format!(r#"{{"log":{{"entries":[{}"#, parts.concat()).as_bytes());
    }
}
