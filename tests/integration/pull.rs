//! `pull` from its arguments to its last line: how much is asked for and written, which hashtags,
//! in which order, and what a run that is stopped leaves.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

#[cfg(unix)]
use crate::runner::signal;
use crate::runner::{Ended, Folder, Running};
use crate::site::Site;

/// Switches for a site in this process, at full speed.
fn at(site: &Site) -> [String; 3] {
    ["--rate=0".to_owned(), "--base-url".to_owned(), site.url()]
}

fn pull_at(site: &Site, args: &[&str]) -> Ended {
    let folder = Folder::new();
    folder.run_for_receipts(folder.pulling(args).args(at(site)))
}

/// How many records each hashtag got, in order of their first.
fn counts(ended: &Ended) -> Vec<(String, usize)> {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for record in ended.records() {
        let name = record["input"]["name"].as_str().unwrap();
        match counts.last_mut().filter(|(last, _)| last == name) {
            Some((_, count)) => *count += 1,
            None => counts.push((name.to_owned(), 1)),
        }
    }
    counts
}

fn counted(counts: &[(&str, usize)]) -> Vec<(String, usize)> {
    let owned = |(name, count): &(&str, usize)| ((*name).to_owned(), *count);
    counts.iter().map(owned).collect()
}

#[test]
fn the_limit_is_exact_and_no_page_is_asked_for_in_vain() {
    for (limit, written, pages, stopped) in [
        ("1", 1, 1, "limit"),
        ("5", 5, 1, "limit"),
        ("30", 30, 1, "limit"),
        ("31", 31, 2, "limit"),
        ("60", 60, 2, "limit"),
        ("95", 95, 4, "limit"),
        ("96", 95, 4, "end_of_feed"),
    ] {
        let site = Site::start();
        let ended = pull_at(&site, &["ok30", "-n", limit]);
        let receipt = ended.receipt();
        assert_eq!((ended.status, ended.ids().len()), (0, written), "{limit}");
        assert_eq!(receipt["stopped_because"], stopped, "{limit}");
        assert_eq!(receipt["seen"], written, "{limit}");
        assert_eq!(receipt["pages"], pages, "{limit}");
        assert_eq!(site.count("list"), pages, "{limit}");
        assert!(site.count("requests") <= pages + 2, "{limit}");
        assert_eq!(receipt["requests"], site.count("requests"), "{limit}");
        assert_eq!(receipt["asked"], limit.parse::<u64>().unwrap());
    }
}

#[test]
fn a_feed_without_progress_is_asked_for_no_fourth_page() {
    for (name, new, without) in [("loop", 3, 3), ("stuck", 2, 2)] {
        let site = Site::start();
        let ended = pull_at(&site, &[name, "--all", "--source", "web"]);
        assert_eq!(ended.receipt()["stopped_because"], "stalled");
        // The page after which the cursor stands still is new and a strike at once.
        assert_eq!(site.count("list"), new + without, "{name}");
    }
}

#[test]
fn the_token_of_the_site_stays_away_from_any_other_server() {
    const TOKEN: &str = "hushhushhushhushhush";
    let (folder, site) = (Folder::new(), Site::start());
    let mut command = folder.pulling(&["empty200", "-vvv", "--with-raw", "-n", "9"]);
    command
        .args(at(&site))
        .env("TIKTOK_HASHTAG_MS_TOKEN", TOKEN);
    let ended = folder.run_for_receipts(&mut command);
    assert_eq!((ended.status, ended.ids().len()), (0, 9));
    for request in site.requests() {
        assert!(
            !request["query"].as_str().unwrap().contains(TOKEN),
            "{request}"
        );
        assert_eq!(request["cookies"], json!([]), "{request}");
    }
    assert!(!ended.stderr.contains(TOKEN) && !ended.stdout.contains(TOKEN));
}

#[test]
fn a_hundred_is_the_limit_when_none_is_given() {
    let ended = Folder::new().pull(&["viral", "--demo"]);
    assert_eq!((ended.status, ended.ids().len()), (0, 100));
    assert_eq!(ended.receipt()["asked"], 100);
    let all = Folder::new().pull(&["viral", "--demo", "--all"]);
    assert_eq!((all.status, all.ids().len()), (0, 300));
    assert_eq!(all.receipt()["asked"], Value::Null);
}

#[test]
fn positions_count_from_one_in_the_order_of_the_feed() {
    let ended = Folder::new().pull(&["dups", "--demo", "-n", "40"]);
    let records = ended.records();
    let position = |record: &Value| record["collection"]["position"].as_u64().unwrap();
    let positions: Vec<u64> = records.iter().map(position).collect();
    // The second page repeats five of the first, which are seen and not written.
    let expected: Vec<u64> = (1..=30).chain(36..=45).collect();
    assert_eq!(positions, expected);
    assert_eq!(ended.receipt()["duplicates"], 5);
    assert_eq!(ended.receipt()["seen"], 45);
}

#[test]
fn hashtags_come_one_after_another_and_each_once() {
    let site = Site::start();
    let tags = [
        "t3",
        "#T2",
        "https://www.tiktok.com/tag/t3?lang=en",
        "t2",
        "T1",
    ];
    let ended = pull_at(&site, &tags);
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    assert_eq!(counts(&ended), counted(&[("t3", 3), ("t2", 2), ("t1", 1)]));
    assert_eq!(site.count("detail"), 3);
    let tags: Vec<&Value> = ended
        .receipts
        .iter()
        .map(|receipt| &receipt["tag"])
        .collect();
    assert_eq!(tags, [&json!("t3"), &json!("t2"), &json!("t1")]);
}

#[test]
fn every_hashtag_is_tried_and_the_first_failure_is_the_status() {
    let tags = ["t2", "nf_10205", "mid_empty", "t3"];
    let ended = Folder::new().pull(&[&tags[..], &["--demo", "--source", "web"]].concat());
    assert_eq!(ended.status, 3);
    let codes: Vec<&Value> = ended.receipts.iter().map(|r| &r["exit_code"]).collect();
    assert_eq!(codes, [&json!(0), &json!(3), &json!(4), &json!(0)]);
    assert_eq!(
        counts(&ended),
        counted(&[("t2", 2), ("mid_empty", 60), ("t3", 3)])
    );
    assert_eq!(
        ended.stderr.matches("error: ").count(),
        2,
        "{}",
        ended.stderr
    );
}

#[test]
fn three_blocks_in_a_row_end_the_asking() {
    let site = Site::start();
    let tags = ["akamai", "login", "waf", "t3", "t2", "--source", "web"];
    let ended = pull_at(&site, &tags);
    assert_eq!((ended.status, ended.ids().len()), (4, 0));
    let reasons: Vec<&Value> = ended
        .receipts
        .iter()
        .map(|r| &r["stopped_because"])
        .collect();
    let expected = [
        "refused",
        "login_required",
        "captcha",
        "not_started",
        "not_started",
    ];
    assert_eq!(
        reasons,
        expected.map(Value::from).iter().collect::<Vec<_>>()
    );
    assert!(
        site.requests()
            .iter()
            .all(|asked| asked["tag"] != "t3" && asked["tag"] != "t2")
    );
}

#[test]
fn names_of_every_script_come_through_whole() {
    for (typed, name) in [
        ("fypシ", "fypシ"),
        ("#ÜBER", "über"),
        ("u\u{308}ber", "über"),
        ("قهوة", "قهوة"),
        ("שקט", "שקט"),
        ("สงกรานต์", "สงกรานต์"),
        ("日本", "日本"),
        ("🌻", "🌻"),
        ("👨\u{200d}👩\u{200d}👧", "👨\u{200d}👩\u{200d}👧"),
        ("https://www.tiktok.com/tag/fyp%E3%82%B7", "fypシ"),
        ("https://m.tiktok.com/tag/%D9%82%D9%87%D9%88%D8%A9/", "قهوة"),
    ] {
        for lane in ["web", "embed"] {
            let args = [typed, "--demo", "-n", "10", "--source", lane];
            let ended = Folder::new().pull(&args);
            let records = ended.records();
            assert_eq!(
                (ended.status, records.len()),
                (0, 10),
                "{typed}: {}",
                ended.stderr
            );
            assert_eq!(ended.receipt()["tag"], name);
            assert!(records.iter().all(|record| record["input"]["name"] == name));
            // Most captions carry the name as the site understood it.
            let hashtag = format!("#{name}");
            let carries = |record: &&Value| record["desc"].as_str().unwrap().contains(&hashtag);
            let carrying = records.iter().filter(carries).count();
            assert!(carrying >= 3, "{typed} {lane}: {carrying}");
        }
    }
}

#[test]
fn a_file_of_hashtags_may_have_any_form() {
    for text in [
        "t3\n\n# the second\n#t2\nhttps://www.tiktok.com/tag/t1\n",
        "\u{feff}t3\r\nt2\r\nt1",
        r#"[{"name": "t3"}, "t2", {"url": "https://www.tiktok.com/tag/t1", "region": "vn"}]"#,
        "{\"name\": \"t3\"}\n\"#T2\"\n{\"name\": \"t1\", \"limit\": null}\n",
    ] {
        let folder = Folder::new();
        folder.write("tags", text);
        let by_name = folder.pull(&["--input", "tags", "--demo"]);
        assert_eq!(
            counts(&by_name),
            counted(&[("t3", 3), ("t2", 2), ("t1", 1)]),
            "{text}"
        );
        let mut command = folder.pulling(&["--input", "-", "--demo"]);
        command.stdin(File::open(folder.file("tags")).unwrap());
        let piped = folder.run_for_receipts(&mut command);
        assert_eq!((by_name.status, piped.status), (0, 0));
        assert_eq!(by_name.ids(), piped.ids(), "{text}");
    }
}

#[test]
fn a_lone_object_has_its_own_limit_and_a_switch_beats_it() {
    let folder = Folder::new();
    folder.write(
        "one.json",
        r#"{"name": "viral", "region": "vn", "limit": 4}"#,
    );
    let own = folder.pull(&["--input", "one.json", "--demo"]);
    assert_eq!(own.ids().len(), 4, "{}", own.stderr);
    assert_eq!(own.records()[0]["input"]["region"], "VN");
    let beaten = folder.pull(&["--input", "one.json", "--demo", "-n", "2", "--region", "us"]);
    assert_eq!(beaten.ids().len(), 2);
    assert_eq!(beaten.records()[0]["input"]["region"], "US");
    let joined = folder.pull(&["t1", "--name", "t2", "--input", "one.json", "--demo"]);
    assert_eq!(
        counts(&joined),
        counted(&[("t1", 1), ("t2", 2), ("viral", 4)])
    );
}

#[test]
fn a_file_that_breaks_a_rule_is_refused_and_the_place_named() {
    for (text, words) in [
        (
            r#"[{"name": "t1"}, {"name": "t2", "limit": "ten"}]"#,
            "/1/limit",
        ),
        (r#"{"name": "a b"}"#, "/name"),
        ("t1\na b\n", "line 2"),
        ("[{\"name\": \"t1\"", "line 1"),
        ("", "no hashtag given: --input tags holds none; name one"),
    ] {
        let folder = Folder::new();
        folder.write("tags", text);
        let ended = folder.pull(&["--input", "tags", "--demo"]);
        assert_eq!(ended.status, 2, "{text}");
        assert!(ended.stderr.contains(words), "{text}: {}", ended.stderr);
        assert!(ended.stdout.is_empty() && ended.receipts.is_empty());
    }
    let folder = Folder::new();
    folder.write(
        "tags",
        r#"[{"name": "t1", "colour": 1}, {"name": "t2", "colour": 2}]"#,
    );
    let ended = folder.pull(&["--input", "tags", "--demo"]);
    assert_eq!(
        (ended.status, ended.stderr.matches("colour").count()),
        (0, 1)
    );
}

/// Starts a pull and reads its first line; the rest stays unread.
fn started(folder: &Folder, args: &[&str]) -> (Running, BufReader<std::process::ChildStdout>) {
    let mut running = Running::start(&mut folder.pulling(args));
    let mut stdout = BufReader::new(running.stdout());
    let mut first = String::new();
    stdout.read_line(&mut first).unwrap();
    assert!(first.starts_with("{\"input\":"), "{first}");
    (running, stdout)
}

#[test]
fn a_reader_that_goes_away_ends_the_run_quietly() {
    let (folder, site) = (Folder::new(), Site::start());
    let url = site.url();
    let args = ["t3000", "--all", "--rate", "0", "--base-url", &url];
    let (running, stdout) = started(&folder, &args);
    drop(stdout);
    let ended = running.end();
    assert_eq!((ended.status, ended.stderr.as_str()), (141, ""));
    assert!(site.count("list") <= 4, "{}", site.count("list"));
    assert_eq!(
        folder.take_receipts()[0]["stopped_because"],
        "reader_closed"
    );
}

#[test]
fn a_reader_that_is_slow_holds_the_fetching_up() {
    let (folder, site) = (Folder::new(), Site::start());
    let url = site.url();
    let args = ["t3000", "--all", "--rate", "0", "--base-url", &url];
    let (_running, _stdout) = started(&folder, &args);
    std::thread::sleep(Duration::from_millis(500));
    assert!(site.count("list") <= 4, "{}", site.count("list"));
}

#[test]
fn the_first_page_is_out_before_the_second_is_asked_for() {
    let (folder, site) = (Folder::new(), Site::start());
    let url = site.url();
    let args = ["t60", "--rate", "0.5", "--base-url", &url];
    let (_running, _stdout) = started(&folder, &args);
    assert_eq!(site.count("list"), 1);
}

#[cfg(unix)]
#[test]
fn a_signal_ends_the_run_and_what_is_done_stays() {
    for (name, status) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let folder = Folder::new();
        let args = ["t3000_l100", "--all", "--demo"];
        let (running, mut stdout) = started(&folder, &args);
        let asked = Instant::now();
        signal(name, &running);
        let mut rest = String::new();
        stdout.read_to_string(&mut rest).unwrap();
        let ended = running.end();
        assert!(asked.elapsed() < Duration::from_secs(5));
        assert_eq!(ended.status, status, "{}", ended.stderr);
        assert!(rest.ends_with("}\n"), "{name}");
        let receipt = &folder.take_receipts()[0];
        assert_eq!(receipt["stopped_because"], "interrupted");
        assert_eq!(receipt["written"], rest.lines().count() + 1);
        assert_ne!(receipt["written"], 3_000);
        assert_ne!(receipt["next_cursor"], Value::Null);
    }
}

#[cfg(unix)]
#[test]
fn a_signal_ends_a_wait_for_an_answer_and_the_file_stays_whole() {
    let (folder, site) = (Folder::new(), Site::start());
    let mut command = folder.pulling(&["mid_hang", "--all", "-o", "out.jsonl"]);
    let running = Running::start(command.args(at(&site)));
    let asked = Instant::now();
    while site.count("list") < 3 {
        assert!(asked.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(10));
    }
    let asked = Instant::now();
    signal("INT", &running);
    assert_eq!(running.end().status, 130);
    assert!(asked.elapsed() < Duration::from_secs(3));
    let text = folder.read("out.jsonl");
    assert_eq!(crate::runner::json_lines(&text).len(), 60);
}

#[cfg(unix)]
#[test]
fn a_second_signal_ends_a_run_whose_reader_does_not_read() {
    let (folder, site) = (Folder::new(), Site::start());
    let url = site.url();
    let args = ["t3000", "--all", "--rate", "0", "--base-url", &url];
    let (running, _stdout) = started(&folder, &args);
    let asked = Instant::now();
    signal("TERM", &running);
    std::thread::sleep(Duration::from_millis(300));
    signal("TERM", &running);
    assert_eq!(running.end().status, 143);
    assert!(asked.elapsed() < Duration::from_secs(3));
}
