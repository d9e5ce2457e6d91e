//! Hashtags out of the store: the longest ago first, each in one run's hand, and what a run that
//! died had in hand for the others. On SQLite, and on PostgreSQL where there is a server.

use std::collections::HashSet;
use std::fs;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::runner::{Ended, Folder, Running, json_lines, signal};
use crate::store::{Kept, retried, server};

/// A feed of three pages, each of which takes its time; the first of hashtags added together.
const SLOW: &str = "t090_l700";
/// One that takes longer than others take to start.
const SLOWER: &str = "t090_l1500";
/// A store file.
const FILE: &str = "store.db";
/// What a lease lasts.
const LEASE: u32 = 300;

/// Arguments of a run on the store's own hashtags.
fn from_store<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["--from-store"], more].concat()
}

/// The hashtags of the receipts, in order.
fn tags(ended: &Ended) -> Vec<&str> {
    let tags = ended.receipts.iter().map(|it| it["tag"].as_str().unwrap());
    tags.collect()
}

/// Lets time go by for the store.
fn age(kept: &Kept, tag: &str, seconds: u32) {
    kept.ask(&format!(
        "UPDATE tags SET pulled_at = pulled_at - {seconds} WHERE tag = '{tag}'"
    ));
}

/// Lets all leases run out.
fn let_run_out(kept: &Kept) {
    kept.ask(&format!(
        "UPDATE tags SET leased_until = leased_until - {LEASE}"
    ));
}

fn leased(kept: &Kept) -> i64 {
    kept.number("SELECT COUNT(*) FROM tags WHERE leased_until IS NOT NULL")
}

fn wait_for(what: &str, holds: impl Fn() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(60), "{what}");
        sleep(Duration::from_millis(20));
    }
}

/// The ids of a file's whole lines; what a run that was killed was at stands behind them.
fn ids(folder: &Folder, name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(folder.file(name)).unwrap_or_default();
    let whole = text.rfind('\n').map_or("", |end| &text[..=end]);
    let id = |record: &Value| record["aweme_id"].as_str().unwrap().to_owned();
    json_lines(whole).iter().map(id).collect()
}

fn distinct(ids: &[String]) -> usize {
    ids.iter().collect::<HashSet<_>>().len()
}

/// A worker that writes its own file and receipts, on a site that all share.
fn worker(kept: &Kept, name: &str, more: &[&str]) -> Command {
    let output = format!("{name}.jsonl");
    let args = ["--new-only", "--append", "-o", &output];
    kept.pulling(&from_store(&[&args[..], more].concat()))
}

#[test]
fn four_runs_share_fifty_hashtags_and_take_over_from_one_that_dies() {
    let Some(server) = server() else {
        return;
    };
    sqlx::any::install_default_drivers();
    let kept = Kept::on(&server);
    let list: Vec<String> = (1..50).map(|n| format!("t{n}_l100")).collect();
    let list = format!("{SLOWER}\n{}\n", list.join("\n"));
    kept.folder.write("tags.txt", &list);
    let more = ["--every", "1h", "--input", "tags.txt", "--all"];
    let start = |name: &str| Running::start(&mut worker(&kept, name, &more));
    ready(&kept);
    let first = start("w0");
    wait_for("a page of the slow one", || {
        !ids(&kept.folder, "w0.jsonl").is_empty()
    });
    let others = ["w1", "w2", "w3"].map(start);
    wait_for("the first run to be at its second page", || {
        kept.number(&format!("SELECT COUNT(*) FROM seen WHERE tag = '{SLOWER}'")) >= 30
    });
    assert_eq!(first.kill(), 137);
    wait_for("all others", || {
        kept.number("SELECT COUNT(*) FROM tags WHERE pulled_at IS NOT NULL") == 49
    });
    sleep(Duration::from_millis(1_500));
    let due = "SELECT tag FROM tags WHERE pulled_at IS NULL";
    assert_eq!(kept.ask(due), [[SLOWER]], "its lease has not run out");
    let_run_out(&kept);
    for other in others {
        let ended = other.end();
        assert_eq!((ended.status, ended.stderr.as_str()), (0, ""), "{ended:?}");
    }
    let runs = "SELECT COUNT(*), COUNT(DISTINCT tag), MAX(exit_code) FROM runs";
    assert_eq!(kept.ask(runs), [["50", "50", "0"]]);
    assert_eq!(leased(&kept), 0);
    // What the dead one had not committed goes with its next run, which has nothing to do.
    let again = retried(
        &kept,
        &from_store(&["--new-only", "--append", "-o", "w0.jsonl"]),
    );
    assert_eq!((again.status, again.stdout.as_str()), (0, ""), "{again:?}");
    let names = ["w0", "w1", "w2", "w3"].map(|name| format!("{name}.jsonl"));
    let got: Vec<String> = names.iter().flat_map(|it| ids(&kept.folder, it)).collect();
    let expected = 90 + (1..50).sum::<usize>();
    assert_eq!((got.len(), distinct(&got)), (expected, expected));
    for name in &names[1..] {
        assert!(!ids(&kept.folder, name).is_empty(), "{name} had no share");
    }
    let idle = kept.site.count("requests");
    let ended = kept.pull(&from_store(&[]));
    assert_eq!((ended.status, ended.receipts.len()), (0, 0), "{ended:?}");
    assert_eq!(kept.site.count("requests"), idle, "none is due");
    assert_eq!(kept.number("SELECT COUNT(*) FROM jobs"), 0);
}

#[test]
fn what_was_pulled_longest_ago_comes_first_and_only_when_it_is_due() {
    Kept::each(|kept| {
        let first = kept.pull(&from_store(&["t1", "t2", "t3", "t4"]));
        assert_eq!(tags(&first), ["t1", "t2", "t3", "t4"], "{first:?}");
        for (tag, seconds) in [("t1", 7_200), ("t2", 10_800), ("t3", 600), ("t4", 3_600)] {
            age(kept, tag, seconds);
        }
        let second = kept.pull(&from_store(&[]));
        assert_eq!((second.status, second.stderr.as_str()), (0, ""));
        assert_eq!(tags(&second), ["t2", "t1", "t4"], "an hour unless said");
        let third = kept.pull(&from_store(&["--every", "5m"]));
        assert_eq!(tags(&third), ["t3"]);
        let requests = kept.site.count("requests");
        let none = kept.pull(&from_store(&["--every", "5m"]));
        assert_eq!(
            (none.status, none.stdout.as_str(), none.stderr.as_str()),
            (0, "", "")
        );
        let told = kept.pull(&from_store(&["-v", "--every", "5m"]));
        let words = "no hashtag of the store is due: each was pulled within --every";
        assert!(told.stderr.contains(words), "{told:?}");
        assert_eq!(kept.site.count("requests"), requests);
        // A clock that was wrong once must not keep a hashtag from coming.
        assert_eq!(
            (leased(kept), kept.number("SELECT COUNT(*) FROM jobs")),
            (0, 0)
        );
    });
}

#[test]
fn a_hashtag_is_asked_for_as_it_was_added() {
    Kept::each(|kept| {
        let url = "https://www.tiktok.com/tag/t40?lang=en";
        let entries = format!(
            r#"[{{"url":"{url}","region":"VN","limit":5}},{{"name":"t9"}},{{"name":"t40"}}]"#
        );
        kept.folder.write("tags.json", entries);
        let first = kept.pull(&from_store(&["--input", "tags.json"]));
        assert_eq!(
            (first.status, first.records().len()),
            (0, 5 + 9),
            "{first:?}"
        );
        let input = first.records()[0]["input"].clone();
        assert_eq!(
            (&input["region"], &input["url"]),
            (&"VN".into(), &url.into())
        );
        age(kept, "t40", 3_600);
        let again = kept.pull(&from_store(&[]));
        assert_eq!(again.records().len(), 5);
        assert!(again.records().iter().all(|it| it["input"] == input));
        // What a switch says holds for this run; what is named with it stays so.
        age(kept, "t40", 3_600);
        age(kept, "t9", 3_600);
        let less = kept.pull(&from_store(&["-n", "2", "-r", "us", "t9"]));
        assert_eq!(less.records().len(), 4, "{less:?}");
        assert!(
            less.records()
                .iter()
                .all(|it| it["input"]["region"] == "US")
        );
        let rows = kept.ask("SELECT tag, region, asked, url FROM tags ORDER BY tag");
        assert_eq!(rows, [["t40", "VN", "5", url], ["t9", "US", "2", ""]]);
        kept.pull(&from_store(&["t7", "--all"]));
        let row = kept.ask("SELECT asked FROM tags WHERE tag = 't7'");
        assert_eq!(row, [[""]], "no limit is none");
        age(kept, "t7", 3_600);
        assert_eq!(kept.pull(&from_store(&[])).receipt()["asked"], Value::Null);
    });
}

/// Imports a file under a name that is no hashtag to pull.
fn import(kept: &Kept) {
    let saved = kept.folder.run(&["pull", "t2", "--demo", "--raw"]).stdout;
    kept.folder.write("saved.json", saved);
    let ended = kept.import(&["saved.json", "--name", "imported"]);
    assert_eq!((ended.status, ended.records().len()), (0, 2));
}

#[test]
fn every_pull_with_the_store_adds_its_hashtags() {
    Kept::each(|kept| {
        kept.pull(&["t5", "-n", "3"]);
        kept.pull(&["t5", "-n", "4", "-r", "VN"]);
        assert_eq!(kept.pull(&["nf_10205"]).status, 3);
        assert_eq!(kept.pull(&["login", "--source", "web"]).status, 4);
        import(kept);
        let rows = kept.ask("SELECT tag, region, asked FROM tags ORDER BY tag");
        assert_eq!(
            rows,
            [["login", "", "100"], ["t5", "", "3"]],
            "the first stays"
        );
        let none = kept.pull(&from_store(&[]));
        assert_eq!((none.status, none.receipts.len()), (0, 0), "{none:?}");
        age(kept, "t5", 3_600);
        let due = kept.pull(&from_store(&[]));
        assert_eq!((tags(&due), due.records().len()), (vec!["t5"], 3));
    });
}

#[test]
fn what_failed_is_told_once_and_due_again_in_its_time() {
    Kept::each(|kept| {
        let first = kept.pull(&from_store(&["mid_empty", "nf_10205", "t5"]));
        assert_eq!(first.status, 4, "{first:?}");
        assert_eq!(tags(&first), ["mid_empty", "nf_10205", "t5"]);
        assert_eq!(first.stderr.lines().count(), 2, "{first:?}");
        assert_eq!(kept.number("SELECT COUNT(*) FROM jobs"), 0);
        assert_eq!(leased(kept), 0);
        let none = kept.pull(&from_store(&[]));
        assert_eq!((none.status, none.receipts.len()), (0, 0), "{none:?}");
        age(kept, "mid_empty", 3_600);
        let before = kept.site.requests().len();
        let again = kept.pull(&from_store(&[]));
        assert_eq!((again.status, tags(&again)), (4, vec!["mid_empty"]));
        assert_eq!(
            kept.cursors(before)[0],
            "0",
            "what is new stands at the top"
        );
    });
}

#[test]
fn three_blocked_in_a_row_leave_the_rest_to_others() {
    Kept::each(|kept| {
        let list = ["captcha_html", "geo", "login", "t5", "t6"];
        let ended = kept.pull(&from_store(&list));
        assert_eq!(ended.status, 4, "{ended:?}");
        assert_eq!(tags(&ended), list[..3]);
        let last = ended.stderr.lines().last().unwrap();
        assert_eq!(
            last,
            "error: 3 hashtags in a row were blocked; still due of the store's hashtags: 2; \
             run it again later"
        );
        assert_eq!(leased(kept), 0);
        let rest = kept.pull(&from_store(&[]));
        assert_eq!((rest.status, tags(&rest)), (0, list[3..].to_vec()));
    });
}

#[test]
fn several_hashtags_in_flight_are_each_in_hand_once() {
    Kept::each(|kept| {
        let list: Vec<String> = (1..10).map(|n| format!("t{n}_l50")).collect();
        kept.folder.write("tags.txt", list.join("\n"));
        let args = ["--input", "tags.txt", "--jobs", "4", "-o", "out.jsonl"];
        let ended = kept.pull(&from_store(&args));
        assert_eq!((ended.status, ended.stderr.as_str()), (0, ""));
        let mut met = tags(&ended);
        met.sort_unstable();
        assert_eq!(met, list);
        let got = ids(&kept.folder, "out.jsonl");
        assert_eq!((got.len(), distinct(&got)), (45, 45));
        let blocked = ["captcha_html", "geo", "login", "t5", "t6", "t7", "t8", "t9"];
        let args = [&["--jobs", "2"][..], &blocked].concat();
        let ended = kept.pull(&from_store(&args));
        assert_eq!(ended.status, 4, "{ended:?}");
        let told = ended
            .stderr
            .matches("still due of the store's hashtags")
            .count();
        assert_eq!((told, leased(kept)), (1, 0), "{ended:?}");
    });
}

#[test]
fn a_budget_that_is_used_up_leaves_the_rest_too() {
    Kept::each(|kept| {
        let ended = kept.pull(&from_store(&["t4", "t5", "t6", "--max-requests", "4"]));
        assert_eq!(
            (ended.status, tags(&ended)),
            (5, vec!["t4", "t5"]),
            "{ended:?}"
        );
        let words = "error: the 4 requests of the run are used up; still due of the store's \
                     hashtags: 1; run it again later\n";
        assert_eq!(ended.stderr, words);
        let last = kept.pull(&from_store(&["--max-requests", "2"]));
        assert_eq!((last.status, tags(&last)), (0, vec!["t6"]), "{last:?}");
    });
}

/// A run of `args` that has committed its first page.
fn begun(kept: &Kept, args: &[&str]) -> Running {
    let seen = "SELECT COUNT(*) FROM observations";
    ready(kept);
    let before = kept.number(seen);
    let run = Running::start(&mut kept.pulling(args));
    wait_for("a page", || kept.number(seen) > before);
    run
}

/// Makes the tables, so that they can be asked.
fn ready(kept: &Kept) {
    kept.pull(&["t0", "-q"]);
    kept.ask("DELETE FROM tags WHERE tag = 't0'");
    kept.ask("DELETE FROM runs WHERE tag = 't0'");
}

#[test]
fn the_run_of_an_output_that_died_goes_on_in_its_hashtag_at_once() {
    Kept::each(|kept| {
        let args = from_store(&["t5", SLOW, "--all", "-o", "out.jsonl"]);
        let slow = begun(kept, &args);
        wait_for("two pages", || {
            kept.number(&format!("SELECT COUNT(*) FROM seen WHERE tag = '{SLOW}'")) == 60
        });
        assert_eq!(slow.kill(), 137);
        let before = kept.site.requests().len();
        let again = retried(kept, &args);
        assert_eq!(
            (again.status, tags(&again)),
            (0, vec![SLOW, "t5"]),
            "{again:?}"
        );
        assert_eq!(kept.cursors(before), ["30", "60", "0"]);
        let got = ids(&kept.folder, "out.jsonl");
        assert_eq!((got.len(), distinct(&got)), (95, 95));
        assert_eq!(kept.number("SELECT COUNT(*) FROM jobs"), 0);
    });
}

#[test]
fn a_signal_gives_the_hashtag_back_and_keeps_the_place() {
    Kept::each(|kept| {
        let args = from_store(&[SLOW, "t5", "--all", "-o", "out.jsonl"]);
        let slow = begun(kept, &args);
        signal("TERM", &slow);
        assert_eq!(slow.end().status, 143);
        kept.folder.take_receipts();
        assert_eq!(leased(kept), 0);
        let again = retried(kept, &args);
        assert_eq!(
            (again.status, tags(&again)),
            (0, vec![SLOW, "t5"]),
            "{again:?}"
        );
        let got = ids(&kept.folder, "out.jsonl");
        assert_eq!((got.len(), distinct(&got)), (95, 95));
    });
}

#[test]
fn another_output_begins_at_the_top_of_what_a_dead_run_had() {
    Kept::each(|kept| {
        let first = begun(kept, &from_store(&[SLOW, "--all", "-o", "one.jsonl"]));
        assert_eq!(first.kill(), 137);
        let_run_out(kept);
        let before = kept.site.requests().len();
        let other = kept.pull(&from_store(&["-o", "two.jsonl"]));
        assert_eq!((other.status, tags(&other)), (0, vec![SLOW]), "{other:?}");
        assert_eq!(kept.cursors(before)[0], "0");
        assert_eq!(ids(&kept.folder, "two.jsonl").len(), 90);
        // And the first output has no claim on it any more, nor ever goes on at that old place.
        age(kept, SLOW, 3_600);
        let before = kept.site.requests().len();
        let again = retried(kept, &from_store(&["-o", "one.jsonl"]));
        assert_eq!((again.status, tags(&again)), (0, vec![SLOW]), "{again:?}");
        assert_eq!(kept.cursors(before)[0], "0");
        let got = ids(&kept.folder, "one.jsonl");
        assert_eq!((got.len(), distinct(&got)), (90, 90));
    });
}

#[test]
fn a_file_is_one_runs_so_that_all_leases_in_it_are_of_the_dead() {
    sqlx::any::install_default_drivers();
    let kept = Kept::in_file();
    drop(begun(&kept, &from_store(&[SLOW, "-o", "one.jsonl"])));
    assert_eq!(leased(&kept), 1);
    let other = kept.pull(&from_store(&["-n", "5"]));
    assert_eq!((other.status, tags(&other)), (0, vec![SLOW]), "{other:?}");
}

/// Somebody else takes the hashtag between two pages.
#[test]
fn who_lost_a_lease_writes_nothing_more_and_ends() {
    Kept::each(|kept| {
        let run = begun(kept, &from_store(&[SLOW, "t5", "--all", "-o", "out.jsonl"]));
        kept.ask("UPDATE tags SET leased_by = 42 WHERE leased_until IS NOT NULL");
        let ended = run.end();
        assert_eq!(ended.status, 8, "{ended:?}");
        let words = format!("error: {SLOW}: another run took it over");
        assert!(ended.stderr.starts_with(&words), "{ended:?}");
        assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
        let receipts = kept.folder.take_receipts();
        assert_eq!(
            (receipts.len(), &receipts[0]["stopped_because"]),
            (1, &"lease_lost".into())
        );
        let written = kept.number("SELECT COUNT(*) FROM seen");
        assert_eq!(ids(&kept.folder, "out.jsonl").len() as i64, written);
        assert!(written < 90, "{written}");
        let row = "SELECT leased_by FROM tags WHERE leased_until IS NOT NULL AND pulled_at IS NULL";
        assert_eq!(
            kept.ask(row),
            [["42"]],
            "the other one's lease is as it was"
        );
    });
}

#[test]
fn a_run_that_stood_still_leaves_its_hashtag_to_the_one_that_took_it() {
    let Some(server) = server() else {
        return;
    };
    sqlx::any::install_default_drivers();
    let kept = Kept::on(&server);
    let slow = [SLOW, "--all", "--new-only", "-o", "one.jsonl"];
    let first = begun(&kept, &from_store(&slow));
    signal("STOP", &first);
    let_run_out(&kept);
    let other = kept.pull(&from_store(&["--new-only", "-o", "two.jsonl"]));
    assert_eq!((other.status, tags(&other)), (0, vec![SLOW]), "{other:?}");
    signal("CONT", &first);
    let ended = first.end();
    assert_eq!(ended.status, 8, "{ended:?}");
    kept.folder.take_receipts();
    let again = retried(&kept, &from_store(&["--new-only", "-o", "one.jsonl"]));
    assert_eq!((again.status, again.receipts.len()), (0, 0), "{again:?}");
    let mut got = ids(&kept.folder, "one.jsonl");
    got.extend(ids(&kept.folder, "two.jsonl"));
    assert_eq!((got.len(), distinct(&got)), (90, 90));
}

#[test]
fn many_runs_may_write_to_standard_output() {
    let Some(server) = server() else {
        return;
    };
    sqlx::any::install_default_drivers();
    let kept = Kept::on(&server);
    let list: Vec<String> = (1..10).map(|n| format!("t{n}_l100")).collect();
    kept.folder.write("tags.txt", list.join("\n"));
    let start = || {
        let args = from_store(&["--input", "tags.txt"]);
        Running::start(&mut kept.pulling(&args))
    };
    let runs = [start(), start(), start()];
    // A run whose reader does not read keeps the others waiting.
    let ended = runs.map(|run| std::thread::spawn(|| run.end()));
    let ended = ended.map(|run| run.join().unwrap());
    let got: Vec<String> = ended.iter().flat_map(Ended::ids).collect();
    assert!(ended.iter().all(|it| it.status == 0), "{ended:?}");
    assert_eq!((got.len(), distinct(&got)), (45, 45));
    // One that dies leaves a job that nobody can go on with: it goes a day later.
    let mut dying = kept.pulling(&from_store(&[SLOW]));
    let dying = Running::start_as_is(dying.stdout(Stdio::null()).stderr(Stdio::null()));
    wait_for("a lease", || leased(&kept) == 1);
    drop(dying);
    assert_eq!(kept.number("SELECT COUNT(*) FROM jobs"), 1);
    kept.ask("UPDATE jobs SET updated_at = updated_at - 86401");
    let_run_out(&kept);
    let other = kept.pull(&from_store(&["mid_http503", "--retries", "0"]));
    assert_eq!(other.status, 5, "{other:?}");
    assert_eq!(kept.number("SELECT COUNT(*) FROM jobs"), 0);
}

/// Each hashtag is due again before the other one is through, so that the run has no end.
#[test]
fn the_limit_is_one_of_each_pull_however_long_the_job() {
    Kept::each(|kept| {
        ready(kept);
        let args = ["-n", "10", "--every", "1s", "-o", "out.jsonl"];
        let list = ["t90_l700", "t91_l700"];
        let run = Running::start(&mut kept.pulling(&from_store(&[&args[..], &list].concat())));
        let runs = "SELECT COUNT(*) FROM runs";
        wait_for("two pulls of each", || kept.number(runs) >= 4);
        signal("TERM", &run);
        assert_eq!(run.end().status, 143);
        let receipts = kept.folder.take_receipts();
        for (receipt, tag) in receipts[..4].iter().zip(list.iter().cycle()) {
            let got = (&receipt["tag"], &receipt["written"], &receipt["exit_code"]);
            assert_eq!(got, (&(*tag).into(), &10.into(), &0.into()));
        }
        let got = ids(&kept.folder, "out.jsonl");
        assert_eq!(got.len(), distinct(&got));
    });
}

#[test]
fn whoever_waits_for_another_run_hears_signals_and_the_end_of_its_time() {
    let Some(server) = server() else {
        return;
    };
    sqlx::any::install_default_drivers();
    let kept = Kept::on(&server);
    ready(&kept);
    kept.ask(
        "INSERT INTO tags (tag, added_at, leased_by, leased_until) \
         VALUES ('t5', 0, 42, 4000000000)",
    );
    let waiting = Running::start(&mut kept.pulling(&from_store(&[])));
    wait_for("a job", || kept.number("SELECT COUNT(*) FROM jobs") == 1);
    signal("TERM", &waiting);
    assert_eq!(waiting.end().status, 143);
    let late = kept.pull(&from_store(&["--max-time", "1"]));
    assert_eq!(late.status, 5, "{late:?}");
    assert!(
        late.stderr.contains("still due of the store's hashtags: 1"),
        "{late:?}"
    );
    assert_eq!(kept.number("SELECT COUNT(*) FROM jobs"), 0);
    let waiting = Running::start(&mut kept.pulling(&from_store(&[])));
    wait_for("a job", || kept.number("SELECT COUNT(*) FROM jobs") == 1);
    kept.ask("UPDATE tags SET pulled_at = 4000000000, leased_until = NULL");
    let ended = waiting.end();
    assert_eq!((ended.status, ended.stdout.as_str()), (0, ""), "{ended:?}");
}

/// A store as version 1 left it.
fn of_version_1(kept: &Kept) {
    kept.ask("DROP TABLE tags");
    kept.ask("ALTER TABLE progress DROP COLUMN earlier");
    kept.ask("DELETE FROM store_version WHERE version = 2");
}

#[test]
fn a_store_of_version_1_has_the_hashtags_of_its_runs() {
    Kept::each(|kept| {
        for args in [&["t5", "-n", "3"][..], &["t5", "-n", "4"], &["t7", "--all"]] {
            assert_eq!(kept.pull(args).status, 0);
        }
        assert_eq!(kept.pull(&["nf_10205"]).status, 3);
        import(kept);
        let halfway = ["mid_empty", "-o", "out.jsonl"];
        assert_eq!(kept.pull(&halfway).status, 4);
        kept.ask("UPDATE runs SET finished_at = finished_at - 60 WHERE written = 3");
        of_version_1(kept);
        let before = kept.site.requests().len();
        assert_eq!(kept.pull(&halfway).status, 4);
        assert_eq!(
            kept.cursors(before)[0],
            "30",
            "a job goes on over the change"
        );
        let rows = "SELECT tag, asked, region, \
                    pulled_at - (SELECT MAX(finished_at) FROM runs WHERE runs.tag = tags.tag) \
                    FROM tags WHERE tag <> 'mid_empty' ORDER BY tag";
        assert_eq!(kept.ask(rows), [["t5", "4", "", "0"], ["t7", "", "", "0"]]);
        let of_failed = "SELECT asked FROM tags WHERE tag = 'mid_empty'";
        assert_eq!(kept.ask(of_failed), [["100"]]);
        age(kept, "t7", 3_600);
        let due = kept.pull(&from_store(&[]));
        assert_eq!((due.status, tags(&due)), (0, vec!["t7"]), "{due:?}");
    });
}

#[test]
fn a_hashtag_that_somebody_wrote_wrongly_into_the_table_is_named() {
    Kept::each(|kept| {
        ready(kept);
        for (tag, asked, words) in [
            (
                "Travel",
                "5",
                "its hashtag \"Travel\": it is written travel",
            ),
            ("a b", "5", "its hashtag \"a b\": "),
            ("t5", "0", "its hashtag \"t5\": a limit of 0"),
        ] {
            kept.ask("DELETE FROM tags");
            let row = format!("('{tag}', {asked}, 0)");
            kept.ask(&format!(
                "INSERT INTO tags (tag, asked, added_at) VALUES {row}"
            ));
            let ended = kept.pull(&from_store(&[]));
            assert_eq!(ended.status, 7, "{ended:?}");
            assert!(ended.stderr.contains(words), "{ended:?}");
        }
    });
}

#[test]
fn what_does_not_go_together_is_refused() {
    let folder = Folder::new();
    for (args, words) in [
        (&["--from-store"][..], "--store"),
        (&["t5", "--every", "1h"], "--from-store"),
        (
            &["--store", FILE, "--from-store"],
            "is not there, so it knows no hashtag yet",
        ),
        (
            &["--store", FILE, "--from-store", "--every", "0h"],
            "length of time",
        ),
        (
            &["--store", FILE, "--from-store", "--every", "6"],
            "\"6\" has no unit; give one, e.g. 6h, 30m or 1d",
        ),
    ] {
        let ended = folder.pull(&[&["--demo", "-o", "out.jsonl"], args].concat());
        assert_eq!(ended.status, 2, "{args:?}: {ended:?}");
        assert!(ended.stderr.contains(words), "{args:?}: {ended:?}");
        assert_eq!(fs::read_dir(folder.file("")).unwrap().count(), 0);
    }
}

#[test]
fn a_short_link_is_followed_before_it_is_added() {
    Kept::each(|kept| {
        let links = ["https://vm.tiktok.com/t5/", "https://vm.tiktok.com/video/"];
        let ended = kept.pull(&from_store(&links));
        assert_eq!(
            (ended.status, tags(&ended)),
            (2, vec!["t5"]),
            "{}",
            ended.stderr
        );
        let row = "SELECT tag, url FROM tags";
        assert_eq!(kept.ask(row), [["t5", links[0]]]);
    });
}

/// The switches hold for the store's hashtags; it keeps no filters of an input file.
#[test]
fn filters_of_a_run_hold_for_the_stores_hashtags() {
    let kept = Kept::in_file();
    let entry = r#"{"hashtags":["t30"],"isUnlimited":true,"leastDiggs":100,"region":"VN"}"#;
    kept.folder.write("input.json", entry);
    let args = ["--input", "input.json", "--only-language", "ar"];
    let ended = kept.pull(&from_store(&args));
    assert_eq!(ended.status, 0, "{ended:?}");
    let warning = "the store keeps no filters, so those of the input are ignored";
    assert_eq!(ended.stderr.matches(warning).count(), 1, "{ended:?}");
    let filtered = ended.receipt()["filtered"].as_object().unwrap();
    assert!(filtered.keys().eq(["only_language"]), "{filtered:?}");
    let arabic =
        |record: &Value| record["desc_language"] == "ar" && record["input"]["region"] == "VN";
    assert!(!ended.records().is_empty() && ended.records().iter().all(arabic));
}
