//! A proxy's URL. It may hold a password, so it is never shown.

use std::fmt;
use std::str::FromStr;

use url::Url;

/// The schemes that can be spoken to one.
const SCHEMES: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

/// A proxy that requests go through.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy(Url);

/// Why a text is no proxy; the text itself may hold a password and is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a proxy URL; one looks like http://host:3128 or socks5://host:1080")]
pub struct ProxyError;

impl Proxy {
    /// The URL, password and all.
    #[must_use]
    pub fn into_url(self) -> Url {
        self.0
    }
}

impl FromStr for Proxy {
    type Err = ProxyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text.trim()).map_err(|_| ProxyError)?;
        let is_proxy = SCHEMES.contains(&url.scheme()) && url.has_host();
        is_proxy.then_some(Self(url)).ok_or(ProxyError)
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Proxy([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::Proxy;

    #[test]
    fn a_proxy_has_a_scheme_and_a_host() {
        for good in ["http://h:3128", " https://u:p@h ", "socks5h://[::1]:1080"] {
            assert!(good.parse::<Proxy>().is_ok(), "{good}");
        }
        for bad in ["", "h:3128", "ftp://u:hush@h", "http://", "mailto:a@b"] {
            let error = bad.parse::<Proxy>().expect_err(bad).to_string();
            assert!(
                error.contains("http://host:3128") && !error.contains("hush"),
                "{error}"
            );
        }
    }

    #[test]
    fn its_password_is_not_shown() {
        let proxy: Proxy = "http://u:hush@h".parse().expect("a proxy");
        assert!(!format!("{proxy:?}").contains("hush"));
        assert_eq!(proxy.into_url().password(), Some("hush"));
    }
}
