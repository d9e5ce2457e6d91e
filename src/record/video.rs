//! The moving picture itself: size, covers, files.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Asset, VideoFile};

/// The moving picture itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Video {
    /// Length in milliseconds; 0 for photo posts. Where the source counts whole seconds,
    /// `collection.estimated` names it.
    pub duration: Option<u64>,
    /// Height in pixels; 0 for photo posts.
    pub height: Option<u64>,
    /// Width in pixels; 0 for photo posts.
    pub width: Option<u64>,
    /// Cover picture.
    pub cover: Option<Asset>,
    /// The file to play; in the app's photo posts the sound.
    pub play_addr: Option<VideoFile>,
    /// The file to download, with TikTok's mark in the picture.
    pub download_addr: Option<VideoFile>,
    /// Whether the download carries TikTok's mark; `play_addr` never does.
    pub has_watermark: Option<bool>,
    /// Named size, for example `720p`.
    pub ratio: Option<String>,
    /// First frame.
    pub origin_cover: Option<Asset>,
    /// Moving cover.
    pub dynamic_cover: Option<Asset>,
    /// The file to play in H.265.
    pub play_addr_bytevc1: Option<VideoFile>,
    /// Every encoding on offer.
    pub bit_rate: Option<Vec<BitRate>>,
}

/// One encoding of a video.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BitRate {
    /// The encoder's name for it, for example `normal_540_0`.
    pub gear_name: Option<String>,
    /// Bits a second.
    pub bit_rate: Option<u64>,
    /// The source's rank of quality, lower is better.
    pub quality_type: Option<i64>,
    /// Codec in the source's words: `h264`, `h265` (also `h265_hvc1`, `bytevc1`), `bytevc2`.
    pub codec: Option<String>,
    /// The file.
    pub play_addr: Option<VideoFile>,
}

/// The richest H.264 file on offer, which every player takes.
pub(super) fn best_h264(rates: Option<&[BitRate]>) -> Option<VideoFile> {
    best(rates, |codec| codec.starts_with("h264"))
}

/// The richest H.265 file on offer (`bytevc1` is TikTok's name for it; `bytevc2` is another codec).
pub(super) fn best_bytevc1(rates: Option<&[BitRate]>) -> Option<VideoFile> {
    best(rates, |codec| {
        codec.starts_with("h265") || codec.starts_with("bytevc1")
    })
}

fn best(rates: Option<&[BitRate]>, wanted: fn(&str) -> bool) -> Option<VideoFile> {
    rates?
        .iter()
        .filter(|rate| rate.codec.as_deref().is_some_and(wanted) && rate.play_addr.is_some())
        .max_by_key(|rate| rate.bit_rate)
        .and_then(|rate| rate.play_addr.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(codec: &str, bit_rate: u64, uri: Option<&str>) -> BitRate {
        BitRate {
            codec: Some(codec.to_owned()),
            bit_rate: Some(bit_rate),
            play_addr: uri.map(|uri| VideoFile {
                uri: Some(uri.to_owned()),
                ..VideoFile::default()
            }),
            ..BitRate::default()
        }
    }

    fn uri(file: Option<VideoFile>) -> Option<String> {
        file.and_then(|file| file.uri)
    }

    #[test]
    fn the_richest_file_of_a_codec_wins() {
        let rates = [
            rate("h264", 10, Some("low")),
            rate("h264", 30, Some("high")),
            rate("h264", 99, None),
            rate("h265_hvc1", 20, Some("new")),
            rate("bytevc2", 90, Some("newest")),
        ];
        assert_eq!(uri(best_h264(Some(&rates))).as_deref(), Some("high"));
        assert_eq!(uri(best_bytevc1(Some(&rates))).as_deref(), Some("new"));
        assert_eq!(uri(best_bytevc1(Some(&rates[4..]))), None);
        assert_eq!(uri(best_h264(None)), None);
    }
}
