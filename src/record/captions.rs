//! Captions: what is said in a video, as files.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is known of a video's captions.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ClaInfo {
    /// Whether the sound was recorded with the video.
    pub has_original_audio: Option<bool>,
    /// Language spoken, for example `eng-US`.
    pub original_language: Option<String>,
    /// The caption files on offer.
    pub caption_infos: Option<Vec<CaptionInfo>>,
}

/// One caption file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CaptionInfo {
    /// Language, for example `eng-US`.
    pub language: Option<String>,
    /// `webvtt`, or `creator_caption` for JSON.
    pub caption_format: Option<String>,
    /// Whether a machine wrote it.
    pub is_auto_generated: Option<bool>,
    /// Where it comes from, in the site's words: `ASR` speech recognition, `MT` machine
    /// translation, `LC`, `MU`.
    pub source: Option<String>,
    /// Where it can be fetched.
    pub url: Option<String>,
    /// Epoch second at which `url` runs out.
    pub expires_at: Option<i64>,
}
