//! Warnings TikTok puts on a video.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A warning TikTok puts on a video.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RiskInfos {
    /// Text of the warning; empty when there is none.
    pub content: Option<String>,
    /// Whether the video is shown less often.
    pub risk_sink: Option<bool>,
    /// The source's code for the kind of warning.
    #[serde(rename = "type")]
    pub kind: Option<i64>,
    /// Whether viewers are asked to vote.
    pub vote: Option<bool>,
    /// Whether a warning is shown.
    pub warn: Option<bool>,
}
