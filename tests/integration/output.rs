//! Where records go: files that hold something already, files that cannot be written, and bytes
//! that a terminal would obey.

use std::collections::HashSet;
use std::fs;

use serde_json::Value;

use crate::runner::{Ended, Folder, json_lines};
use crate::site::Site;

fn ids(text: &str) -> Vec<String> {
    let id = |record: &Value| record["aweme_id"].as_str().unwrap().to_owned();
    json_lines(text).iter().map(id).collect()
}

#[test]
fn a_file_gets_what_stdout_would() {
    let folder = Folder::new();
    let shown = folder.pull(&["t40", "--demo"]);
    let written = folder.pull(&["t40", "--demo", "-o", "out.jsonl"]);
    assert_eq!((written.status, written.stdout.as_str()), (0, ""));
    assert_eq!(ids(&folder.read("out.jsonl")), shown.ids());
    let dashed = folder.pull(&["t40", "--demo", "-o", "-"]);
    assert_eq!(dashed.ids(), shown.ids());
}

#[test]
fn a_file_that_holds_something_is_refused_before_anybody_is_asked() {
    let (folder, site) = (Folder::new(), Site::start());
    folder.write("out.jsonl", "precious\n");
    let url = site.url();
    let ended = folder.pull(&["t3", "--base-url", &url, "-o", "out.jsonl"]);
    assert_eq!(ended.status, 2);
    assert!(
        ended
            .stderr
            .contains("add to it with --append or replace it with --overwrite")
    );
    assert_eq!(folder.read("out.jsonl"), "precious\n");
    assert_eq!(site.count("requests"), 0);
    folder.write("empty.jsonl", "");
    assert_eq!(
        folder.pull(&["t3", "--demo", "-o", "empty.jsonl"]).status,
        0
    );
    assert_eq!(ids(&folder.read("empty.jsonl")).len(), 3);
}

#[test]
fn append_adds_only_what_is_lacking() {
    let folder = Folder::new();
    let args = ["t40", "--demo", "-o", "out.jsonl", "--append"];
    let first = folder.pull(&[&args[..], &["-n", "10"]].concat());
    let second = folder.pull(&[&args[..], &["--all"]].concat());
    let third = folder.pull(&[&args[..], &["--all"]].concat());
    let counts = |ended: &Ended| {
        let receipt = ended.receipt();
        let known = receipt["filtered"]["known"].as_u64().unwrap_or(0);
        (ended.status, receipt["written"].as_u64().unwrap(), known)
    };
    assert_eq!(counts(&first), (0, 10, 0));
    assert_eq!(counts(&second), (0, 30, 10));
    assert_eq!(counts(&third), (0, 0, 40));
    let ids = ids(&folder.read("out.jsonl"));
    assert_eq!(ids, folder.pull(&["t40", "--demo", "--all"]).ids());
}

#[test]
fn append_counts_the_limit_in_new_records_and_another_hashtag_as_new() {
    let folder = Folder::new();
    folder.pull(&["t40", "--demo", "-o", "out.jsonl", "-n", "10"]);
    folder.pull(&[
        "t40",
        "t5",
        "--demo",
        "-o",
        "out.jsonl",
        "--append",
        "-n",
        "10",
    ]);
    let names: Vec<Value> = json_lines(&folder.read("out.jsonl"));
    let of = |name: &str| {
        names
            .iter()
            .filter(|line| line["input"]["name"] == name)
            .count()
    };
    assert_eq!((of("t40"), of("t5")), (20, 5));
}

#[test]
fn append_mends_the_line_a_killed_run_left() {
    let folder = Folder::new();
    folder.pull(&["t5", "--demo", "-o", "out.jsonl"]);
    let whole = folder.read("out.jsonl");
    folder.write("out.jsonl", &whole[..whole.len() - 100]);
    let ended = folder.pull(&["t5", "--demo", "-o", "out.jsonl", "--append"]);
    assert_eq!((ended.status, &ended.receipt()["written"]), (0, &1.into()));
    assert_eq!(ids(&folder.read("out.jsonl")), ids(&whole));
}

#[test]
fn append_leaves_a_file_of_something_else_alone() {
    let (folder, site) = (Folder::new(), Site::start());
    folder.write("notes.txt", "milk\neggs\n");
    let url = site.url();
    let ended = folder.pull(&["t3", "--base-url", &url, "-o", "notes.txt", "--append"]);
    assert_eq!((ended.status, site.count("requests")), (2, 0));
    assert!(
        ended.stderr.contains("notes.txt: line 1 is no record"),
        "{ended:?}"
    );
    assert_eq!(folder.read("notes.txt"), "milk\neggs\n");
}

#[test]
fn overwrite_replaces_the_file_whole_and_only_when_complete() {
    let folder = Folder::new();
    folder.write("out.jsonl", "old\n");
    let args = [
        "--demo",
        "-o",
        "out.jsonl",
        "--overwrite",
        "--source",
        "web",
    ];
    let failed = folder.pull(&[&["mid_empty"], &args[..]].concat());
    assert_eq!(failed.status, 4);
    assert_eq!(folder.read("out.jsonl"), "old\n");
    assert_eq!(ids(&folder.read("out.jsonl.partial")).len(), 60);
    assert!(failed.stderr.contains("out.jsonl.partial"), "{failed:?}");
    let done = folder.pull(&[&["t3"], &args[..]].concat());
    assert_eq!((done.status, done.stderr.as_str()), (0, ""));
    assert_eq!(ids(&folder.read("out.jsonl")).len(), 3);
    assert!(!folder.file("out.jsonl.partial").exists());
}

/// A run without a record is a failed one where that was asked for, and destroys nothing.
#[test]
fn a_run_that_may_not_be_empty_leaves_the_file_it_would_replace() {
    let folder = Folder::new();
    let saved = folder.run(&["pull", "t3", "--demo", "--raw"]).stdout;
    folder.write("saved.jsonl", saved);
    for name in ["out.jsonl", "out.json", "out.csv.gz"] {
        for args in [
            &["pull", "t0", "--demo", "--source", "web"][..],
            &["import", "saved.jsonl", "--min-likes", "999b"],
        ] {
            folder.write(name, "old\n");
            let args = [args, &["-o", name, "--overwrite"]].concat();
            let kept = folder.run(&[&args[..], &["--fail-empty"]].concat());
            assert_eq!((kept.status, &*folder.read(name)), (9, "old\n"), "{kept:?}");
            assert!(kept.stderr.contains("what was there stays"), "{kept:?}");
            assert!(!folder.file(&format!("{name}.partial")).exists(), "{name}");
            assert_eq!(folder.run(&args).status, 0);
            let replaced = fs::read(folder.file(name)).unwrap();
            assert!(replaced != b"old\n", "{args:?}");
        }
    }
}

/// What an earlier run of the same job got takes its place all the same.
#[cfg(feature = "store")]
#[test]
fn what_does_not_stay_is_not_said_to() {
    let folder = Folder::new();
    folder.write("out.jsonl", "old\n");
    let args = ["t5", "t0", "--demo", "--source", "web", "--fail-empty"];
    let more = ["--store", "store.db", "-o", "out.jsonl", "--overwrite"];
    let args = [&args[..], &more].concat();
    let stopped = folder.pull(&[&args[..], &["--max-requests", "2"]].concat());
    assert_eq!(
        (stopped.status, &*folder.read("out.jsonl")),
        (5, "old\n"),
        "{stopped:?}"
    );
    let empty = folder.pull(&args);
    assert_eq!(empty.status, 9, "{empty:?}");
    assert_eq!(ids(&folder.read("out.jsonl")).len(), 5);
    assert!(!empty.stderr.contains("stays"), "{empty:?}");
}

/// Of files of their own none is lost where all came to nothing.
#[test]
fn hashtags_that_may_not_all_be_empty_leave_their_files() {
    let folder = Folder::new();
    let args = ["--demo", "--source", "web", "--overwrite", "--fail-empty"];
    let args = [&args[..], &["-o", "{tag}.jsonl"]].concat();
    for (tags, status, left) in [(["t0", "t00"], 9, "old\n"), (["t0", "t2"], 0, "")] {
        folder.write("t0.jsonl", "old\n");
        let ended = folder.pull(&[&tags[..], &args[..]].concat());
        assert_eq!((ended.status, &*folder.read("t0.jsonl")), (status, left));
    }
    assert_eq!(ids(&folder.read("t2.jsonl")).len(), 2);
}

/// An empty file would look like a hashtag without videos.
#[test]
fn a_hashtag_that_came_to_nothing_leaves_no_new_file() {
    for suffix in ["jsonl", "csv.gz", "json"] {
        let folder = Folder::new();
        folder.write(&format!("login.{suffix}"), "");
        let file = format!("{{tag}}.{suffix}");
        let args = ["--demo", "--source", "web", "-o", &file];
        let tags = ["t0", "t2", "nf_10205", "login"];
        assert_eq!(folder.pull(&[&tags[..], &args].concat()).status, 3);
        let left = |tag: &str| folder.file(&format!("{tag}.{suffix}")).exists();
        assert_eq!(tags.map(left), [true, true, false, true], "{suffix}");
    }
}

/// With a store the run is gone on with all the same.
#[test]
fn a_hashtag_without_a_file_is_asked_again() {
    let folder = Folder::new();
    let args = ["--store", "s.db", "-o", "out.jsonl", "--demo", "t100"];
    let args = [&args[..], &["--source", "web"]].concat();
    let broken = [&args[..], &["--max-requests", "1"]].concat();
    assert_eq!(folder.pull(&broken).status, 5);
    assert!(!folder.file("out.jsonl").exists());
    let done = folder.pull(&args);
    assert_eq!(done.status, 0, "{done:?}");
    assert_eq!(ids(&folder.read("out.jsonl")).len(), 100);
}

#[test]
fn a_suffix_of_a_format_that_is_not_written_is_refused() {
    let folder = Folder::new();
    folder.write("none.jsonl", "");
    for (name, advice) in [
        ("out.xlsx", "take .csv"),
        ("{date}.tsv.gz", "take .csv"),
        ("out.db", "--store FILE"),
        ("out.jsonl.xz", ".gz or .zst"),
    ] {
        for command in [&["pull", "t2", "--demo"][..], &["import", "none.jsonl"]] {
            let ended = folder.run(&[command, &["-o", name]].concat());
            assert_eq!(ended.status, 2, "{ended:?}");
            assert!(ended.stderr.contains(advice), "{ended:?}");
            assert!(!folder.file(name).exists(), "{name}");
        }
    }
    for args in [&["-o", "out.tsv", "-f", "csv"][..], &["-o", "out.data"]] {
        let ended = folder.pull(&[&["t2", "--demo"], args].concat());
        assert_eq!((ended.status, &*ended.stderr), (0, ""), "{args:?}");
    }
    assert!(folder.read("out.tsv").starts_with("input.region,"));
    assert_eq!(ids(&folder.read("out.data")).len(), 2);
}

#[test]
fn a_failed_run_keeps_what_it_got_in_a_growing_file() {
    let folder = Folder::new();
    let ended = folder.pull(&["mid_waf", "--demo", "-o", "out.jsonl", "--source", "web"]);
    assert_eq!(ended.status, 4);
    let ids = ids(&folder.read("out.jsonl"));
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 60);
}

#[test]
fn a_place_that_cannot_be_written_is_found_before_anybody_is_asked() {
    let (folder, site) = (Folder::new(), Site::start());
    fs::create_dir(folder.file("folder")).unwrap();
    let url = site.url();
    for place in ["no/such/folder/out.jsonl", "folder"] {
        for more in [None, Some("--append"), Some("--overwrite")] {
            let mut args = vec!["t3", "--base-url", &url, "-o", place];
            args.extend(more);
            let ended = folder.pull(&args);
            assert_eq!(ended.status, 7, "{args:?}: {ended:?}");
            assert!(
                ended
                    .stderr
                    .starts_with(&format!("error: cannot write {place}: "))
            );
        }
    }
    assert_eq!(site.count("requests"), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_ends_the_run() {
    let (folder, site) = (Folder::new(), Site::start());
    let url = site.url();
    let args = ["t3000", "--all", "--rate", "0", "--base-url", &url];
    let to_file = folder.pull(&[&args[..], &["-o", "/dev/full"]].concat());
    let full = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let mut command = folder.pulling(&args);
    command.stdout(full).stderr(std::process::Stdio::piped());
    let mut to_stdout = crate::runner::Running::start_as_is(&mut command).end();
    to_stdout.receipts = folder.take_receipts();
    for ended in [to_file, to_stdout] {
        assert_eq!(ended.status, 7, "{ended:?}");
        assert_eq!(ended.receipt()["stopped_because"], "output");
        assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
        assert!(
            ended.stderr.contains("cannot write the output: "),
            "{ended:?}"
        );
        assert!(
            ended
                .stderr
                .contains("; free space or choose another place")
        );
    }
    assert!(site.count("list") <= 4, "{}", site.count("list"));
}

#[test]
fn what_a_terminal_would_obey_is_escaped_and_the_value_stays() {
    const HOSTILE: &str = "a\u{1b}[2J\u{7f}\u{85}\u{9b}31m\u{2028}\u{202e}b\u{2066}\u{0}\t\r\n";
    let folder = Folder::new();
    let mut item: Value = serde_json::json!({
        "id": "7532242222256717546", "desc": HOSTILE, "createTime": 1_753_736_815, "video": {},
        "author": {"id": "6949996313005023081", "uniqueId": "a", "nickname": HOSTILE},
    });
    folder.write("saved.json", item.to_string());
    for (switch, desc) in [
        (None, "/desc"),
        (Some("--with-raw"), "/raw/desc"),
        (Some("--raw"), "/desc"),
    ] {
        let mut args = vec!["import", "saved.json"];
        args.extend(switch);
        let ended = folder.run(&args);
        assert_eq!(ended.status, 0, "{ended:?}");
        let obeyed =
            |c: char| c.is_control() && c != '\n' || ('\u{2028}'..='\u{2069}').contains(&c);
        assert!(!ended.stdout.contains(obeyed), "{:?}", ended.stdout);
        assert_eq!(ended.stdout.lines().count(), 1);
        assert_eq!(ended.records()[0].pointer(desc), Some(&item["desc"].take()));
        item["desc"] = HOSTILE.into();
    }
}

#[test]
fn raw_is_what_the_site_sent() {
    let folder = Folder::new();
    let raw = folder
        .pull(&["viral", "--demo", "-n", "3", "--raw"])
        .records();
    let both = folder
        .pull(&["viral", "--demo", "-n", "3", "--with-raw"])
        .records();
    assert_eq!(raw.len(), 3);
    for (raw, both) in raw.iter().zip(&both) {
        assert_eq!(&both["raw"], raw);
        assert_eq!(raw["id"], both["aweme_id"]);
    }
}

#[test]
fn what_is_said_of_a_file_needs_one() {
    for switch in ["--append", "--overwrite"] {
        let ended = Folder::new().run(&["pull", "t5", "--demo", switch]);
        assert_eq!(ended.status, 2, "{ended:?}");
        assert!(ended.stderr.contains("--output FILE"), "{ended:?}");
    }
    for form in [&["--raw"][..], &["--preset", "clockworks"]] {
        let args = [&["pull", "t5", "--demo", "-o", "out", "--append"], form].concat();
        let ended = Folder::new().run(&args);
        assert_eq!(ended.status, 2, "{ended:?}");
        assert!(ended.stderr.contains("by their aweme_id"), "{ended:?}");
    }
}

#[test]
fn a_run_to_be_repeated_says_with_what() {
    let folder = Folder::new();
    let args = [
        "t60",
        "t5",
        "--demo",
        "--max-requests",
        "3",
        "-o",
        "out.jsonl",
    ];
    let ended = folder.pull(&args);
    assert_eq!(ended.status, 5, "{ended:?}");
    assert!(
        ended.stderr.contains("run it with --append then"),
        "{ended:?}"
    );
    let again = folder.pull(&[&args[..], &["--append"]].concat());
    assert!(!again.stderr.contains("--append"), "{again:?}");
}

#[test]
fn no_file_is_two_things_at_once() {
    let folder = Folder::new();
    for args in [
        &["pull", "--input", "one", "-o", "./one", "--overwrite"][..],
        &["pull", "--input", "one", "--summary", "one"],
        &["pull", "t5", "--store", "one", "-o", "one", "--append"],
        &["pull", "t5", "--store", "one", "--summary", "one"],
        &["pull", "t5", "--cookies", "one", "--summary", "one"],
        &["import", "one", "-o", "one", "--overwrite"],
        &["import", "a", "one", "--summary", "one"],
    ] {
        folder.write("one", "t5\n");
        let demo: &[&str] = if args[0] == "pull" { &["--demo"] } else { &[] };
        let ended = folder.run(&[args, demo].concat());
        assert_eq!(ended.status, 2, "{args:?}: {ended:?}");
        assert!(
            ended.stderr.contains("the same file"),
            "{args:?}: {ended:?}"
        );
        assert_eq!(folder.read("one"), "t5\n", "{args:?}");
    }
}

#[test]
fn receipts_do_not_go_among_the_records() {
    let folder = Folder::new();
    for command in [&["pull", "t5", "--demo"][..], &["import", "in.jsonl"]] {
        let args = [command, &["-o", "one.jsonl", "--summary", "./one.jsonl"]].concat();
        folder.write("one.jsonl", "");
        let ended = folder.run(&args);
        assert_eq!(ended.status, 2, "{ended:?}");
        assert!(ended.stderr.contains("the same file"), "{ended:?}");
        std::fs::remove_file(folder.file("one.jsonl")).unwrap();
    }
}
