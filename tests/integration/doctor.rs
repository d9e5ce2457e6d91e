//! `doctor`: what it finds of each lane, how little it asks for that, and what it never says.

use std::io::{self, Write as _};
use std::net::TcpStream;
use std::process::Command;

use serde_json::{Value, json};

use crate::runner::{Ended, Folder, Running, json_lines};
use crate::socket::{Server, answer};

/// Values that stand for secrets; each is planted where one may be.
const CANARY: &str = "planted-canary";

/// `doctor` where no browser is found.
fn doctor(folder: &Folder, args: &[&str]) -> Command {
    let mut command = folder.program(&["doctor"]);
    command
        .args(args)
        .envs([("TIKTOK_HASHTAG_BROWSER", "/no/such/browser")]);
    if cfg!(not(feature = "browser")) {
        // This build knows no browser to name.
        command.env_remove("TIKTOK_HASHTAG_BROWSER");
    }
    command
}

/// The one object that a run with `--json` prints.
fn report(ended: &Ended) -> Value {
    let mut lines = json_lines(&ended.stdout);
    assert_eq!(lines.len(), 1, "{ended:?}");
    lines.remove(0)
}

/// What was found of a lane.
fn lane<'a>(report: &'a Value, name: &str) -> &'a Value {
    let mut lanes = report["lanes"].as_array().unwrap().iter();
    lanes
        .find(|lane| lane["lane"] == name)
        .unwrap_or_else(|| panic!("no {name} in {report}"))
}

/// A look at a server of bare sockets.
fn look(server: &Server, args: &[&str]) -> Ended {
    let folder = Folder::new();
    let mut command = doctor(&folder, args);
    command.args(["--rate", "0", "--base-url", &server.url()]);
    Running::start(&mut command).end()
}

#[test]
fn where_nobody_answers_no_lane_works() {
    let server = Server::start(|_, _| Err(io::ErrorKind::NotConnected.into()));
    let ended = look(&server, &["--json"]);
    assert_eq!(ended.status, 4, "{ended:?}");
    let report = report(&ended);
    for name in ["web", "embed"] {
        let lane = lane(&report, name);
        assert_eq!(
            (&lane["works"], &lane["verdict"], &lane["requests"]),
            (&json!(false), &json!("network"), &json!(1)),
            "{lane}"
        );
    }
    let browser = lane(&report, "browser");
    assert_eq!(
        (&browser["verdict"], &browser["requests"]),
        (&json!("unusable"), &json!(0))
    );
    assert_eq!(lane(&report, "import")["works"], true);
    assert_eq!(report["works"], false);
    assert_eq!(report["clock"], json!({"ok": null, "ahead_s": null}));
    let words = "error: no lane would work from here (web network, embed network, browser unusable); \
                 import what a browser saved\n";
    assert_eq!(ended.stderr, words);
}

#[test]
fn a_build_or_a_machine_without_a_browser_says_so() {
    let server = Server::start(|_, _| Err(io::ErrorKind::NotConnected.into()));
    let report = report(&look(&server, &["--json"]));
    let browser = lane(&report, "browser");
    let (seen, advice) = if cfg!(feature = "browser") {
        ("/no/such/browser is no program", "--browser PATH")
    } else {
        (
            "this build has no browser lane",
            "build with the cargo feature",
        )
    };
    assert_eq!(browser["seen"], seen);
    assert!(browser["advice"].as_str().unwrap().contains(advice));
    assert_eq!(report["browser"]["ok"], false);
    assert_eq!(report["browser"]["found"], Value::Null);
}

#[test]
fn a_clock_that_is_wrong_is_told_by_answers_got_anyway() {
    let server = Server::start(|_, stream| {
        let head = "HTTP/1.1 403 Forbidden\r\ndate: Thu, 01 Jan 2015 00:00:00 GMT\r\n\
                    content-length: 0\r\nconnection: close\r\n\r\n";
        stream.write_all(head.as_bytes())
    });
    let ended = look(&server, &["--json"]);
    let clock = &report(&ended)["clock"];
    assert_eq!(clock["ok"], false);
    assert!(clock["ahead_s"].as_i64() > Some(300_000_000), "{clock}");
    assert_eq!(server.calls(), 2, "one for each lane, none for the clock");
    let text = look(&server, &[]).stdout;
    assert!(text.contains("\nclock    wrong     "), "{text}");
}

#[test]
fn what_cannot_be_done_is_a_wrong_command_line() {
    for (args, words) in [
        (&["--rate", "0.1"][..], "do not fit in its 15 s"),
        (&["a b"], "has a space"),
        (&["cats", "dogs"], "unexpected argument"),
        (&["--proxy", "http://u:p@h:1"], "TIKTOK_HASHTAG_PROXY"),
        (&["--cookies", "none.txt"], "cannot read the cookie file"),
    ] {
        let folder = Folder::new();
        let ended = folder.run(&[&["doctor"][..], args].concat());
        assert_eq!((ended.status, ended.stdout.as_str()), (2, ""), "{ended:?}");
        assert!(ended.stderr.contains(words), "{ended:?}");
    }
}

/// A folder that may not be written to, told apart from one that may.
#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let server = Server::start(|_, _| Err(io::ErrorKind::NotConnected.into()));
    let folder = Folder::new();
    let mut command = doctor(&folder, &["--json", "--rate", "0"]);
    command
        .args(["--base-url", &server.url()])
        .env("TMPDIR", folder.file("gone"));
    let write = &report(&Running::start(&mut command).end())["write"];
    assert_eq!(
        write[0],
        json!({"folder": "current", "ok": true, "error": null})
    );
    assert_eq!(
        (&write[1]["folder"], &write[1]["ok"]),
        (&json!("temporary"), &json!(false))
    );
    let left = std::fs::read_dir(folder.file("")).unwrap().count();
    assert_eq!(left, 0, "nothing stays behind");
}

/// Answers as a site that repeats what it was sent, and more.
fn echo(_: &str, stream: &mut TcpStream) -> io::Result<()> {
    let body = format!(r#"{{"statusCode":77,"statusMsg":"hello {CANARY}-cookie"}}"#);
    answer(stream, "application/json", body.as_bytes())
}

#[test]
fn no_secret_is_ever_shown() {
    let proxy = Server::start(echo);
    let folder = Folder::new();
    let cookies = format!("site.test\tFALSE\t/\tFALSE\t0\tsessionid\t{CANARY}-cookie\n");
    std::fs::write(folder.file("cookies.txt"), cookies).unwrap();
    let with_password = proxy
        .url()
        .replace("://", &format!("://user:{CANARY}-password@"));
    for args in [
        &[][..],
        &["--json"],
        &["-vv"],
        &["-vvv", "--log-format", "json"],
    ] {
        for variable in ["TIKTOK_HASHTAG_PROXY", "HTTP_PROXY", "http_proxy"] {
            let mut command = doctor(&folder, args);
            command
                .args(["--base-url", "http://site.test", "--rate", "0"])
                .args(["--cookies", "cookies.txt"])
                .env(variable, &with_password)
                .env("TIKTOK_HASHTAG_MS_TOKEN", format!("{CANARY}-token"));
            let before = proxy.calls();
            let ended = Running::start(&mut command).end();
            assert!(proxy.calls() > before, "asked through the proxy: {ended:?}");
            assert_eq!(ended.status, 4, "{ended:?}");
            let text = format!("{}{}", ended.stdout, ended.stderr);
            assert!(!text.contains(CANARY) && !text.contains("user:"), "{text}");
            assert!(text.contains("hello [redacted]"), "{text}");
            let address = proxy.url().replace("http://", "");
            assert!(text.contains(&address) && text.contains(variable), "{text}");
        }
    }
}

/// What needs a site that answers.
#[cfg(feature = "demo")]
mod at_a_site {
    use std::thread;
    use std::time::{Duration, Instant};

    use super::{Ended, Folder, Running, Value, doctor, json, lane, report};
    use crate::site::Site;

    /// A look at one of the site's hashtags.
    fn look(site: &Site, tag: &str, args: &[&str]) -> Ended {
        let folder = Folder::new();
        let mut command = doctor(&folder, &[tag]);
        command.args(["--base-url", &site.url(), "--rate", "0"]);
        Running::start(command.args(args)).end()
    }

    #[test]
    fn people_get_a_line_a_lane_and_the_checks() {
        let site = Site::start();
        let ended = look(&site, "travel", &[]);
        assert_eq!((ended.status, ended.stderr.as_str()), (0, ""), "{ended:?}");
        let lines: Vec<&str> = ended.stdout.lines().collect();
        let starts = [
            "web      works     30 videos (HTTP 200, ",
            "embed    works     10 videos (HTTP 200, ",
            "browser  unusable  ",
            "                   ",
            "import   works     ",
            "",
            "clock    ok",
            "proxy    none",
            "write    ok        current folder",
            "write    ok        temporary folder",
            "browser  none      ",
            concat!("version  ", env!("CARGO_PKG_VERSION")),
        ];
        assert_eq!(lines.len(), starts.len(), "{}", ended.stdout);
        for (line, start) in lines.iter().zip(starts) {
            assert!(line.starts_with(start), "{line:?} is not {start:?}");
        }
        let kinds: Vec<Value> = site
            .requests()
            .iter()
            .map(|it| it["kind"].clone())
            .collect();
        assert_eq!(kinds, ["detail", "list", "embed_tag"]);
    }

    #[test]
    fn monitors_get_an_object() {
        let ended = Folder::new().run(&["doctor", "--demo", "--json", "--source", "embed"]);
        let mut report = report(&ended);
        assert_eq!(ended.status, 0, "{ended:?}");
        assert!(report["lanes"][0]["took_ms"].is_u64() && report["browser"]["ok"].is_boolean());
        report["lanes"][0]["took_ms"] = json!(0);
        report["browser"] = Value::Null;
        let folder = |name| json!({"folder": name, "ok": true, "error": null});
        let expected = json!({
            "version": env!("CARGO_PKG_VERSION"), "tag": "travel", "works": true,
            "lanes": [{"lane": "embed", "works": true, "verdict": "ok",
                       "seen": report["lanes"][0]["seen"], "advice": null, "requests": 1,
                       "took_ms": 0}],
            "clock": {"ok": true, "ahead_s": report["clock"]["ahead_s"]}, "proxy": null,
            "write": [folder("current"), folder("temporary")], "browser": null,
        });
        assert_eq!(report, expected);
    }

    /// Hashtag, lane, verdict, and how many requests that took.
    const SEEN: &[(&str, &str, &str, u64)] = &[
        ("travel", "web", "ok", 2),
        ("t5", "web", "ok", 2),
        ("t0", "web", "end_of_feed", 2),
        ("empty200", "web", "gated", 2),
        ("detail_empty200", "web", "gated", 1),
        ("html200", "web", "gated", 2),
        ("html_ssr", "web", "gated", 1),
        ("soft_empty", "web", "gated", 2),
        ("r429", "web", "rate_limited", 2),
        ("r429_always", "web", "rate_limited", 2),
        ("r429_hour", "web", "rate_limited", 2),
        ("flaky", "web", "network", 2),
        ("reset_once", "web", "network", 1),
        ("http503", "web", "network", 1),
        ("cut", "web", "bad_answer", 2),
        ("not_json", "web", "bad_answer", 2),
        ("bad_10201", "web", "bad_answer", 2),
        ("redirect_same", "web", "budget", 2),
        ("redirect_loop", "web", "budget", 2),
        ("redirect_other", "web", "bad_answer", 2),
        ("captcha_json", "web", "captcha", 2),
        ("login", "web", "login_required", 1),
        ("akamai", "web", "refused", 1),
        ("nf_10205", "web", "not_found", 1),
        ("wrong_tag", "web", "bad_answer", 1),
        ("travel", "embed", "ok", 1),
        ("t0", "embed", "end_of_feed", 1),
        ("t5", "embed", "ok", 1),
        ("empty200", "embed", "ok", 1),
        ("soft_empty", "embed", "gated", 1),
        ("html_ssr", "embed", "gated", 1),
        ("embed_error", "embed", "not_found", 1),
        ("geo", "embed", "geo_blocked", 1),
    ];

    #[test]
    fn no_lane_is_asked_more_than_twice_whatever_it_answers() {
        for &(tag, name, verdict, requests) in SEEN {
            let site = Site::start();
            let ended = look(&site, tag, &["--json", "--source", name]);
            let report = report(&ended);
            let lane = lane(&report, name);
            let works = verdict == "ok";
            assert_eq!(lane["verdict"], verdict, "{tag}: {lane}");
            assert_eq!(lane["requests"], requests, "{tag}: {lane}");
            assert_eq!(site.count("requests"), requests, "{tag}: {lane}");
            assert_eq!(
                (&lane["works"], &report["works"]),
                (&json!(works), &json!(works))
            );
            assert_eq!(lane["advice"].is_null(), works, "{tag}: {lane}");
            assert_eq!(ended.status, if works { 0 } else { 4 }, "{tag}");
            assert_eq!(ended.stderr.lines().count(), usize::from(!works), "{tag}");
        }
    }

    #[test]
    fn what_a_block_leaves_is_enough() {
        let site = Site::start();
        let ended = look(&site, "empty200", &["--json"]);
        let report = report(&ended);
        assert_eq!((ended.status, &report["works"]), (0, &json!(true)));
        assert_eq!(lane(&report, "web")["verdict"], "gated");
        assert_eq!(lane(&report, "embed")["verdict"], "ok");
        assert_eq!(site.count("requests"), 3);
    }

    #[test]
    fn a_lane_that_never_answers_is_left_after_fifteen_seconds() {
        let rows = [("hang", "web", 1), ("hang", "embed", 1), ("slow", "web", 2)];
        thread::scope(|scope| {
            for (tag, name, requests) in rows {
                scope.spawn(move || assert_left(tag, name, requests));
            }
        });
    }

    fn assert_left(tag: &str, name: &str, requests: u64) {
        let site = Site::start();
        let began = Instant::now();
        let ended = look(&site, tag, &["--json", "--source", name]);
        let took = began.elapsed();
        assert!(took < Duration::from_secs(17), "{tag}: {took:?}");
        let report = report(&ended);
        let lane = lane(&report, name);
        assert_eq!(
            (ended.status, &lane["verdict"]),
            (4, &json!("network")),
            "{lane}"
        );
        let took = lane["took_ms"].as_u64().unwrap();
        assert!((14_900..15_800).contains(&took), "{tag}: {took} ms");
        assert_eq!(site.count("requests"), requests, "{tag}");
    }

    #[test]
    fn less_patience_than_fifteen_seconds_is_obeyed() {
        let site = Site::start();
        let ended = look(&site, "hang", &["--json", "--timeout", "1"]);
        let report = report(&ended);
        for name in ["web", "embed"] {
            let took = lane(&report, name)["took_ms"].as_u64().unwrap();
            assert!((900..3_000).contains(&took), "{name}: {took} ms");
        }
    }

    #[test]
    fn the_pace_holds_here_too() {
        let site = Site::start();
        let folder = Folder::new();
        let mut command = doctor(&folder, &["travel", "--rate", "2"]);
        let ended = Running::start(command.args(["--base-url", &site.url()])).end();
        assert_eq!(ended.status, 0, "{ended:?}");
        let times: Vec<f64> = site
            .requests()
            .iter()
            .map(|request| request["at_ms"].as_f64().unwrap())
            .collect();
        assert_eq!(times.len(), 3);
        assert!(
            times.windows(2).all(|two| two[1] - two[0] >= 498.0),
            "{times:?}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_signal_ends_it_at_once() {
        let site = Site::start();
        let folder = Folder::new();
        let mut command = doctor(&folder, &["hang", "--base-url", &site.url()]);
        let running = Running::start(&mut command);
        let began = Instant::now();
        while site.count("requests") == 0 {
            assert!(began.elapsed() < Duration::from_secs(20));
            thread::sleep(Duration::from_millis(10));
        }
        super::interrupt(&running);
        let asked = Instant::now();
        let ended = running.end();
        assert_eq!(
            (ended.status, ended.stdout.as_str()),
            (130, ""),
            "{ended:?}"
        );
        assert!(asked.elapsed() < Duration::from_secs(3));
    }
}

#[cfg(all(unix, feature = "demo"))]
fn interrupt(running: &Running) {
    let sent = Command::new("kill")
        .args(["-INT", &running.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
}

/// What needs a real Chromium.
#[cfg(all(target_os = "linux", feature = "browser", feature = "demo"))]
mod with_a_browser {
    use std::thread::sleep;
    use std::time::{Duration, Instant};

    use super::{CANARY, Command, Ended, Folder, Running, json, lane, report};
    use crate::chromium::{OwnBrowser, assert_gone, found, processes_of};
    use crate::site::Site;

    /// A look through a browser whose temporary files land in the test's folder.
    fn command(folder: &Folder, site: &Site, args: &[&str]) -> Command {
        let mut command = folder.program(&["doctor", "--source", "browser", "--json"]);
        command
            .args(["--rate", "0", "--base-url", &site.url()])
            .args(args)
            .env("TMPDIR", folder.file(""));
        command
    }

    fn look(folder: &Folder, site: &Site, args: &[&str]) -> Ended {
        Running::start(command(folder, site, args).arg("--no-sandbox")).end()
    }

    #[test]
    fn a_page_is_opened_once_and_looked_at() {
        if found().is_none() {
            return;
        }
        for (tag, verdict) in [
            ("t60_signed", "ok"),
            ("login", "login_required"),
            ("captcha_html", "captcha"),
            ("nf_10205", "not_found"),
            ("http503", "network"),
            ("gated", "gated"),
        ] {
            let (folder, site) = (Folder::new(), Site::start());
            let ended = look(&folder, &site, &[tag]);
            let report = report(&ended);
            let lane = lane(&report, "browser");
            assert_eq!(lane["verdict"], verdict, "{tag}: {lane}");
            assert_eq!(lane["requests"], 1);
            assert_eq!(site.count("page"), 1, "{tag}: one navigation");
            assert!(site.count("list") <= 2, "{tag}: no scroll");
            assert!(lane["took_ms"].as_u64() < Some(15_000), "{lane}");
            assert_eq!(report["browser"]["ok"], true);
            assert_eq!(
                ended.status,
                if verdict == "ok" { 0 } else { 4 },
                "{ended:?}"
            );
            assert_gone(&folder);
        }
    }

    #[test]
    fn a_page_that_never_comes_is_left_in_time() {
        if found().is_none() {
            return;
        }
        let (folder, site) = (Folder::new(), Site::start());
        let ended = look(&folder, &site, &["hang"]);
        let report = report(&ended);
        let lane = lane(&report, "browser");
        assert_eq!(
            (ended.status, &lane["verdict"]),
            (4, &json!("network")),
            "{lane}"
        );
        assert!(lane["took_ms"].as_u64() <= Some(15_500), "{lane}");
        assert_gone(&folder);
    }

    #[test]
    fn a_program_that_is_no_browser_is_unusable() {
        let (folder, site) = (Folder::new(), Site::start());
        for program in ["/bin/false", "/bin/cat"] {
            let ended = look(&folder, &site, &["t5", "--browser", program]);
            let report = report(&ended);
            let lane = lane(&report, "browser");
            assert_eq!(
                (ended.status, &lane["verdict"]),
                (4, &json!("unusable")),
                "{lane}"
            );
            assert!(lane["took_ms"].as_u64() <= Some(15_500), "{lane}");
            assert_eq!(site.count("requests"), 0);
            assert_gone(&folder);
        }
    }

    #[test]
    fn an_administrator_is_told_about_the_sandbox() {
        let (folder, site) = (Folder::new(), Site::start());
        let mut id = Command::new("id");
        let is_root = id.arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
        if found().is_none() || !is_root {
            return;
        }
        let ended = Running::start(&mut command(&folder, &site, &["t5"])).end();
        let report = report(&ended);
        let lane = lane(&report, "browser");
        assert_eq!((ended.status, &lane["verdict"]), (4, &json!("unusable")));
        assert!(
            lane["advice"].as_str().unwrap().contains("--no-sandbox"),
            "{lane}"
        );
        assert_eq!(report["browser"]["ok"], false);
        assert!(report["browser"]["found"].is_string(), "{report}");
    }

    #[test]
    fn a_signal_leaves_no_browser() {
        if found().is_none() {
            return;
        }
        let (folder, site) = (Folder::new(), Site::start());
        let mut command = command(&folder, &site, &["hang", "--no-sandbox"]);
        let running = Running::start(&mut command);
        let began = Instant::now();
        while site.count("page") == 0 {
            assert!(
                began.elapsed() < Duration::from_secs(20),
                "no page was opened"
            );
            sleep(Duration::from_millis(20));
        }
        assert!(!processes_of(&folder.file("")).is_empty());
        super::interrupt(&running);
        let asked = Instant::now();
        let ended = running.end();
        assert_eq!(
            (ended.status, ended.stdout.as_str()),
            (130, ""),
            "{ended:?}"
        );
        assert!(asked.elapsed() < Duration::from_secs(5));
        assert_gone(&folder);
    }

    #[test]
    fn an_own_browser_is_used_left_running_and_its_key_not_shown() {
        let Some(program) = found() else {
            return;
        };
        let (folder, site) = (Folder::new(), Site::start());
        let mut own = OwnBrowser::start(&program, &folder);
        let noted = std::fs::read_to_string(own.profile().join("DevToolsActivePort")).unwrap();
        let (port, path) = noted.split_once('\n').unwrap();
        let place = format!("ws://127.0.0.1:{port}{}", path.trim());
        let before = own.pages();
        let attached = ["t60", "-vv", "--attach", &place];
        let ended = Running::start(&mut command(&folder, &site, &attached)).end();
        assert_eq!(ended.status, 0, "{ended:?}");
        let found = format!("the one at 127.0.0.1:{port}");
        assert_eq!(report(&ended)["browser"]["found"], json!(found));
        assert!(
            !format!("{ended:?}").contains("devtools/browser"),
            "{ended:?}"
        );
        assert!(own.is_running());
        let since = Instant::now();
        while own.pages() != before {
            assert!(since.elapsed() < Duration::from_secs(3), "our page stays");
            sleep(Duration::from_millis(50));
        }
    }

    #[test]
    fn no_cookie_is_shown() {
        if found().is_none() {
            return;
        }
        let (folder, site) = (Folder::new(), Site::start());
        folder.write("cookies.txt", format!("ttwid={CANARY}-cookie\n"));
        let args = ["t60", "-vvv", "--cookies", "cookies.txt"];
        let mut command = command(&folder, &site, &args);
        command
            .arg("--no-sandbox")
            .env("TIKTOK_HASHTAG_MS_TOKEN", format!("{CANARY}-token"));
        let ended = Running::start(&mut command).end();
        assert_eq!(ended.status, 0, "{ended:?}");
        assert!(!format!("{ended:?}").contains(CANARY), "{ended:?}");
    }
}
