//! The pipeline on one screen: page, record, wanted?, new?, sink. It stops at the limit, at the end of the
//! feed, at a failure or at a signal, and the receipt says which.

use std::collections::HashMap;

use serde_json::value::RawValue;
use tokio::sync::Mutex;

use crate::clock::epoch_seconds;
use crate::exit::StoppedBecause;
use crate::halt::Halt;
use crate::input::Query;
use crate::progress::Bar;
use crate::receipt::Receipt;
use crate::record::{Lane, Malformed, Mapped, RawItem, Record, Sighting, Wanted};
use crate::signals::Signals;
use crate::sink::{Known, Row, Sink};
use crate::source::{Budget, Cursor, Error, Next, Page, Pages, Source, Verdict};
use crate::store::{Past, SeenAt, Store, StoreError, Waypoint};
use crate::words::counted;

/// Where records go, and in which form.
pub struct Output {
    /// The sink.
    pub sink: Box<dyn Sink>,
    /// What the output already holds.
    pub known: Known,
    /// What is remembered of it between runs.
    pub store: Store,
    /// The form.
    pub form: Form,
    /// Whether nothing of what is written is good before the sink is finished.
    pub needs_end: bool,
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
    /// The record in the shape of a hosted scraper's data set.
    Clockworks,
}

impl Form {
    /// What is written for `record`; `None` where that is not of the record alone.
    #[must_use]
    pub fn row<'a>(self, record: &'a Record) -> Option<Row<'a>> {
        match self {
            Self::Record => Some(Row::Record(record)),
            Self::Clockworks => Some(Row::Clockworks(record)),
            Self::Raw | Self::WithRaw => None,
        }
    }
}

/// Why a pull could not go on.
#[derive(Debug)]
pub enum Failure {
    /// The source failed.
    Source(Error),
    /// The output failed.
    Output(std::io::Error),
    /// The store failed.
    Store(StoreError),
}

/// What asking for a page led to.
enum Asked {
    Page(Page),
    Stopped(StoppedBecause),
}

/// What is left of a page, and what its records say of where they were seen.
struct Entries<'a> {
    lane: Lane,
    query: &'a Query,
    /// Epoch seconds.
    now: i64,
    rest: std::slice::Iter<'a, RawItem>,
    /// Where the page lies, for a run that has to go on after it.
    at: Waypoint,
}

/// One hashtag's videos on their way from a source to the output, which several may share.
pub struct Pull<'a> {
    /// What a person sees meanwhile.
    pub bar: &'a Bar,
    /// What is counted.
    pub receipt: &'a mut Receipt,
    past: Past,
    stops: Stops,
    wanted: Wanted,
    /// The ids met, and the lane that gave each last.
    met: HashMap<String, Lane>,
    /// Entries of the feed before the page this run begins at.
    skipped: u64,
    oddities: u64,
}

/// What ends a pull before its feed does.
#[derive(Clone)]
pub struct Stops {
    /// The signals of the process.
    pub signals: Signals,
    /// Another hashtag that ended the run for all.
    pub halt: Halt,
    /// What the run may cost.
    pub budget: Budget,
}

impl<'a> Pull<'a> {
    /// A pull that has met nothing yet; of its hashtag the `past` is known.
    pub fn new(past: Past, stops: Stops, bar: &'a Bar, receipt: &'a mut Receipt) -> Self {
        Self {
            past,
            stops,
            bar,
            receipt,
            wanted: Wanted::default(),
            met: HashMap::new(),
            skipped: 0,
            oddities: 0,
        }
    }

    /// The same, for those records alone.
    #[must_use]
    pub fn of_those(self, wanted: Wanted) -> Self {
        Self { wanted, ..self }
    }

    /// Pulls `query` from `source` and closes the receipt. The failure comes back for its words.
    pub async fn run(
        mut self,
        query: &Query,
        source: &mut dyn Source,
        output: &Mutex<Output>,
    ) -> Option<Failure> {
        let from = self.start(source);
        let mut pages = Pages::new(source, query, from);
        let ended = self.collect(&mut pages, query, output).await;
        let cursor = pages.cursor().map(|cursor| cursor.to_string());
        let (stopped, failure) = match ended.and_then(|stopped| whole(stopped, source)) {
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

    /// Where an earlier run of the job got its last page; that one is asked for again, for what was
    /// deleted before it since has moved up into it.
    fn start(&mut self, source: &dyn Source) -> Option<Cursor> {
        let at = self.past.waypoint(source.lane())?;
        let cursor = source.resume(at.previous.as_deref()?)?;
        self.skipped = at.before;
        let tag = self.receipt.tag.as_deref().unwrap_or_default();
        tracing::info!("{tag}: going on at {cursor}, where the run before stopped");
        Some(cursor)
    }

    /// Writes page after page. Once a page is known to be good and the limit to lie beyond it, the
    /// next one is asked for while the rest of it is written.
    async fn collect(
        &mut self,
        pages: &mut Pages<'_>,
        query: &Query,
        output: &Mutex<Output>,
    ) -> Result<StoppedBecause, Failure> {
        let mut stops = self.stops.clone();
        if self.is_full(query) {
            return Ok(StoppedBecause::Limit);
        }
        let mut asked = stops.or_page(pages).await?;
        loop {
            let page = match asked {
                Asked::Page(page) => page,
                Asked::Stopped(stopped) => return Ok(stopped),
            };
            self.receipt.pages += u64::from(!page.continued);
            let lane = pages.source().lane();
            let mut entries = Entries {
                lane,
                query,
                now: epoch_seconds(),
                rest: page.items.iter(),
                at: Waypoint {
                    lane: lane.as_str().to_owned(),
                    previous: pages.cursor().map(|cursor| cursor.to_string()),
                    next: None,
                    before: self.skipped + self.receipt.seen,
                },
            };
            let fresh = self.until_fresh(&mut entries, output).await?;
            pages.learn(&page, fresh);
            entries.at.next = pages.cursor().map(|cursor| cursor.to_string());
            asked = if self.holds(&entries) {
                let write = self.rest(&mut entries, output);
                let (asked, written) = tokio::join!(biased; stops.or_page(pages), write);
                written?;
                asked?
            } else {
                self.rest(&mut entries, output).await?;
                if self.is_full(query) {
                    return full(page.next);
                }
                stops.or_page(pages).await?
            };
        }
    }

    /// Writes entries up to the first video this run had not met, at once; whether there was one.
    async fn until_fresh(
        &mut self,
        entries: &mut Entries<'_>,
        output: &Mutex<Output>,
    ) -> Result<bool, Failure> {
        let mut output = output.lock().await;
        let held = output.store.hold(entries.query.name.as_str()).await;
        held.map_err(Failure::Store)?;
        let fresh = self.write(&mut output, entries, true)?;
        output.sink.flush().map_err(Failure::Output)?;
        Ok(fresh)
    }

    /// Writes what is left of a page, and commits it.
    async fn rest(
        &mut self,
        entries: &mut Entries<'_>,
        output: &Mutex<Output>,
    ) -> Result<(), Failure> {
        let mut output = output.lock().await;
        self.write(&mut output, entries, false)?;
        output
            .commit(entries.query.name.as_str(), &entries.at)
            .await?;
        self.bar.page(self.receipt);
        Ok(())
    }

    /// Writes entries up to the limit, or up to one that is fresh; whether the last one was.
    fn write(
        &mut self,
        output: &mut Output,
        entries: &mut Entries<'_>,
        until_fresh: bool,
    ) -> Result<bool, Failure> {
        while !self.is_full(entries.query) {
            let Some(raw) = entries.rest.next() else {
                break;
            };
            let sighting = Sighting {
                query: Some(entries.query),
                lane: entries.lane,
                position: self.skipped + self.receipt.seen + 1,
                collected_at: Some(entries.now),
                hashtag_feed: Some(true),
            };
            let entry = self.entry(output, raw, &sighting);
            if entry.map_err(Failure::Output)? && until_fresh {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether all that is left of a page lies below the limit.
    fn holds(&self, entries: &Entries<'_>) -> bool {
        let most = self.written() + entries.rest.len() as u64;
        entries.query.limit.get().is_none_or(|limit| most < limit)
    }

    fn is_full(&self, query: &Query) -> bool {
        query
            .limit
            .get()
            .is_some_and(|limit| self.written() >= limit)
    }

    /// What the job has written of the hashtag, this run and those before it.
    fn written(&self) -> u64 {
        self.past.written() + self.receipt.written
    }

    /// One list entry: counted, and written if it is a video not met before. Whether it was new to
    /// its lane: a lane that takes over repeats what the one before gave, and does not stall by it.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn entry(
        &mut self,
        output: &mut Output,
        raw: &RawItem,
        sighting: &Sighting<'_>,
    ) -> std::io::Result<bool> {
        let mapped = &mut Record::from_raw(raw, sighting);
        self.mapped(output, raw, mapped, None, sighting)
    }

    /// The same of one that somebody else has mapped, and perhaps written as well, as it stands in
    /// this output.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn mapped(
        &mut self,
        output: &mut Output,
        raw: &RawItem,
        mapped: &mut Result<Mapped, Malformed>,
        text: Option<&[u8]>,
        sighting: &Sighting<'_>,
    ) -> std::io::Result<bool> {
        // One that could not be written was not dealt with: seen is what the other counts say.
        let fresh = self.sort(output, raw, mapped, text, sighting)?;
        self.receipt.seen += 1;
        Ok(fresh)
    }

    /// Puts an entry where it belongs: out, or among the duplicates, the known or the malformed.
    fn sort(
        &mut self,
        output: &mut Output,
        raw: &RawItem,
        mapped: &mut Result<Mapped, Malformed>,
        text: Option<&[u8]>,
        sighting: &Sighting<'_>,
    ) -> std::io::Result<bool> {
        let mapped = match mapped {
            Ok(mapped) => mapped,
            Err(malformed) => {
                tracing::info!("entry {}: {malformed}; skipped", sighting.position);
                self.receipt.malformed += 1;
                return Ok(false);
            }
        };
        self.oddities += u64::from(mapped.oddities);
        let record = &mut mapped.record;
        let before = self.met.insert(record.aweme_id.clone(), sighting.lane);
        if let Some(lane) = before {
            self.receipt.duplicates += 1;
            return Ok(lane != sighting.lane);
        }
        let name = sighting.query.map(|query| query.name.as_str());
        let rule = self.wanted.broken_by(record).or_else(|| {
            let id = &record.aweme_id;
            let is_known = output.known.has(name, id) || self.past.knows(id);
            is_known.then_some("known")
        });
        let seen_at = match sighting.collected_at {
            Some(now) => SeenAt::Now(now),
            None => SeenAt::Saved(record.collection.collected_at),
        };
        let tag = name.unwrap_or_default();
        output.store.sight(tag, record, seen_at, rule.is_none());
        if let Some(rule) = rule {
            *self.receipt.filtered.entry(rule).or_default() += 1;
            return Ok(true);
        }
        if output.form == Form::WithRaw {
            record.raw = Some(RawValue::from_string(raw.json.to_string())?);
        }
        output.sink.write(match (text, output.form) {
            (Some(text), _) => Row::Written(text),
            (None, Form::Raw) => Row::Raw(&raw.json),
            (None, Form::Record | Form::WithRaw) => Row::Record(record),
            (None, Form::Clockworks) => Row::Clockworks(record),
        })?;
        self.receipt.count(record);
        Ok(true)
    }

    /// Says once what was skipped or could not be read.
    pub fn warn_of_losses(&self) {
        let tag = self.receipt.tag.as_deref().unwrap_or("files");
        let skipped = self.receipt.malformed;
        if skipped > 0 {
            let skipped = counted(skipped, "entry", "entries");
            tracing::warn!("{tag}: {skipped} skipped: no id, or no video");
        }
        if self.oddities > 0 {
            let values = counted(self.oddities, "value", "values");
            tracing::warn!("{tag}: {values} of an unexpected kind became null");
        }
    }
}

impl Stops {
    /// The next page, unless one of these or the end of the feed comes first.
    async fn or_page(&mut self, pages: &mut Pages<'_>) -> Result<Asked, Failure> {
        let page = tokio::select! {
            biased;
            signal = self.signals.raised() => {
                return Ok(Asked::Stopped(StoppedBecause::Interrupted(signal)));
            }
            stopped = self.halt.called() => return Ok(Asked::Stopped(stopped)),
            page = self.budget.in_time(pages.next()) => page.map_err(Failure::Source)?,
        };
        match page.transpose().map_err(Failure::Source)? {
            Some(page) => Ok(Asked::Page(page)),
            None => Ok(Asked::Stopped(StoppedBecause::EndOfFeed)),
        }
    }
}

/// How a run ends that reached its limit on a page that leads to `next`.
fn full(next: Next) -> Result<StoppedBecause, Failure> {
    match next {
        Next::Lost(error) => Err(Failure::Source(error)),
        _ => Ok(StoppedBecause::Limit),
    }
}

/// Holds a run that ended well against the pages its source lost: the end of a feed with gaps is
/// not the end, a limit that was reached is reached.
fn whole(stopped: StoppedBecause, source: &dyn Source) -> Result<StoppedBecause, Failure> {
    let gaps = source.gaps();
    if gaps == 0 {
        return Ok(stopped);
    }
    let pages = counted(gaps, "page of the feed was", "pages of the feed were");
    let cause = format!("{pages} lost on the way");
    if stopped == StoppedBecause::EndOfFeed {
        return Err(Failure::Source(Error::new(Verdict::Gap, cause)));
    }
    tracing::warn!("{cause}");
    Ok(stopped)
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

impl Output {
    /// Ends a page: what was written goes out, and where something is remembered, to the disk
    /// before it is. What is good only at the end is not remembered as written before that, see
    /// [`Store::settle`]. `tag` is empty for files of no one hashtag.
    ///
    /// # Errors
    /// [`Failure`] of the output or the store.
    pub async fn commit(&mut self, tag: &str, at: &Waypoint) -> Result<(), Failure> {
        if !self.store.remembers() {
            return self.sink.flush().map_err(Failure::Output);
        }
        let length = self.sink.secure().map_err(Failure::Output)?;
        let safe = (!self.needs_end).then_some(length);
        let committed = self.store.commit(tag, at, safe).await;
        committed.map_err(Failure::Store)
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
            Self::Store(StoreError::LeaseLost) => StoppedBecause::LeaseLost,
            Self::Output(_) | Self::Store(_) => StoppedBecause::Output,
        }
    }
}
