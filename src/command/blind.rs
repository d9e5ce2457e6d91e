//! Filters on what a lane's answers never say: nothing of it can pass, which is said once a run.

use crate::cli::LaneChoice;
use crate::input::Filter;
use crate::record::Lane;

/// The switches a warning was about.
#[derive(Default)]
pub(super) struct Blind(Vec<&'static str>);

impl Blind {
    /// Warns before the first request, where every lane that may be asked is blind to a filter.
    pub(super) fn before<'a>(
        filters: impl Iterator<Item = &'a Filter>,
        choice: LaneChoice,
    ) -> Self {
        let lanes: &[Lane] = match choice {
            LaneChoice::Auto => &[Lane::Web, Lane::Browser, Lane::Embed],
            LaneChoice::Web => &[Lane::Web],
            LaneChoice::Browser => &[Lane::Browser],
            LaneChoice::Embed => &[Lane::Embed],
        };
        let mut blind = Self::default();
        for filter in filters {
            if lanes.iter().all(|lane| lane.is_blind_to(filter).is_some()) {
                blind.warn(filter, lanes.iter().copied());
            }
        }
        blind
    }

    /// Warns of what it is that one of `lanes` is blind to.
    pub(super) fn warn(&mut self, filter: &Filter, lanes: impl Iterator<Item = Lane>) {
        for lane in lanes {
            let Some((switch, words)) = lane.is_blind_to(filter) else {
                continue;
            };
            if !self.0.contains(&switch) {
                self.0.push(switch);
                tracing::warn!("{switch}: the {lane} lane {words}");
            }
        }
    }
}
