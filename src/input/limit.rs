//! How many records a pull may write.
use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

/// How many records a pull may write for one hashtag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// An exact upper bound.
    AtMost(NonZeroU64),
    /// Everything the feed gives (`--all`).
    All,
}

/// Why a text is no limit.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum LimitError {
    /// Zero.
    #[error("a limit of 0 would write nothing; give 1 or more, or --all for everything")]
    Zero,
    /// Not a whole number.
    #[error("\"{0}\" is not a whole number, e.g. 100")]
    NotANumber(String),
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

impl FromStr for Limit {
    type Err = LimitError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let n: u64 = text
            .trim()
            .parse()
            .map_err(|_| LimitError::NotANumber(text.to_owned()))?;
        NonZeroU64::new(n).map(Self::AtMost).ok_or(LimitError::Zero)
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
