//! The site's oddities, a fixture each.

use serde_json::{Value, json};

use crate::record::specimen::{self, fixture, mapped};
use crate::record::{Malformed, Shape};

/// Checks values of one of this room's fixtures.
pub(super) fn check(name: &str, expected: &[(&str, Value)]) {
    specimen::check(Shape::Web, &format!("web/{name}"), expected);
}

fn failure(name: &str) -> Malformed {
    mapped(Shape::Web, &fixture(&format!("web/{name}"))).unwrap_err()
}

#[test]
fn what_is_no_video_is_no_record() {
    assert_eq!(failure("id_empty"), Malformed::NoId);
    assert_eq!(failure("id_float"), Malformed::NoId);
    assert_eq!(failure("live_room"), Malformed::LiveRoom);
    assert_eq!(failure("room_without_category"), Malformed::LiveRoom);
    check(
        "room_with_category",
        &[("/aweme_id", json!("7300000000123456789"))],
    );
    for text in ["null", "[]", "\"7300000000123456789\"", "7"] {
        assert_eq!(
            mapped(Shape::Web, text).unwrap_err(),
            Malformed::NotAnObject
        );
    }
    assert_eq!(mapped(Shape::Web, "{}").unwrap_err(), Malformed::NoId);
}

#[test]
fn ids_are_texts_and_exact() {
    check("id_number", &[("/aweme_id", json!("7300000000123456789"))]);
    check(
        "ids_rounded",
        &[
            ("/aweme_id", json!("7300000000123457000")),
            ("/author/uid", json!(null)),
            ("/music/id", json!(null)),
            ("/cha_list/0/cid", json!("22453")),
        ],
    );
}

#[test]
fn publish_times() {
    let given = [
        ("/create_time", json!(1_700_000_000)),
        ("/collection/estimated", json!([])),
    ];
    check("create_time_text", &given);
    check("create_time_milliseconds", &given);
    let from_id = [
        ("/create_time", json!(1_699_663_698)),
        ("/collection/estimated", json!(["create_time"])),
    ];
    check("create_time_zero", &from_id);
    let unknown = [
        ("/create_time", json!(null)),
        ("/collection/estimated", json!([])),
    ];
    check("create_time_missing_on_short_id", &unknown);
}

#[test]
fn counts() {
    check(
        "collect_count_text",
        &[("/statistics/collect_count", json!(112_206))],
    );
    check(
        "stats_rounded",
        &[
            ("/statistics/play_count", json!(59_149)),
            ("/statistics/digg_count", json!(4127)),
            ("/statistics/comment_count", json!(12)),
            ("/statistics/share_count", json!(3)),
            ("/statistics/collect_count", json!(5)),
            ("/statistics/repost_count", json!(0)),
            ("/statistics/download_count", json!(null)),
        ],
    );
    check(
        "count_hidden",
        &[
            ("/statistics/play_count", json!(null)),
            ("/statistics/digg_count", json!(null)),
            ("/statistics/comment_count", json!(null)),
            ("/statistics/share_count", json!(7)),
        ],
    );
    check(
        "count_beyond_64_bits",
        &[
            ("/statistics/play_count", json!(null)),
            ("/statistics/digg_count", json!(null)),
            ("/statistics/share_count", json!(1)),
        ],
    );
    check(
        "count_beyond_a_double",
        &[
            ("/desc", json!("kept")),
            ("/statistics/play_count", json!(null)),
        ],
    );
}

#[test]
fn texts_a_strict_reader_refuses() {
    check(
        "lone_surrogate",
        &[("/desc", json!("half a \u{fffd} cat 😺"))],
    );
    check("key_twice", &[("/desc", json!("second"))]);
}

#[test]
fn countries_and_languages() {
    check("location_lower_case", &[("/region", json!("PH"))]);
    check("location_of_an_ad", &[("/region", json!(null))]);
    check("text_language_unknown", &[("/desc_language", json!(null))]);
    check("text_language_tag", &[("/desc_language", json!("zh-Hans"))]);
}

#[test]
fn who_may_see_it() {
    check(
        "list_of_2020",
        &[
            ("/status/private_status", json!(0)),
            ("/status/allow_comment", json!(true)),
            ("/status/allow_share", json!(null)),
            ("/status/is_prohibited", json!(false)),
            ("/desc", json!("literal \\ud83d\\ude00 text")),
        ],
    );
    check("private_item", &[("/status/private_status", json!(1))]);
    check("for_friends", &[("/status/private_status", json!(2))]);
}

#[test]
fn odd_types_become_null() {
    check(
        "flags_as_numbers_and_texts",
        &[
            ("/is_ads", json!(true)),
            ("/status/allow_share", json!(true)),
            ("/status/is_delete", json!(false)),
            ("/status/in_reviewing", json!(null)),
            ("/video_control/allow_duet", json!(false)),
            ("/video_control/allow_stitch", json!(false)),
            ("/item_mute", json!(null)),
        ],
    );
    check(
        "urls_empty",
        &[
            ("/author/avatar_thumb", json!(null)),
            ("/author/unique_id", json!(null)),
            ("/video/cover", json!(null)),
            ("/video/play_addr", json!(null)),
        ],
    );
    let (record, oddities) = specimen::json(Shape::Web, "web/wrong_types");
    let kept: Vec<&str> = record
        .as_object()
        .unwrap()
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(key, _)| key.as_str())
        .collect();
    let own = [
        "aweme_id",
        "create_time",
        "is_hash_tag",
        "share_info",
        "collection",
    ];
    assert_eq!(kept, own);
    assert_eq!(oddities, 27);
    check(
        "wrong_types_inside",
        &[
            ("/author", json!(null)),
            ("/video/bit_rate/0/play_addr", json!(null)),
            ("/cha_list/0/cid", json!(null)),
            ("/cha_list/0/share_info", json!(null)),
            ("/statistics", json!(null)),
        ],
    );
}

#[test]
fn what_only_pages_say() {
    check(
        "detail_page",
        &[
            ("/region", json!("FI")),
            ("/author/region", json!(null)),
            ("/diversification_labels", json!(["Animals", "Cats"])),
            ("/suggest_words", json!(["cat tea"])),
            ("/status/is_delete", json!(true)),
            ("/status/is_prohibited", json!(true)),
            ("/aigc_info/created_by_ai", json!(true)),
            ("/risk_infos/type", json!(2)),
            ("/risk_infos/warn", json!(true)),
            ("/risk_infos/vote", json!(null)),
            ("/playlist_info/mix_id", json!("7100000000000000001")),
            ("/share_info/share_title", json!("Mira on TikTok")),
            ("/share_info/share_desc", json!("12 Likes")),
        ],
    );
    check(
        "playlist_of_share_page",
        &[
            ("/playlist_info/name", json!("Tea")),
            ("/playlist_info/item_total", json!(74)),
        ],
    );
    check("playlist_id_empty", &[("/playlist_info", json!(null))]);
}

#[test]
fn what_stands_beside_never_costs_the_item() {
    let text = r#"{"item":{"id":"7300000000123456789"},"beside":[]}"#;
    let mapped = mapped(Shape::Web, text).unwrap();
    assert_eq!(mapped.oddities, 1);
}
