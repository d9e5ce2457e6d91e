//! What a pull needs besides a lane: a clock, a place to write to, perhaps a proxy and a browser.
//! Nothing here asks anybody; the time is what the lanes' answers told.

use std::env;
use std::fmt;
use std::path::Path;

use serde::Serialize;
use url::Url;

use super::super::session::Session;
use super::finding::cause_and_remedy;
use crate::cli::Environment;
use crate::source::http;
use crate::words::shown;

/// The variable behind `--proxy`.
const PROXY: &str = "TIKTOK_HASHTAG_PROXY";
/// Seconds a clock may be off before it is worth a word: cookies live longer than that.
const OFF: u64 = 300;
/// Longest text of a line, in characters.
const LONGEST: usize = 400;

/// What is in order on this machine, and what is not.
#[derive(Debug, Serialize)]
pub(super) struct Checks {
    clock: Clock,
    proxy: Option<Proxy>,
    write: Vec<Place>,
    browser: Browser,
}

/// This machine's clock.
#[derive(Debug, Serialize)]
struct Clock {
    /// Null when no answer told the time.
    ok: Option<bool>,
    /// Seconds it is ahead of the site's; negative when it is behind.
    ahead_s: Option<i64>,
}

/// A proxy that requests go through.
#[derive(Debug, Serialize)]
struct Proxy {
    /// Host and port.
    address: String,
    /// The switch or variable that names it; `system` for the system's own settings.
    from: &'static str,
}

/// A folder that may be written to.
#[derive(Debug, Serialize)]
struct Place {
    folder: &'static str,
    ok: bool,
    error: Option<String>,
}

/// The browser of the browser lane.
#[derive(Debug, Serialize)]
struct Browser {
    /// Whether it would start, as far as that can be told without starting it.
    ok: bool,
    /// Which one it is.
    found: Option<String>,
    error: Option<String>,
}

impl Checks {
    /// Checks what a run would use that was opened like this; `own` is the proxy it was given.
    pub(super) fn of(session: &Session, own: Option<&Url>, environment: &Environment) -> Self {
        Self {
            clock: Clock::ahead(session.http.clock_ahead()),
            proxy: match own {
                Some(proxy) => Some(Proxy::given(proxy, environment)),
                None => session.http.system_proxy().map(Proxy::from),
            },
            write: vec![
                Place::tried("current", Path::new(".")),
                Place::tried("temporary", &env::temp_dir()),
            ],
            browser: Browser::of(session.browser.name(), session.browser.hindrance()),
        }
    }
}

impl Clock {
    fn ahead(ahead_s: Option<i64>) -> Self {
        Self {
            ok: ahead_s.map(|ahead| ahead.unsigned_abs() <= OFF),
            ahead_s,
        }
    }
}

impl Proxy {
    fn given(proxy: &Url, environment: &Environment) -> Self {
        let variable = environment
            .get(PROXY)
            .and_then(|text| Url::parse(&text).ok());
        Self {
            address: http::address(proxy),
            from: if variable.as_ref() == Some(proxy) {
                PROXY
            } else {
                "--proxy"
            },
        }
    }
}

impl From<http::SystemProxy> for Proxy {
    fn from(proxy: http::SystemProxy) -> Self {
        Self {
            address: proxy.address,
            from: proxy.variable.unwrap_or("system"),
        }
    }
}

impl Place {
    /// Makes a file there that nobody can see, and that goes at once.
    fn tried(folder: &'static str, path: &Path) -> Self {
        let error = tempfile::tempfile_in(path).err();
        Self {
            folder,
            ok: error.is_none(),
            error: error.map(|error| error.to_string()),
        }
    }
}

impl Browser {
    fn of(found: Option<String>, error: Option<String>) -> Self {
        Self {
            ok: error.is_none(),
            found,
            error,
        }
    }
}

impl fmt::Display for Checks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "clock    {}", self.clock)?;
        match &self.proxy {
            Some(Proxy { address, from }) => {
                writeln!(
                    f,
                    "proxy    in use    {}, from {from}",
                    shown(address, LONGEST)
                )?;
            }
            None => writeln!(f, "proxy    none")?,
        }
        for place in &self.write {
            writeln!(f, "write    {place}")?;
        }
        writeln!(f, "browser  {}", self.browser)?;
        write!(f, "version  {}", env!("CARGO_PKG_VERSION"))
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(ahead) = self.ahead_s else {
            return f.write_str("unknown   no answer told the time");
        };
        let off = ahead.unsigned_abs();
        if off <= OFF {
            return f.write_str("ok");
        }
        let side = if ahead > 0 { "ahead of" } else { "behind" };
        write!(
            f,
            "wrong     {off} s {side} the site's\n{:19}set it: cookies and certificates go by it",
            ""
        )
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.error {
            None => write!(f, "ok        {} folder", self.folder),
            Some(error) => write!(
                f,
                "refused   {} folder: {}",
                self.folder,
                shown(error, LONGEST)
            ),
        }
    }
}

impl fmt::Display for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match (&self.found, self.ok) {
            (Some(_), true) => "ok",
            (Some(_), false) => "unusable",
            (None, _) => "none",
        };
        let parts: Vec<&str> = [&self.found, &self.error]
            .into_iter()
            .flatten()
            .map(|part| cause_and_remedy(part).0)
            .collect();
        write!(f, "{word:<10}{}", shown(&parts.join(": "), LONGEST))
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::{Browser, Checks, Clock, Place, Proxy};
    use crate::cli::Environment;

    fn checks(ahead: Option<i64>, proxy: Option<Proxy>) -> Checks {
        Checks {
            clock: Clock::ahead(ahead),
            proxy,
            write: vec![Place::tried("current", ".".as_ref())],
            browser: Browser::of(None, Some("none found; install one".to_owned())),
        }
    }

    #[test]
    fn a_clock_five_minutes_off_is_wrong() {
        for (ahead, ok, word) in [
            (Some(0), Some(true), "clock    ok"),
            (Some(-300), Some(true), "clock    ok"),
            (Some(301), Some(false), "clock    wrong     301 s ahead of"),
            (
                Some(-4_000),
                Some(false),
                "clock    wrong     4000 s behind",
            ),
            (None, None, "clock    unknown"),
        ] {
            let checks = checks(ahead, None);
            assert_eq!(checks.clock.ok, ok, "{ahead:?}");
            assert!(checks.to_string().starts_with(word), "{checks}");
        }
    }

    #[test]
    fn a_proxy_is_told_without_its_password() {
        let proxy = Url::parse("socks5://user:hunter2hunter2@127.0.0.1").unwrap();
        let proxy = Proxy::given(&proxy, &Environment::default());
        let checks = checks(None, Some(proxy));
        let text = checks.to_string();
        assert!(
            text.contains("proxy    in use    127.0.0.1:1080, from --proxy"),
            "{text}"
        );
        let json = serde_json::to_string(&checks).unwrap();
        assert!(!format!("{text}{json}{checks:?}").contains("hunter2"));
    }

    #[test]
    fn a_browser_that_would_not_start_is_named_with_the_reason() {
        let named = |found: Option<&str>, error: Option<&str>| {
            Browser::of(found.map(str::to_owned), error.map(str::to_owned)).to_string()
        };
        assert_eq!(named(Some("/b"), None), "ok        /b");
        assert_eq!(named(Some("/b"), Some("root; do x")), "unusable  /b: root");
        assert_eq!(named(None, Some("none; get x")), "none      none");
    }

    #[test]
    fn a_folder_is_written_to_and_left_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Place::tried("temporary", folder.path()).ok);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        let gone = Place::tried("temporary", &folder.path().join("gone"));
        assert!(!gone.ok && gone.to_string().starts_with("refused   temporary folder: "));
    }
}
