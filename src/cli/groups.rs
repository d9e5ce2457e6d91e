//! Switches every command has: how much is said on stderr, and in which form.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use clap::{ArgAction, Args, ValueEnum};

use crate::words::{LogFormat, Loudness};

/// How much is said on stderr.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Messages")]
pub struct WordsArgs {
    /// Only errors on stderr.
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say what is done; -vv each request, -vvv everything. RUST_LOG beats it.
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// Form of the lines on stderr.
    #[arg(long, global = true, value_name = "F", default_value = "text")]
    pub log_format: LogFormatChoice,
    /// Colours on stderr.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
    /// Take switches from this file, see .env.example; none is read unless named.
    #[arg(long, global = true, value_name = "FILE")]
    pub env_file: Option<PathBuf>,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Form of the lines on stderr.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormatChoice {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl WordsArgs {
    /// What they ask for together.
    #[must_use]
    pub fn loudness(&self) -> Loudness {
        Loudness {
            quiet: self.quiet,
            verbose: self.verbose,
            format: match self.log_format {
                LogFormatChoice::Text => LogFormat::Text,
                LogFormatChoice::Json => LogFormat::Json,
            },
            color: match self.color {
                Color::Always => true,
                Color::Never => false,
                Color::Auto => {
                    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none()
                }
            },
        }
    }
}
