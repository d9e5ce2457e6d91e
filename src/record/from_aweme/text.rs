//! The hashtags of an aweme and the marked places of its caption.

use serde::Deserialize;

use crate::record::lenient::{Count, Flag, Id, Int, List, Obj, Text, Word};
use crate::record::text_extra::fill_hashtag_ids;
use crate::record::{Challenge, TextExtra};

/// One of `cha_list`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Hashtag {
    cha_name: Word,
    cid: Id,
    desc: Text,
    share_info: Obj<HashtagShare>,
}

/// `share_info` of a hashtag; its address carries tracking and is derived anew.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct HashtagShare {
    share_title: Text,
}

/// One of `text_extra`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Mark {
    start: Count,
    end: Count,
    hashtag_name: Text,
    hashtag_id: Id,
    #[serde(rename = "type")]
    kind: Int,
    user_id: Id,
    sec_uid: Word,
    sub_type: Int,
    is_commerce: Flag,
    aweme_id: Id,
}

/// The hashtags and the marks, whose missing ids come from the hashtags.
pub(super) fn tags_and_marks(
    hashtags: List<Hashtag>,
    marks: List<Mark>,
) -> (Option<Vec<Challenge>>, Option<Vec<TextExtra>>) {
    let cha_list = hashtags.map(Hashtag::challenge);
    let mut text_extra = marks.map(Mark::text_extra);
    if let (Some(extras), Some(challenges)) = (&mut text_extra, &cha_list) {
        fill_hashtag_ids(extras, challenges);
    }
    (cha_list, text_extra)
}

impl Hashtag {
    fn challenge(self) -> Challenge {
        let share_title = self.share_info.or_empty().share_title.0;
        Challenge::new(self.cha_name.0, self.cid.0, self.desc.0, share_title)
    }
}

impl Mark {
    fn text_extra(self) -> TextExtra {
        TextExtra {
            start: self.start.0,
            end: self.end.0,
            hashtag_name: self.hashtag_name.0,
            hashtag_id: self.hashtag_id.0,
            kind: self.kind.0,
            user_id: self.user_id.0,
            sec_uid: self.sec_uid.0,
            user_unique_id: None,
            sub_type: self.sub_type.0,
            is_commerce: self.is_commerce.0,
            aweme_id: self.aweme_id.0,
        }
    }
}
