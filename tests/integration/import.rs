//! `import` of whole files: what of them reaches the output, in what form, with which status. How
//! each form is taken apart is tested under `source::saved`.

use std::ffi::OsStr;
use std::fs;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::contract;
use crate::runner::{Ended, Folder, Running, root};

fn fixtures() -> PathBuf {
    root().join("tests/fixtures/saved")
}

/// The files of a folder, sorted.
fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

fn import(files: &[&Path], switches: &[&str]) -> Ended {
    let folder = Folder::new();
    let mut command = folder.program(&["import", "--summary", "receipts.jsonl"]);
    folder.run_for_receipts(command.args(files).args(switches))
}

fn fixture(name: &str, switches: &[&str]) -> Ended {
    import(&[&fixtures().join(name)], switches)
}

/// Nothing crashed, what came out are records, and a failure names its file once.
fn assert_sound(path: &Path, ended: &Ended) {
    let name = path.display();
    assert!([0, 4, 6].contains(&ended.status), "{name}: {ended:?}");
    ended.records().iter().for_each(contract::assert_record);
    assert_eq!(ended.receipt()["written"], ended.records().len(), "{name}");
    assert_eq!(ended.receipt()["exit_code"], ended.status, "{name}");
    let told = format!("error: {name}: ");
    let errors = ended.stderr.lines().filter(|line| line.starts_with(&told));
    assert_eq!(errors.count(), usize::from(ended.status != 0), "{ended:?}");
    assert!(
        ended.status != 0 || !ended.records().is_empty(),
        "{name}: empty and content"
    );
}

#[cfg(feature = "demo")]
#[test]
fn any_number_of_threads_gives_the_same() {
    let (folder, mut files) = (Folder::new(), files_in(&fixtures()));
    let saved = folder.run(&["pull", "t150_dup", "--all", "--demo", "--raw"]);
    // Lines that are no entries move the places of those after them.
    let lines = saved.stdout.lines().enumerate();
    let lines = lines.map(|(at, line)| format!("{line}\n{}", if at % 20 == 7 { "\n" } else { "" }));
    folder.write("raw.jsonl", lines.collect::<String>());
    files.push(folder.file("raw.jsonl"));
    let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    let timeless = |mut ended: Ended| {
        for key in ["started_at", "finished_at"] {
            ended.receipts[0][key] = 0.into();
        }
        (ended.status, ended.stdout, ended.stderr, ended.receipts)
    };
    for form in [
        &[][..],
        &["--raw"],
        &["--with-raw"],
        &["--fields", "collection.position,aweme_id"],
        &["--preset", "flat"],
        &["--preset", "clockworks"],
        &["--format", "json"],
        &["--format", "csv"],
    ] {
        let run = |jobs| timeless(import(&files, &[form, &["--jobs", jobs]].concat()));
        let alone = run("1");
        assert!(alone.1.lines().count() > 150, "{form:?}");
        for jobs in ["2", "3", "8"] {
            assert!(run(jobs) == alone, "{form:?} {jobs}");
        }
    }
    assert_eq!(import(&files, &["--jobs", "0"]).status, 2);
}

#[test]
fn every_form_gives_records_or_says_why_not() {
    let files = files_in(&fixtures());
    assert!(files.len() > 50);
    for path in &files {
        assert_sound(path, &import(&[path], &[]));
    }
}

#[test]
fn the_status_tells_captchas_from_files_without_videos_and_damage_from_neither() {
    for (name, status, stopped, records) in [
        ("body.json", 0, "end_of_feed", 2),
        ("body_with_junk_entries.json", 0, "end_of_feed", 2),
        ("zeeschuimer.ndjson", 0, "end_of_feed", 2),
        ("captcha_page.html", 4, "captcha", 0),
        ("captcha_answer.json", 4, "captcha", 0),
        ("login_shell.html", 6, "bad_answer", 0),
        ("api_error.json", 6, "bad_answer", 0),
        ("empty.json", 6, "bad_answer", 0),
        ("comments.json", 6, "bad_answer", 0),
        ("lines_with_a_broken_one.jsonl", 6, "bad_answer", 4),
        ("body_cut_short.json", 6, "bad_answer", 2),
    ] {
        let ended = fixture(name, &[]);
        assert_eq!(
            (ended.status, ended.records().len()),
            (status, records),
            "{name}"
        );
        assert_eq!(ended.receipt()["stopped_because"], stopped, "{name}");
    }
}

/// What cannot be read otherwise is found on the way, as before.
#[test]
fn a_file_that_is_not_there_is_found_before_any_is_read() {
    let [good, missing, other] =
        ["body.json", "no_such_file.json", "body.json/other"].map(|name| fixtures().join(name));
    for (files, words) in [
        (
            &[missing.as_path()][..],
            "no_such_file.json: there is no such file;",
        ),
        (
            &[&good, &missing, Path::new("-"), &other],
            "no_such_file.json and 1 more: there is no such file; check the path",
        ),
    ] {
        let folder = Folder::new();
        let mut command = folder.program(&["import", "-o", "out.jsonl"]);
        let ended = folder.run_for_receipts(command.args(files));
        assert_eq!((ended.status, ended.stdout.as_str()), (2, ""), "{ended:?}");
        assert!(ended.stderr.contains(words), "{ended:?}");
        assert!(!folder.file("out.jsonl").exists());
    }
    let folder = import(&[&good, &fixtures()], &[]);
    assert_eq!((folder.status, folder.records().len()), (6, 2));
    for words in ["saved: cannot be read", "; name the files in it"] {
        assert!(folder.stderr.contains(words), "{folder:?}");
    }
}

#[test]
fn files_are_one_run_and_the_first_failure_is_its_status() {
    let files = [
        "broken.json",
        "body.json",
        "captcha_page.html",
        "body.json",
        "array_of_items.json",
    ];
    let paths = files.map(|name| fixtures().join(name));
    let paths: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
    let ended = import(&paths, &[]);
    assert_eq!(ended.status, 6, "{ended:?}");
    assert_eq!(ended.stderr.matches("error: ").count(), 2, "{ended:?}");
    let receipt = ended.receipt();
    assert_eq!(
        (&receipt["written"], &receipt["duplicates"]),
        (&3.into(), &3.into())
    );
    let swapped = import(&[paths[2], paths[0]], &[]);
    assert_eq!(swapped.status, 4);
}

#[test]
fn a_record_says_that_it_was_imported_and_for_which_hashtag_if_told() {
    let named = fixture("body.json", &["--name", "#Cats"]);
    let nameless = fixture("body.json", &[]);
    for (ended, name) in [(&named, Some("cats")), (&nameless, None)] {
        for (record, position) in ended.records().iter().zip(1..) {
            let input = record["input"].get("name").and_then(|name| name.as_str());
            assert_eq!(input, name);
            assert_eq!(record["collection"]["lane"], "import");
            assert_eq!(record["collection"]["position"], position);
            assert_eq!(record["collection"]["collected_at"], 1_795_300_000);
        }
        assert_eq!(ended.receipt()["tag"].as_str(), name);
    }
}

#[test]
fn standard_input_is_a_file_too() {
    let folder = Folder::new();
    for name in ["body.json", "two_gzip_members.gz", "sigi_page.html"] {
        let mut command = folder.program(&["import", "-"]);
        command.stdin(File::open(fixtures().join(name)).unwrap());
        let piped = Running::start(&mut command).end();
        assert_eq!(piped.status, 0, "{piped:?}");
        assert_eq!(piped.stdout, fixture(name, &[]).stdout, "{name}");
    }
}

#[test]
fn the_first_damage_has_a_place() {
    let item = |id: u64| format!(r#"{{"id":"730000000000000000{id}","video":{{}}}}"#);
    let lines = |third: &str| [&item(1), "", third, &item(2), &item(3)].join("\n");
    let folder = Folder::new();
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(lines("{\"broken\"").as_bytes()).unwrap();
    folder.write("packed.gz", packed.finish().unwrap());
    folder.write("broken.jsonl", lines("{broken"));
    folder.write("open.jsonl", lines("{\"open\": ["));
    for (name, place) in [
        ("broken.jsonl", "first in line 3"),
        ("open.jsonl", "first in line 3"),
        ("packed.gz", "first in line 3"),
    ] {
        for jobs in ["1", "2"] {
            let ended = folder.run(&["import", name, "--jobs", jobs]);
            assert!(ended.stderr.contains(place), "{name}: {ended:?}");
            assert_eq!(ended.status, 6, "{name}");
        }
    }
    let mut command = folder.program(&["import", "-"]);
    command.stdin(File::open(folder.file("broken.jsonl")).unwrap());
    let ended = Running::start(&mut command).end();
    let before = item(1).len() + 2;
    let place = format!("first behind byte {before}:");
    assert!(ended.stderr.contains(&place), "{ended:?}");
}

#[test]
fn a_folder_or_nothing_at_all_is_no_file() {
    let folder = Folder::new();
    assert_eq!(folder.run(&["import"]).status, 2);
    assert_eq!(import(&[&fixtures()], &[]).status, 6);
}

#[cfg(feature = "demo")]
#[test]
fn what_pull_saved_raw_imports_as_what_pull_gave() {
    let folder = Folder::new();
    let told = |mut record: serde_json::Value| {
        // Where and when it was seen differs.
        record["collection"].take();
        record["input"].take();
        record
    };
    for lane in ["web", "embed"] {
        let args = ["viral", "--demo", "-n", "60", "--source", lane];
        let pulled = folder.pull(&args).records();
        let raw = folder.pull(&[&args[..], &["--raw"]].concat());
        folder.write("saved.jsonl", raw.stdout);
        let imported = folder.run(&["import", "saved.jsonl", "--name", "viral"]);
        let imported = imported.records().into_iter().map(told);
        let pulled = pulled.into_iter().map(told);
        assert!(imported.eq(pulled), "{lane}");
    }
}

/// The folders whose items all become records.
const WHOLE: [&str; 6] = [
    "aweme",
    "web-detail",
    "web-hashtag",
    "web-item-list",
    "web-page",
    "web-search",
];

/// Real answers, where a folder of them is named: none is in this repository.
#[test]
#[expect(clippy::print_stderr, reason = "a test that did not run must say so")]
fn real_answers_lose_no_video() {
    let Some(payloads) = std::env::var_os("TIKTOK_HASHTAG_TEST_PAYLOADS") else {
        eprintln!("skipped: TIKTOK_HASHTAG_TEST_PAYLOADS names no folder");
        return;
    };
    let index = fs::read_to_string(Path::new(&payloads).join("INDEX.md")).unwrap();
    let mut counted = 0;
    for folder in fs::read_dir(&payloads)
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        if !folder.is_dir() {
            continue;
        }
        let is_whole = WHOLE
            .iter()
            .any(|name| folder.file_name() == Some(OsStr::new(name)));
        for file in files_in(&folder) {
            let ended = import(&[&file], &[]);
            assert_sound(&file, &ended);
            if is_whole {
                let items = items_by_index(&index, &file);
                assert_eq!(
                    ended.records().len(),
                    items,
                    "{}: {ended:?}",
                    file.display()
                );
                counted += items;
            }
        }
    }
    assert!(counted >= 70, "{counted} items in all");
}

/// The number of items the index gives for a file: its row is ``| `file` | 2 web | …``.
fn items_by_index(index: &str, file: &Path) -> usize {
    let name = file.file_name().and_then(OsStr::to_str).unwrap();
    let start = format!("| `{name}` | ");
    let row = index.lines().find_map(|line| line.strip_prefix(&start));
    let items = row.unwrap_or_else(|| panic!("{name} is not in the index"));
    // A dash stands for none.
    items.split(' ').next().unwrap().parse().unwrap_or(0)
}
