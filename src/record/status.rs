//! What may be done with a video, and by whom it can be seen.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether a video is public, reviewed and open for comments.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Status {
    /// Whether everyone may comment.
    pub allow_comment: Option<bool>,
    /// Whether it may be shared.
    pub allow_share: Option<bool>,
    /// The app's code, 0 when it may be downloaded.
    pub download_status: Option<i64>,
    /// 0 public, 1 private, 2 for friends.
    pub private_status: Option<i64>,
    /// Whether it was taken down.
    pub is_delete: Option<bool>,
    /// Whether it failed review.
    pub is_prohibited: Option<bool>,
    /// Whether review is going on.
    pub in_reviewing: Option<bool>,
    /// The app's code, 1 when review is over.
    pub reviewed: Option<i64>,
    /// Whether only its author sees it.
    pub self_see: Option<bool>,
    /// What review said.
    pub review_result: Option<ReviewResult>,
}

/// What review said.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReviewResult {
    /// The app's code, 0 when nothing was found.
    pub review_status: Option<i64>,
}

/// The site's two flags as the app's one code; null unless the answer follows from what is known.
pub(super) fn private_status(private: Option<bool>, for_friends: Option<bool>) -> Option<i64> {
    match (private, for_friends) {
        (Some(true), _) => Some(1),
        (_, Some(true)) => Some(2),
        (Some(false), Some(false)) => Some(0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn privacy_is_known_only_when_both_flags_are() {
        for (private, for_friends, code) in [
            (Some(true), Some(true), Some(1)),
            (Some(true), None, Some(1)),
            (Some(false), Some(true), Some(2)),
            (None, Some(true), Some(2)),
            (Some(false), Some(false), Some(0)),
            (Some(false), None, None),
            (None, Some(false), None),
            (None, None, None),
        ] {
            assert_eq!(private_status(private, for_friends), code);
        }
    }
}
