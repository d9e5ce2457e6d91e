//! The moving picture of an aweme, its files and captions.

use serde::Deserialize;

use crate::record::asset::expiry;
use crate::record::lenient::{Count, Flag, Int, List, Media, Moment, Obj, Word};
use crate::record::video::{best_bytevc1, best_h264};
use crate::record::{BitRate, CaptionInfo, ClaInfo, Video, known};

/// `video` of an aweme.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Picture {
    /// Milliseconds.
    duration: Count,
    height: Count,
    width: Count,
    ratio: Word,
    cover: Media,
    origin_cover: Media,
    dynamic_cover: Media,
    play_addr: Media,
    play_addr_h264: Media,
    play_addr_bytevc1: Media,
    download_addr: Media,
    download_suffix_logo_addr: Media,
    has_watermark: Flag,
    bit_rate: List<Encoding>,
    cla_info: Obj<Captions>,
}

/// One of `bit_rate`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Encoding {
    gear_name: Word,
    bit_rate: Count,
    quality_type: Int,
    /// 0 H.264, 1 H.265, 2 TikTok's own ByteVC2.
    is_bytevc1: Int,
    is_h265: Int,
    play_addr: Media,
}

/// `cla_info`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Captions {
    has_original_audio: Flag,
    original_language_info: Obj<Spoken>,
    caption_infos: List<CaptionFile>,
}

/// `original_language_info`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Spoken {
    lang: Word,
}

/// One of `caption_infos`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CaptionFile {
    lang: Word,
    caption_format: Word,
    is_auto_generated: Flag,
    url: Word,
    expire: Moment,
}

/// The picture and its captions; `duration` is the aweme's own copy of the length.
pub(super) fn film(picture: Picture, duration: Count) -> (Option<Video>, Option<ClaInfo>) {
    let bit_rate = picture.bit_rate.map(Encoding::bit_rate);
    let rates = bit_rate.as_deref();
    let play_addr = picture
        .play_addr
        .file()
        .or_else(|| picture.play_addr_h264.file());
    let download_addr = picture.download_addr.file();
    let video = Video {
        duration: picture.duration.0.or(duration.0),
        height: picture.height.0,
        width: picture.width.0,
        cover: picture.cover.asset(),
        play_addr: play_addr.or_else(|| best_h264(rates)),
        download_addr: download_addr.or_else(|| picture.download_suffix_logo_addr.file()),
        has_watermark: picture.has_watermark.0,
        ratio: picture.ratio.0,
        origin_cover: picture.origin_cover.asset(),
        dynamic_cover: picture.dynamic_cover.asset(),
        play_addr_bytevc1: picture
            .play_addr_bytevc1
            .file()
            .or_else(|| best_bytevc1(rates)),
        bit_rate,
    };
    (known(video), picture.cla_info.or_empty().cla_info())
}

impl Encoding {
    fn bit_rate(self) -> BitRate {
        BitRate {
            codec: self.codec().map(str::to_owned),
            gear_name: self.gear_name.0,
            bit_rate: self.bit_rate.0,
            quality_type: self.quality_type.0,
            play_addr: self.play_addr.file(),
        }
    }

    fn codec(&self) -> Option<&'static str> {
        match (self.is_bytevc1.0, self.is_h265.0) {
            (Some(2), _) => Some("bytevc2"),
            (Some(1), _) | (_, Some(1)) => Some("h265"),
            (Some(0), _) | (_, Some(0)) => Some("h264"),
            _ => None,
        }
    }
}

impl Captions {
    fn cla_info(self) -> Option<ClaInfo> {
        known(ClaInfo {
            has_original_audio: self.has_original_audio.0,
            original_language: self.original_language_info.or_empty().lang.0,
            caption_infos: self.caption_infos.map(CaptionFile::caption),
        })
    }
}

impl CaptionFile {
    fn caption(self) -> CaptionInfo {
        CaptionInfo {
            language: self.lang.0,
            caption_format: self.caption_format.0,
            is_auto_generated: self.is_auto_generated.0,
            source: None,
            expires_at: self
                .expire
                .0
                .or_else(|| self.url.0.as_deref().and_then(expiry)),
            url: self.url.0,
        }
    }
}
