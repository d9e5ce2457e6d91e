//! Where records and receipts go.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::seconds::Seconds;
use super::{Apart, LaneChoice};
use crate::input::{Filter, Planned, Query, Region, iso_8601};
use crate::pull::Form;
use crate::sink::{self, Coding, Existing, Fields, Format, Layout, OutputError, Target, template};
use crate::store::Job;

/// Where records and receipts go.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// File for the records; - for standard output. One that holds something needs --append or
    /// --overwrite. {tag} in its name gives each hashtag a file, {date} is the day in UTC.
    #[arg(short, long, value_name = "FILE|-", default_value = "-")]
    pub output: PathBuf,
    /// Add to FILE the records it lacks; --limit counts those.
    #[arg(long, conflicts_with = "overwrite")]
    pub append: bool,
    /// Replace FILE, whole and at the end.
    #[arg(long)]
    pub overwrite: bool,
    /// jsonl, json, csv or parquet; unless given, FILE's suffix tells, else jsonl. FILE.gz and
    /// FILE.zst are compressed.
    #[arg(short, long, value_name = "F")]
    pub format: Option<Format>,
    /// Begin CSV with a byte order mark, by which Excel knows UTF-8.
    #[arg(long)]
    pub csv_bom: bool,
    /// Write only these fields, in this order: aweme_id,author.unique_id,cha_list.
    #[arg(long, value_name = "A,B.C")]
    pub fields: Option<Fields>,
    /// Wait so long for another run that holds FILE or the store, e.g. 15m, instead of ending with status 8.
    #[arg(long, value_name = "D", allow_hyphen_values = true)]
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
    /// The name of FILE as it was given, where that is not `output`.
    #[arg(skip)]
    template: Option<PathBuf>,
}

/// The shapes a record can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Preset {
    /// Ours, as `schema` tells it.
    Seed,
    /// That of the data set of clockworks' hosted scrapers.
    Clockworks,
    /// Ours, with the columns of CSV for keys and no object within another.
    Flat,
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
    /// Whether each hashtag has a file of its own.
    #[must_use]
    pub fn is_split(&self) -> bool {
        template::has_tag(&self.output)
    }

    /// The same with the day `now` lies in, and `tag` where that is given, in the name of FILE.
    #[must_use]
    pub fn filled(&self, tag: Option<&str>, now: i64) -> Self {
        let template = self.template.as_ref().unwrap_or(&self.output);
        Self {
            output: template::filled(template, tag, &day_of(now)),
            template: Some(template.clone()),
            ..self.clone()
        }
    }

    /// Makes the folders that the name of FILE asks for.
    ///
    /// # Errors
    /// When they cannot be made.
    pub fn make_folders(&self) -> Result<(), OutputError> {
        let template = self.template.as_deref();
        template.map_or(Ok(()), |it| template::make_folders(it, &self.output))
    }

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

    /// How records are written.
    #[must_use]
    pub fn layout(&self) -> Layout {
        let name = self.file().and_then(Path::file_name);
        let name = name.unwrap_or_default().to_string_lossy();
        let told = || self.file().and_then(Format::of);
        Layout {
            format: self.format.or_else(told).unwrap_or_default(),
            coding: Coding::split(&name).1,
            fields: self.fields.clone(),
            bom: self.csv_bom,
            flat: self.preset == Preset::Flat,
        }
    }

    /// What makes the file be replaced at the end rather than grow, if anything.
    #[must_use]
    pub fn replaced(&self) -> Option<String> {
        if self.overwrite {
            return Some("--overwrite".to_owned());
        }
        let format = self.layout().format;
        (self.file().is_some() && !format.grows()).then(|| format.to_string())
    }

    /// The file that is written, where it is one.
    fn file(&self) -> Option<&Path> {
        (self.output != Path::new("-")).then_some(self.output.as_path())
    }

    /// Whether its parts go together; they may come from the environment too.
    ///
    /// # Errors
    /// A sentence for the user when they do not.
    pub fn check(&self) -> Result<(), String> {
        self.misfit().map_or(Ok(()), Err)
    }

    /// `files`, with those that are written here.
    #[must_use]
    pub fn apart(&self, files: Apart) -> Apart {
        let summary = self.summary.as_deref();
        files
            .writes("--output", self.file())
            .writes("--summary", summary)
    }

    /// Whether the next run can only add to the file that this one leaves.
    #[must_use]
    pub fn must_append(&self) -> bool {
        self.file().is_some() && !self.append && self.replaced().is_none()
    }

    /// Whether records go to standard output.
    #[must_use]
    pub fn is_stream(&self) -> bool {
        self.file().is_none()
    }

    /// What of the form and the format does not go together.
    fn misfit(&self) -> Option<String> {
        let Layout { format, coding, .. } = self.layout();
        let fields = self.fields.as_ref();
        let other = match self.form() {
            Form::Record => "",
            Form::Raw => "--raw",
            Form::WithRaw => "--with-raw",
            Form::Clockworks => "--preset clockworks",
        };
        let is_alone = self.file().is_none() && (self.append || self.overwrite);
        let has_no_id = matches!(self.form(), Form::Raw | Form::Clockworks);
        let rows: [(bool, String); 12] = [
            self.foreign(),
            self.stranger(),
            (
                is_alone,
                "--append and --overwrite say what to do with a file; name it with --output FILE"
                    .to_owned(),
            ),
            (
                self.append && has_no_id,
                format!(
                    "--append tells records apart by their aweme_id, which rows of {other} lack; \
                     take --overwrite, or a file of its own for each run"
                ),
            ),
            (
                format.has_columns() && !other.is_empty(),
                format!("{format} has columns for records only; take jsonl or json with {other}"),
            ),
            (
                format == Format::Parquet && self.preset == Preset::Flat,
                "parquet keeps the objects of a record; take jsonl, json or csv with --preset flat"
                    .to_owned(),
            ),
            (
                fields.is_some() && !other.is_empty() && !self.with_raw,
                not_ours(other),
            ),
            (
                fields.is_some_and(|fields| fields.has("raw")) && !self.with_raw,
                "the field raw is there only with --with-raw".to_owned(),
            ),
            (
                self.append && !format.grows(),
                format!(
                    "--append cannot add to {format}, which has an end; take jsonl or csv, or --overwrite"
                ),
            ),
            (
                self.append && fields.is_some_and(|fields| !fields.has("aweme_id")),
                "--append tells records apart by their aweme_id; add it to --fields".to_owned(),
            ),
            (
                self.csv_bom && format != Format::Csv,
                format!("--csv-bom is for CSV, this is {format}; add --format csv"),
            ),
            (
                format == Format::Parquet && coding != Coding::Plain,
                "parquet is compressed inside; leave out the suffix behind it".to_owned(),
            ),
        ];
        rows.into_iter()
            .find_map(|(is_one, words)| is_one.then_some(words))
    }

    /// Whether the suffix of FILE alone names the format, and one that is not written here.
    fn foreign(&self) -> (bool, String) {
        let foreign = self.file().and_then(Format::foreign);
        let Some((suffix, advice)) = foreign.filter(|_| self.format.is_none()) else {
            return (false, String::new());
        };
        let words = format!(
            ".{suffix} in the name of --output is no format that is written here; {advice}, or say \
             with --format what to write"
        );
        (true, words)
    }

    /// Whether a brace in the name of FILE stands for nothing.
    fn stranger(&self) -> (bool, String) {
        let Some((word, meant)) = self.file().and_then(template::stranger) else {
            return (false, String::new());
        };
        let advice = meant.map_or_else(
            || "{tag} and {date} do, and no brace for itself".to_owned(),
            |meant| format!("did you mean {meant}?"),
        );
        let words = format!("{word} in the name of --output stands for nothing; {advice}");
        (true, words)
    }

    /// The job of pulling `planned` from `source` to there.
    #[must_use]
    pub fn job(&self, planned: &[Planned], source: LaneChoice) -> Job {
        self.kept(Job::new(
            planned,
            self.file(),
            self.format(),
            source.to_string(),
        ))
    }

    /// The job of pulling what is due of the store's own hashtags to there.
    #[must_use]
    pub fn job_from_store(
        &self,
        region: Option<Region>,
        filter: &Filter,
        source: LaneChoice,
    ) -> Job {
        self.kept(Job::from_store(
            region,
            filter,
            self.file(),
            self.format(),
            source.to_string(),
        ))
    }

    /// The job of importing `files` under a hashtag's name.
    #[must_use]
    pub fn import_job(&self, files: &[PathBuf], query: Option<&Query>, filter: &Filter) -> Job {
        let job = Job::of_import(files, query, filter, self.file(), self.format());
        self.kept(job)
    }

    /// A job that a later run may go on with, where the format lets it, and where what was written
    /// before is not gone: the shell empties the file that it leads standard output into.
    fn kept(&self, job: Job) -> Job {
        if self.layout().format == Format::Parquet {
            return job.in_one_go();
        }
        if self.file().is_none() && sink::stdout_is_empty_file() {
            return job.anew();
        }
        job
    }

    /// The form of what is written, as far as a job must keep to it.
    fn format(&self) -> String {
        let Layout {
            format,
            fields,
            bom,
            flat,
            ..
        } = self.layout();
        let mut words = format.to_string();
        words += match self.form() {
            Form::Record => "",
            Form::Raw => " --raw",
            Form::WithRaw => " --with-raw",
            Form::Clockworks => " --preset clockworks",
        };
        if flat {
            words += " --preset flat";
        }
        if bom {
            words += " --csv-bom";
        }
        if let Some(fields) = fields {
            words += &format!(" --fields {fields}");
        }
        // Such a run writes another file than one that adds.
        if self.overwrite {
            words += " --overwrite";
        }
        words
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

/// What is said of `--fields` beside what writes other rows than ours.
pub(super) fn not_ours(other: &str) -> String {
    format!("--fields are those of our own records; leave out {other}")
}

/// The day of an epoch second, UTC, as `2026-11-25`.
fn day_of(now: i64) -> String {
    let mut day = iso_8601(now).unwrap_or_default();
    day.truncate("2026-11-25".len());
    day
}
