//! What became of the entries a run saw. One that wrote none of them says why: an output that stays
//! empty does not.

use std::collections::BTreeMap;

use crate::receipt::Receipt;

/// The receipt's rule for what an earlier run wrote, or the output holds.
const KNOWN: &str = "known";
/// Rules that only files of other tools ask for.
const WITHOUT_SWITCH: [&str; 2] = ["max_likes", "pinned"];

/// The entries of all hashtags of a run.
#[derive(Debug, Default)]
pub(super) struct Harvest {
    seen: u64,
    written: u64,
    filtered: BTreeMap<&'static str, u64>,
    /// Whether the run was ended from outside, which has its own words or none.
    is_cut: bool,
}

impl Harvest {
    /// What a closed receipt says.
    pub(super) fn of(receipt: &Receipt) -> Self {
        let mut harvest = Self::default();
        harvest.add(receipt);
        harvest
    }

    /// Adds a hashtag's closed receipt.
    pub(super) fn add(&mut self, receipt: &Receipt) {
        self.seen += receipt.seen;
        self.written += receipt.written;
        for (rule, count) in &receipt.filtered {
            *self.filtered.entry(rule).or_default() += count;
        }
        self.is_cut |= receipt.stopped_because.exit().is_final();
    }

    /// Says of a run that wrote nothing which rules left out what it saw. That all is known already
    /// is worth a word only where the run is to write `new_only`: else the output holds it.
    pub(super) fn warn(&self, new_only: bool) {
        if let Some(words) = self.words(new_only) {
            tracing::warn!("{words}");
        }
    }

    /// The same of a run that is complete and fails for having written nothing, also where no rule
    /// is the cause, and of its output where what was there `stays`.
    pub(super) fn warn_of_failure(&self, new_only: bool, stays: bool) {
        tracing::warn!("{}", self.failure(new_only, stays));
    }

    fn failure(&self, new_only: bool, stays: bool) -> String {
        let cause = self.words(new_only);
        let cause = cause.as_deref().unwrap_or("nothing was written");
        let stays = if stays { "; what was there stays" } else { "" };
        format!("{cause}; --fail-empty makes that status 9{stays}")
    }

    fn words(&self, new_only: bool) -> Option<String> {
        let is_told = |rule: &&str| new_only || *rule != KNOWN;
        if self.is_cut || self.written > 0 || !self.filtered.keys().any(is_told) {
            return None;
        }
        let rules = self.filtered.iter();
        let rules: Vec<String> = rules.map(|(rule, count)| told(rule, *count)).collect();
        let rules = rules.join(", ");
        Some(format!("nothing was written: {} seen, {rules}", self.seen))
    }
}

/// A rule by the switch that asks for it.
fn told(rule: &str, count: u64) -> String {
    if rule == KNOWN {
        return format!("{count} written before");
    }
    let dashes = if WITHOUT_SWITCH.contains(&rule) {
        rule.to_owned()
    } else {
        format!("--{}", rule.replace('_', "-"))
    };
    format!("{count} left out by {dashes}")
}

#[cfg(test)]
mod tests {
    use super::Harvest;
    use crate::exit::StoppedBecause;
    use crate::receipt::Receipt;

    fn receipt(written: u64, filtered: &[(&'static str, u64)]) -> Receipt {
        let mut receipt = Receipt::begin(None, "auto");
        receipt.written = written;
        receipt.filtered = filtered.iter().copied().collect();
        receipt.seen = written + receipt.filtered.values().sum::<u64>();
        let stopped = StoppedBecause::EndOfFeed;
        receipt.close(stopped, stopped);
        receipt
    }

    #[test]
    fn every_rule_of_every_hashtag_is_told_once() {
        let mut harvest = Harvest::of(&receipt(0, &[("since", 8), ("min_plays", 2)]));
        harvest.add(&receipt(0, &[("since", 1), ("max_likes", 3), ("known", 4)]));
        assert_eq!(
            harvest.words(false).unwrap(),
            "nothing was written: 18 seen, 4 written before, 3 left out by max_likes, \
             2 left out by --min-plays, 9 left out by --since"
        );
        harvest.add(&receipt(1, &[]));
        assert_eq!(harvest.words(false), None);
    }

    #[test]
    fn what_the_output_holds_is_told_only_where_new_ones_are_wanted() {
        let known = Harvest::of(&receipt(0, &[("known", 30)]));
        assert_eq!(known.words(false), None);
        let words = known.words(true).unwrap();
        assert_eq!(words, "nothing was written: 30 seen, 30 written before");
        assert_eq!(Harvest::of(&receipt(0, &[])).words(true), None);
    }

    #[test]
    fn a_run_that_fails_for_being_empty_says_so_with_its_cause() {
        let none = Harvest::of(&receipt(0, &[]));
        assert_eq!(
            none.failure(false, false),
            "nothing was written; --fail-empty makes that status 9"
        );
        let filtered = Harvest::of(&receipt(0, &[("since", 8)]));
        assert_eq!(
            filtered.failure(false, true),
            "nothing was written: 8 seen, 8 left out by --since; --fail-empty makes that status 9; \
             what was there stays"
        );
    }

    #[test]
    fn a_run_that_was_ended_says_nothing_of_it() {
        let mut cut = receipt(0, &[("since", 30)]);
        let stopped = StoppedBecause::Interrupted(2);
        cut.close(stopped, stopped);
        assert_eq!(Harvest::of(&cut).words(true), None);
    }
}
