//! The embed pages: a hashtag's first ten videos, and one video in detail.
//!
//! They say what the feed's items say, in the embeds' own names, which follow captured records
//! of the same structs and the types of public embed clients.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::api::views;
use super::dice::{Dice, hash};
use super::feed::Feed;
use super::item::challenge_id;

/// Videos on a hashtag's page; there is no second one.
pub(crate) const VIDEOS: usize = 10;

/// What the embed pages are like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Embed {
    Plain,
    /// The hashtag's page gives no `createTime`.
    NoTime,
    /// `authorStats.heartCount` is text.
    HeartText,
    /// The hashtag is unknown to embeds.
    Unknown,
    /// The hashtag's page comes without its data.
    Bare,
    /// The third video is unknown.
    Hole,
    /// Video pages are refused from the third on.
    Refused,
}

/// The page of a hashtag. `route` is its path as asked for, query and all.
pub(crate) fn tag_page(
    route: &str,
    tag: &str,
    embed: Embed,
    feed: Feed<'_>,
    counted: usize,
) -> String {
    match embed {
        Embed::Bare => shell(""),
        Embed::Unknown => state(route, &failed(route)),
        _ => state(route, &tag_data(route, tag, embed, feed, counted)),
    }
}

fn tag_data(route: &str, tag: &str, embed: Embed, feed: Feed<'_>, counted: usize) -> Value {
    let timed = embed != Embed::NoTime;
    let videos: Vec<Value> = (0..feed.len().min(VIDEOS))
        .map(|index| entry(&feed.json(index), index, timed))
        .collect();
    json!({
        "route": route, "link": route, "isReady": true, "isError": false, "errorCode": 0, "errorStatus": 0,
        "pageName": "tag", "playlistType": "tag", "playlistId": tag,
        "embedInfo": {
            "id": challenge_id(tag).to_string(), "title": tag, "description": "", "coverUrl": "",
            "viewCount": views(tag).to_string(), "videoCount": counted.to_string(), "statusCode": 0, "code": 0,
        },
        "videoList": videos,
    })
}

/// A video in a hashtag's list. Counts came as numbers and as text, `createTime` not always.
fn entry(item: &Value, index: usize, timed: bool) -> Value {
    let video = &item["video"];
    let plays = plays(item);
    let mut entry = json!({
        "id": id(item), "desc": item["desc"], "height": video["height"], "width": video["width"], "ratio": "720p",
        "coverUrl": video["cover"], "originCoverUrl": video["originCover"], "dynamicCoverUrl": video["dynamicCover"],
        "playAddr": video["playAddr"],
        "playCount": if index % 3 == 2 { json!(plays.to_string()) } else { json!(plays) },
        "privateItem": false, "authorUniqueId": item["author"]["uniqueId"],
    });
    if timed && index % 4 != 3 {
        entry["createTime"] = item["createTime"].clone();
    }
    entry
}

/// The page of the video at `index`.
pub(crate) fn video_page(
    route: &str,
    tag: &str,
    embed: Embed,
    feed: Feed<'_>,
    index: usize,
) -> String {
    if embed == Embed::Unknown || (embed == Embed::Hole && index == 2) {
        return no_video(route);
    }
    let data = json!({
        "route": route, "link": route, "isReady": true, "isError": false, "errorCode": 0, "errorStatus": 0,
        "pageName": "video", "videoData": video_data(tag, embed, feed, index),
    });
    state(route, &data)
}

/// The page of a video nobody knows.
pub(crate) fn no_video(route: &str) -> String {
    state(route, &failed(route))
}

fn video_data(tag: &str, embed: Embed, feed: Feed<'_>, index: usize) -> Value {
    let item = &feed.json(index);
    let mut data = json!({
        "itemInfos": item_infos(item),
        "authorInfos": author_infos(&item["author"]),
        "musicInfos": music_infos(&item["music"]),
        "authorStats": author_stats(&item["authorStats"], embed),
        "challengeInfoList": list(&item["challenges"], |tag| json!({
            "challengeId": tag["id"], "challengeName": tag["title"], "text": tag["desc"], "splitTitle": tag["title"],
            "isCommerce": false, "covers": [], "coversMedium": [], "coversLarger": [],
        })),
        "duetInfo": "0",
        "textExtra": list(&item["textExtra"], |extra| text_extra(tag, extra)),
    });
    data["itemInfos"]["locationCreated"] = place(item, feed);
    if item["imagePost"].is_object() {
        data["imagePostInfo"] = item["imagePost"].clone();
    }
    data
}

fn item_infos(item: &Value) -> Value {
    let (video, stats) = (&item["video"], &item["stats"]);
    json!({
        "id": id(item), "text": item["desc"], "createTime": bare(&item["createTime"]),
        "authorId": item["author"]["id"], "musicId": item["music"]["id"],
        "covers": [video["cover"]], "coversOrigin": [video["originCover"]], "coversDynamic": [video["dynamicCover"]],
        "shareCover": ["", video["cover"]],
        "video": {
            "urls": [video["playAddr"]],
            "videoMeta": {"width": video["width"], "height": video["height"], "ratio": 14, "duration": video["duration"]},
        },
        "diggCount": stats["diggCount"], "shareCount": stats["shareCount"], "playCount": plays(item),
        "commentCount": stats["commentCount"], "commentStatus": item["itemCommentStatus"],
        "isOriginal": false, "isOfficial": false, "isActivityItem": false, "secret": false, "forFriend": false,
        "liked": false, "showNotPass": false, "warnInfo": [], "isAd": item["isAd"],

    })
}

fn author_infos(author: &Value) -> Value {
    json!({
        "userId": author["id"], "secUid": author["secUid"], "uniqueId": author["uniqueId"], "nickName": author["nickname"],
        "signature": author["signature"], "verified": author["verified"], "covers": [author["avatarThumb"]],
        "coversMedium": [author["avatarMedium"]], "coversLarger": [author["avatarLarger"]], "isSecret": false,
    })
}

fn author_stats(stats: &Value, embed: Embed) -> Value {
    let hearts = &stats["heartCount"];
    json!({
        "followerCount": stats["followerCount"], "followingCount": stats["followingCount"],
        "videoCount": stats["videoCount"], "diggCount": stats["diggCount"],
        "heartCount": if embed == Embed::HeartText { json!(bare(hearts)) } else { hearts.clone() },
    })
}

/// Without a sound the part is empty.
fn music_infos(music: &Value) -> Value {
    if music.is_null() {
        return json!({});
    }
    json!({
        "musicId": music["id"], "musicName": music["title"], "authorName": music["authorName"],
        "original": music["original"], "playUrl": [music["playUrl"]], "covers": [music["coverThumb"]],
        "coversMedium": [music["coverMedium"]], "coversLarger": [music["coverLarge"]],
    })
}

/// Capitalised here, unlike everywhere else.
fn text_extra(tag: &str, extra: &Value) -> Value {
    let own = extra["hashtagName"] == tag;
    json!({
        "AwemeId": "", "Start": extra["start"], "End": extra["end"], "HashtagName": extra["hashtagName"],
        "HashtagId": if own { challenge_id(tag).to_string() } else { String::new() },
        "Type": extra["type"], "UserId": extra["userId"].as_str().unwrap_or_default(), "IsCommerce": false,
    })
}

/// The page of something that is not there.
fn failed(route: &str) -> Value {
    json!({"route": route, "link": route, "isReady": false, "isError": true, "errorCode": 0, "errorStatus": 404})
}

fn state(route: &str, data: &Value) -> String {
    let state = json!({
        "frontity": {"name": "embed", "mode": "default"}, "router": {"link": route, "state": {}},
        "source": {"data": {route: data}, "isFetching": false},
    });
    shell(&format!(
        r#"<script id="__FRONTITY_CONNECT_STATE__" type="application/json">{}</script>"#,
        state.to_string().replace("</", "<\\u002F")
    ))
}

fn shell(script: &str) -> String {
    format!(
        r#"<!doctype html><html lang="en"><head><meta charset="utf-8"><title>TikTok Embed</title></head><body><div id="root"></div>{script}</body></html>"#
    )
}

/// The path of a hashtag's page, its name encoded.
pub(crate) fn encoded(name: &str) -> String {
    utf8_percent_encode(name, NON_ALPHANUMERIC)
        .to_string()
        .replace("%5F", "_")
}

/// Ids are text, also where a saved item has a number.
fn id(item: &Value) -> String {
    bare(&item["id"])
}

/// A number or a text without its quotes.
fn bare(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn plays(item: &Value) -> u64 {
    let exact = item["statsV2"]["playCount"]
        .as_str()
        .and_then(|count| count.parse().ok());
    exact
        .or_else(|| item["stats"]["playCount"].as_u64())
        .unwrap_or(0)
}

/// Where a video was made: the word of the item itself, else, if the item is ours, an invention.
fn place(item: &Value, feed: Feed<'_>) -> Value {
    const PLACES: [&str; 6] = ["US", "VN", "DE", "EG", "JP", "BR"];
    match feed {
        Feed::Saved(_) => item["locationCreated"].clone(),
        Feed::Cast { .. } => json!(Dice::new(hash(&id(item))).pick(&PLACES)),
    }
}

fn list(list: &Value, each: impl Fn(&Value) -> Value) -> Vec<Value> {
    list.as_array().into_iter().flatten().map(each).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEED: Feed<'_> = Feed::Cast {
        tag: "cats",
        items: 300,
        odd: false,
    };

    fn data(page: &str, route: &str) -> Value {
        let (_, rest) = page.split_once(r#"type="application/json">"#).unwrap();
        let state: Value = serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap();
        state["source"]["data"][route].clone()
    }

    fn tag_data(embed: Embed) -> Value {
        data(
            &tag_page("/embed/tag/cats", "cats", embed, FEED, 300),
            "/embed/tag/cats",
        )
    }

    #[test]
    fn a_hashtags_page_holds_the_first_ten() {
        let data = tag_data(Embed::Plain);
        let ids: Vec<String> = data["videoList"]
            .as_array()
            .unwrap()
            .iter()
            .map(id)
            .collect();
        assert_eq!(
            ids,
            (0..10)
                .map(|index| id(&FEED.json(index)))
                .collect::<Vec<_>>()
        );
        assert_eq!(data["embedInfo"]["id"], challenge_id("cats").to_string());
        assert_eq!(data["embedInfo"]["videoCount"], "300");
    }

    #[test]
    fn variants_differ_as_they_say() {
        let timed = |embed| {
            tag_data(embed)["videoList"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|entry| entry["createTime"].is_u64())
                .count()
        };
        assert_eq!((timed(Embed::Plain), timed(Embed::NoTime)), (8, 0));
        assert_eq!(tag_data(Embed::Unknown)["isError"], true);
        assert!(!tag_page("/embed/tag/cats", "cats", Embed::Bare, FEED, 300).contains("FRONTITY"));
    }

    #[test]
    fn a_videos_page_says_what_its_item_says() {
        for index in 0..30 {
            let item = FEED.json(index);
            let data = data(
                &video_page("/embed/v2/1", "cats", Embed::HeartText, FEED, index),
                "/embed/v2/1",
            );
            let data = &data["videoData"];
            assert_eq!(data["itemInfos"]["text"], item["desc"]);
            assert_eq!(
                data["itemInfos"]["createTime"],
                item["createTime"].to_string()
            );
            assert_eq!(data["authorInfos"]["nickName"], item["author"]["nickname"]);
            assert!(data["authorStats"]["heartCount"].is_string());
            assert_eq!(data["imagePostInfo"].is_null(), item["imagePost"].is_null());
            assert!(
                data["itemInfos"]["locationCreated"]
                    .as_str()
                    .is_some_and(|place| place.len() == 2)
            );
        }
    }

    #[test]
    fn names_are_encoded_once() {
        assert_eq!(encoded("köln_2"), "k%C3%B6ln_2");
    }
}
