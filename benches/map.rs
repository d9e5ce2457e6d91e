//! How fast list entries become records: a page of 30 of the site's items and one of the app's,
//! about 25 KB each as in captured answers. Every value is made up.

#![recursion_limit = "256"]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde_json::{Value, json};
use tiktok_hashtag::record::{Lane, RawItem, Record, Shape, Sighting};

const PAGE: u64 = 30;

fn map(c: &mut Criterion) {
    let mut group = c.benchmark_group("map");
    for (name, shape, item) in [
        ("web", Shape::Web, web_item as fn(u64) -> Value),
        ("aweme", Shape::Aweme, aweme_item),
    ] {
        let page: Vec<RawItem> = (0..PAGE)
            .map(|number| entry(shape, &item(number)))
            .collect();
        let bytes: usize = page.iter().map(|raw| raw.json.len()).sum();
        group.throughput(Throughput::Bytes(bytes as u64));
        group.bench_function(name, |bencher| bencher.iter(|| map_page(black_box(&page))));
    }
    group.finish();
}

fn map_page(page: &[RawItem]) -> usize {
    let sighting = Sighting {
        query: None,
        lane: Lane::Web,
        position: 1,
        collected_at: Some(1_795_300_000),
        hashtag_feed: Some(true),
    };
    let mapped = page.iter().map(|raw| Record::from_raw(raw, &sighting));
    mapped
        .filter_map(Result::ok)
        .map(|mapped| black_box(mapped).record.aweme_id.len())
        .sum()
}

/// The entry as it travels: `&` in addresses is escaped, as the site does.
fn entry(shape: Shape, item: &Value) -> RawItem {
    let text = item.to_string().replace('&', "\\u0026");
    let json = serde_json::value::RawValue::from_string(text)
        .expect("escaping an ampersand keeps JSON whole");
    RawItem::new(shape, json)
}

fn id(number: u64) -> String {
    (7_300_000_000_123_456_789 + number * 4_294_967_296).to_string()
}

fn picture(name: &str) -> String {
    format!(
        "https://p16-sign.cdn.example/tos-alisg-p-0037/{name}~tplv-photomode-zoomcover:720:720.jpeg\
         ?dr=14555&x-expires=1795400000&x-signature=Zm9vYmFyYmF6cXV4cXV1eA%3D%3D&t=4d5b0474&ps=13740610\
         &shp=81f88b70&shcp=43f4a2f9&idc=my2"
    )
}

fn file(name: &str) -> String {
    let noise = "OzRlNzNnPDtlOTxpZjMzNkBpanFrZWk6ZmlsaTMzZzczNEAzYzI0MC1gNl8xMzUxXmE2YSNtMjZocjRvZ2ZgLS1kMS9zcw";
    format!(
        "https://v16-webapp-prime.cdn.example/video/tos/alisg/{name}/?a=1988&bti=ODszNWYuMDE6&ch=0&cr=3&dr=0\
         &lr=all&cd=0%7C0%7C0%7C&cv=1&br=862&bt=431&cs=0&ds=6&mime_type=video_mp4&qs=0&rc={noise}%3D%3D\
         &btag=e000b8000&expire=1795400000&l=20261122062716F2692AEB7856D9F51F51&ply_type=2&policy=2\
         &signature=6dd5480685fae2e366378b2aa3b278a5&tk=tt_chain_token"
    )
}

fn tags(number: u64) -> impl Iterator<Item = (u64, String)> {
    (0..9).map(move |tag| (tag, format!("bench{}", (number + tag) % 20)))
}

fn caption(number: u64) -> String {
    let tags: Vec<String> = tags(number).map(|(_, tag)| format!("#{tag}")).collect();
    format!("😺 a tea cup number {number} {}", tags.join(" "))
}

fn web_item(number: u64) -> Value {
    let marks: Vec<Value> = tags(number)
        .map(|(tag, name)| {
            json!({"awemeId": "", "start": tag * 9, "end": tag * 9 + 7, "hashtagId": "30200382",
                "hashtagName": name, "isCommerce": false, "secUid": "", "subType": 0, "type": 1,
                "userId": "", "userUniqueId": ""})
        })
        .collect();
    let challenges: Vec<Value> = tags(number)
        .map(|(_, name)| {
            json!({"id": "30200382", "title": name, "desc": "", "coverLarger": "", "coverMedium": "",
                "coverThumb": "", "profileLarger": "", "profileMedium": "", "profileThumb": "",
                "isCommerce": false, "stats": {"videoCount": 0, "viewCount": 0}})
        })
        .collect();
    json!({
        "id": id(number), "desc": caption(number), "createTime": 1_700_000_000 + number,
        "AIGCDescription": "", "BAInfo": "", "CategoryType": 120, "adAuthorization": false,
        "author": web_author(),
        "authorStats": {"followerCount": 348_000, "followingCount": 322, "heart": 3_500_000,
            "heartCount": 3_500_000, "videoCount": 646, "diggCount": 35_300},
        "challenges": challenges, "contents": [{"desc": caption(number), "textExtra": marks.clone()}],
        "textExtra": marks, "textLanguage": "en", "duetEnabled": true, "stitchEnabled": true,
        "duetInfo": {"duetFromId": "0"}, "forFriend": false, "privateItem": false, "secret": false,
        "isAd": false, "itemCommentStatus": 0, "itemMute": false, "shareEnabled": true,
        "music": web_sound(),
        "stats": {"playCount": 6_000_000, "diggCount": 128_900, "commentCount": 2895, "shareCount": 24_300,
            "collectCount": 10_000},
        "statsV2": {"playCount": "5971604", "diggCount": "128925", "commentCount": "2895",
            "shareCount": "24337", "collectCount": "10012", "repostCount": "0"},
        "video": web_video(number)
    })
}

fn web_author() -> Value {
    json!({"id": "6800000000000000001", "uniqueId": "mira.k", "nickname": "Mira 😺",
            "secUid": "MS4wLjABAAAAFX9MW_wZ_6Idb1HPy8_TFfNnXAabkwbtJeeA0C7B15M8z9f", "verified": false,
            "signature": "cats\nand tea", "avatarLarger": picture("larger"), "avatarMedium": picture("medium"),
            "avatarThumb": picture("thumb"), "downloadSetting": 0, "duetSetting": 0, "privateAccount": false})
}

fn web_sound() -> Value {
    json!({"id": "7382504724610370337", "title": "original sound - mira.k", "authorName": "Mira 😺",
            "album": "", "original": true, "duration": 56, "playUrl": file("music"),
            "coverLarge": picture("large"), "coverMedium": picture("medium"), "coverThumb": picture("thumb")})
}

fn web_video(number: u64) -> Value {
    let encodings: Vec<Value> = (0..5).map(web_encoding).collect();
    json!({"id": id(number), "duration": 56, "height": 1018, "width": 576, "ratio": "540p",
            "bitrate": 1_115_509, "bitrateInfo": encodings, "codecType": "h264", "cover": picture("cover"),
            "originCover": picture("origin"), "dynamicCover": picture("dynamic"), "playAddr": file("play"),
            "downloadAddr": file("download"), "shareCover": ["", picture("share"), picture("share2")],
            "volumeInfo": {"Loudness": -26.3, "Peak": 0.8414},
            "zoomCover": {"240": picture("z240"), "480": picture("z480"), "720": picture("z720"), "960": picture("z960")},
            "claInfo": {"enableAutoCaption": true, "hasOriginalAudio": true, "noCaptionReason": 3}})
}

fn web_encoding(rank: u64) -> Value {
    let quality = format!(
        "{{\"v2.0\": {{\"srv1\": {{\"v1080\": 99.413, \"v960\": 99.5{rank}}}, \"ori\": {{\"v1080\": 90.1}}}}}}"
    );
    let packets: Vec<Value> = (0..10)
        .map(|at| json!({"time": at, "offset": at * 34_471}))
        .collect();
    json!({
        "Bitrate": 1_115_509 - rank * 100_000, "CodecType": if rank < 2 { "h264" } else { "h265_hvc1" },
        "GearName": format!("normal_540_{rank}"), "QualityType": 20 + rank, "Format": "mp4", "BitrateFPS": 30,
        "MVMAF": quality, "VideoExtra": json!({"PktOffsetMap": packets}).to_string(),
        "PlayAddr": {"DataSize": 77_641_519, "FileCs": "c:0-449306-2cdb", "Height": 1018, "Width": 576,
            "FileHash": "ea8225c9fcc4c782dce79de7f9ef0579", "Uri": "v24044gl0000ctemb5vog65kjgblma6g",
            "UrlKey": format!("v24044gl0000ctemb5vog65kjgblma6g_h264_540p_{rank}"),
            "UrlList": [file("a"), file("b"), "https://www.tiktok.example/aweme/v1/play/?faid=1988&item_id=1"]}
    })
}

fn aweme_item(number: u64) -> Value {
    let challenges: Vec<Value> = tags(number)
        .map(|(_, name)| {
            json!({"cid": "30200382", "cha_name": name, "desc": "", "author": aweme_author(),
                "share_info": {"share_title": "It is a becoming a big trend", "share_url": "https://e.example/?u_code=0"},
                "user_count": 0, "view_count": 0, "connect_music": [], "banner_list": null})
        })
        .collect();
    let marks: Vec<Value> = tags(number)
        .map(|(tag, name)| {
            json!({"start": tag * 9, "end": tag * 9 + 7, "hashtag_id": "30200382", "hashtag_name": name,
                "is_commerce": false, "sec_uid": "", "type": 1, "user_id": ""})
        })
        .collect();
    let sound = json!({"id": 7_382_504_724_610_370_337_u64, "id_str": "7382504724610370337",
        "mid": "7382504724610370337", "title": "original sound", "author": "Mira", "owner_handle": "mira.k",
        "duration": 56, "play_url": image("sound"), "album": "", "is_original": false, "is_original_sound": true,
        "cover_thumb": image("thumb"), "cover_medium": image("medium"), "cover_large": image("large"),
        "extra": "{\"beats\":{},\"amplitude_peak\":1.12}", "artists": [], "position": null, "tag_list": null});
    json!({
        "aweme_id": id(number), "desc": caption(number), "desc_language": "en", "region": "FI",
        "create_time": 1_700_000_000 + number, "is_hash_tag": 1, "cha_list": challenges, "text_extra": marks,
        "label_top": image("badge"), "author_user_id": 6_800_000_000_000_000_001_u64,
        "author": {"uid": "6800000000000000001", "unique_id": "mira.k", "nickname": "Mira 😺", "region": "FI",
            "language": "fi", "signature": "cats\nand tea", "avatar_thumb": image("thumb"),
            "avatar_medium": image("medium"), "avatar_larger": image("larger"), "avatar_168x168": image("168"),
            "avatar_300x300": image("300"), "follower_count": 0, "custom_verify": "", "events": null,
            "enterprise_verify_reason": "", "item_list": null, "user_tags": null, "type_label": null},
        "music": sound.clone(), "added_sound_music_info": sound,
        "video": aweme_video(),
        "statistics": aweme_statistics(number),
        "share_info": {"share_title": "A video", "share_desc": "A video", "share_url": file("share")},
        "status": {"allow_comment": true, "allow_share": true, "download_status": 0, "private_status": 0,
            "is_delete": false, "reviewed": 1, "review_result": {"review_status": 0}},
        "video_control": {"allow_download": true, "allow_duet": true, "allow_react": true, "allow_stitch": true},
        "risk_infos": {"content": "", "risk_sink": false, "type": 0, "vote": false, "warn": false}
    })
}

fn aweme_author() -> Value {
    json!({"events": null, "item_list": null})
}

fn aweme_video() -> Value {
    let encodings: Vec<Value> = (0..4).map(aweme_encoding).collect();
    json!({"duration": 56_635, "height": 1024, "width": 576, "ratio": "540p", "cover": image("cover"),
            "origin_cover": image("origin"), "dynamic_cover": image("dynamic"), "ai_dynamic_cover": image("ai"),
            "play_addr": address("play"), "play_addr_h264": address("h264"), "download_addr": address("download"),
            "has_watermark": true, "bit_rate": encodings, "meta": "{\"loudness\":\"-9.3\"}", "tags": null})
}

fn aweme_statistics(number: u64) -> Value {
    json!({"aweme_id": id(number), "play_count": 878_424, "digg_count": 131_857,
            "comment_count": 23_778, "share_count": 2522, "collect_count": 30, "download_count": 1174,
            "forward_count": 0, "lose_count": 0, "whatsapp_share_count": 199})
}

fn image(name: &str) -> Value {
    json!({"uri": format!("tos-alisg-p-0037/{name}"), "url_list": [picture(name), picture("mirror")],
        "width": 720, "height": 720, "url_prefix": null})
}

fn address(name: &str) -> Value {
    json!({"uri": "v12044gd0000cn4suufog65pkilpo7og", "url_list": [file(name), file("mirror")], "width": 576,
        "height": 1024, "url_key": "v12044gd0000cn4suufog65pkilpo7og_h264_540p_1680200", "data_size": 17_610_810,
        "file_hash": "58594bea0fc2d2e561ab7a40ce45d591", "file_cs": "c:0-68150-dd61", "url_prefix": null})
}

fn aweme_encoding(rank: u64) -> Value {
    json!({"bit_rate": 720_429 - rank, "gear_name": format!("adapt_540_{rank}"), "quality_type": 28, "fps": 29,
        "is_bytevc1": rank % 2, "play_addr": address("rate"), "dub_infos": null, "HDR_type": "",
        "video_extra": "{\"PktOffsetMap\":\"[]\"}"})
}

criterion_group!(benches, map);
criterion_main!(benches);
