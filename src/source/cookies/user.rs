//! One cookie of the user's, whatever file it came in, and how many of them a jar takes.

use std::time::{SystemTime, UNIX_EPOCH};

use url::Url;

use super::file::{CookieFileError, Place};
use crate::source::Secret;

/// Whose cookies those are that name no domain.
pub(super) const HOME: &str = "tiktok.com";

/// How many cookies a jar keeps.
pub(super) const MOST: usize = 64;

/// How many bytes of names and values a jar keeps: 16 KiB.
pub(super) const MOST_BYTES: usize = 16 << 10;

/// One cookie of a user's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UserCookie {
    pub(super) name: String,
    pub(super) value: Secret,
    /// In lower case, without a leading dot.
    pub(super) domain: String,
    /// Whether the domain's subdomains do not get it.
    pub(super) host_only: bool,
    pub(super) path: String,
    pub(super) secure: bool,
    /// Epoch seconds; `None` for a cookie of the session.
    pub(super) expires: Option<i64>,
    pub(super) place: Place,
}

impl UserCookie {
    /// A domain as cookies keep it: in lower case, without a leading dot.
    pub(super) fn bare_domain(domain: &str) -> String {
        let bare = domain.strip_prefix('.').unwrap_or(domain);
        bare.to_ascii_lowercase()
    }

    /// A cookie that names no domain: the site's, on every host, over https.
    pub(super) fn homeless(name: &str, value: &str, place: Place) -> Self {
        Self {
            name: name.to_owned(),
            value: Secret::new(value),
            domain: HOME.to_owned(),
            host_only: false,
            path: "/".to_owned(),
            secure: true,
            expires: None,
            place,
        }
    }

    /// Whether it goes to the site or a host of it.
    pub(super) fn is_home(&self) -> bool {
        let above = self.domain.strip_suffix(HOME);
        above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
    }

    /// The root of the host it names, as its origin; `None` when no host has such a name.
    pub(super) fn origin(&self) -> Option<Url> {
        let url = Url::parse(&format!("https://{}/", self.domain)).ok()?;
        url.has_host().then_some(url)
    }

    /// The rule of cookies it breaks, if any.
    pub(super) fn broken_rule(&self) -> Option<&'static str> {
        let odd = |c: char| c.is_control() || c == ';';
        if self.name.is_empty() || self.name.contains(|c: char| odd(c) || c == '=' || c == ' ') {
            Some("a cookie's name is due, without spaces, = and ;")
        } else if self.value.expose().contains(odd) {
            Some("a cookie's value has no control characters and no ;")
        } else if self.domain.contains(['/', '@', '?', '#']) || self.origin().is_none() {
            Some("a cookie's domain is due, e.g. .tiktok.com")
        } else if !self.path.starts_with('/') {
            Some("a cookie's path begins with /")
        } else {
            None
        }
    }
}

/// The unexpired cookies of a file that fit in a jar; a broken one of another site is passed over.
pub(super) fn usable(cookies: Vec<UserCookie>) -> Result<Vec<UserCookie>, CookieFileError> {
    let now = now();
    let mut kept = Vec::new();
    for cookie in cookies {
        match cookie.broken_rule() {
            Some(_) if !cookie.is_home() && !cookie.domain.is_empty() => {}
            Some(rule) => {
                let place = cookie.place;
                return Err(CookieFileError::Cookie { place, rule });
            }
            None if cookie.expires.is_none_or(|at| at > now) => kept.push(cookie),
            None => {}
        }
    }
    if excess(&kept).is_some() {
        kept.retain(UserCookie::is_home);
    }
    match excess(&kept) {
        Some(limit) => Err(CookieFileError::Limit(limit)),
        None => Ok(kept),
    }
}

/// The limit that `cookies` are over.
fn excess(cookies: &[UserCookie]) -> Option<&'static str> {
    let bytes = |cookie: &UserCookie| cookie.name.len() + cookie.value.expose().len();
    if cookies.len() > MOST {
        Some("64")
    } else if cookies.iter().map(bytes).sum::<usize>() > MOST_BYTES {
        Some("16 KiB")
    } else {
        None
    }
}

/// The epoch second an expiry stands for; zero and less mean "with the session" in every format.
pub(super) fn expiry(seconds: f64) -> Option<i64> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a cast saturates, which is as good as never"
    )]
    (seconds > 0.0).then_some(seconds as i64)
}

/// Epoch seconds. Expiry is a date, so the system's clock it is.
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |d| i64::try_from(d.as_secs()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::{MOST, MOST_BYTES, expiry, usable};
    use crate::source::cookies::file::{CookieFileError, read};

    /// The names of the usable cookies in a file.
    fn names(text: &str) -> Result<Vec<String>, CookieFileError> {
        let cookies = usable(read(text.as_bytes())?)?;
        Ok(cookies.into_iter().map(|cookie| cookie.name).collect())
    }

    #[test]
    fn an_expired_cookie_is_dropped() {
        let line = |at: &str, name: &str| format!(".tiktok.com\tTRUE\t/\tFALSE\t{at}\t{name}\tv\n");
        let text = line("1000000000", "gone") + &line("4102444800", "long") + &line("0", "session");
        assert_eq!(
            names(&text),
            Ok(vec!["long".to_owned(), "session".to_owned()])
        );
        assert_eq!(expiry(-1.0), None);
        assert_eq!(expiry(f64::NAN), None);
        assert_eq!(expiry(f64::INFINITY), Some(i64::MAX));
    }

    #[test]
    fn a_whole_browsers_file_is_cut_to_the_site() {
        let line = |domain: &str, n: usize| format!("{domain}\tTRUE\t/\tFALSE\t0\tc{n}\tv\n");
        let foreign: String = (0..200).map(|n| line(".example.com", n)).collect();
        let nameless = ".example.com\tTRUE\t/\tFALSE\t0\t\tv\n";
        let text = format!("{foreign}{nameless}{}", line(".tiktok.com", 7));
        assert_eq!(names(&text), Ok(vec!["c7".to_owned()]));
        let own: String = (0..=MOST).map(|n| line(".tiktok.com", n)).collect();
        let error = names(&own).expect_err("too many");
        assert_eq!(error, CookieFileError::Limit("64"));
        let big = format!("a={}", "x".repeat(MOST_BYTES));
        let error = names(&big).expect_err("too large");
        assert_eq!(
            error.to_string(),
            "more than 16 KiB of tiktok.com's cookies in the cookie file; remove some"
        );
    }

    #[test]
    fn a_broken_cookie_of_the_site_is_an_error() {
        for (text, said) in [
            (
                "a b=hunter2",
                "cookie 1 of the Cookie header: a cookie's name is due, without spaces, = and ;",
            ),
            (
                "a=1; b=hun\u{1}ter2",
                "cookie 2 of the Cookie header: a cookie's value has no control characters and no ;",
            ),
            (
                r#"[{"name":"a","value":"1","path":"x"}]"#,
                "cookie 1 of the extension's JSON cookie file: a cookie's path begins with /",
            ),
            (
                r#"[{"name":"a","value":"1","domain":""}]"#,
                "cookie 1 of the extension's JSON cookie file: a cookie's domain is due, e.g. .tiktok.com",
            ),
        ] {
            let error = names(text).expect_err(text).to_string();
            assert_eq!(error, said);
        }
    }
}
