//! The wall clock jumps in mid-run, by a day or back to 1970: pace, waits and what is remembered
//! do not follow it. `libfaketime` plays the clock.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use crate::pace::{TOLERANCE, assert_pace, times};
use crate::runner::{Folder, Running, json_lines};
use crate::site::Site;
use crate::tool;

const DAY: i64 = 86_400;
/// Hashtags whose list asks for a second of patience twice, in seconds and by a date, one that
/// fails once, and one without trouble.
const TAGS: [&str; 4] = ["r429", "r429_date", "http503_once", "t95"];
const RATE: f64 = 8.0;
/// Longer than any run here may take; a wait that follows the clock takes a day.
const LONGEST: Duration = Duration::from_secs(60);
/// Where the played clock is read from.
const CLOCK: &str = "clock";

/// The library that stands between a program and its clock.
fn library() -> Option<PathBuf> {
    tool::found("faketime")?;
    let folders = fs::read_dir("/usr/lib").unwrap();
    let library = |folder: fs::DirEntry| folder.path().join("faketime/libfaketimeMT.so.1");
    let mut places = folders.map(|folder| library(folder.unwrap()));
    places.find(|place| place.is_file())
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap().as_secs().cast_signed()
}

/// Sets the played clock off by so many seconds.
fn set_off(folder: &Folder, seconds: i64) {
    folder.write("clock.new", format!("{seconds:+}\n"));
    fs::rename(folder.file("clock.new"), folder.file(CLOCK)).unwrap();
}

/// The same command by the played clock, which is right for now.
fn by_played_clock<'a>(
    command: &'a mut Command,
    library: &PathBuf,
    folder: &Folder,
) -> &'a mut Command {
    set_off(folder, 0);
    command
        .env("LD_PRELOAD", library)
        .env("FAKETIME_TIMESTAMP_FILE", folder.file(CLOCK))
        .env("FAKETIME_NO_CACHE", "1")
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
}

/// Waits until the site has seen so many requests.
fn wait_for(site: &Site, requests: u64) {
    let began = Instant::now();
    while site.count("requests") < requests {
        assert!(began.elapsed() < LONGEST, "no {requests} requests");
        thread::sleep(Duration::from_millis(2));
    }
}

/// Each jump comes while the site's first wish for patience is waited out, and is taken back later.
#[test]
fn a_jump_of_the_clock_changes_neither_pace_nor_waits() {
    let Some(library) = library() else {
        return;
    };
    thread::scope(|scope| {
        for jump in [DAY, -DAY, 60 - now()] {
            let library = &library;
            scope.spawn(move || jumps(library, jump));
        }
    });
}

fn jumps(library: &PathBuf, jump: i64) {
    let (folder, site) = (Folder::new(), Site::start());
    let rate = RATE.to_string();
    let url = site.url();
    let args = [
        "--all",
        "--source",
        "web",
        "--rate",
        &rate,
        "--base-url",
        &url,
    ];
    let args = [&TAGS[..], &args, &["-o", "out.jsonl"]].concat();
    let mut command = folder.pulling(&args);
    if cfg!(feature = "store") {
        command.args(["--store", "store.db"]);
    }
    let began = Instant::now();
    let running = Running::start(by_played_clock(&mut command, library, &folder));
    wait_for(&site, 2);
    set_off(&folder, jump);
    wait_for(&site, 14);
    set_off(&folder, 0);
    let ended = running.end();
    assert!(began.elapsed() < LONGEST, "{jump}: {:?}", began.elapsed());
    assert_eq!((ended.status, ended.stderr.as_str()), (0, ""), "{jump}");
    let records = json_lines(&folder.read("out.jsonl"));
    assert_eq!(records.len(), TAGS.len() * 95, "{jump}");
    let jumped = |record: &&Value| {
        let at = record["collection"]["collected_at"].as_i64().unwrap();
        (at - now() - jump).abs() < 300
    };
    let jumped = records.iter().filter(jumped).count();
    assert!(jumped > 0 && jumped < TAGS.len() * 95, "{jump}: {jumped}");
    let times = times(&site);
    assert_pace(RATE, &times);
    for tag in ["r429", "r429_date"] {
        assert_patience(&site, tag, &times);
    }
}

/// The first two list calls of `tag` were each followed by a second without any.
fn assert_patience(site: &Site, tag: &str, times: &[f64]) {
    let requests = site.requests();
    let is_list = |at: &usize| requests[*at]["tag"] == tag && requests[*at]["kind"] == "list";
    let lists: Vec<usize> = (0..times.len()).filter(is_list).collect();
    for two in lists[..3].windows(2) {
        let waited = times[two[1]] - times[two[0]];
        assert!(waited >= 1_000.0 - TOLERANCE, "{tag}: {waited} ms");
    }
}

/// Its job is not forgotten for being older than a day, and a day later it is, as ever.
#[cfg(feature = "store")]
#[test]
fn a_run_that_died_in_1970_is_gone_on_with() {
    let Some(library) = library() else {
        return;
    };
    let (folder, site) = (Folder::new(), Site::start());
    let url = site.url();
    let args = ["t300", "--all", "--source", "web", "--base-url", &url];
    let into = ["-o", "out.jsonl", "--store", "store.db"];
    let args = [&args[..], &into].concat();
    let mut command = folder.pulling(&[&args[..], &["--rate", "4"]].concat());
    let running = Running::start(by_played_clock(&mut command, &library, &folder));
    // A look-up and a page, then one that is committed in 1970: before the one after the next is
    // asked for.
    wait_for(&site, 2);
    thread::sleep(Duration::from_millis(100));
    set_off(&folder, 60 - now());
    wait_for(&site, 5);
    assert_eq!(running.kill(), 137);
    let before = site.requests().len();
    let again = folder.pull(&[&args[..], &["--rate", "0"]].concat());
    assert_eq!(again.status, 0, "{again:?}");
    let ids = |line: &Value| line["aweme_id"].to_string();
    let lines = json_lines(&folder.read("out.jsonl"));
    let distinct: std::collections::HashSet<String> = lines.iter().map(ids).collect();
    assert_eq!((lines.len(), distinct.len()), (300, 300));
    let first = site.requests()[before + 1]["query"].to_string();
    assert!(!first.contains("cursor=0&"), "went on: {first}");
}
