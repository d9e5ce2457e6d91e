//! `man`: one page for all commands, of what the command line says of itself and of what holds for
//! every command. What clap puts into a section EXTRA goes where readers of man pages look for it.

use std::io;

use clap::CommandFactory as _;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, italic, roman};

use super::{Refusal, print_whole};
use crate::cli::Cli;
use crate::exit::Exit;

const NAME: &str = env!("CARGO_PKG_NAME");
/// When the commands or switches last changed; a page without a date is no good page.
const CHANGED: &str = "2026-11-26";
/// How clap's page sets a paragraph apart, and how a page does.
const APART: [&str; 2] = ["\n.br\n\n.br\n", "\n.sp\n"];

/// The variables that are no switch's, or of all of them.
const VARIABLES: [(&str, &str); 5] = [
    (
        "TIKTOK_HASHTAG_<SWITCH>",
        "The value of a switch, as in TIKTOK_HASHTAG_LIMIT=50. A switch beats it, and it beats the \
         same one in the file named by --env-file. An empty value counts as not set.",
    ),
    (
        "TIKTOK_HASHTAG_MS_TOKEN",
        "A secret, so there is no switch for it: the msToken cookie of a browser's session.",
    ),
    (
        "RUST_LOG",
        "What is said on standard error; it beats --quiet and --verbose.",
    ),
    ("NO_COLOR", "If set, no colours unless --color always."),
    (
        "HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY",
        "The proxy of a run without --proxy.",
    ),
];

/// What a run may leave beside what it was asked for.
const FILES: [(&str, &str); 2] = [
    (
        "FILE.partial",
        "What a run that failed got instead of a FILE to be replaced at its end.",
    ),
    (
        "STORE-wal, STORE-shm",
        "Side files of an SQLite store while runs use it; they belong to it.",
    ),
];

/// Prints the man page.
pub(super) fn man() -> Result<Exit, Refusal> {
    let mut page = Vec::new();
    write(&mut page).expect("memory takes every byte");
    let page = String::from_utf8_lossy(&page).replace(APART[0], APART[1]);
    print_whole(page.as_bytes())?;
    Ok(Exit::Ok)
}

/// What holds for all commands, around a section for each.
fn write(page: &mut Vec<u8>) -> io::Result<()> {
    let cli = Cli::command();
    let main = Man::new(cli.clone()).manual("User Commands").date(CHANGED);
    main.render_title(page)?;
    main.render_name_section(page)?;
    main.render_synopsis_section(page)?;
    main.render_description_section(page)?;
    main.render_options_section(page)?;
    for command in cli.get_subcommands() {
        write_command(page, command)?;
    }
    let mut rest = Roff::new();
    let statuses = statuses();
    let statuses = statuses.iter().map(|(code, words)| (&**code, &**words));
    list(&mut rest, "EXIT STATUS", statuses);
    list(&mut rest, "ENVIRONMENT", VARIABLES);
    list(&mut rest, "FILES", FILES);
    let (examples, _) = parted(&cli);
    section(&mut rest, "SH", "EXAMPLES", &examples);
    rest.to_writer(page)
}

/// What each status means, and whether to run again.
fn statuses() -> Vec<(String, String)> {
    let numbered = Exit::NUMBERED.into_iter().map(|exit| {
        let words = match exit.advice() {
            Some(advice) => format!("{}; {advice}", exit.meaning()),
            None => exit.meaning().to_owned(),
        };
        (exit.code().to_string(), words)
    });
    let by_signal = [Exit::Signal(0), Exit::ReaderClosed].map(Exit::meaning);
    let by_signal = ("128+n".to_owned(), by_signal.join("; 141 "));
    numbered.chain([by_signal]).collect()
}

fn write_command(page: &mut Vec<u8>, command: &clap::Command) -> io::Result<()> {
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
    let sections = String::from_utf8_lossy(&sections).replace(".SH ", ".SS ");
    page.extend(sections.bytes());
    let (examples, notes) = parted(command);
    let mut rest = Roff::new();
    section(&mut rest, "SS", "EXAMPLES", &examples);
    section(&mut rest, "SS", "NOTES", &notes);
    rest.to_writer(page)
}

/// The paragraphs behind a command's help: the examples it begins with, and what follows them.
fn parted(command: &clap::Command) -> (Vec<String>, Vec<String>) {
    let help = command.get_after_help().map(ToString::to_string);
    let help = help.unwrap_or_default();
    let mut paragraphs = help.split("\n\n").map(str::to_owned).peekable();
    let mut examples = Vec::new();
    while let Some(example) = paragraphs.next_if(|it| it.contains(":\n  ")) {
        examples.push(example);
    }
    (examples, paragraphs.filter(|it| !it.is_empty()).collect())
}

/// A section of paragraphs, unless there are none. Indented lines stay as they are; the words above
/// them that say no more than the section's name are left out.
fn section(roff: &mut Roff, macro_name: &str, title: &str, paragraphs: &[String]) {
    if paragraphs.is_empty() {
        return;
    }
    roff.control(macro_name, [title]);
    for (at, paragraph) in paragraphs.iter().enumerate() {
        let (words, indented): (Vec<&str>, Vec<&str>) =
            paragraph.lines().partition(|line| !line.starts_with("  "));
        let is_title = words.iter().all(|it| it.starts_with("Example"));
        if at > 0 && !is_title {
            roff.control("PP", []);
        }
        if !is_title {
            words.iter().for_each(|line| {
                roff.text([roman(*line)]);
            });
        }
        as_is(roff, &indented);
    }
}

/// Lines that are not filled up.
fn as_is(roff: &mut Roff, lines: &[&str]) {
    if lines.is_empty() {
        return;
    }
    roff.control("RS", ["2"]).control("nf", []);
    for line in lines {
        roff.text([roman(line.trim_start())]);
    }
    roff.control("fi", []).control("RE", []);
}

/// A section of things, each with what is to be said of it.
fn list<'a>(roff: &mut Roff, title: &str, rows: impl IntoIterator<Item = (&'a str, &'a str)>) {
    roff.control("SH", [title]);
    for (name, words) in rows {
        let is_file = title == "FILES";
        let name = if is_file { italic(name) } else { bold(name) };
        roff.control("TP", []).text([name]).text([roman(words)]);
    }
}
