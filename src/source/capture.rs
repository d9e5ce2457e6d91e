//! What a real page fetched and somebody recorded: which of its calls are the feed's, in which
//! order they belong, and how many are missing in between. Used for a browser's own traffic and
//! for HAR files alike; knows nothing of either.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use super::{Cursor, Next};

/// A call of the hashtag page that matters here, told by its URL alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Call {
    /// The look-up: name to id. One of the two is in the URL.
    Lookup {
        name: Option<String>,
        tag_id: Option<String>,
    },
    /// A page of the feed.
    List {
        tag_id: Option<String>,
        /// The place asked for; 0 where the URL names none, `None` where it is no number.
        cursor: Option<u64>,
    },
}

impl Call {
    /// Reads `url`; the host is the caller's to judge. The sibling `/api/preload/item_list/` also
    /// fires on the page and is not the hashtag's feed.
    pub(crate) fn of(url: &Url) -> Option<Self> {
        let parameter = |key: &str| {
            let mut pairs = url.query_pairs().filter(|(name, _)| name == key);
            pairs
                .next()
                .map(|(_, value)| value.into_owned())
                .filter(|value| !value.is_empty())
        };
        match url.path().trim_end_matches('/') {
            "/api/challenge/detail" => Some(Self::Lookup {
                name: parameter("challengeName"),
                tag_id: parameter("challengeID"),
            }),
            "/api/challenge/item_list" => Some(Self::List {
                tag_id: parameter("challengeID"),
                cursor: parameter("cursor").map_or(Some(0), |text| text.parse().ok()),
            }),
            _ => None,
        }
    }
}

/// One page of a feed as it was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Link {
    /// The cursor asked for.
    pub(crate) at: u64,
    /// What came.
    pub(crate) came: Came,
}

/// What came for one page of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Came {
    /// A page, and where it says the feed goes on.
    Page { next: Option<u64> },
    /// Nothing that could be read: no body, a failed read, a broken answer.
    Nothing,
}

impl Came {
    /// A page whose answer goes on like this.
    pub(crate) fn page(next: &Next) -> Self {
        let next = match next {
            Next::At(Cursor(at)) => Some(*at),
            Next::End | Next::Lost(_) => None,
        };
        Self::Page { next }
    }

    /// Where the feed goes on, if a page came and said so.
    fn next(self) -> Option<u64> {
        match self {
            Self::Page { next } => next,
            Self::Nothing => None,
        }
    }
}

/// A page, or several in a row, known to be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    /// Everything before this cursor: the recording began late.
    Start(u64),
    /// What leads to this cursor, which no page recorded names.
    Before(u64),
    /// What was recorded at this cursor could not be read.
    Unread(u64),
}

/// The pages of one feed, in the order they were recorded. Each page's URL names a cursor that an
/// earlier page's answer must have named; where none did, something is missing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chain(Vec<Link>);

impl Chain {
    /// Whether the page at `cursor` has come.
    #[cfg(feature = "browser")]
    pub(crate) fn has(&self, cursor: u64) -> bool {
        let mut links = self.0.iter();
        links.any(|link| link.at == cursor && link.came != Came::Nothing)
    }

    pub(crate) fn add(&mut self, link: Link) {
        self.0.push(link);
    }

    /// The pages' places in the order the feed hands them out: from the top along the cursors,
    /// then from the lowest cursor that is left, and so on. Several recordings of one page stand
    /// together, as they were recorded: a page asked for again, or a feed loaded twice.
    pub(crate) fn order(&self) -> Vec<usize> {
        let mut left: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        for (index, link) in self.0.iter().enumerate() {
            if link.came != Came::Nothing {
                left.entry(link.at).or_default().push(index);
            }
        }
        let mut order = Vec::with_capacity(self.0.len());
        let mut along = None;
        while let Some(at) = along.or_else(|| left.keys().next().copied()) {
            let pages = left.remove(&at).unwrap_or_default();
            along = pages
                .iter()
                .filter_map(|&index| self.0[index].came.next())
                .find(|next| left.contains_key(next));
            order.extend(pages);
        }
        order
    }

    /// What is known to be missing: the pages that came without a body, and the breaks in the
    /// chain of cursors that no such page explains.
    pub(crate) fn missing(&self) -> Vec<Missing> {
        let mut pages: BTreeMap<u64, bool> = BTreeMap::new();
        let mut named = BTreeSet::from([0]);
        for link in &self.0 {
            *pages.entry(link.at).or_default() |= link.came != Came::Nothing;
            named.extend(link.came.next());
        }
        let first = pages.keys().next().copied();
        let mut missing = Vec::new();
        let mut explained = false;
        for (at, came) in pages {
            if !came {
                missing.push(Missing::Unread(at));
            } else if !(explained || named.contains(&at)) {
                let late = first == Some(at);
                missing.push(if late {
                    Missing::Start(at)
                } else {
                    Missing::Before(at)
                });
            }
            explained = !came;
        }
        missing
    }

    /// How many pages are known to be missing, a break counting as one.
    pub(crate) fn gaps(&self) -> u64 {
        self.missing().len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::{Call, Came, Chain, Link, Missing};

    fn call(url: &str) -> Option<Call> {
        Call::of(&url.parse().unwrap())
    }

    #[test]
    fn calls_are_told_by_their_path() {
        let list = |tag_id: Option<&str>, cursor| {
            Some(Call::List {
                tag_id: tag_id.map(str::to_owned),
                cursor,
            })
        };
        let site = "https://www.tiktok.com/api";
        assert_eq!(
            call(&format!(
                "{site}/challenge/item_list/?cursor=30&challengeID=42"
            )),
            list(Some("42"), Some(30))
        );
        assert_eq!(
            call(&format!("{site}/challenge/item_list?challengeID=42")),
            list(Some("42"), Some(0))
        );
        assert_eq!(
            call(&format!("{site}/challenge/item_list/?cursor=x")),
            list(None, None)
        );
        assert_eq!(
            call(&format!(
                "{site}/challenge/detail/?challengeName=fyp%E3%82%B7"
            )),
            Some(Call::Lookup {
                name: Some("fyp\u{30b7}".to_owned()),
                tag_id: None
            })
        );
        for other in [
            "/preload/item_list/",
            "/challenge/item_list/x",
            "/recommend/item_list/",
        ] {
            assert_eq!(call(&format!("{site}{other}")), None, "{other}");
        }
    }

    /// Pages as `chain` takes them.
    type Links<'a> = &'a [(u64, i64)];

    /// (cursor, next) of a page that came, (cursor, -1) of one that did not; next 0 for the end.
    fn chain(links: Links<'_>) -> Chain {
        let mut chain = Chain::default();
        for &(at, next) in links {
            let came = match next {
                -1 => Came::Nothing,
                0 => Came::Page { next: None },
                next => Came::Page {
                    next: u64::try_from(next).ok(),
                },
            };
            chain.add(Link { at, came });
        }
        chain
    }

    #[test]
    fn what_is_missing_is_counted_once() {
        let rows: &[(&str, Links<'_>, u64)] = &[
            ("whole", &[(0, 30), (30, 60), (60, 0)], 0),
            ("cut short is not a gap", &[(0, 30), (30, 60)], 0),
            ("late", &[(30, 60), (60, 0)], 1),
            ("one unread", &[(0, 30), (30, -1), (60, 0)], 1),
            ("two unread", &[(0, 30), (30, -1), (60, -1), (90, 0)], 2),
            (
                "unread, then read",
                &[(0, 30), (30, -1), (30, 60), (60, 0)],
                0,
            ),
            ("last unread", &[(0, 30), (30, -1)], 1),
            ("unread and a break", &[(0, -1), (30, 60), (90, 0)], 2),
            ("twice", &[(0, 30), (30, 60), (0, 30), (30, 60)], 0),
            ("nothing", &[], 0),
        ];
        for (name, links, gaps) in rows {
            assert_eq!(chain(links).gaps(), *gaps, "{name}");
        }
    }

    #[test]
    fn what_is_missing_has_a_name() {
        let rows: &[(Links<'_>, &[Missing])] = &[
            (&[(30, 60), (60, 0)], &[Missing::Start(30)]),
            (&[(0, 30), (90, 0)], &[Missing::Before(90)]),
            (
                &[(0, 30), (30, -1), (60, 0), (120, 0)],
                &[Missing::Unread(30), Missing::Before(120)],
            ),
            (&[(30, -1), (60, 0)], &[Missing::Unread(30)]),
        ];
        for (links, missing) in rows {
            assert_eq!(chain(links).missing(), *missing, "{links:?}");
        }
    }

    #[test]
    fn the_order_follows_the_cursors() {
        let rows: &[(Links<'_>, &[usize])] = &[
            (&[(30, 60), (60, 0), (0, 30)], &[2, 0, 1]),
            // Cursors need not grow evenly, nor at all.
            (&[(7, 0), (0, 90), (90, 7)], &[1, 2, 0]),
            // Loaded twice.
            (&[(0, 30), (30, 60), (0, 30), (30, 60)], &[0, 2, 1, 3]),
            // Asked again.
            (&[(0, 30), (30, 60), (30, 60), (60, 0)], &[0, 1, 2, 3]),
            (&[(0, 30), (30, -1), (60, 90), (90, 0)], &[0, 2, 3]),
        ];
        for (links, order) in rows {
            assert_eq!(chain(links).order(), *order, "{links:?}");
        }
    }
}
