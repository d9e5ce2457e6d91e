//! What a person at a terminal sees while a pull runs: of each hashtag in flight its records,
//! pages, pace and how long ago the last answer came. Drawn on stderr, and only where records do
//! not go to the same screen.

use std::io::{self, IsTerminal as _};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::receipt::Receipt;

/// The bars of a run, or nothing where nobody would see them.
#[derive(Debug, Clone)]
pub struct Progress(MultiProgress);

/// The bar of one hashtag.
#[derive(Debug)]
pub struct Bar {
    bars: MultiProgress,
    bar: ProgressBar,
    style: &'static str,
}

impl Progress {
    /// Bars if stderr is a terminal and stdout is not, else nothing.
    #[must_use]
    pub fn new(wanted: bool) -> Self {
        let seen = wanted && io::stderr().is_terminal() && !io::stdout().is_terminal();
        Self(MultiProgress::with_draw_target(if seen {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        }))
    }

    /// Does what writes to the same screen, while the bars step aside.
    pub fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.0.suspend(write)
    }

    /// Begins a hashtag.
    #[must_use]
    pub fn begin(&self, receipt: &Receipt) -> Bar {
        let style = if receipt.asked.is_some() {
            "{prefix} {wide_bar} {pos}/{len} records, {per_sec}, {age}"
        } else {
            "{prefix} {spinner} {pos} records, {per_sec}, {age}"
        };
        let bar = if self.0.is_hidden() {
            ProgressBar::hidden()
        } else {
            self.0.add(ProgressBar::no_length())
        };
        let bar = Bar {
            bars: self.0.clone(),
            bar,
            style,
        };
        bar.show(receipt);
        bar
    }
}

impl Bar {
    fn show(&self, receipt: &Receipt) {
        if self.bar.is_hidden() {
            return;
        }
        self.bar.set_prefix(receipt.tag.clone().unwrap_or_default());
        if let Some(asked) = receipt.asked {
            self.bar.set_length(asked);
        }
        self.say(|| "waiting for the first answer".to_owned());
        self.bar.enable_steady_tick(Duration::from_millis(250));
    }

    /// Shows where a pull stands after a page.
    pub fn page(&self, receipt: &Receipt) {
        if self.bar.is_hidden() {
            return;
        }
        self.bar.set_position(receipt.written);
        let (pages, answer) = (receipt.pages, Instant::now());
        self.say(move || {
            let age = answer.elapsed().as_secs();
            format!("{pages} pages, last answer {age} s ago")
        });
    }

    /// Has the bar say these words of the moment from now on.
    fn say(&self, words: impl Fn() -> String + Clone + Send + Sync + 'static) {
        let style = ProgressStyle::with_template(self.style);
        let style = style.expect("a constant template that parses");
        self.bar.set_style(style.with_key(
            "age",
            move |_: &ProgressState, to: &mut dyn std::fmt::Write| {
                // A line that cannot be drawn is no reason to stop.
                let _ = to.write_str(&words());
            },
        ));
    }

    /// Ends a hashtag and leaves no trace on the screen.
    pub fn end(self) {
        self.bar.disable_steady_tick();
        self.bar.finish_and_clear();
        self.bars.remove(&self.bar);
    }
}
