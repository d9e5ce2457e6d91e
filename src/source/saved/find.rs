//! Finds the items in JSON of any envelope, by what items look like rather than by the names
//! above them. Inside an item none is looked for.

use std::ops::ControlFlow;

use serde_json::value::RawValue;

use super::shape::Clues;
use super::what::What;
use super::{Outcome, Sink, Texts, clue, plain_item, sigi};
use crate::record::{RawItem, Reading, Shape};
use crate::source::bounds::too_deep;
use crate::source::walk::{
    elements, field, fields, integer, is_array, is_object, parse, pick, text,
};

/// How many objects and arrays may stand around an item.
pub(super) const ENVELOPES: u8 = 8;
/// How many kinds of other things are told apart in one file before further errors count as JSON.
const KINDS: usize = 32;

/// Lists whose entries are handed over even if they do not look like items.
const LISTS: [(&str, Shape); 3] = [
    ("itemList", Shape::Web),
    ("aweme_list", Shape::Aweme),
    ("videoList", Shape::Embed),
];
/// Keys beside which a `shareMeta` speaks of the very item under them.
const WRAPPERS: [&str; 4] = ["itemInfo", "itemStruct", "videoData", "item"];

/// What the JSON around a value says of it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct At {
    /// When the answer was given, epoch seconds.
    collected_at: Option<i64>,
    /// It is an answer of a hashtag's feed, recorded at that time if there is one.
    in_feed: bool,
    /// The value is an item list with entries of that shape.
    list: Option<Shape>,
    depth: u8,
}

impl At {
    /// An answer of a hashtag's feed, recorded at that time.
    fn feed(collected_at: Option<i64>) -> Self {
        Self {
            collected_at,
            in_feed: true,
            ..Self::default()
        }
    }

    /// Takes what the JSON says of its time; a recording knows better.
    fn learn_time(&mut self, said: Option<i64>) {
        self.collected_at = match self.in_feed {
            true => self.collected_at.or(said),
            false => said.or(self.collected_at),
        };
    }

    /// The same for the value under `key`, empty for an element of an array.
    pub(super) fn below(self, key: &str) -> Self {
        Self {
            list: LISTS.iter().find(|list| list.0 == key).map(|list| list.1),
            depth: self.depth + 1,
            ..self
        }
    }
}

/// Hands items on and counts what there was.
pub(super) struct Finder<'s> {
    sink: &'s mut Sink<'s>,
    limit: usize,
    texts: Texts,
    /// Where the line or document begins that is looked at.
    place: Option<u64>,
    outcome: Outcome,
    stopped: bool,
}

impl<'s> Finder<'s> {
    /// An item may have `limit` bytes.
    pub(super) fn new(sink: &'s mut Sink<'s>, limit: usize, texts: Texts) -> Self {
        Self {
            sink,
            limit,
            texts,
            place: None,
            outcome: Outcome::default(),
            stopped: false,
        }
    }

    pub(super) fn outcome(self) -> Outcome {
        self.outcome
    }

    pub(super) fn items(&self) -> u64 {
        self.outcome.items
    }

    /// How much has been counted so far, items or not.
    pub(super) fn tally(&self) -> u64 {
        self.outcome.items + self.outcome.others.values().sum::<u64>()
    }

    /// Whether the sink wants no more.
    pub(super) fn stopped(&self) -> bool {
        self.stopped
    }

    /// A line or document begins there, in bytes.
    pub(super) fn begin(&mut self, place: u64) {
        self.place = Some(place);
    }

    fn damage(&mut self) {
        self.outcome.damaged_at = self.outcome.damaged_at.or(self.place);
    }

    /// Counts something that is no item.
    pub(super) fn note(&mut self, what: What) {
        if what.is_damage() {
            self.damage();
        }
        let others = &mut self.outcome.others;
        let many = matches!(what, What::ApiError { .. }) && others.len() >= KINDS;
        let full = many && !others.contains_key(&what);
        *others
            .entry(if full { What::Json } else { what })
            .or_default() += 1;
    }

    /// Counts something over the limit on lines, elements and items.
    pub(super) fn too_large(&mut self) {
        self.note(What::TooLarge(self.limit >> 20));
    }

    /// Says that the input ended too early, once however often that is noticed.
    pub(super) fn cut(&mut self) {
        self.damage();
        self.outcome.others.insert(What::Cut, 1);
    }

    /// Says of an input in which nothing was JSON that it is none.
    pub(super) fn only_broken(&mut self) {
        if let Some(count) = self.outcome.others.remove(&What::Broken) {
            self.outcome.damaged_at = None;
            let what = What::NeitherJsonNorHtml;
            self.outcome.others.insert(what, count);
        }
    }

    /// Takes a line that is one item and nothing else, which a single look tells; its shape. Of
    /// any other it takes nothing. Where the last one was of the site, this one is read at once.
    pub(super) fn only_item(&mut self, line: &str, last: Shape) -> Option<Shape> {
        // To serde an array is an object as well, its elements the fields in their order.
        if !line.starts_with('{') {
            return None;
        }
        let is_due = last == Shape::Web;
        if let Some(item) = is_due.then(|| plain_item(line, self.texts)).flatten() {
            self.hand(item);
            return Some(Shape::Web);
        }
        let shape = serde_json::from_str::<Clues<'_>>(line).ok()?.shape()?;
        if too_deep(line) {
            return None;
        }
        self.item(shape, line.trim(), None, At::default());
        Some(shape)
    }

    /// Counts an item that was taken; a break ends the reading.
    pub(super) fn count(&mut self, taken: ControlFlow<()>) {
        self.outcome.items += 1;
        self.stopped = taken.is_break();
    }

    /// Takes a whole line or document; an array as its elements, each for itself.
    pub(super) fn top(&mut self, raw: &RawValue) {
        if !is_array(raw) {
            return self.piece(raw, At::default(), false);
        }
        let mut empty = true;
        elements(raw, |element| {
            empty = false;
            self.piece(element, At::default().below(""), false);
        });
        if empty {
            self.note(What::EmptyList);
        }
    }

    /// Takes the data of a page; says what it is if no items are in it.
    pub(super) fn page(&mut self, raw: &RawValue) -> Option<What> {
        self.look(raw, At::default())
    }

    /// Takes an answer of a hashtag's feed whose depth is known to be fine.
    pub(super) fn feed_page(&mut self, raw: &RawValue, collected_at: Option<i64>) {
        self.find(raw, At::feed(collected_at), None);
    }

    fn look(&mut self, raw: &RawValue, at: At) -> Option<What> {
        if too_deep(raw.get()) {
            return Some(What::TooDeep);
        }
        let before = self.items();
        self.find(raw, at, None);
        (self.items() == before).then(|| clue::name(raw))
    }

    /// Takes a part of a document too large to hold: the value under `key` in an object, an
    /// element of an array if the key is empty. What it says of the parts after it goes to `at`.
    pub(super) fn part(&mut self, raw: &RawValue, key: &str, at: &mut At) {
        if key == "extra" {
            at.learn_time(now(raw));
        }
        match at.list {
            Some(shape) if key.is_empty() => self.entry(raw, shape, at.below("")),
            _ if is_array(raw) || is_object(raw) => {
                self.piece(raw, at.below(key), !key.is_empty());
            }
            _ => {}
        }
    }

    /// Looks for items and, where there are none, says what is there instead; `quiet` when that
    /// is nothing in particular.
    fn piece(&mut self, raw: &RawValue, at: At, quiet: bool) {
        if self.stopped {
            return;
        }
        if let Some(what) = self.look(raw, at)
            && !(quiet && matches!(what, What::Json | What::EmptyList))
        {
            self.note(what);
        }
    }

    /// Looks for items in JSON whose depth is known to be fine.
    fn find(&mut self, raw: &RawValue, at: At, share_meta: Option<&RawValue>) {
        if self.stopped || at.depth > ENVELOPES {
            return;
        }
        if is_array(raw) {
            elements(raw, |element| match at.list {
                Some(shape) => self.entry(element, shape, at.below("")),
                None => self.find(element, at.below(""), None),
            });
        } else if let Some(shape) = Clues::of(raw).shape() {
            let beside = share_meta.map(|it| object(&[("shareMeta", it.get())]));
            self.item(shape, raw.get(), beside, at);
        } else if is_object(raw) {
            self.envelope(raw, at, share_meta);
        }
    }

    fn envelope(&mut self, raw: &RawValue, mut at: At, outer: Option<&RawValue>) {
        let [log, module, share_meta, extra, platform, stamp] = pick(
            raw,
            [
                "log",
                "ItemModule",
                "shareMeta",
                "extra",
                "source_platform",
                "timestamp_collected",
            ],
        );
        let recording = log.is_some_and(|log| field(log, "entries").is_some());
        let elsewhere = platform.is_some_and(|it| !is_tiktok(it));
        if recording || elsewhere {
            return;
        }
        let stamp = stamp.and_then(integer).map(|ms| ms.div_euclid(1000));
        at.learn_time(stamp.or_else(|| extra.and_then(now)));
        if module.is_some() {
            sigi::items(raw, |item, beside| {
                self.item(Shape::Web, item.get(), beside, at);
            });
            return;
        }
        fields(raw, |key, value| {
            let wraps = WRAPPERS.contains(&key.as_ref());
            let share_meta = share_meta.or(outer).filter(|_| wraps);
            self.find(value, at.below(&key), share_meta);
        });
    }

    /// An entry of an item list: whatever it is, the list says that it ought to be an item.
    fn entry(&mut self, raw: &RawValue, shape: Shape, at: At) {
        let before = self.items();
        self.find(raw, at, None);
        if self.items() == before {
            self.item(shape, raw.get(), None, at);
        }
    }

    /// Takes an item, the text of a whole object.
    fn item(&mut self, shape: Shape, json: &str, beside: Option<Box<RawValue>>, at: At) {
        if self.stopped {
            return;
        }
        if json.len() > self.limit {
            return self.too_large();
        }
        self.hand(RawItem {
            shape,
            json: match shape {
                Shape::Embed => halves(json),
                Shape::Web | Shape::Aweme => json.into(),
            },
            reading: Reading::default(),
            beside,
            collected_at: at.collected_at,
            hashtag_feed: at.in_feed.then_some(true),
        });
    }

    fn hand(&mut self, item: RawItem) {
        if self.stopped {
            return;
        }
        let taken = (self.sink)(item);
        self.count(taken);
    }
}

/// An embed page's entry in the form that has room for both kinds of page.
fn halves(json: &str) -> Box<str> {
    let part = |name| parse(json).and_then(|raw| field(raw, name));
    if part("listEntry").is_some() {
        return json.into();
    }
    let (entry, data) = match part("itemInfos") {
        Some(_) => ("null", json),
        None => (json, "null"),
    };
    object(&[("listEntry", entry), ("videoData", data)]).into()
}

/// An object of these fields; the values are JSON texts.
pub(super) fn object(fields: &[(&str, &str)]) -> Box<RawValue> {
    let fields: Vec<_> = fields.iter().map(|(k, v)| format!("\"{k}\":{v}")).collect();
    let text = format!("{{{}}}", fields.join(","));
    RawValue::from_string(text).expect("plain names with JSON texts as values are an object")
}

/// The time of an answer in its `extra.now`, milliseconds there, seconds here.
fn now(extra: &RawValue) -> Option<i64> {
    let now = field(extra, "now").and_then(integer)?;
    Some(now.div_euclid(1000))
}

/// Whether a recording of several sites (Zeeschuimer's) names TikTok as the entry's own.
pub(super) fn is_tiktok(platform: &RawValue) -> bool {
    text(platform).is_some_and(|it| it.to_ascii_lowercase().contains("tiktok"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_lie_at_most_eight_envelopes_deep() {
        for (envelopes, expected) in [(8, 1), (9, 0)] {
            let (open, close) = (r#"{"a":"#.repeat(envelopes), "}".repeat(envelopes));
            let json = format!(r#"{open}{{"id":"1","video":{{}}}}{close}"#);
            let mut sink = |_| ControlFlow::Continue(());
            let mut finder = Finder::new(&mut sink, json.len(), Texts::Kept);
            finder.top(parse(&json).unwrap());
            assert_eq!(finder.items(), expected, "{json}");
        }
    }

    #[test]
    fn kinds_of_errors_do_not_grow_without_bound() {
        let mut sink = |_| ControlFlow::Continue(());
        let mut finder = Finder::new(&mut sink, 1, Texts::Kept);
        (0..1000).for_each(|code| finder.note(What::error(code, "")));
        finder.note(What::Broken);
        assert!(finder.outcome.others.len() <= KINDS + 2);
        assert_eq!(finder.tally(), 1001);
        assert!(!finder.outcome().is_whole());
    }
}
