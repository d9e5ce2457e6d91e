//! What stands behind the command line: `TIKTOK_HASHTAG_<SWITCH>` in the environment, and behind
//! that the file named by `--env-file`. A switch beats both.

use std::collections::{BTreeSet, HashMap};
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{Arg, ArgAction, Command, CommandFactory as _};

use super::{Cli, env_file};
use crate::likeness::{likeness, nearest};
use crate::words;

/// How every variable begins.
const PREFIX: &str = "TIKTOK_HASHTAG_";
/// How the variables begin that only tests read.
const OF_TESTS: &str = "TIKTOK_HASHTAG_TEST_";
/// Secrets, which have no switch.
const SECRETS: [&str; 1] = ["TIKTOK_HASHTAG_MS_TOKEN"];
/// How many unknown variables are named.
const MOST_NAMED: usize = 20;
/// Switches that exclude each other: one typed silences the other one's variable.
const RIVALS: [[&str; 2]; 14] = [
    ["limit", "all"],
    ["append", "overwrite"],
    ["raw", "with-raw"],
    ["raw", "preset"],
    ["with-raw", "preset"],
    ["raw", "fields"],
    ["preset", "fields"],
    ["demo", "base-url"],
    ["attach", "browser"],
    ["attach", "headed"],
    ["attach", "profile-dir"],
    ["attach", "no-sandbox"],
    ["attach", "cookies"],
    ["quiet", "verbose"],
];
/// Short forms of switches that have rivals.
const SHORT: [(&str, &str); 3] = [("limit", "-n"), ("quiet", "-q"), ("verbose", "-v")];

/// The variables a run may read.
#[derive(Default)]
pub struct Environment {
    /// What the file named by `--env-file` holds.
    file: HashMap<String, String>,
}

impl Environment {
    /// Reads the file named among `args` or by the environment, if any.
    pub(super) fn read(args: &[OsString]) -> anyhow::Result<Self> {
        let Some(path) = named_file(args) else {
            return Ok(Self::default());
        };
        let file = env_file::read(&path)?;
        Ok(Self { file })
    }

    /// The value of a variable; an empty one counts as not set.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        let set = std::env::var(name).ok().filter(|value| !value.is_empty());
        set.or_else(|| {
            self.file
                .get(name)
                .filter(|value| !value.is_empty())
                .cloned()
        })
    }

    /// Words about variables that begin as ours do and are none; `None` without any.
    #[must_use]
    pub fn warning(&self) -> Option<String> {
        let set = std::env::vars_os().filter(|(_, value)| !value.is_empty());
        let set = set.filter_map(|(name, _)| name.into_string().ok());
        let in_file = self.file.iter().filter(|(_, value)| !value.is_empty());
        let names: BTreeSet<String> = set
            .chain(in_file.map(|(name, _)| name.clone()))
            .filter(|name| name.starts_with(PREFIX) && !name.starts_with(OF_TESTS))
            .collect();
        let known = known();
        let mut strangers = names
            .iter()
            .filter(|name| !known.contains(*name))
            .peekable();
        strangers.peek()?;
        let mut named: Vec<String> = strangers
            .by_ref()
            .take(MOST_NAMED)
            .map(|name| words::shown(name, 100) + &meant(name, &known))
            .collect();
        match strangers.count() {
            0 => {}
            more => named.push(format!("{more} more")),
        }
        let (verb, named) = match &named[..] {
            [name] => ("is no variable", name.clone()),
            _ => ("are no variables", named.join(", ")),
        };
        Some(format!("{named} {verb} of this program and ignored"))
    }

    /// `command` with each variable as the default of its switch.
    pub(super) fn stand_behind(&self, command: Command, args: &[OsString]) -> Command {
        let names: Vec<String> = command
            .get_subcommands()
            .map(|sub| sub.get_name().to_owned())
            .collect();
        let command = command.mut_args(|arg| self.behind(arg, args));
        names.into_iter().fold(command, |command, name| {
            command.mut_subcommand(name, |sub| sub.mut_args(|arg| self.behind(arg, args)))
        })
    }

    fn behind(&self, arg: Arg, args: &[OsString]) -> Arg {
        let Some(long) = arg.get_long().map(str::to_owned) else {
            return arg;
        };
        let silenced = RIVALS.iter().any(|pair| {
            let rival = pair.iter().find(|&&name| name != long);
            pair.contains(&long.as_str()) && rival.is_some_and(|rival| is_typed(rival, args))
        });
        let value = self.get(&variable_of(&long)).filter(|_| !silenced);
        match value {
            Some(value) => {
                let arg = match arg.get_action() {
                    ArgAction::SetTrue => arg.value_parser(BoolishValueParser::new()),
                    // A count has no default that help could show.
                    ArgAction::Count => arg,
                    _ => arg.hide_default_value(true),
                };
                arg.default_value(value)
            }
            None => arg,
        }
    }
}

/// The variable of a switch.
fn variable_of(long: &str) -> String {
    format!("{PREFIX}{}", long.replace('-', "_").to_uppercase())
}

/// All variables that begin as ours do and are.
fn known() -> BTreeSet<String> {
    let cli = Cli::command();
    let commands = cli.get_subcommands().chain([&cli]);
    let switches = commands
        .flat_map(Command::get_arguments)
        .filter_map(Arg::get_long);
    let secrets = SECRETS.map(str::to_owned);
    switches.map(variable_of).chain(secrets).collect()
}

/// The variable that is likely to have been meant, in words behind the one that was set.
fn meant(name: &str, known: &BTreeSet<String>) -> String {
    let likeness = |ours: &&String| likeness(&name[PREFIX.len()..], &ours[PREFIX.len()..]);
    nearest(known, likeness).map_or_else(String::new, |ours| format!(" (did you mean {ours}?)"))
}

fn is_typed(switch: &str, args: &[OsString]) -> bool {
    let long = format!("--{switch}");
    let short = SHORT.iter().find(|(name, _)| *name == switch);
    args.iter().filter_map(|arg| arg.to_str()).any(|arg| {
        arg == long
            || arg
                .strip_prefix(&long)
                .is_some_and(|rest| rest.starts_with('='))
            || short.is_some_and(|(_, short)| arg.starts_with(short))
    })
}

/// The file named by `--env-file`, or by its variable.
fn named_file(args: &[OsString]) -> Option<PathBuf> {
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        if arg == "--" {
            break;
        }
        if arg == "--env-file" {
            return args.next().map(PathBuf::from);
        }
        if let Some(path) = arg.to_str().and_then(|arg| arg.strip_prefix("--env-file=")) {
            return Some(PathBuf::from(path));
        }
    }
    std::env::var_os(format!("{PREFIX}ENV_FILE"))
        .filter(|path| path != OsStr::new(""))
        .map(PathBuf::from)
}
