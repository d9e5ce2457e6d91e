//! How often a video was played, liked and shared.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Counts at the moment of `collection.collected_at`; the site's exact ones where it gives both
/// exact and rounded.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Statistics {
    /// Plays.
    pub play_count: Option<u64>,
    /// Likes.
    pub digg_count: Option<u64>,
    /// Comments.
    pub comment_count: Option<u64>,
    /// Shares.
    pub share_count: Option<u64>,
    /// Saves to favourites.
    pub collect_count: Option<u64>,
    /// Reposts.
    pub repost_count: Option<u64>,
    /// Downloads.
    pub download_count: Option<u64>,
    /// Forwards.
    pub forward_count: Option<u64>,
    /// Shares to WhatsApp.
    pub whatsapp_share_count: Option<u64>,
    /// The app's `lose_count`, whose meaning is not documented.
    pub lose_count: Option<u64>,
}
