//! The sound a video uses.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Asset;

/// The sound a video uses.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Music {
    /// The sound's id.
    pub id: Option<String>,
    /// Title; `original sound - X`, in the viewer's language, for sounds made with a video.
    pub title: Option<String>,
    /// Name of the performer or creator.
    pub author: Option<String>,
    /// Handle of the account that owns the sound.
    pub owner_handle: Option<String>,
    /// Length in seconds.
    pub duration: Option<u64>,
    /// Where the sound can be fetched.
    pub play_url: Option<Asset>,
    /// Album.
    pub album: Option<String>,
    /// Whether the sound was made with a video rather than published as music.
    pub is_original_sound: Option<bool>,
    /// Cover, small.
    pub cover_thumb: Option<Asset>,
    /// Cover, middle.
    pub cover_medium: Option<Asset>,
    /// Cover, large.
    pub cover_large: Option<Asset>,
    /// Id of the account that owns the sound.
    pub owner_id: Option<String>,
    /// Display name of the account that owns the sound.
    pub owner_nickname: Option<String>,
    /// Long id of the account that owns the sound.
    pub sec_uid: Option<String>,
}
