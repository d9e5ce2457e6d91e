//! Where pages come from: one lane a file. Each knows how to fetch one page; paging and stopping
//! are written once.

mod blob;
mod cookies;
pub mod saved;
mod secret;
mod walk;

use async_trait::async_trait;

use crate::input::Query;
use crate::record::RawItem;

pub use cookies::{CookieFileError, Jar};
pub use secret::Secret;

/// A place in a feed; opaque outside the source that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor(pub(crate) u64);

/// One page of a feed.
#[derive(Debug, Default)]
pub struct Page {
    /// The entries, in feed order.
    pub items: Vec<RawItem>,
    /// Where the feed goes on; `None` when it has ended.
    pub next: Option<Cursor>,
}

/// Something that can fetch one page of a hashtag's feed.
#[async_trait]
pub trait Source: Send {
    /// The page at `at`, the first for `None`.
    async fn page(&mut self, query: &Query, at: Option<&Cursor>) -> Result<Page, Error>;
}

/// placeholder
#[derive(Debug, thiserror::Error)]
#[error("placeholder")]
pub struct Error;
