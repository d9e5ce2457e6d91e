//! What one page adds to the store, gathered while its records are written.

use crate::clock::epoch_seconds;
use crate::record::{Record, Statistics};

/// When a video was seen, in epoch seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeenAt {
    /// By this run, just now.
    Now(i64),
    /// By whoever saved the file it is in, where that says when. The same file may come again.
    Saved(Option<i64>),
}

/// The sightings of one transaction.
#[derive(Debug, Default)]
pub(crate) struct Page(pub(crate) Vec<Seen>);

/// One video seen, whether it was written or not.
#[derive(Debug)]
#[cfg_attr(
    not(feature = "store"),
    expect(dead_code, reason = "nobody reads it there")
)]
pub(crate) struct Seen {
    pub(crate) tag: String,
    pub(crate) id: String,
    pub(crate) author_uid: Option<String>,
    pub(crate) author_unique_id: Option<String>,
    pub(crate) create_time: Option<i64>,
    /// When it was seen; of a file that does not say, when that was read.
    pub(crate) at: i64,
    pub(crate) seen_at: SeenAt,
    /// Plays, likes, comments, shares, saves.
    pub(crate) counts: [Option<i64>; 5],
    /// The record as JSON.
    pub(crate) record: String,
    pub(crate) written: bool,
}

impl Page {
    /// Adds a video that was seen under `tag`.
    pub(crate) fn add(&mut self, tag: &str, record: &Record, seen_at: SeenAt, written: bool) {
        let at = match seen_at {
            SeenAt::Now(at) | SeenAt::Saved(Some(at)) => at,
            SeenAt::Saved(None) => epoch_seconds(),
        };
        let author = record.author.as_ref();
        self.0.push(Seen {
            tag: tag.to_owned(),
            id: column(&record.aweme_id),
            author_uid: author.and_then(|author| author.uid.as_deref()).map(column),
            author_unique_id: author
                .and_then(|author| author.unique_id.as_deref())
                .map(column),
            create_time: record.create_time,
            at,
            seen_at,
            counts: counts(record.statistics.as_ref()),
            record: crate::sink::safe_json(record),
            written,
        });
    }
}

/// A text as a database takes it: PostgreSQL has none with a NUL.
pub(super) fn column(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

fn counts(statistics: Option<&Statistics>) -> [Option<i64>; 5] {
    let Some(counts) = statistics else {
        return [None; 5];
    };
    [
        counts.play_count,
        counts.digg_count,
        counts.comment_count,
        counts.share_count,
        counts.collect_count,
    ]
    .map(|count| count.and_then(|count| i64::try_from(count).ok()))
}
