//! What a recording held and what it lacks, counted and in words for people. No URL, header or
//! cookie of it is in them.

use std::collections::BTreeMap;

use super::super::find::Finder;
use super::super::what::What;
use super::seen::Tally;
use crate::source::capture::{Came, Chain, Missing};
use crate::words::shown;

/// How many gaps, cursors or names are told one by one.
const TOLD: usize = 5;

/// What one HAR held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recording {
    answers: u64,
    pages: u64,
    gaps: u64,
    unread: BTreeMap<What, Unread>,
    feeds: Vec<Feed>,
    seen: Tally,
    holds_secrets: bool,
}

/// Answers of a feed that gave nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Unread {
    count: u64,
    cursors: Vec<u64>,
}

/// One hashtag's feed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Feed {
    /// Its hashtag's name, or else id.
    label: String,
    name: Option<String>,
    missing: Vec<Missing>,
}

impl Recording {
    /// A recording with so many answers of feeds, and what else was seen in it.
    pub(super) fn new(answers: u64, seen: Tally, holds_secrets: bool) -> Self {
        Self {
            answers,
            seen,
            holds_secrets,
            ..Self::default()
        }
    }

    /// How many answers were pages of a feed.
    #[must_use]
    pub fn pages(&self) -> u64 {
        self.pages
    }

    /// How many pages are known to be missing.
    #[must_use]
    pub fn gaps(&self) -> u64 {
        self.gaps
    }

    /// The names of the hashtags whose feeds it holds, as far as a look-up in it tells.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.feeds.iter().filter_map(|feed| feed.name.as_deref())
    }

    pub(super) fn note_page(&mut self, came: Came) {
        self.pages += u64::from(came != Came::Nothing);
    }

    pub(super) fn note_unread(&mut self, what: What, cursor: Option<u64>) {
        let unread = self.unread.entry(what).or_default();
        unread.count += 1;
        if unread.cursors.len() <= TOLD {
            unread.cursors.extend(cursor);
        }
    }

    pub(super) fn note_feed(&mut self, id: Option<&str>, name: Option<&str>, chain: &Chain) {
        self.gaps += chain.gaps();
        let label = match (name, id) {
            (Some(name), _) => format!("#{}", shown(name, 100)),
            (None, Some(id)) => format!("hashtag {}", shown(id, 100)),
            (None, None) => "hashtag unknown".to_owned(),
        };
        let breaks = chain.missing().into_iter();
        self.feeds.push(Feed {
            label,
            name: name.map(str::to_owned),
            missing: breaks
                .filter(|it| !matches!(it, Missing::Unread(_)))
                .collect(),
        });
    }

    /// Says of a recording without a single item what it is instead.
    pub(super) fn name_nothing(&self, finder: &mut Finder<'_>) {
        if self.answers == 0 {
            finder.note(What::NoFeed);
        } else if self.pages > 0 {
            finder.note(What::EmptyList);
        }
        for (what, unread) in &self.unread {
            (0..unread.count).for_each(|_| finder.note(what.clone()));
        }
    }

    /// What `what` means for this recording, in one line.
    #[must_use]
    pub fn words(&self, what: &What) -> String {
        let unread = self.unread.get(what);
        match (what, unread) {
            (What::NoFeed, _) => format!("{what} (seen: {})", self.seen),
            (_, Some(unread)) => self.unread_words(what, unread),
            _ => what.to_string(),
        }
    }

    /// What is to be known before its records are used, a line each; `but` was said already.
    #[must_use]
    pub fn warnings(&self, but: Option<&What>) -> Vec<String> {
        let unread = self.unread.iter().filter(|(what, _)| but != Some(*what));
        let mut lines: Vec<_> = unread
            .map(|(what, unread)| self.unread_words(what, unread))
            .collect();
        lines.extend(self.gap_words());
        if self.holds_secrets {
            lines.push("this HAR holds your session cookies: keep it private".to_owned());
        }
        lines
    }

    fn unread_words(&self, what: &What, unread: &Unread) -> String {
        let Unread { count, cursors } = unread;
        let many = *count != 1;
        let of = format!("{count} of {} feed answers in this HAR", self.answers);
        match what {
            What::NoContent => {
                let have = if many { "have" } else { "has" };
                format!(
                    "{of} {have} no content: export again with content, with DevTools open from \
                     the start"
                )
            }
            What::Refused => {
                let are = if many { "are" } else { "is" };
                format!(
                    "{of} {are} empty or hollow, the site's refusal: record again in a browser \
                     that shows the videos"
                )
            }
            _ => format!("{of}{} cannot be read: {what}", at(cursors)),
        }
    }

    fn gap_words(&self) -> Vec<String> {
        let several = self.feeds.len() > 1;
        let gaps = self.feeds.iter().flat_map(|feed| {
            let label = if several {
                format!("{}: ", feed.label)
            } else {
                String::new()
            };
            let words = feed.missing.iter().filter_map(|missing| gap(*missing));
            words.map(move |words| label.clone() + &words)
        });
        let mut lines: Vec<String> = gaps.collect();
        if let Some(more) = lines.len().checked_sub(TOLD).filter(|more| *more > 0) {
            lines.truncate(TOLD);
            lines.push(format!("{more} more gaps in the feeds of this HAR"));
        }
        lines
    }
}

fn gap(missing: Missing) -> Option<String> {
    match missing {
        Missing::Start(at) => Some(format!(
            "starts at cursor {at}: the first {at} videos were loaded before recording began"
        )),
        Missing::Before(at) => Some(format!(
            "a gap before cursor {at}: what leads there was not recorded"
        )),
        Missing::Unread(_) => None,
    }
}

/// The cursors of unread answers, the first of them if there are many.
fn at(cursors: &[u64]) -> String {
    let told: Vec<_> = cursors.iter().take(TOLD).map(u64::to_string).collect();
    let more = if cursors.len() > TOLD { ", …" } else { "" };
    match told.as_slice() {
        [] => String::new(),
        [one] => format!(" (cursor {one})"),
        _ => format!(" (cursors {}{more})", told.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::capture::Link;

    fn chain(links: &[(u64, Option<u64>)]) -> Chain {
        let mut chain = Chain::default();
        for &(at, next) in links {
            let came = Came::Page { next };
            chain.add(Link { at, came });
        }
        chain
    }

    #[test]
    fn what_is_missing_is_said_in_whole_sentences() {
        let mut recording = Recording::new(9, Tally::default(), true);
        (0..3).for_each(|at| recording.note_unread(What::NoContent, Some(at)));
        recording.note_unread(What::Refused, Some(4));
        recording.note_unread(What::Broken, Some(30));
        (0..9).for_each(|at| recording.note_unread(What::Status(429), Some(at)));
        recording.note_feed(Some("1"), Some("travel"), &chain(&[(30, Some(60))]));
        recording.note_feed(Some("2"), None, &chain(&[(0, Some(30)), (90, None)]));
        let expected = [
            "3 of 9 feed answers in this HAR have no content: export again with content, with \
             DevTools open from the start",
            "1 of 9 feed answers in this HAR is empty or hollow, the site's refusal: record again \
             in a browser that shows the videos",
            "9 of 9 feed answers in this HAR (cursors 0, 1, 2, 3, 4, …) cannot be read: an answer \
             with HTTP status 429; record again once the page shows videos",
            "1 of 9 feed answers in this HAR (cursor 30) cannot be read: no valid JSON; save it \
             again, unedited",
            "#travel: starts at cursor 30: the first 30 videos were loaded before recording began",
            "hashtag 2: a gap before cursor 90: what leads there was not recorded",
            "this HAR holds your session cookies: keep it private",
        ];
        assert_eq!(recording.warnings(None), expected);
        let rest = recording.warnings(Some(&What::NoContent));
        assert_eq!(rest, expected[1..]);
        assert_eq!(
            (recording.gaps(), recording.words(&What::NoContent)),
            (2, expected[0].to_owned())
        );
    }

    #[test]
    fn many_gaps_are_summed_up() {
        let links: Vec<_> = (0..20)
            .map(|page| (page * 60, Some(page * 60 + 30)))
            .collect();
        let mut recording = Recording::new(20, Tally::default(), false);
        recording.note_feed(Some("1"), None, &chain(&links));
        let warnings = recording.warnings(None);
        assert_eq!(warnings.len(), TOLD + 1);
        assert_eq!(
            warnings[0],
            "a gap before cursor 60: what leads there was not recorded"
        );
        assert_eq!(warnings[TOLD], "14 more gaps in the feeds of this HAR");
    }
}
