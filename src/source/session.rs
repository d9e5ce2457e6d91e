//! Who we are to the site for the length of a run: user agent, device id and the parameters a
//! browser page sends with every call. They must fit each other, so they stand together.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::input::Region;

/// One current desktop Chrome; the README says openly that it is sent. The `browser_*`, `os` and
/// `screen_*` parameters and the `sec-ch-ua*` headers below fit it.
pub(crate) const USER_AGENT: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";
/// Client hints of the same browser; left out when the user agent is the user's own.
pub(crate) const CLIENT_HINTS: [(&str, &str); 3] = [
    (
        "sec-ch-ua",
        "\"Chromium\";v=\"156\", \"Google Chrome\";v=\"156\", \"Not.A/Brand\";v=\"24\"",
    ),
    ("sec-ch-ua-mobile", "?0"),
    ("sec-ch-ua-platform", "\"Windows\""),
];

/// What stays as it is in a query: the unreserved characters. A space becomes `%20`.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Parameters every call of the web page carries with a fixed value (seen in captured calls of
/// 2025–26).
const COMMON: [(&str, &str); 26] = [
    ("aid", "1988"),
    ("app_language", "en"),
    ("app_name", "tiktok_web"),
    ("browser_language", "en-US"),
    ("browser_name", "Mozilla"),
    ("browser_online", "true"),
    ("browser_platform", "Win32"),
    ("channel", "tiktok_web"),
    ("cookie_enabled", "true"),
    ("data_collection_enabled", "true"),
    ("device_platform", "web_pc"),
    ("focus_state", "true"),
    ("history_len", "3"),
    ("is_fullscreen", "false"),
    ("is_page_visible", "true"),
    ("language", "en"),
    ("os", "windows"),
    ("priority_region", ""),
    ("referer", ""),
    ("root_referer", ""),
    ("screen_height", "1080"),
    ("screen_width", "1920"),
    ("tz_name", "America/New_York"),
    ("user_is_login", "false"),
    ("webcast_language", "en"),
    ("from_page", "hashtag"),
];

/// An anonymous visitor. A renewed one is a new visitor with the same browser.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    /// 19 digits, the first not 0. Without it the site empties its answers.
    device_id: u64,
    /// When the visitor's web id was minted, epoch seconds.
    minted: i64,
    user_agent: Option<String>,
}

impl Session {
    /// A new visitor at `now` (epoch seconds), with the user's own user agent if given.
    pub(crate) fn new(user_agent: Option<String>, now: i64) -> Self {
        Self {
            device_id: new_device_id(),
            minted: now,
            user_agent,
        }
    }

    /// Becomes another visitor.
    pub(crate) fn renew(&mut self, now: i64) {
        self.device_id = new_device_id();
        self.minted = now;
    }

    pub(crate) fn user_agent(&self) -> &str {
        self.user_agent.as_deref().unwrap_or(USER_AGENT)
    }

    pub(crate) fn has_own_user_agent(&self) -> bool {
        self.user_agent.is_some()
    }

    /// The query of an API call: `own` parameters among the common ones in alphabetical order,
    /// `msToken` last, each percent-encoded once.
    pub(crate) fn query(
        &self,
        own: &[(&str, String)],
        region: Option<Region>,
        ms_token: &str,
    ) -> String {
        let version = self.user_agent().trim_start_matches("Mozilla/").to_owned();
        let mut pairs: Vec<(&str, String)> = COMMON
            .iter()
            .map(|&(name, value)| (name, value.to_owned()))
            .collect();
        pairs.extend([
            ("WebIdLastTime", self.minted.to_string()),
            ("browser_version", version),
            ("device_id", self.device_id.to_string()),
            ("region", region.map_or_else(String::new, |r| r.to_string())),
        ]);
        pairs.extend(own.iter().map(|(name, value)| (*name, value.clone())));
        pairs.sort_by_key(|(name, _)| name.to_ascii_lowercase());
        pairs.push(("msToken", ms_token.to_owned()));
        let written: Vec<String> = pairs
            .iter()
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        written.join("&")
    }
}

/// `text` percent-encoded as UTF-8 for a query or a path segment.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, QUERY).to_string()
}

fn new_device_id() -> u64 {
    fastrand::u64(1_000_000_000_000_000_000..=9_999_999_999_999_999_999)
}

#[cfg(test)]
mod tests {
    use super::Session;

    #[test]
    fn a_query_is_sorted_and_encoded_once() {
        let session = Session::new(None, 1_795_300_000);
        let own = [("challengeName", "fyp\u{30b7} é".to_owned())];
        let query = session.query(&own, "us".parse().ok(), "tok=");
        assert!(query.starts_with("aid=1988&"));
        assert!(query.ends_with("&msToken=tok%3D"));
        assert!(query.contains("&challengeName=fyp%E3%82%B7%20%C3%A9&"));
        assert!(query.contains("&region=US&"));
        assert!(query.contains("&tz_name=America%2FNew_York&"));
        assert!(query.contains("&browser_version=5.0%20%28Windows"));
    }

    #[test]
    fn a_device_id_lasts_until_renewed() {
        let mut session = Session::new(Some("mine/1".to_owned()), 0);
        let before = session.query(&[], None, "");
        assert_eq!(before, session.query(&[], None, ""));
        session.renew(5);
        let after = session.query(&[], None, "");
        assert_ne!(before, after);
        let id = after.split("device_id=").nth(1).unwrap();
        let digits = id.split('&').next().unwrap();
        assert!(digits.len() == 19 && !digits.starts_with('0'));
    }
}
