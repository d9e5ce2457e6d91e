//! Runs over a feed that changes while it is read, and fails now and then: what holds of each.

use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;
use proptest::prelude::{Just, Strategy, prop_assert, prop_oneof, proptest};
use serde_json::value::RawValue;

use super::Pages;
use crate::input::{Limit, Query};
use crate::record::{Lane, RawItem, Shape};
use crate::source::{Cursor, Error, Next, Page, Source, TagInfo};

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

/// All of a feed.
pub(super) fn everything() -> Query {
    Query {
        name: "cats".parse().unwrap(),
        url: None,
        region: None,
        limit: Limit::All,
        filter: Arc::default(),
    }
}

async fn pull(ids: u64, steps: Vec<Step>) -> Outcome {
    let mut model = Model {
        feed: (0..ids).rev().collect(),
        fresh_id: ids,
        before: Vec::new(),
        steps: steps.into_iter(),
        asked: 0,
    };
    let query = everything();
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
