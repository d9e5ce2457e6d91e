//! What a person at a terminal sees while a pull runs: records, pages, pace and how long ago the
//! last answer came. Drawn on stderr, and only where records do not go to the same screen.

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::receipt::Receipt;

/// A progress bar, or nothing where nobody would see it.
#[derive(Debug, Clone)]
pub struct Progress(ProgressBar);

impl Progress {
    /// A bar if stderr is a terminal and stdout is not, else nothing.
    #[must_use]
    pub fn new(wanted: bool) -> Self {
        let seen = wanted && std::io::stderr().is_terminal() && !std::io::stdout().is_terminal();
        Self(if seen {
            ProgressBar::no_length()
        } else {
            ProgressBar::hidden()
        })
    }

    /// The bar itself, for whoever else writes to the same screen.
    #[must_use]
    pub fn bar(&self) -> ProgressBar {
        self.0.clone()
    }

    /// Begins a hashtag.
    pub fn begin(&self, receipt: &Receipt) {
        let template = if receipt.asked.is_some() {
            "{prefix} {wide_bar} {pos}/{len} records, {per_sec}, {msg}"
        } else {
            "{prefix} {spinner} {pos} records, {per_sec}, {msg}"
        };
        let style = ProgressStyle::with_template(template);
        self.0
            .set_style(style.expect("a constant template that parses"));
        self.0.reset();
        if let Some(asked) = receipt.asked {
            self.0.set_length(asked);
        }
        self.0.set_prefix(receipt.tag.clone().unwrap_or_default());
        self.0.set_message("waiting for the first answer");
        self.0.enable_steady_tick(Duration::from_millis(250));
    }

    /// Shows where a pull stands after a page.
    pub fn page(&self, receipt: &Receipt) {
        if self.0.is_hidden() {
            return;
        }
        self.0.set_position(receipt.written);
        let answer = std::time::Instant::now();
        let pages = receipt.pages;
        let style = self.0.style().with_key(
            "age",
            move |_: &indicatif::ProgressState, w: &mut dyn std::fmt::Write| {
                // A line that cannot be drawn is no reason to stop.
                let _ = write!(
                    w,
                    "{} pages, last answer {} s ago",
                    pages,
                    answer.elapsed().as_secs()
                );
            },
        );
        let template = if receipt.asked.is_some() {
            "{prefix} {wide_bar} {pos}/{len} records, {per_sec}, {age}"
        } else {
            "{prefix} {spinner} {pos} records, {per_sec}, {age}"
        };
        if let Ok(style) = style.template(template) {
            self.0.set_style(style);
        }
    }

    /// Ends a hashtag and leaves no trace on the screen.
    pub fn end(&self) {
        self.0.disable_steady_tick();
        self.0.finish_and_clear();
    }
}
