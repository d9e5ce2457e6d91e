//! How many records a pull may write for one hashtag.

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use super::quote::quote;

/// How many records a pull may write for one hashtag.
///
/// In JSON: a positive integer, or (read only) a string of digits; [`Limit::All`] is written as
/// null and cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// An exact upper bound.
    AtMost(NonZeroU64),
    /// Everything the feed gives (`--all`).
    All,
}

/// Why a text is no limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LimitError {
    /// Zero.
    #[error("a limit of 0 would write nothing; give 1 or more, or --all for everything")]
    Zero,
    /// Not a whole number; holds the text, quoted.
    #[error("{0} is not a whole number, e.g. 100")]
    NotANumber(String),
    /// A number above 2^64 - 1; holds the text, quoted.
    #[error("{0} is too large for a limit; give e.g. 100, or --all for everything")]
    TooLarge(String),
}

impl Limit {
    /// The bound as a number; `None` for [`Limit::All`].
    #[must_use]
    pub fn get(self) -> Option<u64> {
        match self {
            Self::AtMost(n) => Some(n.get()),
            Self::All => None,
        }
    }
}

impl Default for Limit {
    /// 100, what `--limit` is when nobody gives one.
    fn default() -> Self {
        const HUNDRED: NonZeroU64 = NonZeroU64::new(100).expect("100 is not 0");
        Self::AtMost(HUNDRED)
    }
}

impl TryFrom<u64> for Limit {
    type Error = LimitError;

    fn try_from(n: u64) -> Result<Self, Self::Error> {
        NonZeroU64::new(n).map(Self::AtMost).ok_or(LimitError::Zero)
    }
}

impl FromStr for Limit {
    type Err = LimitError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.trim();
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(LimitError::NotANumber(quote(text)));
        }
        match digits.parse::<u64>() {
            Ok(n) => Self::try_from(n),
            Err(_) => Err(LimitError::TooLarge(quote(text))),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtMost(n) => n.fmt(f),
            Self::All => f.write_str("all"),
        }
    }
}

impl Serialize for Limit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.get().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WholeNumber)
    }
}

/// Reads an integer, or a string of digits.
struct WholeNumber;

impl Visitor<'_> for WholeNumber {
    type Value = Limit;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number, e.g. 100")
    }

    fn visit_u64<E: de::Error>(self, n: u64) -> Result<Limit, E> {
        Limit::try_from(n).map_err(E::custom)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Limit, E> {
        text.parse().map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Limit;

    #[test]
    fn whole_numbers_are_limits() {
        for (given, n) in [("1", 1), ("100", 100), (" 31 ", 31), ("007", 7)] {
            let limit: Limit = given.parse().unwrap_or_else(|e| panic!("{given}: {e}"));
            assert_eq!(limit.get(), Some(n));
            assert_eq!(limit.to_string(), n.to_string());
        }
        assert_eq!(Limit::default().get(), Some(100));
        assert_eq!(Limit::All.get(), None);
    }

    #[test]
    fn other_texts_say_what_is_due() {
        for (given, said) in [
            (
                "0",
                "a limit of 0 would write nothing; give 1 or more, or --all for everything",
            ),
            ("", "\"\" is not a whole number, e.g. 100"),
            ("all", "\"all\" is not a whole number, e.g. 100"),
            ("-5", "\"-5\" is not a whole number, e.g. 100"),
            ("+5", "\"+5\" is not a whole number, e.g. 100"),
            ("1e3", "\"1e3\" is not a whole number, e.g. 100"),
            ("10.0", "\"10.0\" is not a whole number, e.g. 100"),
            (
                "18446744073709551616",
                "\"18446744073709551616\" is too large for a limit; give e.g. 100, or --all for everything",
            ),
        ] {
            let error = given.parse::<Limit>().expect_err(given);
            assert_eq!(error.to_string(), said);
        }
    }

    #[test]
    fn json_may_hold_a_number_or_its_digits() {
        for (json, n) in [("5", 5), ("\"5\"", 5)] {
            let limit: Limit = serde_json::from_str(json).expect(json);
            assert_eq!(limit.get(), Some(n));
        }
        for (json, said) in [
            ("0", "--all"),
            ("\"0\"", "--all"),
            ("-1", "expected a whole number, e.g. 100"),
            ("1.5", "expected a whole number, e.g. 100"),
            ("true", "expected a whole number, e.g. 100"),
            ("[]", "expected a whole number, e.g. 100"),
        ] {
            let error = serde_json::from_str::<Limit>(json).expect_err(json);
            assert!(error.to_string().contains(said), "{json}: {error}");
        }
        assert_eq!(serde_json::to_string(&Limit::All).expect("JSON"), "null");
        assert_eq!(
            serde_json::to_string(&Limit::default()).expect("JSON"),
            "100"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_judged(text in any::<String>()) {
            let _ = text.parse::<Limit>();
        }
    }
}
