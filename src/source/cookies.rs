//! The cookies of a run: those of the user's file and those the site sets, each sent only where
//! it belongs. Who sends the requests is the business of others.

#[cfg(feature = "browser")]
mod devtools;
mod file;
mod json;
mod netscape;
mod user;

use std::cmp::Reverse;
use std::fmt;

use cookie_store::{Cookie, CookieDomain, CookieExpiration, CookieStore, RawCookie};
use url::Url;

use super::Secret;
use file::MS_TOKEN;
use user::{HOME, MOST, MOST_BYTES, UserCookie};

pub use file::CookieFileError;

/// From how many bytes on a value is a secret worth looking for in other text: shorter ones
/// (`1`, `en-US`) are settings, and hiding them would hide half of every message.
const SECRET_FROM: usize = 8;

/// The cookies of one session.
///
/// Holds at most 64 cookies of 16 KiB in all. Shows no value when printed.
#[derive(Clone, Default)]
pub struct Jar {
    /// What the user gave, as it was loaded.
    user: CookieStore,
    /// What is sent: the user's, and over it what the site set since.
    live: CookieStore,
}

impl Jar {
    /// A jar with nothing in it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The jar with the unexpired cookies of a user's file: Netscape `cookies.txt`, a browser
    /// extension's JSON, Playwright's storage state, a `Cookie` header, or a lone `msToken`.
    ///
    /// The last two name no domain: theirs is `.tiktok.com`, over https. A file too full for a
    /// jar is cut to the cookies of tiktok.com.
    ///
    /// # Errors
    ///
    /// When the file has none of these formats, breaks its format's rules in a place that
    /// matters, or holds too many cookies of tiktok.com.
    pub fn load(bytes: &[u8]) -> Result<Self, CookieFileError> {
        let mut jar = Self::new();
        for cookie in user::usable(file::read(bytes)?)? {
            jar.put(&cookie);
        }
        jar.live = jar.user.clone();
        Ok(jar)
    }

    /// The jar with `token` as the user's `msToken` for `.tiktok.com`, in place of the file's.
    ///
    /// # Errors
    ///
    /// When the text cannot be such a token.
    pub fn with_ms_token(mut self, token: &Secret) -> Result<Self, CookieFileError> {
        let token = file::token(token.expose().trim())?;
        forget(&mut self.user, &home_url(), MS_TOKEN);
        self.put(&token);
        self.live = self.user.clone();
        Ok(self)
    }

    /// Whether no unexpired cookie is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.live.iter_unexpired().next().is_none()
    }

    /// The `Cookie` header for a request to `url`, by domain, path, secure and expiry; `None`
    /// when no cookie belongs there.
    #[must_use]
    pub fn header_for(&self, url: &Url) -> Option<String> {
        let pairs: Vec<String> = self
            .matching(url)
            .into_iter()
            .map(|cookie| format!("{}={}", cookie.name(), cookie.value()))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// Takes over the `Set-Cookie` values of an answer from `url`. Malformed ones, ones for
    /// another site, and ones the jar has no room for are ignored.
    pub fn absorb<'a>(&mut self, url: &Url, set_cookie_values: impl IntoIterator<Item = &'a str>) {
        for value in set_cookie_values {
            let Ok(cookie) = Cookie::parse(value, url) else {
                continue;
            };
            if is_acceptable(&cookie, url) {
                self.set(url, cookie.into_owned());
            }
        }
    }

    /// The `msToken` that goes to `url`, if any.
    #[must_use]
    pub fn ms_token(&self, url: &Url) -> Option<String> {
        let cookies = self.matching(url);
        let token = cookies.into_iter().find(|c| c.name() == MS_TOKEN);
        token
            .map(|token| token.value().to_owned())
            .filter(|value| !value.is_empty())
    }

    /// Makes `token`, which an answer from `url` carried in its `x-ms-token` header, the next
    /// `msToken`, for the whole site if `url` is TikTok's, else for that host. A text that cannot
    /// be a token is ignored.
    pub fn set_ms_token(&mut self, url: &Url, token: &str) {
        let Ok(token) = file::token(token.trim()) else {
            return;
        };
        let raw = RawCookie::build((MS_TOKEN, token.value.expose().to_owned())).path("/");
        let Ok(mut cookie) = Cookie::try_from_raw_cookie(&raw.build(), url) else {
            return;
        };
        let home = CookieDomain::Suffix(HOME.to_owned());
        if home.matches(url) {
            cookie.domain = home;
        }
        self.set(url, cookie.into_owned());
    }

    /// The user's unexpired cookies in the form browsers take them, each for its own domain.
    #[cfg(feature = "browser")]
    pub(crate) fn for_browsers(&self) -> Vec<serde_json::Value> {
        self.user.iter_unexpired().map(devtools::cookie).collect()
    }

    /// Forgets what the site set; the user's cookies are again what they were when loaded.
    pub fn drop_anonymous(&mut self) {
        self.live = self.user.clone();
    }

    /// The values that must not be shown, for searching other text for them; ones below 8 bytes
    /// are settings rather than secrets and left out.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        let cookies = self.user.iter_any().chain(self.live.iter_any());
        cookies
            .map(|cookie| cookie.value())
            .filter(|value| value.len() >= SECRET_FROM)
    }

    /// The cookies for `url` in the order of RFC 6265: longer paths first; then, since nobody
    /// notes their age, by name.
    fn matching(&self, url: &Url) -> Vec<&Cookie<'static>> {
        let mut cookies = self.live.matches(url);
        cookies.sort_by_key(|cookie| {
            let path: &str = &cookie.path;
            (Reverse(path.len()), cookie.name(), cookie.domain.clone())
        });
        cookies
    }

    /// Adds a cookie of the user's.
    fn put(&mut self, cookie: &UserCookie) {
        let Some(url) = cookie.origin() else {
            return;
        };
        let value = cookie.value.expose().to_owned();
        let raw = RawCookie::build((cookie.name.clone(), value))
            .path(cookie.path.clone())
            .secure(cookie.secure);
        let Ok(mut stored) = Cookie::try_from_raw_cookie(&raw.build(), &url) else {
            return;
        };
        if let (false, Some(host)) = (cookie.host_only, url.host_str()) {
            stored.domain = CookieDomain::Suffix(host.to_owned());
        }
        if let Some(left) = cookie.expires.map(|at| at.saturating_sub(user::now())) {
            stored.expires = CookieExpiration::from(u64::try_from(left).unwrap_or(0));
        }
        // refused only once expired
        let _ = self.user.insert(stored.into_owned(), &url);
    }

    /// Adds a cookie of the site's, if there is room; one `msToken` stays of several.
    fn set(&mut self, url: &Url, cookie: Cookie<'static>) {
        purge(&mut self.live);
        if cookie.name() == MS_TOKEN {
            forget(&mut self.live, url, MS_TOKEN);
        }
        let domain = String::from(&cookie.domain);
        let others = self.live.iter_any().filter(|old| {
            // not their `CookiePath`s: those remember who named them
            let same = old.name() == cookie.name() && *old.path == *cookie.path;
            !(same && String::from(&old.domain) == domain)
        });
        let (count, bytes) = others.fold((1, size(&cookie)), |(count, bytes), other| {
            (count + 1, bytes + size(other))
        });
        if cookie.is_expired() || (count <= MOST && bytes <= MOST_BYTES) {
            // refused only when it expires a cookie that is not there
            let _ = self.live.insert(cookie, url);
        }
    }
}

impl fmt::Debug for Jar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jar")
            .field("user", &self.user.iter_unexpired().count())
            .field("live", &self.live.iter_unexpired().count())
            .finish_non_exhaustive()
    }
}

/// Whether a cookie the site set can be sent back as it is, and to no wider circle than a site:
/// without a list of public suffixes, a domain of one label is the widest to refuse.
fn is_acceptable(cookie: &Cookie<'_>, url: &Url) -> bool {
    let sendable = |text: &str| !text.contains(|c: char| c.is_control() || c == ';');
    let single = String::from(&cookie.domain);
    sendable(cookie.name())
        && sendable(cookie.value())
        && (single.contains('.') || cookie.domain.host_is_identical(url))
}

/// Removes the expired, which the store keeps.
fn purge(store: &mut CookieStore) {
    remove(store, Cookie::is_expired);
}

/// Removes the cookies called `name` that go to `url`.
fn forget(store: &mut CookieStore, url: &Url, name: &str) {
    remove(store, |cookie| {
        cookie.name() == name && cookie.domain.matches(url)
    });
}

fn remove(store: &mut CookieStore, unwanted: impl Fn(&Cookie<'static>) -> bool) {
    let keys: Vec<(String, String, String)> = store
        .iter_any()
        .filter(|cookie| unwanted(cookie))
        .map(|cookie| {
            let path: &str = &cookie.path;
            (
                String::from(&cookie.domain),
                path.to_owned(),
                cookie.name().to_owned(),
            )
        })
        .collect();
    for (domain, path, name) in keys {
        store.remove(&domain, &path, &name);
    }
}

fn size(cookie: &Cookie<'_>) -> usize {
    cookie.name().len() + cookie.value().len()
}

fn home_url() -> Url {
    Url::parse("https://www.tiktok.com/").expect("a constant URL")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::Url;

    use super::{Jar, MOST, MOST_BYTES};
    use crate::source::Secret;

    /// What a `Set-Cookie` header might look like, for proptest.
    const SET_COOKIE: &str = "[a-z]{0,3}=?.{0,5}(; ?(Domain=[a-z.]{0,6}|Path=.{0,4}|\
        Max-Age=-?[0-9]{0,25}|Expires=[a-zA-Z0-9 ,:]{0,30})){0,3}";
    const WWW: &str = "https://www.tiktok.com/api/challenge/detail/";

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"))
    }

    fn load(text: &str) -> Jar {
        Jar::load(text.as_bytes()).unwrap_or_else(|e| panic!("{text}: {e}"))
    }

    fn sent(jar: &Jar, to: &str) -> String {
        jar.header_for(&url(to)).unwrap_or_default()
    }

    #[test]
    fn a_cookie_goes_where_it_belongs() {
        let jar = load(
            "#HttpOnly_.tiktok.com\tTRUE\t/\tTRUE\t0\tsite\t1\n\
             www.tiktok.com\tFALSE\t/\tFALSE\t0\thost\t2\n\
             .tiktok.com\tTRUE\t/tag\tFALSE\t0\tpath\t3\n\
             .tiktok.com\tTRUE\t/\tFALSE\t1000000000\tgone\t4\n\
             .tiktok.com\tTRUE\t/\tFALSE\t4102444800\tlong\t5\n\
             .example.com\tTRUE\t/\tFALSE\t0\tother\t6\n\
             127.0.0.1\tFALSE\t/\tFALSE\t0\tlocal\t7\n",
        );
        for (to, header) in [
            (WWW, "host=2; long=5; site=1"),
            (
                "https://www.tiktok.com/tag/x",
                "path=3; host=2; long=5; site=1",
            ),
            ("https://m.tiktok.com/", "long=5; site=1"),
            ("http://www.tiktok.com/", "host=2; long=5"),
            ("https://tiktok.com/", "long=5; site=1"),
            ("https://nottiktok.com/", ""),
            ("https://tiktok.com.example.org/", ""),
            ("http://127.0.0.1:8899/tag/x", "local=7"),
            ("http://127.0.0.2:8899/", ""),
            ("http://localhost:8899/", ""),
        ] {
            assert_eq!(sent(&jar, to), header, "{to}");
        }
    }

    #[test]
    fn a_local_server_gets_only_its_own() {
        let jar = load(r#"[{"name":"a","value":"1","domain":"localhost"}]"#);
        assert_eq!(sent(&jar, "http://localhost:1/"), "a=1");
        let jar = load(r#"[{"name":"a","value":"1","domain":"[::1]"}]"#);
        assert_eq!(sent(&jar, "http://[::1]:1/"), "a=1");
        for text in ["a=1", "Cookie: a=1", "lonetoken"] {
            let jar = load(text);
            assert_eq!(sent(&jar, "http://127.0.0.1:8899/"), "");
            assert_ne!(sent(&jar, "https://m.tiktok.com/"), "");
        }
    }

    #[test]
    fn the_site_may_set_and_delete_and_the_users_come_back() {
        let mut jar = load("a=1; b=2");
        let at = url(WWW);
        jar.absorb(
            &at,
            [
                "a=changed; Domain=.tiktok.com; Path=/",
                "b=; Domain=tiktok.com; Path=/; Max-Age=0",
                "c=3; Path=/; Secure; HttpOnly",
                "d=4; Domain=example.com",
                "e=5; Domain=com",
                "f=6; Max-Age=-9223372036854775808",
                "g=7; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
                "h=\u{1}",
                "=nameless",
                "",
            ],
        );
        assert_eq!(sent(&jar, WWW), "a=changed; c=3");
        assert_eq!(sent(&jar, "https://m.tiktok.com/"), "a=changed");
        jar.drop_anonymous();
        assert_eq!(sent(&jar, WWW), "a=1; b=2");
    }

    #[test]
    fn one_token_is_current() {
        let at = url(WWW);
        let mut jar = Jar::new();
        assert_eq!(jar.ms_token(&at), None);
        jar.absorb(&at, ["msToken=first; Domain=tiktok.com; Path=/"]);
        assert_eq!(jar.ms_token(&at).as_deref(), Some("first"));
        jar.absorb(&at, ["msToken=second; Path=/"]);
        assert_eq!(jar.ms_token(&at).as_deref(), Some("second"));
        jar.set_ms_token(&at, "third==");
        assert_eq!(sent(&jar, WWW), "msToken=third==");
        assert_eq!(sent(&jar, "https://m.tiktok.com/"), "msToken=third==");
        jar.set_ms_token(&at, "no token\r\n");
        assert_eq!(jar.ms_token(&at).as_deref(), Some("third=="));
        jar.drop_anonymous();
        assert!(jar.is_empty());
    }

    #[test]
    fn a_token_of_another_server_stays_there() {
        let local = url("http://127.0.0.1:8899/api/");
        let mut jar = load("usertoken");
        jar.set_ms_token(&local, "simulated");
        assert_eq!(jar.ms_token(&local).as_deref(), Some("simulated"));
        assert_eq!(jar.ms_token(&url(WWW)).as_deref(), Some("usertoken"));
    }

    #[test]
    fn the_users_token_takes_the_files_place() {
        let jar = load("msToken=old; a=1").with_ms_token(&Secret::new("new"));
        let mut jar = jar.expect("a token");
        assert_eq!(sent(&jar, WWW), "a=1; msToken=new");
        jar.set_ms_token(&url(WWW), "newer");
        jar.drop_anonymous();
        assert_eq!(sent(&jar, WWW), "a=1; msToken=new");
        let error = Jar::new().with_ms_token(&Secret::new("hunter2!"));
        let error = error.expect_err("no token").to_string();
        assert!(!error.contains("hunter2"), "{error}");
    }

    #[test]
    fn the_site_fills_a_jar_to_its_brim_only() {
        let at = url(WWW);
        let mut jar = load("a=1");
        let many: Vec<String> = (0..100).map(|n| format!("c{n:03}=x")).collect();
        jar.absorb(&at, many.iter().map(String::as_str));
        assert_eq!(sent(&jar, WWW).matches("; ").count(), MOST - 1);
        jar.absorb(&at, ["c000=new; Path=/api/challenge/detail"]);
        assert!(
            sent(&jar, WWW).contains("c000=new"),
            "a full jar still updates"
        );
        jar.drop_anonymous();
        let big = format!("big={}", "x".repeat(MOST_BYTES));
        jar.absorb(&at, [big.as_str(), "small=1"]);
        assert_eq!(sent(&jar, WWW), "small=1; a=1");
        for n in 0..1000 {
            let (set, unset) = (format!("k{n}=1"), format!("k{n}=; Max-Age=0"));
            jar.absorb(&at, [set.as_str(), unset.as_str()]);
        }
        jar.absorb(&at, ["late=1"]);
        assert!(sent(&jar, WWW).contains("late=1"), "the gone leave room");
    }

    #[test]
    fn values_are_told_to_the_redactor_and_to_nobody_else() {
        let mut jar = load("sessionid=hunter2hunter2; lang=en");
        jar.absorb(&url(WWW), ["ttwid=abcdefgh; Path=/"]);
        let secrets: Vec<&str> = jar.secrets().collect();
        assert!(secrets.contains(&"hunter2hunter2") && secrets.contains(&"abcdefgh"));
        assert!(!secrets.contains(&"en"));
        assert_eq!(format!("{jar:?}"), "Jar { user: 2, live: 3, .. }");
    }

    proptest! {
        #[test]
        fn any_file_and_any_answer_is_taken(
            bytes in any::<Vec<u8>>(),
            values in prop::collection::vec(SET_COOKIE, 0..6),
        ) {
            let mut jar = Jar::load(&bytes).unwrap_or_default();
            jar.absorb(&url(WWW), values.iter().map(String::as_str));
            for value in &values {
                jar.set_ms_token(&url(WWW), value);
            }
            let header = sent(&jar, WWW);
            prop_assert!(!header.contains(|c: char| c.is_control()));
        }

        #[test]
        fn any_domain_and_path_is_judged(domain in ".{0,12}", path in "/?.{0,8}") {
            let json = serde_json::json!([{"name":"a","value":"1","domain":domain,"path":path}]);
            if let Ok(jar) = Jar::load(json.to_string().as_bytes()) {
                sent(&jar, WWW);
            }
        }
    }
}
