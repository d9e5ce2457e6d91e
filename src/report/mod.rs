//! Reads records back and sums them up: [`Gathered`] takes them, [`Report`] is what they come to.
//! Lines for a terminal and the page are views of it; what is unknown is said to be, never zero.

mod chart;
mod creators;
mod gathered;
mod growth;
mod median;
mod page;
mod published;
mod read;
mod section;
mod sounds;
mod table;
mod tags;
mod text;
mod totals;
mod video;

#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use serde::Serialize;

pub use creators::TopCreator;
pub use gathered::Gathered;
pub use growth::{Gain, Grown, Growth};
pub use median::Median;
pub use page::page;
pub use published::Published;
pub use read::{ReadError, Unread, read};
pub use sounds::TopSound;
pub use tags::{Pair, TopTag};
pub use text::text;
pub use totals::{Sum, Totals};

use video::Video;

/// What the records come to; `--json` prints it as it is.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The hashtags the records were asked for.
    pub hashtags: Vec<String>,
    /// Sums over all videos.
    pub totals: Totals,
    /// When the videos were published.
    pub published: Published,
    /// Videos by plays.
    pub videos: Vec<TopVideo>,
    /// Creators by median plays.
    pub creators: Vec<TopCreator>,
    /// Sounds by distinct creators.
    pub sounds: Vec<TopSound>,
    /// Hashtags beside those asked for, by videos.
    pub tags: Vec<TopTag>,
    /// Pairs of them by lift.
    pub pairs: Vec<Pair>,
    /// How plays grew.
    pub growth: Growth,
}

/// A video and its counts when it was seen last.
#[derive(Debug, Serialize)]
pub struct TopVideo {
    /// The video's id.
    pub aweme_id: String,
    /// Its page.
    pub url: Option<String>,
    /// Caption, its beginning.
    pub desc: Option<String>,
    /// Handle of its creator, without `@`.
    pub creator: Option<String>,
    /// Publish time, epoch seconds.
    pub create_time: Option<i64>,
    /// Plays.
    pub plays: Option<u64>,
    /// Likes.
    pub likes: Option<u64>,
    /// Comments.
    pub comments: Option<u64>,
    /// Shares.
    pub shares: Option<u64>,
    /// Saves to favourites.
    pub saves: Option<u64>,
}

impl Report {
    /// Sums up, with at most `top` rows of a kind.
    #[must_use]
    pub fn of(gathered: Gathered, top: usize) -> Self {
        let records = gathered.records;
        let asked = gathered.hashtags.clone();
        let videos = gathered.into_videos();
        let (tags, pairs) = tags::tags(&videos, &asked, top);
        Self {
            hashtags: asked.into_iter().collect(),
            totals: Totals::of(&videos, records),
            published: Published::of(&videos),
            videos: top_videos(&videos, top),
            creators: creators::creators(&videos, top),
            sounds: sounds::sounds(&videos, top),
            tags,
            pairs,
            growth: Growth::of(&videos, top),
        }
    }
}

/// The first `top` by plays; those of unknown plays come last.
fn top_videos(videos: &[Video], top: usize) -> Vec<TopVideo> {
    let mut ranked: Vec<&Video> = videos.iter().collect();
    ranked.sort_by_key(|video| Reverse(video.counts.plays));
    ranked.into_iter().take(top).map(TopVideo::of).collect()
}

impl TopVideo {
    fn of(video: &Video) -> Self {
        let counts = video.counts;
        Self {
            aweme_id: video.id.clone(),
            url: video.url.clone(),
            desc: video.desc.clone(),
            creator: video.creator.as_ref().and_then(|it| it.unique_id.clone()),
            create_time: video.create_time,
            plays: counts.plays,
            likes: counts.likes,
            comments: counts.comments,
            shares: counts.shares,
            saves: counts.saves,
        }
    }
}

/// A number with commas between its thousands.
fn grouped(number: impl ToString) -> String {
    let digits = number.to_string();
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", &*digits),
    };
    let mut grouped = sign.to_owned();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
