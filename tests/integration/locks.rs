//! One output, one run: the second is turned away at once, a lock dies with its holder, and what
//! stands where a temporary file should is neither followed nor waited for.

use std::fs;
use std::time::{Duration, Instant};

use crate::runner::{Ended, Folder, Running, json_lines};
use crate::site::Site;

/// A feed of three pages that take their time.
const SLOW: &str = "t90_l400";
const APPEND: &[&str] = &["--append"];
const OVERWRITE: &[&str] = &["--overwrite"];

/// Arguments of a run into `out.jsonl` at full speed.
fn into_file<'a>(tag: &'a str, url: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let args = [tag, "--all", "--rate", "0", "--base-url", url];
    [&args[..], &["-o", "out.jsonl"], more].concat()
}

/// A run that has its lock: it has asked for something.
fn holder(folder: &Folder, site: &Site, more: &[&str]) -> Running {
    let asked = site.count("requests");
    let running = Running::start(&mut folder.pulling(&into_file(SLOW, &site.url(), more)));
    let since = Instant::now();
    while site.count("requests") == asked {
        assert!(since.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(5));
    }
    running
}

fn records(folder: &Folder) -> usize {
    json_lines(&folder.read("out.jsonl")).len()
}

/// The status of a run that found the file locked, without asking anybody or leaving a receipt.
fn assert_locked_out(ended: &Ended, others: &Site) {
    assert_eq!(ended.status, 8, "{ended:?}");
    let words =
        "error: out.jsonl is locked by another run; wait for its end, or let --wait-lock do that\n";
    assert_eq!(ended.stderr, words);
    assert_eq!(others.count("requests"), 0);
}

#[test]
fn of_two_runs_on_one_file_the_second_is_turned_away_and_the_first_is_whole() {
    std::thread::scope(|scope| {
        for first in [&[][..], APPEND, OVERWRITE] {
            for second in [&[][..], APPEND, OVERWRITE] {
                for exists in [false, true] {
                    scope.spawn(move || assert_second_waits(first, second, exists));
                }
            }
        }
    });
}

fn assert_second_waits(first: &[&str], second: &[&str], exists: bool) {
    let (folder, site, others) = (Folder::new(), Site::start(), Site::start());
    if exists {
        folder.write("out.jsonl", "");
    }
    let running = holder(&folder, &site, first);
    let began = Instant::now();
    let url = others.url();
    let ended = Running::start(
        &mut folder.program(&[&["pull"], &into_file("t3", &url, second)[..]].concat()),
    )
    .end();
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );
    assert_locked_out(&ended, &others);
    let whole = running.end();
    assert_eq!((whole.status, whole.stderr.as_str()), (0, ""));
    assert_eq!(records(&folder), 90, "{first:?} {second:?} {exists}");
    assert!(!folder.file("out.jsonl.partial").exists());
}

/// On a busy machine the best of a few tries counts.
#[test]
fn the_second_run_is_told_within_a_second() {
    let (folder, site) = (Folder::new(), Site::start());
    let running = holder(&folder, &site, &[]);
    let tries = (0..5).map(|_| {
        let began = Instant::now();
        let args = into_file("t3", "http://127.0.0.1:1", &[]);
        let ended = folder.run(&[&["pull"], &args[..]].concat());
        assert_eq!(ended.status, 8, "{ended:?}");
        began.elapsed()
    });
    let best = tries.min().unwrap();
    assert!(best < Duration::from_secs(1), "{best:?}");
    assert_eq!(running.end().status, 0);
}

#[test]
fn an_import_takes_the_same_lock() {
    let (folder, site) = (Folder::new(), Site::start());
    let saved = folder.run(&["pull", "t2", "--demo", "--raw"]).stdout;
    folder.write("saved.json", saved);
    let running = holder(&folder, &site, &[]);
    let import = ["import", "saved.json", "-o", "out.jsonl"];
    assert_locked_out(&folder.run(&[&import[..], APPEND].concat()), &Site::start());
    let waiting = folder.run(&[&import[..], APPEND, &["--wait-lock", "30"]].concat());
    assert_eq!(
        (running.end().status, waiting.status),
        (0, 0),
        "{waiting:?}"
    );
    assert_eq!(records(&folder), 92);
}

#[test]
fn a_lock_dies_with_its_run() {
    for more in [&[][..], OVERWRITE] {
        let (folder, site) = (Folder::new(), Site::start());
        folder.write("out.jsonl", "");
        // Dropped, a run is killed.
        drop(holder(&folder, &site, more));
        let ended = folder.pull(&into_file("t3", &site.url(), OVERWRITE));
        assert_eq!((ended.status, ended.stderr.as_str()), (0, ""), "{more:?}");
        assert_eq!(records(&folder), 3);
        assert!(!folder.file("out.jsonl.partial").exists());
    }
}

#[test]
fn whoever_waits_for_a_lock_gets_the_file_that_then_stands_there() {
    for first in [APPEND, OVERWRITE] {
        let (folder, site) = (Folder::new(), Site::start());
        folder.write("out.jsonl", "");
        let running = holder(&folder, &site, first);
        let waiting = folder.pull(&into_file(
            "t3",
            &site.url(),
            &["--append", "--wait-lock", "30s"],
        ));
        assert_eq!(
            (waiting.status, running.end().status),
            (0, 0),
            "{waiting:?}"
        );
        assert_eq!(records(&folder), 93, "{first:?}");
    }
}

#[test]
fn waiting_for_a_lock_ends_in_time() {
    let (folder, site, others) = (Folder::new(), Site::start(), Site::start());
    let _running = holder(&folder, &site, &[]);
    let began = Instant::now();
    let url = others.url();
    let program = [
        &["pull"],
        &into_file("t3", &url, &["--wait-lock", "0.3"])[..],
    ]
    .concat();
    assert_locked_out(&folder.run(&program), &others);
    assert!(began.elapsed() >= Duration::from_millis(300));
}

#[cfg(unix)]
#[test]
fn a_signal_ends_waiting_for_a_lock() {
    let (folder, site) = (Folder::new(), Site::start());
    let _running = holder(&folder, &site, &[]);
    let args = into_file("t3", "http://127.0.0.1:1", &["--wait-lock", "1h"]);
    let waiting = Running::start(&mut folder.pulling(&args));
    std::thread::sleep(Duration::from_millis(300));
    crate::runner::signal("TERM", &waiting);
    let ended = waiting.end();
    assert_eq!((ended.status, ended.stderr.as_str()), (143, ""));
}

#[test]
fn devices_are_written_by_as_many_as_like() {
    if !std::path::Path::new("/dev/null").exists() {
        return;
    }
    let (folder, site) = (Folder::new(), Site::start());
    let url = site.url();
    let args = [SLOW, "--rate", "0", "--base-url", &url, "-o", "/dev/null"];
    let first = Running::start(&mut folder.pulling(&args));
    let second = Running::start(&mut folder.pulling(&args));
    assert_eq!((first.end().status, second.end().status), (0, 0));
}

#[test]
fn a_failed_run_names_what_keeps_its_records_and_leaves_nothing_where_it_has_none() {
    let folder = Folder::new();
    folder.write("out.jsonl", "old\n");
    let args = [
        "--demo",
        "--source",
        "web",
        "-q",
        "-o",
        "out.jsonl",
        "--overwrite",
    ];
    for (tag, kept) in [("mid_empty", true), ("empty200", false)] {
        let failed = folder.pull(&[&[tag], &args[..]].concat());
        assert_eq!(
            (failed.status, failed.stderr.lines().count()),
            (4, 1),
            "{failed:?}"
        );
        let named = failed
            .stderr
            .ends_with("; what it got is in out.jsonl.partial\n");
        assert_eq!(
            (named, folder.file("out.jsonl.partial").exists()),
            (kept, kept),
            "{failed:?}"
        );
        assert_eq!(folder.read("out.jsonl"), "old\n");
    }
    let refused = [&["pull", "x", "--summary", "no/such/folder"], &args[..]].concat();
    let usage = folder.run(&refused);
    assert_eq!(usage.status, 7, "{usage:?}");
    assert!(!folder.file("out.jsonl.partial").exists());
}

#[test]
fn zeros_that_a_power_cut_left_are_cut() {
    let folder = Folder::new();
    folder.pull(&["t5", "--demo", "-o", "out.jsonl"]);
    let whole = folder.read("out.jsonl");
    for (left, missing) in [(whole[..whole.len() / 2].to_owned(), 3), (String::new(), 5)] {
        folder.write("out.jsonl", left + &"\0".repeat(5_000));
        let ended = folder.pull(&["t5", "--demo", "-o", "out.jsonl", "--append"]);
        assert_eq!(
            (ended.status, &ended.receipt()["written"]),
            (0, &missing.into()),
            "{ended:?}"
        );
        let ids = |text: &str| -> Vec<String> {
            let id = |record: &serde_json::Value| record["aweme_id"].to_string();
            json_lines(text).iter().map(id).collect()
        };
        assert_eq!(ids(&folder.read("out.jsonl")), ids(&whole));
    }
}

#[cfg(unix)]
mod modes_and_links {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::{Folder, OVERWRITE, Running, fs, records};

    /// The mode a run under `umask` leaves the output with.
    fn mode_after(folder: &Folder, umask: &str, more: &[&str]) -> u32 {
        let script = format!("umask {umask}; exec \"$0\" \"$@\"");
        let mut command = crate::runner::scrubbed("sh", &folder.file(""));
        command.args([
            "-c",
            &script,
            crate::runner::BINARY,
            "pull",
            "t3",
            "--demo",
            "-o",
            "out.jsonl",
        ]);
        let ended = Running::start(command.args(more)).end();
        assert_eq!((ended.status, ended.stderr.as_str()), (0, ""), "{ended:?}");
        let metadata = fs::metadata(folder.file("out.jsonl")).unwrap();
        metadata.permissions().mode() & 0o7777
    }

    #[test]
    fn a_new_file_has_the_mode_of_the_umask_and_a_replaced_one_the_narrower_of_both() {
        for (old, umask, mode) in [
            (None, "022", 0o644),
            (None, "0", 0o666),
            (Some(0o600), "0", 0o600),
            (Some(0o640), "022", 0o640),
            (Some(0o666), "077", 0o600),
        ] {
            let folder = Folder::new();
            if let Some(old) = old {
                folder.write("out.jsonl", "old\n");
                let mode = fs::Permissions::from_mode(old);
                fs::set_permissions(folder.file("out.jsonl"), mode).unwrap();
            }
            assert_eq!(
                mode_after(&folder, umask, OVERWRITE),
                mode,
                "{old:?} {umask}"
            );
        }
        assert_eq!(mode_after(&Folder::new(), "027", &[]), 0o640);
    }

    #[test]
    fn planted_links_are_not_followed() {
        let folder = Folder::new();
        for plant in [
            |from: &std::path::Path, to: &std::path::Path| symlink(from, to),
            |from: &std::path::Path, to: &std::path::Path| fs::hard_link(from, to),
        ] {
            folder.write("precious", "mine\n");
            plant(&folder.file("precious"), &folder.file("out.jsonl.partial")).unwrap();
            let ended = folder.pull(&["t3", "--demo", "-o", "out.jsonl", "--overwrite"]);
            assert_eq!((ended.status, ended.stderr.as_str()), (0, ""));
            assert_eq!(
                (records(&folder), folder.read("precious").as_str()),
                (3, "mine\n")
            );
            assert!(!folder.file("out.jsonl.partial").exists());
            // Nor does a link there hinder a run that adds.
            symlink("precious", folder.file("out.jsonl.partial")).unwrap();
            let ended = folder.pull(&["t5", "--demo", "-o", "out.jsonl", "--append"]);
            assert_eq!((ended.status, ended.stderr.as_str()), (0, ""));
            assert_eq!(folder.read("precious"), "mine\n");
            fs::remove_file(folder.file("out.jsonl.partial")).unwrap();
            fs::remove_file(folder.file("out.jsonl")).unwrap();
        }
    }

    #[test]
    fn a_link_that_is_the_output_stays_and_what_it_leads_to_is_replaced() {
        let folder = Folder::new();
        fs::create_dir(folder.file("data")).unwrap();
        folder.write("data/real.jsonl", "old\n");
        symlink("data/real.jsonl", folder.file("out.jsonl")).unwrap();
        let ended = folder.pull(&["t3", "--demo", "-o", "out.jsonl", "--overwrite"]);
        assert_eq!((ended.status, ended.stderr.as_str()), (0, ""));
        assert!(
            fs::symlink_metadata(folder.file("out.jsonl"))
                .unwrap()
                .is_symlink()
        );
        assert_eq!(records(&folder), 3);
        assert_eq!(fs::read_dir(folder.file("data")).unwrap().count(), 1);
    }
}
