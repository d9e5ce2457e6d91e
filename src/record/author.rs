//! Who published a video.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Asset;

/// Who published a video, as far as the answer that named the video says so.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Author {
    /// The account's id.
    pub uid: Option<String>,
    /// Handle without `@`.
    pub unique_id: Option<String>,
    /// Display name.
    pub nickname: Option<String>,
    /// The account's country, two capitals. Never the video's.
    pub region: Option<String>,
    /// The account's language.
    pub language: Option<String>,
    /// Profile text, line ends included.
    pub signature: Option<String>,
    /// Profile picture, small.
    pub avatar_thumb: Option<Asset>,
    /// Profile picture, middle.
    pub avatar_medium: Option<Asset>,
    /// Profile picture, large.
    pub avatar_larger: Option<Asset>,
    /// Profile picture, 168 pixels; only the app's shape has it.
    pub avatar_168x168: Option<Asset>,
    /// Profile picture, 300 pixels; only the app's shape has it.
    pub avatar_300x300: Option<Asset>,
    /// Linked YouTube channel: its id.
    pub youtube_channel_id: Option<String>,
    /// Linked YouTube channel: its title.
    pub youtube_channel_title: Option<String>,
    /// Long id (`MS4wLjABAAAA…`).
    pub sec_uid: Option<String>,
    /// Whether the account has TikTok's check mark.
    pub verified: Option<bool>,
    /// Followers. The site rounds large numbers; the app's feeds fill in zeros, which are null
    /// here.
    pub follower_count: Option<u64>,
    /// Accounts followed; rounding and zeros as `follower_count`.
    pub following_count: Option<u64>,
    /// Likes received on all videos; rounding and zeros as `follower_count`.
    pub total_favorited: Option<u64>,
    /// Videos published; rounding and zeros as `follower_count`.
    pub aweme_count: Option<u64>,
    /// Linked Instagram account.
    pub ins_id: Option<String>,
    /// Linked Twitter account: its id.
    pub twitter_id: Option<String>,
    /// Linked Twitter account: its name.
    pub twitter_name: Option<String>,
}
