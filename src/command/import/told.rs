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
        Some(Ok(Some(lines))) => format!(", first in line {}", lines + 1),
        None | Some(Ok(None) | Err(_)) => format!(", first behind byte {at}"),
    }
}

/// How many lines end before that byte of the unpacked file; none of one that has no such byte, and
/// so is another than was read.
fn lines_before(path: &Path, at: u64) -> io::Result<Option<u64>> {
    let (_, opened) = saved::open(File::open(path)?)?;
    let mut before = BufReader::new(opened.take(at));
    let mut lines = 0;
    loop {
        let bytes = before.fill_buf()?;
        if bytes.is_empty() {
            let is_there = before.get_ref().limit() == 0;
            return Ok(is_there.then_some(lines));
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

#[cfg(test)]
mod tests {
    use super::lines_before;

    #[test]
    fn a_byte_that_is_not_there_is_in_no_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lines");
        std::fs::write(&path, "a\nbc\n").unwrap();
        for (at, lines) in [
            (0, Some(0)),
            (2, Some(1)),
            (4, Some(1)),
            (5, Some(2)),
            (6, None),
        ] {
            assert_eq!(lines_before(&path, at).unwrap(), lines, "{at}");
        }
    }
}
