//! The JSON interface: look-ups and pages of a feed, in the envelopes of captured answers.

use serde_json::{Value, json};

use super::feed::{Feed, PAGE, Window};
use super::item::{challenge_id, rounded};
use super::scenario::Scenario;

/// How a list answer writes its cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CursorForm {
    /// Text, and `hasMore` a boolean.
    Text,
    /// A number, and `hasMore` 0 or 1.
    Bare,
    /// Always this JSON.
    Fixed(&'static str),
}

/// A look-up, as seen in 2026: `stats` rounded or 0, `statsV2` exact and in text.
pub(crate) fn detail(tag: &str, scenario: &Scenario, videos: usize) -> Value {
    let mut answer = json!({
        "challengeInfo": challenge_info(tag, scenario, videos),
        "extra": {"fatal_item_ids": [], "logid": LOG_ID, "now": NOW_MS},
        "log_pb": {"impr_id": LOG_ID},
        "shareMeta": {"title": format!("#{tag} | TikTok"), "desc": ""},
    });
    answer["statusCode"] = json!(0);
    answer["status_code"] = json!(0);
    answer["status_msg"] = json!("");
    answer
}

/// What a look-up says, which some hashtag pages hold too.
pub(crate) fn challenge_info(tag: &str, scenario: &Scenario, videos: usize) -> Value {
    let title = scenario.title.unwrap_or(tag);
    let views = views(tag);
    json!({
        "challenge": {
            "id": challenge_id(tag).to_string(), "title": title, "desc": "", "splitTitle": title,
            "profileThumb": "", "profileMedium": "", "profileLarger": "",
            "coverThumb": "", "coverMedium": "", "coverLarger": "", "isCommerce": false,
        },
        "challengeAnnouncement": {},
        "stats": {"videoCount": 0, "viewCount": rounded(views)},
        "statsV2": {"videoCount": videos.to_string(), "viewCount": views.to_string()},
    })
}

/// How often a hashtag's videos were seen; invented.
pub(crate) fn views(tag: &str) -> u64 {
    challenge_id(tag) % 900_000_000
}

/// One page of a feed.
pub(crate) fn page(feed: Feed<'_>, scenario: &Scenario, window: &Window) -> Vec<u8> {
    let padding = scenario.padding / PAGE;
    let mut out = Vec::with_capacity(window.items.len() * (MEAN_ITEM + padding) + 1_000);
    out.push(b'{');
    // A page without items has no list, as the site's has none.
    if !window.items.is_empty() {
        out.extend_from_slice(b"\"itemList\":[");
        for index in window.items.clone() {
            if index > window.items.start {
                out.push(b',');
            }
            feed.write(index, padding, &mut out);
        }
        out.extend_from_slice(b"],");
    }
    out.extend_from_slice(envelope(scenario.cursor, window).as_bytes());
    out
}

/// Room for an item, with some to spare, so that a page is written without moving it.
const MEAN_ITEM: usize = 27_000;
const LOG_ID: &str = "20260921141320SIMULATED0000000000";
/// The same moment in milliseconds.
const NOW_MS: u64 = 1_790_000_000_000;

fn envelope(cursor: CursorForm, window: &Window) -> String {
    let (cursor, more) = match cursor {
        CursorForm::Text => (format!("\"{}\"", window.next), window.more.to_string()),
        CursorForm::Bare => (window.next.to_string(), u8::from(window.more).to_string()),
        CursorForm::Fixed(cursor) => (cursor.to_owned(), "true".to_owned()),
    };
    format!(
        r#""hasMore":{more},"cursor":{cursor},"statusCode":0,"status_code":0,"status_msg":"","statusMsg":"","extra":{{"fatal_item_ids":[],"logid":"{LOG_ID}","now":{NOW_MS}}},"log_pb":{{"impr_id":"{LOG_ID}"}}}}"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page_at(name: &str, cursor: u64) -> Value {
        let scenario = Scenario::of(name);
        let feed = Feed::Cast {
            tag: name,
            items: scenario.items,
            odd: scenario.odd,
        };
        let window = scenario.paging.window(feed.len(), cursor, 30);
        serde_json::from_slice(&page(feed, &scenario, &window)).unwrap()
    }

    #[test]
    fn pages_say_where_to_go_on() {
        let first = page_at("ok30", 0);
        assert_eq!(
            (&first["cursor"], &first["hasMore"]),
            (&json!("30"), &json!(true))
        );
        assert_eq!(first["itemList"].as_array().unwrap().len(), 30);
        let last = page_at("ok30", 90);
        assert_eq!(
            (&last["cursor"], &last["hasMore"]),
            (&json!("95"), &json!(false))
        );
        let bare = page_at("intcursor", 0);
        assert_eq!((&bare["cursor"], &bare["hasMore"]), (&json!(30), &json!(1)));
        assert_eq!(page_at("badcursor_null", 0)["cursor"], Value::Null);
    }

    #[test]
    fn an_empty_page_has_no_list() {
        let page = page_at("t0", 0);
        assert_eq!(page.get("itemList"), None);
        assert_eq!(page["hasMore"], json!(false));
    }

    #[test]
    fn fat_pages_weigh_five_megabytes() {
        let scenario = Scenario::of("t60_fat");
        let feed = Feed::Cast {
            tag: "t60_fat",
            items: 60,
            odd: false,
        };
        let window = scenario.paging.window(60, 0, 30);
        let size = page(feed, &scenario, &window).len();
        assert!((4_700_000..5_400_000).contains(&size), "{size}");
    }

    #[test]
    fn a_look_up_counts_exactly_in_text_only() {
        let answer = detail("cats", &Scenario::of("cats"), 300);
        let info = &answer["challengeInfo"];
        assert_eq!(info["statsV2"]["videoCount"], "300");
        assert_eq!(info["stats"]["videoCount"], 0);
        assert_eq!(info["challenge"]["id"], challenge_id("cats").to_string());
        assert_eq!(
            detail("wrong_tag", &Scenario::of("wrong_tag"), 95)["challengeInfo"]["challenge"]["title"],
            "another_tag"
        );
    }
}
