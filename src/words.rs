//! Words for people, on stderr: what level is shown, in which form, and nothing in them that a
//! terminal would obey. Only this program's own events are ever shown, since what libraries log
//! may hold cookies.

use std::fmt;
use std::io::{self, IsTerminal as _, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, MakeWriter};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, filter};

use crate::clock::epoch_seconds;
use crate::progress::Progress;

/// Target of the summary line, which a terminal shows without `-v`.
pub const SUMMARY: &str = "tiktok_hashtag::summary";
/// Longest text of one event, in characters.
const LONGEST: usize = 2_000;
/// Most bytes of a quiet run, so that it does not fill its reader's mailbox.
const MOST_IF_QUIET: usize = 60 * 1024;

/// The form of each line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(test, derive(Hash))]
pub enum LogFormat {
    /// `error: …`, `warning: …`, or the bare words.
    #[default]
    Text,
    /// One JSON object.
    Json,
}

/// How much is said, and how.
#[derive(Debug, Clone, Copy)]
pub struct Loudness {
    /// Errors only.
    pub quiet: bool,
    /// 1 for what is done, 2 for each request, 3 for everything.
    pub verbose: u8,
    /// The form of each line.
    pub format: LogFormat,
    /// Colour the level.
    pub color: bool,
}

impl Loudness {
    /// The filter it stands for; the environment's `RUST_LOG` beats it.
    fn filter(self) -> EnvFilter {
        let level = match (self.quiet, self.verbose) {
            (true, _) => "error",
            (false, 0) if io::stderr().is_terminal() => "warn,tiktok_hashtag::summary=info",
            (false, 0) => "warn",
            (false, 1) => "info",
            (false, 2) => "debug",
            (false, _) => "trace",
        };
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level))
    }
}

/// Starts to show events. `progress` steps aside while a line is written.
pub fn show(loudness: Loudness, progress: Progress) {
    let layer = tracing_subscriber::fmt::layer()
        .event_format(Lines {
            format: loudness.format,
            color: loudness.color,
        })
        .with_writer(Stderr {
            progress,
            left: loudness
                .quiet
                .then(|| Arc::new(AtomicUsize::new(MOST_IF_QUIET))),
        })
        // Its own complaint about a closed stderr would be a panic.
        .log_internal_errors(false)
        .with_filter(filter::filter_fn(|meta| {
            meta.target().starts_with("tiktok_hashtag")
        }));
    let started = tracing_subscriber::registry()
        .with(loudness.filter())
        .with(layer)
        .try_init();
    // A second start in one process finds the first one's place taken, which shows the same.
    drop(started);
}

/// `1 entry`, `2 entries`.
#[must_use]
pub fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// `text` on one line without anything a terminal would obey, at most `longest` characters.
#[must_use]
pub fn shown(text: &str, longest: usize) -> String {
    let mut shown: String = text
        .chars()
        .take(longest)
        .map(|c| match c {
            '\n' | '\t' => ' ',
            '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
            c if c.is_control() => '\u{fffd}',
            c => c,
        })
        .collect();
    if text.chars().nth(longest).is_some() {
        shown.push('…');
    }
    shown
}

/// Standard error behind the progress bars.
struct Stderr {
    progress: Progress,
    left: Left,
}

/// How many bytes may still be written, where that is bounded.
type Left = Option<Arc<AtomicUsize>>;

/// One event's bytes, written at once when it ends.
struct Line {
    progress: Progress,
    left: Left,
    bytes: Vec<u8>,
}

impl Line {
    /// Whether the line is within what may be written; the first one that is not becomes a word
    /// about those left out.
    fn is_due(&mut self) -> bool {
        let Some(left) = &self.left else {
            return true;
        };
        let long = self.bytes.len();
        let take = |left: usize| Some(left.saturating_sub(long));
        let left = left
            .fetch_update(Relaxed, Relaxed, take)
            .unwrap_or_default();
        if left > 0 && left < long {
            self.bytes =
                b"error: further messages are left out; the receipts have it all\n".to_vec();
        }
        left > 0
    }
}

impl<'a> MakeWriter<'a> for Stderr {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line {
            progress: self.progress.clone(),
            left: self.left.clone(),
            bytes: Vec::new(),
        }
    }
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if !self.is_due() {
            return;
        }
        let bytes = &self.bytes;
        // A stderr that cannot be written changes nothing else.
        let _ = self.progress.aside(|| io::stderr().write_all(bytes));
    }
}

/// The form of our lines.
struct Lines {
    format: LogFormat,
    color: bool,
}

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut message = Message(String::new());
        event.record(&mut message);
        let text = shown(&message.0, LONGEST);
        let level = *event.metadata().level();
        match self.format {
            LogFormat::Json => writeln!(writer, "{}", object(level, &text)),
            LogFormat::Text => writeln!(writer, "{}{text}", self.prefix(level)),
        }
    }
}

impl Lines {
    fn prefix(&self, level: Level) -> &'static str {
        match (level, self.color) {
            (Level::ERROR, false) => "error: ",
            (Level::ERROR, true) => "\u{1b}[1;31merror\u{1b}[0m: ",
            (Level::WARN, false) => "warning: ",
            (Level::WARN, true) => "\u{1b}[1;33mwarning\u{1b}[0m: ",
            (Level::INFO, _) => "",
            _ => "debug: ",
        }
    }
}

/// A line of `--log-format json`.
#[must_use]
pub fn object(level: Level, text: &str) -> String {
    let level = level.as_str().to_lowercase();
    json!({"at": epoch_seconds(), "level": level, "message": text}).to_string()
}

/// The event's message.
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{counted, shown};
    use proptest::prelude::{any, proptest};

    #[test]
    fn nothing_a_terminal_obeys_is_shown() {
        assert_eq!(
            shown("a\u{1b}[2J\nb\u{202e}c", 99),
            "a\u{fffd}[2J b\u{fffd}c"
        );
        assert_eq!(shown("abcdef", 3), "abc…");
        assert_eq!(shown("abc", 3), "abc");
    }

    #[test]
    fn one_is_no_plural() {
        let counts = [0, 1, 2].map(|count| counted(count, "entry", "entries"));
        assert_eq!(counts, ["0 entries", "1 entry", "2 entries"]);
    }

    proptest! {
        #[test]
        fn any_text_is_one_safe_line(text in any::<String>()) {
            let line = shown(&text, 200);
            assert!(line.chars().count() <= 201);
            assert!(!line.chars().any(char::is_control));
        }
    }
}
