//! The embed pages: the tag page's short entries and the video page's `videoData`, whose structs
//! are the site's of 2020. Where both halves speak, the video page wins.

use serde::Deserialize;

use super::from_web::{ImagePost, Warning, risk_infos};
use super::lenient::{
    Count, Country, Flag, Id, Int, List, Media, Moment, Obj, OwnId, Text, Word, read,
};
use super::share_info::video_page;
use super::status::private_status;
use super::text_extra::fill_hashtag_ids;
use super::{
    Asset, Author, Challenge, Collection, DuetInfo, Malformed, Mapped, Music, Question, RawItem,
    Record, ShareInfo, Sighting, Statistics, Status, TextExtra, Video, is_hash_tag, known,
};

/// Both halves as the embed lane joins them.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Halves {
    list_entry: Obj<Entry>,
    video_data: Obj<VideoData>,
}

/// An entry of the tag page's `videoList`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Entry {
    id: OwnId,
    desc: Text,
    /// Only in some entries.
    create_time: Moment,
    height: Count,
    width: Count,
    ratio: Word,
    cover_url: Media,
    origin_cover_url: Media,
    dynamic_cover_url: Media,
    play_addr: Media,
    play_count: Count,
    private_item: Flag,
    author_unique_id: Word,
}

/// `videoData` of a video's embed page.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct VideoData {
    item_infos: Obj<ItemInfos>,
    author_infos: Obj<AuthorInfos>,
    author_stats: Obj<AuthorStats>,
    music_infos: Obj<MusicInfos>,
    challenge_info_list: List<ChallengeInfo>,
    /// A bare id.
    duet_info: Id,
    text_extra: List<Mark>,
    image_post_info: Obj<ImagePost>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ItemInfos {
    id: OwnId,
    text: Text,
    create_time: Moment,
    author_id: Id,
    music_id: Id,
    location_created: Country,
    covers: Media,
    covers_origin: Media,
    covers_dynamic: Media,
    video: Obj<Film>,
    play_count: Count,
    digg_count: Count,
    comment_count: Count,
    share_count: Count,
    comment_status: Int,
    secret: Flag,
    for_friend: Flag,
    show_not_pass: Flag,
    is_ad: Flag,
    is_official: Flag,
    is_original: Flag,
    warn_info: List<Warning>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Film {
    urls: Media,
    video_meta: Obj<VideoMeta>,
}

/// `videoMeta`; its `ratio` repeats the duration and is left out.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct VideoMeta {
    width: Count,
    height: Count,
    /// Whole seconds.
    duration: Count,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct AuthorInfos {
    user_id: Id,
    unique_id: Word,
    /// A capital N here alone.
    nick_name: Text,
    sec_uid: Word,
    signature: Text,
    verified: Flag,
    covers: Media,
    covers_medium: Media,
    covers_larger: Media,
}

/// `authorStats`; `heartCount` is a text at times.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct AuthorStats {
    follower_count: Count,
    following_count: Count,
    heart_count: Count,
    video_count: Count,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct MusicInfos {
    music_id: Id,
    music_name: Text,
    author_name: Text,
    /// An empty text at times.
    original: Flag,
    play_url: Media,
    covers: Media,
    covers_medium: Media,
    covers_larger: Media,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ChallengeInfo {
    challenge_id: Id,
    challenge_name: Word,
    text: Text,
}

/// One of `textExtra`, capitalised unlike everywhere else.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Mark {
    start: Count,
    end: Count,
    hashtag_name: Text,
    hashtag_id: Id,
    #[serde(rename = "Type")]
    kind: Int,
    user_id: Id,
    is_commerce: Flag,
    aweme_id: Id,
}

/// Maps both halves of an embedded video.
pub(super) fn record(raw: &RawItem, sighting: &Sighting<'_>) -> Result<Mapped, Malformed> {
    let (halves, oddities): (Halves, u32) = read(&raw.json)?;
    if halves.list_entry.0.is_none() && halves.video_data.0.is_none() {
        return Err(Malformed::NotAnObject);
    }
    let record = halves.record(raw, sighting)?;
    Ok(Mapped {
        record: Box::new(record),
        oddities,
    })
}

impl Halves {
    fn record(self, raw: &RawItem, sighting: &Sighting<'_>) -> Result<Record, Malformed> {
        let entry = self.list_entry.or_empty();
        let data = self.video_data.or_empty();
        let item = data.item_infos.or_empty();
        let statistics = item.statistics(&entry);
        let status = item.status(&entry);
        let id = item.id.0.or(entry.id.0).ok_or(Malformed::NoId)?;
        let mut collection = Collection::new(raw, sighting);
        let create_time = collection.create_time(item.create_time.0.or(entry.create_time.0), &id);
        let (cha_list, text_extra) = tags_and_marks(data.challenge_info_list, data.text_extra);
        let image_post_info = data.image_post_info.or_empty().image_post_info();
        let account = data.author_infos.or_empty();
        let author = account.author(
            data.author_stats.or_empty(),
            entry.author_unique_id,
            item.author_id,
        );
        let handle = author
            .as_ref()
            .and_then(|author| author.unique_id.as_deref());
        let film = item.video.or_empty();
        let covers = [
            item.covers.asset().or_else(|| entry.cover_url.asset()),
            item.covers_origin
                .asset()
                .or_else(|| entry.origin_cover_url.asset()),
            item.covers_dynamic
                .asset()
                .or_else(|| entry.dynamic_cover_url.asset()),
        ];
        let sizes = [entry.height.0, entry.width.0];
        let video = film.video(covers, sizes, entry.play_addr, entry.ratio, &mut collection);
        Ok(Record {
            input: sighting.query.map(Question::from),
            desc: item.text.0.or(entry.desc.0),
            desc_language: None,
            region: item.location_created.0,
            create_time,
            is_hash_tag: is_hash_tag(sighting),
            cha_list,
            text_extra,
            label_top: None,
            playlist_info: None,
            music: data.music_infos.or_empty().music(item.music_id),
            added_sound_music_info: None,
            video,
            statistics,
            share_info: ShareInfo {
                share_title: None,
                share_desc: None,
                share_url: video_page(handle, &id, image_post_info.is_some()),
            },
            status,
            aweme_acl: None,
            video_control: None,
            risk_infos: risk_infos(item.warn_info),
            image_post_info,
            poi_info: None,
            is_ads: item.is_ad.0,
            aigc_info: None,
            anchors: None,
            effect_stickers: None,
            interaction_stickers: None,
            cla_info: None,
            commerce_info: None,
            duet_info: data.duet_info.0.map(|id| DuetInfo::from_id(Some(id))),
            suggest_words: None,
            diversification_labels: None,
            is_top: None,
            item_mute: None,
            is_original_item: item.is_original.0,
            is_official_item: item.is_official.0,
            mask_type: None,
            content_desc: None,
            collection,
            raw: None,
            author,
            aweme_id: id,
        })
    }
}

impl ItemInfos {
    fn statistics(&self, entry: &Entry) -> Option<Statistics> {
        known(Statistics {
            play_count: self.play_count.0.or(entry.play_count.0),
            digg_count: self.digg_count.0,
            comment_count: self.comment_count.0,
            share_count: self.share_count.0,
            ..Statistics::default()
        })
    }

    fn status(&self, entry: &Entry) -> Option<Status> {
        let is_private = self.secret.0.or(entry.private_item.0);
        known(Status {
            allow_comment: self.comment_status.0.map(|status| status == 0),
            private_status: private_status(is_private, self.for_friend.0),
            is_prohibited: self.show_not_pass.0,
            ..Status::default()
        })
    }
}

impl AuthorInfos {
    fn author(self, stats: AuthorStats, handle: Word, id: Id) -> Option<Author> {
        known(Author {
            uid: self.user_id.0.or(id.0),
            unique_id: self.unique_id.0.or(handle.0),
            nickname: self.nick_name.0,
            signature: self.signature.0,
            avatar_thumb: self.covers.asset(),
            avatar_medium: self.covers_medium.asset(),
            avatar_larger: self.covers_larger.asset(),
            sec_uid: self.sec_uid.0,
            verified: self.verified.0,
            follower_count: stats.follower_count.0,
            following_count: stats.following_count.0,
            total_favorited: stats.heart_count.0,
            aweme_count: stats.video_count.0,
            ..Author::default()
        })
    }
}

impl MusicInfos {
    fn music(self, id: Id) -> Option<Music> {
        known(Music {
            id: self.music_id.0.or(id.0),
            title: self.music_name.0,
            author: self.author_name.0,
            play_url: self.play_url.asset(),
            is_original_sound: self.original.0,
            cover_thumb: self.covers.asset(),
            cover_medium: self.covers_medium.asset(),
            cover_large: self.covers_larger.asset(),
            ..Music::default()
        })
    }
}

impl Film {
    /// The picture; `sizes` (height, width), address and ratio are the tag page's.
    fn video(
        self,
        covers: [Option<Asset>; 3],
        sizes: [Option<u64>; 2],
        play_addr: Media,
        ratio: Word,
        collection: &mut Collection,
    ) -> Option<Video> {
        let meta = self.video_meta.or_empty();
        let [cover, origin_cover, dynamic_cover] = covers;
        known(Video {
            duration: collection.whole_seconds(meta.duration.0),
            height: meta.height.0.or(sizes[0]),
            width: meta.width.0.or(sizes[1]),
            cover,
            play_addr: self.urls.file().or_else(|| play_addr.file()),
            ratio: ratio.0,
            origin_cover,
            dynamic_cover,
            ..Video::default()
        })
    }
}

fn tags_and_marks(
    challenges: List<ChallengeInfo>,
    marks: List<Mark>,
) -> (Option<Vec<Challenge>>, Option<Vec<TextExtra>>) {
    let cha_list = challenges.map(ChallengeInfo::challenge);
    let mut text_extra = marks.map(Mark::text_extra);
    if let (Some(extras), Some(challenges)) = (&mut text_extra, &cha_list) {
        fill_hashtag_ids(extras, challenges);
    }
    (cha_list, text_extra)
}

impl ChallengeInfo {
    fn challenge(self) -> Challenge {
        Challenge::new(
            self.challenge_name.0,
            self.challenge_id.0,
            self.text.0,
            None,
        )
    }
}

impl Mark {
    fn text_extra(self) -> TextExtra {
        TextExtra {
            start: self.start.0,
            end: self.end.0,
            hashtag_name: self.hashtag_name.0,
            hashtag_id: self.hashtag_id.0,
            kind: self.kind.0,
            user_id: self.user_id.0,
            is_commerce: self.is_commerce.0,
            aweme_id: self.aweme_id.0,
            ..TextExtra::default()
        }
    }
}

#[cfg(test)]
mod tests;
