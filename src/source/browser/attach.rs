//! A browser that runs already: the three ways to name it, and how each leads to its WebSocket.
//! Only ones on this machine: what they speak is not encrypted, and whoever hears it owns the
//! browser.

#[cfg(feature = "browser")]
use std::path::Path;
use std::path::PathBuf;
use std::str::FromStr;

use url::{Host, Url};

/// Where a browser started with a free choice of port notes it, in its profile.
#[cfg(feature = "browser")]
pub(super) const PORT_FILE: &str = "DevToolsActivePort";

/// How a running browser is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attach {
    /// Its WebSocket: `ws://127.0.0.1:9222/devtools/browser/…`.
    WebSocket(Url),
    /// Its debugging port: `http://127.0.0.1:9222`.
    Port(Url),
    /// Its profile folder, where it notes its port.
    Profile(PathBuf),
}

/// Why a text names no browser.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AttachError {
    /// Empty.
    #[error(
        "name a running browser: ws://127.0.0.1:9222/…, http://127.0.0.1:9222 or its profile folder"
    )]
    Empty,
    /// A URL of another kind.
    #[error("a running browser is named by a ws:// or http:// URL, or by its profile folder")]
    Scheme,
    /// Another machine's.
    #[error("{0} is not this machine; only a browser of this machine can be attached to")]
    Elsewhere(String),
}

impl FromStr for Attach {
    type Err = AttachError;

    fn from_str(text: &str) -> Result<Self, AttachError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(AttachError::Empty);
        }
        if !text.contains("://") {
            return Ok(Self::Profile(PathBuf::from(text)));
        }
        let url = Url::parse(text).map_err(|_| AttachError::Scheme)?;
        if !matches!(url.scheme(), "ws" | "http") {
            return Err(AttachError::Scheme);
        }
        if !is_here(&url) {
            let host = url.host_str().unwrap_or("that");
            return Err(AttachError::Elsewhere(host.to_owned()));
        }
        Ok(match url.scheme() {
            "ws" => Self::WebSocket(url),
            _ => Self::Port(url),
        })
    }
}

fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    }
}

/// The WebSocket of the browser that keeps its data in `folder`.
///
/// # Errors
/// Words for the user when no browser has noted a port there.
#[cfg(feature = "browser")]
pub(super) fn noted_in(folder: &Path) -> Result<String, String> {
    let file = folder.join(PORT_FILE);
    let noted = std::fs::read_to_string(&file).map_err(|error| {
        format!(
            "{} cannot be read ({error}); start the browser with --remote-debugging-port=0 \
             --user-data-dir={} first",
            file.display(),
            folder.display()
        )
    })?;
    web_socket(&noted).ok_or_else(|| format!("{} names no port", file.display()))
}

/// Reads what a browser notes: its port on the first line, the path on the second.
#[cfg(feature = "browser")]
fn web_socket(noted: &str) -> Option<String> {
    let mut lines = noted.lines();
    let port: u16 = lines.next()?.trim().parse().ok()?;
    let path = lines.next()?.trim();
    path.starts_with('/')
        .then(|| format!("ws://127.0.0.1:{port}{path}"))
}

/// Reads the answer of a debugging port to `/json/version`. Where it leads must be on this
/// machine too.
#[cfg(feature = "browser")]
pub(super) fn told_by_port(answer: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Version {
        #[serde(rename = "webSocketDebuggerUrl")]
        url: String,
    }
    let version: Version = serde_json::from_str(answer).ok()?;
    let url = Url::parse(&version.url).ok()?;
    (url.scheme() == "ws" && is_here(&url)).then_some(version.url)
}

#[cfg(all(test, feature = "browser"))]
mod tests {
    use super::{Attach, AttachError, told_by_port, web_socket};

    #[test]
    fn three_forms_are_read() {
        let ws = "ws://127.0.0.1:9222/devtools/browser/1";
        assert!(matches!(ws.parse(), Ok(Attach::WebSocket(url)) if url.as_str() == ws));
        for port in ["http://localhost:9222", "http://[::1]:9222/"] {
            assert!(matches!(port.parse(), Ok(Attach::Port(_))), "{port}");
        }
        let folder = "/tmp/profile";
        assert_eq!(folder.parse(), Ok(Attach::Profile(folder.into())));
        for (text, error) in [
            ("", AttachError::Empty),
            ("https://127.0.0.1:9222", AttachError::Scheme),
            ("http://:x", AttachError::Scheme),
            (
                "ws://example.com/x",
                AttachError::Elsewhere("example.com".to_owned()),
            ),
            (
                "http://192.168.0.2:9222",
                AttachError::Elsewhere("192.168.0.2".to_owned()),
            ),
        ] {
            assert_eq!(text.parse::<Attach>(), Err(error), "{text}");
        }
    }

    #[test]
    fn what_browsers_say_of_themselves_is_read() {
        assert_eq!(
            web_socket("41234\n/devtools/browser/ab-c").as_deref(),
            Some("ws://127.0.0.1:41234/devtools/browser/ab-c")
        );
        for noted in ["", "41234", "x\n/y", "99999\n/y", "1\nhttp://elsewhere/"] {
            assert_eq!(web_socket(noted), None, "{noted}");
        }
        let told = |url: &str| {
            told_by_port(&format!(
                r#"{{"Browser":"Chrome/156","webSocketDebuggerUrl":"{url}"}}"#
            ))
        };
        assert!(told("ws://127.0.0.1:1/devtools/browser/x").is_some());
        assert!(told("ws://example.com/devtools/browser/x").is_none());
        assert!(told_by_port("{}").is_none());
    }
}
