//! The pipeline on one screen: page, record, new?, sink. It stops at the limit, at the end of the
//! feed, at a failure or at a signal, and the receipt says which.

use std::collections::HashSet;

use crate::clock::epoch_seconds;
use crate::exit::StoppedBecause;
use crate::input::Query;
use crate::progress::Progress;
use crate::receipt::Receipt;
use crate::record::{Lane, RawItem, Record, Sighting};
use crate::signals::Signals;
use crate::sink::{Known, Row, Sink};
use crate::source::{Error, Next, Page, Pages, Source};

/// Where records go, and in which form.
pub struct Output {
    /// The sink.
    pub sink: Box<dyn Sink>,
    /// What the output already holds.
    pub known: Known,
    /// The form.
    pub form: Form,
}

/// What is written for a video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// The record.
    #[default]
    Record,
    /// The source's object instead.
    Raw,
    /// The record with the source's object under `raw`.
    WithRaw,
}

/// Why a pull could not go on.
#[derive(Debug)]
pub enum Failure {
    /// The source failed.
    Source(Error),
    /// The output failed.
    Output(std::io::Error),
}

/// One hashtag's videos on their way from a source to the output.
pub struct Pull<'a> {
    /// Where records go.
    pub output: &'a mut Output,
    /// What ends the run early.
    pub signals: &'a mut Signals,
    /// What a person sees meanwhile.
    pub progress: &'a Progress,
    /// What is counted.
    pub receipt: &'a mut Receipt,
    met: HashSet<String>,
    oddities: u64,
}

impl<'a> Pull<'a> {
    /// A pull that has met nothing yet.
    pub fn new(
        output: &'a mut Output,
        signals: &'a mut Signals,
        progress: &'a Progress,
        receipt: &'a mut Receipt,
    ) -> Self {
        Self {
            output,
            signals,
            progress,
            receipt,
            met: HashSet::new(),
            oddities: 0,
        }
    }

    /// Pulls `query` from `source` and closes the receipt. The failure comes back for its words.
    pub async fn run(mut self, query: &Query, source: &mut dyn Source) -> Option<Failure> {
        let mut pages = Pages::new(source, query);
        let ended = self.collect(&mut pages, query).await;
        let cursor = pages.cursor().map(|cursor| cursor.to_string());
        let (stopped, failure) = match ended {
            Ok(stopped) => (stopped, None),
            Err(failure) => (failure.stopped(), Some(failure)),
        };
        let last_lane = stopped;
        let blocked = source
            .stepped_down_from()
            .filter(|_| is_less_than_asked(stopped));
        let (stopped, failure) = match blocked {
            Some(error) => {
                let failure = Failure::Source(error.clone());
                (failure.stopped(), Some(failure))
            }
            None => (stopped, failure),
        };
        self.receipt.note_source(source);
        self.receipt.next_cursor = cursor.filter(|_| stopped.exit().code() != 0);
        self.receipt.close(stopped, last_lane);
        self.warn_of_losses();
        failure
    }

    async fn collect(
        &mut self,
        pages: &mut Pages<'_>,
        query: &Query,
    ) -> Result<StoppedBecause, Failure> {
        loop {
            let page = tokio::select! {
                biased;
                signal = self.signals.raised() => return Ok(StoppedBecause::Interrupted(signal)),
                page = pages.next() => page,
            };
            let Some(page) = page.transpose().map_err(Failure::Source)? else {
                return Ok(StoppedBecause::EndOfFeed);
            };
            let lane = pages.source().lane();
            let fresh = self.take(&page, query, lane).map_err(Failure::Output)?;
            self.progress.page(self.receipt);
            pages.learn(&page, fresh);
            if self.is_full(query) {
                return match page.next {
                    Next::Lost(error) => Err(Failure::Source(error)),
                    _ => Ok(StoppedBecause::Limit),
                };
            }
        }
    }

    /// Writes a page's new videos up to the limit; how many of them this run had not met.
    fn take(&mut self, page: &Page, query: &Query, lane: Lane) -> std::io::Result<u64> {
        self.receipt.pages += u64::from(!page.continued);
        let now = epoch_seconds();
        let mut fresh = 0;
        for raw in &page.items {
            if self.is_full(query) {
                break;
            }
            let sighting = Sighting {
                query: Some(query),
                lane,
                position: self.receipt.seen + 1,
                collected_at: Some(now),
                hashtag_feed: Some(true),
            };
            fresh += u64::from(self.entry(raw, &sighting)?);
        }
        self.output.sink.flush()?;
        Ok(fresh)
    }

    fn is_full(&self, query: &Query) -> bool {
        query.limit.get() == Some(self.receipt.written)
    }

    /// One list entry: counted, and written if it is a video not met before. Whether it was new.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn entry(&mut self, raw: &RawItem, sighting: &Sighting<'_>) -> std::io::Result<bool> {
        // One that could not be written was not dealt with: seen is what the other counts say.
        let fresh = self.sort(raw, sighting)?;
        self.receipt.seen += 1;
        Ok(fresh)
    }

    /// Puts an entry where it belongs: out, or among the duplicates, the known or the malformed.
    fn sort(&mut self, raw: &RawItem, sighting: &Sighting<'_>) -> std::io::Result<bool> {
        let mapped = match Record::from_raw(raw, sighting) {
            Ok(mapped) => mapped,
            Err(malformed) => {
                tracing::info!("entry {}: {malformed}; skipped", sighting.position);
                self.receipt.malformed += 1;
                return Ok(false);
            }
        };
        self.oddities += u64::from(mapped.oddities);
        let mut record = mapped.record;
        if !self.met.insert(record.aweme_id.clone()) {
            self.receipt.duplicates += 1;
            return Ok(false);
        }
        let name = sighting.query.map(|query| query.name.as_str());
        if self.output.known.has(name, &record.aweme_id) {
            *self.receipt.filtered.entry("known").or_default() += 1;
            return Ok(true);
        }
        if self.output.form == Form::WithRaw {
            record.raw = Some(raw.json.clone());
        }
        self.output.sink.write(match self.output.form {
            Form::Raw => Row::Raw(&raw.json),
            Form::Record | Form::WithRaw => Row::Record(&record),
        })?;
        self.receipt.count(&record);
        Ok(true)
    }

    /// Says once what was skipped or could not be read.
    pub fn warn_of_losses(&self) {
        let tag = self.receipt.tag.as_deref().unwrap_or("files");
        let skipped = self.receipt.malformed;
        if skipped > 0 {
            tracing::warn!("{tag}: {skipped} entries skipped: no id, or no video");
        }
        if self.oddities > 0 {
            tracing::warn!(
                "{tag}: {} values of an unexpected kind became null",
                self.oddities
            );
        }
    }
}

/// Whether a run on a lower lane ended without what was asked for, so that the block which led
/// there is the reason.
fn is_less_than_asked(stopped: StoppedBecause) -> bool {
    match stopped {
        StoppedBecause::EndOfFeed => true,
        StoppedBecause::Verdict(verdict) => !verdict.is_block(),
        _ => false,
    }
}

impl Failure {
    /// Why the run stopped.
    #[must_use]
    pub fn stopped(&self) -> StoppedBecause {
        match self {
            Self::Source(error) => StoppedBecause::Verdict(error.verdict),
            Self::Output(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {
                StoppedBecause::ReaderClosed
            }
            Self::Output(_) => StoppedBecause::Output,
        }
    }
}
