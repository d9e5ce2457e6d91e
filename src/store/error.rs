//! Why a store cannot be used, in words that say what to do about it.

use crate::exit::Exit;

/// Why a store cannot be used. Where it names a place, that is without its password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The build knows no such store; names the cargo feature.
    #[error("this build has no such store; build with the cargo feature \"{0}\"")]
    LeftOut(&'static str),
    /// Another run holds it.
    #[error("the store {0} is in use by another run; wait for its end, or let --wait-lock do that")]
    Locked(String),
    /// Another run has the hashtag now that this one had leased.
    #[error(
        "another run took it over while this one stood still for more than 5 minutes, and writes \
         the rest of it; run this one again for what else is due"
    )]
    LeaseLost,
    /// Another job of the same output is unfinished.
    #[error(
        "the output holds an unfinished run with {0}; finish it with its own command, or \
         choose another --output or --store; it is forgotten 24 h after its last page, and \
         docs/store.md tells how to drop it"
    )]
    OtherJob(&'static str),
    /// Not a database at all.
    #[error("the store {0} is no SQLite database; it was left as it is, name another file")]
    NotADatabase(String),
    /// A database, but none of ours.
    #[error("{0} is a database of something else; it was left as it is, name another file")]
    Foreign(String),
    /// Of a version this program does not know.
    #[error(
        "the store {place} is of version {found}, this program knows {known}; it was left as it \
         is, use a newer tiktok-hashtag"
    )]
    Newer {
        /// The store.
        place: String,
        /// Its version.
        found: i64,
        /// The newest one known.
        known: i64,
    },
    /// Its parts contradict each other.
    #[error(
        "the store {place} is damaged: {cause}; it was left as it is, put a copy in its place or \
         name another file"
    )]
    Damaged {
        /// The store.
        place: String,
        /// What was found.
        cause: String,
    },
    /// The system or the server refused.
    #[error("cannot use the store {place}: {cause}; repair that or name another one")]
    Unusable {
        /// The store.
        place: String,
        /// What was said.
        cause: String,
    },
}

impl StoreError {
    /// How the process ends by it.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            Self::LeftOut(_) | Self::OtherJob(_) => Exit::Usage,
            Self::Locked(_) | Self::LeaseLost => Exit::Locked,
            _ => Exit::Output,
        }
    }
}
