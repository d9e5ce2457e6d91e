//! The browser lane against a real Chromium, whose idea of the site is the simulator.

use std::collections::HashSet;
use std::fs;
use std::process::{Command, Stdio};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::chromium::{self, OwnBrowser, assert_gone, found, mapped, pulling, trusting};
use crate::runner::{Folder, Running};
use crate::site::Site;
use crate::tool;

/// The ids of a hashtag's feed as the web lane reads them.
fn expected(tag: &str) -> Vec<String> {
    let ended = Folder::new().run(&["pull", tag, "--all", "--demo", "--source", "web"]);
    assert_eq!(ended.status, 0, "{ended:?}");
    ended.ids()
}

/// A feed read whole, in order and without a gap, `most` MiB at the peak.
fn whole(tag: &str, most: u64, reaching: fn(&Site) -> Vec<String>) {
    if found().is_none() {
        return;
    }
    let (site, folder) = (Site::start_https(), Folder::new());
    let mut command = pulling(&folder, &[tag, "--all"]);
    let running = Running::start(command.args(reaching(&site)));
    let (mut ended, peak) = running.end_with_peak();
    let peak = peak >> 20;
    ended.receipts = folder.take_receipts();
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    assert_eq!(ended.ids(), expected(tag), "{tag}");
    assert_eq!(ended.receipt()["gaps"], 0);
    let lanes = json!([{"lane": "browser", "verdict": "end_of_feed"}]);
    assert_eq!(ended.receipt()["lanes"], lanes);
    assert_eq!(ended.records()[0]["collection"]["lane"], "browser");
    assert_eq!(site.count("unsigned_list"), 0);
    assert_gone(&folder);
    // An unoptimised build has code of twice the size, and its pages count.
    let room = if cfg!(debug_assertions) { 24 } else { 0 };
    assert!(peak <= most + room, "{tag}: {peak} MiB");
}

/// At the site's own address and pace. `TIKTOK_HASHTAG_TEST_ROUNDS` asks for the long proof: every kind
/// of feed, so often.
#[test]
fn feeds_come_whole_from_the_sites_own_address() {
    let rounds = std::env::var("TIKTOK_HASHTAG_TEST_ROUNDS").ok();
    let Some(rounds) = rounds.and_then(|rounds| rounds.parse::<u32>().ok()) else {
        return whole("t60_fat", 64, mapped);
    };
    for round in 1..=rounds {
        for tag in ["t1000", "t1000_l200", "t300_sw", "t300_dup", "t60_fat"] {
            whole(tag, if tag == "t60_fat" { 64 } else { 24 }, mapped);
            tool::say(&format!("{tag}: round {round} of {rounds} whole"));
        }
    }
}

#[test]
fn a_thousand_videos_come_in_order() {
    whole("t1000", 24, trusting);
}

#[test]
fn a_slow_site_is_waited_for() {
    whole("t300_l200", 24, trusting);
}

#[test]
fn a_service_worker_hides_nothing() {
    whole("t300_sw", 24, trusting);
}

#[test]
fn a_dialog_holds_nothing_up() {
    whole("t300_alert", 24, trusting);
}

#[test]
fn repeats_are_dropped() {
    whole("t300_dup", 24, trusting);
}

#[test]
fn fat_pages_fit() {
    whole("t60_fat", 64, trusting);
}

#[test]
fn several_hashtags_share_a_browser_a_page_each() {
    if found().is_none() {
        return;
    }
    let tags = ["t300", "t95", "t150_dup", "t65_sw"];
    let (site, folder) = (Site::start_https(), Folder::new());
    let mut command = pulling(&folder, &tags);
    command.args(["--all", "--jobs", "3"]).args(trusting(&site));
    let ended = folder.run_for_receipts(&mut command);
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    let records = ended.records();
    for tag in tags {
        let of_tag = records.iter().filter(|it| it["input"]["name"] == tag);
        let ids: Vec<&str> = of_tag.map(|it| it["aweme_id"].as_str().unwrap()).collect();
        assert_eq!(ids, expected(tag), "{tag}");
    }
    let requests = |it: &serde_json::Value| it["requests"].as_u64().unwrap();
    assert!(
        ended
            .receipts
            .iter()
            .all(|it| it["gaps"] == 0 && requests(it) > 2),
        "{ended:?}"
    );
    assert_gone(&folder);
}

#[test]
fn the_site_itself_is_asked_no_more_than_needed() {
    if found().is_none() {
        return;
    }
    let (site, folder) = (Site::start_https(), Folder::new());
    folder.write(
        "cookies.json",
        json!([{"name": "odin_tt", "value": "planted-canary-1", "domain": ".tiktok.com", "path": "/",
                "secure": true, "expirationDate": 4_000_000_000_u64}])
        .to_string(),
    );
    let args = [
        "t1000_signed",
        "--limit",
        "100",
        "--cookies",
        "cookies.json",
        "-vv",
    ];
    let ended = folder.run_for_receipts(pulling(&folder, &args).args(mapped(&site)));
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    assert_eq!(distinct(&ended.ids()), 100);
    assert!(
        (4..=5).contains(&site.count("list")),
        "{}",
        site.count("list")
    );
    assert_eq!(site.count("unsigned_list"), 0);
    assert_eq!(site.hosts(), ["www.tiktok.com"]);
    let lists = site
        .requests()
        .into_iter()
        .filter(|it| it["kind"] == "list");
    for list in lists {
        let cookies = list["cookies"].as_array().unwrap();
        assert!(cookies.contains(&json!("odin_tt")), "{list}");
    }
    for text in [&ended.stdout, &ended.stderr, &ended.receipt().to_string()] {
        assert!(
            !text.contains("planted-canary"),
            "a cookie's value was shown"
        );
    }
    assert_gone(&folder);
}

/// What turns a browser away: hashtag, status, verdict, records kept, a word of the message.
const TURNED_AWAY: [(&str, i32, &str, usize, &str); 10] = [
    ("t90_captcha", 4, "captcha", 30, "--headed"),
    ("t90_login", 4, "login_required", 30, "login"),
    ("mid_gated", 4, "gated", 60, "empty answers"),
    ("login", 4, "login_required", 0, "login"),
    ("geo", 4, "geo_blocked", 0, "country"),
    ("akamai", 4, "refused", 0, "403"),
    ("http429_list", 5, "rate_limited", 0, "429"),
    ("captcha_html", 4, "captcha", 0, "captcha"),
    ("nf_10205", 3, "not_found", 0, "could not find"),
    ("wrong_tag", 6, "bad_answer", 0, "another hashtag"),
];

#[test]
fn what_turns_a_browser_away_is_said() {
    if found().is_none() {
        return;
    }
    for (tag, status, verdict, kept, word) in TURNED_AWAY {
        let folder = Folder::new();
        let ended = folder.run_for_receipts(&mut pulling(&folder, &[tag, "--all", "--demo"]));
        assert_eq!(ended.status, status, "{tag}: {}", ended.stderr);
        assert_eq!(ended.receipt()["stopped_because"], verdict, "{tag}");
        assert_eq!(ended.ids().len(), kept, "{tag}");
        assert!(ended.stderr.contains(word), "{tag}: {}", ended.stderr);
        assert_gone(&folder);
    }
}

#[test]
fn auto_asks_the_browser_before_the_embed_pages() {
    if found().is_none() {
        return;
    }
    let folder = Folder::new();
    let args = ["t60_signed", "--demo", "--all", "--source", "auto"];
    let mut command = folder.pulling(&args);
    command.arg("--no-sandbox").env("TMPDIR", folder.file(""));
    let ended = folder.run_for_receipts(&mut command);
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    assert_eq!(distinct(&ended.ids()), 60);
    let lanes = json!([
        {"lane": "web", "verdict": "gated"},
        {"lane": "browser", "verdict": "end_of_feed"}
    ]);
    assert_eq!(ended.receipt()["lanes"], lanes);
    assert!(ended.stderr.contains("stepping down to the browser lane"));

    let few = ["t60_signed", "--demo", "-n", "10"];
    let ended = folder.run_for_receipts(folder.pulling(&few).arg("--no-sandbox"));
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    let lanes = &ended.receipt()["lanes"];
    assert_eq!(lanes[1]["lane"], "embed", "{lanes}");

    // A browser that is turned away as well leads to the embed pages.
    let gated = ["mid_gated", "--demo", "--all"];
    let mut command = folder.pulling(&gated);
    command.arg("--no-sandbox").env("TMPDIR", folder.file(""));
    let ended = folder.run_for_receipts(&mut command);
    assert_eq!(ended.status, 4, "{}", ended.stderr);
    let lanes = ended.receipt()["lanes"].as_array().unwrap().iter();
    let lanes: Vec<&str> = lanes.map(|lane| lane["lane"].as_str().unwrap()).collect();
    assert_eq!(lanes, ["web", "browser", "embed"]);
    assert_gone(&folder);
}

/// How many different ids there are; what only answers the page itself cannot be read otherwise.
fn distinct(ids: &[String]) -> usize {
    ids.iter().collect::<HashSet<_>>().len()
}

/// Waits until a run has written to its file, so that it is known to be in its middle.
fn wait_for_records(folder: &Folder, name: &str) {
    let since = Instant::now();
    while fs::metadata(folder.file(name)).map_or(0, |file| file.len()) == 0 {
        assert!(since.elapsed() < Duration::from_secs(30), "no record came");
        sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_signal_leaves_nothing_behind() {
    if found().is_none() {
        return;
    }
    for (signal, status) in [("-INT", 130), ("-TERM", 143), ("-HUP", 129)] {
        let folder = Folder::new();
        let args = ["t3000_l200", "--all", "--demo", "-o", "out.jsonl"];
        let running = Running::start(&mut pulling(&folder, &args));
        wait_for_records(&folder, "out.jsonl");
        kill(signal, running.id());
        let asked = Instant::now();
        let ended = running.end();
        assert_eq!(ended.status, status, "{}", ended.stderr);
        assert!(asked.elapsed() < Duration::from_secs(5));
        let receipts = folder.take_receipts();
        assert_eq!(receipts[0]["stopped_because"], "interrupted");
        let lines = folder.read("out.jsonl");
        assert!(lines.ends_with('\n') && lines.lines().count() as u64 == receipts[0]["written"]);
        assert_gone(&folder);
    }
}

#[test]
fn a_browser_dies_with_us_and_its_profile_goes_with_the_next_run() {
    if found().is_none() {
        return;
    }
    let folder = Folder::new();
    let args = ["t3000_l200", "--all", "--demo", "-o", "out.jsonl"];
    let running = Running::start(&mut pulling(&folder, &args));
    wait_for_records(&folder, "out.jsonl");
    assert!(!chromium::processes_of(&folder.file("")).is_empty());
    kill("-KILL", running.id());
    assert_eq!(running.end().status, 137);
    let since = Instant::now();
    while !chromium::processes_of(&folder.file("")).is_empty() {
        assert!(
            since.elapsed() < Duration::from_secs(5),
            "the browser goes on"
        );
        sleep(Duration::from_millis(50));
    }
    let ended = folder.run_for_receipts(&mut pulling(&folder, &["t30", "--all", "--demo"]));
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    assert_gone(&folder);
}

#[test]
fn a_browser_that_dies_leaves_what_it_gave() {
    if found().is_none() {
        return;
    }
    let folder = Folder::new();
    let args = ["t3000_l200", "--all", "--demo", "-o", "out.jsonl"];
    let running = Running::start(&mut pulling(&folder, &args));
    wait_for_records(&folder, "out.jsonl");
    let browser = chromium::processes_of(&folder.file("")).into_iter();
    let main = browser
        .filter(|(_, line)| !line.contains("--type="))
        .map(|(id, _)| id);
    main.for_each(|id| kill("-KILL", id));
    let ended = running.end();
    assert_eq!(ended.status, 5, "{}", ended.stderr);
    assert!(
        ended.stderr.contains("was closed or crashed"),
        "{}",
        ended.stderr
    );
    let receipts = folder.take_receipts();
    assert_eq!(receipts[0]["stopped_because"], "network");
    assert!(folder.read("out.jsonl").lines().count() >= 30);
    assert_gone(&folder);
}

fn kill(signal: &str, id: u32) {
    let status = Command::new("kill")
        .args([signal, &id.to_string()])
        .status();
    assert!(status.unwrap().success());
}

#[test]
fn an_own_browser_is_used_and_left_running() {
    let Some(program) = found() else {
        return;
    };
    let (site, folder) = (Site::start(), Folder::new());
    let mut own = OwnBrowser::start(&program, &folder);
    let port = format!("http://127.0.0.1:{}", own.port().unwrap());
    let profile = own.profile().display().to_string();
    let before = own.pages();
    for place in [&port, &profile] {
        let url = site.url();
        let args = ["t300", "--all", "--source", "browser", "--attach", place];
        let mut command = folder.pulling(&args);
        command.args(["--rate", "0", "--base-url", &url]);
        let ended = folder.run_for_receipts(&mut command);
        assert_eq!(ended.status, 0, "{}", ended.stderr);
        assert_eq!(ended.ids(), expected("t300"));
        assert!(own.is_running());
        assert_eq!(own.pages(), before, "our page is still there");
    }
}

#[test]
fn a_page_in_the_background_goes_on_loading() {
    let (Some(program), Some(_xvfb)) = (found(), tool::found("Xvfb")) else {
        return;
    };
    let (site, folder) = (Site::start(), Folder::new());
    let display = Display::start();
    let own = OwnBrowser::start_headed(&program, &folder, &display.name());
    let port = format!("http://127.0.0.1:{}", own.port().unwrap());
    let url = site.url();
    let args = [
        "t300_l200",
        "--all",
        "--source",
        "browser",
        "--attach",
        &port,
    ];
    let mut command = folder.pulling(&args);
    command.args(["--rate", "0", "--base-url", &url, "-o", "out.jsonl"]);
    let running = Running::start(&mut command);
    wait_for_records(&folder, "out.jsonl");
    own.open_in_front("about:blank");
    let ended = running.end();
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    assert_eq!(folder.read("out.jsonl").lines().count(), 300);
    assert_eq!(folder.take_receipts()[0]["gaps"], 0);
}

#[test]
fn a_person_solves_the_check_in_the_window() {
    let tools = ["Xvfb", "xdotool"].map(tool::found);
    if found().is_none() || tools.iter().any(Option::is_none) {
        return;
    }
    let folder = Folder::new();
    let display = Display::start();
    let args = [
        "t90_captcha",
        "--all",
        "--demo",
        "--headed",
        "--wait-user",
        "30",
    ];
    let mut command = pulling(&folder, &args);
    let running = Running::start(command.env("DISPLAY", display.name()));
    let clicking = thread::spawn({
        let name = display.name();
        move || click_until_told(&name)
    });
    let mut ended = running.end();
    clicking.join().unwrap();
    ended.receipts = folder.take_receipts();
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    assert_eq!(ended.ids(), expected("t90_captcha"));
    assert!(
        ended
            .stderr
            .contains("please see to it in the browser window")
    );
    assert_gone(&folder);
}

/// A person who looks for the button and clicks it, a few times.
fn click_until_told(display: &str) {
    for _ in 0..20 {
        sleep(Duration::from_millis(500));
        let _ = Command::new("xdotool")
            .args(["mousemove", "640", "480", "click", "1"])
            .env("DISPLAY", display)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
    }
}

#[test]
fn nobody_in_front_of_the_window_is_said_too() {
    if found().is_none() || tool::found("Xvfb").is_none() {
        return;
    }
    let folder = Folder::new();
    let display = Display::start();
    let args = [
        "t90_captcha",
        "--all",
        "--demo",
        "--headed",
        "--wait-user",
        "2",
    ];
    let mut command = pulling(&folder, &args);
    let ended = folder.run_for_receipts(command.env("DISPLAY", display.name()));
    assert_eq!(ended.status, 4, "{}", ended.stderr);
    assert_eq!(ended.ids().len(), 30);
    assert!(
        ended.stderr.contains("nobody saw to it in time"),
        "{}",
        ended.stderr
    );
    assert_gone(&folder);
}

#[test]
fn a_browser_that_cannot_be_had_is_a_wrong_command_line() {
    let folder = Folder::new();
    let refused = |args: &[&str], word: &str| {
        let ended = folder.run(args);
        assert_eq!(ended.status, 2, "{args:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(word), "{args:?}: {}", ended.stderr);
    };
    let lane = ["pull", "t30", "--demo", "--source", "browser"];
    let with = |more: &[&'static str]| [&lane[..], more].concat();
    refused(&with(&["--browser", "/no/such/browser"]), "is no program");
    refused(&with(&["--wait-user", "5"]), "--headed");
    refused(&with(&["--attach", "ws://example.com/x"]), "this machine");
    refused(
        &with(&["--attach", "http://127.0.0.1:1"]),
        "no browser answers",
    );
    refused(
        &with(&["--attach", "no-such-folder"]),
        "--remote-debugging-port=0",
    );
    refused(&with(&["--attach", "x", "--headed"]), "cannot be used with");
    refused(
        &with(&["--no-sandbox", "--browser", "/bin/false"]),
        "ended at once",
    );
    assert_gone(&folder);
}

/// A display that nobody looks at. Ends when dropped.
struct Display(std::process::Child, u32);

impl Display {
    fn start() -> Self {
        // Each test has its own; the number is taken from this process, which is unique here.
        static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let more = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let number = 100 + std::process::id() % 10_000 + 10_000 * more;
        let child = Command::new("Xvfb")
            .args([
                &format!(":{number}"),
                "-screen",
                "0",
                "1280x960x24",
                "-nolisten",
                "tcp",
            ])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let socket = format!("/tmp/.X11-unix/X{number}");
        let since = Instant::now();
        while fs::metadata(&socket).is_err() {
            assert!(since.elapsed() < Duration::from_secs(10), "no display");
            sleep(Duration::from_millis(20));
        }
        Self(child, number)
    }

    fn name(&self) -> String {
        format!(":{}", self.1)
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // One that has ended cannot be killed, which is as well.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
