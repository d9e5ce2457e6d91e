//! Where a store is: a file, or a PostgreSQL server. A server's URL may hold a password, so it is
//! shown without it everywhere.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use url::Url;

/// Where a store is.
#[derive(Clone, PartialEq, Eq)]
pub enum Place {
    /// An SQLite file.
    File(PathBuf),
    /// A PostgreSQL database.
    Server(Url),
}

/// Why a text names no store. The text is not repeated: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlaceError {
    /// A URL of something else, or none that can be read.
    #[error("a store is an SQLite file or postgres://host/database")]
    NoStore,
    /// A database that ends with the run.
    #[error("a store is kept for later runs, so :memory: is none; name a file, or leave it out")]
    Memory,
    /// A file, written as other programs do.
    #[error("an SQLite store is named by its path alone, e.g. tiktok.db")]
    NotAPath,
}

impl Place {
    /// Whether a password stands in it.
    #[must_use]
    pub fn has_password(&self) -> bool {
        match self {
            Self::File(_) => false,
            Self::Server(url) => {
                url.password().is_some() || url.query_pairs().any(|(key, _)| key == "password")
            }
        }
    }
}

impl FromStr for Place {
    type Err = PlaceError;

    fn from_str(text: &str) -> Result<Self, PlaceError> {
        if text.is_empty() {
            return Err(PlaceError::NoStore);
        }
        if text.ends_with(":memory:") {
            return Err(PlaceError::Memory);
        }
        if text.starts_with("sqlite:") || text.starts_with("file:") {
            return Err(PlaceError::NotAPath);
        }
        if !text.contains("://") {
            return Ok(Self::File(PathBuf::from(text)));
        }
        match Url::parse(text) {
            Ok(url) if matches!(url.scheme(), "postgres" | "postgresql") => Ok(Self::Server(url)),
            _ => Err(PlaceError::NoStore),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Server(url) => {
                let host = url.host_str().unwrap_or_default();
                write!(f, "postgres://{host}")?;
                if let Some(port) = url.port() {
                    write!(f, ":{port}")?;
                }
                f.write_str(url.path())
            }
        }
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, PlaceError};

    #[test]
    fn a_store_is_a_file_or_a_server_and_shows_no_password() {
        let rows = [
            ("tiktok.db", "tiktok.db", false),
            ("a folder/b?c=d#e", "a folder/b?c=d#e", false),
            ("postgres://h/d", "postgres://h/d", false),
            ("postgresql://u@h:5433/d", "postgres://h:5433/d", false),
            ("postgres://u:hunter2@h/d", "postgres://h/d", true),
            ("postgres://h/d?password=hunter2", "postgres://h/d", true),
        ];
        for (text, shown, secret) in rows {
            let place: Place = text.parse().unwrap();
            assert_eq!(place.to_string(), shown);
            assert_eq!(format!("{place:?}"), shown);
            assert_eq!(place.has_password(), secret, "{text}");
        }
        for (text, error) in [
            ("", PlaceError::NoStore),
            ("mysql://u:hunter2@h/d", PlaceError::NoStore),
            ("postgres://h:x/d", PlaceError::NoStore),
            ("sqlite://x", PlaceError::NotAPath),
            ("sqlite:x.db", PlaceError::NotAPath),
            ("file:x.db?mode=ro", PlaceError::NotAPath),
            (":memory:", PlaceError::Memory),
            ("sqlite::memory:", PlaceError::Memory),
        ] {
            assert_eq!(text.parse::<Place>(), Err(error), "{text}");
        }
        let file = Place::File("./sqlite:x.db".into());
        assert_eq!("./sqlite:x.db".parse(), Ok(file));
    }
}
