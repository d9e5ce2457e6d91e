//! A call: what a request asks for, read off its path, query and headers.

use std::borrow::Cow;

use hyper::header::{self, HeaderMap, HeaderName};
use hyper::{Method, Request};
use percent_encoding::percent_decode_str;
use url::form_urlencoded;

use super::errand::Errand;
use super::signature;

/// What a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ask {
    /// The look-up of a hashtag.
    Detail,
    /// A page of its feed.
    List,
    /// The embed page of this hashtag.
    EmbedTag(String),
    /// The embed page of the video with this id.
    EmbedVideo(String),
    /// The page of this hashtag.
    TagPage(String),
    /// Something a hashtag's page needs beside.
    Errand(Errand),
    /// A short link with this code.
    ShortLink(String),
    /// The simulator itself.
    Sim(String),
    Other,
}

/// One request.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// As it came, percent-encoded.
    pub(crate) path: String,
    /// As it came, without the `?`.
    pub(crate) query: String,
    pub(crate) ask: Ask,
    headers: HeaderMap,
}

impl Call {
    pub(crate) fn read<B>(request: &Request<B>) -> Self {
        let path = request.uri().path();
        Self {
            method: request.method().clone(),
            path: path.to_owned(),
            query: request.uri().query().unwrap_or_default().to_owned(),
            ask: Ask::read(path),
            headers: request.headers().clone(),
        }
    }

    /// A query parameter, decoded; an empty one counts as missing.
    pub(crate) fn param(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(self.query.as_bytes())
            .find(|(known, value)| known == name && !value.is_empty())
            .map(|(_, value)| value.into_owned())
    }

    /// The names and values of all cookies.
    pub(crate) fn cookies(&self) -> impl Iterator<Item = (&str, &str)> {
        self.header(header::COOKIE)
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='))
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    /// Whether the answer may come in this coding.
    pub(crate) fn accepts(&self, coding: &str) -> bool {
        self.header(header::ACCEPT_ENCODING).contains(coding)
    }

    /// The hashtag whose page the request says it comes from.
    pub(crate) fn referring_tag(&self) -> Option<String> {
        let (_, rest) = self.header(header::REFERER).split_once("/tag/")?;
        Some(decoded(rest.split(['?', '/']).next()?))
    }

    /// Whether the query has a signature, good or not.
    pub(crate) fn signed(&self) -> bool {
        self.param("X-Gnarly").is_some()
    }

    /// Whether the query is as our own page's script signed it.
    pub(crate) fn signature_holds(&self) -> bool {
        signature::holds(&self.query)
    }

    /// Whether our own service worker sent it on.
    pub(crate) fn by_worker(&self) -> bool {
        self.headers.contains_key("x-simulated-worker")
    }

    /// The name of the server it is for, as it came.
    pub(crate) fn host(&self) -> &str {
        self.header(header::HOST)
    }

    /// Whether such a thing is asked for by this method.
    pub(crate) fn fits_its_method(&self) -> bool {
        match self.ask {
            Ask::Errand(errand) => errand.takes(&self.method),
            _ => matches!(self.method, Method::GET | Method::HEAD),
        }
    }

    /// Whether the device id is one as the page makes them: 19 digits, the first not 0.
    pub(crate) fn has_device(&self) -> bool {
        self.param("device_id").is_some_and(|id| {
            id.len() == 19 && !id.starts_with('0') && id.bytes().all(|byte| byte.is_ascii_digit())
        })
    }

    fn header(&self, name: HeaderName) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

impl Ask {
    fn read(path: &str) -> Self {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        if let Some(errand) = Errand::read(&parts) {
            return Self::Errand(errand);
        }
        match parts[..] {
            ["api", "challenge", "detail"] => Self::Detail,
            ["api", "challenge", "item_list"] => Self::List,
            ["embed", "tag", name] => Self::EmbedTag(decoded(name)),
            ["embed", "v2", id] => Self::EmbedVideo(id.to_owned()),
            ["tag", name] => Self::TagPage(decoded(name)),
            ["__sim", word] => Self::Sim(word.to_owned()),
            ["login"] => Self::Other,
            ["t", code] | [code] if !code.starts_with('@') && !code.contains('.') => {
                Self::ShortLink(decoded(code))
            }
            _ => Self::Other,
        }
    }

    /// What the log calls it.
    pub(crate) fn label(&self) -> &'static str {
        match self {
            Self::Detail => "detail",
            Self::List => "list",
            Self::EmbedTag(_) => "embed_tag",
            Self::EmbedVideo(_) => "embed_video",
            Self::TagPage(_) => "page",
            Self::Errand(errand) => errand.label(),
            Self::ShortLink(_) | Self::Sim(_) | Self::Other => "other",
        }
    }
}

/// Names are compared in lower case, as the site does.
fn decoded(part: &str) -> String {
    let text: Cow<'_, str> = percent_decode_str(part).decode_utf8_lossy();
    text.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(uri: &str, headers: &[(HeaderName, &str)]) -> Call {
        let mut request = Request::builder().uri(uri);
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        Call::read(&request.body(()).unwrap())
    }

    #[test]
    fn paths_say_what_is_asked() {
        for (path, ask) in [
            ("/api/challenge/detail/?challengeName=x", Ask::Detail),
            ("/api/challenge/item_list/", Ask::List),
            ("/embed/tag/K%C3%B6ln", Ask::EmbedTag("köln".to_owned())),
            ("/embed/v2/7123?lang=en", Ask::EmbedVideo("7123".to_owned())),
            ("/tag/Cats/", Ask::TagPage("cats".to_owned())),
            ("/t/ZMabc/", Ask::ShortLink("zmabc".to_owned())),
            ("/cats", Ask::ShortLink("cats".to_owned())),
            ("/__sim/log", Ask::Sim("log".to_owned())),
            ("/login?redirect_url=x", Ask::Other),
            ("/hk/notfound", Ask::Other),
            ("/sw.js", Ask::Errand(Errand::Worker)),
            (
                "/api/preload/item_list/?count=10",
                Ask::Errand(Errand::Preload),
            ),
            ("/captcha/verify", Ask::Errand(Errand::Verify)),
            ("/@a/video/1", Ask::Other),
            ("/favicon.ico", Ask::Other),
            ("/", Ask::Other),
        ] {
            assert_eq!(call(path, &[]).ask, ask, "{path}");
        }
    }

    #[test]
    fn parameters_cookies_and_referer_are_read() {
        let call = call(
            "/api/challenge/item_list/?challengeID=1&msToken=&device_id=7300000000000000001",
            &[
                (header::COOKIE, "ttwid=1; msToken=a=b"),
                (header::REFERER, "https://www.tiktok.com/tag/K%C3%B6ln?x=1"),
            ],
        );
        assert_eq!(call.param("challengeID").as_deref(), Some("1"));
        assert_eq!(call.param("msToken"), None);
        assert_eq!(call.cookie("msToken"), Some("a=b"));
        assert_eq!(call.referring_tag().as_deref(), Some("köln"));
        assert!(call.has_device() && !call.signed());
    }

    #[test]
    fn a_device_id_has_nineteen_digits() {
        for (id, good) in [
            ("7300000000000000001", true),
            ("0300000000000000001", false),
            ("73", false),
            ("730000000000000000x", false),
        ] {
            assert_eq!(
                call(&format!("/?device_id={id}"), &[]).has_device(),
                good,
                "{id}"
            );
        }
    }
}
