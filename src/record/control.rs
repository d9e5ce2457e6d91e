//! What a video's author and TikTok allow: the app's access lists and switches.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The app's access list; only the app's shape has it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AwemeAcl {
    /// Rule for downloads.
    pub download_general: Option<AccessRule>,
    /// Rule for sharing.
    pub share_general: Option<AccessRule>,
    /// Rule for the download entry of the share panel.
    pub download_mask_panel: Option<AccessRule>,
    /// The app's code for the share list.
    pub share_list_status: Option<i64>,
    /// Platforms it may be shared to; null in all answers seen.
    pub platform_list: Option<Vec<String>>,
    /// Actions of the share panel; null in all answers seen.
    pub share_action_list: Option<Vec<String>>,
    /// Actions on a long press; null in all answers seen.
    pub press_action_list: Option<Vec<String>>,
}

/// One rule of the access list.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AccessRule {
    /// 0 when allowed.
    pub code: Option<i64>,
    /// How the app shows the entry.
    pub show_type: Option<i64>,
    /// How the app converts the file.
    pub transcode: Option<i64>,
    /// Whether the sound is taken out.
    pub mute: Option<bool>,
    /// Further settings as the app's own text.
    pub extra: Option<String>,
}

/// What viewers may do with a video.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VideoControl {
    /// Whether it may be downloaded; for the site's answers derived from the author's download
    /// setting and the presence of a download address.
    pub allow_download: Option<bool>,
    /// Whether duets may be made.
    pub allow_duet: Option<bool>,
    /// Whether reactions may be made.
    pub allow_react: Option<bool>,
    /// Whether parts may be stitched into other videos.
    pub allow_stitch: Option<bool>,
    /// Whether its sound may be used.
    pub allow_music: Option<bool>,
    /// Whether it may become a wallpaper.
    pub allow_dynamic_wallpaper: Option<bool>,
    /// The app's code for why downloads are off.
    pub prevent_download_type: Option<i64>,
    /// The app's code for sharing.
    pub share_type: Option<i64>,
}
