//! The order of lanes when the user names none: from the one with most depth to the one that
//! always works, stepping down when the site turns us away.

use async_trait::async_trait;

use super::{Cursor, Error, Page, Source, TagInfo, Verdict};
use crate::input::Query;
use crate::record::Lane;

/// Lanes in order; a block on one leads to the next, nothing else does.
pub struct Auto {
    current: Box<dyn Source>,
    rest: std::vec::IntoIter<Box<dyn Source>>,
    tried: Vec<(Lane, Option<Verdict>)>,
    blocked: Option<Error>,
    /// The id a lane before the current one found.
    tag_id: Option<String>,
    /// Gaps of the lanes before the current one.
    gaps: u64,
}

impl Auto {
    /// `first`, then `others` in their order.
    #[must_use]
    pub fn new(first: Box<dyn Source>, others: Vec<Box<dyn Source>>) -> Self {
        Self {
            current: first,
            rest: others.into_iter(),
            tried: Vec::new(),
            blocked: None,
            tag_id: None,
            gaps: 0,
        }
    }

    /// Goes on with the next lane, or says why that is not possible.
    async fn step_down(&mut self, error: Error) -> Result<(), Error> {
        let lane = self.current.lane();
        let error = error.on(lane);
        let next = if error.verdict.steps_down() {
            self.next_ready().await
        } else {
            None
        };
        let Some(next) = next else {
            return Err(self.last_word(error));
        };
        tracing::warn!(
            "{lane} lane: {error}; stepping down to the {} lane",
            next.lane()
        );
        self.tried.push((lane, Some(error.verdict)));
        self.blocked = Some(error);
        self.tag_id = self.tag_id();
        self.gaps += self.current.gaps();
        self.current.close().await;
        self.current = next;
        Ok(())
    }

    /// The next lane that this machine can use.
    async fn next_ready(&mut self) -> Option<Box<dyn Source>> {
        loop {
            let mut next = self.rest.next()?;
            match next.ready().await {
                Ok(()) => return Some(next),
                Err(words) => tracing::warn!("{} lane left out: {words}", next.lane()),
            }
        }
    }

    /// The error of the whole run: the last block's, whatever the few videos of the lane below it
    /// ran into.
    fn last_word(&self, error: Error) -> Error {
        match self.stepped_down_from() {
            Some(blocked) if !error.verdict.is_block() => Error {
                cause: format!(
                    "{}; the {} lane: {}",
                    blocked.cause,
                    self.current.lane(),
                    error.cause
                ),
                ..blocked.clone()
            },
            _ => error,
        }
    }
}

#[async_trait]
impl Source for Auto {
    fn lane(&self) -> Lane {
        self.current.lane()
    }

    async fn page(&mut self, query: &Query, at: Option<Cursor>) -> Result<Page, Error> {
        let mut at = at;
        loop {
            match self.current.page(query, at).await {
                Ok(page) => return Ok(page),
                Err(error) => self.step_down(error).await?,
            }
            at = None;
        }
    }

    async fn tag_info(&mut self, query: &Query) -> Result<TagInfo, Error> {
        loop {
            match self.current.tag_info(query).await {
                Ok(info) => return Ok(info),
                Err(error) => self.step_down(error).await?,
            }
        }
    }

    fn resume(&self, text: &str) -> Option<Cursor> {
        self.current.resume(text)
    }

    fn tag_id(&self) -> Option<String> {
        self.current.tag_id().or_else(|| self.tag_id.clone())
    }

    async fn ready(&mut self) -> Result<(), String> {
        self.current.ready().await
    }

    fn gaps(&self) -> u64 {
        self.gaps + self.current.gaps()
    }

    async fn close(&mut self) {
        self.current.close().await;
    }

    fn renew(&mut self) {
        self.current.renew();
    }

    fn is_finite(&self) -> bool {
        self.current.is_finite()
    }

    fn lanes(&self) -> Vec<(Lane, Option<Verdict>)> {
        let mut lanes = self.tried.clone();
        lanes.push((self.current.lane(), None));
        lanes
    }

    fn stepped_down_from(&self) -> Option<&Error> {
        // A lane with a feed of its own makes up for the block, one with a finite list does not.
        self.blocked.as_ref().filter(|_| self.current.is_finite())
    }
}
