//! One attempt at a request: what came of it, judged.

use url::Url;

use super::send::{Broken, Received};
use crate::source::judge::{Answer, Due, Judged, judge};
use crate::source::{AnswerFacts, Verdict};

/// How one attempt ended: the judgement, the answer's facts and, if good, its body.
pub(super) struct Attempt {
    pub(super) judged: Judged,
    pub(super) facts: AnswerFacts,
    pub(super) body: String,
}

impl Attempt {
    /// What came of a request to `url`.
    pub(super) fn of(url: &Url, received: Result<Received, Broken>, due: Due) -> Self {
        let received = match received {
            Ok(received) => received,
            Err(broken) => return Self::without_answer(url, broken.judged()),
        };
        let mut facts = facts_of(url);
        facts.status = Some(received.status);
        facts.bytes = received.body.len();
        facts.logid = received.logid();
        let answer = Answer {
            status: received.status,
            headers: &received.headers,
            body: &received.body,
        };
        tracing::debug!("{} {} {} bytes", facts.path, received.status, facts.bytes);
        Self {
            judged: judge(&answer, due),
            facts,
            body: received.body,
        }
    }

    /// One that came to no answer worth judging.
    pub(super) fn failed(url: &Url, verdict: Verdict, cause: String) -> Self {
        Self::without_answer(url, Judged::Fail { verdict, cause })
    }

    fn without_answer(url: &Url, judged: Judged) -> Self {
        Self {
            judged,
            facts: facts_of(url),
            body: String::new(),
        }
    }

    /// A redirect that leaves the site's own origin is not followed.
    pub(super) fn refused(self, origin: &str) -> Self {
        let cause = format!("a redirect away from {origin}, which is not followed");
        Self {
            judged: Judged::Fail {
                verdict: Verdict::BadAnswer,
                cause,
            },
            ..self
        }
    }
}

/// What is known of an answer before it came.
fn facts_of(url: &Url) -> AnswerFacts {
    AnswerFacts {
        path: url.path().to_owned(),
        ..AnswerFacts::default()
    }
}
