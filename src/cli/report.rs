//! Records read back and summed up.

use std::path::PathBuf;

use clap::Args;

use crate::input::HashtagName;
use crate::store::Place;

/// `report`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tiktok-hashtag report travel.jsonl
  tiktok-hashtag report tiktok.db --name travel --top 20
  tiktok-hashtag report tiktok.db --html travel.html --overwrite
  tiktok-hashtag pull travel --demo | tiktok-hashtag report - --json | jq .totals.plays

Creators go by the median plays of their videos, so that one viral video does not lift them; sounds
by how many creators use them; hashtag pairs by lift, how many times more often two meet than by
chance. What is unknown is said to be, and is in no sum. A store is read while runs write it.
docs/report.md tells each number.")]
pub struct ReportArgs {
    /// Records as JSON lines, - for standard input; or a store, an SQLite file or postgres://…, by
    /// default that of TIKTOK_HASHTAG_STORE.
    #[arg(value_name = "FILE|STORE")]
    pub place: Option<Place>,
    /// What stands behind it: there is one report, of one place.
    #[arg(hide = true, value_name = "FILE")]
    pub more: Vec<PathBuf>,
    /// Only videos that were found under this hashtag.
    #[arg(long, aliases = ["tag", "hashtag"], value_name = "NAME", help_heading = "Input")]
    pub name: Option<HashtagName>,
    /// Most rows of a table.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 10,
        value_parser = clap::value_parser!(u16).range(1..=1_000),
        allow_negative_numbers = true,
        help_heading = "Output"
    )]
    pub top: u16,
    /// Write one page with charts that needs nothing else, instead of tables.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub html: Option<PathBuf>,
    /// Replace that FILE if it holds something.
    #[arg(long, help_heading = "Output")]
    pub overwrite: bool,
    /// Print one JSON object instead of tables.
    #[arg(long, help_heading = "Output")]
    pub json: bool,
}
