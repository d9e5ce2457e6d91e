//! `doctor`: which lanes would work from this machine. Each is asked as a pull would ask it, but
//! only once and within a few seconds; what it answered is told as it was seen.

mod check;
mod finding;

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use self::check::Checks;
use self::finding::{Diagnosis, Finding};
use super::session::Session;
use super::{Refusal, print};
use crate::cli::{BrowserArgs, DoctorArgs, Environment, LaneChoice, PaceArgs, SourceArgs};
use crate::exit::Exit;
use crate::input::{Limit, Query};
use crate::record::Lane;
use crate::signals::Signals;
use crate::source::{Embed, Web};

/// Longest time a lane is looked at.
const LONGEST: Duration = Duration::from_secs(15);
/// What of it is kept for ending a browser, also one that does not want to.
const TO_END: Duration = Duration::from_secs(6);
/// The slowest pace at which a lane's requests and their answers fit in its time.
const SLOWEST: f64 = 0.25;
/// Lanes in the order they are looked at: what costs least first.
const LANES: [Lane; 4] = [Lane::Web, Lane::Embed, Lane::Browser, Lane::Import];

/// Everything that was found out, as `--json` gives it.
#[derive(Serialize)]
struct Report<'a> {
    version: &'static str,
    tag: &'a str,
    /// Whether a lane that asks the site would work.
    works: bool,
    lanes: Vec<Diagnosis>,
    #[serde(flatten)]
    checks: Checks,
}

pub(super) async fn run(
    args: DoctorArgs,
    environment: &Environment,
    mut signals: Signals,
) -> Result<Exit, Refusal> {
    check_pace(&args.pace)?;
    let query = Query {
        name: args.tag,
        url: None,
        region: None,
        limit: Limit::All,
        filter: Arc::default(),
    };
    let own_proxy = args.source.proxy.clone().filter(|_| !args.source.demo);
    let session = open(args.source, args.browser, args.pace, environment).await?;
    let examine = async {
        let lanes = lanes(&session, &query, args.json).await?;
        let checks = Checks::of(&session, own_proxy.as_ref(), environment);
        tell(&query, lanes, checks, args.json)
    };
    let ended = tokio::select! {
        signal = signals.raised() => Ok(Exit::Signal(signal)),
        ended = examine => ended,
    };
    session.close().await;
    ended
}

/// The session of a run that asks once and waits for nobody.
async fn open(
    source: SourceArgs,
    browser: BrowserArgs,
    pace: PaceArgs,
    environment: &Environment,
) -> Result<Session, Refusal> {
    let browser = BrowserArgs {
        wait_user: None,
        ..browser
    };
    let pace = PaceArgs { retries: 0, ..pace };
    Session::open(source, browser, &pace, environment).await
}

/// Refuses a pace that is slower than a lane's time, rather than break either.
fn check_pace(pace: &PaceArgs) -> Result<(), Refusal> {
    match pace.rate {
        Some(rate) if rate > 0.0 && rate < SLOWEST => Err(Refusal::usage(format!(
            "at --rate {rate} a lane's two requests do not fit in its {} s; give doctor a rate of \
             {SLOWEST} or more",
            LONGEST.as_secs()
        ))),
        _ => Ok(()),
    }
}

/// Looks at one lane after the other; people are told of each at once.
async fn lanes(session: &Session, query: &Query, json: bool) -> Result<Vec<Diagnosis>, Refusal> {
    let mut lanes = Vec::new();
    for lane in LANES {
        if !is_chosen(session.choice, lane) {
            continue;
        }
        tracing::info!("looking at the {lane} lane");
        let diagnosis = diagnose(session, lane, query).await;
        if !json {
            print(&diagnosis.to_string())?;
        }
        lanes.push(diagnosis);
    }
    Ok(lanes)
}

fn is_chosen(choice: LaneChoice, lane: Lane) -> bool {
    match choice {
        LaneChoice::Auto => true,
        LaneChoice::Web => lane == Lane::Web,
        LaneChoice::Browser => lane == Lane::Browser,
        LaneChoice::Embed => lane == Lane::Embed,
    }
}

async fn diagnose(session: &Session, lane: Lane, query: &Query) -> Diagnosis {
    let (began, before) = (Instant::now(), session.http.tally());
    let until = began + LONGEST;
    let http = &session.http;
    let sent = || http.tally().since(before).requests;
    let (finding, requests) = match lane {
        Lane::Web => {
            http.ration(2, until);
            let seen = Web::new(http.clone()).glance(query).await;
            (Finding::of(seen, http.last_good()), sent())
        }
        Lane::Embed => {
            http.ration(1, until);
            let seen = Embed::new(http.clone()).glance(query).await;
            (Finding::of(seen, http.last_good()), sent())
        }
        Lane::Browser => match session.browser.glance(http, query, until - TO_END).await {
            Err(words) => (Finding::Unusable(words), 0),
            // What the page itself sends is its own.
            Ok(seen) => (Finding::of(seen, None), 1),
        },
        Lane::Import => (Finding::Certain, 0),
    };
    Diagnosis::new(lane, finding, requests, began.elapsed())
}

/// Says what was found, and how the process ends for it.
fn tell(query: &Query, lanes: Vec<Diagnosis>, checks: Checks, json: bool) -> Result<Exit, Refusal> {
    let live = |lane: &&Diagnosis| lane.lane != Lane::Import;
    let works = lanes.iter().filter(live).any(|lane| lane.works);
    let turned: Vec<String> = lanes.iter().filter(live).map(Diagnosis::in_short).collect();
    let report = Report {
        version: env!("CARGO_PKG_VERSION"),
        tag: query.name.as_str(),
        works,
        lanes,
        checks,
    };
    if json {
        print(&crate::sink::safe_json(&report))?;
    } else {
        print(&format!("\n{}", report.checks))?;
    }
    if works {
        return Ok(Exit::Ok);
    }
    let turned = turned.join(", ");
    let words = format!("no lane would work from here ({turned}); import what a browser saved");
    Err(Refusal::new(Exit::Blocked, words))
}

#[cfg(test)]
mod tests {
    use super::{LANES, is_chosen};
    use crate::cli::LaneChoice;
    use crate::record::Lane;

    #[test]
    fn a_named_lane_is_looked_at_alone() {
        let chosen = |choice| -> Vec<Lane> {
            let lanes = LANES.into_iter();
            lanes.filter(|lane| is_chosen(choice, *lane)).collect()
        };
        assert_eq!(chosen(LaneChoice::Auto), LANES);
        assert_eq!(chosen(LaneChoice::Web), [Lane::Web]);
        assert_eq!(chosen(LaneChoice::Embed), [Lane::Embed]);
        assert_eq!(chosen(LaneChoice::Browser), [Lane::Browser]);
    }
}
