//! What a run may cost: every request counts, whatever it is for, time ends what is waited for, and
//! what came until then is kept.

use std::time::{Duration, Instant};

use crate::runner::{Ended, Folder, NO_BROWSER};
use crate::site::Site;

/// A pull without a browser at full speed from a site that counts.
fn pull(args: &[&str]) -> (Ended, u64) {
    let (folder, site) = (Folder::new(), Site::start());
    let mut command = folder.pulling(args);
    command.args(["--rate", "0", "--base-url", &site.url()]);
    let ended = folder.run_for_receipts(command.envs([NO_BROWSER]));
    (ended, site.count("requests"))
}

#[test]
fn every_request_counts() {
    // Tag, lane, requests allowed, records kept. A look-up and pages of 30 on the web lane, a list
    // and a page for each video on the embed lane.
    for (tag, lane, most, kept) in [
        ("t95", "web", 1, 0),
        ("t95", "web", 3, 60),
        ("t95", "web", 4, 90),
        ("redirect_same", "web", 3, 30),
        ("redirect_same", "web", 4, 30),
        ("bad_10201", "web", 2, 0),
        ("bad_10201", "web", 3, 30),
        ("flaky", "web", 4, 0),
        ("html_ssr", "web", 2, 0),
        ("embed", "embed", 1, 10),
        ("embed", "embed", 6, 10),
        ("https://vm.tiktok.com/hops/", "web", 1, 0),
        ("https://vm.tiktok.com/hops/", "web", 4, 30),
    ] {
        let most = u64::to_string(&most);
        let args = [tag, "--all", "--source", lane, "--max-requests", &most];
        let (ended, sent) = pull(&args);
        assert_eq!(
            (ended.status, ended.ids().len()),
            (5, kept),
            "{args:?} {ended:?}"
        );
        assert_eq!(sent.to_string(), most, "{args:?}");
        let words = format!("the {most} requests of the run are used up");
        let said = ended.stderr.lines().last().unwrap();
        assert!(
            said.contains(&words) && said.contains("--max-requests"),
            "{said}"
        );
        if let Some(receipt) = ended.receipts.first() {
            assert_eq!(receipt["requests"], sent, "{args:?}");
            assert_eq!(receipt["stopped_because"], "budget", "{args:?}");
        }
    }
}

#[test]
fn what_a_request_failed_of_is_said_beside_the_budget() {
    let (ended, _) = pull(&["http503", "--source", "web", "--max-requests", "1"]);
    let words = "the server failed (503); the 1 requests of the run are used up";
    assert!(ended.stderr.contains(words), "{ended:?}");
}

#[test]
fn a_budget_that_suffices_changes_nothing() {
    let args = ["t95", "--all", "--max-requests", "5", "--max-time", "10m"];
    let (ended, sent) = pull(&args);
    assert_eq!((ended.status, ended.ids().len(), sent), (0, 95, 5));
    assert_eq!(ended.stderr, "");
}

#[test]
fn hashtags_after_the_end_of_the_budget_are_not_started() {
    let (ended, sent) = pull(&["t30", "t60", "t3", "t2", "--all", "--max-requests", "4"]);
    assert_eq!(
        (ended.status, ended.ids().len(), sent),
        (5, 60, 4),
        "{ended:?}"
    );
    let reasons: Vec<&str> = ended
        .receipts
        .iter()
        .map(|r| r["stopped_because"].as_str().unwrap())
        .collect();
    assert_eq!(
        reasons,
        ["end_of_feed", "budget", "not_started", "not_started"]
    );
    let line =
        "error: t3: not started: the 4 requests of the run are used up; run it again later\n";
    assert!(ended.stderr.contains(line), "{ended:?}");
}

#[test]
fn time_ends_whatever_is_waited_for() {
    let ends = |args: &[&str], kept: usize| {
        let began = Instant::now();
        let args = [args, &["--all", "--max-time", "1"]].concat();
        let (ended, _) = pull(&args);
        assert!(began.elapsed() < Duration::from_secs(6), "{args:?}");
        assert_eq!(
            (ended.status, ended.ids().len()),
            (5, kept),
            "{args:?} {ended:?}"
        );
        assert!(
            ended.stderr.contains("the 1 s of the run are used up"),
            "{ended:?}"
        );
        if let Some(receipt) = ended.receipts.first() {
            assert_eq!(receipt["stopped_because"], "budget", "{ended:?}");
        }
    };
    std::thread::scope(|scope| {
        // An answer that does not come, does not end, is not due, or is not yet worth asking for.
        for (args, kept) in [
            (&["mid_hang", "--source", "web"][..], 60),
            (&["slow", "--source", "web"], 0),
            (&["t3000_l200", "--source", "web"], 0),
            (&["r429_hour", "--source", "web", "--max-wait", "2h"], 0),
        ] {
            let ends = &ends;
            scope.spawn(move || {
                if args[0] == "t3000_l200" {
                    let (ended, _) = pull(&[args, &["--all", "--max-time", "1"]].concat());
                    assert_eq!(ended.status, 5, "{ended:?}");
                    assert!(ended.ids().len() % 30 == 0 && !ended.ids().is_empty());
                } else {
                    ends(args, kept);
                }
            });
        }
    });
}

#[test]
fn info_has_the_same_bounds() {
    let (folder, site) = (Folder::new(), Site::start());
    let url = site.url();
    let args = [
        "info",
        "t3",
        "t2",
        "--source",
        "web",
        "--rate",
        "0",
        "--base-url",
        &url,
    ];
    let ended = folder.run(&[&args[..], &["--max-requests", "1"]].concat());
    assert_eq!(
        (ended.status, ended.stdout.lines().count()),
        (5, 1),
        "{ended:?}"
    );
    assert_eq!(site.count("requests"), 1);
    let args = [
        "info",
        "hang",
        "--source",
        "web",
        "--rate",
        "0",
        "--base-url",
        &url,
    ];
    let ended = folder.run(&[&args[..], &["--max-time", "0.5"]].concat());
    assert_eq!(ended.status, 5, "{ended:?}");
    assert!(
        ended.stderr.contains("the 0.5 s of the run are used up"),
        "{ended:?}"
    );
}

#[test]
fn a_quiet_run_over_many_hashtags_says_no_more_than_fits_a_mailbox() {
    let folder = Folder::new();
    let tags: String = (0..2_000)
        .map(|n| format!("a_rather_long_name_of_a_hashtag_{n}\n"))
        .collect();
    folder.write("tags", tags);
    let args = ["--input", "tags", "--demo", "-q", "--max-requests", "1"];
    let ended = folder.pull(&args);
    assert_eq!((ended.status, ended.receipts.len()), (5, 2_000));
    assert!(ended.stderr.len() < 64 << 10, "{}", ended.stderr.len());
    let last = "error: further messages are left out; the receipts have it all\n";
    assert!(ended.stderr.ends_with(last), "{}", &ended.stderr[60_000..]);
}
