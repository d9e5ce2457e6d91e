//! The site's own status codes, as its web client names them, and what each one means to a feed.
//! Codes marked *seen* are handled by name in a client of 2020–26 or quoted from a real answer;
//! the others are known from the name table only.

use super::Verdict;

/// What to do about a non-zero status code in an otherwise whole answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// Stop with this verdict.
    Stop(Verdict),
    /// Ask again; when the code stays, this verdict.
    Again(Verdict),
    /// The one video asked for is not to be had; the feed is not concerned.
    SkipItem,
}

/// What the site calls `code`, and what it means.
pub(crate) fn meaning(code: i64) -> (&'static str, Act) {
    use Act::{Again, SkipItem, Stop};
    use Verdict::{
        BadAnswer, Captcha, EndOfFeed, LoginRequired, Network, NotFound, Refused, TagBlocked,
    };
    match code {
        8 => ("the session has expired", Stop(LoginRequired)), // seen
        450 => ("client page error", Stop(BadAnswer)),
        10000 => ("a captcha is demanded", Stop(Captcha)), // seen
        10101 => ("server error", Again(Network)),         // seen
        10102 => ("not logged in", Stop(LoginRequired)),
        10111 => ("network error inside the site", Again(Network)),
        10113 => ("a captcha is demanded", Stop(Captcha)),
        10114 => ("blocked by the site's anti-bot check", Stop(Refused)),
        10201 => ("invalid parameter", Again(BadAnswer)), // seen
        10202 => ("no such page", Stop(NotFound)),        // seen
        10205 => ("no such hashtag", Stop(NotFound)),     // seen
        10209 => ("the hashtag is banned", Stop(TagBlocked)),
        10211 => ("the hashtag holds a banned word", Stop(TagBlocked)),
        10212 => ("the hashtag was taken down", Stop(TagBlocked)),
        10404 => ("the feed ends here", Stop(EndOfFeed)),
        22000 | 209_002 => ("login required", Stop(LoginRequired)),
        100_002 => ("does not exist", Stop(NotFound)),
        10204 | 10213..=10217 | 10220..=10225 | 10227..=10231 => {
            ("the video is not available", SkipItem)
        }
        _ => ("unknown status", Again(BadAnswer)),
    }
}
