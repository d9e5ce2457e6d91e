//! What each scenario of the simulator comes to: why the run stops, its exit status, and the
//! records it keeps. One table lists them all; the other moves the faults to single calls.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::contract;
use crate::runner::{Ended, Folder, NO_BROWSER};
use crate::site::Site;

/// Hashtag, switches, `stopped_because`, exit status, and how many different videos are kept.
type Row = (&'static str, &'static str, &'static str, i32, usize);

const WEB: &str = "--source web";
const EMBED: &str = "--source embed";
const AUTO: &str = "--source auto";
/// For faults that never end.
const BRIEF: &str = "--source web --retries 1";
/// For answers that never end.
const HASTY: &str = "--source web --retries 1 --timeout 2";
/// Runs at once. Most of a row's time is waiting.
const ABREAST: usize = 6;

const SCENARIOS: &[Row] = &[
    // feeds in good order, told in their own way
    ("viral", WEB, "end_of_feed", 0, 300),
    ("t0", WEB, "end_of_feed", 0, 0),
    ("t1", WEB, "end_of_feed", 0, 1),
    ("t30", WEB, "end_of_feed", 0, 30),
    ("t31", WEB, "end_of_feed", 0, 31),
    ("t100_dup", WEB, "end_of_feed", 0, 100),
    ("t65_fat", WEB, "end_of_feed", 0, 65),
    ("t5_l50", WEB, "end_of_feed", 0, 5),
    ("ok30", WEB, "end_of_feed", 0, 95),
    ("short", WEB, "end_of_feed", 0, 109),
    ("dups", WEB, "end_of_feed", 0, 95),
    ("intcursor", WEB, "end_of_feed", 0, 95),
    ("odd", WEB, "end_of_feed", 0, 58),
    ("big", WEB, "end_of_feed", 0, 60),
    ("rotate", WEB, "end_of_feed", 0, 95),
    ("chunks", WEB, "end_of_feed", 0, 95),
    ("bom", WEB, "end_of_feed", 0, 95),
    ("latin", WEB, "end_of_feed", 0, 95),
    ("as_html", WEB, "end_of_feed", 0, 95),
    ("needdev", WEB, "end_of_feed", 0, 95),
    ("redirect_same", WEB, "end_of_feed", 0, 95),
    // faults that pass
    ("hiccup", WEB, "end_of_feed", 0, 95),
    ("flaky", WEB, "end_of_feed", 0, 95),
    ("bad_10201", WEB, "end_of_feed", 0, 95),
    ("r429", WEB, "end_of_feed", 0, 95),
    ("r429_date", WEB, "end_of_feed", 0, 95),
    // feeds that go wrong
    ("loop", WEB, "stalled", 5, 90),
    ("stuck", WEB, "stalled", 5, 60),
    ("badcursor_null", WEB, "bad_answer", 6, 30),
    ("badcursor_text", WEB, "bad_answer", 6, 30),
    ("badcursor_inject", WEB, "bad_answer", 6, 30),
    ("badcursor_back", WEB, "bad_answer", 6, 30),
    ("cursor_huge", WEB, "bad_answer", 6, 30),
    ("wrong_tag", WEB, "bad_answer", 6, 0),
    // no such hashtag
    ("nf_10205", WEB, "not_found", 3, 0),
    ("nf_hollow", WEB, "not_found", 3, 0),
    ("ban_10211", WEB, "tag_blocked", 3, 0),
    ("http404", WEB, "not_found", 3, 0),
    ("http410", WEB, "not_found", 3, 0),
    // turned away
    ("empty200", WEB, "gated", 4, 0),
    ("gated", WEB, "gated", 4, 0),
    ("soft_empty", WEB, "gated", 4, 0),
    ("mid_empty", WEB, "gated", 4, 60),
    ("t95_signed", WEB, "gated", 4, 0),
    ("html200", WEB, "gated", 4, 0),
    ("captcha_json", WEB, "captcha", 4, 0),
    ("captcha_html", WEB, "captcha", 4, 0),
    ("captcha_header", WEB, "captcha", 4, 0),
    ("waf", WEB, "captcha", 4, 0),
    ("login", WEB, "login_required", 4, 0),
    ("geo", WEB, "geo_blocked", 4, 0),
    ("akamai", WEB, "refused", 4, 0),
    ("http401", WEB, "refused", 4, 0),
    ("http403", WEB, "refused", 4, 0),
    ("http407", WEB, "refused", 4, 0),
    ("http451", WEB, "refused", 4, 0),
    // may work later
    ("slow", HASTY, "network", 5, 0),
    ("hang", HASTY, "network", 5, 0),
    ("reset", BRIEF, "network", 5, 0),
    ("half", BRIEF, "network", 5, 0),
    ("gzip_cut", BRIEF, "network", 5, 0),
    ("http408", BRIEF, "network", 5, 0),
    ("http500", BRIEF, "network", 5, 0),
    ("http502", BRIEF, "network", 5, 0),
    ("http503", BRIEF, "network", 5, 0),
    ("http504", BRIEF, "network", 5, 0),
    ("http520", BRIEF, "network", 5, 0),
    ("http529", BRIEF, "network", 5, 0),
    ("r429_always", BRIEF, "rate_limited", 5, 0),
    ("r429_bare", BRIEF, "rate_limited", 5, 0),
    ("r429_hour", WEB, "rate_limited", 5, 0),
    // answers that make no sense
    ("cut", BRIEF, "bad_answer", 6, 0),
    ("not_json", BRIEF, "bad_answer", 6, 0),
    ("empty_obj", BRIEF, "bad_answer", 6, 0),
    ("empty_array", BRIEF, "bad_answer", 6, 0),
    ("null", BRIEF, "bad_answer", 6, 0),
    ("nan", BRIEF, "bad_answer", 6, 0),
    ("trailing", BRIEF, "bad_answer", 6, 0),
    ("bad_10201_always", BRIEF, "bad_answer", 6, 0),
    ("http204", BRIEF, "bad_answer", 6, 0),
    ("http206", BRIEF, "bad_answer", 6, 0),
    ("http304", BRIEF, "bad_answer", 6, 0),
    ("http400", WEB, "bad_answer", 6, 0),
    ("http418", WEB, "bad_answer", 6, 0),
    ("http404_list", WEB, "bad_answer", 6, 0),
    ("http410_list", WEB, "bad_answer", 6, 0),
    ("redirect_loop", WEB, "bad_answer", 6, 0),
    ("redirect_other", WEB, "bad_answer", 6, 0),
    ("bomb", WEB, "bad_answer", 6, 0),
    ("huge", WEB, "bad_answer", 6, 0),
    ("huge_chunked", WEB, "bad_answer", 6, 0),
    ("endless", WEB, "bad_answer", 6, 0),
    ("deep", WEB, "bad_answer", 6, 0),
    ("many", WEB, "bad_answer", 6, 0),
    // look-ups that say nothing: the pages know the id, or nobody does
    ("html_ssr", WEB, "end_of_feed", 0, 95),
    ("html_none", WEB, "end_of_feed", 0, 95),
    ("no_id", WEB, "gated", 4, 0),
    // embed pages
    ("viral", EMBED, "end_of_feed", 0, 10),
    ("t0", EMBED, "end_of_feed", 0, 0),
    ("t5", EMBED, "end_of_feed", 0, 5),
    ("embed", EMBED, "end_of_feed", 0, 10),
    ("embed_notime", EMBED, "end_of_feed", 0, 10),
    ("embed_heart", EMBED, "end_of_feed", 0, 10),
    ("embed_hole", EMBED, "end_of_feed", 0, 10),
    ("embed_error", EMBED, "not_found", 3, 0),
    ("embed_refused", EMBED, "refused", 4, 10),
    ("nf_10205", EMBED, "not_found", 3, 0),
    ("geo", EMBED, "geo_blocked", 4, 0),
    ("soft_empty", EMBED, "gated", 4, 0),
    ("empty200", EMBED, "end_of_feed", 0, 10),
    // a block leads down to the embed pages and stays the verdict; nothing else leads there
    ("ok30", AUTO, "end_of_feed", 0, 95),
    ("empty200", AUTO, "gated", 4, 10),
    ("mid_empty", AUTO, "gated", 4, 60),
    ("soft_empty", AUTO, "gated", 4, 0),
    ("captcha_json", AUTO, "captcha", 4, 10),
    ("captcha_html", AUTO, "captcha", 4, 10),
    ("captcha_header", AUTO, "captcha", 4, 10),
    ("waf", AUTO, "captcha", 4, 10),
    ("login", AUTO, "login_required", 4, 10),
    ("akamai", AUTO, "refused", 4, 10),
    ("no_id", AUTO, "gated", 4, 0),
    ("geo", AUTO, "geo_blocked", 4, 0),
    ("nf_10205", AUTO, "not_found", 3, 0),
    ("ban_10211", AUTO, "tag_blocked", 3, 0),
    ("wrong_tag", AUTO, "bad_answer", 6, 0),
    ("loop", AUTO, "stalled", 5, 90),
    ("r429_hour", AUTO, "rate_limited", 5, 0),
];

const MOVED: &[Row] = &[
    // once, and never again
    ("reset_once", WEB, "end_of_feed", 0, 95),
    ("half_once", WEB, "end_of_feed", 0, 95),
    ("cut_once", WEB, "end_of_feed", 0, 95),
    ("gzip_cut_once", WEB, "end_of_feed", 0, 95),
    ("slow_once", HASTY, "end_of_feed", 0, 95),
    ("hang_once", HASTY, "end_of_feed", 0, 95),
    ("r429_always_once", WEB, "end_of_feed", 0, 95),
    ("r429_bare_once", WEB, "end_of_feed", 0, 95),
    ("http408_once", WEB, "end_of_feed", 0, 95),
    ("http500_once", WEB, "end_of_feed", 0, 95),
    ("http502_once", WEB, "end_of_feed", 0, 95),
    ("http503_once", WEB, "end_of_feed", 0, 95),
    ("http504_once", WEB, "end_of_feed", 0, 95),
    ("http503_list_once", WEB, "end_of_feed", 0, 95),
    ("http204_once", WEB, "end_of_feed", 0, 95),
    ("empty200_once", WEB, "end_of_feed", 0, 95),
    ("html200_once", WEB, "end_of_feed", 0, 95),
    ("not_json_once", WEB, "end_of_feed", 0, 95),
    ("null_once", WEB, "end_of_feed", 0, 95),
    ("empty_array_once", WEB, "end_of_feed", 0, 95),
    ("empty_obj_once", WEB, "end_of_feed", 0, 95),
    ("nan_once", WEB, "end_of_feed", 0, 95),
    ("trailing_once", WEB, "end_of_feed", 0, 95),
    ("http401_once", WEB, "refused", 4, 0),
    ("http403_once", WEB, "refused", 4, 0),
    ("http407_once", WEB, "refused", 4, 0),
    ("http451_once", WEB, "refused", 4, 0),
    ("http404_once", WEB, "not_found", 3, 0),
    ("http410_once", WEB, "not_found", 3, 0),
    ("http404_list_once", WEB, "bad_answer", 6, 0),
    ("http400_once", WEB, "bad_answer", 6, 0),
    ("http418_list_once", WEB, "bad_answer", 6, 0),
    ("captcha_json_once", WEB, "captcha", 4, 0),
    ("captcha_html_once", WEB, "captcha", 4, 0),
    ("captcha_header_once", WEB, "captcha", 4, 0),
    ("waf_once", WEB, "captcha", 4, 0),
    ("login_once", WEB, "login_required", 4, 0),
    ("geo_once", WEB, "geo_blocked", 4, 0),
    ("akamai_once", WEB, "refused", 4, 0),
    ("nf_10205_once", WEB, "not_found", 3, 0),
    ("ban_10211_once", WEB, "tag_blocked", 3, 0),
    ("redirect_other_once", WEB, "bad_answer", 6, 0),
    ("bomb_once", WEB, "bad_answer", 6, 0),
    ("deep_once", WEB, "bad_answer", 6, 0),
    ("many_once", WEB, "bad_answer", 6, 0),
    ("r429_hour_once", WEB, "rate_limited", 5, 0),
    // after two good pages, which stay
    ("mid_reset", BRIEF, "network", 5, 60),
    ("mid_half", BRIEF, "network", 5, 60),
    ("mid_hang", HASTY, "network", 5, 60),
    ("mid_http503", BRIEF, "network", 5, 60),
    ("mid_r429_always", BRIEF, "rate_limited", 5, 60),
    ("mid_r429_hour", WEB, "rate_limited", 5, 60),
    ("mid_cut", BRIEF, "bad_answer", 6, 60),
    ("mid_not_json", BRIEF, "bad_answer", 6, 60),
    ("mid_bad_10201_always", BRIEF, "bad_answer", 6, 60),
    ("mid_http404", WEB, "bad_answer", 6, 60),
    ("mid_http400", WEB, "bad_answer", 6, 60),
    ("mid_redirect_other", WEB, "bad_answer", 6, 60),
    ("mid_bomb", WEB, "bad_answer", 6, 60),
    ("mid_http403", WEB, "refused", 4, 60),
    ("mid_html200", WEB, "gated", 4, 60),
    ("mid_captcha_json", WEB, "captcha", 4, 60),
    ("mid_captcha_html", WEB, "captcha", 4, 60),
    ("mid_captcha_header", WEB, "captcha", 4, 60),
    ("mid_waf", WEB, "captcha", 4, 60),
    ("mid_login", WEB, "login_required", 4, 60),
    ("mid_geo", WEB, "geo_blocked", 4, 60),
    ("mid_akamai", WEB, "refused", 4, 60),
    ("mid_ban_10211", WEB, "tag_blocked", 3, 60),
    // in the look-up alone; a silent or unreadable one leaves the pages to ask
    ("detail_captcha_json", WEB, "captcha", 4, 0),
    ("detail_captcha_html", WEB, "captcha", 4, 0),
    ("detail_captcha_header", WEB, "captcha", 4, 0),
    ("detail_waf", WEB, "captcha", 4, 0),
    ("detail_login", WEB, "login_required", 4, 0),
    ("detail_geo", WEB, "geo_blocked", 4, 0),
    ("detail_http403", WEB, "refused", 4, 0),
    ("detail_http404", WEB, "not_found", 3, 0),
    ("detail_http400", WEB, "bad_answer", 6, 0),
    ("detail_redirect_other", WEB, "bad_answer", 6, 0),
    ("detail_bomb", WEB, "bad_answer", 6, 0),
    ("detail_http503", BRIEF, "network", 5, 0),
    ("detail_reset", BRIEF, "network", 5, 0),
    ("detail_r429_hour", WEB, "rate_limited", 5, 0),
    ("detail_r429", WEB, "end_of_feed", 0, 95),
    ("detail_bad_10201", WEB, "end_of_feed", 0, 95),
    ("detail_empty200", WEB, "end_of_feed", 0, 95),
    ("detail_html200", WEB, "end_of_feed", 0, 95),
    ("detail_not_json", BRIEF, "end_of_feed", 0, 95),
    ("detail_null", BRIEF, "end_of_feed", 0, 95),
    ("detail_empty_obj", BRIEF, "end_of_feed", 0, 95),
];

/// The names the simulator knows, read off its source: it lists them nowhere else.
fn names() -> Vec<&'static str> {
    let source = include_str!("../../src/simulator/scenario.rs");
    let table = source.split("fn named(").nth(1).unwrap();
    let table = table.split("_ => return status(name)").next().unwrap();
    let arms = table.lines().filter_map(|line| line.split_once("=>"));
    let quoted = arms.flat_map(|(names, _)| names.split('"').skip(1).step_by(2));
    quoted.collect()
}

#[test]
fn every_name_the_simulator_knows_is_in_the_table() {
    let names = names();
    assert!(names.len() > 70, "{names:?}");
    let is_played = |name: &&str| SCENARIOS.iter().any(|row| row.0 == *name);
    let missing: Vec<&str> = names.into_iter().filter(|name| !is_played(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_scenario_ends_as_agreed() {
    assert_all(SCENARIOS);
}

#[test]
fn faults_in_single_calls_end_as_agreed() {
    assert_all(MOVED);
}

/// Runs all rows, some abreast, and shows every one that came out differently.
fn assert_all(rows: &[Row]) {
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..ABREAST {
            scope.spawn(|| {
                while let Some(row) = rows.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let difference = differs(row);
                    let mut wrong = wrong.lock().unwrap_or_else(PoisonError::into_inner);
                    wrong.extend(difference);
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What came of a row, if that is not what it says.
fn differs(&(name, switches, stopped, status, kept): &Row) -> Option<String> {
    let mut args = vec![name, "--demo", "--all"];
    args.extend(switches.split(' '));
    let ended = pull_without_browser(&args);
    let receipt = ended.receipt();
    let ids = ended.ids();
    let distinct: HashSet<&String> = ids.iter().collect();
    let as_said = receipt["stopped_because"] == stopped
        && receipt["exit_code"] == status
        && receipt["written"] == kept
        && ended.status == status
        && (ids.len(), distinct.len()) == (kept, kept)
        && is_well_said(name, &ended);
    (!as_said).then(|| {
        format!(
            "{args:?} should be {stopped}, {status}, {kept}\n  status {}, {} records, {} distinct\n  {receipt}\n  {}",
            ended.status,
            ids.len(),
            distinct.len(),
            ended.stderr
        )
    })
}

/// A pull whose `auto` has only the lanes of this table.
fn pull_without_browser(args: &[&str]) -> Ended {
    let folder = Folder::new();
    folder.run_for_receipts(folder.pulling(args).envs([NO_BROWSER]))
}

/// Whether a failed run has one line for its cause and what to do, and another one none.
fn is_well_said(name: &str, ended: &Ended) -> bool {
    let errors = ended
        .stderr
        .lines()
        .filter(|line| line.starts_with("error: "));
    let ours = |line: &&str| line.starts_with(&format!("error: {name}: ")) && line.contains("; ");
    let expected = usize::from(ended.status != 0);
    errors.clone().count() == expected && errors.filter(ours).count() == expected
}

#[test]
fn records_of_every_lane_follow_the_contract() {
    for (name, switches) in [
        ("viral", WEB),
        ("odd", WEB),
        ("big", WEB),
        ("embed", EMBED),
        ("embed_notime", EMBED),
        ("embed_heart", EMBED),
        ("embed_hole", EMBED),
        ("empty200", AUTO),
    ] {
        let mut args = vec![name, "--demo", "--region", "de"];
        args.extend(switches.split(' '));
        let records = pull_without_browser(&args).records();
        assert!(records.len() >= 10, "{name}");
        for record in &records {
            contract::assert_record(record);
            assert_eq!(record["input"]["name"], name);
            assert_eq!(record["input"]["region"], "DE");
        }
    }
}

#[test]
fn what_is_no_video_is_counted_and_said_once() {
    let ended = Folder::new().pull(&["odd", "--demo", "--all"]);
    assert_eq!(ended.receipt()["malformed"], 2);
    assert_eq!(ended.receipt()["seen"], 60);
    let skipped = ended.stderr.matches("2 entries skipped").count();
    assert_eq!(
        (skipped, ended.stderr.lines().count()),
        (1, 2),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_block_leads_down_to_the_embed_pages_and_stays_the_verdict() {
    let ended = pull_without_browser(&["empty200", "--demo"]);
    assert_eq!((ended.status, ended.ids().len()), (4, 10));
    let lanes = serde_json::json!([
        {"lane": "web", "verdict": "gated"},
        {"lane": "embed", "verdict": "end_of_feed"},
    ]);
    assert_eq!(ended.receipt()["lanes"], lanes);
    let is_of_browser = |line: &&str| line.starts_with("warning: browser lane left out: ");
    let lines: Vec<&str> = ended.stderr.lines().filter(|l| !is_of_browser(l)).collect();
    assert_eq!(lines.len(), 2, "{}", ended.stderr);
    assert!(lines[0].starts_with("warning: web lane: an empty answer"));
    assert!(lines[0].ends_with("stepping down to the embed lane"));
    assert!(lines[1].starts_with("error: empty200: 10 of 100: an empty answer"));
    assert!(
        ended
            .records()
            .iter()
            .all(|record| record["collection"]["lane"] == "embed")
    );
}

#[test]
fn a_limit_reached_on_the_lower_lane_is_complete() {
    let ended = Folder::new().pull(&["empty200", "--demo", "-n", "5"]);
    assert_eq!(
        (ended.status, ended.ids().len()),
        (0, 5),
        "{}",
        ended.stderr
    );
    assert_eq!(ended.receipt()["stopped_because"], "limit");
    assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
}

#[test]
fn a_429_is_waited_out_as_told() {
    thread::scope(|scope| {
        for name in ["r429", "r429_date"] {
            scope.spawn(move || assert_waited_out(name));
        }
    });
}

/// The first three list calls are a second apart, as the site asked.
fn assert_waited_out(name: &str) {
    let site = Site::start();
    let ended = Folder::new().pull(&[name, "--base-url", &site.url(), "--rate", "0"]);
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    assert!(ended.receipt()["waited_ms"].as_u64() >= Some(2_000));
    let lists: Vec<f64> = site
        .requests()
        .iter()
        .filter(|request| request["kind"] == "list")
        .map(|request| request["at_ms"].as_f64().unwrap())
        .collect();
    let waits: Vec<f64> = lists
        .windows(2)
        .take(2)
        .map(|two| two[1] - two[0])
        .collect();
    assert!(
        waits.iter().all(|wait| *wait >= 1_000.0),
        "{name}: {waits:?}"
    );
}

#[test]
fn a_wait_that_is_too_long_ends_the_run_at_once_and_says_until_when() {
    let ended = Folder::new().pull(&["r429_hour", "--demo"]);
    assert_eq!(ended.status, 5);
    assert_eq!(ended.receipt()["waited_ms"], 0);
    assert!(ended.stderr.contains("3600 s, until "), "{}", ended.stderr);
    assert!(ended.stderr.contains(" GMT"), "{}", ended.stderr);
}

#[test]
fn short_links_lead_to_their_hashtag() {
    for link in [
        "https://vm.tiktok.com/cats/",
        "https://vt.tiktok.com/cats/",
        "https://www.tiktok.com/t/hops/",
    ] {
        let ended = Folder::new().pull(&[link, "--demo", "-n", "1"]);
        assert_eq!(ended.status, 0, "{}", ended.stderr);
        let input = &ended.records()[0]["input"];
        assert_eq!(
            (&input["name"], &input["url"]),
            (&"cats".into(), &link.into())
        );
    }
    for (code, words) in [
        (
            "video",
            "leads to https://www.tiktok.com/@teal.kettle/video/7520000000000000042,",
        ),
        ("home", "leads to https://www.tiktok.com/,"),
        ("abroad", "leads to https://example.com/tag/cats,"),
        ("gone", "leads nowhere"),
        ("round", "leads nowhere"),
    ] {
        let link = format!("https://vm.tiktok.com/{code}/");
        let ended = Folder::new().pull(&[&link, "--demo"]);
        assert_eq!(ended.status, 2, "{code}");
        assert!(ended.stderr.contains(words), "{}", ended.stderr);
        assert!(ended.receipts.is_empty() && ended.stdout.is_empty());
    }
}
