//! Which of a hashtag's videos are written.

use clap::Args;

use crate::input::{Count, CountError, Filter, Language, Region, When};

/// Which of a hashtag's videos are written. They end no feed early: --limit counts what passes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Filters")]
pub struct FilterArgs {
    /// Published then or later, UTC: 2025-01-31, 2025-01-31T12:00:00Z, 7d (so long ago) or
    /// @1738324800 (epoch seconds).
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    pub since: Option<When>,
    /// Published before then.
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    pub until: Option<When>,
    /// Played at least so often, e.g. 1000 or 10k; as with every filter, what is not known does not pass.
    #[arg(
        long,
        alias = "min-views",
        value_name = "N",
        value_parser = count,
        allow_negative_numbers = true
    )]
    pub min_plays: Option<u64>,
    /// Liked at least so often.
    #[arg(long, value_name = "N", value_parser = count, allow_negative_numbers = true)]
    pub min_likes: Option<u64>,
    /// Made in one of these countries, e.g. US,GB; only the embed lane and files may say where.
    #[arg(long, value_name = "CC,..", value_delimiter = ',')]
    pub only_region: Vec<Region>,
    /// With a caption in one of these languages, e.g. en,pt.
    #[arg(long, value_name = "L,..", value_delimiter = ',')]
    pub only_language: Vec<Language>,
    /// The hashtag is among those the video itself carries.
    #[arg(long)]
    pub strict_tag: bool,
}

impl FilterArgs {
    /// The filter they stand for.
    #[must_use]
    pub fn filter(self) -> Filter {
        Filter {
            since: self.since,
            until: self.until,
            min_plays: self.min_plays,
            min_likes: self.min_likes,
            only_region: self.only_region,
            only_language: self.only_language,
            strict_tag: self.strict_tag,
            ..Filter::default()
        }
    }
}

fn count(text: &str) -> Result<u64, CountError> {
    text.parse().map(Count::get)
}
