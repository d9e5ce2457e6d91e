//! Where pages come from: one lane a file. Each lane knows how to fetch one page; paging,
//! strikes and stopping are written once, in `pages`, and the order of lanes in `auto`.

pub mod auto;
mod blob;
mod bounds;
pub mod browser;
mod budget;
mod capture;
mod codes;
mod cookies;
mod embed;
#[cfg(fuzzing)]
pub mod fuzzing;
pub mod http;
mod judge;
mod list;
mod pace;
mod pages;
mod retry;
pub mod saved;
mod secret;
mod session;
pub mod short_link;
mod tag;
mod verdict;
mod walk;
mod web;

use async_trait::async_trait;

pub use budget::Budget;
pub use cookies::{CookieFileError, Jar};
pub use embed::Embed;
pub use pages::Pages;
pub use secret::Secret;
pub use tag::TagInfo;
pub use verdict::{AnswerFacts, Error, Verdict};
pub use web::Web;

use crate::input::Query;
use crate::record::{Lane, RawItem};

/// A place in a feed. It counts like an offset, but only the source that made one may read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor(pub(crate) u64);

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Where a feed goes on after a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Nowhere: the feed has ended.
    End,
    /// At this cursor.
    At(Cursor),
    /// It should, but how was lost; the page's own entries are good.
    Lost(Error),
}

/// One page of a feed.
#[derive(Debug)]
pub struct Page {
    /// The entries, in feed order, not yet looked into.
    pub items: Vec<RawItem>,
    /// Where the feed goes on.
    pub next: Next,
    /// A further part of the page before: the embed lane hands out its one list video by video.
    pub continued: bool,
}

/// Something that can fetch one page of a hashtag's feed.
#[async_trait]
pub trait Source: Send {
    /// The lane that gives the next page.
    fn lane(&self) -> Lane;

    /// The page at `at`, the first one for `None`.
    ///
    /// # Errors
    /// [`Error`] when no page could be had, however often it was worth asking.
    async fn page(&mut self, query: &Query, at: Option<Cursor>) -> Result<Page, Error>;

    /// What the site says of the hashtag itself: its id and totals.
    ///
    /// # Errors
    /// [`Error`] when the site did not tell.
    async fn tag_info(&mut self, query: &Query) -> Result<TagInfo, Error>;

    /// The cursor an earlier run wrote down as `text`, where the feed can be asked for from there;
    /// `None` for a lane that always begins at the top.
    fn resume(&self, _text: &str) -> Option<Cursor> {
        None
    }

    /// The hashtag's id, once the source knows it.
    fn tag_id(&self) -> Option<String> {
        None
    }

    /// Goes on as another anonymous visitor: the feed hands out what it already gave.
    fn renew(&mut self) {}

    /// Whether the list is known whole from its first page, so that a repeat is no strike.
    fn is_finite(&self) -> bool {
        false
    }

    /// Whether it can be used on this machine at all, before anything is asked of the site.
    ///
    /// # Errors
    /// Why not, in words for the user.
    async fn ready(&mut self) -> Result<(), String> {
        Ok(())
    }

    /// Pages known to be missing among those handed out.
    fn gaps(&self) -> u64 {
        0
    }

    /// Gives back what it holds, once its hashtag is done.
    async fn close(&mut self) {}

    /// The lanes tried so far, in order, with what turned each away.
    fn lanes(&self) -> Vec<(Lane, Option<Verdict>)> {
        vec![(self.lane(), None)]
    }

    /// The block that made a fuller lane give way to one with a finite list. While there is one,
    /// the end of the list is not the end of the hashtag.
    fn stepped_down_from(&self) -> Option<&Error> {
        None
    }
}
