//! The command line: clap types whose fields are already domain values. A group of switches is a
//! struct that knows how to become the value it stands for.

mod apart;
mod browser;
mod env_file;
mod environment;
mod filter;
mod groups;
mod input;
mod output;
mod report;
mod seconds;
mod source;
mod store;

use std::any::Any;
use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use clap_complete::Shell;

pub use apart::Apart;
pub use browser::BrowserArgs;
pub use environment::Environment;
pub use filter::FilterArgs;
pub use groups::{Color, WordsArgs};
pub use input::InputArgs;
pub use output::{OutputArgs, Preset, SummaryTarget};
pub use report::ReportArgs;
pub use source::{LaneChoice, PaceArgs, SourceArgs};
pub use store::{FromStoreArgs, StoreArgs};

use crate::exit::Exit;
use crate::input::{Ask, HashtagName};
use crate::store::Place;
use crate::words;

/// Turns a TikTok hashtag into structured video records, one JSON line each.
#[derive(Debug, Parser)]
#[command(
    name = "tiktok-hashtag",
    version,
    about,
    arg_required_else_help = true,
    max_term_width = 100,
    after_help = AFTER_HELP
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// How much is said on stderr.
    #[command(flatten)]
    pub words: WordsArgs,
}

const AFTER_HELP: &str = "\
Examples:
  tiktok-hashtag pull travel --demo -n 3 | jq -r .desc
  tiktok-hashtag pull travel --limit 50
  tiktok-hashtag pull https://www.tiktok.com/tag/travel -o travel.jsonl --append
  tiktok-hashtag import saved/*.json > videos.jsonl
  tiktok-hashtag info travel
  tiktok-hashtag doctor

Every switch can also come from TIKTOK_HASHTAG_<SWITCH> (TIKTOK_HASHTAG_LIMIT=50); a switch beats
the environment, the environment beats the file named by --env-file.

Exit status: 0 complete, 2 usage, 3 not found, 4 blocked, 5 temporary, 6 bad data, 7 output,
8 locked, 9 empty, 128+n signal. README.md says what each means to a script.";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Collect the videos of one or more hashtags.
    Pull(Box<PullArgs>),
    /// Make the same records of answers saved in a browser; opens no socket.
    Import(Box<ImportArgs>),
    /// Print what the site says of a hashtag itself: id, description, totals.
    Info(Box<InfoArgs>),
    /// Say which lanes would work from this machine, and why not.
    Doctor(Box<DoctorArgs>),
    /// Sum up records: top videos, creators, sounds, hashtags, posting hours, growth.
    Report(ReportArgs),
    /// Serve a pretend site on this machine, for trying things out and for tests.
    Simulate(SimulateArgs),
    /// Print the JSON Schema of a record.
    #[command(after_help = "\
Example:
  tiktok-hashtag schema > record.schema.json")]
    Schema,
    /// Print the completions of a shell: source them, or put them where it looks for some.
    Completions(CompletionsArgs),
    /// Print the man page.
    #[command(after_help = "\
Examples:
  tiktok-hashtag man | man -l -
  tiktok-hashtag man > ~/.local/share/man/man1/tiktok-hashtag.1")]
    Man,
}

/// `pull`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tiktok-hashtag pull travel                     100 videos as JSON lines
  tiktok-hashtag pull travel --demo | jq -r '[.aweme_id, .statistics.play_count] | @tsv'

Input:
  tiktok-hashtag pull '#travel' food -n 20       two hashtags, 20 videos each
  tiktok-hashtag pull https://vm.tiktok.com/ZMexample/    a short link, as the app's Share gives it
  tiktok-hashtag pull --input input.json --preset clockworks     for those who come from there

Filters:
  tiktok-hashtag pull travel --since 7d --min-likes 1000 --only-language en,pt

Source and browser:
  tiktok-hashtag pull travel -n 10 --source embed
  tiktok-hashtag pull travel -n 300 --source browser --headed --wait-user 120

Pace:
  tiktok-hashtag pull --input tags.txt --jobs 4 --max-time 2h -o out.jsonl --overwrite

Output:
  tiktok-hashtag pull travel -o travel.jsonl --append --summary runs.jsonl
  tiktok-hashtag pull travel -o travel.csv --fields aweme_id,desc,statistics.play_count

Store:
  tiktok-hashtag pull travel --store tiktok.db --new-only
  tiktok-hashtag pull --from-store --store tiktok.db --every 6h -o out.jsonl --append")]
pub struct PullArgs {
    /// What to pull.
    #[command(flatten)]
    pub input: InputArgs,
    /// Which of its videos.
    #[command(flatten)]
    pub filter: FilterArgs,
    /// From where.
    #[command(flatten)]
    pub source: SourceArgs,
    /// With which browser.
    #[command(flatten)]
    pub browser: BrowserArgs,
    /// How fast.
    #[command(flatten)]
    pub pace: PaceArgs,
    /// Hashtags in flight at a time, all under the one --rate.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1,
        value_parser = clap::value_parser!(u16).range(1..=64),
        allow_negative_numbers = true,
        help_heading = "Pace"
    )]
    pub jobs: u16,
    /// To where.
    #[command(flatten)]
    pub output: OutputArgs,
    /// What is remembered.
    #[command(flatten)]
    pub store: StoreArgs,
    /// What of that is pulled.
    #[command(flatten)]
    pub from_store: FromStoreArgs,
}

/// `import`. It has no limit that what is added could count for.
#[derive(Debug, Args)]
#[command(
    mut_arg("append", |arg| arg.help("Add to FILE the records it lacks")),
    after_help = "\
Examples:
  tiktok-hashtag import www.tiktok.com.har --name travel
  tiktok-hashtag import answer.json page.html capture.ndjson.gz
  curl -s … | tiktok-hashtag import - --name travel
  tiktok-hashtag import saved/*.har --name travel --store tiktok.db --new-only
  tiktok-hashtag import saved/*.json --since 2025-01-01 --until 2025-02-01 --min-plays 10000

Reads HAR recordings, API answers, JSON lines, app (aweme) bodies in any envelope, saved pages of
any year and zeeschuimer NDJSON, .gz too; what a file is, is told by its content.

To record a HAR, in Chrome, Edge or Firefox:
  1. Open the developer tools (F12), tab Network, before the page.
  2. Load https://www.tiktok.com/tag/NAME in the same tab and scroll.
  3. Export with content: Export HAR (Chrome, Edge) or Save All As HAR (Firefox).
  4. Import the file. Keep it to yourself: it may hold your session's cookies."
)]
pub struct ImportArgs {
    /// Files of saved answers; - for standard input.
    #[arg(value_name = "FILE|-", required = true)]
    pub files: Vec<PathBuf>,
    /// The hashtag they were saved from; fills input.name.
    #[arg(long, aliases = ["tag", "hashtag"], value_name = "NAME", help_heading = "Input")]
    pub name: Option<HashtagName>,
    /// Which of their videos.
    #[command(flatten)]
    pub filter: FilterArgs,
    /// Threads that read, map and write [default: one a core].
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u16).range(1..=64),
        allow_negative_numbers = true,
        help_heading = "Pace"
    )]
    pub jobs: Option<u16>,
    /// To where.
    #[command(flatten)]
    pub output: OutputArgs,
    /// What is remembered.
    #[command(flatten)]
    pub store: StoreArgs,
}

/// `info`. It takes the limits a file of hashtags may hold, but does nothing with them.
#[derive(Debug, Args)]
#[command(
    mut_arg("limit", |arg| arg.hide(true)),
    mut_arg("all", |arg| arg.hide(true)),
    after_help = "\
Example:
  tiktok-hashtag info travel | jq .view_count"
)]
pub struct InfoArgs {
    /// Which hashtags.
    #[command(flatten)]
    pub input: InputArgs,
    /// From where.
    #[command(flatten)]
    pub source: SourceArgs,
    /// With which browser.
    #[command(flatten)]
    pub browser: BrowserArgs,
    /// How fast.
    #[command(flatten)]
    pub pace: PaceArgs,
}

/// `doctor`. It asks once and waits for nobody, so the switches for that do nothing here.
#[derive(Debug, Args)]
#[command(
    mut_arg("source", |arg| arg.help("Which lane to try; auto tries each of them")),
    mut_arg("wait_user", |arg| arg.hide(true)),
    mut_arg("retries", |arg| arg.hide(true)),
    mut_arg("max_wait", |arg| arg.hide(true)),
    after_help = "\
Examples:
  tiktok-hashtag doctor
  tiktok-hashtag doctor --source browser --headed
  tiktok-hashtag doctor --json | jq -r '.lanes[] | select(.works) | .lane'
  tiktok-hashtag doctor empty200 --demo

A lane is asked with at most two requests within 15 seconds; the browser opens the hashtag's page
once. Exit status: 0 if web, embed or browser would work, else 4."
)]
pub struct DoctorArgs {
    /// Hashtag to ask for, one that has videos.
    #[arg(value_name = "TAG", default_value = "travel")]
    pub tag: HashtagName,
    /// Print one JSON object instead of lines for people.
    #[arg(long)]
    pub json: bool,
    /// Towards what.
    #[command(flatten)]
    pub source: SourceArgs,
    /// With which browser.
    #[command(flatten)]
    pub browser: BrowserArgs,
    /// How fast.
    #[command(flatten)]
    pub pace: PaceArgs,
}

/// `simulate`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tiktok-hashtag simulate --port 8899
  tiktok-hashtag simulate --from saved/*.json
  tiktok-hashtag pull anything --rate 0 --base-url http://127.0.0.1:8899

The hashtag's name picks what happens: any name is a feed of 300 videos, t1000 one of 1000,
empty200 answers with nothing, captcha_html with a captcha page; CONTRIBUTING.md tells more.")]
pub struct SimulateArgs {
    /// Port to listen on; 0 for any free one.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        allow_negative_numbers = true
    )]
    pub port: u16,
    /// Serve the videos of these saved answers, whatever name is asked for.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub from: Vec<PathBuf>,
}

/// `completions`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  source <(tiktok-hashtag completions bash)
  tiktok-hashtag completions zsh > ~/.zfunc/_tiktok-hashtag
  tiktok-hashtag completions fish > ~/.config/fish/completions/tiktok-hashtag.fish")]
pub struct CompletionsArgs {
    /// The shell.
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

/// Reads the command line and what stands behind it.
///
/// # Errors
/// clap's own error, help and version among them; it knows its text and its exit status.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<(Cli, Environment), clap::Error> {
    let args: Vec<OsString> = args.into_iter().collect();
    let environment = Environment::read(&args)
        .map_err(|words| Cli::command().error(ErrorKind::Io, format!("{words:#}")))?;
    let mut command = environment.stand_behind(Cli::command(), &args);
    let matches = command
        .try_get_matches_from_mut(&args)
        .map_err(without_password)
        .map_err(with_hint)
        .map_err(|error| of_preset(error, &args))?;
    check_secrets(&mut command, &matches)?;
    let cli = Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
    Ok((cli, environment))
}

/// Says what clap has to say: help and version on stdout, complaints on stderr, as JSON where that
/// was asked for. The status to end with.
#[must_use]
pub fn complain(error: &clap::Error) -> Exit {
    if !error.use_stderr() {
        // A reader that went away has read enough of the help.
        let _ = error.print();
        return Exit::Ok;
    }
    let json = std::env::args().any(|arg| arg == "json" || arg == "--log-format=json")
        && std::env::args().any(|arg| arg.starts_with("--log-format"));
    if json {
        let text = error.to_string();
        let cause = text.split("\n\n").next().unwrap_or_default();
        let line = words::object(
            tracing::Level::ERROR,
            &words::shown(cause.trim_start_matches("error: "), 2_000),
        );
        // A stderr that cannot be written changes nothing else.
        let _ = writeln!(std::io::stderr(), "{line}");
    } else {
        let _ = error.print();
    }
    Exit::Usage
}

/// A refused value is shown, but for the user name and password of a URL.
fn without_password(mut error: clap::Error) -> clap::Error {
    let shown = match error.get(ContextKind::InvalidValue) {
        Some(ContextValue::String(value)) => redacted(value),
        _ => None,
    };
    if let Some(shown) = shown {
        error.insert(ContextKind::InvalidValue, ContextValue::String(shown));
    }
    error
}

/// Tells those who name a hashtag and no command which command that is.
fn with_hint(mut error: clap::Error) -> clap::Error {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else {
        return error;
    };
    let is_tag = word.parse::<Ask>().is_ok();
    if is_tag && error.get(ContextKind::SuggestedSubcommand).is_none() {
        let word = words::shown(word.trim_start_matches('#'), 200);
        let tip = format!("did you mean 'tiktok-hashtag pull {word}'?");
        let tip = ContextValue::StyledStrs(vec![tip.into()]);
        error.insert(ContextKind::Suggested, tip);
    }
    error
}

/// Says of a field that is none, beside a preset that takes none, what is wrong before the name is.
fn of_preset(error: clap::Error, args: &[OsString]) -> clap::Error {
    let is_field = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(switch)) => switch.starts_with("--fields"),
        _ => false,
    };
    let mut pairs = args.iter().zip(args.iter().skip(1));
    let is_theirs = args.iter().any(|arg| arg == "--preset=clockworks")
        || pairs.any(|(switch, value)| switch == "--preset" && value == "clockworks");
    if !is_field || !is_theirs {
        return error;
    }
    let words = output::not_ours("--preset clockworks");
    Cli::command().error(ErrorKind::ArgumentConflict, words)
}

/// A URL with its user name and password blanked out; `None` where it has neither.
fn redacted(value: &str) -> Option<String> {
    let (scheme, rest) = value.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let path = &rest[authority.len()..];
    let (user, host) = match authority.rsplit_once('@') {
        Some((_, host)) => ("[redacted]@", host),
        None => ("", authority),
    };
    let (path, query) = match path.split_once("password=") {
        Some((path, _)) => (path, "password=[redacted]"),
        None => (path, ""),
    };
    let hides = !user.is_empty() || !query.is_empty();
    hides.then(|| format!("{scheme}://{user}{host}{path}{query}"))
}

/// Refuses a password among the arguments, where every user of the machine can read it.
fn check_secrets(command: &mut clap::Command, matches: &ArgMatches) -> Result<(), clap::Error> {
    let Some((_, matches)) = matches.subcommand() else {
        return Ok(());
    };
    let proxy = typed::<url::Url>(matches, "proxy").is_some_and(|url| url.password().is_some());
    let places = ["store", "place"].map(|name| typed::<Place>(matches, name));
    let store = places.into_iter().flatten().any(Place::has_password);
    let (what, variable) = match (proxy, store) {
        (true, _) => ("proxy", "TIKTOK_HASHTAG_PROXY"),
        (_, true) => ("store", "TIKTOK_HASHTAG_STORE"),
        _ => return Ok(()),
    };
    let words = format!(
        "a {what} URL with a password is visible to every user of this machine; \
         set {variable} instead"
    );
    Err(command.error(ErrorKind::ValueValidation, words))
}

/// The value of a switch that stands on the command line itself.
fn typed<'a, T: Any + Clone + Send + Sync>(matches: &'a ArgMatches, name: &str) -> Option<&'a T> {
    let value = matches.try_get_one::<T>(name).ok().flatten()?;
    (matches.value_source(name) == Some(ValueSource::CommandLine)).then_some(value)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use clap::{Command, CommandFactory as _};

    use super::{Cli, parse};

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    /// clap would take what begins so for a switch, and advise to write `-- -7d`.
    #[test]
    fn a_number_or_a_time_may_begin_with_a_hyphen_to_be_refused() {
        let command = Cli::command();
        let arguments = command.get_subcommands().flat_map(Command::get_arguments);
        let mut looked_at = 0;
        for argument in arguments.filter(|it| it.get_id() != "user_agent") {
            let names = argument.get_value_names().unwrap_or_default();
            if names
                .iter()
                .any(|name| ["N", "S", "T", "D"].contains(&name.as_str()))
            {
                let may = argument.is_allow_hyphen_values_set()
                    || argument.is_allow_negative_numbers_set() && names == ["N"];
                assert!(may, "{argument}");
                looked_at += 1;
            }
        }
        assert!(looked_at > 20, "{looked_at}");
    }

    #[test]
    fn a_value_below_nothing_is_told_in_our_words() {
        for (switch, value, words) in [
            ("--since", "-7d", "\"-7d\" is no time"),
            ("--until", "-7d", "\"-7d\" is no time"),
            ("--retries", "-1", "-1 is not in 0.."),
            ("--rate", "-1", "\"-1\" is no pace"),
            ("--timeout", "-1s", "\"-1s\" is no length of time"),
            ("--every", "-6h", "\"-6h\" is no length of time"),
            ("--wait-user", "-5", "\"-5\" is no length of time"),
            ("--jobs", "-1", "-1 is not in 1..=64"),
        ] {
            let args = ["tiktok-hashtag", "pull", "x", switch, value];
            let error = parse(args.map(OsString::from)).err().unwrap().to_string();
            assert!(error.contains(words), "{switch}: {error}");
            assert!(!error.contains("tip:"), "{switch}: {error}");
        }
    }
}
