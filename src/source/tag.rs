//! The hashtag itself, as a look-up or a page describes it: its id, spelling and totals.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Error, Next, Page, Verdict};
use crate::input::HashtagName;

/// What the site says of a hashtag. What it does not say is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TagInfo {
    /// The hashtag's id, a decimal string.
    pub id: Option<String>,
    /// Its name in the site's own spelling.
    pub title: Option<String>,
    /// Its description.
    pub desc: Option<String>,
    /// Views of all its videos.
    pub view_count: Option<u64>,
    /// Number of its videos.
    pub video_count: Option<u64>,
}

#[derive(Deserialize)]
struct Detail<'a> {
    #[serde(borrow, rename = "challengeInfo")]
    info: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChallengeInfo<'a> {
    #[serde(borrow)]
    challenge: Option<&'a RawValue>,
    #[serde(borrow)]
    stats: Option<&'a RawValue>,
    #[serde(borrow)]
    stats_v2: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Challenge<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    title: Option<&'a RawValue>,
    #[serde(borrow)]
    desc: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stats<'a> {
    #[serde(borrow)]
    video_count: Option<&'a RawValue>,
    #[serde(borrow)]
    view_count: Option<&'a RawValue>,
}

impl TagInfo {
    /// Reads `{"challengeInfo": …}`, the look-up's answer and the tag page's
    /// `webapp.challenge-detail` scope alike.
    ///
    /// `None` when there is no challenge with an id in it: the site's hollow form of "no such
    /// hashtag". `statsV2` holds exact counts as strings and wins; in `stats` a video count of 0
    /// was always wrong, so it counts as unknown (seen in mid-2026).
    pub(crate) fn from_detail(json: &str) -> Option<Self> {
        let detail: Detail<'_> = serde_json::from_str(json).ok()?;
        let info: ChallengeInfo<'_> = parse(detail.info)?;
        let challenge: Challenge<'_> = parse(info.challenge)?;
        let exact = parse::<Stats<'_>>(info.stats_v2);
        let rounded = parse::<Stats<'_>>(info.stats);
        let count = |pick: fn(&Stats<'_>) -> Option<u64>| exact.as_ref().and_then(pick);
        Some(Self {
            id: Some(text(challenge.id).filter(|id| is_id(id))?),
            title: text(challenge.title).filter(|title| !title.is_empty()),
            desc: text(challenge.desc),
            view_count: count(|s| number(s.view_count))
                .or_else(|| number(rounded.as_ref()?.view_count)),
            video_count: count(|s| number(s.video_count))
                .or_else(|| number(rounded.as_ref()?.video_count).filter(|&n| n > 0)),
        })
    }
}

impl TagInfo {
    /// Refuses what is said of another hashtag: it would lead to a feed nobody asked for.
    ///
    /// # Errors
    /// [`Verdict::BadAnswer`] naming the other one. Names are compared without regard to case.
    pub(crate) fn check_title(&self, name: &HashtagName) -> Result<(), Error> {
        let same = |title: &str| title.to_lowercase() == name.as_str().to_lowercase();
        match &self.title {
            Some(title) if !same(title) => {
                let cause = format!("the answer is for another hashtag, #{title}");
                Err(Error::new(Verdict::BadAnswer, cause))
            }
            _ => Ok(()),
        }
    }

    /// Refuses an empty feed of a hashtag that counts videos: a refusal that looks like an end.
    ///
    /// # Errors
    /// [`Verdict::Gated`] with the count.
    pub(crate) fn check_first(&self, page: &Page) -> Result<(), Error> {
        let count = self.video_count.unwrap_or(0);
        if !page.items.is_empty() || page.next != Next::End || count == 0 {
            return Ok(());
        }
        let cause = format!("the site counts {count} videos but hands out none");
        Err(Error::new(Verdict::Gated, cause))
    }
}

fn parse<'a, T: Deserialize<'a>>(raw: Option<&'a RawValue>) -> Option<T> {
    serde_json::from_str(raw?.get()).ok()
}

/// A string, or a whole number as text.
fn text(raw: Option<&RawValue>) -> Option<String> {
    let raw = raw?.get();
    match serde_json::from_str::<String>(raw) {
        Ok(text) => Some(text),
        Err(_) => raw.parse::<u64>().ok().map(|n| n.to_string()),
    }
}

fn number(raw: Option<&RawValue>) -> Option<u64> {
    text(raw)?.parse().ok()
}

/// A challenge id is a decimal string, and 0 is none.
pub(crate) fn is_id(text: &str) -> bool {
    !text.is_empty() && text != "0" && text.len() <= 20 && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::TagInfo;

    #[test]
    fn exact_counts_win_and_a_rounded_zero_is_unknown() {
        let json = r#"{"challengeInfo":{"challenge":{"id":"42","title":"Cats","desc":""},
            "stats":{"videoCount":0,"viewCount":161800000},
            "statsV2":{"videoCount":"24519","viewCount":"161843211"}}}"#;
        let info = TagInfo::from_detail(json).unwrap();
        assert_eq!(info.id.as_deref(), Some("42"));
        assert_eq!(
            (info.video_count, info.view_count),
            (Some(24_519), Some(161_843_211))
        );

        let json =
            r#"{"challengeInfo":{"challenge":{"id":42},"stats":{"videoCount":0,"viewCount":7}}}"#;
        let info = TagInfo::from_detail(json).unwrap();
        assert_eq!((info.video_count, info.view_count), (None, Some(7)));
    }

    #[test]
    fn a_hollow_answer_is_no_hashtag() {
        for json in [
            "{}",
            r#"{"challengeInfo":{}}"#,
            r#"{"challengeInfo":null}"#,
            r#"{"challengeInfo":{"challenge":{"title":"x"}}}"#,
            r#"{"challengeInfo":{"challenge":{"id":""}}}"#,
            r#"{"challengeInfo":{"challenge":{"id":"0"}}}"#,
            r#"{"challengeInfo":[1]}"#,
        ] {
            assert_eq!(TagInfo::from_detail(json), None, "{json}");
        }
    }
}
