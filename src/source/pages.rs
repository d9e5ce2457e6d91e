//! The stream of a feed's pages, and when to stop asking for more: three pages in a row without
//! progress end it. Written once for all lanes.

use super::{Cursor, Error, Next, Page, Source, Verdict};
use crate::input::Query;

/// Pages in a row without progress that end a run.
const STRIKES: u32 = 3;

/// A page that promises more and brings nothing new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Strike {
    /// No entries at all.
    Empty,
    /// Only videos this run has met.
    Known,
    /// A cursor that is not above the one sent.
    Stuck,
}

/// A feed, page by page.
///
/// After each page the caller says with [`Pages::learn`] whether any of its videos was new.
pub struct Pages<'a> {
    source: &'a mut dyn Source,
    query: &'a Query,
    at: Option<Cursor>,
    strikes: u32,
    last: Option<Strike>,
    /// Whether a cursor that stood still has moved on since the last new video. That clears once
    /// only: a feed could stand still and move on for ever.
    freed: bool,
    end: Option<Result<(), Error>>,
}

impl<'a> Pages<'a> {
    /// The feed of `query` from `at` on, `None` for its top.
    pub fn new(source: &'a mut dyn Source, query: &'a Query, at: Option<Cursor>) -> Self {
        Self {
            source,
            query,
            at,
            strikes: 0,
            last: None,
            freed: false,
            end: None,
        }
    }

    /// The lane the pages come from.
    pub fn source(&self) -> &dyn Source {
        &*self.source
    }

    /// Where the next page would be asked for; `None` before the first page and after the last.
    #[must_use]
    pub fn cursor(&self) -> Option<Cursor> {
        self.at.filter(|_| !matches!(self.end, Some(Ok(()))))
    }

    /// The next page; `None` once the feed has ended.
    ///
    /// # Errors
    /// [`Error`] when the feed should go on and does not.
    pub async fn next(&mut self) -> Option<Result<Page, Error>> {
        match &self.end {
            Some(Ok(())) => None,
            Some(Err(error)) => Some(Err(error.clone())),
            None => Some(self.ask().await),
        }
    }

    /// Asks for a page. Another lane that takes over begins at the top, so nothing that was
    /// learned of the one before holds.
    async fn ask(&mut self) -> Result<Page, Error> {
        let lane = self.source.lane();
        let page = self.source.page(self.query, self.at).await;
        if self.source.lane() != lane {
            (self.at, self.strikes, self.last, self.freed) = (None, 0, None, false);
        }
        page
    }

    /// Takes note of a page, and whether it brought a video this run had not met, and decides what
    /// to ask for next.
    pub fn learn(&mut self, page: &Page, fresh: bool) {
        let cursor = match &page.next {
            Next::End => return self.end = Some(Ok(())),
            Next::Lost(error) => return self.end = Some(Err(error.clone())),
            Next::At(cursor) => *cursor,
        };
        if self.source.is_finite() {
            return self.at = Some(cursor);
        }
        if fresh {
            (self.strikes, self.freed) = (0, false);
        }
        let moved = self.at.is_none_or(|sent| cursor > sent) && cursor > Cursor(0);
        match self.strike(page.items.is_empty(), fresh, moved) {
            None => {
                self.freed |= !fresh;
                self.strikes = 0;
                self.last = None;
                self.at = Some(cursor);
            }
            Some(strike) => self.take(strike, cursor, moved),
        }
    }

    fn strike(&self, empty: bool, fresh: bool, moved: bool) -> Option<Strike> {
        let freed = moved && self.last == Some(Strike::Stuck) && !self.freed;
        if empty {
            Some(Strike::Empty)
        } else if !moved {
            Some(Strike::Stuck)
        } else if !fresh && !freed {
            Some(Strike::Known)
        } else {
            None
        }
    }

    fn take(&mut self, strike: Strike, cursor: Cursor, moved: bool) {
        let again = self.last == Some(strike);
        self.strikes += 1;
        self.last = Some(strike);
        if self.strikes >= STRIKES {
            return self.end = Some(Err(Error::new(Verdict::Stalled, strike.cause())));
        }
        match strike {
            Strike::Empty if again && moved => self.at = Some(cursor),
            Strike::Known if again => self.at = Some(cursor),
            Strike::Known => self.source.renew(),
            Strike::Empty | Strike::Stuck => {}
        }
        tracing::info!("{}; asking again", strike.cause());
    }
}

impl Strike {
    fn cause(self) -> &'static str {
        match self {
            Self::Empty => "the feed promises more and hands out nothing",
            Self::Known => "the feed repeats what it already gave",
            Self::Stuck => "the feed's cursor does not advance",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pages;
    use crate::input::Query;
    use crate::record::{Lane, RawItem, Shape};
    use crate::source::{Cursor, Error, Next, Page, Source, TagInfo, Verdict};
    use std::collections::HashSet;

    use async_trait::async_trait;
    use proptest::prelude::{Just, Strategy, prop_assert, prop_oneof, proptest};
    use serde_json::value::RawValue;

    /// Answers from a script of (entries, new ones, next cursor) and notes what it was asked.
    struct Script {
        answers: Vec<(usize, u64, u64)>,
        asked: Vec<u64>,
        renewals: usize,
    }

    #[async_trait]
    impl Source for Script {
        fn lane(&self) -> Lane {
            Lane::Web
        }

        async fn page(&mut self, _: &Query, at: Option<Cursor>) -> Result<Page, Error> {
            let (items, _, next) = self.answers[self.asked.len()];
            self.asked.push(at.map_or(0, |cursor| cursor.0));
            let item = RawItem::new(Shape::Web, RawValue::from_string("{}".to_owned()).unwrap());
            Ok(Page {
                items: vec![item; items],
                next: Next::At(Cursor(next)),
                continued: false,
            })
        }

        async fn tag_info(&mut self, _: &Query) -> Result<TagInfo, Error> {
            Ok(TagInfo::default())
        }

        fn renew(&mut self) {
            self.renewals += 1;
        }
    }

    /// The cursors asked for until the script or the feed ends, the renewals, and whether it stalled.
    async fn run(answers: &[(usize, u64, u64)]) -> (Vec<u64>, usize, bool) {
        let mut script = Script {
            answers: answers.to_vec(),
            asked: Vec::new(),
            renewals: 0,
        };
        let query = Query {
            name: "cats".parse().unwrap(),
            url: None,
            region: None,
            limit: crate::input::Limit::All,
            filter: std::sync::Arc::default(),
        };
        let mut stalled = false;
        let mut pages = Pages::new(&mut script, &query, None);
        for (_, fresh, _) in answers {
            match pages.next().await.unwrap() {
                Ok(page) => pages.learn(&page, *fresh > 0),
                Err(error) => stalled = error.verdict == Verdict::Stalled,
            }
        }
        if let Some(Err(error)) = &pages.end {
            stalled = error.verdict == Verdict::Stalled;
        }
        (script.asked, script.renewals, stalled)
    }

    /// Name, the pages as `Script` takes them, the cursors asked for, renewals, and whether it
    /// stalled.
    type Row<'a> = (&'a str, &'a [(usize, u64, u64)], &'a [u64], usize, bool);

    #[tokio::test]
    async fn strikes_and_what_is_asked_after_each() {
        let rows: &[Row<'_>] = &[
            ("healthy", &[(30, 30, 30), (30, 30, 60)], &[0, 30], 0, false),
            (
                "hiccup",
                &[(30, 30, 30), (0, 0, 60), (30, 30, 60)],
                &[0, 30, 30],
                0,
                false,
            ),
            (
                "empty moves on",
                &[(0, 0, 30), (0, 0, 30), (9, 9, 60), (9, 9, 90)],
                &[0, 0, 30, 60],
                0,
                false,
            ),
            (
                "empty for ever",
                &[(0, 0, 30), (0, 0, 30), (0, 0, 60)],
                &[0, 0, 30],
                0,
                true,
            ),
            (
                "repeats",
                &[(30, 30, 30), (30, 0, 60), (30, 0, 60), (30, 0, 90)],
                &[0, 30, 30, 60],
                1,
                true,
            ),
            (
                "repeat, then new",
                &[(30, 30, 30), (30, 0, 60), (30, 30, 60), (1, 1, 90)],
                &[0, 30, 30, 60],
                1,
                false,
            ),
            (
                "stuck",
                &[(30, 30, 0), (30, 0, 0), (30, 0, 0)],
                &[0, 0, 0],
                0,
                true,
            ),
            (
                "stuck, then free",
                &[(30, 30, 30), (30, 30, 30), (30, 0, 60), (30, 30, 90)],
                &[0, 30, 30, 60],
                0,
                false,
            ),
            (
                "stands still and moves on for ever",
                &[
                    (30, 30, 30),
                    (30, 0, 30),
                    (30, 0, 60),
                    (30, 0, 60),
                    (30, 0, 90),
                    (30, 0, 90),
                ],
                &[0, 30, 30, 60, 60, 60],
                1,
                true,
            ),
            (
                "backwards",
                &[(30, 30, 30), (30, 30, 7), (30, 0, 7), (30, 0, 7)],
                &[0, 30, 30, 30],
                0,
                true,
            ),
        ];
        for (name, answers, asked, renewals, stalled) in rows {
            let got = run(answers).await;
            assert_eq!(got, (asked.to_vec(), *renewals, *stalled), "{name}");
        }
    }

    /// A feed as the site keeps one: newest first, read by offset, while videos come and go. Some
    /// of its answers fail in one of the ways a page can.
    struct Model {
        /// Ids, newest first.
        feed: Vec<u64>,
        fresh_id: u64,
        /// What the last good page held.
        before: Vec<u64>,
        steps: std::vec::IntoIter<Step>,
        asked: usize,
    }

    /// What happens to the feed before it answers, and how it answers.
    #[derive(Debug, Clone)]
    struct Step {
        inserts: usize,
        /// Places, as shares of a hundred of the feed's length.
        deletes: Vec<usize>,
        answer: Answer,
    }

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Answer {
        Good,
        /// Nothing, and a promise of more.
        Empty,
        /// The page before once more.
        Repeated,
        /// The right page, and the cursor that was sent.
        Stuck,
    }

    const SIZE: usize = 5;

    impl Model {
        fn ids(&self, from: usize) -> Vec<u64> {
            self.feed.iter().skip(from).take(SIZE).copied().collect()
        }

        fn change(&mut self, step: &Step) {
            for _ in 0..step.inserts {
                self.feed.insert(0, self.fresh_id);
                self.fresh_id += 1;
            }
            for share in &step.deletes {
                if !self.feed.is_empty() {
                    self.feed.remove(share * self.feed.len() / 100);
                }
            }
        }
    }

    #[async_trait]
    impl Source for Model {
        fn lane(&self) -> Lane {
            Lane::Web
        }

        async fn page(&mut self, _: &Query, at: Option<Cursor>) -> Result<Page, Error> {
            self.asked += 1;
            let sent = at.map_or(0, |cursor| usize::try_from(cursor.0).unwrap());
            let step = self.steps.next();
            if let Some(step) = &step {
                self.change(step);
            }
            let answer = step.map_or(Answer::Good, |step| step.answer);
            let (ids, next) = match answer {
                Answer::Good => (self.ids(sent), sent + SIZE),
                Answer::Empty => (Vec::new(), sent),
                Answer::Repeated => (self.before.clone(), sent + SIZE),
                Answer::Stuck => (self.ids(sent), sent),
            };
            if answer == Answer::Good {
                self.before.clone_from(&ids);
            }
            let has_more = answer != Answer::Good || next < self.feed.len();
            let item = |id: &u64| {
                let json = RawValue::from_string(id.to_string()).unwrap();
                RawItem::new(Shape::Web, json)
            };
            Ok(Page {
                items: ids.iter().map(item).collect(),
                next: if has_more {
                    Next::At(Cursor(next as u64))
                } else {
                    Next::End
                },
                continued: false,
            })
        }

        async fn tag_info(&mut self, _: &Query) -> Result<TagInfo, Error> {
            Ok(TagInfo::default())
        }
    }

    /// What a run over a model came to.
    struct Outcome {
        met: HashSet<u64>,
        asked: usize,
        stalled: bool,
        /// Pages in a row, at the end, without a new id.
        barren: usize,
        left: Vec<u64>,
    }

    async fn pull(ids: u64, steps: Vec<Step>) -> Outcome {
        let mut model = Model {
            feed: (0..ids).rev().collect(),
            fresh_id: ids,
            before: Vec::new(),
            steps: steps.into_iter(),
            asked: 0,
        };
        let query = Query {
            name: "cats".parse().unwrap(),
            url: None,
            region: None,
            limit: crate::input::Limit::All,
            filter: std::sync::Arc::default(),
        };
        let (mut met, mut barren, mut stalled) = (HashSet::new(), 0, false);
        let mut pages = Pages::new(&mut model, &query, None);
        while let Some(asked) = pages.next().await {
            let Ok(page) = asked else {
                stalled = true;
                break;
            };
            let fresh = page
                .items
                .iter()
                .filter(|item| met.insert(item.json.parse().unwrap()))
                .count();
            barren = if fresh > 0 { 0 } else { barren + 1 };
            pages.learn(&page, fresh > 0);
        }
        Outcome {
            met,
            asked: model.asked,
            stalled,
            barren,
            left: model.feed,
        }
    }

    fn answer() -> impl Strategy<Value = Answer> {
        prop_oneof![
            6 => Just(Answer::Good),
            1 => Just(Answer::Empty),
            1 => Just(Answer::Repeated),
            1 => Just(Answer::Stuck),
        ]
    }

    fn step(deletes: usize) -> impl Strategy<Value = Step> {
        let deletes = proptest::collection::vec(0..100_usize, 0..=deletes);
        (0..4_usize, deletes, answer()).prop_map(|(inserts, deletes, answer)| Step {
            inserts,
            deletes,
            answer,
        })
    }

    /// No fault twice in a row: where a page is twice not what it should be, the pager goes on.
    fn spaced(mut steps: Vec<Step>) -> Vec<Step> {
        for at in 1..steps.len() {
            if steps[at - 1].answer != Answer::Good {
                steps[at].answer = Answer::Good;
            }
        }
        steps
    }

    fn run_model(ids: u64, steps: Vec<Step>) -> Outcome {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.unwrap().block_on(pull(ids, steps))
    }

    proptest! {
        #[test]
        fn what_stays_in_the_feed_is_not_lost_to_what_comes(
            ids in 0..60_u64,
            steps in proptest::collection::vec(step(0), 0..60),
        ) {
            let outcome = run_model(ids, spaced(steps));
            // What is inserted pushes videos down, so that they are met again, never missed.
            let lost = (0..ids).filter(|id| !outcome.met.contains(id)).count();
            prop_assert!(outcome.stalled || lost == 0, "{lost} lost");
        }

        #[test]
        fn no_feed_is_asked_for_ever(
            ids in 0..60_u64,
            steps in proptest::collection::vec(step(3), 0..60),
        ) {
            let most = 3 * 60 + steps.len() + 60;
            let outcome = run_model(ids, steps);
            prop_assert!(outcome.asked <= most, "{} asked", outcome.asked);
            // Two strikes, a cursor that moves on and clears them, three strikes.
            prop_assert!(outcome.barren <= 6, "{} pages without anything", outcome.barren);
        }

        #[test]
        fn deletions_hide_no_more_than_they_move(
            ids in 0..60_u64,
            steps in proptest::collection::vec(step(2), 0..60),
        ) {
            let deleted: usize = steps.iter().map(|step| step.deletes.len()).sum();
            let outcome = run_model(ids, spaced(steps));
            let stayed = outcome.left.iter().filter(|id| **id < ids);
            let lost = stayed.filter(|id| !outcome.met.contains(id)).count();
            // Each deletion behind us moves one video across the cursor.
            prop_assert!(outcome.stalled || lost <= deleted, "{lost} lost, {deleted} deleted");
        }
    }
}
