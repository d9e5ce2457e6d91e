//! What the user may ask for: hashtag, region, limit and filter, each parsed once into a type that
//! is its own proof. This room knows no other.

mod ask;
mod batch;
mod count;
mod filter;
mod hashtag;
mod instant;
mod language;
mod limit;
mod proxy;
mod quote;
mod region;
mod tag_url;
mod when;

use std::sync::Arc;

pub use ask::{Ask, AskError, Asked, Plan, Planned, ShortLink, distinct};
pub use batch::{Batch, BatchError, EntryError};
pub use count::{Count, CountError};
pub use filter::{Filter, FilterError};
pub use hashtag::{HashtagError, HashtagName};
pub(crate) use instant::{epoch_second, iso_8601};
pub use language::{Language, LanguageError};
pub use limit::{Limit, LimitError};
pub use proxy::{Proxy, ProxyError};
pub use region::{Region, RegionError};
pub use tag_url::{TagUrl, TagUrlError, Target, tag_of};
pub use when::{When, WhenError};

/// One hashtag to pull, with everything the user said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// The hashtag asked for, without `#`, in NFC and lower case.
    pub name: HashtagName,
    /// The tag URL as the user gave it; `None` when only a name was given.
    pub url: Option<String>,
    /// A hint about the viewer's country; it never filters.
    pub region: Option<Region>,
    /// How many records to write at most; [`Limit::All`] for no bound.
    pub limit: Limit,
    /// Which of them are wanted; the same for most of many hashtags.
    pub filter: Arc<Filter>,
}
