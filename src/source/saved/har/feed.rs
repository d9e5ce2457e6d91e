//! Puts the answers of a recording together: which of them are pages, of which hashtag's feed, in
//! which order, and what is missing in between.

use std::collections::HashMap;
use std::io;

use http::HeaderMap;

use super::super::clue;
use super::super::find::Finder;
use super::super::what::What;
use super::bodies::Bodies;
use super::log::{Answer, Found};
use super::recording::Recording;
use crate::source::capture::{Came, Chain, Link};
use crate::source::judge::{self, Due, Judged, judge};
use crate::source::list::next_of;
use crate::source::{TagInfo, Verdict, bounds, walk};

/// Hands the items of all feeds over, feed by feed in the order they were met, and sums up what
/// the recording held.
pub(super) fn hand_over(
    found: Found,
    bodies: &mut Bodies<'_>,
    limit: usize,
    finder: &mut Finder<'_>,
) -> io::Result<Recording> {
    let mut texts = Texts::new(bodies, limit);
    let names = texts.names(&found.lookups)?;
    let answers = &found.answers;
    let mut recording = Recording::new(answers.len() as u64, found.seen, found.holds_secrets);
    let mut feeds = Feeds::default();
    for (index, answer) in answers.iter().enumerate() {
        let came = match texts.page(answer)? {
            Ok(came) => came,
            Err(what @ (What::TooLarge(_) | What::TooDeep)) => {
                finder.note(what);
                Came::Nothing
            }
            Err(what) => {
                recording.note_unread(what, answer.cursor);
                Came::Nothing
            }
        };
        recording.note_page(came);
        feeds.add(index, answer, came);
    }
    for feed in &feeds.all {
        let name = feed.tag_id.and_then(|id| names.get(id));
        recording.note_feed(feed.tag_id, name.map(String::as_str), &feed.chain);
    }
    for index in feeds.all.iter().flat_map(Feed::order) {
        if finder.stopped() {
            break;
        }
        texts.items(&answers[index], finder)?;
    }
    if finder.items() == 0 {
        recording.name_nothing(finder);
    }
    Ok(recording)
}

/// All feeds of a recording.
#[derive(Default)]
struct Feeds<'a> {
    all: Vec<Feed<'a>>,
    places: HashMap<Option<&'a str>, usize>,
}

/// The answers of one hashtag's feed.
struct Feed<'a> {
    tag_id: Option<&'a str>,
    chain: Chain,
    /// The index of each of the chain's links.
    links: Vec<usize>,
    /// Pages of which nobody knows where they belong.
    adrift: Vec<usize>,
}

impl<'a> Feeds<'a> {
    fn add(&mut self, index: usize, answer: &'a Answer, came: Came) {
        let tag_id = answer.tag_id.as_deref();
        let place = *self.places.entry(tag_id).or_insert_with(|| {
            self.all.push(Feed {
                tag_id,
                chain: Chain::default(),
                links: Vec::new(),
                adrift: Vec::new(),
            });
            self.all.len() - 1
        });
        let feed = &mut self.all[place];
        match answer.cursor {
            Some(at) => {
                feed.chain.add(Link { at, came });
                feed.links.push(index);
            }
            None if came != Came::Nothing => feed.adrift.push(index),
            None => {}
        }
    }
}

impl Feed<'_> {
    /// The indices of its pages in the feed's own order.
    fn order(&self) -> impl Iterator<Item = usize> {
        let along = self.chain.order().into_iter().map(|link| self.links[link]);
        along.chain(self.adrift.iter().copied())
    }
}

/// The bodies as texts, one at a time.
struct Texts<'t, 'b> {
    bodies: &'t mut Bodies<'b>,
    limit: usize,
    bytes: Vec<u8>,
}

impl<'t, 'b> Texts<'t, 'b> {
    fn new(bodies: &'t mut Bodies<'b>, limit: usize) -> Self {
        Self {
            bodies,
            limit,
            bytes: Vec::new(),
        }
    }

    fn load(&mut self, answer: &Answer) -> io::Result<Result<(), What>> {
        let (body, is_base64) = (&answer.body, answer.is_base64);
        self.bodies
            .read(body, is_base64, self.limit, &mut self.bytes)
    }

    /// The page an answer is, or what it is instead.
    fn page(&mut self, answer: &Answer) -> io::Result<Result<Came, What>> {
        Ok(match self.load(answer)? {
            Ok(()) => page(answer.status, &String::from_utf8_lossy(&self.bytes)),
            Err(What::NoContent) => Err(without_content(answer.status)),
            Err(what) => Err(what),
        })
    }

    /// Hands the items of a page over.
    fn items(&mut self, answer: &Answer, finder: &mut Finder<'_>) -> io::Result<()> {
        if self.load(answer)?.is_ok()
            && let Some(raw) = walk::parse(&String::from_utf8_lossy(&self.bytes))
        {
            finder.feed_page(raw, answer.at);
        }
        Ok(())
    }

    /// The names of the hashtags looked up, by id.
    fn names(&mut self, lookups: &[Answer]) -> io::Result<HashMap<String, String>> {
        let mut names = HashMap::new();
        for lookup in lookups {
            if self.load(lookup)?.is_err() {
                continue;
            }
            let text = String::from_utf8_lossy(&self.bytes);
            let tag = Some(text).filter(|text| !bounds::too_deep(text));
            let tag = tag.and_then(|text| TagInfo::from_detail(&text));
            if let Some((id, title)) = tag.and_then(|tag| tag.id.zip(tag.title)) {
                names.insert(id, title);
            }
        }
        Ok(names)
    }
}

/// The status an answer with a body is judged by. Browsers write 304 beside the body they had
/// kept, and 0 or -1 where they do not know.
fn judged_status(status: Option<i64>) -> u16 {
    match status.and_then(|status| u16::try_from(status).ok()) {
        None | Some(0 | 200..=299 | 304) => 200,
        Some(status) => status,
    }
}

fn page(status: Option<i64>, text: &str) -> Result<Came, What> {
    let body = text.trim_start_matches('\u{feff}');
    if body.is_empty() && status.is_some_and(|status| status <= 0) {
        return Err(What::Unanswered);
    }
    let status = judged_status(status);
    let answer = judge::Answer {
        status,
        headers: &HeaderMap::new(),
        body,
    };
    match judge(&answer, Due::List) {
        Judged::Good => next_of(body)
            .map(|next| Came::page(&next))
            .ok_or(What::Broken),
        Judged::Renew { .. } => Err(What::Refused),
        Judged::Fail {
            verdict: Verdict::EndOfFeed,
            ..
        } => Ok(Came::Page { next: None }),
        Judged::Fail {
            verdict: Verdict::Captcha,
            ..
        } => Err(What::Captcha),
        Judged::Fail { verdict, .. } if verdict.is_block() && status == 200 => Err(What::Refused),
        _ if status != 200 => Err(What::Status(status)),
        _ if bounds::too_deep(body) => Err(What::TooDeep),
        _ => Err(walk::parse(body).map_or(What::Broken, clue::name)),
    }
}

/// What an answer is that has no body: with content it would have had one, unless it failed.
fn without_content(status: Option<i64>) -> What {
    match status {
        Some(..=0) => What::Unanswered,
        _ => match judged_status(status) {
            200 => What::NoContent,
            status => What::Status(status),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_judged_as_a_live_lane_would() {
        let deep = format!(r#"{{"itemList":{}{}}}"#, "[".repeat(200), "]".repeat(200));
        let list = r#"{"itemList":[],"hasMore":true,"cursor":"30"}"#;
        let next = |next| Ok(Came::Page { next });
        for (status, text, expected) in [
            (Some(200), list, next(Some(30))),
            (None, list, next(Some(30))),
            (Some(-1), list, next(Some(30))),
            (Some(304), list, next(Some(30))),
            (Some(200), &format!("\u{feff}{list}"), next(Some(30))),
            (Some(200), r#"{"statusCode":10404}"#, next(None)),
            (Some(200), "", Err(What::Refused)),
            (Some(200), " \n", Err(What::Refused)),
            (Some(200), "<!DOCTYPE html><html>", Err(What::Refused)),
            (Some(200), "<html>Drag the slider", Err(What::Captcha)),
            (
                Some(200),
                r#"{"code":"10000","type":"verify"}"#,
                Err(What::Captcha),
            ),
            (Some(200), "url doesn't match", Err(What::Refused)),
            (Some(200), r#"{"statusCode":8}"#, Err(What::Refused)),
            (
                Some(200),
                r#"{"statusCode":10201}"#,
                Err(What::error(10201, "")),
            ),
            (Some(200), r#"{"itemList":[{"id""#, Err(What::Broken)),
            (Some(200), "{}", Err(What::Json)),
            (Some(200), &deep, Err(What::TooDeep)),
            (Some(429), list, Err(What::Status(429))),
            (Some(403), "Access Denied", Err(What::Status(403))),
            (Some(0), "", Err(What::Unanswered)),
        ] {
            assert_eq!(page(status, text), expected, "{status:?} {text}");
        }
        for (status, expected) in [
            (None, What::NoContent),
            (Some(200), What::NoContent),
            (Some(0), What::Unanswered),
            (Some(-1), What::Unanswered),
            (Some(500), What::Status(500)),
        ] {
            assert_eq!(without_content(status), expected, "{status:?}");
        }
    }
}
