//! Which proxy requests go through, and who named it. Where it is is told without the user name
//! and password that may stand in its URL.

use std::env;

use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use serde::Serialize;
use url::Url;

use super::{Http, Site};

/// Variables that name a proxy, first for a site with TLS, then for one without. The system asks
/// them in this order, and the first that is set is the one that counts.
const FOR_HTTPS: [&str; 2] = ["HTTPS_PROXY", "https_proxy"];
const FOR_HTTP: [&str; 2] = ["HTTP_PROXY", "http_proxy"];
const FOR_ALL: [&str; 2] = ["ALL_PROXY", "all_proxy"];

/// A proxy of the environment's or the system's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SystemProxy {
    /// Host and port.
    pub address: String,
    /// The variable that names it; `None` where the system's own settings do.
    pub variable: Option<&'static str>,
}

impl Http {
    /// The proxy that stands before the site when none is given; a server on this machine is
    /// asked without one.
    #[must_use]
    pub fn system_proxy(&self) -> Option<SystemProxy> {
        if self.door.site.is_loopback() {
            return None;
        }
        found(&Matcher::from_system(), &self.door.site, |name| {
            env::var(name).ok()
        })
    }
}

/// Host and port of a proxy's URL, and nothing else of it.
#[must_use]
pub fn address(proxy: &Url) -> String {
    let host = proxy.host_str().unwrap_or_default();
    // Those of SOCKS have a port that URLs do not know.
    match proxy.port_or_known_default() {
        Some(port) => format!("{host}:{port}"),
        None => format!("{host}:1080"),
    }
}

fn found(
    matcher: &Matcher,
    site: &Site,
    variable: impl Fn(&str) -> Option<String>,
) -> Option<SystemProxy> {
    let page = site.page("/");
    let target: Uri = page.as_str().parse().ok()?;
    let proxy = matcher.intercept(&target)?;
    let url = Url::parse(&proxy.uri().to_string()).ok()?;
    let own = if page.scheme() == "https" {
        FOR_HTTPS
    } else {
        FOR_HTTP
    };
    let host = url.host_str()?;
    let names = |pair: [&'static str; 2]| {
        let set = pair.into_iter().find(|name| variable(name).is_some())?;
        variable(set)?.contains(host).then_some(set)
    };
    Some(SystemProxy {
        address: address(&url),
        variable: names(own).or_else(|| names(FOR_ALL)),
    })
}

#[cfg(test)]
mod tests {
    use hyper_util::client::proxy::matcher::Matcher;
    use url::Url;

    use super::{SystemProxy, address, found};
    use crate::source::http::Site;

    const PROXY: &str = "http://user:hunter2hunter2@proxy.test:3128";

    fn variable(set: &'static str) -> impl Fn(&str) -> Option<String> {
        move |name| (name == set).then(|| PROXY.to_owned())
    }

    #[test]
    fn a_variables_proxy_is_told_without_its_password() {
        let matcher = Matcher::builder().all(PROXY).no("local.test").build();
        let told = |base: &str, set| found(&matcher, &Site::at_base(base).unwrap(), variable(set));
        let proxy = |variable| {
            Some(SystemProxy {
                address: "proxy.test:3128".to_owned(),
                variable,
            })
        };
        let site = "https://www.tiktok.com";
        assert_eq!(told(site, "HTTPS_PROXY"), proxy(Some("HTTPS_PROXY")));
        assert_eq!(told(site, "all_proxy"), proxy(Some("all_proxy")));
        assert_eq!(told(site, "HTTP_PROXY"), proxy(None));
        assert_eq!(
            told("http://a.test", "http_proxy"),
            proxy(Some("http_proxy"))
        );
        assert_eq!(told("http://local.test", "http_proxy"), None);
        assert_eq!(
            found(&Matcher::builder().build(), &Site::real(), |_| None),
            None
        );
    }

    #[test]
    fn only_host_and_port_are_told() {
        for (url, told) in [
            (PROXY, "proxy.test:3128"),
            ("https://proxy.test/?key=hunter2", "proxy.test:443"),
            ("socks5://u:hunter2@[::1]", "[::1]:1080"),
        ] {
            assert_eq!(address(&Url::parse(url).unwrap()), told);
        }
    }
}
