//! The middle of a row of counts, which one viral video does not move.

use std::fmt;

use serde::{Serialize, Serializer};

use super::grouped;

/// The middle count, or half way between the two in the middle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Median {
    /// Twice its value, which is always whole.
    twice: u64,
}

impl Median {
    /// That of `counts`; none of none.
    pub(super) fn of(mut counts: Vec<u64>) -> Option<Self> {
        counts.sort_unstable();
        let high = *counts.get(counts.len() / 2)?;
        let low = counts[(counts.len() - 1) / 2];
        Some(Self {
            twice: low.saturating_add(high),
        })
    }

    /// For a bar, where a few digits do.
    #[expect(clippy::cast_precision_loss, reason = "nobody sees it in a bar")]
    pub(super) fn value(self) -> f64 {
        self.twice as f64 / 2.0
    }
}

impl fmt::Display for Median {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let half = if self.twice.is_multiple_of(2) {
            ""
        } else {
            ".5"
        };
        write!(f, "{}{half}", grouped(self.twice / 2))
    }
}

impl Serialize for Median {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.twice.is_multiple_of(2) {
            serializer.serialize_u64(self.twice / 2)
        } else {
            serializer.serialize_f64(self.value())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Median;

    #[test]
    fn the_middle_is_between_two_where_there_are_two() {
        let rows: [(&[u64], &str, &str); 5] = [
            (&[7], "7", "7"),
            (&[9, 1], "5", "5"),
            (&[1, 1_000_000, 2], "2", "2"),
            (&[4, 1, 2, 3], "2.5", "2.5"),
            (&[1_001, 2_002], "1,501.5", "1501.5"),
        ];
        for (counts, shown, json) in rows {
            let median = Median::of(counts.to_vec()).unwrap();
            assert_eq!(median.to_string(), shown);
            assert_eq!(serde_json::to_string(&median).unwrap(), json);
        }
        assert_eq!(Median::of(Vec::new()), None);
    }
}
