//! What a store knows of one hashtag when a run turns to it.

use super::ids::Ids;
use super::{Left, Waypoint};
use crate::record::Lane;

/// The past of one hashtag; nothing where nothing is remembered.
#[derive(Debug, Default)]
pub struct Past {
    /// Where an earlier run of the job was with it.
    pub(super) left: Option<Left>,
    /// Its ids that are not written again.
    pub(super) known: Ids,
    /// Its ids the job has written before this run.
    pub(super) written: u64,
}

impl Past {
    /// Whether an earlier run of the job is done with the hashtag.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.left.as_ref().is_some_and(|left| left.done)
    }

    /// How many records of the hashtag the job wrote before this run.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Where an earlier run of the job was in the feed `lane` gives.
    #[must_use]
    pub fn waypoint(&self, lane: Lane) -> Option<&Waypoint> {
        let at = &self.left.as_ref()?.at;
        (at.lane == lane.as_str()).then_some(at)
    }

    /// Whether `id` is not to be written again.
    #[must_use]
    pub fn knows(&self, id: &str) -> bool {
        self.known.has(id)
    }
}
