//! The observation rather than the video: how, where and when a record was collected.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Lane, RawItem, Sighting};

/// The second an id was minted stands in its upper half; older ids carry none. 13 July 2014 is
/// before the first app of this family (assumed bound).
const FIRST_SECOND: i64 = 1_405_209_600;

/// How, where and when a record was collected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Collection {
    /// Which way the record came.
    pub lane: Lane,
    /// Place in the feed or file, counted from 1.
    pub position: u64,
    /// When it was collected, epoch seconds; null for files that do not say.
    pub collected_at: Option<i64>,
    /// Paths of values that are inferred or rounded: `create_time` from the id,
    /// `video.duration` from whole seconds.
    pub estimated: Vec<String>,
}

impl Collection {
    pub(super) fn new(raw: &RawItem, sighting: &Sighting<'_>) -> Self {
        Self {
            lane: sighting.lane,
            position: sighting.position,
            collected_at: raw.collected_at.or(sighting.collected_at),
            estimated: Vec::new(),
        }
    }

    /// The publish time as given, else the second in the id, marked as estimated. In 84 captured
    /// items that second came 2 seconds to 52 hours before the publish time.
    pub(super) fn create_time(&mut self, given: Option<i64>, id: &str) -> Option<i64> {
        given.or_else(|| {
            let minted = minted_at(id)?;
            self.estimated.push("create_time".to_owned());
            Some(minted)
        })
    }

    /// A length in whole seconds as milliseconds, marked as estimated; the 0 of photo posts is
    /// exact.
    pub(super) fn whole_seconds(&mut self, seconds: Option<u64>) -> Option<u64> {
        let milliseconds = seconds?.checked_mul(1000).filter(|it| *it < 1 << 53)?;
        if milliseconds > 0 {
            self.estimated.push("video.duration".to_owned());
        }
        Some(milliseconds)
    }
}

fn minted_at(id: &str) -> Option<i64> {
    let id: i64 = id.parse().ok()?;
    Some(id >> 32).filter(|second| *second >= FIRST_SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_ids_hold_a_second() {
        for (id, second) in [
            ("7229167805625847041", Some(1_683_171_793)),
            ("107955", None),
            ("", None),
            ("video", None),
            ("99999999999999999999", None),
            ("-7229167805625847041", None),
        ] {
            assert_eq!(minted_at(id), second, "{id}");
        }
    }
}
