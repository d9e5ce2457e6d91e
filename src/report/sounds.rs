//! Sounds by how many creators use them: one creator's own sound is no trend, however often used.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

use serde::Serialize;

use super::median::Median;
use super::totals::count;
use super::video::{Sound, Video};

/// A sound and who uses it.
#[derive(Debug, Serialize)]
pub struct TopSound {
    /// The sound's id.
    pub id: String,
    /// Title.
    pub title: Option<String>,
    /// Name of the performer or creator.
    pub author: Option<String>,
    /// Distinct creators whose videos use it.
    pub creators: u64,
    /// Videos that use it.
    pub videos: u64,
    /// Median plays of those whose plays are known; null where none are.
    pub median_plays: Option<Median>,
}

/// The first `top`: by creators, then by videos, then by median plays.
pub(super) fn sounds(videos: &[Video], top: usize) -> Vec<TopSound> {
    let mut all: BTreeMap<&str, (&Sound, Vec<&Video>)> = BTreeMap::new();
    for video in videos {
        if let Some(sound) = &video.sound {
            let entry = all.entry(&sound.id).or_insert((sound, Vec::new()));
            entry.1.push(video);
        }
    }
    let sounds = all.into_values().map(|(sound, users)| one(sound, &users));
    let mut sounds: Vec<TopSound> = sounds.collect();
    sounds.sort_by_key(|it| Reverse((it.creators, it.videos, it.median_plays)));
    sounds.truncate(top);
    sounds
}

fn one(sound: &Sound, videos: &[&Video]) -> TopSound {
    let creators = videos.iter().flat_map(|video| &video.creator);
    let creators: HashSet<&str> = creators.map(|it| &*it.key).collect();
    let plays = videos.iter().filter_map(|video| video.counts.plays);
    TopSound {
        id: sound.id.clone(),
        title: sound.title.clone(),
        author: sound.author.clone(),
        creators: count(creators),
        videos: count(videos),
        median_plays: Median::of(plays.collect()),
    }
}
