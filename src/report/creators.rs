//! Creators by their median plays: one viral video among many does not make its creator the first.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use super::median::Median;
use super::totals::count;
use super::video::{Creator, Video};

/// A creator and how the videos of theirs that were read did.
#[derive(Debug, Serialize)]
pub struct TopCreator {
    /// The account's id, or another name where that is unknown.
    pub id: String,
    /// Handle without `@`.
    pub unique_id: Option<String>,
    /// Display name.
    pub nickname: Option<String>,
    /// Videos.
    pub videos: u64,
    /// Median plays of those whose plays are known; null where none are.
    pub median_plays: Option<Median>,
    /// Videos whose plays are unknown.
    pub unknown: u64,
}

/// The first `top`: by median plays, then by videos. Those of unknown plays come last.
pub(super) fn creators(videos: &[Video], top: usize) -> Vec<TopCreator> {
    let mut all: BTreeMap<&str, (&Creator, Vec<&Video>)> = BTreeMap::new();
    for video in videos {
        if let Some(creator) = &video.creator {
            let entry = all.entry(&creator.key).or_insert((creator, Vec::new()));
            entry.1.push(video);
        }
    }
    let creators = all.into_values().map(|(who, theirs)| one(who, &theirs));
    let mut creators: Vec<TopCreator> = creators.collect();
    creators.sort_by_key(|it| Reverse((it.median_plays, it.videos)));
    creators.truncate(top);
    creators
}

fn one(creator: &Creator, videos: &[&Video]) -> TopCreator {
    let plays = videos.iter().filter_map(|video| video.counts.plays);
    let plays: Vec<u64> = plays.collect();
    TopCreator {
        id: creator.key.clone(),
        unique_id: creator.unique_id.clone(),
        nickname: creator.nickname.clone(),
        videos: count(videos),
        unknown: count(videos) - count(&plays),
        median_plays: Median::of(plays),
    }
}
