//! Whole inputs of every form, read end to end: fixtures with one oddity each, oversized and cut
//! documents, and hostile bytes.

use std::fs;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::PathBuf;

use proptest::prelude::*;

use super::*;
use crate::record::Shape;

fn fixture(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/saved");
    fs::read(path.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn gather(limit: usize, bytes: impl Read) -> (Vec<RawItem>, Outcome) {
    let mut items = Vec::new();
    let outcome = read_within(limit, bytes, &mut |item| {
        items.push(item);
        ControlFlow::Continue(())
    });
    (items, outcome.unwrap())
}

fn items_of(name: &str) -> (Vec<RawItem>, Outcome) {
    gather(LIMIT, &fixture(name)[..])
}

/// The last digits of each item's own id; `-` for an entry without one.
fn ids(items: &[RawItem]) -> String {
    let id = |item: &RawItem| {
        let raw = &*item.json;
        let at = raw.find("\"73").or_else(|| raw.find("\"74"));
        at.and_then(|at| raw[at + 19..].chars().next())
            .unwrap_or('-')
    };
    items.iter().map(id).collect()
}

#[test]
fn every_form_gives_its_items_in_order() {
    for (name, shapes, expected) in [
        ("array_of_bodies.json", "www", "123"),
        ("array_of_items.json", "wa", "11"),
        ("body.json", "ww", "12"),
        ("body_cut_short.json", "ww", "12"),
        ("body_with_junk_entries.json", "wwwww", "1---2"),
        ("bom_and_crlf.jsonl", "ww", "12"),
        ("detail_of_2020.json", "w", "1"),
        ("detail_with_share_meta.json", "w", "1"),
        ("duplicate_keys.json", "w", "1"),
        ("embed_tag_page.html", "ee", "1-"),
        ("embed_video_page.html", "e", "1"),
        ("gateway_envelope.json", "aa", "12"),
        ("gzipped_despite_its_name.json", "www", "123"),
        ("invalid_utf8.jsonl", "ww", "12"),
        ("lines_cut_short.jsonl", "ww", "12"),
        ("lines_of_all_kinds.jsonl", "wwwawe", "123149"),
        ("lines_with_a_broken_one.jsonl", "wwww", "1356"),
        ("lone_surrogate.json", "w", "1"),
        ("next_data_page.html", "e", "1"),
        ("numbers_beyond_doubles.json", "a", "-"),
        ("pretty_documents_in_a_row.json", "ww", "12"),
        ("search_rows.json", "wa", "11"),
        ("search_top_rows.json", "a", "1"),
        ("share_page_with_api_data.html", "w", "1"),
        ("sigi_page.html", "www", "213"),
        ("sigi_persisted_page.html", "www", "213"),
        ("sigi_state.json", "www", "213"),
        ("two_gzip_members.gz", "waww", "1112"),
        ("two_values_on_a_line.jsonl", "www", "123"),
        ("universal_page.html", "ww", "12"),
        ("universal_scopes.json", "ww", "12"),
        ("updated_items_page.html", "w", "1"),
        ("zeeschuimer.ndjson", "ww", "14"),
    ] {
        let (items, outcome) = items_of(name);
        let seen: String = items.iter().map(|item| letter(item.shape)).collect();
        assert_eq!(seen, shapes, "{name}: {outcome:?}");
        assert_eq!(ids(&items), expected, "{name}");
        assert_eq!(
            (outcome.items, outcome.nothing()),
            (items.len() as u64, None)
        );
    }
}

fn letter(shape: Shape) -> char {
    match shape {
        Shape::Web => 'w',
        Shape::Aweme => 'a',
        Shape::Embed => 'e',
    }
}

#[test]
fn files_without_items_are_named() {
    for (name, what) in [
        ("access_denied.html", What::Denied),
        ("api_error.json", What::error(10201, "")),
        ("blank.json", What::Empty),
        ("broken.json", What::Broken),
        ("captcha_answer.json", What::Captcha),
        ("captcha_page.html", What::Captcha),
        ("comments.json", What::Comments),
        ("embed_unknown_tag.html", What::NotFound),
        ("empty.json", What::Empty),
        ("empty_list.json", What::EmptyList),
        ("flat_export.json", What::Dataset("tiktok-hashtag-analysis")),
        ("gzip_cut_short.gz", What::Cut),
        ("hashtags.json", What::Hashtags),
        ("login_shell.html", What::LoginShell),
        ("other_site.html", What::Html),
        ("page_cut_in_its_data.html", What::Cut),
        ("plain_text.txt", What::NeitherJsonNorHtml),
        ("recording.har", What::NoFeed),
        ("research_answer.json", What::Research),
        ("scraper_export.json", What::Dataset("tiktok-scraper")),
        ("tag_page_without_items.html", What::HashtagTotals),
        (
            "video_page_gone.html",
            What::error(10204, "item doesn't exist"),
        ),
        ("waf_page.html", What::Challenge),
    ] {
        let (items, outcome) = items_of(name);
        assert!(items.is_empty(), "{name}");
        assert_eq!(outcome.nothing(), Some(&what), "{name}");
    }
}

#[test]
fn what_else_a_mixed_file_holds_is_counted() {
    let others = |name| items_of(name).1.others.into_iter().collect::<Vec<_>>();
    assert_eq!(
        others("lines_of_all_kinds.jsonl"),
        [
            (What::error(10204, ""), 1),
            (What::Comments, 1),
            (What::Broken, 1)
        ]
    );
    assert_eq!(others("lines_with_a_broken_one.jsonl"), [(What::Broken, 2)]);
    assert_eq!(
        others("zeeschuimer.ndjson"),
        [(What::Comments, 1), (What::OtherPlatform, 1)]
    );
    for name in ["lines_cut_short.jsonl", "body_cut_short.json"] {
        assert_eq!(others(name), [(What::Cut, 1)], "{name}");
        assert!(!items_of(name).1.is_whole(), "{name}");
    }
    for name in [
        "body_with_junk_entries.json",
        "share_page_with_api_data.html",
    ] {
        assert_eq!(others(name), [], "{name}");
        assert!(items_of(name).1.is_whole(), "{name}");
    }
}

#[test]
fn the_time_an_answer_tells_goes_with_its_items() {
    let times = |name| {
        let items = items_of(name).0;
        items
            .iter()
            .map(|item| item.collected_at)
            .collect::<Vec<_>>()
    };
    assert_eq!(times("body.json"), [Some(1_795_300_000); 2]);
    assert_eq!(times("body_cut_short.json"), [Some(1_795_300_000); 2]);
    assert_eq!(
        times("array_of_bodies.json")[..2],
        [None, Some(1_795_300_001)]
    );
    assert_eq!(times("gateway_envelope.json"), [Some(1_629_093_905); 2]);
    assert_eq!(times("zeeschuimer.ndjson"), [Some(1_736_000_000); 2]);
    assert_eq!(times("sigi_state.json"), [None; 3]);
}

#[test]
fn what_stands_beside_an_item_goes_with_it() {
    let beside = |name, at: usize| {
        let items = items_of(name).0;
        items[at]
            .beside
            .as_ref()
            .map(|it| it.get().replace([' ', '\n'], ""))
    };
    let shared = r#"{"shareMeta":{"title":"Acat","desc":"Bythesea"}}"#;
    assert_eq!(
        beside("detail_with_share_meta.json", 0).as_deref(),
        Some(shared)
    );
    let early = r#"{"shareMeta":{"title":"Acat","desc":""}}"#;
    assert_eq!(beside("detail_of_2020.json", 0).as_deref(), Some(early));
    let author =
        r#"{"user":{"id":"6900000000000000001","nickname":"Ada"},"stats":{"heartCount":5}}"#;
    assert_eq!(beside("sigi_state.json", 0), None);
    assert_eq!(beside("sigi_state.json", 1).as_deref(), Some(author));
    assert_eq!(beside("body.json", 0), None);
}

#[test]
fn the_text_of_an_item_stays_as_it_was() {
    let (items, _) = items_of("numbers_beyond_doubles.json");
    let text = r#"{"aweme_id":7400000000000000001,"video":{"x":1.50},"statistics":{"n":18446744073709551616}}"#;
    assert_eq!(&*items[0].json, text);
    assert!(
        items_of("lone_surrogate.json").0[0]
            .json
            .contains(r"\ud83d cat")
    );
    assert!(
        items_of("invalid_utf8.jsonl").0[0]
            .json
            .contains("harb\u{fffd}ur")
    );
    let (items, _) = items_of("embed_tag_page.html");
    assert_eq!(&*items[1].json, r#"{"listEntry":null,"videoData":null}"#);
    let (items, _) = items_of("embed_video_page.html");
    assert!(
        items[0]
            .json
            .starts_with(r#"{"listEntry":null,"videoData":{"itemInfos""#)
    );
}

fn item(id: usize, padding: usize) -> String {
    let padding = "x".repeat(padding);
    format!(r#"{{"id":"73{id:016}0","desc":"{padding} ]}}\"","video":{{}}}}"#)
}

/// Documents of twenty items of about 100 bytes, each far over a limit of 300.
fn large_documents() -> Vec<String> {
    let items: Vec<_> = (0..20).map(|id| item(id, 50)).collect();
    let list = items.join(",\n");
    vec![
        format!("[{list}]"),
        format!(r#"{{"extra":{{"now":5000}},"itemList":[{list}],"hasMore":true}}"#),
        format!(r#"{{"code":200,"data":{{"extra":{{"now":5000}},"aweme_list":[{list}]}}}}"#),
        format!(r#"[{{"itemList":[{list}]}}]"#),
        items.join("\n"),
        format!(r#"{{"itemList":[{list}]}}"#).replace('\n', ""),
    ]
}

#[test]
fn documents_too_large_to_hold_are_read_by_their_parts() {
    for document in large_documents() {
        let (items, outcome) = gather(300, document.as_bytes());
        assert_eq!(items.len(), 20, "{document}");
        assert!(outcome.is_whole(), "{outcome:?} {document}");
        let timed = document.contains("now").then_some(5);
        assert!(
            items.iter().all(|item| item.collected_at == timed),
            "{document}"
        );
        let (again, _) = gather(LIMIT, document.as_bytes());
        let texts = |items: &[RawItem]| -> Vec<_> {
            items
                .iter()
                .map(|item| item.json.clone().into_string())
                .collect()
        };
        assert_eq!(texts(&items), texts(&again));
    }
}

#[test]
fn a_list_on_one_line_is_no_item() {
    for count in 1..=15 {
        let items: Vec<String> = (0..count).map(|id| item(id, 5)).collect();
        let list = format!("[{}]\n", items.join(",").replace('\n', ""));
        let behind_an_item = format!("{}\n{list}", item(20, 5).replace('\n', ""));
        assert_eq!(gather(LIMIT, list.as_bytes()).0.len(), count, "{list}");
        assert_eq!(
            gather(LIMIT, behind_an_item.as_bytes()).0.len(),
            count + 1,
            "{behind_an_item}"
        );
    }
    let (items, outcome) = gather(LIMIT, &br#"["a","b","c","d","e","f","g"]"#[..]);
    assert!(items.is_empty() && outcome.nothing().is_some());
}

#[test]
fn entries_of_a_large_list_are_handed_over_whatever_they_are() {
    let list = format!(r#"{{"itemList":[null,{},7]}}"#, item(1, 300));
    let (items, outcome) = gather(400, list.as_bytes());
    assert_eq!((items.len(), outcome.others.len()), (3, 0));
}

#[test]
fn a_line_over_the_limit_is_counted_and_the_next_one_read() {
    let lines = [
        item(1, 10),
        item(2, 5000),
        format!("\"{}\"", "y".repeat(5000)),
        item(3, 10),
    ];
    for end in ["", "\n"] {
        let (items, outcome) = gather(300, (lines.join("\n") + end).as_bytes());
        assert_eq!(items.len(), 2);
        assert_eq!(
            outcome.others.get(&What::TooLarge(0)),
            Some(&2),
            "{outcome:?}"
        );
    }
}

#[test]
fn values_on_one_endless_line_are_taken_one_by_one() {
    let line: String = (0..20_000).map(|id| item(id, 0)).collect();
    let (items, outcome) = gather(100_000, line.as_bytes());
    assert_eq!((items.len(), outcome.is_whole()), (20_000, true));
}

#[test]
fn an_item_over_the_limit_costs_only_itself() {
    let list = format!(r#"{{"itemList":[{},{}]}}"#, item(1, 10), item(2, 5000));
    let (items, outcome) = gather(300, list.as_bytes());
    assert_eq!(items.len(), 1);
    assert!(!outcome.is_whole(), "{outcome:?}");
}

#[test]
fn a_recording_too_large_to_hold_is_still_known() {
    let har = format!(
        r#"{{"log":{{"version":"1.2","entries":[{}]}}}}"#,
        item(1, 900)
    );
    let (items, outcome) = gather(300, har.as_bytes());
    assert!(items.is_empty());
    assert_eq!(outcome.nothing(), Some(&What::NoFeed));
}

#[test]
fn json_nested_too_deep_is_refused() {
    let nested = |depth: usize| {
        let (open, close) = ("[".repeat(depth - 1), "]".repeat(depth - 1));
        format!(r#"{{"id":"73","video":{{}},"x":{open}{close}}}"#)
    };
    assert_eq!(gather(LIMIT, nested(128).as_bytes()).0.len(), 1);
    let (items, outcome) = gather(LIMIT, (nested(129) + "\n" + &nested(5)).as_bytes());
    assert_eq!(items.len(), 1);
    assert_eq!(outcome.others.get(&What::TooDeep), Some(&1));
    let (_, outcome) = gather(LIMIT, "[".repeat(200_000).as_bytes());
    assert!(!outcome.is_whole(), "{outcome:?}");
}

#[test]
fn a_sink_that_has_enough_ends_the_reading() {
    for document in large_documents() {
        let mut left = 3;
        let endless = io::Cursor::new(document.into_bytes()).chain(io::repeat(b'\n').take(1 << 16));
        let outcome = read_within(300, endless, &mut |_| {
            left -= 1;
            if left == 0 {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        });
        assert_eq!((left, outcome.unwrap().items), (0, 3));
    }
}

#[test]
fn an_input_that_cannot_be_read_is_an_error() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("no such disk"))
        }
    }
    let half = io::Cursor::new(fixture("body.json")).chain(Failing);
    let error = read(half, &mut |_| ControlFlow::Continue(())).unwrap_err();
    assert_eq!(error.to_string(), "no such disk");
}

/// Hostile texts that once made a reader of brackets slow or confused.
#[test]
fn hostile_nesting_ends_soon() {
    for text in [
        "{\n".repeat(200_000),
        "[\n{\n".repeat(50_000),
        "\u{feff}[,".repeat(50_000),
    ] {
        let (_, outcome) = gather(4096, text.as_bytes());
        assert!(!outcome.is_whole(), "{outcome:?}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        gather(64, &bytes[..]);
    }

    #[test]
    fn no_text_of_json_parts_makes_it_panic(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "{", "}", "[", "]", ",", ":", "\n", "\"", "\\", "\"id\"", "\"itemList\"", "\"video\"",
                "\"extra\"", "{\"now\":1}", "\"data\"", "\"log\"", "\"entries\"", "null", "-1e9", "\u{feff}",
                "<script id=\"SIGI_STATE\">", "\"ItemModule\"", "</script>", "\"xxxxxxxxxxxxxxxxxxxx\"",
            ]),
            0..80,
        )
    ) {
        let text = parts.concat();
        for limit in [16, LIMIT] {
            gather(limit, text.as_bytes());
        }
    }

    #[test]
    fn a_file_cut_anywhere_gives_the_items_before_the_cut(at in 0_usize..1900, which in 0_usize..6) {
        let document = &large_documents()[which];
        let cut = &document[..at.min(document.len())];
        let whole = (0..20).filter(|id| cut.contains(&item(*id, 50))).count();
        for limit in [300, LIMIT] {
            prop_assert_eq!(gather(limit, cut.as_bytes()).0.len(), whole);
        }
    }
}
