//! How the plays of videos grew that were seen more than once.

use std::cmp::Reverse;

use serde::Serialize;

use super::video::Video;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// How the plays grew.
#[derive(Debug, Serialize)]
pub struct Growth {
    /// Videos whose plays were seen at two times that lie an hour or more apart; less says nothing
    /// of a day.
    pub observed: u64,
    /// The first of them by plays gained a day.
    pub videos: Vec<Grown>,
}

/// How the plays of one video grew.
#[derive(Debug, Serialize)]
pub struct Grown {
    /// The video's id.
    pub aweme_id: String,
    /// Handle of its creator, without `@`.
    pub creator: Option<String>,
    /// Caption, its beginning.
    pub desc: Option<String>,
    /// Times it was seen.
    pub observations: u64,
    /// From the first time to the last.
    pub overall: Gain,
    /// From the earliest time within the 24 hours before the last; null where that is less than
    /// an hour before it, or there is none.
    pub last_24h: Option<Gain>,
}

/// Plays gained between two times.
#[derive(Debug, Clone, Serialize)]
pub struct Gain {
    /// The earlier, epoch seconds.
    pub from: i64,
    /// The later, epoch seconds.
    pub to: i64,
    /// Plays gained; below zero where the site took some away.
    pub plays: i64,
    /// Plays gained an hour, rounded.
    pub per_hour: i64,
    /// Plays gained a day, rounded.
    pub per_day: i64,
}

impl Growth {
    pub(super) fn of(videos: &[Video], top: usize) -> Self {
        let mut grown: Vec<Grown> = videos.iter().filter_map(Grown::of).collect();
        let observed = grown.len() as u64;
        grown.sort_by_key(|it| Reverse(it.overall.per_day));
        grown.truncate(top);
        Self {
            observed,
            videos: grown,
        }
    }
}

impl Grown {
    fn of(video: &Video) -> Option<Self> {
        let (first, last) = (*video.plays_at.first()?, *video.plays_at.last()?);
        let mut seen = video.plays_at.iter();
        let lately = seen.find(|(at, _)| *at >= last.0 - DAY);
        Some(Self {
            aweme_id: video.id.clone(),
            creator: video.creator.as_ref().and_then(|it| it.unique_id.clone()),
            desc: video.desc.clone(),
            observations: video.plays_at.len() as u64,
            overall: Gain::between(first, last)?,
            last_24h: lately.and_then(|from| Gain::between(*from, last)),
        })
    }
}

impl Gain {
    fn between(from: (i64, u64), to: (i64, u64)) -> Option<Self> {
        let seconds = Some(to.0 - from.0).filter(|seconds| *seconds >= HOUR)?;
        let plays = i64::try_from(i128::from(to.1) - i128::from(from.1)).ok()?;
        Some(Self {
            from: from.0,
            to: to.0,
            plays,
            per_hour: per(HOUR, plays, seconds)?,
            per_day: per(DAY, plays, seconds)?,
        })
    }
}

/// What `plays` in `seconds` are in a `span`, rounded.
fn per(span: i64, plays: i64, seconds: i64) -> Option<i64> {
    let twice = 2 * i128::from(plays) * i128::from(span) + i128::from(seconds);
    i64::try_from(twice.div_euclid(2 * i128::from(seconds))).ok()
}
