//! A length of time on the command line.

use std::str::FromStr;
use std::time::Duration;

/// The longest, a year.
const LONGEST: Duration = Duration::from_secs(366 * 86_400);

/// A length of time: seconds, or numbers with `d`, `h`, `m` or `s`, the longest unit first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seconds(pub Duration);

impl Seconds {
    /// One whose unit is said, for switches that nobody counts in seconds.
    ///
    /// # Errors
    /// A sentence for the user about a number without a unit, or what is no length of time.
    pub fn with_unit(text: &str) -> Result<Self, String> {
        if text.ends_with(|c: char| c.is_ascii_digit() || c == '.') {
            return Err(format!(
                "\"{text}\" has no unit; give one, e.g. 6h, 30m or 1d"
            ));
        }
        text.parse()
    }

    fn read(text: &str) -> Option<Duration> {
        if let Ok(seconds) = text.parse() {
            return Duration::try_from_secs_f64(seconds).ok();
        }
        let mut rest = text;
        let (mut seconds, mut above) = (0.0, f64::INFINITY);
        while !rest.is_empty() {
            let end = rest.find(char::is_alphabetic)?;
            let (number, behind) = rest.split_at(end);
            let unit = match behind.as_bytes()[0] {
                b's' => 1.0,
                b'm' => 60.0,
                b'h' => 3_600.0,
                b'd' => 86_400.0,
                _ => return None,
            };
            if unit >= above {
                return None;
            }
            seconds += number.parse::<f64>().ok().filter(|it| *it >= 0.0)? * unit;
            (rest, above) = (&behind[1..], unit);
        }
        Duration::try_from_secs_f64(seconds).ok()
    }
}

impl FromStr for Seconds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let read = Self::read(text).filter(|long| !long.is_zero() && *long <= LONGEST);
        read.map(Self)
            .ok_or_else(|| format!("\"{text}\" is no length of time, e.g. 90s, 15m, 1h30m or 7d"))
    }
}

#[cfg(test)]
mod tests {
    use super::Seconds;
    use std::time::Duration;

    #[test]
    fn lengths_of_time() {
        for (text, secs) in [
            ("60", 60),
            ("90s", 90),
            ("15m", 900),
            ("2h", 7_200),
            ("7d", 604_800),
            ("1h30m", 5_400),
            ("1d12h30m5s", 131_405),
            ("1.5h", 5_400),
        ] {
            let long = Ok(Seconds(Duration::from_secs(secs)));
            assert_eq!(text.parse(), long, "{text}");
        }
        assert_eq!("0.5".parse(), Ok(Seconds(Duration::from_millis(500))));
        for text in [
            "", "0", "-1", "s", "5 m", "5x", "NaN", "inf", "1e99", "1h30", "30m1h", "1h1h",
            "-1h2m", "0h0m", "h30m", "2é", "400d",
        ] {
            assert!(text.parse::<Seconds>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_unit_may_be_asked_for() {
        let hours = Ok(Seconds(Duration::from_secs(21_600)));
        assert_eq!(Seconds::with_unit("6h"), hours);
        for text in ["6", "0", "1h30"] {
            let words = Seconds::with_unit(text).unwrap_err();
            assert!(words.ends_with("give one, e.g. 6h, 30m or 1d"), "{words}");
        }
        assert!(Seconds::with_unit("0h").is_err());
    }
}
