//! One GET on the wire. Nothing here retries, judges or follows: the settings of reqwest, the
//! headers, and a body read chunk by chunk under a bound.

use std::error::Error as StdError;
use std::time::Duration;

use anyhow::Context as _;
use http::header::{
    ACCEPT, ACCEPT_LANGUAGE, CONTENT_ENCODING, COOKIE, HeaderMap, HeaderName, HeaderValue, REFERER,
    USER_AGENT,
};
use url::Url;

use super::super::judge::Judged;
use super::super::session::{CLIENT_HINTS, Session};
use super::connects::Connects;
use super::{Options, Verdict};

const CONNECT: Duration = Duration::from_secs(10);
/// Longest silence while an answer comes in.
const SILENCE: Duration = Duration::from_secs(30);

/// The HTTP client with every timeout set and no redirect followed.
#[derive(Debug)]
pub(super) struct Client {
    client: reqwest::Client,
    connects: Connects,
}

/// An answer read to its end: decoded, bounded, made valid UTF-8.
pub(super) struct Received {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

/// An answer whose head has come.
pub(super) struct Head(reqwest::Response);

/// No usable answer.
#[derive(Debug)]
pub(super) enum Broken {
    /// The network or the server failed; worth another try.
    Transport(String),
    /// The same on a kept connection, before any byte came: the server may have closed it long
    /// ago.
    Stale(String),
    /// The other side is not who it should be, or sent what we do not read.
    Refused(String),
    /// Nothing was sent: the run may cost no more.
    Spent(String),
}

impl Broken {
    pub(super) fn judged(self) -> Judged {
        match self {
            Self::Transport(cause) | Self::Stale(cause) => Judged::Again {
                verdict: Verdict::Network,
                cause,
                after: None,
            },
            Self::Refused(cause) => Judged::Fail {
                verdict: Verdict::BadAnswer,
                cause,
            },
            Self::Spent(cause) => Judged::Fail {
                verdict: Verdict::Budget,
                cause,
            },
        }
    }
}

impl Client {
    pub(super) fn new(options: &Options) -> anyhow::Result<Self> {
        // A second client in one process finds the provider already there, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT.min(options.patience.timeout))
            .read_timeout(SILENCE)
            .tcp_nodelay(true)
            .referer(false);
        if let Some(proxy) = &options.proxy {
            let proxy = reqwest::Proxy::all(proxy.clone()).context("setting up the proxy")?;
            builder = builder.proxy(proxy);
        } else if options.site.is_loopback() {
            builder = builder.no_proxy();
        }
        let connects = Connects::default();
        let client = builder.connector_layer(connects.clone()).build();
        Ok(Self {
            client: client.context("setting up the HTTP client")?,
            connects,
        })
    }

    /// The headers a browser page sends with a call (`is_api`) or a navigation.
    pub(super) fn headers(
        &self,
        session: &Session,
        is_api: bool,
        referer: &str,
        cookies: Option<String>,
    ) -> HeaderMap {
        let mut headers = self.plain_headers(session.user_agent());
        let (accept, dest, mode) = if is_api {
            ("application/json, text/plain, */*", "empty", "cors")
        } else {
            (
                "text/html,application/xhtml+xml,*/*;q=0.8",
                "document",
                "navigate",
            )
        };
        headers.insert(ACCEPT, HeaderValue::from_static(accept));
        let fetch = [
            ("sec-fetch-dest", dest),
            ("sec-fetch-mode", mode),
            ("sec-fetch-site", "same-origin"),
        ];
        let hints = CLIENT_HINTS
            .iter()
            .filter(|_| !session.has_own_user_agent());
        for (name, value) in fetch.iter().chain(hints) {
            headers.insert(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        if let Ok(referer) = HeaderValue::from_str(referer) {
            headers.insert(REFERER, referer);
        }
        if let Some(mut cookies) = cookies.and_then(|c| HeaderValue::from_str(&c).ok()) {
            cookies.set_sensitive(true);
            headers.insert(COOKIE, cookies);
        }
        headers
    }

    /// What any request carries.
    pub(super) fn plain_headers(&self, user_agent: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static("en-US,en;q=0.9"));
        if let Ok(agent) = HeaderValue::from_str(user_agent) {
            headers.insert(USER_AGENT, agent);
        }
        headers
    }

    /// Sends a GET and waits for the head of its answer.
    pub(super) async fn head(
        &self,
        url: &Url,
        headers: HeaderMap,
        timeout: Duration,
    ) -> Result<Head, Broken> {
        let request = self.client.get(url.clone());
        let before = self.connects.so_far();
        let sent = request.headers(headers).timeout(timeout).send().await;
        // Requests go one at a time, so a connection made meanwhile is this one's.
        let was_kept = self.connects.so_far() == before;
        sent.map(Head).map_err(|error| {
            let is_stale = was_kept && is_closed(&error);
            match broken(error) {
                Broken::Transport(cause) if is_stale => Broken::Stale(cause),
                broken => broken,
            }
        })
    }
}

impl Head {
    /// Reads the body, decoded, up to `bound` bytes.
    pub(super) async fn read(mut self, bound: usize) -> Result<Received, Broken> {
        let response = &mut self.0;
        // What the client can decode it has taken off the headers; what is left is stacked or
        // unknown.
        if let Some(coding) = response.headers().get(CONTENT_ENCODING)
            && !coding.as_bytes().eq_ignore_ascii_case(b"identity")
        {
            return Err(Broken::Refused(
                "a content coding that is not read".to_owned(),
            ));
        }
        let announced = response.content_length().unwrap_or(0);
        if usize::try_from(announced).map_or(true, |length| length > bound) {
            return Err(over(bound));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(broken)? {
            if body.len() + chunk.len() > bound {
                return Err(over(bound));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Received {
            status: response.status().as_u16(),
            headers: std::mem::take(response.headers_mut()),
            body: text(body),
        })
    }
}

impl Received {
    /// The site's own log id, from its header or its body.
    pub(super) fn logid(&self) -> Option<String> {
        let header = self.headers.get("x-tt-logid");
        if let Some(id) = header.and_then(|value| value.to_str().ok()) {
            return Some(id.chars().take(64).collect());
        }
        let (_, rest) = self.body.rsplit_once("\"logid\":\"")?;
        let id: String = rest
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect();
        (!id.is_empty() && id.len() <= 64).then_some(id)
    }
}

fn over(bound: usize) -> Broken {
    Broken::Refused(format!(
        "an answer larger than the limit of {} MiB",
        bound / (1024 * 1024)
    ))
}

/// Bytes as text: a byte order mark skipped, invalid bytes replaced.
fn text(body: Vec<u8>) -> String {
    let mut text = String::from_utf8(body)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    text
}

/// Sorts a failed exchange: certificates are final, everything else may pass.
fn broken(error: reqwest::Error) -> Broken {
    let error = error.without_url();
    let root = causes(&error)
        .last()
        .map_or_else(|| error.to_string(), ToString::to_string);
    if causes(&error).any(is_certificate) {
        return Broken::Refused(format!("the server's certificate was refused: {root}"));
    }
    Broken::Transport(transport(&error, &root))
}

/// What led to `error`, the nearest first.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}

/// Whether a cause is TLS saying that the other side is not who it should be. TLS errors come
/// wrapped in I/O errors, one in another, whose own source skips what they wrap.
fn is_certificate(cause: &(dyn StdError + 'static)) -> bool {
    if let Some(io) = cause.downcast_ref::<std::io::Error>() {
        return io.get_ref().is_some_and(|inside| is_certificate(inside));
    }
    matches!(
        cause.downcast_ref(),
        Some(rustls::Error::InvalidCertificate(_))
    )
}

/// Whether the other side had closed the connection before it answered.
fn is_closed(error: &reqwest::Error) -> bool {
    use std::io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset};
    let gone = [BrokenPipe, ConnectionAborted, ConnectionReset];
    causes(error).any(|cause| match cause.downcast_ref::<std::io::Error>() {
        Some(io) => gone.contains(&io.kind()),
        None => cause.to_string() == "connection closed before message completed",
    })
}

/// A transport failure in words a person can act on.
fn transport(error: &reqwest::Error, root: &str) -> String {
    if error.is_timeout() {
        return "no complete answer in time".to_owned();
    }
    if error.is_connect() {
        return format!("could not connect: {root}");
    }
    if error.is_decode() || error.is_body() {
        return format!("the answer broke off or could not be decoded: {root}");
    }
    format!("the connection failed: {root}")
}
