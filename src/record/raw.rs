//! What a source hands over before mapping: one list entry as it came, and where it was seen.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::Reading;
use crate::input::Query;

/// One list entry as it came from a source.
#[derive(Debug, Clone)]
pub struct RawItem {
    /// Which family of field names the entry uses.
    pub shape: Shape,
    /// The entry's own JSON, untouched: the text of one value, known to be whole.
    pub json: Box<str>,
    /// What has been read of it while it was looked for.
    pub reading: Reading,
    /// What the same answer says of this video outside the entry: an object with any of `user`
    /// (SIGI's `UserModule.users[handle]`), `stats` (SIGI's `UserModule.stats[handle]`) and
    /// `shareMeta` (`{title,desc}`, beside `itemInfo` on detail answers).
    pub beside: Option<Box<RawValue>>,
    /// When the source itself says the entry was collected, epoch seconds; a live lane leaves it
    /// to the caller's clock.
    pub collected_at: Option<i64>,
    /// Whether the source itself says that the entry is one of a hashtag's feed; `None` leaves it
    /// to the caller.
    pub hashtag_feed: Option<bool>,
}

impl RawItem {
    /// An entry with nothing beside it.
    #[must_use]
    pub fn new(shape: Shape, json: Box<RawValue>) -> Self {
        Self {
            shape,
            json: json.into(),
            reading: Reading::default(),
            beside: None,
            collected_at: None,
            hashtag_feed: None,
        }
    }
}

/// The family of field names an entry uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Camel-case web items (`id`, `stats`, `author.uniqueId`), SIGI's variant included.
    Web,
    /// The mobile app's snake-case objects (`aweme_id`, `statistics`).
    Aweme,
    /// The embed pages' two halves in one object:
    /// `{"listEntry": <entry of the tag page's videoList> | null, "videoData": <videoData of /embed/v2/ID> | null}`.
    Embed,
}

/// Which way a record came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Lane {
    /// The site's JSON API.
    Web,
    /// The site's own page in a real browser.
    Browser,
    /// The site's embed pages.
    Embed,
    /// Files on disk.
    Import,
}

impl Lane {
    /// The lane's name as it stands in records, receipts and messages.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Browser => "browser",
            Self::Embed => "embed",
            Self::Import => "import",
        }
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where and when an entry was seen: what a record says beyond the video itself.
#[derive(Debug, Clone, Copy)]
pub struct Sighting<'a> {
    /// The question asked; `None` for files imported without `--name`.
    pub query: Option<&'a Query>,
    /// The lane that gave the entry.
    pub lane: Lane,
    /// Place in the feed, counted from 1.
    pub position: u64,
    /// When it was collected, epoch seconds, for entries that do not say so themselves.
    pub collected_at: Option<i64>,
    /// Whether the entry is known to come from a hashtag's feed; `None` where nobody can tell.
    pub hashtag_feed: Option<bool>,
}

/// Why an entry became no record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Malformed {
    /// Not an object at all (`null`, a number, a list).
    #[error("not an object")]
    NotAnObject,
    /// An object without a usable id.
    #[error("no id")]
    NoId,
    /// A live room, which is no video.
    #[error("a live room")]
    LiveRoom,
    /// JSON that cannot be read even after repair.
    #[error("unreadable: {0}")]
    Unreadable(String),
}
