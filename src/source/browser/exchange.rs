//! A request of a page and the answer it got, as far as they matter to us.

use std::collections::HashMap;

use http::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use crate::source::capture::Call;
use crate::source::judge::{Answer, Due, Judged, judge};
use crate::source::{AnswerFacts, Verdict, bounds};

/// What a request is to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// The page itself.
    Document,
    /// One of the calls it makes for its feed.
    Feed(Call),
}

/// A request of the page and its answer.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) kind: Kind,
    pub(super) url: Url,
    /// 0 when no answer came.
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Body,
}

/// The body of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Body {
    /// As text; empty where a status came alone.
    Text(String),
    /// Over the bound on bodies, and not kept.
    TooLarge,
    /// None came, or the browser did not hand it out.
    Missing,
}

impl Kind {
    /// What a request is to us; most are nothing. Frames inside the page have documents too, but
    /// those that matter here name the hashtag's page.
    pub(super) fn of(url: &Url, resource: &str) -> Option<Self> {
        match Call::of(url) {
            Some(call) => Some(Self::Feed(call)),
            None if resource == "Document" && url.path().starts_with("/tag/") => {
                Some(Self::Document)
            }
            None => None,
        }
    }
}

impl Exchange {
    /// Whether it is a call for a page of a feed.
    pub(super) fn is_list(&self) -> bool {
        matches!(self.kind, Kind::Feed(Call::List { .. }))
    }

    /// Takes what came before its body.
    pub(super) fn answered(&mut self, status: u16, headers: &HashMap<String, String>) {
        self.status = status;
        self.headers = headers
            .iter()
            .filter_map(|(name, value)| {
                let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
                Some((name, HeaderValue::from_str(value).ok()?))
            })
            .collect();
    }

    /// What its answer means where such a thing is `due`.
    pub(super) fn judged(&self, due: Due) -> Judged {
        match &self.body {
            Body::Text(text) => {
                let answer = Answer {
                    status: self.status,
                    headers: &self.headers,
                    body: text,
                };
                judge(&answer, due)
            }
            Body::TooLarge => Judged::Fail {
                verdict: Verdict::BadAnswer,
                cause: format!(
                    "an answer larger than the limit of {} MiB",
                    bounds::BODY >> 20
                ),
            },
            Body::Missing => Judged::Again {
                verdict: Verdict::Network,
                cause: "an answer that could not be read".to_owned(),
                after: None,
            },
        }
    }

    /// What is told of its answer with an error.
    pub(super) fn facts(&self) -> AnswerFacts {
        AnswerFacts {
            path: self.url.path().to_owned(),
            status: Some(self.status).filter(|&status| status != 0),
            bytes: self.body.text().len(),
            logid: None,
        }
    }
}

impl Body {
    /// Its text; nothing where there is none.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::TooLarge | Self::Missing => "",
        }
    }
}
