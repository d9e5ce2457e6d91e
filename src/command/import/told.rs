//! What is said of a file that was read.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use crate::exit::StoppedBecause;
use crate::input::HashtagName;
use crate::source::Verdict;
use crate::source::saved::{self, Outcome, Recording, What};
use crate::words::counted;

/// Says that `--name` calls a feed by a name the recording does not.
pub(super) fn warn_of_names(file: &str, recording: &Recording, name: &HashtagName) {
    let name = name.as_str();
    for other in recording.names().filter(|it| it.to_lowercase() != name) {
        tracing::warn!("{file}: the feed of #{other} in it goes out as {name}, as --name says");
    }
}

/// Says what a file was that is not all videos, and what that means for the run. One without a path
/// cannot be read again.
pub(super) fn told(name: &str, path: Option<&Path>, read: io::Result<Outcome>) -> StoppedBecause {
    let outcome = match read {
        Ok(outcome) => outcome,
        Err(error) => {
            let advice = match error.kind() {
                io::ErrorKind::IsADirectory => "name the files in it",
                _ => "check the path",
            };
            tracing::error!("{name}: cannot be read: {error}; {advice}");
            return StoppedBecause::Verdict(Verdict::BadAnswer);
        }
    };
    let nothing = outcome.nothing();
    for line in outcome.recording.iter().flat_map(|it| it.warnings(nothing)) {
        tracing::warn!("{name}: {line}");
    }
    if let Some(what) = nothing {
        return told_nothing(name, &outcome, what);
    }
    for (what, count) in outcome.others.iter().filter(|(what, _)| !what.is_damage()) {
        let parts = counted(*count, "part", "parts");
        tracing::info!("{name}: {parts} left out: {what}");
    }
    let damage = outcome.others.iter().find(|(what, _)| what.is_damage());
    let Some((what, count)) = damage else {
        return StoppedBecause::EndOfFeed;
    };
    let kept = counted(outcome.items, "entry", "entries");
    let lost = counted(*count, "part", "parts");
    let place = outcome.damaged_at.map(|at| place(path, at));
    let place = place.unwrap_or_default();
    tracing::error!("{name}: {kept} read, {lost} lost{place}: {what}");
    StoppedBecause::Verdict(Verdict::BadAnswer)
}

/// Where the first damage is, in words: by its line, or where the file cannot be read again by its
/// byte.
fn place(path: Option<&Path>, at: u64) -> String {
    match path.map(|path| lines_before(path, at)) {
        Some(Ok(lines)) => format!(", first in line {}", lines + 1),
        None | Some(Err(_)) => format!(", first behind byte {at}"),
    }
}

/// How many lines end before that byte of the unpacked file.
fn lines_before(path: &Path, at: u64) -> io::Result<u64> {
    let (_, opened) = saved::open(File::open(path)?)?;
    let mut before = BufReader::new(opened.take(at));
    let mut lines = 0;
    loop {
        let bytes = before.fill_buf()?;
        if bytes.is_empty() {
            return Ok(lines);
        }
        lines += memchr::memchr_iter(b'\n', bytes).count() as u64;
        let count = bytes.len();
        before.consume(count);
    }
}

/// Says what a file without a single entry is.
fn told_nothing(name: &str, outcome: &Outcome, what: &What) -> StoppedBecause {
    let recording = outcome.recording.as_ref();
    let words = recording.map_or_else(|| what.to_string(), |it| it.words(what));
    tracing::error!("{name}: {words}");
    if recording.is_some() && what != &What::Cut && outcome.others.contains_key(&What::Cut) {
        tracing::warn!("{name}: {}", What::Cut);
    }
    StoppedBecause::Verdict(match what {
        What::Captcha => Verdict::Captcha,
        What::Refused => Verdict::Gated,
        _ => Verdict::BadAnswer,
    })
}
