//! `import`: the same records out of saved answers, without a socket.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::task::block_in_place;

use super::crew::{Crew, Mapper, On};
use super::pull::{claim, nothing};
use super::summary::Summary;
use super::turn::Turn;
use super::{Refusal, check, output, output_failed};
use crate::cli::{Apart, ImportArgs};
use crate::clock::epoch_seconds;
use crate::exit::{Exit, StoppedBecause};
use crate::halt::Halt;
use crate::input::{Filter, HashtagName, Limit, Query};
use crate::progress::Progress;
use crate::pull::{Failure, Form, Output, Pull, Stops};
use crate::receipt::{LaneOutcome, Receipt};
use crate::record::{Lane, Malformed, Mapped, RawItem, Record, Sighting, Wanted};
use crate::signals::Signals;
use crate::sink::Scribe;
use crate::source::saved::{Outcome, Recording, Texts, What};
use crate::source::{Budget, Verdict};
use crate::store::{StoreError, Waypoint};
use crate::words::counted;

/// Entries between two flushes of the output, and of what the store commits at once.
const BATCH: u64 = 100;

pub(super) async fn run(
    mut args: ImportArgs,
    mut signals: Signals,
    progress: &Progress,
) -> Result<Exit, Refusal> {
    let filter = args.filter.clone().filter();
    check(&filter)?;
    if filter.strict_tag && args.name.is_none() {
        let words = "--strict-tag needs the hashtag the files are of; add --name NAME";
        return Err(Refusal::usage(words));
    }
    let wanted = Wanted::new(&filter, args.name.as_ref(), epoch_seconds());
    let name = args.name.as_ref().map(HashtagName::as_str);
    args.output = args.output.filled(name, epoch_seconds());
    let query = args.name.clone().map(|name| Query {
        name,
        url: None,
        region: None,
        limit: Limit::All,
        filter: Arc::new(filter.clone()),
    });
    let mut output = open(&args, query.as_ref(), &filter, &mut signals).await?;
    let mut summary = Summary::open(args.output.summary())?;
    output::begin(&mut output).await?;
    let past = output.store.past(tag(query.as_ref())).await?;
    if past.is_done() {
        tracing::info!("done by the run before");
        output::close(output, true, false).await?;
        return Ok(Exit::Ok);
    }
    let mut receipt = Receipt::begin(query.as_ref(), Lane::Import.as_str());
    let bar = progress.begin(&receipt);
    let stops = Stops {
        signals: signals.clone(),
        halt: Halt::default(),
        budget: Budget::default(),
    };
    let pull = Pull::new(past, stops, &bar, &mut receipt).of_those(wanted);
    let threads = threads(args.jobs);
    let scribe = Scribe::new(&args.output.layout());
    let mut import = Import {
        pull,
        output: &mut output,
        signals: &signals,
        query: query.as_ref(),
        threads,
        scribe: scribe.as_ref(),
    };
    let stopped = import.files(&args.files);
    import.pull.warn_of_losses();
    bar.end();
    receipt.lanes = vec![LaneOutcome {
        lane: Lane::Import,
        verdict: "",
    }];
    let (stopped, failure) = match stopped {
        Ok(stopped) => (stopped, None),
        Err(failure) => (failure.stopped(), Some(refused(failure))),
    };
    receipt.close(stopped, stopped);
    let unsaid = summary.add(&receipt).err();
    let ended = Ended {
        unkept: output.store.end(None, &receipt).await.err(),
        failure: failure.or(unsaid),
        replaces: args.output.replaced().is_some(),
        fail_empty: args.store.fail_empty,
        receipt,
    };
    ended.close(output).await
}

/// The files the command line names.
fn files(args: &ImportArgs) -> Apart {
    let store = Apart::default().writes("--store", args.store.file());
    let files = args.files.iter();
    args.output
        .apart(files.fold(store, |all, file| all.reads("FILE", Some(file))))
}

/// Whether all files to be read are there, so that a mistyped name costs no half import.
fn are_there(files: &[PathBuf]) -> Result<(), String> {
    let named = files.iter().filter(|file| *file != Path::new("-"));
    let mut missing = named.filter(|file| {
        let found = file.metadata().map_err(|error| error.kind());
        matches!(found, Err(ErrorKind::NotFound | ErrorKind::NotADirectory))
    });
    let Some(first) = missing.next() else {
        return Ok(());
    };
    let others = match missing.count() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let first = first.display();
    Err(format!(
        "{first}{others}: there is no such file; check the path"
    ))
}

/// As many as were asked for, or one a core.
fn threads(jobs: Option<u16>) -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    jobs.map_or_else(cores, usize::from)
}

/// What the store knows the hashtag by; files of no one hashtag have the empty name.
fn tag(query: Option<&Query>) -> &str {
    query.map_or("", |query| query.name.as_str())
}

/// The output and the store, once nobody else has them and the switches go together.
async fn open(
    args: &ImportArgs,
    query: Option<&Query>,
    filter: &Filter,
    signals: &mut Signals,
) -> Result<Output, Refusal> {
    if args.output.is_split() {
        let words = "{tag} in the name of --output needs a hashtag; give it with --name";
        return Err(Refusal::usage(words));
    }
    let together = args.store.check(args.output.replaced().as_deref());
    together
        .and_then(|()| args.output.check())
        .and_then(|()| files(args).check())
        .and_then(|()| are_there(&args.files))
        .map_err(Refusal::usage)?;
    let job = args.output.import_job(&args.files, query, filter);
    let turn = Turn::within(args.output.wait_lock());
    let claimed = claim(&args.store, &job, turn, signals).await?;
    output::open(&args.output, claimed, turn, signals).await
}

/// How an import ended, before its output is closed.
struct Ended {
    receipt: Receipt,
    /// What could not be written.
    failure: Option<Refusal>,
    /// Why the store did not take the receipt.
    unkept: Option<StoreError>,
    /// Whether it replaces what is there.
    replaces: bool,
    /// Whether one that wrote nothing counts as failed.
    fail_empty: bool,
}

impl Ended {
    /// Closes the output. An import that could not write is gone on with by the same command.
    async fn close(&self, output: Output) -> Result<Exit, Refusal> {
        let stopped = self.receipt.stopped_because.exit();
        // The first cause stands; a store that failed before fails again at the receipt.
        let unkept = self.unkept.as_ref().filter(|_| self.receipt.complete);
        let refusal = self.failure.clone().or_else(|| unkept.map(Refusal::from));
        let complete = self.receipt.complete && refusal.is_none();
        let is_open = stopped.is_worth_repeating() || refusal.is_some();
        let kept = output::kept(&output);
        let is_empty = complete && self.fail_empty && self.receipt.written == 0;
        let finished = if is_empty {
            output::close_empty(output, self.replaces, is_open).await
        } else {
            output::close(output, complete, is_open).await
        };
        if let Some(refusal) = refusal {
            let words = refusal.words + &kept;
            return Err(Refusal::new(refusal.exit, words));
        }
        finished?;
        if is_empty {
            tracing::warn!("{}", nothing(self.replaces));
            return Ok(Exit::Empty);
        }
        if !complete && !kept.is_empty() {
            tracing::error!("not all could be read{kept}");
        }
        Ok(stopped)
    }
}

/// What could not be written, in words.
fn refused(failure: Failure) -> Refusal {
    let exit = failure.stopped().exit();
    match failure {
        Failure::Output(error) => output_failed(&error),
        Failure::Store(error) => error.into(),
        Failure::Source(error) => Refusal::new(exit, error.to_string()),
    }
}

/// What a thread made of an entry.
struct Made {
    mapped: Result<Mapped, Malformed>,
    /// How it stands in the output, where that is not left to the thread that writes.
    text: Option<Vec<u8>>,
}

/// How the entries of one file become rows.
struct Mapping<'a> {
    query: Option<&'a Query>,
    /// The position of the first.
    first: u64,
    form: Form,
    /// Writes rows on threads that have no output.
    scribe: Option<&'a Scribe>,
}

impl Mapper for Mapping<'_> {
    type Made = Made;

    fn map(&self, raw: &mut RawItem, number: u64, on: On) -> Made {
        let sighting = sighting(self.query, raw, self.first + number);
        let mapped = Record::from_read(raw, &sighting);
        let record = mapped.as_ref().ok().filter(|_| on == On::Helper);
        let row = record.and_then(|it| self.form.row(&it.record));
        let text = self
            .scribe
            .zip(row)
            .and_then(|(scribe, row)| scribe.text(row).ok());
        Made { mapped, text }
    }

    fn renumber(&self, made: &mut Made, number: u64) {
        if let Ok(mapped) = &mut made.mapped {
            mapped.record.collection.position = self.first + number;
        }
        // It says the other number.
        made.text = None;
    }

    fn texts(&self) -> Texts {
        match self.form {
            Form::Raw | Form::WithRaw => Texts::Kept,
            Form::Record | Form::Clockworks => Texts::Dropped,
        }
    }
}

/// Files on their way into the output.
struct Import<'a, 'b> {
    pull: Pull<'b>,
    output: &'a mut Output,
    signals: &'a Signals,
    query: Option<&'a Query>,
    /// Threads that read and map.
    threads: usize,
    /// Writes rows on threads that have no output.
    scribe: Option<&'a Scribe>,
}

impl Import<'_, '_> {
    /// Reads all files; why the import stopped, the first file that failed deciding.
    fn files(&mut self, paths: &[PathBuf]) -> Result<StoppedBecause, Failure> {
        let mut stopped = StoppedBecause::EndOfFeed;
        for path in paths {
            let ended = self.file(path)?;
            if stopped == StoppedBecause::EndOfFeed {
                stopped = ended;
            }
            if ended.exit().is_final() {
                return Ok(ended);
            }
        }
        Ok(stopped)
    }

    /// Reads one file.
    ///
    /// # Errors
    /// When the output or the store cannot be written; a file that cannot be read is said and
    /// counts as bad data.
    fn file(&mut self, path: &Path) -> Result<StoppedBecause, Failure> {
        let from_stdin = path == Path::new("-");
        let opened: io::Result<Box<dyn Read + Send>> = if from_stdin {
            Ok(Box::new(io::stdin()))
        } else {
            File::open(path).map(|file| Box::new(file) as Box<dyn Read + Send>)
        };
        let crew = Crew {
            threads: self.threads,
            is_eager: from_stdin,
        };
        let mapping = Mapping {
            query: self.query,
            first: self.pull.receipt.seen + 1,
            form: self.output.form,
            scribe: self.scribe,
        };
        let mut failed = None;
        let mut take = |raw: &RawItem, made: &mut Made| match self.entry(raw, made, from_stdin) {
            Ok(true) => ControlFlow::Continue(()),
            Ok(false) => ControlFlow::Break(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        };
        let read = opened.and_then(|input| crew.read(input, &mapping, &mut take));
        if let Some(error) = failed {
            return Err(error);
        }
        self.commit()?;
        let receipt = &mut *self.pull.receipt;
        let recording = read.as_ref().ok().and_then(|it| it.recording.as_ref());
        receipt.pages += recording.map_or(1, Recording::pages);
        receipt.gaps += recording.map_or(0, Recording::gaps);
        self.pull.bar.page(receipt);
        if let Some(signal) = self.signals.heard() {
            return Ok(StoppedBecause::Interrupted(signal));
        }
        let name = if from_stdin {
            "standard input".to_owned()
        } else {
            path.display().to_string()
        };
        if let (Some(recording), Some(query)) = (recording, self.query) {
            warn_of_names(&name, recording, &query.name);
        }
        Ok(told(&name, read))
    }

    /// One entry; false once a signal was heard. What comes through a pipe goes on at once.
    fn entry(&mut self, raw: &RawItem, made: &mut Made, from_stdin: bool) -> Result<bool, Failure> {
        let sighting = sighting(self.query, raw, self.pull.receipt.seen + 1);
        let (mapped, text) = (&mut made.mapped, made.text.as_deref());
        let entry = self.pull.mapped(self.output, raw, mapped, text, &sighting);
        entry.map_err(Failure::Output)?;
        let is_batch = self.pull.receipt.seen.is_multiple_of(BATCH);
        if is_batch {
            self.commit()?;
        } else if from_stdin {
            self.output.sink.flush().map_err(Failure::Output)?;
        }
        if is_batch || from_stdin {
            self.pull.bar.page(self.pull.receipt);
        }
        Ok(self.signals.heard().is_none())
    }

    /// Ends a batch as a page is ended. There is no place in it to go on at: a later run reads the
    /// files again and leaves out what is written. Whoever reads files waits for nobody, so this
    /// waits for it.
    fn commit(&mut self) -> Result<(), Failure> {
        let at = Waypoint {
            lane: Lane::Import.as_str().to_owned(),
            previous: None,
            next: None,
            before: 0,
        };
        let commit = self.output.commit(tag(self.query), &at);
        block_in_place(|| Handle::current().block_on(commit))
    }
}

/// Where an entry was seen, the one at `position` of all.
fn sighting<'a>(query: Option<&'a Query>, raw: &RawItem, position: u64) -> Sighting<'a> {
    Sighting {
        query,
        lane: Lane::Import,
        position,
        collected_at: None,
        hashtag_feed: raw.hashtag_feed.or_else(|| query.map(|_| true)),
    }
}

/// Says that `--name` calls a feed by a name the recording does not.
fn warn_of_names(file: &str, recording: &Recording, name: &HashtagName) {
    let name = name.as_str();
    for other in recording.names().filter(|it| it.to_lowercase() != name) {
        tracing::warn!("{file}: the feed of #{other} in it goes out as {name}, as --name says");
    }
}

/// Says what a file was that is not all videos, and what that means for the run.
fn told(name: &str, read: io::Result<Outcome>) -> StoppedBecause {
    let outcome = match read {
        Ok(outcome) => outcome,
        Err(error) => {
            tracing::error!("{name}: cannot be read: {error}; check the path");
            return StoppedBecause::Verdict(Verdict::BadAnswer);
        }
    };
    let nothing = outcome.nothing();
    for line in outcome.recording.iter().flat_map(|it| it.warnings(nothing)) {
        tracing::warn!("{name}: {line}");
    }
    if let Some(what) = nothing {
        return told_nothing(name, &outcome, what);
    }
    for (what, count) in outcome.others.iter().filter(|(what, _)| !what.is_damage()) {
        let parts = counted(*count, "part", "parts");
        tracing::info!("{name}: {parts} left out: {what}");
    }
    let damage = outcome.others.iter().find(|(what, _)| what.is_damage());
    let Some((what, count)) = damage else {
        return StoppedBecause::EndOfFeed;
    };
    let kept = counted(outcome.items, "entry", "entries");
    let lost = counted(*count, "part", "parts");
    tracing::error!("{name}: {kept} read, {lost} lost: {what}");
    StoppedBecause::Verdict(Verdict::BadAnswer)
}

/// Says what a file without a single entry is.
fn told_nothing(name: &str, outcome: &Outcome, what: &What) -> StoppedBecause {
    let recording = outcome.recording.as_ref();
    let words = recording.map_or_else(|| what.to_string(), |it| it.words(what));
    tracing::error!("{name}: {words}");
    if recording.is_some() && what != &What::Cut && outcome.others.contains_key(&What::Cut) {
        tracing::warn!("{name}: {}", What::Cut);
    }
    StoppedBecause::Verdict(match what {
        What::Captcha => Verdict::Captcha,
        What::Refused => Verdict::Gated,
        _ => Verdict::BadAnswer,
    })
}
