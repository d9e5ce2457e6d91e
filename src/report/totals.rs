//! Sums over all videos, and of how many each is not known.

use std::collections::HashSet;

use serde::Serialize;

use super::median::Median;
use super::video::{Counts, Video};

/// Sums over all videos.
#[derive(Debug, Serialize)]
pub struct Totals {
    /// Records read, a video seen twice counting twice.
    pub records: u64,
    /// Videos.
    pub videos: u64,
    /// Creators.
    pub creators: u64,
    /// Videos whose creator is unknown.
    pub videos_without_creator: u64,
    /// Sounds.
    pub sounds: u64,
    /// Videos whose sound is unknown.
    pub videos_without_sound: u64,
    /// Videos whose hashtags are unknown.
    pub videos_without_tags: u64,
    /// Plays.
    pub plays: Sum,
    /// Likes.
    pub likes: Sum,
    /// Comments.
    pub comments: Sum,
    /// Shares.
    pub shares: Sum,
    /// Saves to favourites.
    pub saves: Sum,
}

/// The sum of a count over the videos of which it is known.
#[derive(Debug, Serialize)]
pub struct Sum {
    /// The sum; null where it is known of none.
    pub sum: Option<u64>,
    /// The median; null where it is known of none.
    pub median: Option<Median>,
    /// Videos of which it is not known.
    pub unknown: u64,
}

impl Totals {
    pub(super) fn of(videos: &[Video], records: u64) -> Self {
        let creators = videos.iter().flat_map(|video| &video.creator);
        let sounds = videos.iter().flat_map(|video| &video.sound);
        let without = |lacks: fn(&Video) -> bool| count(videos.iter().filter(|it| lacks(it)));
        Self {
            records,
            videos: count(videos),
            creators: count(creators.map(|it| &it.key).collect::<HashSet<_>>()),
            videos_without_creator: without(|video| video.creator.is_none()),
            sounds: count(sounds.map(|it| &it.id).collect::<HashSet<_>>()),
            videos_without_sound: without(|video| video.sound.is_none()),
            videos_without_tags: without(|video| video.tags.is_none()),
            plays: Sum::of(videos, |counts| counts.plays),
            likes: Sum::of(videos, |counts| counts.likes),
            comments: Sum::of(videos, |counts| counts.comments),
            shares: Sum::of(videos, |counts| counts.shares),
            saves: Sum::of(videos, |counts| counts.saves),
        }
    }
}

impl Sum {
    fn of(videos: &[Video], which: fn(&Counts) -> Option<u64>) -> Self {
        let known: Vec<u64> = videos.iter().filter_map(|it| which(&it.counts)).collect();
        let sum = known.iter().copied().reduce(u64::saturating_add);
        Self {
            sum,
            unknown: count(videos) - count(&known),
            median: Median::of(known),
        }
    }
}

/// How many there are.
pub(super) fn count<T>(all: impl IntoIterator<Item = T>) -> u64 {
    all.into_iter().fold(0, |count, _| count + 1)
}
