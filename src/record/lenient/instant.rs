//! ISO 8601 texts as epoch seconds.

/// The epoch second of `YYYY-MM-DDTHH:MM:SS`, with any fraction, and `Z` or an offset. Without
/// either nobody can tell which second is meant.
pub(crate) fn epoch_second(text: &str) -> Option<i64> {
    let (date, time) = text.split_once('T')?;
    let [year, month, day] = numbers(date, '-')?;
    let clock_end = time.find(['.', 'Z', '+', '-'])?;
    let [hour, minute, second] = numbers(&time[..clock_end], ':')?;
    let zone = time[clock_end..].trim_start_matches(|it: char| it == '.' || it.is_ascii_digit());
    let is_valid = (1970..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    let offset = offset_seconds(zone)?;
    is_valid.then(|| {
        days_since_epoch(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset
    })
}

fn numbers(text: &str, separator: char) -> Option<[i64; 3]> {
    let mut parts = text.split(separator).map(|part| {
        let digits = matches!(part.len(), 2 | 4) && part.bytes().all(|it| it.is_ascii_digit());
        digits.then(|| part.parse().ok()).flatten()
    });
    let three = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(three)
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

#[cfg(test)]
mod tests {
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
        ] {
            assert_eq!(epoch_second(text), second, "{text}");
        }
    }
}
