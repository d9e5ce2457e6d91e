//! `pull`: hashtags, one after the other or several at a time, into one output.

use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::Mutex;

use super::advice::advice;
use super::blind::Blind;
use super::queue::{Next, Queue, Start};
use super::score::Score;
use super::session::Session;
use super::split::Split;
use super::summary::Summary;
use super::turn::Turn;
use super::{Refusal, output, output_failed};
use crate::cli::{Apart, Environment, LaneChoice, PullArgs, StoreArgs};
use crate::clock::epoch_seconds;
use crate::exit::{Exit, StoppedBecause};
use crate::halt::Halt;
use crate::input::{HashtagName, Planned, Query, ShortLink, distinct};
use crate::progress::Progress;
use crate::pull::{Failure, Output, Pull, Stops};
use crate::receipt::Receipt;
use crate::record::{Lane, Wanted};
use crate::signals::Signals;
use crate::source::http::Http;
use crate::source::short_link::ShortLinkError;
use crate::store::{Job, Past, Store, StoreError};
use crate::words::{SUMMARY, counted};

/// How often a run looks for a hashtag whose own run has died.
const GLANCE: Duration = Duration::from_secs(1);

/// What a run on the store's own hashtags says that had none to pull.
const NOT_DUE: &str = "no hashtag of the store is due: each was pulled within --every";

/// A run over several hashtags. All that are in flight share it.
struct Run<'a> {
    session: &'a Session,
    output: Mutex<Output>,
    /// Where each hashtag has an output of its own instead.
    split: Option<Split>,
    summary: RefCell<Summary>,
    stops: Stops,
    progress: &'a Progress,
    /// What is left to begin.
    queue: Queue,
    met: RefCell<HashSet<HashtagName>>,
    score: RefCell<Score>,
    /// When the run began, for filters that count back from there.
    began: i64,
    blind: RefCell<Blind>,
    /// Whether a run that wrote nothing ends with a status of its own.
    fail_empty: bool,
    /// Whether it writes only what no run before wrote.
    new_only: bool,
    /// Whether it replaces what is there.
    replaces: bool,
    /// Whether the same command would find its own file in the way.
    must_append: bool,
}

pub(super) async fn run(
    mut args: PullArgs,
    environment: &Environment,
    mut signals: Signals,
    progress: &Progress,
) -> Result<Exit, Refusal> {
    let began = epoch_seconds();
    args.output = args.output.filled(None, began);
    let is_split = args.output.is_split();
    if is_split && args.from_store.from_store {
        let words = "--from-store writes one file; leave out {tag} in the name of --output";
        return Err(Refusal::usage(words));
    }
    args.store
        .check(args.output.replaced().as_deref())
        .and_then(|()| args.from_store.check(&args.store))
        .map_err(Refusal::usage)?;
    args.output
        .check()
        .and_then(|()| files(&args).check())
        .map_err(Refusal::usage)?;
    let (filter, choice) = (args.filter.filter(), args.source.source);
    let start = Queue::of(args.input, filter, &args.from_store, &args.output, choice)?;
    let Start {
        queue, named, job, ..
    } = start;
    let source = args.source.or_through(start.proxy);
    let turn = Turn::within(args.output.wait_lock());
    let mut claimed = if is_split {
        (shared(&args.store, turn, &mut signals).await?, None)
    } else {
        claim(&args.store, &job, turn, &mut signals).await?
    };
    if queue.is_shared() && named.is_empty() && !claimed.0.has_hashtags().await? {
        claimed.0.close().await;
        let words = "the store knows no hashtag yet; name one, or add --input FILE";
        return Err(Refusal::usage(words));
    }
    if claimed.1.is_some() && args.output.is_stream() {
        tracing::warn!(
            "going on with the same command's unfinished run, which wrote the records before these"
        );
    }
    let session = Session::open(source, args.browser, &args.pace, environment).await?;
    let split = is_split.then(|| Split::new(args.output.clone(), choice, args.jobs, began));
    let output = match &split {
        Some(split) => {
            let planned = queue.named();
            let store = &claimed.0;
            split.open_all(&planned, store, turn, &mut signals).await?;
            output::nowhere(claimed.0)
        }
        None => output::open(&args.output, claimed, turn, &mut signals).await?,
    };
    let run = Run {
        output: Mutex::new(output),
        split,
        summary: RefCell::new(Summary::open(args.output.summary())?),
        stops: Stops {
            signals,
            halt: Halt::default(),
            budget: session.http.budget(),
        },
        progress,
        score: RefCell::new(Score::new(queue.is_shared())),
        queue,
        met: RefCell::default(),
        began,
        blind: RefCell::new(start.blind),
        fail_empty: args.store.fail_empty,
        new_only: args.store.new_only,
        replaces: args.output.replaced().is_some(),
        must_append: args.output.must_append() && args.store.store.is_none(),
        session: &session,
    };
    let ended = all(run, named, usize::from(args.jobs)).await;
    session.close().await;
    ended
}

/// The files the switches name.
fn files(args: &PullArgs) -> Apart {
    let files = Apart::default()
        .reads("--input", args.input.input.as_deref())
        .reads("--cookies", args.source.cookies.as_deref())
        .writes("--store", args.store.file());
    args.output.apart(files)
}

/// Opens the store for `job` once the run's turn has come, with the bytes of its output that are
/// committed where an earlier run left it unfinished.
pub(super) async fn claim(
    args: &StoreArgs,
    job: &Job,
    turn: Turn,
    signals: &mut Signals,
) -> Result<(Store, Option<u64>), Refusal> {
    loop {
        let claimed = Store::claimed(args.store.as_ref(), args.new_only, job).await;
        let is_locked = matches!(claimed, Err(StoreError::Locked(_)));
        if !is_locked || !turn.may_come(signals).await? {
            return Ok(claimed?);
        }
    }
}

/// Opens the store for the jobs of many outputs once the run's turn has come.
async fn shared(args: &StoreArgs, turn: Turn, signals: &mut Signals) -> Result<Store, Refusal> {
    loop {
        let opened = Store::open(args.store.as_ref(), args.new_only).await;
        let is_locked = matches!(opened, Err(StoreError::Locked(_)));
        if !is_locked || !turn.may_come(signals).await? {
            return Ok(opened?);
        }
    }
}

async fn all(run: Run<'_>, named: Vec<Planned>, jobs: usize) -> Result<Exit, Refusal> {
    // Both locks are ours before a browser starts or anybody is asked.
    run.session.start().await?;
    output::begin(&mut *run.output.lock().await).await?;
    if run.session.choice == LaneChoice::Embed {
        tracing::warn!("the embed pages list at most 10 videos of a hashtag");
    }
    if let Err(refusal) = run.add(named).await {
        run.score.borrow_mut().refuse(refusal);
    }
    join_all((0..jobs).map(|_| run.work())).await;
    run.finish().await
}

impl Run<'_> {
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
        if let (Some(split), Some(own)) = (&self.split, own) {
            if matches!(&ended, Ok(Some(receipt)) if self.is_for_nothing(receipt)) {
                return split.hold(query.name, own);
            }
            let complete = match &ended {
                Ok(Some(receipt)) => receipt.complete,
                Ok(None) => true,
                Err(_) => false,
            };
            let closed = split.put_by(own, complete);
            // The first cause stands.
            ended?;
            return closed;
        }
        ended.map(drop)
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

    /// Hands out a closed receipt and remembers what it says.
    async fn end(
        &self,
        place: usize,
        query: &Query,
        receipt: &Receipt,
        output: &Mutex<Output>,
    ) -> Result<(), Refusal> {
        self.score.borrow_mut().take(place, receipt);
        self.summary.borrow_mut().add(receipt)?;
        let mut output = output.lock().await;
        match output.store.end(Some(query), receipt).await {
            Err(error) if receipt.complete => return Err(error.into()),
            // The first cause stands; a store that failed before fails again here.
            Err(error) => tracing::debug!("{error}"),
            Ok(()) => {}
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
        let mut kept = output::kept(&*output.lock().await);
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
        score.harvest.warn(self.new_only);
        let exit = score.exit();
        let complete = exit == Exit::Ok;
        let is_empty = complete && self.fail_empty && score.written == 0;
        let left = match self.split {
            Some(split) => {
                let signals = &mut self.stops.signals.clone();
                split.close(score.is_open(), is_empty, signals).await
            }
            None => Ok(()),
        };
        let output = self.output.into_inner();
        let kept = output::kept(&output);
        let closed = if is_empty {
            output::close_empty(output, self.replaces, score.is_open()).await
        } else {
            output::close(output, complete, score.is_open()).await
        };
        // The first cause stands.
        if let Some(refusal) = score.refusal {
            let words = refusal.words + &kept;
            return Err(Refusal::new(refusal.exit, words));
        }
        closed.and(left)?;
        if !complete && !score.kept_is_said && !kept.is_empty() {
            tracing::error!("not all was pulled{kept}");
        }
        if complete && self.queue.is_shared() && self.met.borrow().is_empty() {
            tracing::info!(target: SUMMARY, "{NOT_DUE}");
        }
        if is_empty {
            tracing::warn!("{}", nothing(self.replaces));
            return Ok(Exit::Empty);
        }
        Ok(exit)
    }
}

/// Why a run that is complete ends with a status of its own, and what becomes of a file that it
/// `replaces`.
pub(super) fn nothing(replaces: bool) -> String {
    let stays = if replaces {
        "; what was there stays"
    } else {
        ""
    };
    format!("nothing was written, which --fail-empty ends with status 9{stays}")
}

/// The line for a hashtag that failed.
fn say(failure: &Failure, receipt: &Receipt, kept: &str) {
    let tag = receipt.tag.as_deref().unwrap_or_default();
    match failure {
        Failure::Output(error) => {
            let refusal = output_failed(error);
            if refusal.exit != Exit::ReaderClosed {
                tracing::error!("{tag}: {}{kept}", refusal.words);
            }
        }
        Failure::Store(error) => tracing::error!("{tag}: {error}{kept}"),
        Failure::Source(error) => {
            let share = match (receipt.written, receipt.asked) {
                (0, _) => String::new(),
                (written, Some(asked)) => format!("{written} of {asked}: "),
                (written, None) => format!("{written} written: "),
            };
            let asked: Vec<Lane> = receipt.lanes.iter().map(|asked| asked.lane).collect();
            let advice = advice(error.verdict, &asked);
            tracing::error!("{tag}: {share}{error}; {advice}{kept}");
        }
    }
}
