//! A hashtag a video carries.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::known;

/// What an address keeps as it is: RFC 3986's unreserved characters.
pub(super) const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A hashtag a video carries ("challenge" in TikTok's own words).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Challenge {
    /// Name without `#`, in TikTok's spelling (usually lower case).
    pub cha_name: Option<String>,
    /// The hashtag's id.
    pub cid: Option<String>,
    /// Its description, mostly empty.
    pub desc: Option<String>,
    /// Where it can be seen.
    pub share_info: Option<ChallengeShare>,
}

/// Where a hashtag can be seen.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChallengeShare {
    /// The app's English text for sharing; null where the source has none.
    pub share_title: Option<String>,
    /// The tag page, always `https://www.tiktok.com/tag/NAME` without tracking.
    pub share_url: Option<String>,
}

impl Challenge {
    /// A hashtag whose tag page is derived from its name.
    pub(super) fn new(
        cha_name: Option<String>,
        cid: Option<String>,
        desc: Option<String>,
        share_title: Option<String>,
    ) -> Self {
        let share_url = cha_name.as_deref().map(tag_page);
        Self {
            share_info: known(ChallengeShare {
                share_title,
                share_url,
            }),
            cha_name,
            cid,
            desc,
        }
    }
}

fn tag_page(name: &str) -> String {
    let name = utf8_percent_encode(name, ENCODED);
    format!("https://www.tiktok.com/tag/{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_page_is_encoded_once() {
        assert_eq!(tag_page("fypシ"), "https://www.tiktok.com/tag/fyp%E3%82%B7");
        assert_eq!(tag_page("a_b"), "https://www.tiktok.com/tag/a_b");
    }

    #[test]
    fn a_nameless_hashtag_has_no_page() {
        let nameless = Challenge::new(None, Some("5424".to_owned()), None, None);
        assert_eq!(nameless.share_info, None);
    }
}
