//! The output as commands open and close it: locked against other runs for as long as they go, and
//! with words about what a failed run leaves.

use std::path::PathBuf;

use super::turn::Turn;
use super::waiting::Waiting;
use super::{Refusal, output_failed};
use crate::cli::OutputArgs;
use crate::exit::Exit;
use crate::pull::{Form, Output};
use crate::signals::Signals;
use crate::sink::{self, Known, OutputError, Sink};
use crate::store::Store;

/// Opens the output once the run's turn has come. With `committed` bytes in `store`, to go on with
/// what an unfinished run wrote.
pub(super) async fn open(
    args: &OutputArgs,
    (store, committed): (Store, Option<u64>),
    turn: Turn,
    signals: &mut Signals,
) -> Result<Output, Refusal> {
    let (target, layout) = (args.target(), args.layout());
    args.make_folders()?;
    let (sink, known) = loop {
        let opened = sink::open(&target, &layout, committed);
        let is_locked = matches!(opened, Err(OutputError::Locked(_)));
        if !is_locked || !turn.may_come(signals).await? {
            break opened?;
        }
    };
    Ok(Output {
        sink,
        known,
        store,
        form: args.form(),
        needs_end: layout.format.needs_end(),
    })
}

/// An output for nothing but what `store` is asked besides: each hashtag has one of its own.
pub(super) fn nowhere(store: Store) -> Output {
    Output {
        sink: sink::nowhere(),
        known: Known::default(),
        store,
        form: Form::default(),
        needs_end: false,
    }
}

/// Writes the job down before its first record, with the bytes its output holds by now.
pub(super) async fn begin(output: &mut Output) -> Result<(), Refusal> {
    if output.store.remembers() {
        let length = output.sink.secure();
        let length = length.map_err(|error| output_failed(&error))?;
        output.store.begin(length).await?;
    }
    Ok(())
}

/// Where a run that does not end well leaves what it got, if that is not the output.
pub(super) struct Kept(Option<PathBuf>);

impl Kept {
    /// Where `sink` does.
    pub(super) fn of(sink: &dyn Sink) -> Self {
        Self(sink.partial().map(PathBuf::from))
    }

    /// Whether it got anything so.
    pub(super) fn is_any(&self) -> bool {
        self.0.is_some()
    }

    /// That in words to follow its error, as long as it is there: nothing stays that cannot be read.
    pub(super) fn words(&self) -> Option<String> {
        let path = self.0.as_ref().filter(|path| path.exists())?;
        Some(format!("; what it got is in {}", path.display()))
    }
}

/// Closes the output of a run that got all it was asked for, or did not, and forgets its job where
/// nothing of that `is_open`, or nobody could go on with it.
///
/// # Errors
/// When the output of a complete run cannot be closed, or the store does not take it.
pub(super) async fn close(
    output: Output,
    waiting: Waiting<'_>,
    complete: bool,
    is_open: bool,
) -> Result<(), Refusal> {
    let (store, ended, is_whole) = end(output, waiting, complete).await;
    let is_done = is_whole && !is_open;
    let forgotten = leave(store, is_done).await;
    if is_done { ended.and(forgotten) } else { ended }
}

/// The same of a complete run that wrote nothing, where that counts as failed: a file that it
/// `replaces` stays, unless an earlier run of the same job got something.
///
/// # Errors
/// As [`close`].
pub(super) async fn close_empty(
    output: Output,
    waiting: Waiting<'_>,
    replaces: bool,
    is_open: bool,
) -> Result<(), Refusal> {
    let is_begun = output.sink.partial().is_some();
    close(output, waiting, is_begun || !replaces, is_open).await
}

/// The same of one of many outputs, whose job is left with the others'.
///
/// # Errors
/// When the output of a complete hashtag cannot be closed.
pub(super) async fn close_one(
    output: Output,
    waiting: Waiting<'_>,
    complete: bool,
) -> (Store, Result<(), Refusal>) {
    let (store, ended, _) = end(output, waiting, complete).await;
    (store, ended)
}

/// The same of one that nothing was written into.
pub(super) fn let_go(output: Output) -> Store {
    // What is not there fails at nothing.
    let _ = output.sink.finish(false);
    output.store
}

/// Ends what is written. What waits for that follows: its ids count as seen, its receipts go out.
/// Besides the failure of a complete run, whether there was none.
async fn end(
    output: Output,
    mut waiting: Waiting<'_>,
    complete: bool,
) -> (Store, Result<(), Refusal>, bool) {
    let (needs_end, mut store) = (output.needs_end, output.store);
    let kept = Kept::of(&*output.sink);
    let finished = output.sink.finish(complete);
    let is_lost = finished.is_err() && kept.words().is_none();
    let mut ended = finished.map_err(|error| unfinished(&error, &kept));
    if needs_end && ended.is_ok() {
        ended = store.settle().await.map_err(Refusal::from);
    }
    let is_whole = ended.is_ok();
    if let Err(refusal) = &ended {
        // The first cause stands; a sink that failed before fails again here.
        let is_said = waiting.tell_of_failure() && !(kept.is_any() && is_lost);
        if needs_end && !complete && !is_said {
            tell(refusal);
        }
        waiting.fail(refusal, is_lost);
    }
    let handed = waiting.hand_out(&mut store).await;
    let ended = if complete { ended.and(handed) } else { handed };
    (store, ended, is_whole)
}

/// Says what failed behind the first cause.
fn tell(refusal: &Refusal) {
    if refusal.exit != Exit::ReaderClosed {
        tracing::error!("{}", refusal.words);
    }
}

/// Closes the store of a job, which is forgotten where it `is_done` or nobody could go on with it.
///
/// # Errors
/// When the store does not take that.
pub(super) async fn leave(mut store: Store, is_done: bool) -> Result<(), Refusal> {
    let forgotten = if is_done || !store.may_go_on() {
        store.finish().await
    } else {
        Ok(())
    };
    store.close().await;
    Ok(forgotten?)
}

fn unfinished(error: &anyhow::Error, kept: &Kept) -> Refusal {
    if let Some(io) = error.downcast_ref::<std::io::Error>()
        && io.kind() == std::io::ErrorKind::BrokenPipe
    {
        return output_failed(io);
    }
    let kept = kept.words().unwrap_or_default();
    let words =
        format!("cannot write the output: {error:#}; free space or choose another place{kept}");
    Refusal::new(Exit::Output, words)
}
