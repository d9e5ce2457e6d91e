//! What each command does once its arguments are parsed: it opens what it needs, runs, and turns
//! the result into words and an exit status.

mod advice;
mod blind;
mod browser;
mod completions;
mod crew;
mod doctor;
mod harvest;
mod import;
mod info;
mod man;
mod output;
mod pull;
mod queue;
mod report;
mod score;
mod session;
#[cfg(feature = "demo")]
mod simulate;
mod split;
mod summary;
mod turn;
mod waiting;

use std::io::{self, Write as _};

use crate::cli::{Cli, Command, Environment, InputArgs};
use crate::clock::epoch_seconds;
use crate::exit::Exit;
use crate::input::{Filter, Plan};
use crate::progress::Progress;
use crate::record::Record;
use crate::signals::Signals;
use crate::sink::OutputError;
use crate::store::StoreError;

/// A command that ended without what it was asked for, in one line for the user.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// How the process ends.
    pub exit: Exit,
    /// Cause and remedy.
    pub words: String,
}

impl Refusal {
    fn new(exit: Exit, words: impl Into<String>) -> Self {
        Self {
            exit,
            words: words.into(),
        }
    }

    fn usage(words: impl Into<String>) -> Self {
        Self::new(Exit::Usage, words)
    }
}

impl From<OutputError> for Refusal {
    fn from(error: OutputError) -> Self {
        let exit = match error {
            OutputError::Io { .. }
            | OutputError::NoFolder { .. }
            | OutputError::Shorter { .. }
            | OutputError::Changed { .. } => Exit::Output,
            OutputError::Locked(_) => Exit::Locked,
            _ => Exit::Usage,
        };
        Self::new(exit, error.to_string())
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::from(&error)
    }
}

impl From<&StoreError> for Refusal {
    fn from(error: &StoreError) -> Self {
        Self::new(error.exit(), error.to_string())
    }
}

/// Runs the command; the exit status of the process.
pub async fn run(
    cli: Cli,
    environment: &Environment,
    signals: Signals,
    progress: &Progress,
) -> Exit {
    if let Some(words) = environment.warning() {
        tracing::warn!("{words}");
    }
    let ended = match cli.command {
        Command::Pull(args) => pull::run(*args, environment, signals, progress).await,
        Command::Import(args) => import::run(*args, signals, progress).await,
        Command::Info(args) => info::run(*args, environment, signals).await,
        Command::Doctor(args) => doctor::run(*args, environment, signals).await,
        Command::Report(args) => report::run(args, environment, signals).await,
        #[cfg(feature = "demo")]
        Command::Simulate(args) => simulate::run(args, signals).await,
        #[cfg(not(feature = "demo"))]
        Command::Simulate(_) => Err(without_demo()),
        Command::Schema => schema(),
        Command::Completions(args) => completions::completions(args.shell),
        Command::Man => man::man(),
    };
    ended.unwrap_or_else(|refusal| {
        if !matches!(refusal.exit, Exit::ReaderClosed | Exit::Signal(_)) {
            tracing::error!("{}", refusal.words);
        }
        refusal.exit
    })
}

/// What a build without the pretend site says when asked for it.
#[cfg(not(feature = "demo"))]
fn without_demo() -> Refusal {
    Refusal::usage("this build has no simulator; build with the cargo feature \"demo\"")
}

fn schema() -> Result<Exit, Refusal> {
    let schema = serde_json::to_string_pretty(&Record::schema());
    print(&schema.expect("a schema is plain JSON"))?;
    Ok(Exit::Ok)
}

/// What the command line asks of `command`, each hashtag once and at least one.
fn plan(args: InputArgs, filter: Filter, command: &str) -> Result<Plan, Refusal> {
    let file = args.input.clone();
    let plan = plan_any(args, filter)?;
    if plan.items.is_empty() {
        let nothing = file.map_or_else(
            || "no hashtag given".to_owned(),
            |file| format!("no hashtag given: --input {} holds none", file.display()),
        );
        let words = format!("{nothing}; name one, e.g. tiktok-hashtag {command} travel");
        return Err(Refusal::usage(words));
    }
    Ok(plan)
}

/// What the command line asks for, each hashtag once.
fn plan_any(args: InputArgs, filter: Filter) -> Result<Plan, Refusal> {
    let asked = args.asked(filter);
    let plan = asked
        .map_err(|error| Refusal::usage(format!("{error:#}")))?
        .plan();
    for planned in &plan.items {
        check(planned.filter())?;
    }
    for warning in &plan.warnings {
        tracing::warn!("{warning}");
    }
    Ok(plan)
}

/// Refuses a filter that nothing could pass.
fn check(filter: &Filter) -> Result<(), Refusal> {
    let checked = filter.check(epoch_seconds());
    checked.map_err(|error| Refusal::usage(error.to_string()))
}

/// One line on standard output, at once.
fn print(line: &str) -> Result<(), Refusal> {
    print_whole(format!("{line}\n").as_bytes())
}

/// A text on standard output, at once.
fn print_whole(text: &[u8]) -> Result<(), Refusal> {
    let mut out = io::stdout().lock();
    out.write_all(text)
        .and_then(|()| out.flush())
        .map_err(|error| output_failed(&error))
}

fn output_failed(error: &io::Error) -> Refusal {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Refusal::new(Exit::ReaderClosed, "");
    }
    let words = format!("cannot write the output: {error}; free space or choose another place");
    Refusal::new(Exit::Output, words)
}
