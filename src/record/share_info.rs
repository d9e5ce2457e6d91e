//! How a video is shared.

use percent_encoding::utf8_percent_encode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::challenge::ENCODED;

/// How a video is shared.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ShareInfo {
    /// Title for sharing, in the viewer's language.
    pub share_title: Option<String>,
    /// Text for sharing, in the viewer's language.
    pub share_desc: Option<String>,
    /// The video's page, always `https://www.tiktok.com/@HANDLE/video/ID` (`/photo/` for photo
    /// posts) without tracking; with no handle known it still leads there.
    pub share_url: String,
}

/// The page of a video.
pub(super) fn video_page(handle: Option<&str>, id: &str, is_photo: bool) -> String {
    let kind = if is_photo { "photo" } else { "video" };
    let handle = utf8_percent_encode(handle.unwrap_or(""), ENCODED);
    let id = utf8_percent_encode(id, ENCODED);
    format!("https://www.tiktok.com/@{handle}/{kind}/{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_needs_no_handle() {
        for (handle, is_photo, page) in [
            (
                Some("mira.k_"),
                false,
                "https://www.tiktok.com/@mira.k_/video/7",
            ),
            (Some(".dot"), true, "https://www.tiktok.com/@.dot/photo/7"),
            (Some("a/b"), false, "https://www.tiktok.com/@a%2Fb/video/7"),
            (None, false, "https://www.tiktok.com/@/video/7"),
        ] {
            assert_eq!(video_page(handle, "7", is_photo), page);
        }
    }
}
