//! Where requests go: the real site, or one server that stands in for all of its hosts.

use url::{Host, Url};

/// The site's own origin.
const REAL: &str = "https://www.tiktok.com/";

/// The site, or the server given with `--base-url` in place of all its hosts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    origin: Url,
}

/// Why a URL cannot stand in for the site.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BaseUrlError {
    /// Not a URL at all.
    #[error("\"{0}\" is no URL; a base URL looks like http://127.0.0.1:8899")]
    NotAUrl(String),
    /// Neither http nor https.
    #[error("a base URL begins with http:// or https://")]
    Scheme,
    /// User name or password inside.
    #[error("a base URL holds no user name or password")]
    UserInfo,
}

impl Site {
    /// The real site.
    #[must_use]
    pub fn real() -> Self {
        Self {
            origin: Url::parse(REAL).expect("a constant URL that parses"),
        }
    }

    /// A server in place of the site; only its scheme, host and port are used.
    ///
    /// # Errors
    /// [`BaseUrlError`] for anything but an http or https URL without credentials.
    pub fn at_base(text: &str) -> Result<Self, BaseUrlError> {
        let mut origin =
            Url::parse(text.trim()).map_err(|_| BaseUrlError::NotAUrl(text.to_owned()))?;
        if !matches!(origin.scheme(), "http" | "https") {
            return Err(BaseUrlError::Scheme);
        }
        if !origin.username().is_empty() || origin.password().is_some() {
            return Err(BaseUrlError::UserInfo);
        }
        origin.set_path("/");
        origin.set_query(None);
        origin.set_fragment(None);
        Ok(Self { origin })
    }

    /// Whether `url` belongs to the site: to the server in its place, or to any of its own hosts.
    #[cfg(feature = "browser")]
    pub(super) fn has(&self, url: &Url) -> bool {
        if !self.is_real() {
            return url.origin() == self.origin.origin();
        }
        let host = url.host_str().unwrap_or_default();
        url.scheme() == "https" && (host == "tiktok.com" || host.ends_with(".tiktok.com"))
    }

    /// Whether requests go to TikTok itself, where the pace has a floor.
    #[must_use]
    pub fn is_real(&self) -> bool {
        self.origin
            .domain()
            .is_some_and(|host| host == "tiktok.com" || host.ends_with(".tiktok.com"))
    }

    /// Whether the server is this machine itself, which no system proxy should stand before.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        match self.origin.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }

    /// The URL of a path of the site.
    pub(super) fn page(&self, path: &str) -> Url {
        let mut url = self.origin.clone();
        url.set_path(path);
        url
    }

    /// The same resource where the site now is: `url` itself, or its path on the stand-in.
    pub(super) fn at(&self, url: &Url) -> Url {
        if self.is_real() {
            return url.clone();
        }
        let mut moved = self.origin.clone();
        moved.set_path(url.path());
        moved.set_query(url.query());
        moved
    }
}
