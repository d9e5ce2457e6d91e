//! What can be wrong with one entry of an `--input` file.

use crate::input::{
    AskError, CountError, HashtagError, LanguageError, LimitError, ProxyError, RegionError,
    TagUrlError, WhenError,
};

/// What is wrong with an entry, or with what it has under `key`, a JSON pointer without its first
/// slash.
pub(super) struct Fault {
    pub(super) key: Option<String>,
    pub(super) cause: EntryError,
}

impl<E: Into<EntryError>> From<E> for Fault {
    fn from(cause: E) -> Self {
        Self {
            key: None,
            cause: cause.into(),
        }
    }
}

/// What is wrong with one entry of a batch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EntryError {
    /// Another JSON type than the one due.
    #[error("{due} is due, not {found}")]
    WrongType {
        /// What should stand there.
        due: &'static str,
        /// What does.
        found: &'static str,
    },
    /// An object with a key that is no text.
    #[error("a key with a broken escape")]
    BrokenKey,
    /// An object that names no hashtag.
    #[error(
        "no hashtag is given; looked for under name, url, hashtags, hashtag, tag_name and \
         startUrls; an entry is e.g. {{\"name\": \"travel\"}} or {{\"hashtags\": [\"travel\"]}}"
    )]
    NoTarget,
    /// A bad line, or a string in place of an object.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// A bad `name`.
    #[error(transparent)]
    Name(#[from] HashtagError),
    /// A bad `url`.
    #[error(transparent)]
    Url(#[from] TagUrlError),
    /// A bad `region`.
    #[error(transparent)]
    Region(#[from] RegionError),
    /// A bad `limit`.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// A bad `only_language`.
    #[error(transparent)]
    Language(#[from] LanguageError),
    /// A bad count.
    #[error(transparent)]
    Count(#[from] CountError),
    /// A bad time.
    #[error(transparent)]
    When(#[from] WhenError),
    /// A bad proxy.
    #[error(transparent)]
    Proxy(#[from] ProxyError),
}
