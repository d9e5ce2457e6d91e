//! What is remembered between runs.

use std::path::Path;
use std::time::Duration;

use clap::Args;

use super::seconds::Seconds;
use crate::store::Place;

/// `--every` when nobody says.
const HOUR: Duration = Duration::from_secs(3_600);

/// What is remembered between runs.
#[derive(Debug, Args)]
#[command(next_help_heading = "Store")]
pub struct StoreArgs {
    /// Keep records, counts over time and progress in this SQLite file or PostgreSQL database; a
    /// URL with a password only by TIKTOK_HASHTAG_STORE.
    #[arg(long, value_name = "FILE|URL")]
    pub store: Option<Place>,
    /// Write only videos that no run with this store has written; needs --store.
    #[arg(long)]
    pub new_only: bool,
    /// End with status 9 when the run wrote nothing.
    #[arg(long)]
    pub fail_empty: bool,
}

impl StoreArgs {
    /// The store's file, where it is one.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match self.store.as_ref()? {
            Place::File(path) => Some(path),
            Place::Server(_) => None,
        }
    }

    /// Whether they go together, and with what makes FILE be `replaced` at the end, if anything;
    /// they may come from the environment too.
    ///
    /// # Errors
    /// A sentence for the user when they do not.
    pub fn check(&self, replaced: Option<&str>) -> Result<(), String> {
        if self.new_only && self.store.is_none() {
            return Err(
                "--new-only needs a store to remember what was written; add --store FILE"
                    .to_owned(),
            );
        }
        // What a failed run leaves beside the file counts as written and would not come again.
        if let Some(replaced) = replaced.filter(|_| self.new_only) {
            return Err(format!(
                "--new-only and {replaced}: a run that fails would keep its new videos from FILE \
                 for good; take jsonl or csv without --overwrite, and --append or a FILE of its own \
                 for each run"
            ));
        }
        Ok(())
    }
}

/// Which of what is remembered is pulled.
#[derive(Debug, Args)]
#[command(next_help_heading = "Store")]
pub struct FromStoreArgs {
    /// Pull the store's own hashtags, longest ago first, until none is due; runs that share a
    /// PostgreSQL store share them. Named ones are added first.
    #[arg(long)]
    pub from_store: bool,
    /// How long ago a hashtag of the store was pulled that is due, e.g. 30m, 6h or 1d [default: 1h].
    #[arg(long, value_name = "D", value_parser = Seconds::with_unit, allow_hyphen_values = true)]
    pub every: Option<Seconds>,
}

impl FromStoreArgs {
    /// Whether they go together, and with `store`; they may come from the environment too.
    ///
    /// # Errors
    /// A sentence for the user when they do not.
    pub fn check(&self, store: &StoreArgs) -> Result<(), String> {
        if self.from_store && store.store.is_none() {
            return Err(
                "--from-store needs the store to take hashtags from; add --store FILE|URL"
                    .to_owned(),
            );
        }
        if self.every.is_some() && !self.from_store {
            return Err(
                "--every says when hashtags of the store are due; add --from-store".to_owned(),
            );
        }
        Ok(())
    }

    /// How long ago a hashtag of the store was pulled that is due.
    #[must_use]
    pub fn every(&self) -> Duration {
        self.every.map_or(HOUR, |every| every.0)
    }
}
