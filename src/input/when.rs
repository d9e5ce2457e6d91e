//! A point in time that publish times are compared with: fixed, or so long before the run.

use std::fmt;
use std::str::FromStr;

use super::instant::{DAY, epoch_second};
use super::quote::quote;

/// The longest span back, in seconds: longer than the site exists.
const LONGEST: i64 = 100 * 366 * DAY;

/// The last second of the year 9999.
const LAST: i64 = 253_402_300_799;

/// A point in time; two are the same when they were asked for alike, whenever that was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// An epoch second.
    At(i64),
    /// So many seconds before the run's start.
    Ago(i64),
}

/// Why a text is no point in time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WhenError {
    /// It has none of the forms; holds the text, quoted.
    #[error(
        "{0} is no time; give a date (2025-01-31), a time with its zone (2025-01-31T12:00:00Z), \
         a span back from now (7d) or @ and epoch seconds"
    )]
    NoTime(String),
    /// Epoch seconds beyond the years of four digits.
    #[error("@{seconds} is after the year 9999; that looks like milliseconds, write @{}", seconds / 1_000)]
    Milliseconds {
        /// As they were written.
        seconds: i64,
    },
}

impl When {
    /// The epoch second it is for a run that began at `now`.
    #[must_use]
    pub fn second(self, now: i64) -> i64 {
        match self {
            Self::At(second) => second,
            Self::Ago(seconds) => now - seconds,
        }
    }

    /// So many of a unit back; `None` for a span that is too long.
    pub(super) fn ago(number: &str, unit: i64) -> Option<Self> {
        let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        let number: i64 = is_number.then(|| number.parse().ok()).flatten()?;
        let seconds = number.checked_mul(unit)?;
        (seconds <= LONGEST).then_some(Self::Ago(seconds))
    }

    fn read(text: &str) -> Option<Self> {
        if let Some(second) = text.strip_prefix('@') {
            let is_number = second.bytes().all(|b| b.is_ascii_digit());
            return is_number.then(|| second.parse().ok().map(Self::At))?;
        }
        let digits = text.trim_end_matches(char::is_alphabetic);
        let unit = match &text[digits.len()..] {
            "s" => 1,
            "m" => 60,
            "h" => 3_600,
            "d" => DAY,
            "w" => 7 * DAY,
            "" => return epoch_second(&format!("{text}T00:00:00Z")).map(Self::At),
            _ => return epoch_second(&text.to_ascii_uppercase()).map(Self::At),
        };
        Self::ago(digits, unit)
    }
}

impl FromStr for When {
    type Err = WhenError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let trimmed = text.trim();
        // A zone in digits leaves nothing behind them either.
        let read = Self::read(trimmed).or_else(|| epoch_second(trimmed).map(Self::At));
        match read {
            Some(Self::At(seconds)) if seconds > LAST => Err(WhenError::Milliseconds { seconds }),
            read => read.ok_or_else(|| WhenError::NoTime(quote(text))),
        }
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(second) => write!(f, "@{second}"),
            Self::Ago(seconds) => write!(f, "{seconds}s"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::When;

    #[test]
    fn every_form_is_a_time() {
        for (text, when) in [
            ("2025-01-31", When::At(1_738_281_600)),
            (" 2024-02-29 ", When::At(1_709_164_800)),
            ("2025-01-31T12:00:00Z", When::At(1_738_324_800)),
            ("2025-01-31t12:00:00z", When::At(1_738_324_800)),
            ("2025-01-31T14:00:00.5+02:00", When::At(1_738_324_800)),
            ("@1738324800", When::At(1_738_324_800)),
            ("@0", When::At(0)),
            ("7d", When::Ago(604_800)),
            ("36h", When::Ago(129_600)),
            ("90m", When::Ago(5_400)),
            ("90s", When::Ago(90)),
            ("2w", When::Ago(1_209_600)),
            ("0d", When::Ago(0)),
        ] {
            assert_eq!(text.parse(), Ok(when), "{text}");
            assert_eq!(when.to_string().parse(), Ok(when), "{text}");
        }
    }

    #[test]
    fn other_texts_say_what_is_due() {
        for text in [
            "",
            "@",
            "@-1",
            "@1.5",
            "7",
            "d",
            "-7d",
            "7 d",
            "7y",
            "1.5d",
            "yesterday",
            "2025-02-30",
            "2025-1-31",
            "31.01.2025",
            "20250131",
            "2025-01-31T12:00:00",
            "2025-01-31T12:00",
            "999999999d",
            "99999999999999999999d",
            "7d\u{1b}",
        ] {
            let error = text.parse::<When>().expect_err(text).to_string();
            assert!(
                error.contains("is no time; give a date (2025-01-31)"),
                "{text}: {error}"
            );
            assert!(!error.contains('\u{1b}'));
        }
    }

    #[test]
    fn milliseconds_are_told_from_seconds() {
        assert_eq!("@253402300799".parse(), Ok(When::At(253_402_300_799)));
        for (text, words) in [
            (
                "@1767225600000",
                "@1767225600000 is after the year 9999; that looks like milliseconds, \
                 write @1767225600",
            ),
            (
                "@253402300800",
                "@253402300800 is after the year 9999; that looks like milliseconds, \
                 write @253402300",
            ),
        ] {
            let error = text.parse::<When>().expect_err(text).to_string();
            assert_eq!(error, words);
        }
    }

    #[test]
    fn a_span_counts_back_from_the_run() {
        assert_eq!(When::Ago(60).second(1_000), 940);
        assert_eq!(When::At(5).second(1_000), 5);
    }

    proptest! {
        #[test]
        fn any_text_is_judged(text in any::<String>()) {
            let _ = text.parse::<When>();
        }

        #[test]
        fn any_digits_are_judged(text in "[@0-9TZ:.+dhw-]{0,24}") {
            let _ = text.parse::<When>();
        }
    }
}
