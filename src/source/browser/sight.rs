//! What a person would see on the page that stands between them and the feed.

use serde::Deserialize;

use crate::source::{Error, Verdict};

/// Looks at the page; answers with the JSON of a [`Sight`].
pub(super) const LOOK: &str = include_str!("sight.js");

/// What the page shows. Marks of captcha, challenge, region and unknown hashtag are those the
/// site's pages were seen to carry; those of the login are assumed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sight {
    path: String,
    captcha: bool,
    challenge: bool,
    login: bool,
    unknown: bool,
    closed: bool,
    broken: bool,
}

impl Sight {
    /// What stands in the way for sure.
    pub(super) fn obstacle(&self) -> Option<Error> {
        let is = |name: &str| self.path == name || self.path.starts_with(&format!("{name}/"));
        let (verdict, cause) = if is("/login") {
            (Verdict::LoginRequired, "the page wants a login")
        } else if self.closed || self.path.ends_with("/notfound") {
            let cause = "the site does not serve the country of this machine's address";
            (Verdict::GeoBlocked, cause)
        } else if self.captcha {
            (Verdict::Captcha, "the page wants a captcha solved")
        } else if self.unknown {
            (
                Verdict::NotFound,
                "the page says it could not find this hashtag",
            )
        } else {
            return None;
        };
        Some(Error::new(verdict, cause))
    }

    /// What stands in the way of a page that gives no answer any more: things that may also just
    /// be passing by, or lie over a feed that goes on.
    pub(super) fn hindrance(&self) -> Option<Error> {
        let (verdict, cause) = if self.challenge {
            let cause = "the site's firewall wants a JavaScript challenge solved";
            (Verdict::Captcha, cause)
        } else if self.login {
            (Verdict::LoginRequired, "the page wants a login")
        } else if self.broken {
            let cause = "the page says that something went wrong";
            (Verdict::Stalled, cause)
        } else {
            return self.obstacle();
        };
        Some(Error::new(verdict, cause))
    }
}

#[cfg(test)]
mod tests {
    use super::Sight;
    use crate::source::Verdict;

    #[test]
    fn what_is_seen_means_something() {
        let rows = [
            (r#"{"path":"/tag/login"}"#, None, None),
            (
                r#"{"path":"/login"}"#,
                Some(Verdict::LoginRequired),
                Some(Verdict::LoginRequired),
            ),
            (
                r#"{"path":"/hk/notfound"}"#,
                Some(Verdict::GeoBlocked),
                Some(Verdict::GeoBlocked),
            ),
            (
                r#"{"captcha":true,"login":true}"#,
                Some(Verdict::Captcha),
                Some(Verdict::LoginRequired),
            ),
            (r#"{"login":true}"#, None, Some(Verdict::LoginRequired)),
            (r#"{"challenge":true}"#, None, Some(Verdict::Captcha)),
            (r#"{"broken":true}"#, None, Some(Verdict::Stalled)),
            (
                r#"{"unknown":true}"#,
                Some(Verdict::NotFound),
                Some(Verdict::NotFound),
            ),
        ];
        for (json, obstacle, hindrance) in rows {
            let sight: Sight = serde_json::from_str(json).unwrap();
            assert_eq!(sight.obstacle().map(|e| e.verdict), obstacle, "{json}");
            assert_eq!(sight.hindrance().map(|e| e.verdict), hindrance, "{json}");
        }
    }
}
