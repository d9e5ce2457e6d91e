//! ISO 8601 texts as epoch seconds, and back.

/// Seconds of a day.
pub(super) const DAY: i64 = 86_400;

/// The epoch second of `YYYY-MM-DDTHH:MM:SS`, with any fraction, and `Z` or an offset. Without
/// either nobody can tell which second is meant.
pub(crate) fn epoch_second(text: &str) -> Option<i64> {
    let (date, time) = text.split_once('T')?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let clock_end = time.find(['.', 'Z', '+', '-'])?;
    let [hour, minute, second] = numbers(&time[..clock_end], ':', [2, 2, 2])?;
    let zone = time[clock_end..].trim_start_matches(|it: char| it == '.' || it.is_ascii_digit());
    let is_valid = (1970..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    let offset = offset_seconds(zone)?;
    is_valid.then(|| {
        days_since_epoch(year, month, day) * DAY + hour * 3600 + minute * 60 + second - offset
    })
}

/// `second` as `YYYY-MM-DDTHH:MM:SS.000Z`; `None` beyond the years that have four digits.
pub(crate) fn iso_8601(second: i64) -> Option<String> {
    let (days, rest) = (second.div_euclid(DAY), second.rem_euclid(DAY));
    let [year, month, day] = date_of(days);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    (0..=9999)
        .contains(&year)
        .then(|| format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.000Z"))
}

fn numbers(text: &str, separator: char, lengths: [usize; 3]) -> Option<[i64; 3]> {
    let mut parts = text.split(separator).zip(lengths).map(|(part, length)| {
        let digits = part.len() == length && part.bytes().all(|it| it.is_ascii_digit());
        digits.then(|| part.parse().ok()).flatten()
    });
    let three = [parts.next()??, parts.next()??, parts.next()??];
    (text.matches(separator).count() == 2).then_some(three)
}

/// `Z`, `+HH:MM` or `-HH:MM`.
fn offset_seconds(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let hours: i64 = hours.parse().ok().filter(|it| (0..24).contains(it))?;
    let minutes: i64 = minutes.parse().ok().filter(|it| (0..60).contains(it))?;
    Some(sign * (hours * 3600 + minutes * 60))
}

/// Days from 1 January 1970 to a date of the Gregorian calendar. Years start in March, so that
/// the leap day is the last.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let leap_days = year / 4 - year / 100 + year / 400;
    year * 365 + leap_days + day_of_year - 719_468
}

/// The year, month and day that lie so many days after 1 January 1970: the way back.
fn date_of(days: i64) -> [i64; 3] {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    [era * 400 + year_of_era + i64::from(month <= 2), month, day]
}

fn days_in(year: i64, month: i64) -> i64 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_moment_needs_its_zone() {
        for (text, second) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2024-02-29T12:00:00Z", Some(1_709_208_000)),
            ("2000-03-01T00:00:00Z", Some(951_868_800)),
            ("2025-08-18T18:52:13.000Z", Some(1_755_543_133)),
            ("2025-08-18T20:52:13+02:00", Some(1_755_543_133)),
            ("2025-08-18T13:22:13.5-05:30", Some(1_755_543_133)),
            ("2025-08-18T18:52:13", None),
            ("2025-08-18T18:52Z", None),
            ("2025-13-18T18:52:13Z", None),
            ("2025-08-18T25:52:13Z", None),
            ("2025-08-18T18:52:13+é", None),
            ("-025-08-18T18:52:13Z", None),
            ("T", None),
            ("2025-08-18", None),
            ("2025-02-29T00:00:00Z", None),
            ("2025-08-0018T18:52:13Z", None),
            ("2025-08-18-01T18:52:13Z", None),
        ] {
            assert_eq!(epoch_second(text), second, "{text}");
        }
    }

    #[test]
    fn a_second_is_written_in_utc() {
        for (second, text) in [
            (0, Some("1970-01-01T00:00:00.000Z")),
            (1_709_208_000, Some("2024-02-29T12:00:00.000Z")),
            (-1, Some("1969-12-31T23:59:59.000Z")),
            (253_402_300_800, None),
        ] {
            assert_eq!(iso_8601(second).as_deref(), text, "{second}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(second in 0i64..253_402_300_800) {
            prop_assert_eq!(iso_8601(second).and_then(|text| epoch_second(&text)), Some(second));
        }
    }
}
