//! The parts of a report in the order they are told, the same for a terminal and for the page.

use super::chart::{Chart, Shape};
use super::table::{Cell, Table, UNKNOWN};
use super::{Gain, Report, Sum, grouped};
use crate::input::iso_8601;
use crate::words::{counted, shown};

/// One part of a report.
pub(super) struct Section {
    pub(super) title: &'static str,
    /// What to know about it.
    pub(super) note: Option<String>,
    pub(super) body: Body,
    /// Its picture on a page.
    pub(super) chart: Option<Chart>,
}

/// What it shows.
pub(super) enum Body {
    /// Rows; may be none.
    Table(Table),
    /// A few counts side by side, each with its label.
    Profile(Vec<(String, u64)>),
}

impl Report {
    /// What it is about: the hashtags.
    pub(super) fn title(&self) -> String {
        match &*self.hashtags {
            [] => "Videos".to_owned(),
            [first, rest @ ..] => {
                let more = match rest.len() {
                    0 => String::new(),
                    more => format!(" and {}", counted(more as u64, "other", "others")),
                };
                format!("#{}{more}", shown(first, 60))
            }
        }
    }

    /// Its first sentence.
    pub(super) fn headline(&self) -> String {
        let totals = &self.totals;
        let videos = counted_well(totals.videos, "video", "videos");
        let creators = counted_well(totals.creators, "creator", "creators");
        let sounds = counted_well(totals.sounds, "sound", "sounds");
        let span = match (self.published.first, self.published.last) {
            (Some(first), Some(last)) => format!("published {} to {}", day(first), day(last)),
            _ => "publish times unknown".to_owned(),
        };
        format!("{videos} by {creators}, {sounds}, {span}")
    }

    pub(super) fn sections(&self) -> Vec<Section> {
        vec![
            self.totals_section(),
            self.videos_section(),
            self.creators_section(),
            self.sounds_section(),
            self.tags_section(),
            self.pairs_section(),
            self.hours_section(),
            self.weekdays_section(),
            self.growth_section(),
        ]
    }

    fn totals_section(&self) -> Section {
        let totals = &self.totals;
        let row = |name: &str, sum: &Sum| {
            vec![
                Cell::Words(name.to_owned()),
                Cell::number(sum.sum),
                median(sum.median.as_ref()),
                Cell::number(Some(sum.unknown)),
            ]
        };
        let rows = vec![
            row("plays", &totals.plays),
            row("likes", &totals.likes),
            row("comments", &totals.comments),
            row("shares", &totals.shares),
            row("saves", &totals.saves),
        ];
        let lacks = [
            (totals.videos_without_creator, "creator"),
            (totals.videos_without_sound, "sound"),
            (totals.videos_without_tags, "hashtags"),
        ];
        let lacks = lacks.into_iter().filter(|(videos, _)| *videos > 0);
        let lacks: Vec<String> = lacks
            .map(|(videos, what)| format!("{what} of {}", counted_well(videos, "video", "videos")))
            .collect();
        Section {
            title: "Totals",
            note: (!lacks.is_empty()).then(|| format!("Unknown: {}.", lacks.join(", "))),
            body: Body::Table(Table {
                heads: vec!["", "sum", "median", "unknown"],
                rows,
            }),
            chart: None,
        }
    }

    fn videos_section(&self) -> Section {
        let parts = parts(self.videos.iter().map(|it| it.plays.map(wide)));
        let rows = self.videos.iter().zip(&parts).map(|(video, part)| {
            vec![
                Cell::number(video.plays),
                Cell::Bar(*part),
                Cell::number(video.likes),
                Cell::Number(video.create_time.map_or_else(|| UNKNOWN.to_owned(), day)),
                handle(video.creator.as_deref()),
                Cell::link(video.desc.as_deref(), video.url.as_deref()),
            ]
        });
        let bars = self
            .videos
            .iter()
            .filter_map(|video| Some((at(video.creator.as_deref()), wide(video.plays?))));
        Section {
            title: "Top videos by plays",
            note: None,
            chart: Chart::new(Shape::Rows, "Plays of the top videos", bars.collect()),
            body: Body::Table(Table {
                heads: vec!["plays", "", "likes", "published", "creator", "caption"],
                rows: rows.collect(),
            }),
        }
    }

    fn creators_section(&self) -> Section {
        let medians = || self.creators.iter().map(|it| it.median_plays);
        let parts = parts(medians().map(|it| it.map(|it| it.value())));
        let rows = self.creators.iter().zip(&parts).map(|(creator, part)| {
            vec![
                median(creator.median_plays.as_ref()),
                Cell::Bar(*part),
                Cell::number(Some(creator.videos)),
                handle(creator.unique_id.as_deref()),
                Cell::words(creator.nickname.as_deref()),
            ]
        });
        let bars = self.creators.iter().filter_map(|creator| {
            let handle = creator.unique_id.as_ref().map(|it| format!("@{it}"));
            let name = handle.or_else(|| creator.nickname.clone());
            let name = name.unwrap_or_else(|| creator.id.clone());
            Some((name, creator.median_plays?.value()))
        });
        Section {
            title: "Creators by median plays",
            note: None,
            chart: Chart::new(Shape::Rows, "Median plays of the creators", bars.collect()),
            body: Body::Table(Table {
                heads: vec!["median plays", "", "videos", "creator", "name"],
                rows: rows.collect(),
            }),
        }
    }

    fn sounds_section(&self) -> Section {
        let parts = parts(self.sounds.iter().map(|it| Some(wide(it.creators))));
        let rows = self.sounds.iter().zip(&parts).map(|(sound, part)| {
            vec![
                Cell::number(Some(sound.creators)),
                Cell::Bar(*part),
                Cell::number(Some(sound.videos)),
                median(sound.median_plays.as_ref()),
                Cell::words(sound.title.as_deref()),
                Cell::words(sound.author.as_deref()),
            ]
        });
        let bars = self.sounds.iter().map(|sound| {
            let name = sound.title.as_ref().unwrap_or(&sound.id);
            (name.clone(), wide(sound.creators))
        });
        Section {
            title: "Sounds by creators who use them",
            note: None,
            chart: Chart::new(Shape::Rows, "Creators who use a sound", bars.collect()),
            body: Body::Table(Table {
                heads: vec!["creators", "", "videos", "median plays", "sound", "by"],
                rows: rows.collect(),
            }),
        }
    }

    fn tags_section(&self) -> Section {
        let parts = parts(self.tags.iter().map(|it| Some(wide(it.videos))));
        let rows = self.tags.iter().zip(&parts).map(|(tag, part)| {
            vec![
                Cell::number(Some(tag.videos)),
                Cell::Bar(*part),
                Cell::Number(format!("{:.1} %", tag.share * 100.0)),
                median(tag.median_plays.as_ref()),
                Cell::Words(hash(&tag.name)),
            ]
        });
        let bars = self
            .tags
            .iter()
            .map(|tag| (hash(&tag.name), wide(tag.videos)));
        Section {
            title: "Hashtags beside it",
            note: None,
            chart: Chart::new(Shape::Rows, "Videos that carry a hashtag", bars.collect()),
            body: Body::Table(Table {
                heads: vec!["videos", "", "share", "median plays", "hashtag"],
                rows: rows.collect(),
            }),
        }
    }

    fn pairs_section(&self) -> Section {
        let parts = parts(self.pairs.iter().map(|it| Some(it.lift)));
        let rows = self.pairs.iter().zip(&parts).map(|(pair, part)| {
            let [one, other] = &pair.tags;
            vec![
                Cell::Number(format!("{:.2}", pair.lift)),
                Cell::Bar(*part),
                Cell::number(Some(pair.videos)),
                Cell::Words(format!("{} {}", hash(one), hash(other))),
            ]
        });
        let note = match self.pairs.is_empty() {
            true => "No two hashtags meet in three videos or more.",
            false => "Lift is how many times more often two meet than by chance.",
        };
        Section {
            title: "Hashtags that go together",
            note: Some(note.to_owned()),
            chart: None,
            body: Body::Table(Table {
                heads: vec!["lift", "", "videos", "hashtags"],
                rows: rows.collect(),
            }),
        }
    }

    fn hours_section(&self) -> Section {
        let hours = self.published.hours.iter().enumerate();
        let hours: Vec<_> = hours
            .map(|(at, videos)| (format!("{at:02}"), *videos))
            .collect();
        let published = &self.published;
        let notes = [
            ("Unknown", published.unknown),
            ("Read off the id, a little early", published.estimated),
        ];
        let notes = notes.into_iter().filter(|(_, videos)| *videos > 0);
        let notes: Vec<String> = notes
            .map(|(what, videos)| format!("{what}: {}.", counted_well(videos, "video", "videos")))
            .collect();
        Section {
            title: "Posting hours, UTC",
            note: (!notes.is_empty()).then(|| notes.join(" ")),
            chart: columns("Videos by hour of the day, UTC", &hours),
            body: Body::Profile(hours),
        }
    }

    fn weekdays_section(&self) -> Section {
        let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
        let days = names.into_iter().zip(self.published.weekdays);
        let days: Vec<_> = days
            .map(|(name, videos)| (name.to_owned(), videos))
            .collect();
        Section {
            title: "Posting days, UTC",
            note: None,
            chart: columns("Videos by day of the week, UTC", &days),
            body: Body::Profile(days),
        }
    }

    fn growth_section(&self) -> Section {
        let growth = &self.growth;
        let per_day = |gain: &Gain| wide(u64::try_from(gain.per_day).unwrap_or_default());
        let parts = parts(growth.videos.iter().map(|it| Some(per_day(&it.overall))));
        let rows = growth.videos.iter().zip(&parts).map(|(video, part)| {
            let lately = video.last_24h.as_ref();
            vec![
                Cell::number(Some(video.overall.per_day)),
                Cell::Bar(*part),
                Cell::number(Some(video.overall.plays)),
                Cell::number(lately.map(|gain| gain.per_hour)),
                Cell::number(Some(video.observations)),
                handle(video.creator.as_deref()),
                Cell::words(video.desc.as_deref()),
            ]
        });
        let note = match growth.observed {
            0 => "Unknown: no video was seen twice, an hour or more apart.".to_owned(),
            videos => format!(
                "{} seen twice, an hour or more apart. Lately is the last 24 h.",
                counted_well(videos, "video was", "videos were")
            ),
        };
        let bars = growth
            .videos
            .iter()
            .map(|video| (at(video.creator.as_deref()), per_day(&video.overall)));
        Section {
            title: "Growth of plays",
            note: Some(note),
            chart: Chart::new(Shape::Rows, "Plays gained a day", bars.collect()),
            body: Body::Table(Table {
                heads: vec![
                    "a day",
                    "",
                    "gained",
                    "an hour lately",
                    "seen",
                    "creator",
                    "caption",
                ],
                rows: rows.collect(),
            }),
        }
    }
}

/// A chart of upright columns; none of nothing.
fn columns(title: &'static str, counts: &[(String, u64)]) -> Option<Chart> {
    let is_empty = counts.iter().all(|(_, count)| *count == 0);
    let bars = counts
        .iter()
        .map(|(name, count)| (name.clone(), wide(*count)));
    let bars: Vec<_> = bars.collect();
    Chart::new(Shape::Columns, title, bars).filter(|_| !is_empty)
}

/// Each value as a part of the highest; nothing of one that is not known.
fn parts(values: impl Iterator<Item = Option<f64>> + Clone) -> Vec<f64> {
    let highest = values.clone().flatten().fold(0.0, f64::max);
    let part = |value: Option<f64>| {
        value
            .filter(|_| highest > 0.0)
            .map_or(0.0, |it| it / highest)
    };
    values.map(part).collect()
}

#[expect(clippy::cast_precision_loss, reason = "nobody sees it in a bar")]
fn wide(count: u64) -> f64 {
    count as f64
}

fn median(median: Option<&super::Median>) -> Cell {
    Cell::Number(median.map_or_else(|| UNKNOWN.to_owned(), ToString::to_string))
}

/// A handle as people write it.
fn at(handle: Option<&str>) -> String {
    handle.map_or_else(|| UNKNOWN.to_owned(), |handle| format!("@{handle}"))
}

fn handle(handle: Option<&str>) -> Cell {
    Cell::words(Some(&at(handle)))
}

fn hash(name: &str) -> String {
    format!("#{}", shown(name, 60))
}

/// `1,234 videos`.
fn counted_well(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

/// The day of a second, in UTC.
fn day(second: i64) -> String {
    let time = iso_8601(second).unwrap_or_else(|| second.to_string());
    time.split('T').next().unwrap_or_default().to_owned()
}
