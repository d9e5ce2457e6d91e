//! Runs of more hashtags, each with a file of its own, than the system lets a program have open.

use std::fs::{self, File};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::runner::{BINARY, Ended, Folder, RECEIPTS, Running, json_lines, scrubbed};
use crate::site::Site;

/// How many hashtags a small run has: more than there is room for.
const TAGS: usize = 60;

/// A run that may have `open` files open.
fn limited(folder: &Folder, open: u32, args: &[&str]) -> Command {
    let mut command = scrubbed("sh", &folder.file(""));
    let script = format!("ulimit -n {open}; exec \"$0\" \"$@\"");
    command.args(["-c", &script, BINARY, "pull", "--summary", RECEIPTS]);
    command
        .args(["--source", "web", "--input", "tags.txt"])
        .args(args);
    command
}

/// A folder with a list of hashtags that have one video each.
fn listed(count: usize) -> Folder {
    let folder = Folder::new();
    let tags = (0..count).map(|at| tag(at) + "\n");
    folder.write("tags.txt", tags.collect::<String>());
    fs::create_dir(folder.file("out")).unwrap();
    folder
}

/// The last part of its name is what counts.
fn tag(at: usize) -> String {
    format!("t1_l{at}_l0")
}

fn pull(folder: &Folder, site: &Site, more: &[&str]) -> Ended {
    let url = site.url();
    let args = [&["--rate", "0", "--base-url", &url], more].concat();
    folder.run_for_receipts(&mut limited(folder, 64, &args))
}

/// The file of each of `count` hashtags, which has one record.
fn assert_whole(folder: &Folder, count: usize, suffix: &str) {
    assert_eq!(fs::read_dir(folder.file("out")).unwrap().count(), count);
    for at in 0..count {
        let text = folder.read(&format!("out/{}.{suffix}", tag(at)));
        let records = match suffix {
            "json" => serde_json::from_str(&text).unwrap_or_else(|it| panic!("{it}: {text}")),
            _ => json_lines(&text),
        };
        assert_eq!(records.len(), 1, "{at}");
        assert_eq!(records[0]["input"]["name"], tag(at));
    }
}

#[test]
fn a_thousand_hashtags_need_no_thousand_open_files() {
    let folder = listed(1_000);
    let args = ["--demo", "--jobs", "4", "-o", "out/{tag}.jsonl"];
    let ended = folder.run_for_receipts(&mut limited(&folder, 256, &args));
    assert_eq!((ended.status, ended.stderr.as_str()), (0, ""));
    assert_eq!(ended.receipts.len(), 1_000);
    assert_whole(&folder, 1_000, "jsonl");
}

#[test]
fn every_file_is_looked_at_before_anybody_is_asked() {
    let (folder, site) = (listed(TAGS), Site::start());
    for at in [0, TAGS / 2, TAGS - 1] {
        let name = format!("out/{}.jsonl", tag(at));
        folder.write(&name, "{\"aweme_id\":\"1\"}\n");
        let refused = pull(&folder, &site, &["-o", "out/{tag}.jsonl"]);
        assert_eq!(refused.status, 2, "{refused:?}");
        assert!(refused.stderr.contains(&name), "{refused:?}");

        let held = File::open(folder.file(&name)).unwrap();
        held.lock().unwrap();
        for switch in ["--append", "--overwrite"] {
            let locked = pull(&folder, &site, &["-o", "out/{tag}.jsonl", switch]);
            assert_eq!(locked.status, 8, "{locked:?}");
            assert!(locked.stderr.contains(&name), "{locked:?}");
        }
        fs::remove_file(folder.file(&name)).unwrap();
    }
    assert_eq!(site.count("requests"), 0);
}

#[test]
fn a_second_run_over_the_same_hashtags_meets_a_lock_however_far_the_first_is() {
    let (folder, site) = (listed(TAGS), Site::start());
    let url = site.url();
    let args = ["--base-url", &url, "--rate", "40", "-o", "out/{tag}.jsonl"];
    let first = Running::start(&mut limited(&folder, 64, &args));
    for lists in [1, TAGS / 2, TAGS - 5] {
        wait_for(&site, lists);
        let other = Site::start();
        let second = pull(&folder, &other, &["-o", "out/{tag}.jsonl", "--append"]);
        assert_eq!(
            (second.status, other.count("requests")),
            (8, 0),
            "{second:?}"
        );
    }
    assert_eq!(first.end().status, 0);
    assert_whole(&folder, TAGS, "jsonl");
}

fn wait_for(site: &Site, lists: usize) {
    let since = Instant::now();
    while site.count("list") < lists as u64 {
        assert!(since.elapsed() < Duration::from_secs(30));
        sleep(Duration::from_millis(2));
    }
}

#[test]
fn files_are_replaced_and_added_to_each_for_itself() {
    let (folder, site) = (listed(TAGS), Site::start());
    for switch in ["--overwrite", "--overwrite", "--append"] {
        let ended = pull(
            &folder,
            &site,
            &["--jobs", "3", "-o", "out/{tag}.jsonl", switch],
        );
        assert_eq!((ended.status, ended.stderr.as_str()), (0, ""));
        assert_whole(&folder, TAGS, "jsonl");
    }
}

/// Whether all came to nothing is known at the end alone.
#[test]
fn empty_files_wait_for_the_end_without_being_open() {
    let (folder, site) = (listed(TAGS), Site::start());
    let file = |at| format!("out/{}.jsonl", empty(at));
    let all = ["--overwrite", "--fail-empty", "-o", "out/{tag}.jsonl"];
    let stored = [&all[..], &["--store", "store.db"]].concat();
    let mut runs = vec![&all[..]];
    runs.extend(cfg!(feature = "store").then_some(&stored[..]));
    for more in runs {
        for (last, status, left) in [(empty(TAGS), 9, "old\n"), (tag(0), 0, "")] {
            let tags = (0..TAGS).map(|at| empty(at) + "\n").chain([last]);
            folder.write("tags.txt", tags.collect::<String>());
            (0..TAGS).for_each(|at| folder.write(&file(at), "old\n"));
            let ended = pull(&folder, &site, more);
            assert_eq!(ended.status, status, "{ended:?}");
            (0..TAGS).for_each(|at| assert_eq!(folder.read(&file(at)), left, "{at}"));
        }
        let names = fs::read_dir(folder.file("out")).unwrap();
        let mut names = names.map(|entry| entry.unwrap().file_name());
        assert!(names.all(|name| name.to_str().unwrap().ends_with(".jsonl")));
    }
}

/// The same without a video.
fn empty(at: usize) -> String {
    format!("t0_l{at}_l0")
}

#[cfg(feature = "store")]
#[test]
fn a_killed_run_goes_on_with_those_that_were_not_done() {
    for suffix in ["jsonl", "json"] {
        let (folder, site) = (listed(TAGS), Site::start());
        let (url, name) = (site.url(), format!("out/{{tag}}.{suffix}"));
        let more = ["-o", &name, "--store", "store.db"];
        let args = [&["--rate", "0", "--base-url", &url], &more[..]].concat();
        // Killed again while it goes on.
        for lists in [TAGS / 3, TAGS / 3 * 2] {
            let running = Running::start(&mut limited(&folder, 64, &args));
            wait_for(&site, lists);
            drop(running);
        }
        folder.take_receipts();
        let ended = folder.run_for_receipts(&mut limited(&folder, 64, &args));
        assert_eq!((ended.status, ended.stderr.as_str()), (0, ""));
        let left = ended.receipts.len();
        assert!((1..=TAGS / 3 + 2).contains(&left), "{left}");
        assert_whole(&folder, TAGS, suffix);
    }
}
