//! `completions`: what the command line says of itself, for shells.

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::{Refusal, print_whole};
use crate::cli::Cli;
use crate::exit::Exit;

const NAME: &str = env!("CARGO_PKG_NAME");
/// The bash script's name for us where it tells what a command takes, which clap_complete (4.6.11)
/// splits at the hyphen, and where it tells which command it is at, which it does not.
const SPLIT: [&str; 2] = ["tiktok__subcmd__hashtag", "tiktok__hashtag"];

/// Prints the completions of `shell`.
pub(super) fn completions(shell: Shell) -> Result<Exit, Refusal> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), NAME, &mut script);
    let mut script = String::from_utf8_lossy(&script).into_owned();
    if shell == Shell::Bash {
        script = script.replace(SPLIT[0], SPLIT[1]);
    }
    print_whole(script.as_bytes())?;
    Ok(Exit::Ok)
}
