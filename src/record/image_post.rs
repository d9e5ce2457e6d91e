//! Photo posts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Asset;

/// The pictures of a photo post; null for videos.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ImagePostInfo {
    /// The post's title.
    pub title: Option<String>,
    /// The pictures in order.
    pub images: Vec<Asset>,
}

impl ImagePostInfo {
    /// A post without pictures is no photo post.
    pub(super) fn new(title: Option<String>, images: Option<Vec<Asset>>) -> Option<Self> {
        let images = images.filter(|images| !images.is_empty())?;
        Some(Self { title, images })
    }
}
