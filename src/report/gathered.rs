//! The videos of all records, each once, and how their counts went.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use super::video::Video;
use crate::input::HashtagName;
use crate::record::Record;

/// What was read so far.
#[derive(Debug, Default)]
pub struct Gathered {
    /// How many records that were.
    pub(super) records: u64,
    /// The hashtags they were asked for.
    pub(super) hashtags: BTreeSet<String>,
    videos: HashMap<String, Video>,
}

impl Gathered {
    /// Adds a record. Of two of one video the one collected last counts, the other is a sighting.
    pub fn add(&mut self, record: Record) {
        self.records += 1;
        if let Some(question) = &record.input {
            self.hashtags.insert(question.name.to_lowercase());
        }
        let mut new = Video::new(record);
        match self.videos.entry(new.id.clone()) {
            Entry::Vacant(free) => {
                free.insert(new);
            }
            Entry::Occupied(mut taken) => {
                let old = taken.get_mut();
                if new.seen_at >= old.seen_at {
                    std::mem::swap(old, &mut new);
                }
                old.plays_at.append(&mut new.plays_at);
            }
        }
    }

    /// Says that all were found under the hashtag `name`, whatever they were asked for last.
    pub fn found_under(&mut self, name: &HashtagName) {
        self.hashtags = BTreeSet::from([name.as_str().to_lowercase()]);
    }

    /// Adds how often a video had been played at a time, where its record is there.
    pub fn add_sighting(&mut self, id: &str, at: i64, plays: u64) {
        if let Some(video) = self.videos.get_mut(id) {
            video.plays_at.push((at, plays));
        }
    }

    /// The videos in the order of their ids, each with its sightings in the order of time.
    pub(super) fn into_videos(self) -> Vec<Video> {
        let mut videos: Vec<Video> = self.videos.into_values().collect();
        videos.sort_unstable_by(|one, other| one.id.cmp(&other.id));
        for video in &mut videos {
            video.plays_at.sort_unstable();
            // Of two at one second the higher is kept: a count seldom falls.
            video.plays_at.reverse();
            video.plays_at.dedup_by_key(|(at, _)| *at);
            video.plays_at.reverse();
        }
        videos
    }
}
