//! What we give out: one [`Record`] a video and hashtag, in TikTok's own mobile *aweme* shape.
//! Each `from_*` room holds the wire structs of one remote shape and their conversion, nothing
//! else; conversions are pure: no I/O, no clock, no logging.

mod asset;
mod author;
mod captions;
mod challenge;
mod clockworks;
mod collection;
mod control;
mod fields;
mod from_aweme;
mod from_embed;
mod from_web;
mod hashtags;
mod image_post;
mod label;
mod lenient;
mod music;
mod place;
mod playlist;
mod question;
mod raw;
mod risk_infos;
mod schema;
mod share_info;
mod statistics;
mod status;
mod sticker;
mod text_extra;
mod video;
mod wanted;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod specimen;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

pub use asset::{Asset, VideoFile};
pub use author::Author;
pub use captions::{CaptionInfo, ClaInfo};
pub use challenge::{Challenge, ChallengeShare};
pub use clockworks::Clockworks;
pub use collection::Collection;
pub use control::{AccessRule, AwemeAcl, VideoControl};
pub use fields::{Field, Kind};
pub use from_web::Reading;
pub use image_post::ImagePostInfo;
pub use label::{AigcInfo, Anchor, CommerceInfo, DuetInfo};
pub use music::Music;
pub use place::PoiInfo;
pub use playlist::PlaylistInfo;
pub use question::Question;
pub use raw::{Lane, Malformed, RawItem, Shape, Sighting};
pub use risk_infos::RiskInfos;
pub use schema::SCHEMA_VERSION;
pub use share_info::ShareInfo;
pub use statistics::Statistics;
pub use status::{ReviewResult, Status};
pub use sticker::{EffectSticker, InteractionSticker};
pub use text_extra::TextExtra;
pub use video::{BitRate, Video};
pub use wanted::Wanted;

/// One video seen under one hashtag.
///
/// Every key is always there, in this order. Null means unknown; zero means the source said zero
/// and meant it. Ids are texts, times epoch seconds, no number is above 2^53.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Record {
    /// The question this record answers; null for files imported without a name.
    pub input: Option<Question>,
    /// The video's id.
    pub aweme_id: String,
    /// Caption; may be empty.
    pub desc: Option<String>,
    /// Language of the caption: ISO 639-1, or a tag such as `zh-Hans`.
    pub desc_language: Option<String>,
    /// Country the video was made in, two capitals. The site's lists do not say it.
    pub region: Option<String>,
    /// Publish time, epoch seconds. Where the source has none it is read off the id, some
    /// seconds early, and `collection.estimated` names it.
    pub create_time: Option<i64>,
    /// 1 when the record comes from a hashtag's feed.
    pub is_hash_tag: Option<i64>,
    /// The hashtags the video carries.
    pub cha_list: Option<Vec<Challenge>>,
    /// The marked places of the caption.
    pub text_extra: Option<Vec<TextExtra>>,
    /// A badge the app lays over the picture; no cover.
    pub label_top: Option<Asset>,
    /// The playlist it stands in.
    pub playlist_info: Option<PlaylistInfo>,
    /// Who published it; null for deleted accounts.
    pub author: Option<Author>,
    /// The sound it uses; null when that was removed.
    pub music: Option<Music>,
    /// A sound added to the original one.
    pub added_sound_music_info: Option<Music>,
    /// The moving picture: size, covers, files.
    pub video: Option<Video>,
    /// How often it was played, liked and shared.
    pub statistics: Option<Statistics>,
    /// How it is shared.
    pub share_info: ShareInfo,
    /// Whether it is public, reviewed and open for comments.
    pub status: Option<Status>,
    /// The app's access list.
    pub aweme_acl: Option<AwemeAcl>,
    /// What viewers may do with it.
    pub video_control: Option<VideoControl>,
    /// A warning TikTok puts on it.
    pub risk_infos: Option<RiskInfos>,
    /// The pictures of a photo post; null for videos.
    pub image_post_info: Option<ImagePostInfo>,
    /// The place it is tagged with.
    pub poi_info: Option<PoiInfo>,
    /// Whether it is an advertisement.
    pub is_ads: Option<bool>,
    /// Whether a machine made it.
    pub aigc_info: Option<AigcInfo>,
    /// Links under the caption.
    pub anchors: Option<Vec<Anchor>>,
    /// Effects it was made with.
    pub effect_stickers: Option<Vec<EffectSticker>>,
    /// Texts, polls and mentions laid over the picture.
    pub interaction_stickers: Option<Vec<InteractionSticker>>,
    /// Captions.
    pub cla_info: Option<ClaInfo>,
    /// Whether it sells something.
    pub commerce_info: Option<CommerceInfo>,
    /// The video it answers side by side; null when the source does not say whether there is one.
    pub duet_info: Option<DuetInfo>,
    /// Searches TikTok suggests beside it.
    pub suggest_words: Option<Vec<String>>,
    /// Topics TikTok sees in it, in English.
    pub diversification_labels: Option<Vec<String>>,
    /// Whether its author pinned it.
    pub is_top: Option<bool>,
    /// Whether its sound was muted.
    pub item_mute: Option<bool>,
    /// The site's flag `originalItem`, whose meaning is not documented.
    pub is_original_item: Option<bool>,
    /// The site's flag `officalItem`, whose meaning is not documented.
    pub is_official_item: Option<bool>,
    /// 3 sensitive, 4 photosensitive.
    pub mask_type: Option<i64>,
    /// The long text of a post, its paragraphs joined by line ends.
    pub content_desc: Option<String>,
    /// How, where and when it was collected: the observation rather than the video.
    pub collection: Collection,
    /// The source's own object, verbatim; only when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw: Option<Box<RawValue>>,
}

/// A record, and how much of its source could not be used.
#[derive(Debug, Clone)]
pub struct Mapped {
    /// The record, too large to be passed from hand to hand.
    pub record: Box<Record>,
    /// Values that were there but of an unusable type or out of range, and became null.
    pub oddities: u32,
}

impl Record {
    /// Maps one list entry.
    ///
    /// # Errors
    ///
    /// [`Malformed`] when the entry is no video: no object, without an id, a live room, or JSON
    /// that stays unreadable after repair. Odd fields are no error; they become null.
    pub fn from_raw(raw: &RawItem, sighting: &Sighting<'_>) -> Result<Mapped, Malformed> {
        match raw.shape {
            Shape::Web => from_web::record(raw, sighting),
            Shape::Aweme => from_aweme::record(raw, sighting),
            Shape::Embed => from_embed::record(raw, sighting),
        }
    }

    /// The same, using up what has been read of it.
    ///
    /// # Errors
    ///
    /// As [`Record::from_raw`].
    pub fn from_read(raw: &mut RawItem, sighting: &Sighting<'_>) -> Result<Mapped, Malformed> {
        let mut reading = std::mem::take(&mut raw.reading);
        let read = reading.record(raw, sighting);
        read.unwrap_or_else(|| Self::from_raw(raw, sighting))
    }
}

/// The part, or null when nothing in it is known.
fn known<T: Default + PartialEq>(part: T) -> Option<T> {
    (part != T::default()).then_some(part)
}

/// 1 for an entry of a hashtag's feed, 0 for one known to come from elsewhere.
fn is_hash_tag(sighting: &Sighting<'_>) -> Option<i64> {
    sighting.hashtag_feed.map(i64::from)
}
