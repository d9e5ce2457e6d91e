//! The exit statuses, and the reasons to stop that they are read off. The table is part of the
//! command line's contract: `man` prints it, README and `--help` repeat it.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::source::Verdict;

/// How the process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exit {
    /// Complete, also when the feed is truly empty.
    Ok,
    /// A bug.
    Internal,
    /// Bad command line, input file, cookie file or output of another job.
    Usage,
    /// The hashtag does not exist or is not public.
    NotFound,
    /// The site turned us away.
    Blocked,
    /// Network, rate limit, stalled feed, budget: the same command may work later.
    Temporary,
    /// An answer or file that makes no sense, or is over a limit.
    Data,
    /// The output or the store cannot be written.
    Output,
    /// Another run holds the output or the store, or took the hashtag over.
    Locked,
    /// The run wrote nothing, where that was to be told.
    Empty,
    /// Ended by this signal.
    Signal(u8),
    /// The reader of our output went away.
    ReaderClosed,
}

impl Exit {
    /// Those that are one status, in its order; a signal is one of many.
    pub(crate) const NUMBERED: [Self; 10] = [
        Self::Ok,
        Self::Internal,
        Self::Usage,
        Self::NotFound,
        Self::Blocked,
        Self::Temporary,
        Self::Data,
        Self::Output,
        Self::Locked,
        Self::Empty,
    ];

    /// The status the shell sees.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Internal => 1,
            Self::Usage => 2,
            Self::NotFound => 3,
            Self::Blocked => 4,
            Self::Temporary => 5,
            Self::Data => 6,
            Self::Output => 7,
            Self::Locked => 8,
            Self::Empty => 9,
            Self::Signal(number) => 128 + number,
            Self::ReaderClosed => 141,
        }
    }

    /// What it means to a script; the README's table says the same.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::Ok => "complete: the limit was reached or the feed ended, and all is written",
            Self::Internal => "a bug; please report it",
            Self::Usage => "wrong command line, input or cookie file, or an output file in the way",
            Self::NotFound => "no such hashtag, or one that is not public or was taken down",
            Self::Blocked => "turned away: empty answers, captcha, login, region, refused",
            Self::Temporary => {
                "network, timeout, rate limit, stalled feed, or --max-requests or --max-time used up"
            }
            Self::Data => "an answer or file that makes no sense, or is over a limit",
            Self::Output => "the output or the store cannot be used",
            Self::Locked => "another run holds the output or the store",
            Self::Empty => "nothing was written; only with --fail-empty",
            Self::Signal(_) => "ended by signal n",
            Self::ReaderClosed => "when the reader of the output went away",
        }
    }

    /// When to run again, where that is not plain.
    pub(crate) fn advice(self) -> Option<&'static str> {
        Some(match self {
            Self::Usage => "fix it first",
            Self::Blocked => "later, by a person",
            Self::Temporary => "the same command again",
            Self::Locked => "later, or with --wait-lock",
            _ => return None,
        })
    }

    /// Whether it ends the whole run at once, whatever hashtags are left.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(
            self,
            Self::Output | Self::Locked | Self::Signal(_) | Self::ReaderClosed
        )
    }

    /// Whether the same command may well get further: what it was at is left to go on with.
    #[must_use]
    pub fn is_worth_repeating(self) -> bool {
        self == Self::Temporary || self.is_final()
    }
}

/// Why a pull stopped (`stopped_because` in the receipt).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoppedBecause {
    /// The limit was reached.
    Limit,
    /// The feed has no more.
    EndOfFeed,
    /// The source could not go on.
    Verdict(Verdict),
    /// The output or the store could not be written.
    Output,
    /// Another run has taken the hashtag over.
    LeaseLost,
    /// A signal of this number.
    Interrupted(u8),
    /// The reader of our output went away.
    ReaderClosed,
    /// Never begun: hashtags before it were blocked one after another.
    NotStarted,
}

impl StoppedBecause {
    /// Its name in the receipt.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Limit => "limit",
            Self::EndOfFeed => "end_of_feed",
            Self::Verdict(verdict) => verdict.as_str(),
            Self::Output => "output",
            Self::LeaseLost => "lease_lost",
            Self::Interrupted(_) => "interrupted",
            Self::ReaderClosed => "reader_closed",
            Self::NotStarted => "not_started",
        }
    }

    /// The exit status it leads to.
    #[must_use]
    pub fn exit(self) -> Exit {
        match self {
            Self::Limit | Self::EndOfFeed | Self::Verdict(Verdict::EndOfFeed) => Exit::Ok,
            Self::Verdict(Verdict::NotFound | Verdict::TagBlocked) => Exit::NotFound,
            Self::Verdict(
                Verdict::Gated
                | Verdict::Captcha
                | Verdict::LoginRequired
                | Verdict::GeoBlocked
                | Verdict::Refused,
            ) => Exit::Blocked,
            Self::Verdict(
                Verdict::RateLimited
                | Verdict::Network
                | Verdict::Stalled
                | Verdict::Gap
                | Verdict::Budget,
            )
            | Self::NotStarted => Exit::Temporary,
            Self::Verdict(Verdict::BadAnswer) => Exit::Data,
            Self::Output => Exit::Output,
            Self::LeaseLost => Exit::Locked,
            Self::Interrupted(signal) => Exit::Signal(signal),
            Self::ReaderClosed => Exit::ReaderClosed,
        }
    }
}

impl fmt::Display for StoppedBecause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for StoppedBecause {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
