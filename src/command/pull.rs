//! `pull`: one hashtag after the other into one output.

use std::collections::HashSet;

use super::advice::advice;
use super::session::Session;
use super::summary::Summary;
use super::{Refusal, output_failed, plan};
use crate::cli::{Environment, LaneChoice, OutputArgs, PullArgs};
use crate::exit::{Exit, StoppedBecause};
use crate::input::{HashtagName, Planned, Query};
use crate::progress::Progress;
use crate::pull::{Failure, Output, Pull};
use crate::receipt::Receipt;
use crate::record::Lane;
use crate::signals::Signals;
use crate::sink;
use crate::source::short_link::{self, ShortLinkError};
use crate::store::Store;

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
    signals: Signals,
    progress: &Progress,
) -> Result<Exit, Refusal> {
    let planned = plan(args.input)?;
    args.store.check().map_err(Refusal::usage)?;
    let fail_empty = args.store.fail_empty;
    let mut store = Store::open(args.store.store.as_ref(), args.store.new_only).await?;
    let job = args.output.job(&planned, args.source.source);
    let committed = store.claim(job).await?;
    let session = Session::open(args.source, args.browser, &args.pace, environment).await?;
    let opened = open(&args.output, store, committed).await;
    let ended = match opened {
        Ok((summary, output)) => {
            let run = Run {
                session: &session,
                output,
                summary,
                signals,
                progress,
                met: HashSet::new(),
                exit: Exit::Ok,
                blocks: 0,
                written: 0,
                is_open: false,
                fail_empty,
            };
            all(run, planned).await
        }
        Err(refusal) => Err(refusal),
    };
    session.close().await;
    ended
}

/// Opens the places a run writes to, and writes its job down.
async fn open(
    output: &OutputArgs,
    mut store: Store,
    committed: Option<u64>,
) -> Result<(Summary, Output), Refusal> {
    let summary = Summary::open(output.summary())?;
    let (mut sink, known) = sink::open(&output.target(), committed)?;
    if store.remembers() {
        let length = sink.secure().map_err(|error| output_failed(&error))?;
        store.begin(length).await?;
    }
    let form = output.form();
    let output = Output {
        sink,
        known,
        store,
        form,
    };
    Ok((summary, output))
}

async fn all(mut run: Run<'_>, planned: Vec<Planned>) -> Result<Exit, Refusal> {
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
        let query = match planned {
            Planned::Query(query) => query,
            Planned::ShortLink(link) => match short_link::resolve(&self.session.http, link).await {
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
        if self.blocks >= BLOCKS {
            receipt.close(StoppedBecause::NotStarted, StoppedBecause::NotStarted);
            tracing::error!(
                "{}: not started: {BLOCKS} hashtags in a row were blocked; run it again later",
                query.name
            );
        } else {
            self.pull(&query, &mut receipt).await;
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

    async fn pull(&mut self, query: &Query, receipt: &mut Receipt) {
        let before = self.session.http.tally();
        let mut lanes = self.session.lanes(query);
        self.progress.begin(receipt);
        let pull = Pull::new(&mut self.output, &mut self.signals, self.progress, receipt);
        let failure = pull.run(query, lanes.as_mut()).await;
        lanes.close().await;
        self.progress.end();
        receipt.note_requests(self.session.http.tally().since(before));
        if let Some(failure) = failure {
            say(&failure, receipt);
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

    async fn finish(mut self) -> Result<Exit, Refusal> {
        let complete = self.exit == Exit::Ok;
        let finished = self.output.sink.finish(complete);
        if finished.is_ok() && !self.is_open {
            self.output.store.finish().await?;
        }
        self.output.store.close().await;
        match finished {
            Ok(()) if complete && self.fail_empty && self.written == 0 => Ok(Exit::Empty),
            Ok(()) => Ok(self.exit),
            // The first cause stands; a sink that failed before fails again here.
            Err(_) if !complete => Ok(self.exit),
            Err(error) => Err(match error.downcast_ref::<std::io::Error>() {
                Some(io) => output_failed(io),
                None => Refusal::new(Exit::Output, format!("{error:#}")),
            }),
        }
    }
}

/// The line for a hashtag that failed.
fn say(failure: &Failure, receipt: &Receipt) {
    let tag = receipt.tag.as_deref().unwrap_or_default();
    match failure {
        Failure::Output(error) => {
            let refusal = output_failed(error);
            if refusal.exit != Exit::ReaderClosed {
                tracing::error!("{tag}: {}", refusal.words);
            }
        }
        Failure::Store(error) => tracing::error!("{tag}: {error}"),
        Failure::Source(error) => {
            let share = match (receipt.written, receipt.asked) {
                (0, _) => String::new(),
                (written, Some(asked)) => format!("{written} of {asked}: "),
                (written, None) => format!("{written} written: "),
            };
            let asked: Vec<Lane> = receipt.lanes.iter().map(|asked| asked.lane).collect();
            let advice = advice(error.verdict, &asked);
            tracing::error!("{tag}: {share}{error}; {advice}");
        }
    }
}
