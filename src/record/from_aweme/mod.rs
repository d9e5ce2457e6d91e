//! The mobile app's snake-case objects, 2021 to 2026, as gateways hand them on; also the reduced
//! rows of one gateway (`id`, ISO times, bare picture addresses) and Douyin's bodies.

mod author;
mod control;
mod extras;
mod music;
mod text;
mod video;

#[cfg(test)]
mod tests;

use serde::Deserialize;

use super::lenient::{
    Count, Country, Flag, Id, Int, Language, List, Media, Moment, Obj, Pictures, Text, Word, read,
};
use super::share_info::video_page;
use super::{
    Collection, DuetInfo, Malformed, Mapped, Question, RawItem, Record, ShareInfo, Sighting,
    Statistics, is_hash_tag, known,
};
use author::{Account, author};
use control::{Acl, Control, Risk, State};
use extras::{
    Aigc, Commerce, Effect, ImagePost, Link, Overlay, Place, Playlist, Suggestions,
    effect_stickers, image_post_info,
};
use music::Sound;
use text::{Hashtag, Mark, tags_and_marks};
use video::{Picture, film};

/// An entry of `aweme_list`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Aweme {
    aweme_id: Id,
    /// The id in the reduced rows of a gateway.
    id: Id,
    desc: Text,
    desc_language: Language,
    content_desc: Text,
    region: Country,
    create_time: Moment,
    is_hash_tag: Flag,
    cha_list: List<Hashtag>,
    text_extra: List<Mark>,
    label_top: Media,
    playlist_info: Obj<Playlist>,
    mix_info: Obj<Playlist>,
    author: Obj<Account>,
    author_user_id: Id,
    music: Obj<Sound>,
    added_sound_music_info: Obj<Sound>,
    video: Obj<Picture>,
    duration: Count,
    statistics: Obj<Stats>,
    share_info: Obj<Share>,
    status: Obj<State>,
    item_comment_settings: Int,
    aweme_acl: Obj<Acl>,
    video_control: Obj<Control>,
    risk_infos: Obj<Risk>,
    image_post_info: Obj<ImagePost>,
    images: Pictures,
    poi_info: Obj<Place>,
    poi_data: Obj<Place>,
    is_ads: Flag,
    /// The gateways' spelling.
    is_ad: Flag,
    aigc_info: Obj<Aigc>,
    anchors: List<Link>,
    sticker_detail: Obj<Effect>,
    stickers: Word,
    interaction_stickers: List<Overlay>,
    commerce_info: Obj<Commerce>,
    duet_aweme_id: Id,
    suggest_words: Obj<Suggestions>,
    is_top: Flag,
    live_room_info: Obj<Presence>,
    room: Obj<Presence>,
}

/// `statistics` of an aweme.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Stats {
    /// An exact twin of the aweme's own id.
    aweme_id: Id,
    play_count: Count,
    digg_count: Count,
    comment_count: Count,
    share_count: Count,
    collect_count: Count,
    repost_count: Count,
    download_count: Count,
    forward_count: Count,
    whatsapp_share_count: Count,
    lose_count: Count,
}

/// `share_info` of an aweme; its address carries tracking and is derived anew.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Share {
    share_title: Text,
    share_desc: Text,
}

/// An object that only matters by being there.
#[derive(Debug, Default, Deserialize)]
struct Presence {}

/// Maps an entry of the app.
pub(super) fn record(raw: &RawItem, sighting: &Sighting<'_>) -> Result<Mapped, Malformed> {
    let (aweme, oddities): (Aweme, u32) = read(&raw.json)?;
    if aweme.live_room_info.0.is_some() || aweme.room.0.is_some() {
        return Err(Malformed::LiveRoom);
    }
    let record = aweme.record(raw, sighting)?;
    Ok(Mapped {
        record: Box::new(record),
        oddities,
    })
}

impl Aweme {
    fn record(self, raw: &RawItem, sighting: &Sighting<'_>) -> Result<Record, Malformed> {
        let stats = self.statistics.or_empty();
        let id = self
            .aweme_id
            .0
            .or(self.id.0)
            .or_else(|| stats.aweme_id.0.clone())
            .ok_or(Malformed::NoId)?;
        let mut collection = Collection::new(raw, sighting);
        let create_time = collection.create_time(self.create_time.0, &id);
        let author = author(self.author.or_empty(), self.author_user_id);
        let handle = author
            .as_ref()
            .and_then(|author| author.unique_id.as_deref());
        let (cha_list, text_extra) = tags_and_marks(self.cha_list, self.text_extra);
        let (video, cla_info) = film(self.video.or_empty(), self.duration);
        let image_post_info = image_post_info(self.image_post_info.or_empty(), self.images);
        let playlist_info = self.playlist_info.or_empty().playlist_info();
        let poi_info = self.poi_info.or_empty().poi_info();
        let share = self.share_info.or_empty();
        Ok(Record {
            input: sighting.query.map(Question::from),
            desc: self.desc.0,
            desc_language: self.desc_language.0,
            region: self.region.0,
            create_time,
            is_hash_tag: self
                .is_hash_tag
                .0
                .map(i64::from)
                .or_else(|| is_hash_tag(sighting)),
            cha_list,
            text_extra,
            label_top: self.label_top.asset(),
            playlist_info: playlist_info.or_else(|| self.mix_info.or_empty().playlist_info()),
            music: self.music.or_empty().music(),
            added_sound_music_info: self.added_sound_music_info.or_empty().music(),
            video,
            statistics: stats.statistics(),
            share_info: ShareInfo {
                share_title: share.share_title.0,
                share_desc: share.share_desc.0,
                share_url: video_page(handle, &id, image_post_info.is_some()),
            },
            status: self.status.or_empty().status(self.item_comment_settings),
            aweme_acl: self.aweme_acl.or_empty().aweme_acl(),
            video_control: self.video_control.or_empty().video_control(),
            risk_infos: self.risk_infos.or_empty().risk_infos(),
            image_post_info,
            poi_info: poi_info.or_else(|| self.poi_data.or_empty().poi_info()),
            is_ads: self.is_ads.0.or(self.is_ad.0),
            aigc_info: self.aigc_info.or_empty().aigc_info(),
            anchors: self.anchors.map(Link::anchor),
            effect_stickers: effect_stickers(self.sticker_detail, self.stickers),
            interaction_stickers: self.interaction_stickers.map(Overlay::interaction_sticker),
            cla_info,
            commerce_info: self.commerce_info.or_empty().commerce_info(),
            duet_info: self.duet_aweme_id.0.map(|id| DuetInfo::from_id(Some(id))),
            suggest_words: self.suggest_words.or_empty().words(),
            diversification_labels: None,
            is_top: self.is_top.0,
            item_mute: None,
            is_original_item: None,
            is_official_item: None,
            mask_type: None,
            content_desc: self.content_desc.0,
            collection,
            raw: None,
            author,
            aweme_id: id,
        })
    }
}

impl Stats {
    fn statistics(self) -> Option<Statistics> {
        let digg_count = self.digg_count.0;
        known(Statistics {
            play_count: self
                .play_count
                .0
                .filter(|plays| *plays > 0 || digg_count.is_none_or(|it| it == 0)),
            digg_count,
            comment_count: self.comment_count.0,
            share_count: self.share_count.0,
            collect_count: self.collect_count.0,
            repost_count: self.repost_count.0,
            download_count: self.download_count.0,
            forward_count: self.forward_count.0,
            whatsapp_share_count: self.whatsapp_share_count.0,
            lose_count: self.lose_count.0,
        })
    }
}
