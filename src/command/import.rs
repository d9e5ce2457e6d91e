//! `import`: the same records out of saved answers, without a socket.

use std::fs::File;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::summary::Summary;
use super::turn::Turn;
use super::{Refusal, output, output_failed};
use crate::cli::ImportArgs;
use crate::exit::{Exit, StoppedBecause};
use crate::halt::Halt;
use crate::input::{HashtagName, Limit, Query};
use crate::progress::Progress;
use crate::pull::{Output, Pull, Stops};
use crate::receipt::{LaneOutcome, Receipt};
use crate::record::{Lane, RawItem, Sighting};
use crate::signals::Signals;
use crate::source::saved::{self, Outcome, Recording, What};
use crate::source::{Budget, Verdict};
use crate::store::{Past, Store};

/// Entries between two flushes of the output.
const BATCH: u64 = 100;

pub(super) async fn run(
    args: ImportArgs,
    mut signals: Signals,
    progress: &Progress,
) -> Result<Exit, Refusal> {
    args.output.check().map_err(Refusal::usage)?;
    let query = args.name.map(|name| Query {
        name,
        url: None,
        region: None,
        limit: Limit::All,
    });
    let turn = Turn::within(args.output.wait_lock());
    let mut output =
        output::open(&args.output, (Store::default(), None), turn, &mut signals).await?;
    let mut summary = Summary::open(args.output.summary())?;
    let mut receipt = Receipt::begin(query.as_ref(), Lane::Import.as_str());
    let bar = progress.begin(&receipt);
    let stops = Stops {
        signals: signals.clone(),
        halt: Halt::default(),
        budget: Budget::default(),
    };
    let pull = Pull::new(Past::default(), stops, &bar, &mut receipt);
    let mut import = Import {
        pull,
        output: &mut output,
        signals: &signals,
        query: query.as_ref(),
    };
    let stopped = import.files(&args.files);
    import.pull.warn_of_losses();
    bar.end();
    receipt.lanes = vec![LaneOutcome {
        lane: Lane::Import,
        verdict: "",
    }];
    let (stopped, words) = match stopped {
        Ok(stopped) => (stopped, None),
        Err(error) => {
            let refusal = output_failed(&error);
            let stopped = match refusal.exit {
                Exit::ReaderClosed => StoppedBecause::ReaderClosed,
                _ => StoppedBecause::Output,
            };
            (stopped, Some(refusal))
        }
    };
    receipt.close(stopped, stopped);
    summary.add(&receipt)?;
    let kept = output::kept(&output);
    let finished = output::close(output, receipt.complete, false).await;
    match words {
        Some(refusal) => Err(Refusal {
            words: refusal.words + &kept,
            ..refusal
        }),
        None => {
            finished?;
            if !receipt.complete && !kept.is_empty() {
                tracing::error!("not all could be read{kept}");
            }
            Ok(stopped.exit())
        }
    }
}

/// Files on their way into the output.
struct Import<'a, 'b> {
    pull: Pull<'b>,
    output: &'a mut Output,
    signals: &'a Signals,
    query: Option<&'a Query>,
}

impl Import<'_, '_> {
    /// Reads all files; why the import stopped, the first file that failed deciding.
    fn files(&mut self, paths: &[PathBuf]) -> io::Result<StoppedBecause> {
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
    /// When the output cannot be written; a file that cannot be read is said and counts as bad
    /// data.
    fn file(&mut self, path: &Path) -> io::Result<StoppedBecause> {
        let from_stdin = path == Path::new("-");
        let opened: io::Result<Box<dyn Read>> = if from_stdin {
            Ok(Box::new(io::stdin().lock()))
        } else {
            File::open(path).map(|file| Box::new(file) as Box<dyn Read>)
        };
        let every = if from_stdin { 1 } else { BATCH };
        let mut failed = None;
        let mut sink = |raw: RawItem| match self.entry(&raw, every) {
            Ok(true) => ControlFlow::Continue(()),
            Ok(false) => ControlFlow::Break(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        };
        let read = opened.and_then(|input| saved::read(input, &mut sink));
        if let Some(error) = failed {
            return Err(error);
        }
        self.output.sink.flush()?;
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

    /// One entry; false once a signal was heard.
    fn entry(&mut self, raw: &RawItem, every: u64) -> io::Result<bool> {
        let sighting = Sighting {
            query: self.query,
            lane: Lane::Import,
            position: self.pull.receipt.seen + 1,
            collected_at: None,
            hashtag_feed: raw.hashtag_feed.or_else(|| self.query.map(|_| true)),
        };
        self.pull.entry(self.output, raw, &sighting)?;
        if self.pull.receipt.seen.is_multiple_of(every) {
            self.output.sink.flush()?;
            self.pull.bar.page(self.pull.receipt);
        }
        Ok(self.signals.heard().is_none())
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
        tracing::info!("{name}: {count} parts left out: {what}");
    }
    let damage = outcome.others.iter().find(|(what, _)| what.is_damage());
    let Some((what, count)) = damage else {
        return StoppedBecause::EndOfFeed;
    };
    let kept = outcome.items;
    tracing::error!("{name}: {kept} entries read, {count} parts lost: {what}");
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
