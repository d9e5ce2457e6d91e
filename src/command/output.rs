//! The output as commands open and close it: locked against other runs for as long as they go, and
//! with words about what a failed run leaves.

use std::path::PathBuf;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::{Refusal, output_failed};
use crate::cli::OutputArgs;
use crate::exit::Exit;
use crate::pull::Output;
use crate::signals::Signals;
use crate::sink::{self, OutputError};

/// How often a lock that another run holds is looked at.
const GLANCE: Duration = Duration::from_millis(100);

/// Opens the output. While another run holds it, waits for as long as the user said.
pub(super) async fn open(args: &OutputArgs, signals: &mut Signals) -> Result<Output, Refusal> {
    let target = args.target();
    let until = args.wait_lock.map(|wait| Instant::now() + wait.0);
    let (sink, known) = loop {
        let now = Instant::now();
        match (sink::open(&target), until) {
            (Err(OutputError::Locked(_)), Some(until)) if now < until => {
                tokio::select! {
                    signal = signals.raised() => {
                        return Err(Refusal::new(Exit::Signal(signal), ""));
                    }
                    () = sleep_until(until.min(now + GLANCE)) => {}
                }
            }
            (opened, _) => break opened?,
        }
    };
    let form = args.form();
    Ok(Output { sink, known, form })
}

/// Where a run that does not end well leaves what it got, in words to follow its error.
pub(super) fn kept(output: &Output) -> String {
    let partial = output.sink.partial();
    partial.map_or_else(String::new, |path| {
        format!("; what it got is in {}", path.display())
    })
}

/// Closes the output of a run that got all it was asked for, or did not.
///
/// # Errors
/// When the output of a complete run cannot be closed.
pub(super) fn close(output: Output, complete: bool) -> Result<(), Refusal> {
    let partial = output.sink.partial().map(PathBuf::from);
    match output.sink.finish(complete) {
        // The first cause stands; a sink that failed before fails again here.
        Err(error) if complete => Err(unfinished(&error, partial)),
        _ => Ok(()),
    }
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
