//! The promise to the server: no window of time sees more requests than the rate allows, whatever
//! goes wrong in between. Measured where it counts, at the server.

use std::time::Instant;

use crate::runner::{Folder, NO_BROWSER};
use crate::site::Site;

/// Hashtags that need look-ups, lists, pages, embeds, waits, retries, redirects and resets.
const TROUBLED: [&str; 9] = [
    "bad_10201",
    "empty200",
    "html_ssr",
    "http503_once",
    "redirect_same",
    "half_once",
    "r429_bare_once",
    "mid_captcha_json",
    "reset_once",
];
/// By how much a busy machine may note a request too late, in milliseconds. One that is noted late
/// makes the window that begins with it look shorter by as much, and no more, however many requests
/// are in it: at 2 or 5 a second that is less than one request, at 100 it is four of them all.
pub(crate) const TOLERANCE: f64 = 40.0;

/// When the server saw each request, in milliseconds.
pub(crate) fn times(site: &Site) -> Vec<f64> {
    let at = |request: &serde_json::Value| request["at_ms"].as_f64().unwrap();
    site.requests().iter().map(at).collect()
}

/// Pulls `limit` videos of each of `tags` at `rate` and holds every window between two requests
/// against it.
fn assert_kept(rate: f64, jobs: &str, tags: &[&str], limit: &str, least: usize) {
    let (folder, site) = (Folder::new(), Site::start());
    let mut command = folder.pulling(tags);
    command.envs([NO_BROWSER]);
    command.args([
        "-n",
        limit,
        "--rate",
        &rate.to_string(),
        "--jobs",
        jobs,
        "--base-url",
        &site.url(),
    ]);
    let started = Instant::now();
    let ended = folder.run_for_receipts(&mut command);
    let lasted = started.elapsed().as_secs_f64();
    let times = times(&site);
    assert_eq!(ended.receipts.len(), tags.len(), "{}", ended.stderr);
    assert!(times.len() >= least, "{} requests", times.len());
    assert!(lasted >= (times.len() - 1) as f64 / rate, "{lasted} s");
    assert_pace(rate, &times);
}

/// Holds every window between two requests against `rate`.
pub(crate) fn assert_pace(rate: f64, times: &[f64]) {
    for (i, from) in times.iter().enumerate() {
        for (j, to) in times.iter().enumerate().skip(i) {
            let window = (to - from + TOLERANCE) / 1_000.0;
            let seen = (j - i + 1) as f64;
            assert!(
                seen <= 1.0 + rate * window,
                "{seen} requests in {window} s: {times:?}"
            );
        }
    }
}

#[test]
fn two_a_second_are_never_more() {
    assert_kept(2.0, "1", &["redirect_same", "http503_once"], "30", 6);
}

#[test]
fn five_a_second_are_never_more() {
    assert_kept(5.0, "1", &TROUBLED[..3], "70", 24);
}

#[test]
fn twenty_a_second_are_never_more() {
    assert_kept(20.0, "1", &TROUBLED, "70", 60);
}

#[test]
fn several_hashtags_in_flight_share_the_pace() {
    assert_kept(20.0, "4", &TROUBLED, "70", 60);
}

#[test]
fn a_hundred_a_second_are_never_more() {
    assert_kept(100.0, "3", &TROUBLED, "70", 60);
}

#[test]
fn hops_of_a_short_link_keep_the_pace() {
    let (folder, site) = (Folder::new(), Site::start());
    let mut command = folder.pulling(&["https://vm.tiktok.com/hops/"]);
    command.args(["-n", "1", "--rate", "10", "--base-url", &site.url()]);
    assert_eq!(folder.run_for_receipts(&mut command).status, 0);
    let times = times(&site);
    assert_eq!(times.len(), 4, "two hops, a look-up and a page");
    for two in times.windows(2) {
        assert!(two[1] - two[0] >= 100.0 - TOLERANCE, "{times:?}");
    }
}

#[test]
fn what_was_waited_for_the_pace_is_on_the_receipt() {
    let (folder, site) = (Folder::new(), Site::start());
    let mut command = folder.pulling(&["t60"]);
    command.args(["--rate", "5", "--base-url", &site.url()]);
    let ended = folder.run_for_receipts(&mut command);
    let waited = ended.receipt()["waited_ms"].as_u64().unwrap();
    assert!(
        (300..2_000).contains(&waited),
        "{waited} ms for three requests"
    );
}
