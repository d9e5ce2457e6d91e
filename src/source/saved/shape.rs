//! Which shape an object has that looks like an item, told by the keys that stand together in it.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::record::Shape;
use crate::source::walk::{fields, is_object};

/// The fields of an object by which an item is told. Null counts as absent.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Clues<'a> {
    #[serde(borrow, rename = "aweme_id")]
    aweme_id: Option<&'a RawValue>,
    id: Option<&'a RawValue>,
    video: Option<&'a RawValue>,
    image_post: Option<&'a RawValue>,
    stats: Option<&'a RawValue>,
    statistics: Option<&'a RawValue>,
    author: Option<&'a RawValue>,
    create_time: Option<&'a RawValue>,
    #[serde(rename = "create_time")]
    aweme_time: Option<&'a RawValue>,
    author_unique_id: Option<&'a RawValue>,
    item_infos: Option<&'a RawValue>,
    list_entry: Option<&'a RawValue>,
}

impl<'a> Clues<'a> {
    /// Those of a value; one that is no object has none.
    pub(super) fn of(raw: &'a RawValue) -> Self {
        if !is_object(raw) {
            return Self::default();
        }
        serde_json::from_str(raw.get()).unwrap_or_else(|_| Self::one_by_one(raw))
    }

    /// The same of an object that has a key twice, or a broken one: the last of each counts.
    fn one_by_one(raw: &'a RawValue) -> Self {
        let mut clues = Self::default();
        fields(raw, |key, value| {
            let clue = match key.as_ref() {
                "aweme_id" => &mut clues.aweme_id,
                "id" => &mut clues.id,
                "video" => &mut clues.video,
                "imagePost" => &mut clues.image_post,
                "stats" => &mut clues.stats,
                "statistics" => &mut clues.statistics,
                "author" => &mut clues.author,
                "createTime" => &mut clues.create_time,
                "create_time" => &mut clues.aweme_time,
                "authorUniqueId" => &mut clues.author_unique_id,
                "itemInfos" => &mut clues.item_infos,
                "listEntry" => &mut clues.list_entry,
                _ => return,
            };
            *clue = Some(value).filter(|value| value.get() != "null");
        });
        clues
    }

    /// The shape of an item; `None` for all else.
    pub(super) fn shape(&self) -> Option<Shape> {
        let (video, author) = (self.video, self.author);
        // A comment has an `aweme_id` too.
        let part = video.or(self.statistics).or(author);
        if self.aweme_id.is_some() && part.is_some() {
            return Some(Shape::Aweme);
        }
        // An entry with its details beside it is how `--raw` writes what the embed lane saw.
        if [self.item_infos, self.list_entry].into_iter().any(is_part) {
            return Some(Shape::Embed);
        }
        self.id?;
        let media = is_part(video) || is_part(self.image_post);
        let dated = |time: Option<_>| time.is_some() || video.is_some();
        // Search rows of one gateway are aweme parts with `id` for `aweme_id`.
        let mobile =
            self.statistics.is_some() || (self.aweme_time.is_some() && self.create_time.is_none());
        if mobile && (media || (author.is_some() && dated(self.aweme_time))) {
            return Some(Shape::Aweme);
        }
        let counted = self.stats.is_some() && author.is_some();
        if media || (counted && dated(self.create_time)) {
            return Some(Shape::Web);
        }
        self.author_unique_id.map(|_| Shape::Embed)
    }
}

/// Whether an object stands there.
fn is_part(value: Option<&RawValue>) -> bool {
    value.is_some_and(is_object)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Reading;
    use crate::source::walk::parse;

    #[test]
    fn items_are_told_by_what_stands_together() {
        for (json, expected) in [
            (r#"{"aweme_id":"1","video":{}}"#, Some(Shape::Aweme)),
            (r#"{"aweme_id":"1","statistics":{}}"#, Some(Shape::Aweme)),
            (r#"{"aweme_id":"1","author":{}}"#, Some(Shape::Aweme)),
            (r#"{"aweme_id":"1","cid":"2","text":"x","user":{}}"#, None),
            (r#"{"aweme_id":"1","video":null}"#, None),
            (r#"{"id":"1","video":{}}"#, Some(Shape::Web)),
            (r#"{"id":1,"imagePost":{}}"#, Some(Shape::Web)),
            (r#"{"id":"1","video":"https://example.com"}"#, None),
            (r#"{"video":{}}"#, None),
            (
                r#"{"id":"1","stats":{},"author":"x","createTime":1}"#,
                Some(Shape::Web),
            ),
            (r#"{"id":"1","stats":{},"author":{}}"#, None),
            (
                r#"{"id":"1","statistics":{},"video":{}}"#,
                Some(Shape::Aweme),
            ),
            (
                r#"{"id":"1","create_time":"x","video":{}}"#,
                Some(Shape::Aweme),
            ),
            (r#"{"id":"1","statistics":{},"author":{}}"#, None),
            (r#"{"id":"1","authorUniqueId":"x"}"#, Some(Shape::Embed)),
            (r#"{"itemInfos":{"id":"1"}}"#, Some(Shape::Embed)),
            (r#"{"itemInfos":[]}"#, None),
            (
                r#"{"listEntry":{"id":"1"},"videoData":null}"#,
                Some(Shape::Embed),
            ),
            (r#"{"listEntry":null,"videoData":null}"#, None),
            ("[]", None),
            ("\"id\"", None),
        ] {
            let raw = parse(json).unwrap();
            assert_eq!(Clues::of(raw).shape(), expected, "{json}");
            // What is read at sight must be what its keys say.
            let is_read = Reading::of_line(json).is_some();
            assert!(!is_read || expected == Some(Shape::Web), "{json}");
        }
        assert!(Reading::of_line(r#"{"id":"1","video":{}}"#).is_some());
    }

    #[test]
    fn of_equal_keys_the_last_counts() {
        for (json, expected) in [
            (r#"{"id":null,"id":"1","video":{}}"#, Some(Shape::Web)),
            (r#"{"id":"1","video":{},"id":null}"#, None),
            (r#"{"x\ud83d":1,"id":"1","video":{}}"#, Some(Shape::Web)),
        ] {
            let raw = parse(json).unwrap();
            assert_eq!(Clues::of(raw).shape(), expected, "{json}");
        }
    }
}
