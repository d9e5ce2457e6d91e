//! The site's oddities, a fixture each.

use serde_json::{Value, json};

use crate::record::specimen::{self, fixture, mapped};
use crate::record::{Malformed, Shape};

fn check(name: &str, expected: &[(&str, Value)]) {
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
fn authors() {
    check(
        "author_missing",
        &[
            ("/author", json!(null)),
            (
                "/share_info/share_url",
                json!("https://www.tiktok.com/@/video/7300000000123456789"),
            ),
        ],
    );
    check(
        "author_string",
        &[
            ("/author/unique_id", json!("mira.k")),
            ("/author/uid", json!("6800000000000000001")),
            ("/author/sec_uid", json!("MS4wLjABAAAAmira")),
            ("/author/nickname", json!("Mira")),
            ("/author/region", json!("FI")),
            ("/author/language", json!("sv")),
            (
                "/author/avatar_thumb/url_list",
                json!(["https://cdn.example/t.jpeg"]),
            ),
            ("/author/follower_count", json!(120)),
            ("/author/total_favorited", json!(4500)),
            ("/author/aweme_count", json!(9)),
            ("/region", json!(null)),
            ("/video_control/allow_download", json!(true)),
            (
                "/share_info/share_url",
                json!("https://www.tiktok.com/@mira.k/video/7300000000123456789"),
            ),
        ],
    );
    check(
        "author_string_alone",
        &[
            ("/author/unique_id", json!("mira.k")),
            ("/author/uid", json!("6800000000000000001")),
            ("/author/nickname", json!("Mira")),
            (
                "/author/avatar_thumb/url_list",
                json!(["https://cdn.example/inline.jpeg"]),
            ),
            ("/author/signature", json!(null)),
        ],
    );
}

#[test]
fn counts_of_authors() {
    check(
        "author_counts_inside",
        &[
            ("/author/follower_count", json!(149_800)),
            ("/author/aweme_count", json!(422)),
            ("/author/signature", json!("cats\nand tea")),
        ],
    );
    check(
        "author_stats_exact_and_rounded",
        &[
            ("/author/follower_count", json!(427_123)),
            ("/author/following_count", json!(0)),
            ("/author/total_favorited", json!(6_800_456)),
            ("/author/aweme_count", json!(1605)),
        ],
    );
}

#[test]
fn sounds() {
    check(
        "music_null",
        &[
            ("/music", json!(null)),
            ("/added_sound_music_info", json!(null)),
        ],
    );
    check(
        "music_by_the_author",
        &[
            ("/music/owner_handle", json!("mira.k")),
            ("/music/duration", json!(54)),
            ("/music/is_original_sound", json!(true)),
            ("/music/album", json!("")),
            (
                "/music/play_url/url_list",
                json!(["https://cdn.example/s.mp3"]),
            ),
        ],
    );
    check(
        "music_by_another",
        &[
            ("/music/owner_handle", json!(null)),
            ("/music/play_url", json!(null)),
        ],
    );
    check(
        "music_title_in_another_language",
        &[("/music/owner_handle", json!(null))],
    );
}

#[test]
fn photo_posts() {
    check(
        "image_post",
        &[
            ("/image_post_info/title", json!("")),
            (
                "/image_post_info/images/0",
                json!({
                    "uri": null,
                    "url_list": ["https://cdn.example/1.jpeg?x-expires=1700086400", "https://cdn.example/1b.jpeg"],
                    "width": 1440, "height": 1920, "expires_at": 1_700_086_400
                }),
            ),
            ("/image_post_info/images/1/width", json!(null)),
            ("/video/duration", json!(0)),
            ("/video/play_addr", json!(null)),
            ("/collection/estimated", json!([])),
            (
                "/share_info/share_url",
                json!("https://www.tiktok.com/@mira.k/photo/7300000000123456789"),
            ),
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
fn downloads() {
    for (name, address_is_null, watermark, allowed) in [
        ("download_addr_absent", true, json!(null), json!(null)),
        ("download_addr_empty", true, json!(null), json!(false)),
        ("download_addr_present", false, json!(true), json!(true)),
        ("download_setting_closed", false, json!(true), json!(false)),
    ] {
        let (record, _) = specimen::json(Shape::Web, &format!("web/{name}"));
        assert_eq!(
            record["video"]["download_addr"].is_null(),
            address_is_null,
            "{name}"
        );
        assert_eq!(record["video"]["has_watermark"], watermark, "{name}");
        let control = &record["video_control"];
        assert_eq!(
            control.get("allow_download").unwrap_or(&Value::Null),
            &allowed,
            "{name}"
        );
    }
}

#[test]
fn countries_and_languages() {
    check("location_lower_case", &[("/region", json!("PH"))]);
    check("location_of_an_ad", &[("/region", json!(null))]);
    check("text_language_unknown", &[("/desc_language", json!(null))]);
    check("text_language_tag", &[("/desc_language", json!("zh-Hans"))]);
}

#[test]
fn hashtags_and_mentions() {
    check(
        "hashtag_id_missing",
        &[
            (
                "/cha_list/0/share_info/share_url",
                json!("https://www.tiktok.com/tag/%C3%A9t%C3%A9"),
            ),
            ("/cha_list/0/share_info/share_title", json!(null)),
            ("/cha_list/1/desc", json!("letters")),
            ("/text_extra/0/hashtag_id", json!("77")),
            ("/text_extra/1/hashtag_id", json!("5424")),
            ("/text_extra/0/start", json!(3)),
            ("/text_extra/0/end", json!(7)),
        ],
    );
    check(
        "challenges_missing",
        &[("/cha_list", json!(null)), ("/text_extra", json!(null))],
    );
    check(
        "challenges_empty",
        &[("/cha_list", json!([])), ("/text_extra", json!([]))],
    );
    check(
        "mention",
        &[(
            "/text_extra/0",
            json!({
                "start": 0, "end": 4, "hashtag_name": "", "hashtag_id": null, "type": 0,
                "user_id": "6800000000000000002", "sec_uid": "MS4wLjABAAAAana", "user_unique_id": "ana",
                "sub_type": null, "is_commerce": null, "aweme_id": null
            }),
        )],
    );
    let (record, oddities) = specimen::json(Shape::Web, "web/challenges_with_junk");
    assert_eq!(record["cha_list"].as_array().unwrap().len(), 1);
    assert_eq!(oddities, 2);
}

#[test]
fn paragraphs() {
    check(
        "desc_only_in_contents",
        &[
            ("/desc", json!("😺 one\n#two")),
            ("/content_desc", json!("😺 one\n#two")),
            ("/text_extra/0/start", json!(7)),
            ("/text_extra/0/end", json!(11)),
        ],
    );
    check(
        "contents_beside_desc",
        &[
            ("/desc", json!("one #two")),
            ("/text_extra/0/start", json!(4)),
        ],
    );
}

#[test]
fn files_to_play() {
    check(
        "play_addr_struct",
        &[(
            "/video/play_addr",
            json!({
                "uri": "v0full", "url_list": ["https://cdn.example/full.mp4?expire=1700086400"],
                "width": 576, "height": 1024, "url_key": "v0full_h264", "data_size": 1000,
                "file_hash": "ab", "file_cs": "c:0-1-2", "expires_at": 1_700_086_400
            }),
        )],
    );
    check(
        "play_addr_best_of_h264",
        &[
            ("/video/play_addr/uri", json!("v0high")),
            ("/video/play_addr_bytevc1/uri", json!("v0hvc")),
            ("/video/bit_rate/0/gear_name", json!("normal_540_0")),
            ("/video/bit_rate/0/play_addr/data_size", json!(4_477_607)),
            ("/video/bit_rate/2/codec", json!("h265_hvc1")),
        ],
    );
    check(
        "play_addr_bare",
        &[
            ("/video/play_addr/expires_at", json!(0x6453_2fb5)),
            ("/video/ratio", json!("720p")),
            ("/video/duration", json!(5000)),
            ("/collection/estimated", json!(["video.duration"])),
        ],
    );
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
fn captions() {
    check(
        "subtitles_in_both_lists",
        &[(
            "/cla_info",
            json!({
                "has_original_audio": true, "original_language": "fin-FI",
                "caption_infos": [
                    {"language": "fin-FI", "caption_format": "webvtt", "is_auto_generated": true,
                     "source": "ASR", "url": "https://cdn.example/a.vtt", "expires_at": 1_700_086_400},
                    {"language": "eng-US", "caption_format": "webvtt", "is_auto_generated": false,
                     "source": null, "url": "https://cdn.example/b.vtt?x-expires=1700086401",
                     "expires_at": 1_700_086_401}
                ]
            }),
        )],
    );
    check(
        "subtitles_in_the_old_list",
        &[
            ("/cla_info/caption_infos/0/is_auto_generated", json!(true)),
            ("/cla_info/caption_infos/1/is_auto_generated", json!(null)),
            ("/cla_info/caption_infos/1/source", json!("MT")),
        ],
    );
}

#[test]
fn extras() {
    check(
        "extras",
        &[
            ("/is_ads", json!(false)),
            (
                "/commerce_info",
                json!({"branded_content_type": null, "ad_authorization": true, "is_ec_video": true}),
            ),
            (
                "/aigc_info",
                json!({"aigc_label_type": 1, "created_by_ai": null, "description": "Creator labeled as AI-generated"}),
            ),
            ("/is_top", json!(true)),
            ("/item_mute", json!(false)),
            ("/is_original_item", json!(false)),
            ("/is_official_item", json!(true)),
            ("/mask_type", json!(3)),
            (
                "/anchors",
                json!([{"id": "7", "type": 54, "keyword": "CapCut", "description": "CapCut · Video Editor", "schema": null}]),
            ),
            ("/duet_info", json!({"from_id": "7200000000000000009"})),
            (
                "/effect_stickers",
                json!([{"id": "1805988", "name": "sparkle"}]),
            ),
            (
                "/interaction_stickers",
                json!([{"type": 4, "text": ["hello", "tea"]}]),
            ),
            (
                "/poi_info",
                json!({"poi_id": "22535865206014961", "poi_name": "Market Hall", "address": "Eteläranta 1",
                       "city": "Helsinki", "country_code": "660013", "category": "Food"}),
            ),
            ("/suggest_words", json!(["cat tea", "tea house"])),
        ],
    );
    check(
        "duet_from_none",
        &[("/duet_info", json!({"from_id": null}))],
    );
    check("author_missing", &[("/duet_info", json!(null))]);
}

#[test]
fn what_stands_beside_never_costs_the_item() {
    let text = r#"{"item":{"id":"7300000000123456789"},"beside":[]}"#;
    let mapped = mapped(Shape::Web, text).unwrap();
    assert_eq!(mapped.oddities, 1);
}
