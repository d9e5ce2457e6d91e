//! What holds of every record: the seed's example, the schema, and any JSON at all.

use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use super::specimen::{SIGHTING, fixture, fixtures, mapped, raw};
use super::{Malformed, Mapped, Reading, Record, Shape, Sighting};
use crate::input::{Limit, Query};

const LARGEST_EXACT: f64 = 9_007_199_254_740_991.0;

/// The record of the seed's example video in one shape, asked for as the seed asks.
fn seed_record(shape: Shape, name: &str) -> Value {
    let query = Query {
        name: "viral".parse().unwrap(),
        url: None,
        region: Some("US".parse().unwrap()),
        limit: "100".parse::<Limit>().unwrap(),
        filter: Arc::default(),
    };
    let sighting = Sighting {
        query: Some(&query),
        ..SIGHTING
    };
    let record = Record::from_raw(&raw(shape, &fixture(name)), &sighting)
        .unwrap()
        .record;
    serde_json::to_value(record).unwrap()
}

/// The pointers at which the seed's expectation is not met; further keys may stand beside.
fn differences(expected: &Value, found: &Value, at: &str, all: &mut BTreeSet<String>) {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for (key, value) in expected {
                let found = found.get(key).unwrap_or(&Value::Null);
                differences(value, found, &format!("{at}/{key}"), all);
            }
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            for (place, (expected, found)) in expected.iter().zip(found).enumerate() {
                differences(expected, found, &format!("{at}/{place}"), all);
            }
        }
        _ if expected == found => {}
        _ => {
            all.insert(at.to_owned());
        }
    }
}

fn differences_from_seed(found: &Value) -> BTreeSet<String> {
    let seed: Value = serde_json::from_str(&fixture("seed")).unwrap();
    let mut all = BTreeSet::new();
    differences(&seed[0], found, "", &mut all);
    all
}

#[test]
fn the_seed_comes_out_of_the_apps_shape_in_full() {
    let found = seed_record(Shape::Aweme, "aweme/seed");
    assert_eq!(differences_from_seed(&found), BTreeSet::new());
}

#[test]
fn the_seed_comes_out_of_the_sites_shape_but_for_what_the_site_does_not_say() {
    let found = seed_record(Shape::Web, "web/seed");
    let nulls = [
        "/author/language",
        "/author/region",
        "/author/youtube_channel_id",
        "/author/youtube_channel_title",
        "/cha_list/0/share_info/share_title",
        "/region",
        "/share_info/share_desc",
        "/share_info/share_title",
        "/status/download_status",
        "/video_control/allow_react",
    ];
    for pointer in nulls {
        assert_eq!(found.pointer(pointer), Some(&Value::Null), "{pointer}");
    }
    assert_eq!(found.pointer("/video/duration"), Some(&json!(54_000)));
    assert_eq!(found["collection"]["estimated"], json!(["video.duration"]));
    let mut expected = BTreeSet::from(nulls.map(str::to_owned));
    expected.insert("/video/duration".to_owned());
    assert_eq!(differences_from_seed(&found), expected);
}

#[test]
fn keys_keep_their_order_and_are_always_there() {
    let order = "input aweme_id desc desc_language region create_time is_hash_tag cha_list text_extra \
        label_top playlist_info author music added_sound_music_info video statistics share_info status \
        aweme_acl video_control risk_infos image_post_info poi_info is_ads aigc_info anchors \
        effect_stickers interaction_stickers cla_info commerce_info duet_info suggest_words \
        diversification_labels is_top item_mute is_original_item is_official_item mask_type \
        content_desc collection";
    let expected: Vec<&str> = order.split_whitespace().collect();
    for (shape, path, text) in fixtures() {
        let Ok(mapped) = mapped(shape, &text) else {
            continue;
        };
        let record = serde_json::to_value(mapped.record).unwrap();
        let keys: Vec<&String> = record.as_object().unwrap().keys().collect();
        assert_eq!(keys, expected, "{}", path.display());
    }
}

#[test]
fn every_fixture_fits_the_schema_and_reads_back() {
    let schema = Record::schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut records = 0;
    for (shape, path, text) in fixtures() {
        let Ok(mapped) = mapped(shape, &text) else {
            continue;
        };
        let record = serde_json::to_value(mapped.record).unwrap();
        if let Err(error) = validator.validate(&record) {
            panic!("{}: {error} at {}", path.display(), error.instance_path());
        }
        let again: Record = serde_json::from_value(record.clone()).unwrap();
        assert_eq!(
            serde_json::to_value(again).unwrap(),
            record,
            "{}",
            path.display()
        );
        records += 1;
    }
    assert!(records > 80, "only {records} fixtures became records");
}

#[test]
fn the_schema_refuses_what_no_record_is() {
    let validator = jsonschema::validator_for(&Record::schema()).unwrap();
    let good =
        serde_json::to_value(mapped(Shape::Web, &fixture("web/extras")).unwrap().record).unwrap();
    let spoiled = |pointer: &str, value: Value| {
        let mut record = good.clone();
        *record.pointer_mut(pointer).unwrap() = value;
        record
    };
    assert!(validator.is_valid(&good));
    assert!(!validator.is_valid(&spoiled("/aweme_id", json!(7))));
    assert!(!validator.is_valid(&spoiled("/is_ads", json!(1))));
    assert!(!validator.is_valid(&spoiled("/collection/lane", json!("pigeon"))));
    let mut lacking = good.clone();
    lacking.as_object_mut().unwrap().remove("statistics");
    assert!(!validator.is_valid(&lacking));
}

#[test]
fn the_raw_object_stays_verbatim_and_last() {
    let text = fixture("web/lone_surrogate");
    let mut record = mapped(Shape::Web, &text).unwrap().record;
    record.raw = Some(serde_json::from_str(&text).unwrap());
    let line = serde_json::to_string(&record).unwrap();
    assert!(line.ends_with(&format!(",\"raw\":{}}}", text.trim())));
    assert!(serde_json::from_str::<Record>(&line).unwrap().raw.is_some());
}

/// Keys of the three shapes, so that random objects reach the fields that are read.
const KEYS: &[&str] = &[
    "id",
    "aweme_id",
    "createTime",
    "create_time",
    "desc",
    "contents",
    "challenges",
    "cha_list",
    "title",
    "cha_name",
    "cid",
    "textExtra",
    "text_extra",
    "start",
    "end",
    "author",
    "uniqueId",
    "unique_id",
    "uid",
    "authorStats",
    "authorStatsV2",
    "followerCount",
    "follower_count",
    "music",
    "id_str",
    "playUrl",
    "play_url",
    "video",
    "duration",
    "cover",
    "url_list",
    "urlList",
    "UrlList",
    "Uri",
    "width",
    "PlayAddrStruct",
    "bitrateInfo",
    "bit_rate",
    "Bitrate",
    "CodecType",
    "is_bytevc1",
    "PlayAddr",
    "play_addr",
    "downloadAddr",
    "claInfo",
    "captionInfos",
    "subtitleInfos",
    "statsV2",
    "stats",
    "statistics",
    "playCount",
    "play_count",
    "diggCount",
    "digg_count",
    "status",
    "private_status",
    "privateItem",
    "imagePost",
    "images",
    "imageURL",
    "image_post_info",
    "poi",
    "anchors",
    "duetInfo",
    "duetFromId",
    "suggest_words",
    "words",
    "word",
    "listEntry",
    "videoData",
    "itemInfos",
    "videoMeta",
    "authorInfos",
    "heartCount",
    "musicInfos",
    "challengeInfoList",
    "Start",
    "End",
    "covers",
    "urls",
    "warnInfo",
    "text",
    "type",
    "liveRoomInfo",
    "room",
];

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-5_i64..5).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<u64>().prop_map(|number| number.to_string().into()),
        ".{0,12}".prop_map(Value::from),
        select(vec![
            "",
            "0",
            "-1",
            "un",
            "7300000000123456789",
            "2023-11-14T22:13:20Z",
            "https://e.example/?expire=9"
        ])
        .prop_map(Value::from),
    ]
}

fn object(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    let entries = proptest::collection::vec((select(KEYS), value), 0..12);
    entries.prop_map(|entries| {
        let entries = entries
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value));
        Value::Object(entries.collect::<Map<_, _>>())
    })
}

fn any_json() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(4, 96, 12, |inner| {
        prop_oneof![
            2 => object(inner.clone()),
            1 => proptest::collection::vec(inner, 0..4).prop_map(Value::from),
        ]
    })
}

/// Mostly objects with an id, since others are no record anyway.
fn any_entry() -> impl Strategy<Value = Value> {
    let with_id = || {
        object(any_json()).prop_map(|mut entry| {
            for key in ["id", "aweme_id"] {
                entry[key] = json!("7300000000123456789");
            }
            entry
        })
    };
    let halves = (with_id(), object(any_json()))
        .prop_map(|(entry, data)| json!({"listEntry": entry, "videoData": data}));
    prop_oneof![1 => any_json(), 4 => with_id(), 3 => halves]
}

fn has_no_inexact_number(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_f64().is_some_and(|it| it.abs() <= LARGEST_EXACT),
        Value::Array(list) => list.iter().all(has_no_inexact_number),
        Value::Object(object) => object.values().all(has_no_inexact_number),
        _ => true,
    }
}

/// A record and its oddities, comparable.
fn told(mapped: Result<Mapped, Malformed>) -> (String, u32) {
    let mapped = mapped.map(|it| (serde_json::to_string(&it.record).unwrap(), it.oddities));
    mapped.unwrap_or_else(|error| (error.to_string(), 0))
}

#[test]
fn an_item_read_at_sight_gives_the_same_record() {
    let mut read = 0;
    for (shape, path, text) in fixtures() {
        let mut item = raw(shape, &text);
        let Some(reading) = Reading::of_line(&item.json) else {
            continue;
        };
        assert_eq!(shape, Shape::Web, "{path:?}");
        item.reading = reading;
        let expected = told(Record::from_raw(&item, &SIGHTING));
        assert_eq!(
            told(Record::from_read(&mut item, &SIGHTING)),
            expected,
            "{path:?}"
        );
        read += 1;
    }
    assert!(read > 10, "{read}");
}

proptest! {
    #[test]
    fn any_json_maps_or_is_refused(entry in any_entry()) {
        let text = entry.to_string();
        for shape in [Shape::Web, Shape::Aweme, Shape::Embed] {
            let mut raw = super::RawItem::new(shape, serde_json::from_str(&text).unwrap());
            raw.beside = Some(serde_json::from_str(&text).unwrap());
            let Ok(mapped) = Record::from_raw(&raw, &SIGHTING) else { continue };
            let line = serde_json::to_string(&mapped.record).unwrap();
            let record: Value = serde_json::from_str(&line).unwrap();
            prop_assert!(has_no_inexact_number(&record), "{line}");
            prop_assert!(serde_json::from_str::<Record>(&line).is_ok());
        }
    }
}
