//! When the videos were published: the span, the hours and the days of the week, all in UTC.

use serde::Serialize;

use super::video::Video;

const DAY: i64 = 86_400;
/// The first day of the epoch was a Thursday, three days after a Monday.
const THURSDAY: i64 = 3;

/// When the videos were published.
#[derive(Debug, Default, Serialize)]
pub struct Published {
    /// The earliest, epoch seconds.
    pub first: Option<i64>,
    /// The latest, epoch seconds.
    pub last: Option<i64>,
    /// Videos whose time is unknown.
    pub unknown: u64,
    /// Videos whose time was read off their id, some seconds to a few days early.
    pub estimated: u64,
    /// Videos by the hour of the day, UTC, from 0 to 23.
    pub hours: [u64; 24],
    /// Videos by the day of the week, UTC, from Monday to Sunday.
    pub weekdays: [u64; 7],
}

impl Published {
    pub(super) fn of(videos: &[Video]) -> Self {
        let mut all = Self::default();
        for video in videos {
            match video.create_time {
                Some(second) => all.add(second, video.is_estimated),
                None => all.unknown += 1,
            }
        }
        all
    }

    fn add(&mut self, second: i64, is_estimated: bool) {
        self.first = Some(self.first.map_or(second, |first| first.min(second)));
        self.last = self.last.max(Some(second));
        self.estimated += u64::from(is_estimated);
        self.hours[part(second.rem_euclid(DAY) / 3_600)] += 1;
        self.weekdays[part((second.div_euclid(DAY) + THURSDAY).rem_euclid(7))] += 1;
    }
}

/// A small number as a place in a row.
fn part(number: i64) -> usize {
    usize::try_from(number).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::Published;

    #[test]
    fn an_hour_and_a_weekday_are_those_of_utc() {
        // `date -u -d 2026-11-26T23:30:00Z +'%s %A'` and others.
        for (second, hour, weekday) in [
            (1_795_735_800, 23, 3),
            (0, 0, 3),
            (-1, 23, 2),
            (1_767_571_200, 0, 0),
        ] {
            let mut all = Published::default();
            all.add(second, false);
            assert_eq!(all.hours[hour], 1, "{second}");
            assert_eq!(all.weekdays[weekday], 1, "{second}");
        }
    }
}
