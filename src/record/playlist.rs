//! The playlist a video stands in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The playlist a video stands in.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlaylistInfo {
    /// The playlist's id.
    pub mix_id: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// How many videos it holds.
    pub item_total: Option<u64>,
    /// The video's place in it.
    pub index: Option<u64>,
}
