//! The output as commands open and close it: locked against other runs for as long as they go, and
//! with words about what a failed run leaves.

use std::path::PathBuf;

use super::turn::Turn;
use super::{Refusal, output_failed};
use crate::cli::OutputArgs;
use crate::exit::Exit;
use crate::pull::{Form, Output};
use crate::signals::Signals;
use crate::sink::{self, Known, OutputError};
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
    })
}

/// An output for nothing but what `store` is asked besides: each hashtag has one of its own.
pub(super) fn nowhere(store: Store) -> Output {
    Output {
        sink: sink::nowhere(),
        known: Known::default(),
        store,
        form: Form::default(),
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

/// Where a run that does not end well leaves what it got, in words to follow its error.
pub(super) fn kept(output: &Output) -> String {
    let partial = output.sink.partial();
    partial.map_or_else(String::new, |path| {
        format!("; what it got is in {}", path.display())
    })
}

/// Closes the output of a run that got all it was asked for, or did not, and forgets its job where
/// nothing of that `is_open`, or nobody could go on with it.
///
/// # Errors
/// When the output of a complete run cannot be closed, or the store does not take it.
pub(super) async fn close(output: Output, complete: bool, is_open: bool) -> Result<(), Refusal> {
    let Output { sink, store, .. } = output;
    let partial = sink.partial().map(PathBuf::from);
    let finished = sink.finish(complete);
    let is_done = finished.is_ok() && !is_open;
    let forgotten = leave(store, is_done).await;
    match finished {
        // The first cause stands; a sink that failed before fails again here.
        Err(error) if complete => Err(unfinished(&error, partial)),
        _ if is_done => forgotten,
        _ => Ok(()),
    }
}

/// The same of a complete run that wrote nothing, where that counts as failed: a file that it
/// `replaces` stays, unless an earlier run of the same job got something.
///
/// # Errors
/// As [`close`].
pub(super) async fn close_empty(
    output: Output,
    replaces: bool,
    is_open: bool,
) -> Result<(), Refusal> {
    let is_begun = output.sink.partial().is_some();
    close(output, is_begun || !replaces, is_open).await
}

/// The same of one of many outputs, whose job is left with the others'.
///
/// # Errors
/// When the output of a complete hashtag cannot be closed.
pub(super) fn close_one(output: Output, complete: bool) -> (Store, Result<(), Refusal>) {
    let Output { sink, store, .. } = output;
    let partial = sink.partial().map(PathBuf::from);
    let ended = match sink.finish(complete) {
        Err(error) if complete => Err(unfinished(&error, partial)),
        _ => Ok(()),
    };
    (store, ended)
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

fn unfinished(error: &anyhow::Error, partial: Option<PathBuf>) -> Refusal {
    if let Some(io) = error.downcast_ref::<std::io::Error>()
        && io.kind() == std::io::ErrorKind::BrokenPipe
    {
        return output_failed(io);
    }
    let kept = partial
        .filter(|path| path.exists())
        .map_or_else(String::new, |path| {
            format!("; what it got is in {}", path.display())
        });
    let words =
        format!("cannot write the output: {error:#}; free space or choose another place{kept}");
    Refusal::new(Exit::Output, words)
}
