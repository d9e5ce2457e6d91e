//! The command line's entry: parse, start to listen and to speak, run, end with a status.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use tiktok_hashtag::cli;
use tiktok_hashtag::command;
use tiktok_hashtag::exit::Exit;
use tiktok_hashtag::progress::Progress;
use tiktok_hashtag::signals::Signals;
use tiktok_hashtag::words;

/// The C library's own takes sixty times as long for what is made of an entry.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How long a signal may take to be followed before the process ends by force.
const PATIENCE: Duration = Duration::from_secs(4);

fn main() -> ExitCode {
    forbid_core_files();
    let (cli, environment) = match cli::parse(std::env::args_os()) {
        Ok(parsed) => parsed,
        Err(error) => return ExitCode::from(cli::complain(&error).code()),
    };
    let progress = Progress::new(!cli.words.quiet);
    words::show(cli.words.loudness(), progress.clone());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let exit = match runtime {
        Ok(runtime) => {
            let exit = runtime.block_on(async {
                match Signals::listen(PATIENCE, end_at_once) {
                    Ok(signals) => command::run(cli, &environment, signals, &progress).await,
                    Err(error) => failed(&error),
                }
            });
            // A connection that is still being read, perhaps for ever, does not hold up the end.
            runtime.shutdown_background();
            exit
        }
        Err(error) => failed(&error),
    };
    ExitCode::from(exit.code())
}

/// A core file would hold cookies and tokens.
#[cfg(unix)]
fn forbid_core_files() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    // Lowering one's own limit is always allowed; a system without it makes no core files.
    let _ = setrlimit(Resource::Core, none);
}

#[cfg(not(unix))]
fn forbid_core_files() {}

fn failed(error: &std::io::Error) -> Exit {
    tracing::error!("the system would not let the program start: {error}");
    Exit::Internal
}

/// The end when the run cannot come to one itself, as when its reader does not read.
fn end_at_once(signal: u8) {
    // Whatever stderr still holds is of no use any more.
    let _ = std::io::stderr().flush();
    std::process::exit(i32::from(Exit::Signal(signal).code()));
}
