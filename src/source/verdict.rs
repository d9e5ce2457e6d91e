//! What an answer that is not a page of videos means, and the error that carries it up to the
//! edge. The names are the ones receipts and messages use.

use std::fmt;
use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::record::Lane;

/// Why a feed gave no further page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// No hashtag of that name, or not a public one.
    NotFound,
    /// The site has banned or taken down the hashtag.
    TagBlocked,
    /// Empty or shell answers that stay after a fresh session: the site wants a signed request.
    Gated,
    /// A captcha or a JavaScript challenge.
    Captcha,
    /// A login wall.
    LoginRequired,
    /// The site does not serve the country of this machine's address.
    GeoBlocked,
    /// Too many requests, or the wait asked for is too long.
    RateLimited,
    /// 401, 403, 407 or 451: refused by the site or its CDN.
    Refused,
    /// The network or the server failed and kept failing.
    Network,
    /// The feed repeats itself or hands out nothing while promising more.
    Stalled,
    /// An answer that makes no sense, or one over a limit.
    BadAnswer,
    /// The feed came to its end with pages missing in between.
    Gap,
    /// The run's retries are used up.
    Budget,
    /// The site says the feed ends here.
    EndOfFeed,
}

impl Verdict {
    /// The verdict's name in receipts (`stopped_because`).
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::TagBlocked => "tag_blocked",
            Self::Gated => "gated",
            Self::Captcha => "captcha",
            Self::LoginRequired => "login_required",
            Self::GeoBlocked => "geo_blocked",
            Self::RateLimited => "rate_limited",
            Self::Refused => "refused",
            Self::Network => "network",
            Self::Stalled => "stalled",
            Self::BadAnswer => "bad_answer",
            Self::Gap => "gap",
            Self::Budget => "budget",
            Self::EndOfFeed => "end_of_feed",
        }
    }

    /// Whether another lane may still get through where this one was turned away.
    #[must_use]
    pub fn steps_down(self) -> bool {
        matches!(
            self,
            Self::Gated | Self::Captcha | Self::Refused | Self::LoginRequired
        )
    }

    /// Whether the site turned us away (exit status 4).
    #[must_use]
    pub fn is_block(self) -> bool {
        self.steps_down() || self == Self::GeoBlocked
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Verdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A feed that could not go on: what happened, where, and how long it was tried.
///
/// Its text never holds a query string, a cookie or a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// What it means.
    pub verdict: Verdict,
    /// The cause in words, without advice.
    pub cause: String,
    /// The lane it happened on, once known.
    pub lane: Option<Lane>,
    /// Which answer it was about; `None` where no single answer is to blame.
    pub answer: Option<AnswerFacts>,
    /// How many times the request was sent.
    pub tries: u32,
    /// How long it was tried in all.
    pub spent: Duration,
}

/// The facts of an answer that a person needs to judge it; no secret is among them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AnswerFacts {
    /// Path of the request, without its query.
    pub path: String,
    /// HTTP status; `None` when no answer came.
    pub status: Option<u16>,
    /// Length of the decoded body in bytes.
    pub bytes: usize,
    /// The site's own log id (`extra.logid`, or header `x-tt-logid`), worth quoting in reports.
    pub logid: Option<String>,
}

impl Error {
    /// An error that no single answer is to blame for.
    #[must_use]
    pub fn new(verdict: Verdict, cause: impl Into<String>) -> Self {
        Self {
            verdict,
            cause: cause.into(),
            lane: None,
            answer: None,
            tries: 0,
            spent: Duration::ZERO,
        }
    }

    /// The same error, named as `lane`'s.
    #[must_use]
    pub fn on(mut self, lane: Lane) -> Self {
        self.lane.get_or_insert(lane);
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cause)?;
        let Some(answer) = &self.answer else {
            return Ok(());
        };
        f.write_str(" (")?;
        if let Some(lane) = self.lane {
            write!(f, "{lane} ")?;
        }
        f.write_str(&answer.path)?;
        if let Some(status) = answer.status {
            write!(f, ", HTTP {status}, {} bytes", answer.bytes)?;
        }
        if self.tries > 1 {
            write!(
                f,
                ", {} tries in {:.1} s",
                self.tries,
                self.spent.as_secs_f64()
            )?;
        }
        if let Some(logid) = &answer.logid {
            write!(f, ", logid {logid}")?;
        }
        f.write_str(")")
    }
}

impl std::error::Error for Error {}
