//! `import`: the same records out of saved answers, without a socket.

mod bell;
mod ended;
mod files;
mod input;
mod mapping;
#[cfg(unix)]
mod stream;
mod told;

use std::cell::RefCell;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::pull::claim;
use super::summary::Summary;
use super::turn::Turn;
use super::waiting::Waiting;
use super::{Refusal, check, output, output_failed};
use crate::cli::{Apart, ImportArgs};
use crate::clock::epoch_seconds;
use crate::exit::Exit;
use crate::halt::Halt;
use crate::input::{Filter, HashtagName, Limit, Query};
use crate::progress::Progress;
use crate::pull::{Failure, Output, Pull, Stops};
use crate::receipt::{LaneOutcome, Receipt};
use crate::record::{Lane, Wanted};
use crate::signals::Signals;
use crate::sink::Scribe;
use crate::source::Budget;
use ended::Ended;
use files::Import;

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
    let summary = RefCell::new(Summary::open(args.output.summary())?);
    output::begin(&mut output).await?;
    let past = output.store.past(tag(query.as_ref())).await?;
    if past.is_done() {
        tracing::info!("done by the run before");
        output::close(output, Waiting::none(&summary), true, false).await?;
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
        feeds_stdout: args.output.is_stream(),
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
    let mut waiting = Waiting::all(vec![(None, receipt.clone())], &summary);
    let mut unsaid = None;
    if !output.needs_end {
        unsaid = waiting.hand_out(&mut output.store).await.err();
        waiting = Waiting::none(&summary);
    }
    let ended = Ended {
        failure: failure.or(unsaid),
        new_only: args.store.new_only,
        replaces: args.output.replaced().is_some(),
        fail_empty: args.store.fail_empty,
        receipt,
    };
    ended.close(output, waiting).await
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

/// What could not be written, in words.
fn refused(failure: Failure) -> Refusal {
    let exit = failure.stopped().exit();
    match failure {
        Failure::Output(error) => output_failed(&error),
        Failure::Store(error) => error.into(),
        Failure::Source(error) => Refusal::new(exit, error.to_string()),
    }
}
