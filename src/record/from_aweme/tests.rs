//! The app's oddities, a fixture each.

use serde_json::{Value, json};

use crate::record::specimen::{self, fixture, mapped};
use crate::record::{Malformed, Shape};

fn check(name: &str, expected: &[(&str, Value)]) {
    specimen::check(Shape::Aweme, &format!("aweme/{name}"), expected);
}

#[test]
fn what_is_no_video_is_no_record() {
    for (name, failure) in [
        ("own_id_rounded", Malformed::NoId),
        ("live_room", Malformed::LiveRoom),
    ] {
        let text = fixture(&format!("aweme/{name}"));
        assert_eq!(mapped(Shape::Aweme, &text).unwrap_err(), failure, "{name}");
    }
}

#[test]
fn the_feed_tells_where_the_item_does_not() {
    check("is_hash_tag_bool", &[("/is_hash_tag", json!(0))]);
    check("create_time_missing", &[("/is_hash_tag", json!(1))]);
    check("seed", &[("/is_hash_tag", json!(1))]);
}

#[test]
fn null_lists_stay_null() {
    let nulls = [
        "/cha_list",
        "/text_extra",
        "/anchors",
        "/music",
        "/interaction_stickers",
        "/effect_stickers",
    ];
    check(
        "cha_list_null",
        &nulls.map(|pointer| (pointer, json!(null))),
    );
}

#[test]
fn authors() {
    check(
        "author_zero_filled",
        &[
            ("/author/follower_count", json!(25)),
            ("/author/following_count", json!(null)),
            ("/author/total_favorited", json!(null)),
            ("/author/aweme_count", json!(null)),
            ("/author/ins_id", json!(null)),
            ("/author/twitter_id", json!(null)),
            ("/author/twitter_name", json!(null)),
            ("/author/youtube_channel_id", json!(null)),
            ("/author/verified", json!(false)),
            ("/author/avatar_168x168/uri", json!("obj/s")),
            ("/author/avatar_thumb/expires_at", json!(1_700_086_400)),
            ("/author/avatar_larger", json!(null)),
        ],
    );
    check(
        "author_verified_by_text",
        &[("/author/verified", json!(true))],
    );
    check(
        "author_without_uid",
        &[
            ("/author/uid", json!("6889508286968038405")),
            ("/author/verified", json!(null)),
        ],
    );
}

#[test]
fn exact_twins_beat_bare_ids() {
    check(
        "ids_above_2_53",
        &[("/music/id", json!("7200000000000000123"))],
    );
    check(
        "ids_rounded_by_gateway",
        &[
            ("/author/uid", json!(null)),
            ("/music/id", json!("7200000000000000970")),
            ("/added_sound_music_info/id", json!(null)),
            ("/added_sound_music_info/title", json!("rounded")),
        ],
    );
    check(
        "own_id_rounded_with_twin",
        &[("/aweme_id", json!("7300000000123456789"))],
    );
}

#[test]
fn reduced_rows_of_a_gateway() {
    check(
        "reduced_row",
        &[
            ("/aweme_id", json!("7300000000123456789")),
            ("/create_time", json!(1_700_000_000)),
            ("/collection/estimated", json!([])),
            ("/statistics/play_count", json!(12)),
            ("/image_post_info/title", json!(null)),
            ("/image_post_info/images/0/expires_at", json!(1_700_086_400)),
            (
                "/image_post_info/images/1/url_list",
                json!(["https://cdn.example/2.webp"]),
            ),
            (
                "/share_info/share_url",
                json!("https://www.tiktok.com/@mira.k/photo/7300000000123456789"),
            ),
            ("/is_ads", json!(false)),
        ],
    );
    check(
        "create_time_missing",
        &[
            ("/create_time", json!(1_699_663_698)),
            ("/collection/estimated", json!(["create_time"])),
        ],
    );
}

#[test]
fn bodies_of_douyin() {
    check(
        "douyin",
        &[
            ("/statistics/play_count", json!(null)),
            ("/statistics/digg_count", json!(32_011)),
            ("/create_time", json!(1_699_663_698)),
            ("/image_post_info", json!(null)),
            ("/playlist_info", json!(null)),
            ("/author/uid", json!(null)),
            ("/video/origin_cover", json!(null)),
            ("/video/play_addr/uri", json!("v27")),
        ],
    );
    check(
        "douyin_photo_post",
        &[
            ("/image_post_info/images/0/uri", json!("p1")),
            ("/image_post_info/images/0/height", json!(1440)),
        ],
    );
    check(
        "play_count_really_zero",
        &[("/statistics/play_count", json!(0))],
    );
}

#[test]
fn files_to_play() {
    check(
        "bytevc2",
        &[
            ("/video/duration", json!(13_651)),
            ("/collection/estimated", json!([])),
            ("/video/play_addr/url_key", json!("v09_h264")),
            ("/video/play_addr/data_size", json!(2_170_742)),
            ("/video/play_addr_bytevc1/uri", json!("vc1")),
            ("/video/bit_rate/0/codec", json!("bytevc2")),
            ("/video/bit_rate/1/codec", json!("h265")),
            ("/video/bit_rate/1/quality_type", json!(28)),
            ("/video/bit_rate/2/codec", json!("h264")),
        ],
    );
    check(
        "play_addr_only_in_bit_rate",
        &[
            ("/video/duration", json!(5779)),
            ("/video/play_addr/uri", json!("h264")),
            ("/video/download_addr/uri", json!("logo")),
            ("/video/has_watermark", json!(null)),
        ],
    );
    check(
        "play_url_text",
        &[
            (
                "/music/play_url/url_list",
                json!(["https://cdn.example/s.mp3"]),
            ),
            ("/music/is_original_sound", json!(true)),
            ("/music/owner_handle", json!(null)),
            ("/music/owner_nickname", json!("")),
        ],
    );
}

#[test]
fn photo_posts_keep_their_sound() {
    check(
        "image_post",
        &[
            ("/image_post_info/title", json!("Tea")),
            ("/image_post_info/images/0/uri", json!("obj/1")),
            ("/video/play_addr/uri", json!("sound")),
            (
                "/share_info/share_url",
                json!("https://www.tiktok.com/@mira.k/photo/7300000000123456789"),
            ),
        ],
    );
}

#[test]
fn playlists_and_places() {
    check("mix_info_of_2021", &[("/playlist_info/name", json!("Tea"))]);
    check(
        "playlist_info",
        &[(
            "/playlist_info",
            json!({"mix_id": "7100000000000000001", "name": "Tea", "item_total": 12, "index": 3}),
        )],
    );
    check(
        "poi_data",
        &[(
            "/poi_info",
            json!({"poi_id": "22535865206014961", "poi_name": "Market Hall", "address": "Eteläranta 1",
                   "city": "Helsinki", "country_code": "660013", "category": null}),
        )],
    );
}

#[test]
fn a_mark_may_lead_to_another_video() {
    check(
        "link_to_another_video",
        &[
            ("/text_extra/0/type", json!(5)),
            ("/text_extra/0/hashtag_name", json!("@ana")),
            ("/text_extra/0/aweme_id", json!("7300000000000000002")),
        ],
    );
}

#[test]
fn everything_the_app_alone_says() {
    check(
        "full",
        &[
            ("/desc_language", json!(null)),
            ("/region", json!("US")),
            ("/content_desc", json!("long")),
            ("/label_top/uri", json!("obj/badge")),
            ("/author/region", json!("US")),
            (
                "/share_info/share_url",
                json!("https://www.tiktok.com/@.dot/video/7300000000123456789"),
            ),
            ("/share_info/share_desc", json!("d")),
            ("/status/private_status", json!(2)),
            ("/status/allow_share", json!(false)),
            ("/status/reviewed", json!(1)),
            ("/status/review_result", json!({"review_status": 0})),
            (
                "/aweme_acl/download_general",
                json!({"code": 0, "show_type": 2, "transcode": 3, "mute": false, "extra": ""}),
            ),
            ("/aweme_acl/platform_list", json!(null)),
            ("/video_control/prevent_download_type", json!(2)),
            (
                "/risk_infos",
                json!({"content": "", "risk_sink": false, "type": 0, "vote": false, "warn": false}),
            ),
            ("/is_top", json!(false)),
            ("/commerce_info/branded_content_type", json!(0)),
            ("/aigc_info/created_by_ai", json!(false)),
            (
                "/effect_stickers",
                json!([{"id": "454747", "name": "Green Screen"}, {"id": "12", "name": null}]),
            ),
            ("/interaction_stickers", json!([{"type": 4, "text": null}])),
            ("/duet_info", json!({"from_id": null})),
            ("/suggest_words", json!(["cat tea"])),
            ("/statistics/lose_count", json!(0)),
            ("/statistics/whatsapp_share_count", json!(1)),
            ("/cla_info/has_original_audio", json!(true)),
            ("/cla_info/caption_infos/0/expires_at", json!(1_740_343_667)),
        ],
    );
    check(
        "comment_setting_only",
        &[("/status/allow_comment", json!(false))],
    );
}

#[test]
fn odd_types_become_null() {
    let (record, oddities) = specimen::json(Shape::Aweme, "aweme/wrong_types");
    for key in [
        "author",
        "music",
        "video",
        "statistics",
        "cha_list",
        "status",
        "aweme_acl",
        "anchors",
    ] {
        assert!(record[key].is_null(), "{key}");
    }
    assert_eq!(record["is_hash_tag"], json!(1));
    assert_eq!(oddities, 12);
}
