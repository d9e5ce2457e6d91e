//! The moving picture of an item, its files and captions.

use serde::Deserialize;

use crate::record::asset::expiry;
use crate::record::lenient::{Count, Flag, Int, List, Media, Moment, Obj, Word};
use crate::record::video::{best_bytevc1, best_h264};
use crate::record::{BitRate, CaptionInfo, ClaInfo, Collection, Video, VideoFile, known};

/// `video` of an item.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Picture {
    /// Whole seconds.
    duration: Count,
    height: Count,
    width: Count,
    ratio: Word,
    cover: Media,
    origin_cover: Media,
    dynamic_cover: Media,
    #[serde(rename = "PlayAddrStruct")]
    play_addr_struct: Media,
    play_addr: Media,
    download_addr: Media,
    bitrate_info: List<Encoding>,
    cla_info: Obj<Captions>,
    subtitle_infos: List<Subtitle>,
}

/// One of `bitrateInfo`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Encoding {
    gear_name: Word,
    bitrate: Count,
    quality_type: Int,
    codec_type: Word,
    play_addr: Media,
}

/// `claInfo`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Captions {
    has_original_audio: Flag,
    original_language_info: Obj<Spoken>,
    caption_infos: List<CaptionFile>,
}

/// `originalLanguageInfo`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Spoken {
    language: Word,
}

/// One of `captionInfos`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct CaptionFile {
    language: Word,
    caption_format: Word,
    is_auto_gen: Flag,
    url: Word,
    expire: Moment,
    #[serde(rename = "subID")]
    sub_id: Int,
}

/// One of `subtitleInfos`, the older list of the same files; only it says where they come from.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Subtitle {
    language_code_name: Word,
    format: Word,
    source: Word,
    url: Word,
    url_expire: Moment,
    /// Below zero at times; only compared.
    #[serde(rename = "VideoSubtitleID")]
    id: Int,
}

/// What an item says of its picture.
pub(super) struct Film {
    pub(super) video: Option<Video>,
    pub(super) cla_info: Option<ClaInfo>,
    /// Whether a download address is there; unknown where the item does not speak of it.
    pub(super) can_be_fetched: Option<bool>,
}

/// The picture and its captions.
pub(super) fn film(picture: Picture, collection: &mut Collection) -> Film {
    let is_told = picture.download_addr.is_given;
    let download_addr = picture.download_addr.file();
    let bit_rate = picture.bitrate_info.map(Encoding::bit_rate);
    let can_be_fetched = is_told.then_some(download_addr.is_some());
    let video = Video {
        duration: collection.whole_seconds(picture.duration.0),
        height: picture.height.0,
        width: picture.width.0,
        cover: picture.cover.asset(),
        play_addr: play_addr(
            picture.play_addr_struct,
            bit_rate.as_deref(),
            picture.play_addr,
        ),
        has_watermark: download_addr.is_some().then_some(true),
        download_addr,
        ratio: picture.ratio.0,
        origin_cover: picture.origin_cover.asset(),
        dynamic_cover: picture.dynamic_cover.asset(),
        play_addr_bytevc1: best_bytevc1(bit_rate.as_deref()),
        bit_rate,
    };
    Film {
        video: known(video),
        cla_info: captions(picture.cla_info.or_empty(), picture.subtitle_infos),
        can_be_fetched,
    }
}

/// The struct of 2025 says most; before it the list of encodings, in 2019 the bare address.
fn play_addr(full: Media, rates: Option<&[BitRate]>, bare: Media) -> Option<VideoFile> {
    full.file()
        .or_else(|| best_h264(rates))
        .or_else(|| bare.file())
}

fn captions(captions: Captions, subtitles: List<Subtitle>) -> Option<ClaInfo> {
    let caption_infos = match captions.caption_infos.0 {
        Some(files) => {
            let subtitles = subtitles.or_empty();
            Some(
                files
                    .into_iter()
                    .map(|file| file.caption(&subtitles))
                    .collect(),
            )
        }
        None => subtitles.map(Subtitle::caption),
    };
    known(ClaInfo {
        has_original_audio: captions.has_original_audio.0,
        original_language: captions.original_language_info.or_empty().language.0,
        caption_infos,
    })
}

impl Encoding {
    fn bit_rate(self) -> BitRate {
        BitRate {
            gear_name: self.gear_name.0,
            bit_rate: self.bitrate.0,
            quality_type: self.quality_type.0,
            codec: self.codec_type.0,
            play_addr: self.play_addr.file(),
        }
    }
}

impl CaptionFile {
    fn caption(self, subtitles: &[Subtitle]) -> CaptionInfo {
        let id = self.sub_id.0;
        let twin = subtitles
            .iter()
            .find(|subtitle| id.is_some() && subtitle.id.0 == id);
        CaptionInfo {
            language: self.language.0,
            caption_format: self.caption_format.0,
            is_auto_generated: self.is_auto_gen.0,
            source: twin.and_then(|subtitle| subtitle.source.0.clone()),
            expires_at: self
                .expire
                .0
                .or_else(|| self.url.0.as_deref().and_then(expiry)),
            url: self.url.0,
        }
    }
}

impl Subtitle {
    fn caption(self) -> CaptionInfo {
        let is_recognised = self.source.0.as_deref() == Some("ASR");
        CaptionInfo {
            language: self.language_code_name.0,
            caption_format: self.format.0,
            is_auto_generated: is_recognised.then_some(true),
            source: self.source.0,
            expires_at: self
                .url_expire
                .0
                .or_else(|| self.url.0.as_deref().and_then(expiry)),
            url: self.url.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::tests::check;
    use crate::record::{Shape, specimen};

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
}
