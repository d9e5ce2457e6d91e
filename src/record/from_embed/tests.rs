//! The embed pages' oddities, a fixture each.

use serde_json::{Value, json};

use crate::record::specimen::{self, mapped};
use crate::record::{Malformed, Shape};

fn check(name: &str, expected: &[(&str, Value)]) {
    specimen::check(Shape::Embed, &format!("embed/{name}"), expected);
}

#[test]
fn one_half_at_least_is_needed() {
    for text in [
        "{}",
        r#"{"listEntry":null,"videoData":null}"#,
        r#"{"videoData":[]}"#,
        "null",
    ] {
        assert_eq!(
            mapped(Shape::Embed, text).unwrap_err(),
            Malformed::NotAnObject,
            "{text}"
        );
    }
    let text = r#"{"listEntry":{"desc":"no id"},"videoData":{"itemInfos":{}}}"#;
    assert_eq!(mapped(Shape::Embed, text).unwrap_err(), Malformed::NoId);
}

#[test]
fn the_video_page_wins() {
    check(
        "both_halves",
        &[
            ("/desc", json!("full text #cats")),
            ("/create_time", json!(1_700_000_000)),
            ("/region", json!("FI")),
            ("/is_hash_tag", json!(1)),
            ("/statistics/play_count", json!(445_444)),
            ("/statistics/collect_count", json!(null)),
            ("/video/width", json!(540)),
            ("/video/duration", json!(16_000)),
            ("/video/play_addr/expires_at", json!(1_700_086_400)),
            (
                "/video/cover/url_list",
                json!(["https://cdn.example/vc.jpeg"]),
            ),
            ("/collection/estimated", json!(["video.duration"])),
        ],
    );
}

#[test]
fn the_tag_page_fills_gaps() {
    check(
        "both_halves",
        &[
            ("/video/ratio", json!("720p")),
            (
                "/video/dynamic_cover/url_list",
                json!(["https://cdn.example/d.webp"]),
            ),
        ],
    );
    check(
        "video_data_sparse",
        &[
            ("/desc", json!("entry text")),
            ("/create_time", json!(1_699_663_698)),
            ("/collection/estimated", json!(["create_time"])),
            ("/author/unique_id", json!("mira.k")),
            ("/status/private_status", json!(1)),
            (
                "/video/play_addr/url_list",
                json!(["https://cdn.example/entry.mp4"]),
            ),
        ],
    );
    check(
        "video_data_alone",
        &[
            ("/video/ratio", json!(null)),
            ("/video/dynamic_cover", json!(null)),
        ],
    );
}

#[test]
fn an_entry_alone_is_a_record() {
    check(
        "entry_alone",
        &[
            ("/aweme_id", json!("7300000000123456789")),
            ("/create_time", json!(1_699_663_698)),
            ("/statistics/play_count", json!(585_709)),
            ("/statistics/digg_count", json!(null)),
            ("/status", json!(null)),
            ("/music", json!(null)),
            ("/video/duration", json!(null)),
            ("/video/height", json!(1024)),
            (
                "/share_info/share_url",
                json!("https://www.tiktok.com/@mira.k/video/7300000000123456789"),
            ),
        ],
    );
    check(
        "entry_alone_with_create_time",
        &[
            ("/create_time", json!(1_700_000_000)),
            ("/statistics/play_count", json!(585_709)),
        ],
    );
}

#[test]
fn structs_of_the_video_page() {
    check(
        "video_data_alone",
        &[
            ("/author/uid", json!("6800000000000000001")),
            ("/author/nickname", json!("Mira")),
            ("/author/total_favorited", json!(211_389_974)),
            ("/author/following_count", json!(0)),
            (
                "/author/avatar_larger/url_list",
                json!(["https://cdn.example/l.jpeg"]),
            ),
            ("/music/id", json!("7200000000000000001")),
            ("/music/title", json!("original sound")),
            ("/music/is_original_sound", json!(null)),
            (
                "/music/play_url/url_list",
                json!(["https://cdn.example/s.mp3"]),
            ),
            ("/cha_list/0/cha_name", json!("cats")),
            ("/text_extra/0/start", json!(10)),
            ("/text_extra/0/hashtag_id", json!("5424")),
            ("/text_extra/0/type", json!(1)),
            ("/duet_info", json!({"from_id": null})),
            ("/status/allow_comment", json!(true)),
            ("/status/private_status", json!(0)),
            ("/status/is_prohibited", json!(false)),
            ("/is_original_item", json!(true)),
            ("/is_official_item", json!(false)),
            ("/is_ads", json!(false)),
            ("/risk_infos", json!(null)),
        ],
    );
    check(
        "warning",
        &[
            ("/risk_infos/content", json!("Dangerous")),
            ("/duet_info/from_id", json!("7200000000000000009")),
            ("/music/is_original_sound", json!(true)),
        ],
    );
    check(
        "photo_post",
        &[
            (
                "/image_post_info/images/0/url_list",
                json!(["https://cdn.example/1.jpeg"]),
            ),
            (
                "/share_info/share_url",
                json!("https://www.tiktok.com/@mira.k/photo/7300000000123456789"),
            ),
        ],
    );
}

#[test]
fn odd_types_become_null() {
    let (record, oddities) = specimen::json(Shape::Embed, "embed/wrong_types");
    assert_eq!(record["desc"], json!("entry text"));
    assert_eq!(oddities, 7);
}
