//! The marked places of a caption: hashtags, mentions and links to other videos.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Challenge;

/// A marked place in `desc`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TextExtra {
    /// First UTF-16 code unit in `desc`, the `#` or `@` included.
    pub start: Option<u64>,
    /// The UTF-16 code unit behind the last one.
    pub end: Option<u64>,
    /// Name without `#`; empty for mentions, `@name` for another video.
    pub hashtag_name: Option<String>,
    /// The hashtag's id, taken from `cha_list` where the source leaves it out.
    pub hashtag_id: Option<String>,
    /// 1 a hashtag, 0 a mention, 5 another video.
    #[serde(rename = "type")]
    pub kind: Option<i64>,
    /// Id of the person mentioned.
    pub user_id: Option<String>,
    /// Long id of the person mentioned.
    pub sec_uid: Option<String>,
    /// Handle of the person mentioned, without `@`; only the site gives it.
    pub user_unique_id: Option<String>,
    /// The source's finer kind, whose values are not documented.
    pub sub_type: Option<i64>,
    /// Whether the hashtag belongs to an advertiser.
    pub is_commerce: Option<bool>,
    /// Id of the other video.
    pub aweme_id: Option<String>,
}

impl TextExtra {
    /// The name of the hashtag it marks, if that is what it marks.
    pub(super) fn hashtag(&self) -> Option<&str> {
        let name = self.hashtag_name.as_deref();
        name.filter(|name| !name.is_empty() && !name.starts_with('@'))
    }

    /// The same mark in a text that has `units` UTF-16 code units more in front.
    pub(super) fn moved(self, units: u64) -> Self {
        Self {
            start: self.start.map(|start| start + units),
            end: self.end.map(|end| end + units),
            ..self
        }
    }
}

/// Fills hashtag ids the source left out (seen in lists of 2025) from the video's own hashtags.
pub(super) fn fill_hashtag_ids(extras: &mut [TextExtra], challenges: &[Challenge]) {
    for extra in extras.iter_mut().filter(|extra| extra.hashtag_id.is_none()) {
        let Some(name) = extra
            .hashtag_name
            .as_deref()
            .filter(|name| !name.is_empty())
        else {
            continue;
        };
        extra.hashtag_id = challenges
            .iter()
            .find(|challenge| {
                challenge
                    .cha_name
                    .as_deref()
                    .is_some_and(|it| same(it, name))
            })
            .and_then(|challenge| challenge.cid.clone());
    }
}

/// Hashtag names are the same when their Unicode lower case is.
fn same(one: &str, other: &str) -> bool {
    one == other || one.to_lowercase() == other.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> TextExtra {
        TextExtra {
            hashtag_name: Some(name.to_owned()),
            ..TextExtra::default()
        }
    }

    #[test]
    fn ids_come_from_the_hashtag_of_the_same_name() {
        let known = Challenge::new(Some("été".to_owned()), Some("77".to_owned()), None, None);
        let mut extras = [named("ÉTÉ"), named("other"), named("")];
        fill_hashtag_ids(&mut extras, &[known]);
        let ids: Vec<_> = extras
            .iter()
            .map(|extra| extra.hashtag_id.as_deref())
            .collect();
        assert_eq!(ids, [Some("77"), None, None]);
    }
}
