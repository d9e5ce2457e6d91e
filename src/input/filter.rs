//! Which of a hashtag's videos are wanted. A filter only says so; judging a record by it is the
//! business of `record`, for this room knows no records.

use std::fmt;

use super::{Language, Region, When};

/// Conditions on a video's record, all of which it has to meet; none where nobody gave any. What
/// a record does not say never meets one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Published then or later.
    pub since: Option<When>,
    /// Published before.
    pub until: Option<When>,
    /// Played so often or more.
    pub min_plays: Option<u64>,
    /// Liked so often or more.
    pub min_likes: Option<u64>,
    /// Liked less often than that; only files of other tools ask for it.
    pub max_likes: Option<u64>,
    /// Made in one of these countries, unless there are none.
    pub only_region: Vec<Region>,
    /// With a caption in one of these languages, unless there are none.
    pub only_language: Vec<Language>,
    /// The hashtag is among those the record names.
    pub strict_tag: bool,
    /// Not known to be pinned by its author; only files of other tools ask for it.
    pub without_pinned: bool,
}

/// Why no video can meet a filter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FilterError {
    /// The time it begins at is that at which it ends, which lies outside.
    #[error(
        "--since and --until are the same moment, and what is published at --until is left out, \
         so nothing could pass; for one day give the next day as --until"
    )]
    NoTime,
    /// It ends before it begins.
    #[error(
        "--since is later than --until, so nothing could pass; give the earlier time as --since"
    )]
    TimeTurnedRound,
    /// The least likes are not below the most.
    #[error(
        "at least {0} likes and fewer than {1} are asked for, so nothing could pass; leave one out"
    )]
    NoLikes(u64, u64),
}

impl Filter {
    /// Each condition, or `other`'s where it has none.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            since: self.since.or(other.since),
            until: self.until.or(other.until),
            min_plays: self.min_plays.or(other.min_plays),
            min_likes: self.min_likes.or(other.min_likes),
            max_likes: self.max_likes.or(other.max_likes),
            only_region: either(self.only_region, other.only_region),
            only_language: either(self.only_language, other.only_language),
            strict_tag: self.strict_tag || other.strict_tag,
            without_pinned: self.without_pinned || other.without_pinned,
        }
    }

    /// Whether a video could meet it in a run that began at `now`.
    ///
    /// # Errors
    /// Why none could.
    pub fn check(&self, now: i64) -> Result<(), FilterError> {
        if let (Some(since), Some(until)) = (self.since, self.until) {
            match since.second(now).cmp(&until.second(now)) {
                std::cmp::Ordering::Less => {}
                std::cmp::Ordering::Equal => return Err(FilterError::NoTime),
                std::cmp::Ordering::Greater => return Err(FilterError::TimeTurnedRound),
            }
        }
        match (self.min_likes, self.max_likes) {
            (least, Some(below)) if least.unwrap_or(0) >= below => {
                Err(FilterError::NoLikes(least.unwrap_or(0), below))
            }
            _ => Ok(()),
        }
    }

    /// Whether there is any condition.
    #[must_use]
    pub fn is_some(&self) -> bool {
        *self != Self::default()
    }
}

fn either<T>(ours: Vec<T>, theirs: Vec<T>) -> Vec<T> {
    if ours.is_empty() { theirs } else { ours }
}

/// One text for one filter, with spans of time as they were given; nothing for none.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = [
            self.since.map(|it| format!("since={it}")),
            self.until.map(|it| format!("until={it}")),
            self.min_plays.map(|it| format!("min_plays={it}")),
            self.min_likes.map(|it| format!("min_likes={it}")),
            self.max_likes.map(|it| format!("max_likes={it}")),
            listed("only_region", &self.only_region),
            listed("only_language", &self.only_language),
            self.strict_tag.then(|| "strict_tag".to_owned()),
            self.without_pinned.then(|| "without_pinned".to_owned()),
        ];
        let words: Vec<String> = words.into_iter().flatten().collect();
        f.write_str(&words.join(" "))
    }
}

/// What stands in any order is written in one.
fn listed<T: fmt::Display>(name: &str, values: &[T]) -> Option<String> {
    let mut values: Vec<String> = values.iter().map(T::to_string).collect();
    values.sort_unstable();
    values.dedup();
    (!values.is_empty()).then(|| format!("{name}={}", values.join("/")))
}

#[cfg(test)]
mod tests {
    use super::Filter;

    fn since_until(since: &str, until: &str) -> Filter {
        Filter {
            since: Some(since.parse().expect(since)),
            until: Some(until.parse().expect(until)),
            ..Filter::default()
        }
    }

    #[test]
    fn a_filter_nothing_can_meet_is_told() {
        const NOW: i64 = 1_738_324_800;
        for (since, until, said) in [
            ("2025-01-01", "2025-01-02", None),
            ("7d", "1d", None),
            ("2025-01-01", "1d", None),
            ("2025-01-01", "2025-01-01", Some("are the same moment")),
            ("2025-01-02", "2025-01-01", Some("is later than --until")),
            ("1d", "7d", Some("is later than --until")),
            ("1d", "2025-01-01", Some("is later than --until")),
        ] {
            let checked = since_until(since, until).check(NOW);
            let words = checked.err().map(|error| error.to_string());
            match said {
                None => assert_eq!(words, None, "{since} {until}"),
                Some(said) => assert!(words.is_some_and(|it| it.contains(said)), "{since} {until}"),
            }
        }
        let likes = |min_likes, max_likes| Filter {
            min_likes,
            max_likes: Some(max_likes),
            ..Filter::default()
        };
        assert!(likes(Some(5), 6).check(NOW).is_ok());
        assert!(likes(Some(5), 5).check(NOW).is_err());
        assert!(likes(None, 1).check(NOW).is_ok());
        assert!(likes(None, 0).check(NOW).is_err());
    }

    #[test]
    fn the_first_of_two_wins_condition_by_condition() {
        let ours = Filter {
            min_plays: Some(1),
            only_region: vec!["US".parse().expect("US")],
            ..Filter::default()
        };
        let theirs = Filter {
            min_plays: Some(9),
            min_likes: Some(9),
            only_region: vec!["DE".parse().expect("DE")],
            only_language: vec!["de".parse().expect("de")],
            strict_tag: true,
            ..Filter::default()
        };
        assert_eq!(
            ours.or(theirs).to_string(),
            "min_plays=1 min_likes=9 only_region=US only_language=de strict_tag"
        );
    }

    #[test]
    fn the_text_of_a_filter_is_as_it_was_given() {
        assert_eq!(Filter::default().to_string(), "");
        assert!(!Filter::default().is_some());
        let filter = since_until("7d", "@1738324800");
        assert_eq!(filter.to_string(), "since=604800s until=@1738324800");
        assert!(filter.is_some());
        let regions = |codes: [&str; 2]| Filter {
            only_region: codes.map(|cc| cc.parse().expect(cc)).to_vec(),
            ..Filter::default()
        };
        assert_eq!(
            regions(["US", "DE"]).to_string(),
            regions(["de", "us"]).to_string()
        );
    }
}
