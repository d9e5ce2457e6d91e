//! A country code.
use std::fmt;
use std::str::FromStr;

/// ISO 3166-1 alpha-2 country code in capitals (and `XK`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region([u8; 2]);

/// Why a text is no region.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum RegionError {
    /// Not in the list.
    #[error("\"{0}\" is no country code; two letters are, e.g. US")]
    Unknown(String),
}

impl Region {
    /// The two capitals.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("")
    }
}

impl FromStr for Region {
    type Err = RegionError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim().to_ascii_uppercase().as_bytes() {
            [a, b] => Ok(Self([*a, *b])),
            _ => Err(RegionError::Unknown(text.to_owned())),
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
