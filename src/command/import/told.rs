//! What is said of a file that was read.

use std::io;

use crate::exit::StoppedBecause;
use crate::input::HashtagName;
use crate::source::Verdict;
use crate::source::saved::{Outcome, Recording, What};
use crate::words::counted;

/// Says that `--name` calls a feed by a name the recording does not.
pub(super) fn warn_of_names(file: &str, recording: &Recording, name: &HashtagName) {
    let name = name.as_str();
    for other in recording.names().filter(|it| it.to_lowercase() != name) {
        tracing::warn!("{file}: the feed of #{other} in it goes out as {name}, as --name says");
    }
}

/// Says what a file was that is not all videos, and what that means for the run.
pub(super) fn told(name: &str, read: io::Result<Outcome>) -> StoppedBecause {
    let outcome = match read {
        Ok(outcome) => outcome,
        Err(error) => {
            tracing::error!("{name}: cannot be read: {error}; check the path");
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
    tracing::error!("{name}: {kept} read, {lost} lost: {what}");
    StoppedBecause::Verdict(Verdict::BadAnswer)
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
