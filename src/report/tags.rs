//! The hashtags beside the one that was asked for, and which of them go together.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;

use super::median::Median;
use super::video::Video;

/// Fewest videos of a pair: two that meet once or twice say nothing.
const SUPPORT: u64 = 3;
/// Most hashtags that are paired, the most used ones, so that the pairs fit into memory.
const PAIRED: usize = 500;

/// A hashtag and the videos that carry it.
#[derive(Debug, Serialize)]
pub struct TopTag {
    /// Name without `#`.
    pub name: String,
    /// Videos that carry it.
    pub videos: u64,
    /// The same as a share of all videos whose hashtags are known.
    pub share: f64,
    /// Median plays of those whose plays are known; null where none are.
    pub median_plays: Option<Median>,
}

/// Two hashtags that go together.
#[derive(Debug, Serialize)]
pub struct Pair {
    /// The two, in the order of the alphabet.
    pub tags: [String; 2],
    /// Videos that carry both.
    pub videos: u64,
    /// How much more often they meet than by chance: P(both) / (P(one) P(other)). 1 is chance.
    pub lift: f64,
}

/// The first `top` hashtags by videos, and the first `top` pairs by lift, then by videos. Those in
/// `asked` are left out: every video of their feed carries them.
pub(super) fn tags(
    videos: &[Video],
    asked: &BTreeSet<String>,
    top: usize,
) -> (Vec<TopTag>, Vec<Pair>) {
    let mut carried: BTreeMap<&str, Vec<&Video>> = BTreeMap::new();
    for video in videos {
        for tag in others(video, asked) {
            carried.entry(tag).or_default().push(video);
        }
    }
    let known = videos.iter().filter(|video| video.tags.is_some()).count() as u64;
    let mut ranked: Vec<(&str, Vec<&Video>)> = carried.into_iter().collect();
    ranked.sort_by_key(|(_, videos)| Reverse(videos.len()));
    let pairs = pairs(videos, asked, &ranked, known, top);
    ranked.truncate(top);
    let one = |(name, videos): (&str, Vec<&Video>)| TopTag {
        name: name.to_owned(),
        videos: videos.len() as u64,
        share: ratio(videos.len() as u64, known),
        median_plays: Median::of(videos.iter().filter_map(|it| it.counts.plays).collect()),
    };
    (ranked.into_iter().map(one).collect(), pairs)
}

/// The hashtags of a video that were not asked for.
fn others<'a>(
    video: &'a Video,
    asked: &'a BTreeSet<String>,
) -> impl Iterator<Item = &'a str> + Clone {
    let tags = video.tags.iter().flatten();
    tags.map(String::as_str).filter(|tag| !asked.contains(*tag))
}

fn pairs(
    videos: &[Video],
    asked: &BTreeSet<String>,
    ranked: &[(&str, Vec<&Video>)],
    known: u64,
    top: usize,
) -> Vec<Pair> {
    let frequent = ranked.iter().take(PAIRED);
    let frequent: HashMap<&str, u64> = frequent
        .map(|(name, videos)| (*name, videos.len() as u64))
        .filter(|(_, videos)| *videos >= SUPPORT)
        .collect();
    let mut met: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for video in videos {
        let mut rest = others(video, asked).filter(|tag| frequent.contains_key(tag));
        while let Some(one) = rest.next() {
            for other in rest.clone() {
                *met.entry((one, other)).or_default() += 1;
            }
        }
    }
    let often = met.into_iter().filter(|(_, videos)| *videos >= SUPPORT);
    let mut pairs: Vec<Pair> = often
        .map(|((one, other), videos)| Pair {
            tags: [one.to_owned(), other.to_owned()],
            videos,
            lift: ratio(videos * known, frequent[one] * frequent[other]),
        })
        .collect();
    pairs.sort_by(|one, other| {
        let lift = other.lift.total_cmp(&one.lift);
        lift.then(other.videos.cmp(&one.videos))
    });
    pairs.truncate(top);
    pairs
}

/// `part` of `whole`, to four digits behind the point.
#[expect(clippy::cast_precision_loss, reason = "four digits are kept")]
fn ratio(part: u64, whole: u64) -> f64 {
    (part as f64 / whole as f64 * 10_000.0).round() / 10_000.0
}
