//! What the input objects of hosted scrapers have that is not ours: how they write times, and
//! their keys that mean nothing here, with what to use instead.

use serde_json::value::RawValue;

use crate::input::instant::DAY;
use crate::input::{When, WhenError};

/// Keys that are known and not heeded, by what stands in for them.
const IGNORED: [(&str, &[&str]); 12] = [
    (
        "nothing is downloaded; records carry the files' addresses under video, music and \
         image_post_info",
        &[
            "shouldDownloadVideos",
            "shouldDownloadCovers",
            "shouldDownloadSubtitles",
            "shouldDownloadSlideshowImages",
            "shouldDownloadAvatars",
            "shouldDownloadMusicCovers",
            "downloadSubtitlesOptions",
            "videoKvStoreIdOrName",
        ],
    ),
    (
        "only hashtags are pulled; name them under hashtags",
        &[
            "profiles",
            "users",
            "usernames",
            "postURLs",
            "videos",
            "musics",
            "search",
            "searches",
            "searchQueries",
            "keywords",
            "queries",
            "maxProfilesPerQuery",
            "profileScrapeSections",
            "searchSection",
        ],
    ),
    (
        "records come in the feed's own order; sort what comes out, or filter it with --since",
        &[
            "profileSorting",
            "searchSorting",
            "searchDatePosted",
            "videoSearchSorting",
            "videoSearchDateFilter",
            "sortType",
            "sortBy",
            "dateRange",
        ],
    ),
    (
        "comments are not collected; statistics.comment_count says how many there are",
        &[
            "commentsPerPost",
            "topLevelCommentsPerPost",
            "maxRepliesPerComment",
            "includeComments",
        ],
    ),
    (
        "followers are not collected; author.follower_count says how many there are",
        &["maxFollowersPerProfile", "maxFollowingPerProfile"],
    ),
    (
        "related videos are not collected; name further hashtags under hashtags",
        &["scrapeRelatedVideos"],
    ),
    (
        "no code is run; send the records through jq instead",
        &[
            "customMapFunction",
            "extendOutputFunction",
            "extendScraperFunction",
        ],
    ),
    (
        "use limit, which counts the records of each hashtag",
        &["maxResults", "maxPosts", "num_of_posts", "endPage", "count"],
    ),
    (
        "use region, a hint to the site",
        &["location", "locationCode"],
    ),
    (
        "use --retries, --timeout and --rate",
        &[
            "maxRequestRetries",
            "requestTimeoutSecs",
            "requestDelayMs",
            "maxConcurrency",
            "minConcurrency",
        ],
    ),
    (
        "use --cookies FILE; no secret is taken from an input",
        &[
            "cookies",
            "cookie",
            "sessionId",
            "sessionCookies",
            "msToken",
        ],
    ),
    ("use --preset", &["outputFormat"]),
];

/// What stands in for a key that is known and not heeded.
pub(super) fn instead_of(key: &str) -> Option<&'static str> {
    let found = IGNORED.iter().find(|(_, keys)| keys.contains(&key));
    found.map(|(instead, _)| *instead)
}

/// Whether a value asks for nothing, so that it is no loss to pass over it.
pub(super) fn is_off(value: &RawValue) -> bool {
    let value: String = value.get().split_whitespace().collect();
    let off = ["null", "false", "0", "\"\"", "[]", "{}", "\"None\""];
    off.contains(&value.as_str()) || value.starts_with("\"NEVER")
}

/// A time as hosted scrapers take it: one of ours, `3 days`, or a bare number of days. A month is
/// 30 days and a year 365.
pub(super) fn time(text: &str) -> Result<When, WhenError> {
    let text = text.trim();
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = text[digits.len()..].trim_start().to_ascii_lowercase();
    let seconds = match unit.strip_suffix('s').unwrap_or(&unit) {
        "" | "day" => DAY,
        "week" => 7 * DAY,
        "month" => 30 * DAY,
        "year" => 365 * DAY,
        "hour" => 3_600,
        "minute" => 60,
        _ => return text.parse(),
    };
    When::ago(digits, seconds).map_or_else(|| text.parse(), Ok)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{IGNORED, instead_of, is_off, time};
    use crate::input::When;

    #[test]
    fn times_are_theirs_or_ours() {
        for (text, when) in [
            ("3 days", When::Ago(259_200)),
            ("1 day", When::Ago(86_400)),
            ("2 Weeks", When::Ago(1_209_600)),
            ("1 month", When::Ago(2_592_000)),
            ("1year", When::Ago(31_536_000)),
            ("36 hours", When::Ago(129_600)),
            ("7", When::Ago(604_800)),
            ("7d", When::Ago(604_800)),
            ("2025-01-31", When::At(1_738_281_600)),
            ("2025-01-31T12:00:00.000Z", When::At(1_738_324_800)),
        ] {
            assert_eq!(time(text), Ok(when), "{text}");
        }
        for text in [
            "",
            "soon",
            "days",
            "3 fortnights",
            "-3 days",
            "99999999999 years",
        ] {
            assert!(time(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_key_has_one_stand_in() {
        let keys: Vec<&str> = IGNORED
            .iter()
            .flat_map(|(_, keys)| *keys)
            .copied()
            .collect();
        let distinct: HashSet<&str> = keys.iter().copied().collect();
        assert_eq!(distinct.len(), keys.len());
        assert!(instead_of("shouldDownloadVideos").is_some_and(|it| it.contains("addresses")));
        assert_eq!(instead_of("hashtags"), None);
    }

    #[test]
    fn what_is_off_asks_for_nothing() {
        let off = |json: &str| is_off(serde_json::from_str(json).expect(json));
        for json in [
            "null",
            "false",
            "0",
            "\"\"",
            "[ ]",
            "{}",
            "\"NEVER_DOWNLOAD_SUBTITLES\"",
        ] {
            assert!(off(json), "{json}");
        }
        for json in ["true", "1", "\"latest\"", "[\"a\"]", "{\"a\":0}"] {
            assert!(!off(json), "{json}");
        }
    }
}
