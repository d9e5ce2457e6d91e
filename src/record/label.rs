//! What TikTok and the author declare about a video: made by machine, paid for, linked.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether a machine made the video.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AigcInfo {
    /// 0 none, 1 declared by the author, 2 found by TikTok.
    pub aigc_label_type: Option<i64>,
    /// Whether TikTok says a machine made it.
    pub created_by_ai: Option<bool>,
    /// Text of the label; empty when there is none.
    pub description: Option<String>,
}

/// Whether the video sells something.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CommerceInfo {
    /// The app's code for paid partnerships, 0 for none.
    pub branded_content_type: Option<i64>,
    /// Whether the author lets advertisers use it.
    pub ad_authorization: Option<bool>,
    /// Whether it sells goods of TikTok's shop.
    pub is_ec_video: Option<bool>,
}

/// A link under the caption: editing template, shop, game, place.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Anchor {
    /// Id of what it leads to.
    pub id: Option<String>,
    /// The source's code for the kind, for example 54 an editing template, 45 a place.
    #[serde(rename = "type")]
    pub kind: Option<i64>,
    /// Name of what it leads to.
    pub keyword: Option<String>,
    /// Text beside it.
    pub description: Option<String>,
    /// Address it opens in the app.
    pub schema: Option<String>,
}

/// The video this one answers side by side.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DuetInfo {
    /// Id of the other video; null when this is no duet.
    pub from_id: Option<String>,
}

impl DuetInfo {
    /// From an id as it came: `"0"` says there is no other video.
    pub(super) fn from_id(id: Option<String>) -> Self {
        Self {
            from_id: id.filter(|id| id != "0"),
        }
    }
}
