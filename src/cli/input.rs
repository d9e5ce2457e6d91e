//! What to pull: arguments, `--name`, `--url` and `--input`.

use std::fs::File;
use std::io::{Read as _, stdin};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;

use crate::input::{Ask, Asked, Batch, Filter, HashtagName, Limit, Region, TagUrl};

/// Bytes read of an input file: one more than it may have, so that it can be told too large.
const MOST: u64 = 16 * 1024 * 1024 + 1;

/// What to pull.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub struct InputArgs {
    /// Hashtags, as names or links: travel, '#travel', www.tiktok.com/tag/travel, or a short link
    /// (vm.tiktok.com/…, vt.tiktok.com/…, www.tiktok.com/t/…), which is followed to its hashtag.
    #[arg(value_name = "TAG|URL", help_heading = None::<&'static str>)]
    pub tags: Vec<Ask>,
    /// A hashtag's name; wins over --url.
    #[arg(long, aliases = ["tag", "hashtag"], value_name = "NAME")]
    pub name: Option<HashtagName>,
    /// A hashtag's link.
    #[arg(long, value_name = "URL")]
    pub url: Option<TagUrl>,
    /// File of hashtags, as JSON, JSON lines or one a line; - for standard input.
    #[arg(long, value_name = "FILE|-")]
    pub input: Option<PathBuf>,
    /// The viewer's country, e.g. US: a hint to the site, not a filter.
    #[arg(short, long, value_name = "CC")]
    pub region: Option<Region>,
    /// At most so many records of each hashtag [default: 100].
    #[arg(
        short = 'n',
        long,
        value_name = "N",
        conflicts_with = "all",
        allow_negative_numbers = true
    )]
    pub limit: Option<Limit>,
    /// All records the feed gives, instead of a limit.
    #[arg(long)]
    pub all: bool,
}

impl InputArgs {
    /// Everything asked for, the `--input` file read, with the filter switches.
    ///
    /// # Errors
    /// When that file cannot be read or breaks a rule.
    pub fn asked(self, filter: Filter) -> anyhow::Result<Asked> {
        let batch = match &self.input {
            None => Batch::default(),
            Some(path) => {
                let shown = path.display();
                let bytes = read(path).with_context(|| format!("cannot read {shown}"))?;
                Batch::read(&bytes).with_context(|| format!("{shown}"))?
            }
        };
        let limit = self.chosen_limit();
        Ok(Asked {
            tags: self.tags,
            name: self.name,
            url: self.url,
            batch,
            region: self.region,
            limit,
            filter,
        })
    }

    /// What `--limit` or `--all` says.
    #[must_use]
    pub fn chosen_limit(&self) -> Option<Limit> {
        if self.all {
            return Some(Limit::All);
        }
        self.limit
    }
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        stdin().lock().take(MOST).read_to_end(&mut bytes)?;
    } else {
        File::open(path)?.take(MOST).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}
