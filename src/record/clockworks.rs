//! A record in the shape of the best known hosted scraper's data set, for those whose pipelines
//! read that. Only names and units change: what a record does not say is null here too.
//! `docs/migrating.md` maps field to field.

use serde::Serialize;

use super::{
    Asset, Author, CaptionInfo, Challenge, EffectSticker, Music, Record, TextExtra, Video,
    VideoFile,
};
use crate::input::iso_8601;

/// A record in that shape; every key is always there.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Clockworks<'a> {
    id: &'a str,
    text: Option<&'a str>,
    text_language: Option<&'a str>,
    create_time: Option<i64>,
    #[serde(rename = "createTimeISO")]
    create_time_iso: Option<String>,
    location_created: Option<&'a str>,
    is_ad: Option<bool>,
    author_meta: AuthorMeta<'a>,
    music_meta: MusicMeta<'a>,
    web_video_url: &'a str,
    media_urls: Vec<&'a str>,
    video_meta: VideoMeta<'a>,
    digg_count: Option<u64>,
    share_count: Option<u64>,
    play_count: Option<u64>,
    collect_count: Option<u64>,
    comment_count: Option<u64>,
    mentions: Option<Vec<String>>,
    hashtags: Option<Vec<Hashtag<'a>>>,
    effect_stickers: Option<Vec<Effect<'a>>>,
    is_slideshow: bool,
    is_pinned: Option<bool>,
}

#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct AuthorMeta<'a> {
    id: Option<&'a str>,
    name: Option<&'a str>,
    profile_url: Option<String>,
    nick_name: Option<&'a str>,
    verified: Option<bool>,
    signature: Option<&'a str>,
    bio_link: Option<&'a str>,
    original_avatar_url: Option<&'a str>,
    avatar: Option<&'a str>,
    private_account: Option<bool>,
    region: Option<&'a str>,
    following: Option<u64>,
    friends: Option<u64>,
    fans: Option<u64>,
    heart: Option<u64>,
    video: Option<u64>,
    digg: Option<u64>,
}

#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct MusicMeta<'a> {
    music_name: Option<&'a str>,
    music_author: Option<&'a str>,
    music_original: Option<bool>,
    music_album: Option<&'a str>,
    play_url: Option<&'a str>,
    cover_medium_url: Option<&'a str>,
    original_cover_medium_url: Option<&'a str>,
    music_id: Option<&'a str>,
}

#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct VideoMeta<'a> {
    height: Option<u64>,
    width: Option<u64>,
    /// Seconds.
    duration: Option<u64>,
    cover_url: Option<&'a str>,
    original_cover_url: Option<&'a str>,
    definition: Option<&'a str>,
    format: Option<&'a str>,
    subtitle_links: Option<Vec<Subtitle<'a>>>,
    download_addr: Option<&'a str>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Subtitle<'a> {
    language: Option<&'a str>,
    download_link: Option<&'a str>,
    tiktok_link: Option<&'a str>,
    source: Option<&'a str>,
}

#[derive(Debug, Clone, Serialize)]
struct Hashtag<'a> {
    id: Option<&'a str>,
    name: Option<&'a str>,
    title: Option<&'a str>,
    cover: Option<&'a str>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Effect<'a> {
    #[serde(rename = "ID")]
    id: Option<&'a str>,
    name: Option<&'a str>,
    sticker_stats: Option<()>,
}

impl<'a> From<&'a Record> for Clockworks<'a> {
    fn from(record: &'a Record) -> Self {
        let counts = record.statistics.as_ref();
        let captions = record.cla_info.as_ref();
        let captions = captions.and_then(|it| it.caption_infos.as_deref());
        let video = record.video.as_ref();
        Self {
            id: &record.aweme_id,
            text: record.desc.as_deref(),
            text_language: record.desc_language.as_deref(),
            create_time: record.create_time,
            create_time_iso: record.create_time.and_then(iso_8601),
            location_created: record.region.as_deref(),
            is_ad: record.is_ads,
            author_meta: record
                .author
                .as_ref()
                .map(AuthorMeta::of)
                .unwrap_or_default(),
            music_meta: record.music.as_ref().map(MusicMeta::of).unwrap_or_default(),
            web_video_url: &record.share_info.share_url,
            media_urls: media_urls(record),
            video_meta: VideoMeta {
                subtitle_links: captions.map(|it| it.iter().map(Subtitle::of).collect()),
                ..video.map(VideoMeta::of).unwrap_or_default()
            },
            digg_count: counts.and_then(|it| it.digg_count),
            share_count: counts.and_then(|it| it.share_count),
            play_count: counts.and_then(|it| it.play_count),
            collect_count: counts.and_then(|it| it.collect_count),
            comment_count: counts.and_then(|it| it.comment_count),
            mentions: record.text_extra.as_deref().map(mentions),
            hashtags: hashtags(record),
            effect_stickers: record
                .effect_stickers
                .as_deref()
                .map(|it| it.iter().map(Effect::of).collect()),
            is_slideshow: record.image_post_info.is_some(),
            is_pinned: record.is_top,
        }
    }
}

impl<'a> AuthorMeta<'a> {
    fn of(author: &'a Author) -> Self {
        let avatars = [
            &author.avatar_larger,
            &author.avatar_medium,
            &author.avatar_thumb,
        ];
        let avatar = avatars.into_iter().find_map(|it| first(it.as_ref()));
        let name = author.unique_id.as_deref();
        Self {
            id: author.uid.as_deref(),
            name,
            profile_url: name.map(|name| format!("https://www.tiktok.com/@{name}")),
            nick_name: author.nickname.as_deref(),
            verified: author.verified,
            signature: author.signature.as_deref(),
            original_avatar_url: avatar,
            avatar,
            region: author.region.as_deref(),
            following: author.following_count,
            fans: author.follower_count,
            heart: author.total_favorited,
            video: author.aweme_count,
            ..Self::default()
        }
    }
}

impl<'a> MusicMeta<'a> {
    fn of(music: &'a Music) -> Self {
        let cover = first(music.cover_medium.as_ref());
        Self {
            music_name: music.title.as_deref(),
            music_author: music.author.as_deref(),
            music_original: music.is_original_sound,
            music_album: music.album.as_deref(),
            play_url: first(music.play_url.as_ref()),
            cover_medium_url: cover,
            original_cover_medium_url: cover,
            music_id: music.id.as_deref(),
        }
    }
}

impl<'a> VideoMeta<'a> {
    fn of(video: &'a Video) -> Self {
        Self {
            height: video.height,
            width: video.width,
            duration: video.duration.map(|it| it / 1000),
            cover_url: first(video.cover.as_ref()),
            original_cover_url: first(video.origin_cover.as_ref()),
            definition: video.ratio.as_deref(),
            download_addr: file(video.download_addr.as_ref()),
            ..Self::default()
        }
    }
}

impl<'a> Subtitle<'a> {
    fn of(caption: &'a CaptionInfo) -> Self {
        Self {
            language: caption.language.as_deref(),
            download_link: caption.url.as_deref(),
            tiktok_link: caption.url.as_deref(),
            source: caption.source.as_deref(),
        }
    }
}

impl<'a> Hashtag<'a> {
    fn of(challenge: &'a Challenge) -> Self {
        Self {
            id: challenge.cid.as_deref(),
            name: challenge.cha_name.as_deref(),
            title: challenge.desc.as_deref(),
            cover: None,
        }
    }

    /// The hashtag a place in the caption marks, if that is what it marks.
    fn marked(mark: &'a TextExtra) -> Option<Self> {
        Some(Self {
            id: mark.hashtag_id.as_deref(),
            name: Some(mark.hashtag()?),
            title: None,
            cover: None,
        })
    }
}

impl<'a> Effect<'a> {
    fn of(sticker: &'a EffectSticker) -> Self {
        Self {
            id: sticker.id.as_deref(),
            name: sticker.name.as_deref(),
            sticker_stats: None,
        }
    }
}

/// The video's own hashtags, or where those are unknown the ones its caption marks.
fn hashtags(record: &Record) -> Option<Vec<Hashtag<'_>>> {
    let challenges = record.cha_list.as_deref();
    let marks = record.text_extra.as_deref();
    challenges
        .map(|it| it.iter().map(Hashtag::of).collect())
        .or_else(|| marks.map(|it| it.iter().filter_map(Hashtag::marked).collect()))
}

/// The handles of those mentioned, as far as the source gives them.
fn mentions(marks: &[TextExtra]) -> Vec<String> {
    let people = marks.iter().filter(|mark| mark.kind == Some(0));
    let handles = people.filter_map(|mark| mark.user_unique_id.as_deref());
    handles.map(|handle| format!("@{handle}")).collect()
}

/// A photo post's pictures, or the file to play.
fn media_urls(record: &Record) -> Vec<&str> {
    if let Some(post) = &record.image_post_info {
        return post
            .images
            .iter()
            .filter_map(|image| first(Some(image)))
            .collect();
    }
    let video = record.video.as_ref();
    video
        .and_then(|it| file(it.play_addr.as_ref()))
        .into_iter()
        .collect()
}

fn first(asset: Option<&Asset>) -> Option<&str> {
    asset?.url_list.first().map(String::as_str)
}

fn file(file: Option<&VideoFile>) -> Option<&str> {
    file?.url_list.first().map(String::as_str)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Clockworks;
    use crate::record::Shape;
    use crate::record::specimen::{fixture, fixtures, mapped};

    /// The keys its documentation lists.
    const KEYS: &str = "id text textLanguage createTime createTimeISO webVideoUrl diggCount \
        shareCount playCount collectCount commentCount authorMeta musicMeta videoMeta hashtags \
        mentions effectStickers isAd isSlideshow isPinned mediaUrls locationCreated";

    fn shaped(shape: Shape, text: &str) -> Option<Value> {
        let record = mapped(shape, text).ok()?.record;
        Some(serde_json::to_value(Clockworks::from(&*record)).unwrap())
    }

    #[test]
    fn every_key_is_on_every_record() {
        let mut keys: Vec<&str> = KEYS.split_whitespace().collect();
        keys.sort_unstable();
        for (shape, path, text) in fixtures() {
            let Some(row) = shaped(shape, &text) else {
                continue;
            };
            let mut found: Vec<&String> = row.as_object().unwrap().keys().collect();
            found.sort_unstable();
            assert_eq!(found, keys, "{}", path.display());
            for (part, key) in [
                ("authorMeta", "name"),
                ("musicMeta", "musicId"),
                ("videoMeta", "width"),
            ] {
                assert!(
                    row[part].as_object().unwrap().contains_key(key),
                    "{part}.{key}"
                );
            }
        }
    }

    #[test]
    fn what_is_known_stands_where_that_shape_has_it() {
        let row = shaped(Shape::Aweme, &fixture("aweme/seed")).unwrap();
        let record = mapped(Shape::Aweme, &fixture("aweme/seed")).unwrap().record;
        let record = serde_json::to_value(record).unwrap();
        for (theirs, ours) in [
            ("/id", "/aweme_id"),
            ("/text", "/desc"),
            ("/textLanguage", "/desc_language"),
            ("/createTime", "/create_time"),
            ("/locationCreated", "/region"),
            ("/webVideoUrl", "/share_info/share_url"),
            ("/playCount", "/statistics/play_count"),
            ("/diggCount", "/statistics/digg_count"),
            ("/authorMeta/name", "/author/unique_id"),
            ("/authorMeta/nickName", "/author/nickname"),
            ("/musicMeta/musicName", "/music/title"),
            ("/videoMeta/coverUrl", "/video/cover/url_list/0"),
            ("/hashtags/0/name", "/cha_list/0/cha_name"),
            ("/mediaUrls/0", "/video/play_addr/url_list/0"),
        ] {
            let found = row.pointer(theirs);
            assert!(found.is_some_and(|it| !it.is_null()), "{theirs}");
            assert_eq!(found, record.pointer(ours), "{theirs}");
        }
        let seconds = record["video"]["duration"].as_u64().unwrap() / 1000;
        assert_eq!(row["videoMeta"]["duration"], seconds);
        let iso = row["createTimeISO"].as_str().unwrap();
        assert!(iso.len() == 24 && iso.ends_with(".000Z"), "{iso}");
    }

    #[test]
    fn people_pictures_and_marks_take_their_forms() {
        let item = json!({
            "id": "42", "isPinnedItem": true,
            "textExtra": [
                {"type": 0, "userUniqueId": "mira"}, {"type": 1, "hashtagName": "été", "hashtagId": "7"},
                {"type": 5, "hashtagName": "@other"},
            ],
            "imagePost": {"images": [{"imageURL": {"urlList": ["https://e.example/1"]}}]},
            "effectStickers": [{"ID": "9", "name": "glow"}],
        });
        let row = shaped(Shape::Web, &item.to_string()).unwrap();
        assert_eq!(row["mentions"], json!(["@mira"]));
        let hashtag = json!({"id": "7", "name": "été", "title": null, "cover": null});
        assert_eq!(row["hashtags"], json!([hashtag]));
        assert_eq!(row["mediaUrls"], json!(["https://e.example/1"]));
        assert_eq!(
            row["effectStickers"],
            json!([{"ID": "9", "name": "glow", "stickerStats": null}])
        );
        assert_eq!(
            (&row["isSlideshow"], &row["isPinned"]),
            (&json!(true), &json!(true))
        );
        assert_eq!(
            (&row["createTimeISO"], &row["isAd"]),
            (&Value::Null, &Value::Null)
        );
        assert_eq!(row["authorMeta"]["fans"], Value::Null);
    }
}
