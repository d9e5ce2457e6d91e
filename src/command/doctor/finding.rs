//! What was seen of one lane, what it means, and what a user may try.

use std::fmt;
use std::time::Duration;

use serde::{Serialize, Serializer};

use super::super::advice::advice;
use crate::record::Lane;
use crate::source::{AnswerFacts, Error, Verdict};
use crate::words::shown;

/// Longest text of a line, in characters.
const LONGEST: usize = 400;

/// What looking at a lane brought.
#[derive(Debug)]
pub(super) enum Finding {
    /// Videos: so many, in an answer of these facts.
    Videos(usize, Option<AnswerFacts>),
    /// None, and why.
    Turned(Error),
    /// This machine cannot use the lane: why, and behind a semicolon what to do.
    Unusable(String),
    /// Nobody has to be asked.
    Certain,
}

/// One lane, examined.
#[derive(Debug, Serialize)]
pub(super) struct Diagnosis {
    pub(super) lane: Lane,
    /// Whether a pull on it would give videos now.
    pub(super) works: bool,
    verdict: Outcome,
    /// The facts, in words.
    seen: String,
    /// What to try; null where there is nothing to mend.
    advice: Option<String>,
    /// Requests sent; for the browser the pages opened, whose own requests are their own.
    requests: u64,
    took_ms: u64,
}

/// The name of what a lane came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Ok,
    Unusable,
    Turned(Verdict),
}

impl Finding {
    /// Sorts what a lane's glance brought: a first page without a video is no good sign.
    pub(super) fn of(seen: Result<usize, Error>, facts: Option<AnswerFacts>) -> Self {
        match seen {
            Ok(0) => Self::Turned(Error {
                answer: facts,
                ..Error::new(Verdict::EndOfFeed, "a feed without videos")
            }),
            Ok(videos) => Self::Videos(videos, facts),
            Err(error) => Self::Turned(error),
        }
    }

    fn outcome(&self) -> Outcome {
        match self {
            Self::Videos(..) | Self::Certain => Outcome::Ok,
            Self::Turned(error) => Outcome::Turned(error.verdict),
            Self::Unusable(_) => Outcome::Unusable,
        }
    }

    fn seen(&self) -> String {
        match self {
            Self::Videos(videos, Some(facts)) => {
                let status = facts.status.unwrap_or_default();
                format!("{videos} videos (HTTP {status}, {} bytes)", facts.bytes)
            }
            Self::Videos(videos, None) => format!("{videos} videos on the page as it loads"),
            Self::Turned(error) => error.to_string(),
            Self::Unusable(words) => cause_and_remedy(words).0.to_owned(),
            Self::Certain => "reads files, asks nobody".to_owned(),
        }
    }

    fn advice(&self, lane: Lane) -> Option<String> {
        let words = match self {
            Self::Videos(..) | Self::Certain => return None,
            Self::Unusable(words) => cause_and_remedy(words).1,
            Self::Turned(error) => remedy(error.verdict, lane),
        };
        Some(words.to_owned())
    }
}

/// The two halves of a sentence made of a cause and what to do about it.
pub(super) fn cause_and_remedy(words: &str) -> (&str, &str) {
    let elsewhere = (words, "name another browser with --browser PATH");
    words.split_once("; ").unwrap_or(elsewhere)
}

/// What to do, where advice for a pull would not fit a look of a few seconds.
fn remedy(verdict: Verdict, lane: Lane) -> &'static str {
    match verdict {
        Verdict::EndOfFeed => "name a hashtag that has videos, e.g. tiktok-hashtag doctor travel",
        Verdict::Budget => "this takes more requests than doctor sends; pull a few videos to see",
        Verdict::Stalled => {
            "see with --headed what the page shows, or pull a few videos, which takes more time"
        }
        _ => advice(verdict, &[lane]),
    }
}

impl Diagnosis {
    pub(super) fn new(lane: Lane, finding: Finding, requests: u64, took: Duration) -> Self {
        Self {
            lane,
            works: finding.outcome() == Outcome::Ok,
            verdict: finding.outcome(),
            seen: shown(&finding.seen(), LONGEST),
            advice: finding.advice(lane),
            requests,
            took_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        }
    }

    /// Its name and verdict.
    pub(super) fn in_short(&self) -> String {
        format!("{} {}", self.lane, self.verdict.as_str())
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (lane, word) = (self.lane.as_str(), self.verdict.word());
        write!(f, "{lane:<9}{word:<10}{}", self.seen)?;
        match &self.advice {
            Some(advice) => write!(f, "\n{:19}{advice}", ""),
            None => Ok(()),
        }
    }
}

impl Outcome {
    fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Unusable => "unusable",
            Self::Turned(verdict) => verdict.as_str(),
        }
    }

    /// The word for people.
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "works",
            Self::Unusable => "unusable",
            Self::Turned(verdict) if verdict.is_block() => "blocked",
            Self::Turned(Verdict::NotFound | Verdict::TagBlocked | Verdict::EndOfFeed) => "empty",
            Self::Turned(Verdict::Budget) => "unclear",
            Self::Turned(_) => "fails",
        }
    }
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::{Diagnosis, Finding};
    use crate::record::Lane;
    use crate::source::{AnswerFacts, Error, Verdict};

    fn facts() -> AnswerFacts {
        AnswerFacts {
            path: "/x".to_owned(),
            status: Some(200),
            bytes: 1_234,
            logid: None,
        }
    }

    fn diagnosis(lane: Lane, finding: Finding) -> Diagnosis {
        Diagnosis::new(lane, finding, 2, Duration::from_millis(1_500))
    }

    #[test]
    fn a_lane_that_works_says_what_came() {
        let finding = Finding::of(Ok(30), Some(facts()));
        let found = diagnosis(Lane::Web, finding);
        assert_eq!(
            serde_json::to_value(&found).unwrap(),
            json!({"lane": "web", "works": true, "verdict": "ok", "advice": null, "requests": 2,
                   "seen": "30 videos (HTTP 200, 1234 bytes)", "took_ms": 1_500})
        );
        let line = "web      works     30 videos (HTTP 200, 1234 bytes)";
        assert_eq!(found.to_string(), line);
    }

    #[test]
    fn a_lane_that_does_not_says_why_and_what_to_try() {
        for (finding, verdict, word) in [
            (Finding::of(Ok(0), Some(facts())), "end_of_feed", "empty"),
            (turned(Verdict::Gated), "gated", "blocked"),
            (turned(Verdict::NotFound), "not_found", "empty"),
            (turned(Verdict::Network), "network", "fails"),
            (turned(Verdict::Budget), "budget", "unclear"),
            (
                Finding::Unusable("no such thing; get one".to_owned()),
                "unusable",
                "unusable",
            ),
        ] {
            let found = diagnosis(Lane::Browser, finding);
            let value = serde_json::to_value(&found).unwrap();
            assert_eq!(
                (&value["works"], &value["verdict"]),
                (&json!(false), &json!(verdict))
            );
            assert!(
                value["advice"]
                    .as_str()
                    .is_some_and(|words| words.len() > 5),
                "{value}"
            );
            assert_eq!(found.in_short(), format!("browser {verdict}"));
            let text = found.to_string();
            let lines: Vec<&str> = text.lines().collect();
            assert!(
                lines[0].starts_with(&format!("browser  {word:<10}")),
                "{text}"
            );
            assert!(
                lines.len() == 2 && lines[1].starts_with("                   "),
                "{text}"
            );
        }
    }

    fn turned(verdict: Verdict) -> Finding {
        Finding::of(Err(Error::new(verdict, "something")), None)
    }

    #[test]
    fn cause_and_remedy_are_told_apart() {
        let unusable = |words: &str| diagnosis(Lane::Browser, Finding::Unusable(words.to_owned()));
        let found = unusable("none found; install one");
        assert_eq!(
            (&*found.seen, found.advice.as_deref()),
            ("none found", Some("install one"))
        );
        assert!(
            unusable("/x is no program")
                .advice
                .unwrap()
                .contains("--browser")
        );
    }

    #[test]
    fn nothing_a_terminal_obeys_is_shown() {
        let error = Error::new(Verdict::BadAnswer, "a\u{1b}[2J\nb");
        let found = diagnosis(Lane::Web, Finding::of(Err(error), None));
        assert_eq!(found.seen, "a\u{fffd}[2J b");
    }
}
