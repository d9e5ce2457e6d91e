//! Which browser the browser lane uses, and how.

use std::path::PathBuf;

use clap::Args;

use super::seconds::Seconds;
use crate::source::browser::{Attach, Options};

/// The browser of the browser lane.
#[derive(Debug, Args)]
#[command(next_help_heading = "Browser")]
pub struct BrowserArgs {
    /// Chromium, Chrome, Edge or Brave to use [default: the first one found].
    #[arg(long, value_name = "PATH")]
    pub browser: Option<PathBuf>,
    /// Show the browser's window, so that you can solve a check or log in.
    #[arg(long)]
    pub headed: bool,
    /// Profile folder to use and keep, with its logins [default: a fresh one, removed afterwards].
    #[arg(long, value_name = "DIR")]
    pub profile_dir: Option<PathBuf>,
    /// Use a running browser's own tab: ws://…, http://127.0.0.1:PORT or its profile folder.
    #[arg(
        long,
        value_name = "URL|DIR",
        conflicts_with_all = ["browser", "headed", "profile_dir", "no_sandbox", "browser_arg", "cookies"]
    )]
    pub attach: Option<Attach>,
    /// Wait so long for you to get the page past a check, e.g. 120; needs --headed or --attach.
    #[arg(long, value_name = "S", allow_hyphen_values = true)]
    pub wait_user: Option<Seconds>,
    /// Run the browser without its sandbox; for containers and CI.
    #[arg(long)]
    pub no_sandbox: bool,
    /// Further argument for the browser, e.g. --browser-arg=--lang=de; may be repeated.
    #[arg(long, value_name = "ARG", allow_hyphen_values = true)]
    pub browser_arg: Vec<String>,
}

impl BrowserArgs {
    /// The browser they ask for, without the parts that other groups say; `surely` when no other
    /// lane will be used.
    ///
    /// # Errors
    /// A sentence for the user when they contradict each other.
    pub fn options(self, surely: bool) -> Result<Options, String> {
        if surely && self.wait_user.is_some() && !self.headed && self.attach.is_none() {
            return Err(
                "--wait-user waits for somebody in front of the window; add --headed, or \
                        --attach a browser of yours"
                    .to_owned(),
            );
        }
        Ok(Options {
            program: self.browser,
            headed: self.headed,
            profile: self.profile_dir,
            attach: self.attach,
            wait_user: self.wait_user.map(|wait| wait.0),
            no_sandbox: self.no_sandbox,
            arguments: self.browser_arg,
            ..Options::default()
        })
    }
}
