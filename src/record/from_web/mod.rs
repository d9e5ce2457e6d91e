//! The site's camel-case items: lists of 2019 to 2026, video pages, and SIGI's variant, where
//! the author is a bare handle and the account stands beside the item.

mod author;
mod extras;
mod music;
mod reading;
mod text;
mod video;

#[cfg(test)]
mod tests;

use serde::Deserialize;

use super::lenient::{
    Count, Country, Flag, Given, Id, Int, Language, List, Media, Moment, Obj, ObjOrName, OwnId,
    Text, Texts, Word, read,
};
use super::share_info::video_page;
use super::status::private_status;
use super::{
    AigcInfo, Collection, CommerceInfo, Malformed, Mapped, PlaylistInfo, Question, RawItem, Record,
    ShareInfo, Sighting, Statistics, Status, VideoControl, is_hash_tag, known,
};
use author::{Account, AccountStats, Inline, Owner, owner};
use extras::{Duet, Effect, Link, Overlay, Place, Suggestions};
use music::{Sound, music};
use text::{Caption, Hashtag, Mark, Paragraph, caption};
use video::{Film, Picture, film};

pub(super) use extras::{ImagePost, Warning, risk_infos};
pub use reading::Reading;

/// An item of `itemList`, `ItemModule` or `itemStruct`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Item {
    id: OwnId,
    create_time: Moment,
    location_created: Country,

    desc: Text,
    text_language: Language,
    contents: List<Paragraph>,
    challenges: List<Hashtag>,
    text_extra: List<Mark>,

    author: ObjOrName<Box<Account>>,
    author_id: Id,
    author_sec_id: Word,
    nickname: Text,
    avatar_thumb: Media,
    download_setting: Int,
    author_stats: Obj<AccountStats>,
    author_stats_v2: Obj<AccountStats>,

    music: Obj<Box<Sound>>,
    video: Obj<Box<Picture>>,
    stats: Obj<Stats>,
    stats_v2: Obj<Stats>,

    item_comment_status: Int,
    share_enabled: Flag,
    private_item: Flag,
    /// Older name of `privateItem`.
    secret: Flag,
    for_friend: Flag,
    is_reviewing: Flag,
    take_down: Flag,
    show_not_pass: Flag,
    duet_enabled: Flag,
    stitch_enabled: Flag,
    warn_info: List<Warning>,

    playlist_id: Id,
    playlist: Obj<Playlist>,
    mix_info: Obj<Playlist>,
    image_post: Obj<ImagePost>,
    poi: Obj<Place>,
    effect_stickers: List<Effect>,
    stickers_on_item: List<Overlay>,
    anchors: List<Link>,
    duet_info: Obj<Duet>,
    video_suggest_words_list: Obj<Suggestions>,
    suggested_words: Texts,
    diversification_labels: Texts,

    is_ad: Flag,
    ad_authorization: Flag,
    #[serde(rename = "isECVideo")]
    is_ec_video: Flag,
    aigc_label_type: Int,
    #[serde(rename = "IsAigc")]
    is_aigc: Flag,
    #[serde(rename = "AIGCDescription")]
    aigc_description: Text,
    is_pinned_item: Flag,
    item_mute: Flag,
    original_item: Flag,
    /// Their spelling.
    offical_item: Flag,
    mask_type: Int,

    live_room_info: Obj<Presence>,
    room: Obj<Presence>,
    #[serde(rename = "CategoryType")]
    category_type: Int,

    /// Keys of other shapes, which no item of the site has.
    #[serde(rename = "aweme_id")]
    aweme_id: Given,
    #[serde(rename = "create_time")]
    aweme_time: Given,
    statistics: Given,
    item_infos: Given,
    list_entry: Given,
}

/// `statsV2` (exact, texts; lists of 2024 on) and `stats` (rounded).
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Stats {
    play_count: Count,
    digg_count: Count,
    comment_count: Count,
    share_count: Count,
    collect_count: Count,
    repost_count: Count,
}

/// `playlist` of a video page, `mixInfo` of the mobile share page (2026).
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Playlist {
    mix_id: Id,
    mix_name: Text,
    video_count: Count,
}

/// An object that only matters by being there.
#[derive(Debug, Default, Deserialize)]
struct Presence {}

/// What the same answer says outside the item.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Beside {
    user: Obj<Account>,
    stats: Obj<AccountStats>,
    share_meta: Obj<ShareMeta>,
}

/// `shareMeta`, beside `itemInfo` on detail answers.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ShareMeta {
    title: Text,
    desc: Text,
}

/// Maps an item of the site.
pub(super) fn record(raw: &RawItem, sighting: &Sighting<'_>) -> Result<Mapped, Malformed> {
    record_of(read(&raw.json)?, raw, sighting)
}

/// An item with the number of its values that cannot be used.
type Read = (Box<Item>, u32);

fn record_of(
    (item, oddities): Read,
    raw: &RawItem,
    sighting: &Sighting<'_>,
) -> Result<Mapped, Malformed> {
    if item.is_live_room() {
        return Err(Malformed::LiveRoom);
    }
    let (beside, odd_beside) = beside(raw);
    let record = item.record(beside, raw, sighting)?;
    Ok(Mapped {
        record,
        oddities: oddities + odd_beside,
    })
}

/// What stands beside is a help, never a reason to lose the item.
fn beside(raw: &RawItem) -> (Beside, u32) {
    let Some(json) = &raw.beside else {
        return Default::default();
    };
    read(json.get()).unwrap_or_else(|_| (Beside::default(), 1))
}

impl Item {
    /// Whether what it has and lacks makes it an item of the site and of no other shape.
    fn is_plain(&self) -> bool {
        let others = [
            &self.aweme_id,
            &self.aweme_time,
            &self.statistics,
            &self.item_infos,
            &self.list_entry,
        ];
        let is_other = others.into_iter().any(|key| key.0);
        self.id.0.is_some() && self.video.0.is_some() && !is_other
    }

    fn is_live_room(&self) -> bool {
        let is_room = self.room.0.is_some() && self.category_type.0.is_none();
        self.live_room_info.0.is_some() || is_room
    }

    fn status(&self) -> Option<Status> {
        let is_private = self.private_item.0.or(self.secret.0);
        known(Status {
            allow_comment: self.item_comment_status.0.map(|status| status == 0),
            allow_share: self.share_enabled.0,
            private_status: private_status(is_private, self.for_friend.0),
            is_delete: self.take_down.0,
            is_prohibited: self.show_not_pass.0,
            in_reviewing: self.is_reviewing.0,
            ..Status::default()
        })
    }

    fn record(
        self: Box<Self>,
        beside: Beside,
        raw: &RawItem,
        sighting: &Sighting<'_>,
    ) -> Result<Box<Record>, Malformed> {
        let status = self.status();
        let id = self.id.0.ok_or(Malformed::NoId)?;
        let mut collection = Collection::new(raw, sighting);
        let Caption {
            desc,
            content_desc,
            cha_list,
            text_extra,
        } = caption(self.desc, self.contents, self.challenges, self.text_extra);
        let inline = Inline {
            id: self.author_id.0,
            sec_uid: self.author_sec_id.0,
            nickname: self.nickname.0,
            avatar_thumb: self.avatar_thumb,
            download_setting: self.download_setting.0,
        };
        let stats = [self.author_stats_v2, self.author_stats, beside.stats];
        let Owner {
            author,
            download_setting,
        } = owner(self.author, beside.user, inline, stats);
        let handle = author
            .as_ref()
            .and_then(|author| author.unique_id.as_deref());
        let create_time = collection.create_time(self.create_time.0, &id);
        let Film {
            video,
            cla_info,
            can_be_fetched,
        } = film(*self.video.or_empty(), &mut collection);
        let image_post_info = self.image_post.or_empty().image_post_info();
        let video_control = known(VideoControl {
            allow_download: download_setting
                .zip(can_be_fetched)
                .map(|(setting, can_be_fetched)| setting == 0 && can_be_fetched),
            allow_duet: self.duet_enabled.0,
            allow_stitch: self.stitch_enabled.0,
            ..VideoControl::default()
        });
        let share_meta = beside.share_meta.or_empty();
        Ok(Box::new(Record {
            input: sighting.query.map(Question::from),
            desc,
            desc_language: self.text_language.0,
            region: self.location_created.0,
            create_time,
            is_hash_tag: is_hash_tag(sighting),
            cha_list,
            text_extra,
            label_top: None,
            playlist_info: playlist(self.playlist_id, [self.playlist, self.mix_info]),
            music: music(*self.music.or_empty(), handle),
            added_sound_music_info: None,
            video,
            statistics: statistics(self.stats_v2.or_empty(), self.stats.or_empty()),
            share_info: ShareInfo {
                share_title: share_meta.title.0,
                share_desc: share_meta.desc.0,
                share_url: video_page(handle, &id, image_post_info.is_some()),
            },
            status,
            aweme_acl: None,
            video_control,
            risk_infos: risk_infos(self.warn_info),
            image_post_info,
            poi_info: self.poi.or_empty().poi_info(),
            is_ads: self.is_ad.0,
            aigc_info: known(AigcInfo {
                aigc_label_type: self.aigc_label_type.0,
                created_by_ai: self.is_aigc.0,
                description: self.aigc_description.0,
            }),
            anchors: self.anchors.map(Link::anchor),
            effect_stickers: self.effect_stickers.map(Effect::effect_sticker),
            interaction_stickers: self.stickers_on_item.map(Overlay::interaction_sticker),
            cla_info,
            commerce_info: known(CommerceInfo {
                branded_content_type: None,
                ad_authorization: self.ad_authorization.0,
                is_ec_video: self.is_ec_video.0,
            }),
            duet_info: self.duet_info.0.map(Duet::duet_info),
            suggest_words: self
                .video_suggest_words_list
                .or_empty()
                .words()
                .or(self.suggested_words.0),
            diversification_labels: self.diversification_labels.0,
            is_top: self.is_pinned_item.0,
            item_mute: self.item_mute.0,
            is_original_item: self.original_item.0,
            is_official_item: self.offical_item.0,
            mask_type: self.mask_type.0,
            content_desc,
            collection,
            raw: None,
            author,
            aweme_id: id,
        }))
    }
}

/// Exact counts before rounded ones, each for itself.
fn statistics(exact: Stats, rounded: Stats) -> Option<Statistics> {
    known(Statistics {
        play_count: exact.play_count.0.or(rounded.play_count.0),
        digg_count: exact.digg_count.0.or(rounded.digg_count.0),
        comment_count: exact.comment_count.0.or(rounded.comment_count.0),
        share_count: exact.share_count.0.or(rounded.share_count.0),
        collect_count: exact.collect_count.0.or(rounded.collect_count.0),
        repost_count: exact.repost_count.0,
        ..Statistics::default()
    })
}

fn playlist(id: Id, fuller: [Obj<Playlist>; 2]) -> Option<PlaylistInfo> {
    let fuller = fuller.into_iter().find_map(|it| it.0).unwrap_or_default();
    known(PlaylistInfo {
        mix_id: id.0.or(fuller.mix_id.0),
        name: fuller.mix_name.0,
        item_total: fuller.video_count.0,
        index: None,
    })
}
