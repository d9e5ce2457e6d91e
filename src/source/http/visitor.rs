//! Whom the site takes us for: a session and its cookies, which a request reads and an answer
//! changes.

use http::HeaderMap;
use http::header::SET_COOKIE;
use url::Url;

use super::Request;
use crate::clock::epoch_seconds;
use crate::source::cookies::Jar;
use crate::source::session::Session;

/// A visitor of the site.
#[derive(Debug)]
pub(super) struct Visitor {
    session: Session,
    jar: Jar,
}

impl Visitor {
    /// One with the user's own user agent and cookies.
    pub(super) fn new(user_agent: Option<String>, jar: Jar) -> Self {
        Self {
            session: Session::new(user_agent, epoch_seconds()),
            jar,
        }
    }

    /// Becomes another anonymous one; the user's own cookies stay.
    pub(super) fn renew(&mut self) {
        self.session.renew(epoch_seconds());
        self.jar.drop_anonymous();
    }

    pub(super) fn session(&self) -> &Session {
        &self.session
    }

    pub(super) fn user_agent(&self) -> String {
        self.session.user_agent().to_owned()
    }

    /// The cookies a request to `url` brings.
    pub(super) fn cookies(&self, url: &Url) -> Option<String> {
        self.jar.header_for(url)
    }

    /// The whole query of an API call to `url`.
    pub(super) fn query(&self, request: &Request, url: &Url) -> String {
        let token = self.jar.ms_token(url).unwrap_or_default();
        self.session.query(&request.own, request.region, &token)
    }

    /// Learns the cookies and the next token an answer brings.
    pub(super) fn absorb(&mut self, url: &Url, headers: &HeaderMap) {
        let set = headers.get_all(SET_COOKIE).iter();
        let set = set.filter_map(|value| value.to_str().ok());
        self.jar.absorb(url, set);
        let token = headers.get("x-ms-token");
        if let Some(token) = token.and_then(|value| value.to_str().ok()) {
            self.jar.set_ms_token(url, token);
        }
    }

    /// `text` without any of its secrets.
    pub(super) fn redacted(&self, text: &str) -> String {
        let secrets = self.jar.secrets();
        secrets.fold(text.to_owned(), |text, secret| {
            text.replace(secret, "[redacted]")
        })
    }
}
