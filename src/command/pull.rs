//! `pull`: one hashtag after the other into one output.

use std::collections::HashSet;
use std::time::Duration;

use super::advice::advice;
use super::session::Session;
use super::summary::Summary;
use super::turn::Turn;
use super::{Refusal, output, output_failed, plan};
use crate::cli::{Environment, LaneChoice, PullArgs, StoreArgs};
use crate::exit::{Exit, StoppedBecause};
use crate::input::{HashtagName, Planned, Query};
use crate::progress::Progress;
use crate::pull::{Failure, Output, Pull};
use crate::receipt::Receipt;
use crate::record::Lane;
use crate::signals::Signals;
use crate::source::http::Tally;
use crate::source::short_link::ShortLinkError;
use crate::store::{Job, Store, StoreError};

/// Blocked hashtags in a row after which nobody is asked any more.
const BLOCKS: usize = 3;

/// A run over several hashtags.
struct Run<'a> {
    session: &'a Session,
    output: Output,
    summary: Summary,
    signals: Signals,
    progress: &'a Progress,
    met: HashSet<HashtagName>,
    /// The first failure in input order.
    exit: Exit,
    blocks: usize,
    /// Whether an error has named the file that keeps what a failed run got.
    kept_is_said: bool,
    /// Records written.
    written: u64,
    /// Whether a hashtag is left to go on with.
    is_open: bool,
    /// Whether a run that wrote nothing ends with a status of its own.
    fail_empty: bool,
}

pub(super) async fn run(
    args: PullArgs,
    environment: &Environment,
    mut signals: Signals,
    progress: &Progress,
) -> Result<Exit, Refusal> {
    let planned = plan(args.input)?;
    args.store
        .check(args.output.overwrite)
        .map_err(Refusal::usage)?;
    args.output.check().map_err(Refusal::usage)?;
    let job = args.output.job(&planned, args.source.source);
    let turn = Turn::within(args.output.wait_lock());
    let claimed = claim(&args.store, &job, turn, &mut signals).await?;
    let session = Session::open(args.source, args.browser, &args.pace, environment).await?;
    let run = Run {
        session: &session,
        output: output::open(&args.output, claimed, turn, &mut signals).await?,
        summary: Summary::open(args.output.summary())?,
        signals,
        progress,
        met: HashSet::new(),
        exit: Exit::Ok,
        blocks: 0,
        kept_is_said: false,
        written: 0,
        is_open: false,
        fail_empty: args.store.fail_empty,
    };
    let ended = all(run, planned).await;
    session.close().await;
    ended
}

/// Opens the store for `job` once the run's turn has come, with the bytes of its output that are
/// committed where an earlier run left it unfinished.
async fn claim(
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

async fn all(mut run: Run<'_>, planned: Vec<Planned>) -> Result<Exit, Refusal> {
    // Both locks are ours before a browser starts or anybody is asked.
    run.session.start().await?;
    output::begin(&mut run.output).await?;
    if run.session.choice == LaneChoice::Embed {
        tracing::warn!("the embed pages list at most 10 videos of a hashtag");
    }
    for planned in planned {
        if run.hashtag(planned).await?.is_final() {
            break;
        }
    }
    run.finish().await
}

impl Run<'_> {
    /// One hashtag; how it alone would have ended the process.
    async fn hashtag(&mut self, planned: Planned) -> Result<Exit, Refusal> {
        // What a short link costs is on its hashtag's receipt.
        let before = self.session.http.tally();
        let query = match planned {
            Planned::Query(query) => query,
            Planned::ShortLink(link) => match self.session.resolve(link).await {
                Ok(query) => query,
                Err(error) => return Ok(self.unresolved(&error)),
            },
        };
        if !self.met.insert(query.name.clone()) {
            return Ok(Exit::Ok);
        }
        if self.output.store.turn_to(query.name.as_str()).await? {
            tracing::info!("{}: done by the run before", query.name);
            return Ok(Exit::Ok);
        }
        let mut receipt = Receipt::begin(Some(&query), self.session.choice.to_string());
        if let Some(words) = self.reason_to_stop() {
            receipt.close(StoppedBecause::NotStarted, StoppedBecause::NotStarted);
            tracing::error!("{}: not started: {words}; run it again later", query.name);
        } else {
            self.pull(&query, &mut receipt, before).await;
        }
        self.end(&receipt).await?;
        Ok(receipt.stopped_because.exit())
    }

    /// Hands out a closed receipt and remembers what it says.
    async fn end(&mut self, receipt: &Receipt) -> Result<(), Refusal> {
        self.summary.add(receipt)?;
        match self.output.store.end(receipt).await {
            Err(error) if receipt.complete => return Err(error.into()),
            // The first cause stands; a store that failed before fails again here.
            Err(error) => tracing::debug!("{error}"),
            Ok(()) => {}
        }
        self.written += receipt.written;
        self.is_open |= receipt.next_cursor.is_some();
        self.note(receipt.stopped_because.exit());
        Ok(())
    }

    /// Why no further hashtag is begun.
    fn reason_to_stop(&self) -> Option<String> {
        if self.blocks >= BLOCKS {
            return Some(format!("{BLOCKS} hashtags in a row were blocked"));
        }
        // A run whose budget is gone before its first hashtag says so as that one's failure.
        let spent = self.session.http.spent(Duration::ZERO);
        spent.filter(|_| self.exit != Exit::Ok)
    }

    async fn pull(&mut self, query: &Query, receipt: &mut Receipt, before: Tally) {
        let mut lanes = self.session.lanes(query);
        self.progress.begin(receipt);
        let pull = Pull::new(&mut self.output, &mut self.signals, self.progress, receipt)
            .within(self.session.http.budget());
        let failure = pull.run(query, lanes.as_mut()).await;
        lanes.close().await;
        self.progress.end();
        receipt.note_requests(self.session.http.tally().since(before));
        if let Some(failure) = failure {
            let kept = output::kept(&self.output);
            self.kept_is_said |= !kept.is_empty();
            say(&failure, receipt, &kept);
        } else if let StoppedBecause::Interrupted(_) = receipt.stopped_because {
            let tag = &query.name;
            let written = receipt.written;
            tracing::error!("{tag}: interrupted; the {written} records written are kept");
        }
    }

    /// A link that led to no hashtag: bad input, unless the site did not say.
    fn unresolved(&mut self, error: &ShortLinkError) -> Exit {
        let exit = if let ShortLinkError::Source(error) = error {
            tracing::error!("{error}; {}", advice(error.verdict, &[]));
            StoppedBecause::Verdict(error.verdict).exit()
        } else {
            tracing::error!("{error}");
            Exit::Usage
        };
        self.note(exit);
        exit
    }

    fn note(&mut self, exit: Exit) {
        self.blocks = if exit == Exit::Blocked || self.blocks >= BLOCKS {
            self.blocks + 1
        } else {
            0
        };
        if self.exit == Exit::Ok || exit.is_final() {
            self.exit = exit;
        }
        self.is_open |= exit.is_worth_repeating();
    }

    async fn finish(self) -> Result<Exit, Refusal> {
        let complete = self.exit == Exit::Ok;
        let kept = output::kept(&self.output);
        output::close(self.output, complete, self.is_open).await?;
        if !complete && !self.kept_is_said && !kept.is_empty() {
            tracing::error!("not all was pulled{kept}");
        }
        if complete && self.fail_empty && self.written == 0 {
            return Ok(Exit::Empty);
        }
        Ok(self.exit)
    }
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
