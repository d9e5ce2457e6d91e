//! Where records and receipts go.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::LaneChoice;
use super::source::Seconds;
use crate::input::{Filter, Planned, Query, Region};
use crate::pull::Form;
use crate::sink::{Existing, Target};
use crate::store::Job;

/// Where records and receipts go.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// File for the records; - for standard output. One that holds something needs --append or
    /// --overwrite.
    #[arg(short, long, value_name = "FILE|-", default_value = "-")]
    pub output: PathBuf,
    /// Add to FILE the records it lacks; --limit counts those.
    #[arg(long, conflicts_with = "overwrite")]
    pub append: bool,
    /// Replace FILE, whole and at the end.
    #[arg(long)]
    pub overwrite: bool,
    /// Wait so long for another run that holds FILE or the store, e.g. 15m, instead of ending with status 8.
    #[arg(long, value_name = "D")]
    pub wait_lock: Option<Seconds>,
    /// Write the site's own object instead of the record.
    #[arg(long, conflicts_with = "with_raw")]
    pub raw: bool,
    /// Write the site's own object too, under the record's key raw.
    #[arg(long)]
    pub with_raw: bool,
    /// Shape of the records: ours, or that of a tool you come from; docs/migrating.md maps them.
    #[arg(long, value_name = "SHAPE", default_value = "seed", conflicts_with_all = ["raw", "with_raw"])]
    pub preset: Preset,
    /// Append a receipt of each hashtag, one JSON line, to FILE; - for stderr.
    #[arg(long, value_name = "FILE|-")]
    pub summary: Option<PathBuf>,
}

/// The shapes a record can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Preset {
    /// Ours, as `schema` tells it.
    Seed,
    /// That of the data set of clockworks' hosted scrapers.
    Clockworks,
}

/// Where receipts go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SummaryTarget {
    /// Standard error.
    Stderr,
    /// A file they are appended to.
    File(PathBuf),
}

impl OutputArgs {
    /// Where records go.
    #[must_use]
    pub fn target(&self) -> Target {
        if self.output == Path::new("-") {
            return Target::Stdout;
        }
        let existing = match (self.append, self.overwrite) {
            (true, _) => Existing::Append,
            (_, true) => Existing::Overwrite,
            _ => Existing::Refuse,
        };
        Target::File(self.output.clone(), existing)
    }

    /// Whether its parts go together.
    ///
    /// # Errors
    /// A sentence for the user when they do not.
    pub fn check(&self) -> Result<(), String> {
        let is_device = |path: &Path| path.metadata().is_ok_and(|found| !found.is_file());
        let is_file = self.output != Path::new("-") && !is_device(&self.output);
        let summary = self.summary.as_ref().filter(|_| is_file);
        let is_same = summary.is_some_and(|summary| {
            let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
            real(summary) == real(&self.output)
        });
        if is_same {
            return Err(
                "--summary and --output name the same file; give receipts a file of their own"
                    .to_owned(),
            );
        }
        Ok(())
    }

    /// The job of pulling `planned` from `source` to there.
    #[must_use]
    pub fn job(&self, planned: &[Planned], source: LaneChoice) -> Job {
        Job::new(planned, self.file(), self.format(), source.to_string())
    }

    /// The job of pulling what is due of the store's own hashtags to there.
    #[must_use]
    pub fn job_from_store(
        &self,
        region: Option<Region>,
        filter: &Filter,
        source: LaneChoice,
    ) -> Job {
        Job::from_store(
            region,
            filter,
            self.file(),
            self.format(),
            source.to_string(),
        )
    }

    /// The job of importing `files` under a hashtag's name.
    #[must_use]
    pub fn import_job(&self, files: &[PathBuf], query: Option<&Query>, filter: &Filter) -> Job {
        Job::of_import(files, query, filter, self.file(), self.format())
    }

    fn file(&self) -> Option<&Path> {
        Some(self.output.as_path()).filter(|path| *path != Path::new("-"))
    }

    /// The form of what is written, as far as a job must keep to it.
    fn format(&self) -> String {
        let form = match self.form() {
            Form::Record => "jsonl",
            Form::Raw => "jsonl --raw",
            Form::WithRaw => "jsonl --with-raw",
            Form::Clockworks => "jsonl --preset clockworks",
        };
        // Such a run writes another file than one that adds.
        let beside = if self.overwrite { " --overwrite" } else { "" };
        format!("{form}{beside}")
    }

    /// How long another run may be waited for.
    #[must_use]
    pub fn wait_lock(&self) -> Option<Duration> {
        self.wait_lock.map(|wait| wait.0)
    }

    /// What is written for a video.
    #[must_use]
    pub fn form(&self) -> Form {
        match (self.raw, self.with_raw) {
            (true, _) => Form::Raw,
            (_, true) => Form::WithRaw,
            _ if self.preset == Preset::Clockworks => Form::Clockworks,
            _ => Form::Record,
        }
    }

    /// Where receipts go, if anywhere.
    #[must_use]
    pub fn summary(&self) -> Option<SummaryTarget> {
        self.summary.as_ref().map(|path| {
            if path == Path::new("-") {
                SummaryTarget::Stderr
            } else {
                SummaryTarget::File(path.clone())
            }
        })
    }
}
