//! What a run did for one hashtag, counted while it ran; the exit status and the summary line are
//! read off it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::clock::epoch_seconds;
use crate::exit::StoppedBecause;
use crate::input::Query;
use crate::record::{Lane, Record, SCHEMA_VERSION};
use crate::source::http::Tally;
use crate::source::{Source, Verdict};

/// One line of `--summary`. Times are epoch seconds; null means unknown.
///
/// Always `seen = written + duplicates + sum(filtered) + malformed`.
#[derive(Debug, Clone, Serialize)]
pub struct Receipt {
    /// The hashtag asked for; null for files imported without `--name`.
    pub tag: Option<String>,
    /// Its id.
    pub tag_id: Option<String>,
    /// The `--source` given.
    pub source: String,
    /// The lanes tried, in order, and how each ended.
    pub lanes: Vec<LaneOutcome>,
    /// The limit; null for `--all`.
    pub asked: Option<u64>,
    /// List entries read, each once, up to the one that reached the limit.
    pub seen: u64,
    /// Records written.
    pub written: u64,
    /// Videos this run had met before.
    pub duplicates: u64,
    /// Videos left out, by rule.
    pub filtered: BTreeMap<&'static str, u64>,
    /// Entries that are no videos: no id, live rooms, junk.
    pub malformed: u64,
    /// Answers known to be missing in between.
    pub gaps: u64,
    /// Feed pages read.
    pub pages: u64,
    /// Requests sent.
    pub requests: u64,
    /// Requests asked again.
    pub retries: u64,
    /// Time spent waiting: pace, backoff and what the site asked for, in milliseconds.
    pub waited_ms: u64,
    /// Earliest publish time among the written.
    pub oldest: Option<i64>,
    /// Latest publish time among the written.
    pub newest: Option<i64>,
    /// Written records by region.
    pub regions: BTreeMap<String, u64>,
    /// Written records by language of the caption.
    pub languages: BTreeMap<String, u64>,
    /// Why it stopped.
    pub stopped_because: StoppedBecause,
    /// Whether the run got all it was asked for (exit status 0).
    pub complete: bool,
    /// The exit status this hashtag alone would give.
    pub exit_code: u8,
    /// Where the feed would go on.
    pub next_cursor: Option<String>,
    /// When it began.
    pub started_at: i64,
    /// When it ended.
    pub finished_at: i64,
    /// Version of this program.
    pub tool_version: &'static str,
    /// Version of the record's schema.
    pub schema_version: &'static str,
}

/// One lane's part in a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LaneOutcome {
    /// The lane.
    pub lane: Lane,
    /// What turned it away, or why the run stopped on it.
    pub verdict: &'static str,
}

impl Receipt {
    /// A receipt for a run that begins now.
    #[must_use]
    pub fn begin(query: Option<&Query>, source: impl Into<String>) -> Self {
        let now = epoch_seconds();
        Self {
            tag: query.map(|query| query.name.to_string()),
            tag_id: None,
            source: source.into(),
            lanes: Vec::new(),
            asked: query.and_then(|query| query.limit.get()),
            seen: 0,
            written: 0,
            duplicates: 0,
            filtered: BTreeMap::new(),
            malformed: 0,
            gaps: 0,
            pages: 0,
            requests: 0,
            retries: 0,
            waited_ms: 0,
            oldest: None,
            newest: None,
            regions: BTreeMap::new(),
            languages: BTreeMap::new(),
            stopped_because: StoppedBecause::NotStarted,
            complete: false,
            exit_code: StoppedBecause::NotStarted.exit().code(),
            next_cursor: None,
            started_at: now,
            finished_at: now,
            tool_version: env!("CARGO_PKG_VERSION"),
            schema_version: SCHEMA_VERSION,
        }
    }

    /// Counts a written record.
    pub fn count(&mut self, record: &Record) {
        self.written += 1;
        let tally = |map: &mut BTreeMap<String, u64>, key: Option<&str>| {
            *map.entry(key.unwrap_or("unknown").to_owned()).or_default() += 1;
        };
        tally(&mut self.regions, record.region.as_deref());
        tally(&mut self.languages, record.desc_language.as_deref());
        if let Some(time) = record.create_time {
            self.oldest = Some(self.oldest.map_or(time, |oldest| oldest.min(time)));
            self.newest = Some(self.newest.map_or(time, |newest| newest.max(time)));
        }
    }

    /// Notes that nothing of what was written can be read: what was not dealt with is not seen.
    pub fn lose(&mut self) {
        self.seen -= self.written;
        self.written = 0;
        self.regions.clear();
        self.languages.clear();
        (self.oldest, self.newest) = (None, None);
    }

    /// Notes the lanes, the hashtag's id and the gaps as the source knows them at the end.
    pub fn note_source(&mut self, source: &dyn Source) {
        self.tag_id = source.tag_id();
        self.gaps = source.gaps();
        self.lanes = source
            .lanes()
            .into_iter()
            .map(|(lane, verdict)| LaneOutcome {
                lane,
                verdict: verdict.map_or("", Verdict::as_str),
            })
            .collect();
    }

    /// Notes the requests sent for it.
    pub fn note_requests(&mut self, tally: Tally) {
        self.requests = tally.requests;
        self.retries = tally.retries;
        self.waited_ms = u64::try_from(tally.waited.as_millis()).unwrap_or(u64::MAX);
    }

    /// Closes the receipt: `last_lane` is how the last lane itself ended, which is not why the
    /// run stopped when a block before it decided.
    pub fn close(&mut self, stopped: StoppedBecause, last_lane: StoppedBecause) {
        self.stopped_because = stopped;
        self.exit_code = stopped.exit().code();
        self.complete = self.exit_code == 0;
        self.finished_at = epoch_seconds();
        if let Some(last) = self.lanes.last_mut() {
            last.verdict = last_lane.as_str();
        }
    }

    /// The one-line summary for people.
    #[must_use]
    pub fn line(&self) -> String {
        let lane = self.lanes.last().map_or("none", |last| last.lane.as_str());
        format!(
            "{}: {} written, {} seen, {} {}, {lane}, stopped: {}",
            self.tag.as_deref().unwrap_or("files"),
            self.written,
            self.seen,
            self.pages,
            if self.pages == 1 { "page" } else { "pages" },
            self.stopped_because
        )
    }
}
