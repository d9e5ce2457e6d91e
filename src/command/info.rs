//! `info`: what the site says of a hashtag itself, one JSON line each.

use serde::Serialize;

use super::advice::advice;
use super::session::Session;
use super::{Refusal, plan, print};
use crate::cli::{Environment, InfoArgs};
use crate::clock::epoch_seconds;
use crate::exit::{Exit, StoppedBecause};
use crate::input::{Filter, Planned, Query};
use crate::record::Lane;
use crate::signals::Signals;
use crate::source::short_link::ShortLinkError;
use crate::source::{Error, TagInfo};

/// A line of `info`; null means that the site did not say.
#[derive(Serialize)]
struct Line<'a> {
    id: Option<&'a str>,
    name: &'a str,
    description: Option<&'a str>,
    view_count: Option<u64>,
    video_count: Option<u64>,
    lane: Lane,
    collected_at: i64,
}

pub(super) async fn run(
    args: InfoArgs,
    environment: &Environment,
    mut signals: Signals,
) -> Result<Exit, Refusal> {
    let plan = plan(args.input, Filter::default(), "info")?;
    let source = args.source.or_through(plan.proxy);
    let session = Session::open(source, args.browser, &args.pace, environment).await?;
    session.start().await?;
    let ended = all(&session, plan.items, &mut signals).await;
    session.close().await;
    ended
}

async fn all(
    session: &Session,
    planned: Vec<Planned>,
    signals: &mut Signals,
) -> Result<Exit, Refusal> {
    let mut exit = Exit::Ok;
    for planned in planned {
        let ended = one(session, planned, signals).await?;
        if exit == Exit::Ok || ended.is_final() {
            exit = ended;
        }
        if ended.is_final() {
            break;
        }
    }
    Ok(exit)
}

async fn one(session: &Session, planned: Planned, signals: &mut Signals) -> Result<Exit, Refusal> {
    let query = match planned {
        Planned::Query(query) => query,
        Planned::ShortLink(link) => match tokio::select! {
            signal = signals.raised() => return Ok(Exit::Signal(signal)),
            query = Session::resolve(&session.http, link) => query,
        } {
            Ok(query) => query,
            Err(ShortLinkError::Source(error)) => return Ok(failed("short link", &error, &[])),
            Err(error) => return Err(Refusal::usage(error.to_string())),
        },
    };
    let mut lanes = session.lanes(&query, &session.http);
    let budget = session.http.budget();
    let told = tokio::select! {
        signal = signals.raised() => Err(signal),
        told = budget.in_time(lanes.tag_info(&query)) => {
            Ok(told.and_then(|told| told))
        }
    };
    lanes.close().await;
    let told = match told {
        Ok(told) => told,
        Err(signal) => return Ok(Exit::Signal(signal)),
    };
    match told {
        Ok(info) => {
            print(&line(&query, &info, lanes.lane()))?;
            Ok(Exit::Ok)
        }
        Err(error) => {
            let asked: Vec<Lane> = lanes.lanes().into_iter().map(|(lane, _)| lane).collect();
            Ok(failed(query.name.as_str(), &error, &asked))
        }
    }
}

fn line(query: &Query, info: &TagInfo, lane: Lane) -> String {
    let line = Line {
        id: info.id.as_deref(),
        name: info.title.as_deref().unwrap_or(query.name.as_str()),
        description: info.desc.as_deref(),
        view_count: info.view_count,
        video_count: info.video_count,
        lane,
        collected_at: epoch_seconds(),
    };
    crate::sink::safe_json(&line)
}

fn failed(tag: &str, error: &Error, asked: &[Lane]) -> Exit {
    tracing::error!("{tag}: {error}; {}", advice(error.verdict, asked));
    StoppedBecause::Verdict(error.verdict).exit()
}
