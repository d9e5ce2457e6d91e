//! A hashtag's name.
use std::fmt;
use std::str::FromStr;

/// A hashtag's name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HashtagName(String);

/// Why a text is no hashtag.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum HashtagError {
    /// Nothing there.
    #[error("a hashtag needs at least one character, e.g. travel")]
    Empty,
}

impl HashtagName {
    /// The name without `#`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for HashtagName {
    type Err = HashtagError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() {
            return Err(HashtagError::Empty);
        }
        Ok(Self(text.to_lowercase()))
    }
}

impl fmt::Display for HashtagName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
