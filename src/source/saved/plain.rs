//! A line that is one item of the site and nothing else, as files of many items mostly have them:
//! it is read at sight.

use crate::record::{RawItem, Reading, Shape};
use crate::source::bounds::too_deep;

/// What becomes of an item's text once it has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Texts {
    /// It goes with the item.
    Kept,
    /// It is left behind, which saves a copy: all there is of the item is what was read, and that
    /// once.
    Dropped,
}

/// The item such a line is; none where it is, or may be, anything else.
#[must_use]
pub fn plain_item(line: &str, texts: Texts) -> Option<RawItem> {
    let reading = Reading::of_line(line)?;
    let json = match texts {
        Texts::Kept => line.trim(),
        Texts::Dropped => "",
    };
    (!too_deep(line)).then(|| RawItem {
        shape: Shape::Web,
        json: json.into(),
        reading,
        beside: None,
        collected_at: None,
        hashtag_feed: None,
    })
}
