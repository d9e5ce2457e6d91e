//! What else a recording holds, counted for the one who wonders why no feed is in it.

use std::collections::BTreeMap;
use std::fmt;

/// A kind of request that is none of a hashtag's feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Seen {
    Lookup,
    TagPage,
    VideoPage,
    EmbedPage,
    Search,
    List,
    Site,
    Elsewhere,
}

impl Seen {
    /// The kind of a request to the site, by its path.
    pub(super) fn of(path: &str) -> Self {
        match path {
            _ if path.starts_with("/tag/") => Self::TagPage,
            _ if path.starts_with("/embed/") => Self::EmbedPage,
            _ if path.starts_with("/api/search/") => Self::Search,
            _ if path.starts_with("/api/") && path.contains("item_list") => Self::List,
            _ if path.contains("/video/") || path.contains("/photo/") => Self::VideoPage,
            _ => Self::Site,
        }
    }

    /// One of them, and several.
    fn words(self) -> [&'static str; 2] {
        match self {
            Self::Lookup => ["look-up of a hashtag", "look-ups of hashtags"],
            Self::TagPage => ["hashtag page", "hashtag pages"],
            Self::VideoPage => ["video page", "video pages"],
            Self::EmbedPage => ["embed page", "embed pages"],
            Self::Search => ["search answer", "search answers"],
            Self::List => ["other list of videos", "other lists of videos"],
            Self::Site => ["other answer of TikTok's", "other answers of TikTok's"],
            Self::Elsewhere => ["answer of another site", "answers of other sites"],
        }
    }
}

/// How many there were of each kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tally(BTreeMap<Seen, u64>);

impl Tally {
    pub(super) fn add(&mut self, seen: Seen) {
        *self.0.entry(seen).or_default() += 1;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("nothing");
        }
        for (at, (seen, count)) in self.0.iter().enumerate() {
            let words = seen.words()[usize::from(*count != 1)];
            let comma = if at == 0 { "" } else { ", " };
            write!(f, "{comma}{count} {words}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_told_by_kind() {
        let mut tally = Tally::default();
        assert_eq!(tally.to_string(), "nothing");
        for path in [
            "/tag/travel",
            "/api/search/general/full/",
            "/api/search/item/full/",
            "/@ada.example/video/7300000000000000001",
            "/embed/tag/travel",
            "/api/recommend/item_list/",
            "/api/user/detail/",
        ] {
            tally.add(Seen::of(path));
        }
        assert_eq!(
            tally.to_string(),
            "1 hashtag page, 1 video page, 1 embed page, 2 search answers, 1 other list of videos, \
             1 other answer of TikTok's"
        );
    }
}
