//! What is kept of one record: a few words and numbers, so that a long file fits into memory.

use crate::record::{Author, Music, Record};

/// Most characters kept of a caption.
const LONGEST: usize = 160;
/// How every link to a video begins that a page may hold.
const SITE: &str = "https://www.tiktok.com/";

/// One video as it was seen last.
#[derive(Debug, Clone)]
pub(super) struct Video {
    pub(super) id: String,
    pub(super) url: Option<String>,
    pub(super) desc: Option<String>,
    pub(super) creator: Option<Creator>,
    pub(super) sound: Option<Sound>,
    pub(super) counts: Counts,
    pub(super) create_time: Option<i64>,
    /// Whether that was read off the id.
    pub(super) is_estimated: bool,
    /// The hashtags it carries, each once, in lower case; none where nobody said.
    pub(super) tags: Option<Vec<String>>,
    /// When it was seen so.
    pub(super) seen_at: Option<i64>,
    /// What it was played by when.
    pub(super) plays_at: Vec<(i64, u64)>,
}

/// How often it was played, liked and so on; none where nobody said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) plays: Option<u64>,
    pub(super) likes: Option<u64>,
    pub(super) comments: Option<u64>,
    pub(super) shares: Option<u64>,
    pub(super) saves: Option<u64>,
}

/// Who published it.
#[derive(Debug, Clone)]
pub(super) struct Creator {
    /// What tells it from others.
    pub(super) key: String,
    pub(super) unique_id: Option<String>,
    pub(super) nickname: Option<String>,
}

/// The sound it uses.
#[derive(Debug, Clone)]
pub(super) struct Sound {
    pub(super) id: String,
    pub(super) title: Option<String>,
    pub(super) author: Option<String>,
}

impl Video {
    pub(super) fn new(record: Record) -> Self {
        let tags = record.hashtag_names().map(|names| {
            let mut names: Vec<String> = names.map(str::to_lowercase).collect();
            names.sort_unstable();
            names.dedup();
            names
        });
        let statistics = record.statistics.unwrap_or_default();
        let seen_at = record.collection.collected_at;
        let estimated = &record.collection.estimated;
        let sighting = seen_at.zip(statistics.play_count);
        Self {
            id: record.aweme_id,
            url: Some(record.share_info.share_url).filter(|it| it.starts_with(SITE)),
            desc: record.desc.map(|desc| desc.chars().take(LONGEST).collect()),
            creator: record.author.and_then(Creator::new),
            sound: record.music.and_then(Sound::new),
            counts: Counts {
                plays: statistics.play_count,
                likes: statistics.digg_count,
                comments: statistics.comment_count,
                shares: statistics.share_count,
                saves: statistics.collect_count,
            },
            create_time: record.create_time,
            is_estimated: estimated.iter().any(|path| path == "create_time"),
            tags,
            seen_at,
            plays_at: sighting.into_iter().collect(),
        }
    }
}

impl Creator {
    /// One that has a name of some kind; the id is the one that never changes.
    fn new(author: Author) -> Option<Self> {
        let names = [&author.uid, &author.unique_id, &author.sec_uid];
        let key = names.into_iter().flatten().next()?.clone();
        Some(Self {
            key,
            unique_id: author.unique_id,
            nickname: author.nickname,
        })
    }
}

impl Sound {
    fn new(music: Music) -> Option<Self> {
        Some(Self {
            id: music.id?,
            title: music.title,
            author: music.author,
        })
    }
}
