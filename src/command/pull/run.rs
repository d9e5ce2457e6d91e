//! A run: its hashtags, one after the other or several at a time, each pulled into its output and
//! noted in its score.

use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::Mutex;

use super::told::say;
use crate::cli::LaneChoice;
use crate::command::advice::advice;
use crate::command::blind::Blind;
use crate::command::output::Kept;
use crate::command::queue::{Next, Queue};
use crate::command::score::Score;
use crate::command::session::Session;
use crate::command::split::Split;
use crate::command::summary::Summary;
use crate::command::waiting::{Waiting, hand_out};
use crate::command::{Refusal, output};
use crate::exit::{Exit, StoppedBecause};
use crate::input::{HashtagName, Planned, Query, ShortLink, distinct};
use crate::progress::Progress;
use crate::pull::{Output, Pull, Stops};
use crate::receipt::Receipt;
use crate::record::Wanted;
use crate::source::http::Http;
use crate::source::short_link::ShortLinkError;
use crate::store::Past;
use crate::words::{SUMMARY, counted};

/// How often a run looks for a hashtag whose own run has died.
const GLANCE: Duration = Duration::from_secs(1);

/// What a run on the store's own hashtags says that had none to pull.
const NOT_DUE: &str = "no hashtag of the store is due: each was pulled within --every";

/// A run over several hashtags. All that are in flight share it.
pub(super) struct Run<'a> {
    pub(super) session: &'a Session,
    pub(super) output: Mutex<Output>,
    /// Where each hashtag has an output of its own instead.
    pub(super) split: Option<Split>,
    pub(super) summary: RefCell<Summary>,
    /// The receipts that wait for the end of the one output.
    pub(super) held: RefCell<Vec<(Option<Query>, Receipt)>>,
    pub(super) stops: Stops,
    pub(super) progress: &'a Progress,
    /// What is left to begin.
    pub(super) queue: Queue,
    pub(super) met: RefCell<HashSet<HashtagName>>,
    pub(super) score: RefCell<Score>,
    /// When the run began, for filters that count back from there.
    pub(super) began: i64,
    pub(super) blind: RefCell<Blind>,
    /// Whether a run that wrote nothing ends with a status of its own.
    pub(super) fail_empty: bool,
    /// Whether it writes only what no run before wrote.
    pub(super) new_only: bool,
    /// Whether it replaces what is there.
    pub(super) replaces: bool,
    /// Whether the same command would find its own file in the way.
    pub(super) must_append: bool,
}

impl Run<'_> {
    /// Pulls all that is `named`, and what is due of the store, so many hashtags at a time.
    pub(super) async fn all(self, named: Vec<Planned>, jobs: usize) -> Result<Exit, Refusal> {
        // Both locks are ours before a browser starts or anybody is asked.
        self.session.start().await?;
        output::begin(&mut *self.output.lock().await).await?;
        if self.session.choice == LaneChoice::Embed {
            tracing::warn!("the embed pages list at most 10 videos of a hashtag");
        }
        if let Err(refusal) = self.add(named).await {
            self.score.borrow_mut().refuse(refusal);
        }
        join_all((0..jobs).map(|_| self.work())).await;
        self.finish().await
    }

    /// Does one hashtag after the other as long as there are any and the run goes on.
    async fn work(&self) {
        while !self.score.borrow().is_over() {
            let done = match self.next().await {
                Ok(Some((place, planned))) => self.hashtag(place, planned).await,
                Ok(None) => return,
                Err(refusal) => Err(refusal),
            };
            if let Err(refusal) = done {
                self.score.borrow_mut().refuse(refusal);
            }
            if let Some(stopped) = self.score.borrow().ended_by() {
                self.stops.halt.call(stopped);
            }
        }
    }

    /// Adds what was named to the store's own hashtags.
    async fn add(&self, named: Vec<Planned>) -> Result<(), Refusal> {
        let mut queries = Vec::new();
        for (place, planned) in named.into_iter().enumerate() {
            match self.query(&self.session.http, planned).await {
                Ok(query) => queries.push(query),
                Err(exit) => self.score.borrow_mut().note(place, exit),
            }
        }
        let mut output = self.output.lock().await;
        Ok(output.store.add(&distinct(queries)).await?)
    }

    /// The next hashtag and its place. Where other runs have those that are due, they may yet die.
    async fn next(&self) -> Result<Option<(usize, Planned)>, Refusal> {
        loop {
            if self.queue.is_shared() && self.stops_early().await? {
                return Ok(None);
            }
            let next = self.queue.next(&mut self.output.lock().await.store).await?;
            match next {
                Next::Hashtag(place, planned) => return Ok(Some((place, planned))),
                Next::End => return Ok(None),
                Next::Later => self.wait().await,
            }
        }
    }

    /// Waits for other runs for a moment, or until a signal comes.
    async fn wait(&self) {
        let mut signals = self.stops.signals.clone();
        tokio::select! {
            signal = signals.raised() => {
                self.score.borrow_mut().note(usize::MAX, Exit::Signal(signal));
            }
            () = tokio::time::sleep(GLANCE) => {}
        }
    }

    /// Whether what is due of the store is left to others, or to a later run; says so once.
    async fn stops_early(&self) -> Result<bool, Refusal> {
        if self.score.borrow().is_over() {
            return Ok(true);
        }
        let Some(words) = self.reason_to_stop() else {
            return Ok(false);
        };
        let due = self.queue.due(&mut self.output.lock().await.store).await?;
        if due > 0 && self.queue.stop() {
            tracing::error!(
                "{words}; still due of the store's hashtags: {due}; run it again later"
            );
            let exit = StoppedBecause::NotStarted.exit();
            self.score.borrow_mut().note(usize::MAX, exit);
        }
        Ok(true)
    }

    /// One hashtag, the one at `place` of the input.
    async fn hashtag(&self, place: usize, planned: Planned) -> Result<(), Refusal> {
        if !self.queue.is_shared()
            && let Some(words) = self.reason_to_stop()
        {
            return self.leave(place, &planned, &words);
        }
        // What a short link costs is on its hashtag's receipt.
        let http = Arc::new(self.session.http.apart());
        let query = match self.query(&http, planned).await {
            Ok(query) => query,
            Err(exit) => {
                self.score.borrow_mut().note(place, exit);
                return Ok(());
            }
        };
        // One of the store that comes again is due again.
        let is_new = self.met.borrow_mut().insert(query.name.clone());
        if !is_new && !self.queue.is_shared() {
            return Ok(());
        }
        let own = self.own(&query).await?;
        let output = own.as_ref().unwrap_or(&self.output);
        let ended = self.collect(place, &query, &http, output).await;
        match (&self.split, own) {
            (Some(split), Some(own)) => self.close(split, own.into_inner(), query, ended).await,
            _ => ended.map(drop),
        }
    }

    /// Closes a hashtag's own output.
    async fn close(
        &self,
        split: &Split,
        own: Output,
        query: Query,
        ended: Result<Option<Receipt>, Refusal>,
    ) -> Result<(), Refusal> {
        let receipt = ended.as_ref().ok().and_then(Option::as_ref);
        let waits = receipt.filter(|_| own.needs_end);
        let waits = waits.map(|it| (Some(query.clone()), it.clone()));
        let waiting = Waiting::all(waits.into_iter().collect(), &self.summary);
        if receipt.is_some_and(|receipt| self.is_for_nothing(receipt)) {
            return split.hold(query.name, own, waiting).await;
        }
        let complete = match &ended {
            Ok(Some(receipt)) => receipt.complete,
            Ok(None) => true,
            Err(_) => false,
        };
        let closed = split.put_by(own, waiting, complete).await;
        // The first cause stands.
        ended?;
        closed
    }

    /// Whether a hashtag came to nothing, as all so far, so that its file may have to stay as it
    /// was.
    fn is_for_nothing(&self, receipt: &Receipt) -> bool {
        let may_stay = self.fail_empty && self.replaces && self.score.borrow().written == 0;
        may_stay && receipt.complete && receipt.written == 0
    }

    /// The hashtag's own output, where it has one.
    async fn own(&self, query: &Query) -> Result<Option<Mutex<Output>>, Refusal> {
        let Some(split) = &self.split else {
            return Ok(None);
        };
        let taken = split.take(query, &self.output, &self.stops.signals).await;
        taken.map(Some)
    }

    /// Pulls a hashtag into `output`; its receipt, unless an earlier run was done with it.
    async fn collect(
        &self,
        place: usize,
        query: &Query,
        http: &Arc<Http>,
        output: &Mutex<Output>,
    ) -> Result<Option<Receipt>, Refusal> {
        let past = output.lock().await.store.past(query.name.as_str()).await?;
        if past.is_done() {
            tracing::info!("{}: done by the run before", query.name);
            return Ok(None);
        }
        let mut receipt = Receipt::begin(Some(query), self.session.choice.to_string());
        self.pull(query, past, http, &mut receipt, output).await;
        self.end(place, query, &receipt, output).await?;
        Ok(Some(receipt))
    }

    async fn query(&self, http: &Http, planned: Planned) -> Result<Query, Exit> {
        match planned {
            Planned::Query(query) => Ok(query),
            Planned::ShortLink(link) => self.resolve(http, link).await,
        }
    }

    /// The question behind a short link, or how its failure alone would end the process: bad input,
    /// unless the site did not say.
    async fn resolve(&self, http: &Http, link: ShortLink) -> Result<Query, Exit> {
        let mut signals = self.stops.signals.clone();
        let resolved = tokio::select! {
            signal = signals.raised() => return Err(Exit::Signal(signal)),
            stopped = self.stops.halt.called() => return Err(stopped.exit()),
            resolved = Session::resolve(http, link) => resolved,
        };
        resolved.map_err(|error| {
            if let ShortLinkError::Source(error) = &error {
                tracing::error!("{error}; {}", advice(error.verdict, &[]));
                return StoppedBecause::Verdict(error.verdict).exit();
            }
            tracing::error!("{error}");
            Exit::Usage
        })
    }

    /// Leaves a hashtag out that is not begun any more.
    fn leave(&self, place: usize, planned: &Planned, words: &str) -> Result<(), Refusal> {
        let stopped = StoppedBecause::NotStarted;
        match planned {
            Planned::Query(query) => {
                if !self.met.borrow_mut().insert(query.name.clone()) {
                    return Ok(());
                }
                tracing::error!("{}: not started: {words}; run it again later", query.name);
                let mut receipt = Receipt::begin(Some(query), self.session.choice.to_string());
                receipt.close(stopped, stopped);
                self.summary.borrow_mut().add(&receipt)?;
            }
            Planned::ShortLink(link) => {
                tracing::error!("{}: not started: {words}; run it again later", link.link);
            }
        }
        self.score.borrow_mut().note(place, stopped.exit());
        Ok(())
    }

    /// Hands out a closed receipt and remembers what it says, or does that once its output is
    /// closed, where nothing of it is good before.
    async fn end(
        &self,
        place: usize,
        query: &Query,
        receipt: &Receipt,
        output: &Mutex<Output>,
    ) -> Result<(), Refusal> {
        self.score.borrow_mut().take(place, receipt);
        let mut output = output.lock().await;
        if !output.needs_end {
            return hand_out(Some(query), receipt, &self.summary, &mut output.store).await;
        }
        if self.split.is_none() {
            let held = (Some(query.clone()), receipt.clone());
            self.held.borrow_mut().push(held);
        }
        Ok(())
    }

    /// Why no further hashtag is begun.
    fn reason_to_stop(&self) -> Option<String> {
        let score = self.score.borrow();
        // A run whose budget is gone before its first hashtag says so as that one's failure.
        let spent = || self.session.http.spent(Duration::ZERO);
        score
            .reason_to_stop()
            .or_else(|| spent().filter(|_| score.has_failed() || self.queue.is_shared()))
    }

    async fn pull(
        &self,
        query: &Query,
        past: Past,
        http: &Arc<Http>,
        receipt: &mut Receipt,
        output: &Mutex<Output>,
    ) {
        let mut lanes = self.session.lanes(query, http);
        let bar = self.progress.begin(receipt);
        let wanted = Wanted::new(&query.filter, Some(&query.name), self.began);
        let pull = Pull::new(past, self.stops.clone(), &bar, receipt).of_those(wanted);
        let failure = pull.run(query, lanes.as_mut(), output).await;
        lanes.close().await;
        bar.end();
        receipt.note_requests(http.tally());
        let asked = receipt.lanes.iter().map(|asked| asked.lane);
        self.blind.borrow_mut().warn(&query.filter, asked);
        if receipt.complete {
            return;
        }
        let kept = Kept::of(&*output.lock().await.sink).words();
        let mut kept = kept.unwrap_or_default();
        self.score.borrow_mut().kept_is_said |= !kept.is_empty();
        let is_begun = receipt.written + self.score.borrow().written > 0;
        if self.must_append && is_begun && receipt.stopped_because.exit() == Exit::Temporary {
            kept += "; the file holds what came, so run it with --append then";
        }
        if let Some(failure) = failure {
            say(&failure, receipt, &kept);
        } else if let StoppedBecause::Interrupted(_) = receipt.stopped_because {
            let tag = &query.name;
            let written = counted(receipt.written, "record", "records");
            let kept = if kept.is_empty() {
                ", which the output keeps"
            } else {
                &kept
            };
            tracing::error!("{tag}: interrupted after {written}{kept}");
        }
    }

    async fn finish(self) -> Result<Exit, Refusal> {
        let score = self.score.into_inner();
        let exit = score.exit();
        let complete = exit == Exit::Ok;
        let is_empty = complete && self.fail_empty && score.written == 0;
        if !is_empty {
            score.harvest.warn(self.new_only);
        }
        let left = match self.split {
            Some(split) => {
                let signals = &mut self.stops.signals.clone();
                let summary = &self.summary;
                split
                    .close(score.is_open(), is_empty, summary, signals)
                    .await
            }
            None => Ok(()),
        };
        let output = self.output.into_inner();
        let kept = Kept::of(&*output.sink);
        let waiting = Waiting::all(self.held.take(), &self.summary);
        let closed = if is_empty {
            output::close_empty(output, waiting, self.replaces, score.is_open()).await
        } else {
            output::close(output, waiting, complete, score.is_open()).await
        };
        // The first cause stands.
        if let Some(refusal) = score.refusal {
            let words = refusal.words + &kept.words().unwrap_or_default();
            return Err(Refusal::new(refusal.exit, words));
        }
        closed.and(left)?;
        if !complete
            && !score.kept_is_said
            && let Some(kept) = kept.words()
        {
            tracing::error!("not all was pulled{kept}");
        }
        if complete && self.queue.is_shared() && self.met.borrow().is_empty() {
            tracing::info!(target: SUMMARY, "{NOT_DUE}");
        }
        if is_empty {
            let harvest = &score.harvest;
            harvest.warn_of_failure(self.new_only, self.replaces && !kept.is_any());
            return Ok(Exit::Empty);
        }
        Ok(exit)
    }
}
