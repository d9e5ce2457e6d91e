//! `simulate`: the pretend site on a port of its own, and for `--demo` inside the process.

use std::fs;
use std::path::Path;

use super::{Refusal, print};
use crate::cli::SimulateArgs;
use crate::exit::Exit;
use crate::signals::Signals;
use crate::simulator::{Options, SavedItems, Simulator};
use crate::words::counted;

pub(super) async fn run(args: SimulateArgs, mut signals: Signals) -> Result<Exit, Refusal> {
    let mut from = SavedItems::default();
    for path in &args.from {
        add(&mut from, path)?;
    }
    if !args.from.is_empty() && from.is_empty() {
        let words =
            "none of these files holds a web item to serve; save a page's item_list answers";
        return Err(Refusal::new(Exit::Data, words));
    }
    if from.skipped() > 0 {
        let skipped = counted(from.skipped() as u64, "entry", "entries");
        tracing::warn!("skipped {skipped} of other shapes than the web's");
    }
    let options = Options {
        port: args.port,
        from,
        ..Options::default()
    };
    let simulator = Simulator::start(options).await.map_err(|error| {
        let port = args.port;
        Refusal::usage(format!(
            "cannot listen on port {port}: {error}; choose another --port"
        ))
    })?;
    print(&simulator.url())?;
    let signal = signals.raised().await;
    simulator.stop();
    Ok(Exit::Signal(signal))
}

fn add(from: &mut SavedItems, path: &Path) -> Result<(), Refusal> {
    let shown = path.display();
    let text =
        fs::read(path).map_err(|error| Refusal::usage(format!("cannot read {shown}: {error}")))?;
    let found = from.add(&text).map_err(|error| {
        Refusal::new(
            Exit::Data,
            format!("{shown} is not JSON: {error}; give saved answers"),
        )
    })?;
    if found == 0 {
        tracing::warn!("{shown} holds no web item");
    }
    Ok(())
}

/// The pretend site of `--demo`.
pub(super) async fn start() -> Result<Simulator, Refusal> {
    Simulator::start(Options::default()).await.map_err(|error| {
        Refusal::new(
            Exit::Temporary,
            format!("cannot start the pretend site: {error}"),
        )
    })
}
