//! Errands: what a hashtag's page asks for beside the hashtag and its feed.

use hyper::{Method, Response};

use super::api;
use super::feed::Feed;
use super::reply::{Body, json, script, with};
use super::scenario::Scenario;

/// The cookie of a session whose captcha was solved.
pub(crate) const VERIFIED: &str = "s_v_web_id";

/// One of the page's side calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Errand {
    /// The page's script.
    Script,
    /// The service worker some pages fetch through.
    Worker,
    /// Videos for another page, in the shape of a feed.
    Preload,
    /// The captcha's button was clicked.
    Verify,
    /// Settings and the like, which nobody reads.
    Chore,
}

impl Errand {
    pub(crate) fn read(parts: &[&str]) -> Option<Self> {
        Some(match parts {
            ["static", "tag_page.js"] => Self::Script,
            ["sw.js"] => Self::Worker,
            ["api", "preload", "item_list"] => Self::Preload,
            ["captcha", "verify"] => Self::Verify,
            ["api", "compliance", "settings"] | ["api", "inbox", "notice_count"] => Self::Chore,
            _ => return None,
        })
    }

    /// What the log calls it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Preload => "preload",
            Self::Verify => "verify",
            Self::Script | Self::Worker | Self::Chore => "other",
        }
    }

    /// Whether it is sent by this method.
    pub(crate) fn takes(self, method: &Method) -> bool {
        match self {
            Self::Verify => method == Method::POST,
            _ => matches!(*method, Method::GET | Method::HEAD),
        }
    }

    pub(crate) fn reply(self) -> Response<Body> {
        match self {
            Self::Script => script(include_str!("moulds/tag_page.js")),
            Self::Worker => script(include_str!("moulds/sw.js")),
            Self::Preload => json(preload()),
            Self::Verify => with(json(DONE), "set-cookie", &passed()),
            Self::Chore => json(DONE),
        }
    }
}

const DONE: &str = r#"{"statusCode":0,"status_code":0,"status_msg":""}"#;

/// Ten videos of another hashtag, with more to come: a reader that takes them is caught.
fn preload() -> Vec<u8> {
    let scenario = Scenario::plain();
    let feed = Feed::Cast {
        tag: "loaded_ahead",
        items: scenario.items,
        odd: false,
    };
    api::page(feed, &scenario, &scenario.paging.window(feed.len(), 0, 10))
}

fn passed() -> String {
    format!("{VERIFIED}=verify_simulated; Path=/; Max-Age=86400")
}
