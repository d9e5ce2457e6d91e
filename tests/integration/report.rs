//! `report`: tables, JSON and the page, of files and of stores.

use std::fs;

use serde_json::Value;

use crate::runner::{Ended, Folder, root};

/// What a page must never let a record say.
pub(crate) const CANARY: &str = "</title></style></td></svg><script>alert(\"canary\")</script>'";

/// The path of a fixture.
pub(crate) fn fixture(name: &str) -> String {
    let path = root().join("tests/fixtures/report").join(name);
    path.to_str().unwrap().to_owned()
}

/// The records of the fixture with a name, caption, sound and hashtags that would like to be code.
pub(crate) fn hostile() -> String {
    let text = fs::read_to_string(fixture("ten_records.jsonl")).unwrap();
    let lines = text.lines().map(|line| {
        let mut record: Value = serde_json::from_str(line).unwrap();
        record["desc"] = format!("{CANARY} {}", "wide ".repeat(40)).into();
        if record["author"].is_object() {
            record["author"]["nickname"] = CANARY.into();
            record["author"]["unique_id"] = format!("{CANARY}{}", record["aweme_id"]).into();
        }
        if record["music"].is_object() {
            record["music"]["title"] = format!("{CANARY}\u{1b}[2J\u{202e}").into();
        }
        if let Some(tags) = record["cha_list"].as_array_mut() {
            tags.push(serde_json::json!({"cha_name": "\"><script>x</script>"}));
        }
        record["share_info"]["share_url"] = "javascript:alert(1)".into();
        format!("{record}\n")
    });
    lines.collect()
}

fn report(folder: &Folder, args: &[&str]) -> Ended {
    let args: Vec<&str> = ["report"].iter().chain(args).copied().collect();
    folder.run(&args)
}

#[test]
fn tables_say_what_was_worked_out_by_hand() {
    let ended = report(&Folder::new(), &[&fixture("ten_records.jsonl")]);
    assert_eq!((ended.status, &*ended.stderr), (0, ""), "{ended:?}");
    insta::assert_snapshot!(ended.stdout);
    assert!(ended.stdout.lines().all(|line| line.chars().count() <= 80));
}

#[test]
fn json_is_one_object_of_these_numbers() {
    let folder = Folder::new();
    let ended = report(
        &folder,
        &[&fixture("ten_records.jsonl"), "--json", "--top", "2"],
    );
    assert_eq!(ended.stdout.lines().count(), 1);
    let report = &ended.records()[0];
    assert_eq!(report["totals"]["plays"]["sum"], 1_016_000);
    assert_eq!(report["videos"].as_array().unwrap().len(), 2);
    assert_eq!(report["creators"][0]["median_plays"], 7_000);
    let none = report_of_no_such_tag(&folder);
    assert!(none["totals"]["plays"]["sum"].is_null());
}

fn report_of_no_such_tag(folder: &Folder) -> Value {
    let file = fixture("ten_records.jsonl");
    let ended = report(folder, &[&file, "--json", "--name", "food"]);
    assert_eq!(ended.status, 0);
    assert!(ended.stderr.contains("no records"), "{ended:?}");
    ended.records()[0].clone()
}

#[test]
fn nothing_a_terminal_obeys_is_in_a_table() {
    let folder = Folder::new();
    fs::write(folder.file("hostile.jsonl"), hostile()).unwrap();
    for args in [&["hostile.jsonl"][..], &["hostile.jsonl", "--json"]] {
        let ended = report(&folder, args);
        assert_eq!(ended.status, 0, "{ended:?}");
        let obeyed = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(!ended.stdout.contains(obeyed), "{args:?}");
    }
}

#[test]
fn a_page_needs_nothing_else_and_holds_words_as_words() {
    let folder = Folder::new();
    fs::write(folder.file("hostile.jsonl"), hostile()).unwrap();
    let ended = report(&folder, &["hostile.jsonl", "--html", "page.html"]);
    assert_eq!((ended.status, &*ended.stdout), (0, ""), "{ended:?}");
    let page = fs::read_to_string(folder.file("page.html")).unwrap();
    for never in [
        "<script",
        "javascript:",
        "src=",
        "@import",
        "url(",
        "\u{1b}",
        "\u{202e}",
    ] {
        assert!(!page.contains(never), "{never}");
    }
    assert!(page.contains("&lt;script&gt;alert"));
    assert_eq!(page.matches("</style>").count(), 1);
    assert_eq!(page.matches("</title>").count(), 1);
    assert!(page.contains("<html lang=\"en\">") && page.contains("<svg role=\"img\""));
    assert!(page.contains("1,016,000") && page.contains("unknown"));
    assert!(!page.contains("http") || page.matches("http").count() == namespaces(&page));
}

/// Names of XML namespaces and the policy's header look like links, but nobody follows them.
fn namespaces(page: &str) -> usize {
    page.matches("http://www.w3.org/2000/svg").count() + page.matches("http-equiv").count()
}

#[test]
fn a_page_in_the_way_is_replaced_only_when_asked() {
    let folder = Folder::new();
    fs::write(folder.file("page.html"), "mine").unwrap();
    let file = fixture("ten_records.jsonl");
    let refused = report(&folder, &[&file, "--html", "page.html"]);
    assert_eq!(refused.status, 2);
    assert!(refused.stderr.contains("--overwrite"), "{refused:?}");
    assert_eq!(
        fs::read_to_string(folder.file("page.html")).unwrap(),
        "mine"
    );
    let replaced = report(&folder, &[&file, "--html", "page.html", "--overwrite"]);
    assert_eq!(replaced.status, 0, "{replaced:?}");
    assert!(
        fs::read_to_string(folder.file("page.html"))
            .unwrap()
            .contains("</html>")
    );
    let nowhere = report(&folder, &[&file, "--html", "no/such/folder.html"]);
    assert_eq!(nowhere.status, 7, "{nowhere:?}");
    let words = "cannot write no/such/folder.html: there is no folder no/such; make it, or choose \
                 another --html\n";
    assert!(nowhere.stderr.ends_with(words), "{nowhere:?}");
}

#[test]
fn a_page_never_takes_the_place_of_what_it_is_made_of() {
    let folder = Folder::new();
    fs::copy(fixture("ten_records.jsonl"), folder.file("a.jsonl")).unwrap();
    let before = fs::read_to_string(folder.file("a.jsonl")).unwrap();
    for page in ["a.jsonl", "./a.jsonl"] {
        let refused = report(&folder, &["a.jsonl", "--html", page, "--overwrite"]);
        assert_eq!(refused.status, 2, "{refused:?}");
        assert!(refused.stderr.contains("the same file"), "{refused:?}");
    }
    assert_eq!(fs::read_to_string(folder.file("a.jsonl")).unwrap(), before);
    let both = report(&folder, &["a.jsonl", "--html", "-", "--json"]);
    assert_eq!((both.status, both.stdout.as_str()), (2, ""), "{both:?}");
}

#[test]
fn what_holds_no_records_is_refused() {
    let folder = Folder::new();
    fs::write(folder.file("words.txt"), "a\nb\n").unwrap();
    fs::write(folder.file("broken.json"), "[{\"aweme_id\":").unwrap();
    fs::write(folder.file("table.csv"), "aweme_id,desc\n\"1\",\"\"\n").unwrap();
    fs::create_dir(folder.file("out")).unwrap();
    for (args, status, said) in [
        (&["words.txt"][..], 6, "line 1 is no record"),
        (&["broken.json"], 6, "its list"),
        (
            &["table.csv"],
            6,
            "table.csv is a table (CSV); report reads what pull",
        ),
        (&["out"], 2, "out is a folder; name a file in it"),
        (
            &["a.jsonl", "b.jsonl"],
            2,
            "cat out/*.jsonl | tiktok-hashtag report -",
        ),
        (&["none.jsonl"], 2, "cannot read none.jsonl"),
        (&[], 2, "name a file of records or a store"),
        (&["http://host/x"], 2, "a store is an SQLite file"),
        (&["postgres://u:hunter2@h/d"], 2, "TIKTOK_HASHTAG_STORE"),
    ] {
        let ended = report(&folder, args);
        assert_eq!(ended.status, status, "{args:?} {ended:?}");
        assert!(ended.stderr.contains(said), "{args:?} {ended:?}");
        assert!(!ended.stderr.contains("hunter2"), "{ended:?}");
    }
}

#[cfg(feature = "demo")]
#[test]
fn standard_input_is_read_too() {
    let folder = Folder::new();
    let pulled = folder.pull(&["t20", "--demo"]);
    folder.write("in.jsonl", &pulled.stdout);
    let mut command = folder.program(&["report", "-", "--json"]);
    command.stdin(fs::File::open(folder.file("in.jsonl")).unwrap());
    let ended = crate::runner::Running::start(&mut command).end();
    assert_eq!(ended.records()[0]["totals"]["videos"], 20, "{ended:?}");
}

#[cfg(feature = "store")]
#[test]
fn a_database_of_something_else_is_refused() {
    let folder = Folder::new();
    let other = b"SQLite format 3\0 and then nonsense";
    fs::write(folder.file("other.db"), other).unwrap();
    let ended = report(&folder, &["other.db"]);
    assert_eq!(ended.status, 7, "{ended:?}");
    assert_eq!(fs::read(folder.file("other.db")).unwrap(), other);
}

#[cfg(all(unix, feature = "demo", feature = "store"))]
mod stores {
    use std::fs::{self, File};

    use serde_json::Value;

    use super::report;
    use crate::runner::Running;
    use crate::store::Kept;

    /// What `report` says of a store, as JSON.
    fn summed(kept: &Kept, args: &[&str]) -> Value {
        let ended = Running::start(kept.reporting().args(args)).end();
        assert_eq!(ended.status, 0, "{ended:?}");
        ended.records()[0].clone()
    }

    #[test]
    fn a_store_sums_up_to_what_its_records_do() {
        Kept::each(|kept| {
            let pulled = kept.pull(&["t40", "-n", "40"]);
            kept.folder.write("t40.jsonl", &pulled.stdout);
            let file = report(&kept.folder, &["t40.jsonl", "--json"]);
            assert_eq!(summed(kept, &[]), file.records()[0]);
            assert_eq!(summed(kept, &["--name", "T40"])["totals"]["videos"], 40);
            assert_eq!(summed(kept, &["--name", "food"])["totals"]["videos"], 0);
        });
    }

    #[test]
    fn growth_is_read_off_the_sightings_of_a_store() {
        Kept::each(|kept| {
            kept.pull(&["t20", "-n", "20"]);
            kept.ask(
                "INSERT INTO observations (aweme_id, tag, observed_at, play_count) \
                 SELECT aweme_id, tag, observed_at - 10800, play_count - 3 FROM observations \
                 WHERE play_count >= 3",
            );
            let again = kept.number("SELECT COUNT(*) FROM observations") - 20;
            let growth = summed(kept, &[])["growth"].take();
            assert!(again > 5);
            assert_eq!(growth["observed"], again);
            assert_eq!(growth["videos"][0]["overall"]["per_day"], 24);
        });
    }

    #[test]
    fn a_store_that_a_run_holds_is_read_and_left_as_it_is() {
        let kept = Kept::in_file();
        kept.pull(&["t20", "-n", "20"]);
        let file = kept.folder.file("store.db");
        let before = fs::read(&file).unwrap();
        let held = File::open(&file).unwrap();
        held.try_lock().unwrap();
        assert_eq!(summed(&kept, &[])["totals"]["videos"], 20);
        assert_eq!(fs::read(&file).unwrap(), before);
    }

    /// What stands in a folder.
    fn names(folder: &std::path::Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let name = |it: std::fs::DirEntry| it.file_name().into_string().unwrap();
        let mut names: Vec<String> = entries.map(|it| name(it.unwrap())).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn reading_a_store_leaves_nothing_beside_it() {
        let kept = Kept::in_file();
        kept.pull(&["t20", "-n", "20"]);
        let before = names(&kept.folder.file(""));
        assert_eq!(summed(&kept, &[])["totals"]["videos"], 20);
        assert_eq!(names(&kept.folder.file("")), before);
    }

    /// As on a medium that can only be read, but that keeps root from it too: what SQLite would put
    /// beside the store cannot be put there.
    #[test]
    fn a_store_that_nothing_can_be_put_beside_is_read() {
        let kept = Kept::in_file();
        kept.pull(&["t20", "-n", "20"]);
        let beside = kept.folder.file("store.db-shm");
        std::os::unix::fs::symlink("no/such/folder", beside).unwrap();
        assert_eq!(summed(&kept, &[])["totals"]["videos"], 20);
        // What stands there is a run's that was killed, and only SQLite can read it.
        fs::write(kept.folder.file("store.db-wal"), "x").unwrap();
        let ended = Running::start(&mut kept.reporting()).end();
        assert_eq!((ended.status, &*ended.stdout), (7, ""));
    }

    #[test]
    fn a_store_with_nothing_in_it_is_none() {
        Kept::each(|kept| {
            if kept.is_file() {
                kept.pull(&["nf_10205"]);
            }
            let none = summed(kept, &[]);
            assert_eq!(none["totals"]["videos"], 0);
            assert!(none["totals"]["plays"]["sum"].is_null());
        });
    }
}

#[cfg(not(feature = "store"))]
#[test]
fn a_store_needs_its_feature() {
    let folder = Folder::new();
    fs::write(folder.file("kept.db"), b"SQLite format 3\0").unwrap();
    let ended = report(&folder, &["kept.db"]);
    assert_eq!(ended.status, 2, "{ended:?}");
    assert!(ended.stderr.contains("\"store\""), "{ended:?}");
}
