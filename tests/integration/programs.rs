//! What other people's programs make of what is written: DuckDB, pyarrow, LibreOffice, jq, zcat and
//! zstd find the same values. The scripts that ask the first three are in `tests/programs`.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::runner::{Folder, Running, json_lines, root, scrubbed};
use crate::site::Site;
use crate::tool;

/// Holds the Python that has DuckDB and pyarrow.
const PYTHON: &str = "TIKTOK_HASHTAG_TEST_PYTHON";

/// Texts that one program or another takes for something else.
const TEXTS: [&str; 44] = [
    "=1+1",
    "+1 555",
    "-5",
    "@you",
    "\t=tab",
    "\r\n=line",
    "\n",
    "\r",
    "＝1",
    "＋1",
    "－1",
    "＠you",
    "'=1+1",
    "''",
    "a\u{202e}b\u{1b}[2J",
    "\u{2028}\u{2029}\u{85}",
    "\u{0}",
    "",
    " ",
    "NULL",
    "null",
    "\\N",
    "NaN",
    "inf",
    "true",
    "007",
    "1e5",
    "0x10",
    "12345678901234567890",
    "2026-01-01",
    "2026-01-01T00:00:00Z",
    "  two before and two behind  ",
    "\"q\", a;b\tc",
    "\"",
    "\"\"",
    "a\\\"b",
    "{\"a\":1}",
    "[1]",
    "\u{feff}mark",
    "\u{200e}\u{200f}",
    "\u{d7ff}\u{e000}\u{10ffff}",
    "#comment",
    "https://example.com/?a=1&b=<2>",
    "#t200 🌇",
];

/// Bytes that a page does not reach when it is compressed.
const PAGE: u64 = 60_000;

/// The fields that are asked for, and how jq says it.
const FIELDS: &str = "aweme_id,author.unique_id,statistics.play_count";
const NESTED: &str = "{aweme_id, author:{unique_id:.author.unique_id}, \
                      statistics:{play_count:.statistics.play_count}}";
const FLAT: &str = r#"{aweme_id, "author.unique_id":.author.unique_id,
                       "statistics.play_count":.statistics.play_count}"#;
const TABLE: &str = "[.aweme_id, .author.unique_id, .statistics.play_count] | @csv";

/// The Python with DuckDB and pyarrow. Without them a test says so and passes, but where `CI` is
/// `true` it fails.
fn python() -> Option<PathBuf> {
    let named = std::env::var_os(PYTHON).map(PathBuf::from);
    let python = named.or_else(|| tool::found("python3"))?;
    let both = ["-c", "import duckdb, pyarrow"];
    let tried = Command::new(&python).args(both).output().unwrap();
    if tried.status.success() {
        return Some(python);
    }
    assert!(!tool::in_ci(), "no duckdb and pyarrow, though CI is true");
    tool::say("skipped: no Python with duckdb and pyarrow");
    None
}

/// What a program prints of the files in a folder.
fn printed(program: impl AsRef<OsStr>, args: &[&str], folder: &Folder) -> String {
    let ended = asked(program, args, folder);
    let words = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{args:?}: {words}");
    String::from_utf8(ended.stdout).unwrap()
}

fn asked(program: impl AsRef<OsStr>, args: &[&str], folder: &Folder) -> Output {
    let mut command = scrubbed(program, &folder.file(""));
    command.args(args).output().unwrap()
}

/// What a script of `tests/programs` prints.
fn script(python: &Path, name: &str, folder: &Folder) -> String {
    let path = root().join("tests/programs").join(name);
    printed(python, &[path.to_str().unwrap()], folder)
}

/// A folder with one pull of 200 videos, some of odd texts, in each format.
fn written() -> Folder {
    let folder = Folder::new();
    let pulled = folder.pull(&["t200", "--all", "--demo", "--raw"]);
    let mut items = pulled.records();
    for (at, (item, text)) in items.iter_mut().zip(TEXTS).enumerate() {
        item["desc"] = json!(text);
        item["author"]["nickname"] = json!(TEXTS[(at + 1) % TEXTS.len()]);
        let listed = TEXTS[(at + 2) % TEXTS.len()];
        item["challenges"] = json!([{"id": "1", "title": "t200", "desc": listed}]);
    }
    let lines = items.iter().map(|item| format!("{item}\n"));
    folder.write("saved.jsonl", lines.collect::<String>());
    for name in ["out.jsonl", "out.csv", "out.parquet"] {
        imported(&folder, name, &[]);
    }
    folder
}

fn imported(folder: &Folder, name: &str, more: &[&str]) {
    let args = [&["import", "saved.jsonl", "-o", name][..], more].concat();
    let ended = folder.run(&args);
    assert_eq!((ended.status, ended.stderr.as_str()), (0, ""), "{name}");
}

#[test]
fn duckdb_finds_the_same_rows_in_each_format() {
    let Some(python) = python() else { return };
    assert_eq!(script(&python, "same_rows.py", &written()), "200\n");
}

#[test]
fn pyarrow_finds_the_types_and_every_row() {
    let Some(python) = python() else { return };
    assert_eq!(script(&python, "typed_columns.py", &written()), "200\n");
}

#[test]
fn a_spreadsheet_keeps_the_ids_and_computes_nothing() {
    let (Some(office), Some(python)) = (tool::found("soffice"), tool::found("python3")) else {
        return;
    };
    let folder = written();
    let profile = format!(
        "-env:UserInstallation=file://{}",
        folder.file("own").display()
    );
    // Comma, quote, UTF-8, from the first line; quoted fields as text, special numbers told.
    let filter = "--infilter=Text - txt - csv (StarCalc):44,34,76,1,,0,true,true";
    let args = [
        &profile,
        "--headless",
        "--convert-to",
        "fods",
        filter,
        "out.csv",
    ];
    // Its own processes end with `timeout`, whatever becomes of this one.
    let office = [&["120", office.to_str().unwrap()], &args[..]].concat();
    printed("timeout", &office, &folder);
    assert_eq!(script(&python, "spreadsheet.py", &folder), "200\n");
}

/// The text in a file as the program for its suffix unpacks it, and what that says.
fn unpacked(folder: &Folder, name: &str) -> (String, String) {
    let ended = match name.trim_end_matches(".partial").rsplit_once('.') {
        Some((_, "gz")) => asked("zcat", &[name], folder),
        Some((_, "zst")) => asked("zstd", &["-dcq", name], folder),
        _ => asked("cat", &[name], folder),
    };
    let [text, words] = [ended.stdout, ended.stderr].map(String::from_utf8);
    (text.unwrap(), words.unwrap())
}

fn can_unpack() -> bool {
    ["zcat", "zstd"]
        .iter()
        .all(|name| tool::found(name).is_some())
}

/// A folder with a pull of 1,000 videos, as records and as the site's own objects.
fn thousand() -> Folder {
    let folder = Folder::new();
    for (name, more) in [("whole.jsonl", &[][..]), ("saved.jsonl", &["--raw"])] {
        let args = [&["t1000", "--all", "--demo"], more].concat();
        folder.write(name, folder.pull(&args).stdout);
    }
    folder
}

#[test]
fn fields_are_what_jq_makes_of_whole_records() {
    let Some(jq) = tool::found("jq").filter(|_| can_unpack()) else {
        return;
    };
    let folder = thousand();
    let ask = |args: &[&str]| printed(&jq, args, &folder);
    let [nested, flat] = [NESTED, FLAT].map(|it| ask(&["-c", it, "whole.jsonl"]));
    assert_eq!(nested.lines().count(), 1_000);
    let shown = folder.pull(&["t1000", "--all", "--demo", "--fields", FIELDS]);
    assert!(shown.stdout == nested, "standard output");
    let table = format!("{FIELDS}\n{}", ask(&["-r", TABLE, "whole.jsonl"])).replace('\n', "\r\n");
    for (preset, coding, lines) in [
        ("seed", "", &nested),
        ("seed", ".gz", &nested),
        ("seed", ".zst", &nested),
        ("flat", "", &flat),
    ] {
        let written = |format: &str| {
            let name = format!("{preset}.{format}{coding}");
            imported(&folder, &name, &["--fields", FIELDS, "--preset", preset]);
            let (text, words) = unpacked(&folder, &name);
            assert_eq!(words, "", "{name}");
            text
        };
        assert!(written("jsonl") == *lines, "{preset}.jsonl{coding}");
        assert!(written("csv") == table, "{preset}.csv{coding}");
        folder.write("array.json", written("json"));
        let array = ask(&["-c", ".[]", "array.json"]);
        assert!(array == *lines, "{preset}.json{coding}");
    }
}

#[test]
fn fields_of_parquet_are_what_jq_makes_of_whole_records() {
    let (Some(jq), Some(python)) = (tool::found("jq"), python()) else {
        return;
    };
    let folder = thousand();
    imported(&folder, "out.parquet", &["--fields", FIELDS]);
    let lines = printed(jq, &["-c", NESTED, "whole.jsonl"], &folder);
    assert_eq!(lines.lines().count(), 1_000);
    assert!(script(&python, "as_lines.py", &folder) == lines);
}

#[test]
fn what_a_killed_run_leaves_is_unpacked_to_whole_lines() {
    if !can_unpack() {
        return;
    }
    for name in ["out.jsonl.gz", "out.jsonl.zst", "out.csv.gz", "out.csv.zst"] {
        for switch in ["--append", "--overwrite"] {
            // In its first page, perhaps, and behind it.
            for bytes in [1, PAGE] {
                assert_whole_lines(name, switch, "t300_l30", bytes);
            }
        }
    }
    // Rows of a hundred kilobytes, so that it is killed while it writes.
    for name in ["out.jsonl.gz", "out.jsonl.zst"] {
        for bytes in [1, 10_000, 20_000, 40_000] {
            assert_whole_lines(name, "--raw", "t300_fat", bytes);
        }
    }
}

/// Kills a run once its file has so many bytes.
fn assert_whole_lines(name: &str, switch: &str, tag: &str, bytes: u64) {
    let (folder, site) = (Folder::new(), Site::start());
    let args = [
        tag, "--all", "--source", "web", "--rate", "0", "-o", name, switch,
    ];
    let running =
        Running::start(&mut folder.pulling(&[&args[..], &["--base-url", &site.url()]].concat()));
    let left = if switch == "--overwrite" {
        format!("{name}.partial")
    } else {
        name.to_owned()
    };
    let since = Instant::now();
    while fs::metadata(folder.file(&left)).map_or(0, |it| it.len()) < bytes {
        assert!(since.elapsed() < Duration::from_secs(60), "{name} {switch}");
        sleep(Duration::from_millis(1));
    }
    drop(running);
    let (text, _) = unpacked(&folder, &left);
    let rows = if name.contains(".csv") {
        whole_rows(&text)
    } else {
        json_lines(&text).len()
    };
    assert!(text.is_empty() || text.ends_with('\n'), "{name} {switch}");
    let least = usize::from(bytes >= PAGE);
    assert!((least..300).contains(&rows), "{name} {switch}: {rows} rows");
}

/// How many rows a table has below its head, each with all its cells.
fn whole_rows(text: &str) -> usize {
    assert!(text.is_empty() || text.ends_with("\r\n"));
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let rows: csv::Result<Vec<csv::StringRecord>> = table.records().collect();
    rows.unwrap().len()
}
