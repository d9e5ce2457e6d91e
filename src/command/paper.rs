//! `completions` and `man`: what the command line says of itself, for shells and for `man`.

use clap::CommandFactory as _;
use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use super::{Refusal, print_whole};
use crate::cli::Cli;
use crate::exit::Exit;

const NAME: &str = env!("CARGO_PKG_NAME");
/// When the commands or switches last changed; a page without a date is no good page.
const CHANGED: &str = "2026-11-25";
/// The bash script's name for us where it tells what a command takes, which clap_complete (4.6.11)
/// splits at the hyphen, and where it tells which command it is at, which it does not.
const SPLIT: [&str; 2] = ["tiktok__subcmd__hashtag", "tiktok__hashtag"];
/// How clap's page sets a paragraph apart, and how a page does.
const APART: [&str; 2] = ["\n.br\n\n.br\n", "\n.sp\n"];

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

/// Prints the man page.
pub(super) fn man() -> Result<Exit, Refusal> {
    let mut page = Vec::new();
    write(&mut page).expect("memory takes every byte");
    let page = String::from_utf8_lossy(&page).replace(APART[0], APART[1]);
    print_whole(page.as_bytes())?;
    Ok(Exit::Ok)
}

/// One page for all commands, each in a section of its own.
fn write(page: &mut Vec<u8>) -> std::io::Result<()> {
    let cli = Cli::command();
    let main = Man::new(cli.clone()).manual("User Commands").date(CHANGED);
    main.render_title(page)?;
    main.render_name_section(page)?;
    main.render_synopsis_section(page)?;
    main.render_description_section(page)?;
    main.render_options_section(page)?;
    for command in cli.get_subcommands() {
        let name = format!("{NAME} {}", command.get_name());
        let about = command.get_about().map(ToString::to_string);
        let mut heading = Roff::new();
        heading.control("SH", [command.get_name().to_uppercase().as_str()]);
        heading.text([roman(about.unwrap_or_default())]);
        heading.to_writer(page)?;
        let man = Man::new(command.clone().bin_name(name.clone()).display_name(name));
        let mut sections = Vec::new();
        man.render_synopsis_section(&mut sections)?;
        man.render_options_section(&mut sections)?;
        man.render_extra_section(&mut sections)?;
        page.extend(
            String::from_utf8_lossy(&sections)
                .replace(".SH ", ".SS ")
                .bytes(),
        );
    }
    main.render_extra_section(page)
}
