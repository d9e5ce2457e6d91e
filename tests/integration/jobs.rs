//! Several hashtags in flight: each in its own order and with its own receipt, all under one pace
//! and one end.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::Value;

use crate::runner::{Ended, Folder, Running, signal};
use crate::site::Site;

/// Pulls `tags` from `site`, three at a time.
fn pull(site: &Site, tags: &[&str], more: &[&str]) -> Ended {
    let folder = Folder::new();
    let mut command = folder.pulling(tags);
    command.args(["--jobs", "3", "--rate", "0", "--source", "web"]);
    command.args(["--base-url", &site.url()]).args(more);
    folder.run_for_receipts(&mut command)
}

/// The ids of each hashtag in the order they came.
fn feeds(ended: &Ended) -> HashMap<String, Vec<Value>> {
    let mut feeds: HashMap<String, Vec<Value>> = HashMap::new();
    for record in ended.records() {
        let name = record["input"]["name"].as_str().unwrap().to_owned();
        feeds
            .entry(name)
            .or_default()
            .push(record["aweme_id"].clone());
    }
    feeds
}

fn sum(receipts: &[Value], key: &str) -> u64 {
    receipts.iter().map(|it| it[key].as_u64().unwrap()).sum()
}

#[test]
fn each_hashtag_comes_whole_and_in_order_with_its_own_receipt() {
    let site = Site::start();
    let tags = ["t95_l50", "t65_l20", "http503_once", "t40", "t125_dup"];
    let ended = pull(&site, &tags, &["--all"]);
    assert_eq!(ended.status, 0, "{ended:?}");
    let sent = site.requests().len() as u64;
    assert_eq!(sum(&ended.receipts, "requests"), sent);
    assert_eq!(sum(&ended.receipts, "retries"), 1);
    let feeds = feeds(&ended);
    for tag in tags {
        let alone = Folder::new().pull(&[
            tag,
            "--all",
            "--rate",
            "0",
            "--source",
            "web",
            "--base-url",
            &site.url(),
        ]);
        assert_eq!(feeds[tag], alone.ids(), "{tag}");
        let mut receipts = ended.receipts.iter().filter(|it| it["tag"] == tag);
        let receipt = receipts.next().unwrap();
        assert!(receipts.next().is_none());
        for key in ["seen", "written", "pages", "requests", "complete"] {
            // The fault of one of them is over by now.
            if key != "requests" || tag != "http503_once" {
                assert_eq!(receipt[key], alone.receipt()[key], "{tag}: {key}");
            }
        }
    }
}

#[test]
fn hashtags_do_not_wait_for_each_other() {
    let site = Site::start();
    let ended = pull(
        &site,
        &["slow", "t95", "t65"],
        &["--all", "--timeout", "2", "--retries", "0"],
    );
    let order: Vec<&str> = ended
        .receipts
        .iter()
        .map(|it| it["tag"].as_str().unwrap())
        .collect();
    assert_eq!(order.last(), Some(&"slow"), "{ended:?}");
}

#[test]
fn the_first_failure_in_input_order_decides_whichever_comes_first() {
    let site = Site::start();
    let tags = ["http500", "nf_10205", "t5"];
    let ended = pull(&site, &tags, &["--retries", "2"]);
    let order: Vec<&str> = ended
        .receipts
        .iter()
        .map(|it| it["tag"].as_str().unwrap())
        .collect();
    assert_ne!(order[0], "http500", "{ended:?}");
    assert_eq!(ended.status, 5, "{ended:?}");
    assert_eq!(ended.ids().len(), 5);
}

#[test]
fn blocks_in_a_row_end_a_run_with_several_in_flight() {
    let site = Site::start();
    let tags = [
        "captcha_html",
        "captcha_json",
        "login",
        "t5",
        "t6",
        "t7",
        "t8",
    ];
    let ended = pull(&site, &tags, &[]);
    assert_eq!(ended.status, 4, "{ended:?}");
    assert_eq!(ended.receipts.len(), tags.len());
    let waiting: Vec<&Value> = ended
        .receipts
        .iter()
        .filter(|it| it["stopped_because"] == "not_started")
        .collect();
    assert!(!waiting.is_empty(), "{ended:?}");
    assert_eq!(ended.stderr.matches("not started").count(), waiting.len());
}

#[test]
fn an_output_that_is_gone_ends_all_of_them() {
    let site = Site::start();
    let ended = pull(
        &site,
        &["t300", "t3000_l50", "t1000_l50"],
        &["--all", "-o", "/dev/full"],
    );
    assert_eq!(ended.status, 7, "{ended:?}");
    for receipt in &ended.receipts {
        assert_eq!(receipt["stopped_because"], "output");
    }
    assert_eq!(ended.receipts.len(), 3);
    assert!(site.count("list") < 20, "{}", site.count("list"));
}

#[test]
fn a_signal_ends_all_of_them_and_each_says_so() {
    let (folder, site) = (Folder::new(), Site::start());
    let mut command = folder.pulling(&["t3000_l50", "t1000_l50", "t300_l50", "t5"]);
    command.args([
        "--all",
        "--jobs",
        "3",
        "--rate",
        "0",
        "--source",
        "web",
        "-o",
        "out.jsonl",
    ]);
    command.args(["--base-url", &site.url()]);
    let running = Running::start(&mut command);
    while site.count("list") < 3 {
        std::thread::sleep(Duration::from_millis(5));
    }
    signal("TERM", &running);
    let ended = running.end();
    assert_eq!(ended.status, 143, "{ended:?}");
    let receipts = folder.take_receipts();
    assert_eq!(receipts.len(), 3, "what was not begun has none");
    for receipt in &receipts {
        assert_eq!(receipt["stopped_because"], "interrupted");
    }
    let lines = folder.read("out.jsonl");
    assert_eq!(lines.lines().count() as u64, sum(&receipts, "written"));
    assert_eq!(
        ended.stderr.matches("interrupted").count(),
        3,
        "{}",
        ended.stderr
    );
}

#[test]
fn a_number_of_jobs_is_a_whole_one() {
    for jobs in ["0", "65", "-1", "two"] {
        let ended = Folder::new().run(&["pull", "t5", "--demo", &format!("--jobs={jobs}")]);
        assert_eq!(ended.status, 2, "{jobs}");
        assert!(ended.stderr.contains("--jobs"), "{}", ended.stderr);
    }
}
