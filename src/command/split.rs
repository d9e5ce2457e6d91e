//! Outputs of their own for each hashtag, where the name of FILE says `{tag}`: each with its lock,
//! its job in the store, and its end.

use std::cell::RefCell;
use std::collections::HashMap;

use tokio::sync::Mutex;

use super::summary::Summary;
use super::turn::Turn;
use super::waiting::Waiting;
use super::{Refusal, output};
use crate::cli::{LaneChoice, OutputArgs};
use crate::input::{HashtagName, Planned, Query, distinct};
use crate::pull::Output;
use crate::signals::Signals;
use crate::store::{Store, StoreError};

/// What an output and its hashtag's connection take of the files that the system lets a program
/// have open: itself, once more for its writer, and the one it replaces.
const FILES: u64 = 4;

/// How the outputs of hashtags are opened, and those that wait for their turn.
pub(super) struct Split {
    args: OutputArgs,
    source: LaneChoice,
    now: i64,
    /// How many may wait open.
    room: usize,
    opened: RefCell<HashMap<HashtagName, Output>>,
    /// Those of hashtags without a record, which stay as they were should no other have one.
    empty: RefCell<Vec<Output>>,
    /// The same where there was no room for their files to stay open: their jobs.
    shut: RefCell<Vec<(HashtagName, Store)>>,
    /// The jobs of those that were closed.
    closed: RefCell<Vec<Store>>,
}

impl Split {
    /// For a run that writes so many at a time.
    pub(super) fn new(args: OutputArgs, source: LaneChoice, jobs: u16, now: i64) -> Self {
        Self {
            args,
            source,
            now,
            room: room(jobs),
            opened: RefCell::default(),
            empty: RefCell::default(),
            shut: RefCell::default(),
            closed: RefCell::default(),
        }
    }

    /// Looks at those of all hashtags whose names are known, before anybody is asked. What there is
    /// room for stays open and locked, from the last one back: so another run over the same
    /// hashtags meets a lock at once, however far this one is.
    pub(super) async fn open_all(
        &self,
        planned: &[Planned],
        store: &Store,
        turn: Turn,
        signals: &mut Signals,
    ) -> Result<(), Refusal> {
        for query in distinct(queries(planned)).into_iter().rev() {
            let output = self.open(&query, store, turn, signals).await?;
            if self.has_room() {
                self.opened.borrow_mut().insert(query.name, output);
            } else {
                let_go(output).await?;
            }
        }
        Ok(())
    }

    /// The output of a hashtag whose turn it is.
    pub(super) async fn take(
        &self,
        query: &Query,
        store: &Mutex<Output>,
        signals: &Signals,
    ) -> Result<Mutex<Output>, Refusal> {
        let opened = self.opened.borrow_mut().remove(&query.name);
        let mut output = match opened {
            Some(output) => output,
            None => {
                let turn = Turn::within(self.args.wait_lock());
                let store = &store.lock().await.store;
                self.open(query, store, turn, &mut signals.clone()).await?
            }
        };
        output::begin(&mut output).await?;
        Ok(Mutex::new(output))
    }

    /// Whether one more may wait open.
    fn has_room(&self) -> bool {
        self.opened.borrow().len() + self.empty.borrow().len() < self.room
    }

    async fn open(
        &self,
        query: &Query,
        store: &Store,
        turn: Turn,
        signals: &mut Signals,
    ) -> Result<Output, Refusal> {
        let args = self.args.filled(Some(query.name.as_str()), self.now);
        args.check().map_err(Refusal::usage)?;
        let job = args.job(&[Planned::Query(query.clone())], self.source);
        let claimed = loop {
            let claimed = store.beside(job.clone()).await;
            let is_locked = matches!(claimed, Err(StoreError::Locked(_)));
            if !is_locked || !turn.may_come(signals).await? {
                break claimed?;
            }
        };
        output::open(&args, claimed, turn, signals).await
    }

    /// Closes the output of a hashtag that got all it was asked for, or did not. That it is done is
    /// remembered for as long as the run may have to be repeated.
    pub(super) async fn put_by(
        &self,
        output: Output,
        waiting: Waiting<'_>,
        complete: bool,
    ) -> Result<(), Refusal> {
        let (store, ended) = output::close_one(output, waiting, complete).await;
        self.closed.borrow_mut().push(store);
        ended
    }

    /// Keeps the output of a hashtag without a record until it is known whether the run had any,
    /// locked where there is room for that. What an earlier run got waits for nothing.
    ///
    /// # Errors
    /// When that cannot be closed, or the receipt not be handed out.
    pub(super) async fn hold(
        &self,
        name: HashtagName,
        mut output: Output,
        waiting: Waiting<'_>,
    ) -> Result<(), Refusal> {
        if output.sink.partial().is_some() {
            return self.put_by(output, waiting, true).await;
        }
        let handed = waiting.hand_out(&mut output.store).await;
        if self.has_room() {
            self.empty.borrow_mut().push(output);
        } else {
            let store = output::let_go(output);
            self.shut.borrow_mut().push((name, store));
        }
        handed
    }

    /// Closes those whose turn never came, and those without a record, which replace what is there
    /// unless that `stays`. Forgets all jobs where nothing `is_open`.
    pub(super) async fn close(
        self,
        is_open: bool,
        stays: bool,
        summary: &RefCell<Summary>,
        signals: &mut Signals,
    ) -> Result<(), Refusal> {
        let mut forgotten = Ok(());
        for output in self.empty.take() {
            let closed = self.put_by(output, Waiting::none(summary), !stays).await;
            forgotten = forgotten.and(closed);
        }
        for (name, store) in self.shut.take() {
            let shut = (name, store);
            let ended = self.end_shut(shut, stays, summary, signals).await;
            forgotten = forgotten.and(ended);
        }
        for (_, output) in self.opened.into_inner() {
            forgotten = forgotten.and(let_go(output).await);
        }
        for store in self.closed.into_inner() {
            forgotten = forgotten.and(output::leave(store, !is_open).await);
        }
        forgotten
    }

    /// Puts an empty file where one was shut without a record, unless what is there `stays`.
    async fn end_shut(
        &self,
        (name, store): (HashtagName, Store),
        stays: bool,
        summary: &RefCell<Summary>,
        signals: &mut Signals,
    ) -> Result<(), Refusal> {
        if stays {
            self.closed.borrow_mut().push(store);
            return Ok(());
        }
        let args = self.args.filled(Some(name.as_str()), self.now);
        let turn = Turn::within(args.wait_lock());
        let output = output::open(&args, (store, None), turn, signals).await?;
        self.put_by(output, Waiting::none(summary), true).await
    }
}

/// Those of them whose names are known.
fn queries(planned: &[Planned]) -> Vec<Query> {
    let queries = planned.iter().filter_map(|planned| match planned {
        Planned::Query(query) => Some(query.clone()),
        Planned::ShortLink(_) => None,
    });
    queries.collect()
}

/// Closes an output that nothing was written into.
async fn let_go(output: Output) -> Result<(), Refusal> {
    output::leave(output::let_go(output), false).await
}

/// How many outputs may wait open beside those of `jobs` hashtags in flight: half of what the
/// system lets a program have open is left to everything else.
#[cfg(unix)]
fn room(jobs: u16) -> usize {
    use rustix::process::{Resource, getrlimit};
    let limit = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let outputs = (limit / 2 / FILES).saturating_sub(jobs.into());
    usize::try_from(outputs).unwrap_or(usize::MAX)
}

/// There is no such limit.
#[cfg(not(unix))]
fn room(_: u16) -> usize {
    usize::MAX
}
