//! `pull`: hashtags, one after the other or several at a time, into one output.

mod run;
mod told;

use std::cell::RefCell;

use tokio::sync::Mutex;

use super::queue::{Queue, Start};
use super::score::Score;
use super::session::Session;
use super::split::Split;
use super::summary::Summary;
use super::turn::Turn;
use super::{Refusal, output};
use crate::cli::{Apart, Environment, PullArgs, StoreArgs};
use crate::clock::epoch_seconds;
use crate::exit::Exit;
use crate::halt::Halt;
use crate::progress::Progress;
use crate::pull::Stops;
use crate::signals::Signals;
use crate::store::{Job, Store, StoreError};
use run::Run;

pub(super) async fn run(
    mut args: PullArgs,
    environment: &Environment,
    mut signals: Signals,
    progress: &Progress,
) -> Result<Exit, Refusal> {
    let began = epoch_seconds();
    args.output = args.output.filled(None, began);
    check(&args)?;
    let is_split = args.output.is_split();
    let (filter, choice) = (args.filter.filter(), args.source.source);
    let start = Queue::of(args.input, filter, &args.from_store, &args.output, choice)?;
    let Start {
        queue, named, job, ..
    } = start;
    let source = args.source.or_through(start.proxy);
    let is_bare = queue.is_shared() && named.is_empty();
    if let Some(file) = args.store.file().filter(|it| is_bare && !it.exists()) {
        let missing = format!("{} is not there, so it", file.display());
        return Err(no_hashtag(&missing));
    }
    let turn = Turn::within(args.output.wait_lock());
    let mut claimed = if is_split {
        (shared(&args.store, turn, &mut signals).await?, None)
    } else {
        claim(&args.store, &job, turn, &mut signals).await?
    };
    if is_bare && !claimed.0.has_hashtags().await? {
        claimed.0.close().await;
        return Err(no_hashtag("the store"));
    }
    if claimed.1.is_some() && args.output.is_stream() {
        tracing::warn!(
            "going on with the same command's unfinished run, which wrote the records before these"
        );
    }
    let session = Session::open(source, args.browser, &args.pace, environment).await?;
    let split = is_split.then(|| Split::new(args.output.clone(), choice, args.jobs, began));
    let output = match &split {
        Some(split) => {
            let planned = queue.named();
            let store = &claimed.0;
            split.open_all(&planned, store, turn, &mut signals).await?;
            output::nowhere(claimed.0)
        }
        None => output::open(&args.output, claimed, turn, &mut signals).await?,
    };
    let run = Run {
        output: Mutex::new(output),
        split,
        summary: RefCell::new(Summary::open(args.output.summary())?),
        held: RefCell::default(),
        stops: Stops {
            signals,
            halt: Halt::default(),
            budget: session.http.budget(),
        },
        progress,
        score: RefCell::new(Score::new(queue.is_shared())),
        queue,
        met: RefCell::default(),
        began,
        blind: RefCell::new(start.blind),
        fail_empty: args.store.fail_empty,
        new_only: args.store.new_only,
        replaces: args.output.replaced().is_some(),
        must_append: args.output.must_append() && args.store.store.is_none(),
        session: &session,
    };
    let ended = run.all(named, usize::from(args.jobs)).await;
    session.close().await;
    ended
}

/// What is said of a store that has nothing to pull. One that is not there is not made for that.
fn no_hashtag(store: &str) -> Refusal {
    let words = format!("{store} knows no hashtag yet; name one, or add --input FILE");
    Refusal::usage(words)
}

/// Refuses switches that do not go together.
fn check(args: &PullArgs) -> Result<(), Refusal> {
    if args.output.is_split() && args.from_store.from_store {
        let words = "--from-store writes one file; leave out {tag} in the name of --output";
        return Err(Refusal::usage(words));
    }
    args.store
        .check(args.output.replaced().as_deref())
        .and_then(|()| args.from_store.check(&args.store))
        .map_err(Refusal::usage)?;
    args.output
        .check()
        .and_then(|()| files(args).check())
        .map_err(Refusal::usage)
}

/// The files the switches name.
fn files(args: &PullArgs) -> Apart {
    let files = Apart::default()
        .reads("--input", args.input.input.as_deref())
        .reads("--cookies", args.source.cookies.as_deref())
        .writes("--store", args.store.file());
    args.output.apart(files)
}

/// Opens the store for `job` once the run's turn has come, with the bytes of its output that are
/// committed where an earlier run left it unfinished.
pub(super) async fn claim(
    args: &StoreArgs,
    job: &Job,
    turn: Turn,
    signals: &mut Signals,
) -> Result<(Store, Option<u64>), Refusal> {
    loop {
        let claimed = Store::claimed(args.store.as_ref(), args.new_only, job).await;
        let is_locked = matches!(claimed, Err(StoreError::Locked(_)));
        if !is_locked || !turn.may_come(signals).await? {
            return Ok(claimed?);
        }
    }
}

/// Opens the store for the jobs of many outputs once the run's turn has come.
async fn shared(args: &StoreArgs, turn: Turn, signals: &mut Signals) -> Result<Store, Refusal> {
    loop {
        let opened = Store::open(args.store.as_ref(), args.new_only).await;
        let is_locked = matches!(opened, Err(StoreError::Locked(_)));
        if !is_locked || !turn.may_come(signals).await? {
            return Ok(opened?);
        }
    }
}
