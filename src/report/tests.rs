//! Fixtures whose numbers were worked out by hand.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::{Gathered, Report, Unread, read};

fn gathered(text: &str, name: Option<&str>) -> (Gathered, Unread) {
    let mut gathered = Gathered::default();
    let name = name.map(|name| name.parse().unwrap());
    let unread = read(text.as_bytes(), name.as_ref(), &mut gathered).unwrap();
    (gathered, unread)
}

fn fixture(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/report");
    fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn what_is_no_json_is_told_by_its_first_bytes() {
    for (start, what) in [
        (&b"PAR1\x15\x04"[..], Some("is a Parquet file")),
        (
            b"PK\x03\x04\x14",
            Some("is a zip archive, as those of spreadsheets are"),
        ),
        (
            b"aweme_id,author.unique_id\r\n\"1\",\"a\"\r\n",
            Some("is a table (CSV)"),
        ),
        (b"\xef\xbb\xbf\"a\",\"b\"\n", Some("is a table (CSV)")),
        (b"aweme_id\n1\n", None),
        (b"1,2\n", None),
        (b"a, b and c\n", None),
        (b"{\"a\":1,\"b\":2}\n", None),
    ] {
        let said = read(start, None, &mut Gathered::default()).err();
        let said = said.map(|error| error.to_string());
        assert_eq!(said.as_deref(), what, "{}", start.escape_ascii());
    }
}

/// The report of a fixture, as `--json` gives it.
fn report(name: &str) -> Value {
    let (gathered, unread) = gathered(&fixture(name), None);
    assert_eq!(unread, Unread::default());
    serde_json::to_value(Report::of(gathered, 10)).unwrap()
}

/// One value of each row.
fn column(rows: &Value, key: &str) -> Vec<Value> {
    let rows = rows.as_array().unwrap().iter();
    rows.map(|row| row[key].clone()).collect()
}

#[test]
fn ten_records_sum_up_as_by_hand() {
    let report = report("ten_records.jsonl");
    let sum = |sum: u64, median: Value, unknown: u64| json!({"sum": sum, "median": median, "unknown": unknown});
    assert_eq!(
        report["totals"],
        json!({
            "records": 10, "videos": 9, "creators": 6, "videos_without_creator": 1,
            "sounds": 2, "videos_without_sound": 1, "videos_without_tags": 1,
            // 0 100 300 400 2000 6200 7000 1000000, and one unknown
            "plays": sum(1_016_000, json!(1_200), 1),
            "likes": sum(91_265, json!(40), 0),
            "comments": sum(622, json!(7), 1),
            "shares": sum(35, json!(1.5), 1),
            "saves": sum(89, json!(3.5), 1),
        })
    );
    assert_eq!(report["hashtags"], json!(["travel"]));
}

#[test]
fn ten_records_were_published_when_they_were() {
    let published = &report("ten_records.jsonl")["published"];
    assert_eq!(published["first"], 1_767_571_200);
    assert_eq!(published["last"], 1_768_172_400);
    assert_eq!(published["unknown"], 1);
    assert_eq!(published["estimated"], 1);
    let mut hours = [0; 24];
    for (hour, videos) in [(0, 1), (9, 2), (18, 4), (23, 1)] {
        hours[hour] = videos;
    }
    assert_eq!(published["hours"], json!(hours));
    assert_eq!(published["weekdays"], json!([2, 2, 2, 1, 0, 0, 1]));
}

#[test]
fn ten_records_rank_as_by_hand() {
    let report = report("ten_records.jsonl");
    let plays = json!([1_000_000, 7_000, 6_200, 2_000, 400, 300, 100, 0, null]);
    assert_eq!(json!(column(&report["videos"], "plays")), plays);
    let creators = &report["creators"];
    let who = json!(["cleo", "ben", "finn", "ana", "eve", "dan"]);
    assert_eq!(json!(column(creators, "unique_id")), who);
    let medians = json!([7_000, 6_200, 2_000, 300, 0, null]);
    assert_eq!(json!(column(creators, "median_plays")), medians);
    assert_eq!(json!(column(creators, "videos")), json!([1, 1, 1, 3, 1, 1]));
    let sounds = &report["sounds"];
    assert_eq!(json!(column(sounds, "creators")), json!([5, 1]));
    assert_eq!(json!(column(sounds, "videos")), json!([5, 3]));
    assert_eq!(json!(column(sounds, "median_plays")), json!([4_100, 300]));
}

#[test]
fn ten_records_have_the_tags_and_the_growth_they_have() {
    let report = report("ten_records.jsonl");
    let tag = |name: &str, videos: u64, share: f64, median: u64| json!({"name": name, "videos": videos, "share": share, "median_plays": median});
    // Of eight videos whose hashtags are known; `City` is `city`.
    let tags = json!([
        tag("beach", 5, 0.625, 400),
        tag("city", 3, 0.375, 2_000),
        tag("sun", 3, 0.375, 300)
    ]);
    assert_eq!(report["tags"], tags);
    // (3/8) / (5/8 * 3/8)
    let pair = json!([{"tags": ["beach", "sun"], "videos": 3, "lift": 1.6}]);
    assert_eq!(report["pairs"], pair);
    let growth = &report["growth"];
    assert_eq!(growth["observed"], 1);
    let grown = &growth["videos"][0];
    let gain = json!({
        "from": 1_768_200_000, "to": 1_768_243_200, "plays": 1_200, "per_hour": 100, "per_day": 2_400
    });
    assert_eq!(grown["aweme_id"], "7200000000000000004");
    assert_eq!(grown["observations"], 2);
    assert_eq!(grown["overall"], gain);
    assert_eq!(grown["last_24h"], gain);
}

#[test]
fn a_video_without_a_list_carries_the_hashtags_its_caption_marks() {
    let text = fixture("outlier.jsonl");
    let mut record: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    record["cha_list"] = Value::Null;
    record["text_extra"] = json!([{"hashtag_name": "Sun"}, {"hashtag_name": "travel"}]);
    let (gathered, _) = gathered(&record.to_string(), None);
    let report = serde_json::to_value(Report::of(gathered, 10)).unwrap();
    assert_eq!(report["totals"]["videos_without_tags"], 0);
    assert_eq!(json!(column(&report["tags"], "name")), json!(["sun"]));
}

#[test]
fn one_viral_video_does_not_lift_its_creator() {
    let creators = &report("outlier.jsonl")["creators"];
    assert_eq!(json!(column(creators, "unique_id")), json!(["ben", "ana"]));
    assert_eq!(json!(column(creators, "median_plays")), json!([600, 20]));
}

#[test]
fn a_sound_of_one_creator_ranks_below_one_that_five_use() {
    let sounds = &report("one_author_one_sound.jsonl")["sounds"];
    let titles = json!(["Lantern Song", "original sound - ana"]);
    assert_eq!(json!(column(sounds, "title")), titles);
    assert_eq!(json!(column(sounds, "creators")), json!([5, 1]));
    assert_eq!(json!(column(sounds, "videos")), json!([5, 8]));
}

#[test]
fn the_record_collected_last_counts_whatever_the_order() {
    let text = fixture("ten_records.jsonl");
    let backwards: Vec<&str> = text.lines().rev().collect();
    let of = |text: &str| serde_json::to_value(Report::of(gathered(text, None).0, 10)).unwrap();
    assert_eq!(of(&backwards.join("\n")), of(&text));
}

#[test]
fn a_list_and_compressed_lines_are_read_as_lines_are() {
    let text = fixture("ten_records.jsonl");
    let of = |bytes: &[u8]| {
        let mut gathered = Gathered::default();
        read(bytes, None, &mut gathered).unwrap();
        serde_json::to_value(Report::of(gathered, 10)).unwrap()
    };
    let list = format!(" [{}]\n", text.lines().collect::<Vec<_>>().join(",\n"));
    assert_eq!(of(list.as_bytes()), of(text.as_bytes()));
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, text.as_bytes()).unwrap();
    assert_eq!(of(&packed.finish().unwrap()), of(text.as_bytes()));
    let packed = zstd::encode_all(text.as_bytes(), 1).unwrap();
    assert_eq!(of(&packed), of(text.as_bytes()));
}

#[test]
fn lines_that_are_no_record_are_told_and_others_count() {
    let record = fixture("outlier.jsonl").lines().next().unwrap().to_owned();
    let (gathered_one, unread) = gathered(&format!("{record}\n\nno\n{{}}\n{{\"aweme"), None);
    assert_eq!(gathered_one.records, 1);
    assert_eq!(
        (unread.lines, unread.first, unread.is_all),
        (3, Some(3), false)
    );
    let (nothing, unread) = gathered("no\n", None);
    assert_eq!(nothing.records, 0);
    assert!(unread.is_all);
}

#[test]
fn a_name_keeps_the_records_that_were_asked_for_it() {
    let text = fixture("outlier.jsonl");
    let records = |name| gathered(&text, Some(name)).0.records;
    assert_eq!(records("#Travel"), 6);
    assert_eq!(records("food"), 0);
}

#[test]
fn what_a_store_found_under_a_name_is_a_report_of_that_name() {
    let (mut gathered, _) = gathered(&fixture("ten_records.jsonl"), None);
    gathered.found_under(&"Beach".parse().unwrap());
    let report = serde_json::to_value(Report::of(gathered, 10)).unwrap();
    assert_eq!(report["hashtags"], json!(["beach"]));
    let tags = json!(["travel", "city", "sun"]);
    assert_eq!(json!(column(&report["tags"], "name")), tags);
}

#[test]
fn a_gain_is_told_of_an_hour_or_more_and_may_be_a_loss() {
    let line = fixture("outlier.jsonl").lines().next().unwrap().to_owned();
    let grown = |sightings: &[(i64, u64)]| {
        let (mut gathered, _) = gathered(&line, None);
        for (hours, plays) in sightings {
            gathered.add_sighting("7200000000000000001", 1_768_200_000 + hours * 3_600, *plays);
        }
        serde_json::to_value(Report::of(gathered, 10).growth).unwrap()
    };
    // The line itself saw 10 plays at hour 0.
    assert_eq!(grown(&[(0, 11)])["observed"], 0);
    let loss = &grown(&[(2, 7)])["videos"][0]["overall"];
    assert_eq!(
        (&loss["plays"], &loss["per_hour"]),
        (&json!(-3), &json!(-1))
    );
    let long = &grown(&[(30, 310), (40, 410), (48, 970)])["videos"][0];
    assert_eq!(long["overall"]["per_day"], 480);
    assert_eq!(long["last_24h"]["plays"], 660);
    assert_eq!(long["last_24h"]["per_hour"], 37);
    // 660 in 18 hours are 36.67 an hour; the sighting of hour 0 is too long ago.
    let lone = &grown(&[(48, 970)])["videos"][0];
    assert!(lone["last_24h"].is_null(), "{lone}");
}

#[test]
fn nothing_is_no_zero() {
    let report = serde_json::to_value(Report::of(Gathered::default(), 10)).unwrap();
    assert_eq!(report["totals"]["videos"], 0);
    assert!(report["totals"]["plays"]["sum"].is_null());
    assert!(report["published"]["first"].is_null());
}
