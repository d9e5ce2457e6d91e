//! What holds of every output, whichever its format and compression: the same records with the
//! same values, whole after any end, and what is there is added to or replaced as it was asked.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Read as _;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use tiktok_hashtag::record::Kind;
use tiktok_hashtag::sink::Column;

use crate::contract;
use crate::runner::{Ended, Folder, Running, json_lines, scrubbed, signal};
use crate::site::Site;

/// Files of each line format that can be added to, and of its compressions.
const GROWING: [&str; 6] = [
    "out.jsonl",
    "out.jsonl.gz",
    "out.jsonl.zst",
    "out.csv",
    "out.csv.gz",
    "out.csv.zst",
];
/// Files of formats that have an end.
#[cfg(not(feature = "parquet"))]
const ENDING: [&str; 3] = ["out.json", "out.json.gz", "out.json.zst"];
#[cfg(feature = "parquet")]
const ENDING: [&str; 4] = ["out.json", "out.json.gz", "out.json.zst", PARQUET];
const PARQUET: &str = "out.parquet";

fn every() -> impl Iterator<Item = &'static str> {
    GROWING.into_iter().chain(ENDING)
}

/// The text in a file, unpacked; that of whole members where the last one is not.
fn text(folder: &Folder, name: &str) -> String {
    let bytes = fs::read(folder.file(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut text = Vec::new();
    let name = name.trim_end_matches(".partial");
    if name.ends_with(".gz") {
        let mut members = flate2::read::MultiGzDecoder::new(&bytes[..]);
        // What is torn shows in what is lacking.
        let _ = members.read_to_end(&mut text);
    } else if name.ends_with(".zst") {
        let mut frames = zstd::stream::read::Decoder::new(&bytes[..]).unwrap();
        let _ = frames.read_to_end(&mut text);
    } else {
        text = bytes;
    }
    String::from_utf8(text).unwrap()
}

/// The rows of a file, each as an object of dotted names or a record.
fn rows(folder: &Folder, name: &str) -> Vec<Value> {
    #[cfg(feature = "parquet")]
    if name.starts_with(PARQUET) {
        return columnar::rows(File::open(folder.file(name)).unwrap());
    }
    let text = text(folder, name);
    if name.contains(".csv") {
        return table(&text);
    }
    if name.contains(".json.") || name.ends_with(".json") {
        let array: Value =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}: {text}"));
        return array.as_array().unwrap().clone();
    }
    json_lines(&text)
}

/// The rows of CSV, as another reader finds them.
fn table(text: &str) -> Vec<Value> {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names = reader.headers().unwrap().clone();
    let row = |row: csv::Result<csv::StringRecord>| {
        let row = row.unwrap();
        let cells = names.iter().zip(row.iter());
        let cells = cells.map(|(name, cell)| (name.to_owned(), cell.into()));
        Value::Object(cells.collect::<Map<_, _>>())
    };
    reader.records().map(row).collect()
}

/// Parquet, as the crate's own reader finds it.
#[cfg(feature = "parquet")]
mod columnar {
    use std::fs::File;

    use parquet::file::reader::{FileReader as _, SerializedFileReader};
    use parquet::record::{Field, Row};
    use serde_json::Value;

    pub(super) fn rows(file: File) -> Vec<Value> {
        let file = SerializedFileReader::new(file).unwrap();
        let rows = file.get_row_iter(None).unwrap();
        rows.map(|row| object(&row.unwrap())).collect()
    }

    fn object(row: &Row) -> Value {
        let pair = |(name, field): (&String, &Field)| (name.clone(), value(field));
        Value::Object(row.get_column_iter().map(pair).collect())
    }

    fn value(field: &Field) -> Value {
        match field {
            Field::Null => Value::Null,
            Field::Bool(flag) => (*flag).into(),
            Field::Long(number) => (*number).into(),
            Field::Str(text) => text.as_str().into(),
            Field::Group(row) => object(row),
            Field::ListInternal(list) => list.elements().iter().map(value).collect(),
            other => panic!("{other:?}"),
        }
    }
}

fn ids(folder: &Folder, name: &str) -> Vec<String> {
    let id = |row: &Value| row["aweme_id"].as_str().unwrap().to_owned();
    rows(folder, name).iter().map(id).collect()
}

/// A record as it stands in a table.
fn flat(record: &Value, columns: &[Column]) -> Value {
    let cell = |column: &Column| {
        let mut value = record;
        for key in column.name.split('.') {
            value = &value[key];
        }
        (column.name.clone(), shown(value).into())
    };
    Value::Object(columns.iter().map(cell).collect())
}

/// A value as a cell shows it.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => {
            let line = text.replace(['\n', '\r', '\t'], " ");
            let guard = if text.starts_with(['=', '+', '-', '@']) {
                "'"
            } else {
                ""
            };
            format!("{guard}{line}")
        }
        other => other.to_string(),
    }
}

/// A record without what differs from run to run.
fn timeless(mut row: Value) -> Value {
    if row["collection"].is_object() {
        row["collection"]["collected_at"] = Value::Null;
    } else {
        row["collection.collected_at"] = "".into();
    }
    row
}

fn pulled(folder: &Folder, tag: &str, name: &str, more: &[&str]) -> Ended {
    let ended = folder.pull(&[&[tag, "--demo", "-o", name], more].concat());
    assert_eq!(
        (ended.status, ended.stderr.as_str()),
        (0, ""),
        "{name}: {ended:?}"
    );
    ended
}

#[test]
fn every_format_gives_the_same_records() {
    let folder = Folder::new();
    let shown = folder.pull(&["t200", "--all", "--demo"]).records();
    assert!(
        shown
            .iter()
            .any(|it| it["desc"].as_str().unwrap().contains('\n'))
    );
    let shown: Vec<Value> = shown.into_iter().map(timeless).collect();
    let columns = Column::all(None);
    let table: Vec<Value> = shown.iter().map(|it| flat(it, &columns)).collect();
    for name in every() {
        pulled(&folder, "t200", name, &["--all"]);
        let found: Vec<Value> = rows(&folder, name).into_iter().map(timeless).collect();
        if name.contains(".csv") {
            assert!(found == table, "{name}");
        } else {
            assert!(found == shown, "{name}");
            found.iter().for_each(contract::assert_record);
        }
    }
    // The names of formats, where there is no suffix.
    for (format, name) in [
        ("jsonl", "out.jsonl"),
        ("json", "out.json"),
        ("csv", "out.csv"),
    ] {
        let ended = folder.pull(&["t200", "--all", "--demo", "-f", format]);
        folder.write(&format!("again.{format}"), ended.stdout);
        assert_eq!(ids(&folder, &format!("again.{format}")), ids(&folder, name));
        pulled(
            &folder,
            "t200",
            &format!("{format}.txt"),
            &["--all", "--format", format],
        );
        let first = |name: &str| folder.read(name).lines().next().unwrap()[..9].to_owned();
        assert_eq!(first(&format!("{format}.txt")), first(name));
    }
}

#[test]
fn csv_quotes_texts_and_leaves_numbers_bare() {
    let folder = Folder::new();
    pulled(
        &folder,
        "t3",
        "out.csv",
        &[
            "--fields",
            "aweme_id,statistics.play_count,video.has_watermark,region,collection.estimated",
        ],
    );
    let text = folder.read("out.csv");
    let mut lines = text.split("\r\n");
    let head = "aweme_id,statistics.play_count,video.has_watermark,region,collection.estimated";
    assert_eq!(lines.next(), Some(head));
    let row = lines.next().unwrap();
    let cells: Vec<&str> = row.splitn(5, ',').collect();
    let is_number = |cell: &str| !cell.is_empty() && cell.bytes().all(|b| b.is_ascii_digit());
    assert!(
        is_number(cells[0].trim_matches('"')) && cells[0].len() == 21,
        "{row}"
    );
    assert!(is_number(cells[1]), "{row}");
    assert_eq!(
        (cells[2], cells[3], cells[4]),
        ("true", "", "\"[\"\"video.duration\"\"]\"")
    );
    pulled(
        &folder,
        "t3",
        "bom.csv",
        &["--csv-bom", "--fields", "aweme_id"],
    );
    assert!(
        folder
            .read("bom.csv")
            .starts_with("\u{feff}aweme_id\r\n\"7")
    );
    pulled(
        &folder,
        "t3",
        "bom.csv",
        &["--csv-bom", "--fields", "aweme_id", "--append"],
    );
    assert_eq!(ids(&folder, "bom.csv").len(), 3);
}

/// As `jq` would pick them.
fn picked(record: &Value) -> Value {
    json!({
        "author": {"unique_id": record["author"]["unique_id"], "uid": record["author"]["uid"]},
        "aweme_id": record["aweme_id"],
        "cha_list": record["cha_list"],
        "statistics": {"play_count": record["statistics"]["play_count"]},
        "music": record["music"],
    })
}

const FIELDS: &str = "author.unique_id,aweme_id,cha_list,statistics.play_count,author.uid,music";

#[test]
fn fields_are_what_was_asked_for_in_every_format() {
    let folder = Folder::new();
    let whole = folder.pull(&["t200", "--all", "--demo"]).records();
    let picked: Vec<String> = whole.iter().map(|it| picked(it).to_string()).collect();
    let columns = Column::all(Some(&FIELDS.parse().unwrap()));
    let names: Vec<&str> = columns.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(
        names[..5],
        [
            "author.unique_id",
            "aweme_id",
            "cha_list",
            "statistics.play_count",
            "author.uid"
        ]
    );
    let table: Vec<Value> = whole.iter().map(|it| flat(it, &columns)).collect();
    for name in every() {
        pulled(&folder, "t200", name, &["--all", "--fields", FIELDS]);
        let found = rows(&folder, name);
        if name.contains(".csv") {
            assert_eq!(
                text(&folder, name).split("\r\n").next(),
                Some(&*names.join(","))
            );
            assert!(found == table, "{name}");
        } else {
            // Texts, so that the order counts.
            let found: Vec<String> = found.iter().map(Value::to_string).collect();
            assert!(found == picked, "{name}");
        }
    }
    let lists = columns.iter().filter(|it| matches!(it.kind, Kind::List(_)));
    assert!(lists.count() > 1);
}

#[test]
fn a_flat_row_has_the_columns_for_keys() {
    let folder = Folder::new();
    let records = folder.pull(&["t40", "--all", "--demo"]).records();
    for (name, more) in [
        ("out.jsonl", &[][..]),
        ("out.json", &[]),
        ("some.jsonl.gz", &["--fields", "aweme_id,author,cha_list"]),
    ] {
        let fields = more.get(1).map(|fields| fields.parse().unwrap());
        let columns = Column::all(fields.as_ref());
        let flat = |record: &Value| {
            let cell = |column: &Column| {
                let keys = column.name.split('.');
                let value = keys.fold(record, |value, key| &value[key]);
                (column.name.clone(), value.clone())
            };
            let row: serde_json::Map<String, Value> = columns.iter().map(cell).collect();
            let at = row.get("collection.collected_at").cloned();
            (row.keys().cloned().collect::<Vec<_>>(), row, at)
        };
        pulled(
            &folder,
            "t40",
            name,
            &[&["--preset", "flat", "--all"], more].concat(),
        );
        let found = rows(&folder, name);
        assert_eq!(found.len(), records.len());
        for (found, record) in found.iter().zip(&records) {
            let (keys, mut row, at) = flat(record);
            let found = found.as_object().unwrap();
            assert_eq!(found.keys().cloned().collect::<Vec<_>>(), keys, "{name}");
            // Two runs, two times.
            if at.is_some() {
                row["collection.collected_at"] = found["collection.collected_at"].clone();
            }
            assert!(*found == row, "{name}");
        }
    }
    let ended = folder.pull(&[
        "t40",
        "t5",
        "--all",
        "--demo",
        "--preset",
        "flat",
        "--append",
        "-o",
        "out.jsonl",
    ]);
    assert_eq!(ended.status, 0, "{ended:?}");
    assert_eq!(ids(&folder, "out.jsonl").len(), 45);
    pulled(&folder, "t40", "out.csv", &["-n", "3", "--preset", "flat"]);
    pulled(&folder, "t40", "seed.csv", &["-n", "3"]);
    assert_eq!(ids(&folder, "out.csv"), ids(&folder, "seed.csv"));
}

#[test]
fn raw_is_a_field_only_where_it_is() {
    let folder = Folder::new();
    let raw = folder.pull(&["t3", "--demo", "--raw"]).records();
    let both = folder
        .pull(&["t3", "--demo", "--with-raw", "--fields", "aweme_id,raw"])
        .records();
    for (raw, both) in raw.iter().zip(&both) {
        assert_eq!(both, &json!({"aweme_id": raw["id"], "raw": raw}));
    }
    assert_eq!(both.len(), 3);
}

#[test]
fn what_does_not_go_together_is_said_before_anybody_is_asked() {
    let (folder, site) = (Folder::new(), Site::start());
    let url = site.url();
    for (args, words) in [
        (
            &["-f", "xml"][..],
            "\"xml\" is no format; take jsonl, json, csv or parquet",
        ),
        (&["-f", "csv", "--raw"], "csv has columns for records only"),
        (
            &["-o", "a.csv", "--with-raw"],
            "csv has columns for records only",
        ),
        (&["--raw", "--fields", "desc"], "leave out --raw"),
        (
            &["-o", "a.parquet", "--preset", "flat"],
            "parquet keeps the objects of a record",
        ),
        (
            &["--fields", "raw"],
            "the field raw is there only with --with-raw",
        ),
        (
            &["--fields", "stats.play_count"],
            "did you mean statistics.play_count?",
        ),
        (
            &["--fields", "cha_list.cid"],
            "cha_list is a list, which is taken whole",
        ),
        (
            &["-o", "a.json", "--append"],
            "--append cannot add to json, which has an end",
        ),
        (
            &["-o", "a.parquet", "--append"],
            "--append cannot add to parquet",
        ),
        (&["-o", "a.parquet.gz"], "leave out the suffix"),
        (
            &["-o", "a.cvs"],
            "take .csv if that was meant, or say with --format",
        ),
        (&["-o", "a.csv.gz.gz"], ".gz.gz in the name of --output"),
        (&["-o", "{TAG}.csv"], "did you mean {tag}?"),
        (
            &["-o", "a{}.csv"],
            "{} in the name of --output stands for nothing",
        ),
        (
            &["-o", "a.csv", "--append", "--fields", "desc"],
            "add it to --fields",
        ),
        (
            &["-o", "a.json", "--csv-bom"],
            "--csv-bom is for CSV, this is json",
        ),
    ] {
        let ended = folder.pull(&[&["t3", "--base-url", &url], args].concat());
        assert_eq!(ended.status, 2, "{args:?}: {ended:?}");
        assert!(ended.stderr.contains(words), "{args:?}: {ended:?}");
    }
    assert_eq!(site.count("requests"), 0);
    assert_eq!(fs::read_dir(folder.file("")).unwrap().count(), 0);
}

#[test]
fn append_adds_what_is_lacking_and_nothing_twice() {
    let folder = Folder::new();
    let all = folder.pull(&["t40", "t5", "--all", "--demo"]).ids();
    for name in GROWING {
        let written = |more: &[&str]| {
            let ended =
                folder.pull(&[&["t40", "t5", "--demo", "-o", name, "--append"], more].concat());
            assert_eq!(
                (ended.status, ended.stderr.as_str()),
                (0, ""),
                "{name}: {ended:?}"
            );
            let count = |it: &Value| it["written"].as_u64().unwrap();
            ended.receipts.iter().map(count).sum::<u64>()
        };
        assert_eq!(written(&["-n", "10"]), 15, "{name}");
        assert_eq!(written(&["--all"]), 30, "{name}");
        let before = fs::read(folder.file(name)).unwrap();
        assert_eq!(written(&["--all"]), 0, "{name}");
        assert_eq!(fs::read(folder.file(name)).unwrap(), before, "{name}");
        let mut found = ids(&folder, name);
        assert_eq!(found.len(), 45);
        found.sort();
        let mut all = all.clone();
        all.sort();
        assert_eq!(found, all, "{name}");
    }
}

#[test]
fn append_cuts_what_a_killed_run_left_behind_the_last_whole_row() {
    let folder = Folder::new();
    for name in GROWING {
        pulled(&folder, "t40", name, &["--all"]);
        let all = ids(&folder, name);
        let bytes = fs::read(folder.file(name)).unwrap();
        for cut in [
            1,
            2,
            7,
            20,
            bytes.len() / 3,
            bytes.len() / 2,
            bytes.len() - 9,
            bytes.len() - 1,
        ] {
            folder.write(name, &bytes[..bytes.len() - cut]);
            pulled(&folder, "t40", name, &["--all", "--append"]);
            assert_eq!(ids(&folder, name), all, "{name}: {cut}");
        }
        // Blocks that a power cut kept from being written.
        folder.write(name, [&bytes[..], &[0; 600]].concat());
        pulled(&folder, "t40", name, &["--all", "--append"]);
        assert_eq!(fs::read(folder.file(name)).unwrap(), bytes, "{name}");
        // A member whose first byte was to come last, the file's first one or a later one.
        let half = [&[0], &bytes[1..bytes.len() / 3]].concat();
        for whole in [&[][..], &bytes] {
            if name.ends_with(".jsonl") || name.ends_with(".csv") {
                continue;
            }
            folder.write(name, [whole, &half].concat());
            pulled(&folder, "t40", name, &["--all", "--append"]);
            assert_eq!(ids(&folder, name), all, "{name}");
        }
    }
}

#[test]
fn append_leaves_what_is_not_ours_alone() {
    let (folder, site) = (Folder::new(), Site::start());
    let url = site.url();
    let packed = |text: &str| {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut packed, text.as_bytes()).unwrap();
        packed.finish().unwrap()
    };
    for other in ["other.csv", "other.jsonl"] {
        pulled(&folder, "t3", other, &["--fields", "aweme_id,desc"]);
    }
    for (name, bytes, words) in [
        ("out.csv", b"a,b\n1,2\n".to_vec(), "line 1 is no record"),
        ("out.csv", b"milk".to_vec(), "line 1 is no record"),
        (
            "out.csv",
            fs::read(folder.file("other.csv")).unwrap(),
            "out.csv has other fields",
        ),
        ("out.csv.gz", packed("a,b\n1,2\n"), "line 1 is no record"),
        (
            "out.jsonl",
            fs::read(folder.file("other.jsonl")).unwrap(),
            "out.jsonl has other fields",
        ),
        (
            "out.jsonl.gz",
            packed("{\"aweme_id\":\"1\"}\n{\"inp"),
            "line 2 is no record",
        ),
        ("out.jsonl.gz", packed("milk"), "line 1 is no record"),
        ("out.jsonl.gz", b"milk\n".to_vec(), "line 1 is no record"),
        (
            "out.jsonl.zst",
            packed("{\"input\":null,\"aweme_id\":\"1\"}\n"),
            "line 1 is no record",
        ),
    ] {
        folder.write(name, &bytes);
        let ended = folder.pull(&["t3", "--base-url", &url, "-o", name, "--append"]);
        assert_eq!(ended.status, 2, "{name}: {ended:?}");
        assert!(ended.stderr.contains(words), "{ended:?}");
        assert_eq!(fs::read(folder.file(name)).unwrap(), bytes);
    }
    assert_eq!(site.count("requests"), 0);
    // Another program's one member of all, without its last line end, is whole.
    folder.write("out.jsonl.gz", packed("{\"aweme_id\":\"1\"}"));
    pulled(&folder, "t3", "out.jsonl.gz", &["--append"]);
    assert_eq!(ids(&folder, "out.jsonl.gz").len(), 4);
}

#[test]
fn overwrite_replaces_the_file_whole_and_only_when_complete() {
    let folder = Folder::new();
    for name in every() {
        folder.write(name, "old\n");
        let args = ["--demo", "-o", name, "--source", "web"];
        let refused = folder.pull(&[&["t3"], &args[..]].concat());
        assert_eq!(refused.status, 2, "{name}: {refused:?}");
        let advice = refused.stderr.contains("--append");
        assert_eq!(advice, GROWING.contains(&name), "{refused:?}");
        let args = [&args[..], &["--overwrite"]].concat();
        let failed = folder.pull(&[&["mid_empty"], &args[..]].concat());
        assert_eq!(failed.status, 4, "{name}");
        assert_eq!(folder.read(name), "old\n");
        let partial = format!("{name}.partial");
        assert_eq!(ids(&folder, &partial).len(), 60, "{name}");
        assert!(failed.stderr.contains(&partial), "{failed:?}");
        let done = folder.pull(&[&["t3"], &args[..]].concat());
        assert_eq!((done.status, done.stderr.as_str()), (0, ""));
        assert_eq!(ids(&folder, name).len(), 3);
        assert!(!folder.file(&partial).exists());
    }
}

#[test]
fn a_format_with_an_end_shows_no_half_of_it() {
    let folder = Folder::new();
    for name in ENDING {
        let args = ["mid_empty", "--demo", "--source", "web", "-o", name];
        assert_eq!(folder.pull(&args).status, 4);
        assert!(!folder.file(name).exists(), "{name}");
        assert_eq!(ids(&folder, &format!("{name}.partial")).len(), 60);
    }
    let shown = folder.pull(&["mid_empty", "--demo", "--source", "web", "-f", "json"]);
    assert_eq!(shown.status, 4);
    folder.write("shown.json", shown.stdout);
    assert_eq!(ids(&folder, "shown.json").len(), 60);
}

#[test]
fn nothing_found_is_an_empty_array_or_table() {
    let folder = Folder::new();
    for (name, status, empty) in [
        ("nf_10205", 3, ["", "[]\n", ""]),
        ("t0", 0, ["", "[]\n", "aweme_id\r\n"]),
    ] {
        for (format, empty) in ["jsonl", "json", "csv"].into_iter().zip(empty) {
            let ended = folder.pull(&[name, "--demo", "-f", format, "--fields", "aweme_id"]);
            assert_eq!(
                (ended.status, &*ended.stdout),
                (status, empty),
                "{format}: {ended:?}"
            );
        }
    }
    let ended = folder.pull(&["nf_10205", "--demo", "-o", "out.json"]);
    assert_eq!(ended.status, 3);
    assert_eq!(fs::read_dir(folder.file("")).unwrap().count(), 0);
}

/// Arguments of a run of three slow pages.
fn slow<'a>(url: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let args = [
        "t90_l400",
        "--all",
        "--rate",
        "0",
        "--source",
        "web",
        "--base-url",
        url,
    ];
    [&args[..], more].concat()
}

/// A run of slow pages that asks for the last one: what is before the page in between is out.
fn begun(running: Running, site: &Site) -> Running {
    let since = Instant::now();
    while site.count("list") < 3 {
        assert!(since.elapsed() < Duration::from_secs(20));
        sleep(Duration::from_millis(5));
    }
    running
}

/// The same into a file, or as `more` says.
fn begun_into(folder: &Folder, site: &Site, more: &[&str]) -> Running {
    let url = site.url();
    begun(Running::start(&mut folder.pulling(&slow(&url, more))), site)
}

#[test]
fn an_interrupted_run_leaves_whole_rows() {
    std::thread::scope(|scope| {
        for name in every() {
            scope.spawn(move || {
                let (folder, site) = (Folder::new(), Site::start());
                let running = begun_into(&folder, &site, &["-o", name]);
                signal("INT", &running);
                assert_eq!(running.end().status, 130, "{name}");
                let left = if ENDING.contains(&name) {
                    format!("{name}.partial")
                } else {
                    name.to_owned()
                };
                assert_eq!(ids(&folder, &left).len(), 60, "{name}");
            });
        }
        scope.spawn(|| {
            let (folder, site) = (Folder::new(), Site::start());
            let (url, shown) = (site.url(), File::create(folder.file("shown.json")).unwrap());
            let mut command = folder.pulling(&slow(&url, &["-f", "json"]));
            command.stdout(shown).stderr(std::process::Stdio::piped());
            let running = begun(Running::start_as_is(&mut command), &site);
            signal("TERM", &running);
            assert_eq!(running.end().status, 143);
            assert_eq!(ids(&folder, "shown.json").len(), 60);
        });
    });
}

#[test]
fn a_killed_run_leaves_what_it_flushed_and_append_goes_on() {
    std::thread::scope(|scope| {
        for name in GROWING {
            scope.spawn(move || {
                let (folder, site) = (Folder::new(), Site::start());
                // Dropped, it is killed.
                drop(begun_into(&folder, &site, &["-o", name]));
                let text = text(&folder, name);
                assert!(text.ends_with('\n'), "{name}");
                let kept = ids(&folder, name).len();
                assert!((30..=60).contains(&kept), "{name}: {kept}");
                folder.take_receipts();
                let url = site.url();
                let args = [
                    "t90_l400",
                    "--all",
                    "--rate",
                    "0",
                    "--base-url",
                    &url,
                    "-o",
                    name,
                ];
                let again = folder.pull(&[&args[..], &["--append"]].concat());
                assert_eq!(
                    (again.status, &again.receipt()["written"]),
                    (0, &(90 - kept).into())
                );
                let ids: HashSet<String> = ids(&folder, name).into_iter().collect();
                assert_eq!(ids.len(), 90);
            });
        }
    });
}

#[cfg(feature = "store")]
#[test]
fn a_killed_run_with_a_store_goes_on_in_every_format() {
    std::thread::scope(|scope| {
        for name in every() {
            scope.spawn(move || {
                let (folder, site) = (Folder::new(), Site::start());
                let more = ["-o", name, "--store", "store.db"];
                drop(begun_into(&folder, &site, &more));
                folder.take_receipts();
                let url = site.url();
                let args = ["t90_l400", "--all", "--rate", "0", "--base-url", &url];
                let args = [&args[..], &["--source", "web"], &more].concat();
                let other = folder.pull(&[&args[..], &["--fields", "aweme_id"]].concat());
                assert_eq!(other.status, 2, "{name}: {other:?}");
                assert!(other.stderr.contains("format"), "{other:?}");
                let again = folder.pull(&args);
                assert_eq!(again.status, 0, "{name}: {again:?}");
                // Parquet begins again, for its rows are in no file before its footer is.
                let most = if name == PARQUET { 90 } else { 60 };
                assert!(again.receipt()["written"].as_u64() <= Some(most), "{name}");
                let ids = ids(&folder, name);
                assert_eq!(ids.len(), 90, "{name}");
                assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 90);
                assert!(!folder.file(&format!("{name}.partial")).exists());
            });
        }
    });
}

/// A file that has taken its place is beside it from its first new row on, killed or not.
#[cfg(feature = "store")]
#[test]
fn a_run_that_is_killed_while_it_adds_to_a_placed_file_shows_nobody_half_of_it() {
    std::thread::scope(|scope| {
        for name in ["out.json", "out.json.zst", "out.jsonl", "out.csv.gz"] {
            // At the first of its own rows, and with two pages behind it.
            for lists in [0, 2] {
                scope.spawn(move || assert_killed_beside(name, lists));
            }
        }
    });
}

#[cfg(feature = "store")]
fn assert_killed_beside(name: &str, lists: u64) {
    let (folder, site) = (Folder::new(), Site::start());
    let (url, beside) = (site.url(), format!("{name}.partial"));
    let args = slow(&url, &["-o", name, "--overwrite", "--store", "store.db"]);
    let stopped = folder.pull(&[&args[..], &["--max-requests", "2"]].concat());
    assert_eq!(stopped.status, 5, "{stopped:?}");
    let before = ids(&folder, &beside);
    // As a run does that dies right behind it, and a person who takes what there is.
    fs::rename(folder.file(&beside), folder.file(name)).unwrap();

    let asked = site.count("list") + lists;
    let running = Running::start(&mut folder.pulling(&args));
    let since = Instant::now();
    while !folder.file(&beside).exists() || site.count("list") < asked {
        assert!(since.elapsed() < Duration::from_secs(20), "{name}");
        sleep(Duration::from_millis(1));
    }
    assert_eq!(running.kill(), 137, "{name}");
    folder.take_receipts();
    assert!(!folder.file(name).exists(), "{name}");
    let left = left(&folder, &beside);
    assert!(left.starts_with(&before), "{name}: {left:?}");

    let again = folder.pull(&args);
    assert_eq!(again.status, 0, "{name}: {again:?}");
    let ids = ids(&folder, name);
    assert_eq!(ids[..before.len()], before, "{name}");
    assert_eq!(ids.len(), 90, "{name}");
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 90, "{name}");
    assert!(!folder.file(&beside).exists(), "{name}");
}

/// The ids of the whole rows that a killed run left, whatever end their format lacks.
#[cfg(feature = "store")]
fn left(folder: &Folder, name: &str) -> Vec<String> {
    let mut text = text(folder, name);
    text.truncate(text.rfind('\n').unwrap() + 1);
    let plain = match name {
        _ if name.contains(".jsonl") => "left.jsonl",
        _ if name.contains(".csv") => "left.csv",
        _ => "left.json",
    };
    // Killed before that was cut off, it still has its end.
    if plain == "left.json" && !text.ends_with("\n]\n") {
        text += "]";
    }
    folder.write(plain, text);
    ids(folder, plain)
}

#[cfg(feature = "store")]
#[test]
fn what_replaces_a_file_at_the_end_goes_with_no_new_only() {
    let folder = Folder::new();
    let args = ["t3", "--demo", "--store", "store.db", "--new-only", "-o"];
    for more in [
        &["out.json"][..],
        #[cfg(feature = "parquet")]
        &["out.parquet"],
        &["out.jsonl", "--overwrite"],
    ] {
        let ended = folder.pull(&[&args[..], more].concat());
        assert_eq!(ended.status, 2, "{ended:?}");
        let advice = "take jsonl or csv without --overwrite, and --append or a FILE of its own";
        assert!(ended.stderr.contains(advice), "{ended:?}");
    }
    // What is advised is taken.
    for more in [
        &["all.jsonl", "--append"][..],
        &["all.csv", "--append"],
        &["1.jsonl"],
        &["2.csv"],
    ] {
        let ended = folder.pull(&[&args[..], more].concat());
        assert_eq!(ended.status, 0, "{ended:?}");
    }
}

#[test]
fn a_reader_that_leaves_is_a_quiet_end() {
    let folder = Folder::new();
    for format in ["jsonl", "json", "csv"] {
        let script = format!(
            "tiktok-hashtag pull t3000 --all --demo -f {format} 2>words | head -c 100 >/dev/null; \
             echo ${{PIPESTATUS[0]}}"
        );
        let mut command = scrubbed("bash", &folder.file(""));
        let ended = Running::start(command.args(["-c", &script])).end();
        assert_eq!(ended.stdout, "141\n", "{format}");
        assert_eq!(folder.read("words"), "", "{format}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_ends_the_run_in_every_format() {
    let folder = Folder::new();
    for format in ["jsonl", "json", "csv"] {
        let args = ["t3000", "--all", "--demo", "-f", format, "-o", "/dev/full"];
        let ended = folder.pull(&args);
        assert_eq!(ended.status, 7, "{format}: {ended:?}");
        assert!(
            ended.stderr.contains("cannot write the output: "),
            "{ended:?}"
        );
    }
    // A file that may grow no further ends behind its last whole row all the same.
    for name in every() {
        let script = "trap '' XFSZ; ulimit -f 200; exec tiktok-hashtag \"$@\"";
        let mut command = scrubbed("sh", &folder.file(""));
        command.args([
            "-c", script, "sh", "pull", "t3000", "--all", "--demo", "-o", name,
        ]);
        let ended = Running::start(&mut command).end();
        assert_eq!(ended.status, 7, "{name}: {ended:?}");
        if name == PARQUET {
            // Without its footer nobody can read it.
            assert!(!folder.file("out.parquet.partial").exists(), "{ended:?}");
            continue;
        }
        let left = if ENDING.contains(&name) {
            format!("{name}.partial")
        } else {
            name.to_owned()
        };
        let length = File::open(folder.file(&left))
            .unwrap()
            .metadata()
            .unwrap()
            .len();
        assert!((1_000..=102_400).contains(&length), "{name}: {length}");
        assert!(text(&folder, &left).ends_with('\n'));
        assert!(!ids(&folder, &left).is_empty(), "{name}");
    }
}

/// The files below a folder, by their names from there.
fn files(folder: &Folder, below: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder.file(below)).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{below}/{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(folder, &name));
        } else {
            found.push(name);
        }
    }
    found.sort();
    found
}

#[test]
fn each_hashtag_can_have_a_file_of_its_own() {
    for (suffix, jobs) in [("jsonl", "1"), ("csv.gz", "3"), ("json", "2")] {
        let folder = Folder::new();
        fs::create_dir(folder.file("out")).unwrap();
        let template = format!("out/{{tag}}/{{date}}.{suffix}");
        let args = [
            "t5", "t40", "café", "--demo", "--all", "--jobs", jobs, "-o", &template,
        ];
        let ended = folder.pull(&args);
        assert_eq!((ended.status, ended.stderr.as_str()), (0, ""), "{ended:?}");
        let names = files(&folder, "out");
        assert_eq!(names.len(), 3, "{names:?}");
        for (name, start, count) in [
            (&names[0], "out/caf-", 300),
            (&names[1], "out/t40/2", 40),
            (&names[2], "out/t5/2", 5),
        ] {
            assert!(name.starts_with(start) && name.ends_with(suffix), "{name}");
            let local = name.rsplit_once('/').unwrap().1;
            assert_eq!(local.len(), "2026-11-25.".len() + suffix.len());
            assert_eq!(ids(&folder, name).len(), count, "{name}");
        }
        // A file that is in the way is seen before anybody is asked.
        fs::remove_file(folder.file(&names[0])).unwrap();
        let site = Site::start();
        let url = site.url();
        let args = ["café", "t5", "--base-url", &url, "-o", &template];
        let refused = folder.pull(&args);
        assert_eq!(
            (refused.status, site.count("requests")),
            (2, 0),
            "{refused:?}"
        );
    }
}

#[test]
fn a_file_of_its_own_ends_as_its_hashtag_does() {
    let folder = Folder::new();
    let args = [
        "t5",
        "mid_empty",
        "t3",
        "--demo",
        "--source",
        "web",
        "-o",
        "{tag}.json",
    ];
    let ended = folder.pull(&args);
    assert_eq!(ended.status, 4, "{ended:?}");
    assert_eq!(ids(&folder, "t5.json").len(), 5);
    assert_eq!(ids(&folder, "t3.json").len(), 3);
    assert!(!folder.file("mid_empty.json").exists());
    assert_eq!(ids(&folder, "mid_empty.json.partial").len(), 60);
    assert!(
        ended
            .stderr
            .contains("what it got is in mid_empty.json.partial"),
        "{ended:?}"
    );
    // What is lacking is told per file.
    let more = ["t5", "t9", "--demo", "-o", "{tag}.csv", "--append"];
    let written = |ended: &Ended| -> Vec<Value> {
        ended
            .receipts
            .iter()
            .map(|it| it["written"].clone())
            .collect()
    };
    assert_eq!(
        written(&folder.pull(&more[2..].iter().copied().chain(["t5"]).collect::<Vec<_>>())),
        [5]
    );
    assert_eq!(written(&folder.pull(&more)), [0, 9]);
}

#[test]
fn a_name_that_asks_for_a_hashtag_needs_one_and_its_folder() {
    let folder = Folder::new();
    for (name, file, missing) in [
        ("no/{tag}.jsonl", "no/t3.jsonl", "no"),
        ("no/at/{date}/{tag}.csv", "no/at/20", "no/at"),
        ("no/at/all.json", "no/at/all.json", "no/at"),
        ("no/at/all.jsonl", "no/at/all.jsonl", "no/at"),
    ] {
        let ended = folder.pull(&["t3", "--demo", "-o", name]);
        assert_eq!(ended.status, 7, "{ended:?}");
        let start = format!("error: cannot write {file}");
        let end = format!(": there is no folder {missing}; make it, or choose another --output\n");
        let words = &ended.stderr;
        assert!(
            words.starts_with(&start) && words.ends_with(&end),
            "{words}"
        );
    }
    assert!(!folder.file("no").exists());
    let saved = folder.pull(&["t3", "--demo", "--raw"]).stdout;
    folder.write("saved.jsonl", saved);
    let import = ["import", "saved.jsonl", "-o", "{tag}.csv"];
    let ended = folder.run(&import);
    assert_eq!(ended.status, 2);
    assert!(ended.stderr.contains("--name"), "{ended:?}");
    assert_eq!(
        folder
            .run(&[&import[..], &["--name", "Trip"]].concat())
            .status,
        0
    );
    assert_eq!(ids(&folder, "trip.csv").len(), 3);
}

#[cfg(feature = "store")]
#[test]
fn each_file_of_a_killed_run_is_gone_on_with_by_itself() {
    for suffix in ["csv.gz", "json"] {
        assert_gone_on_with(suffix);
    }
}

#[cfg(feature = "store")]
fn assert_gone_on_with(suffix: &str) {
    let name = format!("{{tag}}.{suffix}");
    let (folder, site) = (Folder::new(), Site::start());
    let url = site.url();
    let args = [
        "t5", "t90_l400", "t40", "--all", "--rate", "0", "--source", "web",
    ];
    let more = ["--base-url", &url, "-o", &name, "--store", "store.db"];
    let args = [&args[..], &more].concat();
    let running = Running::start(&mut folder.pulling(&args));
    let since = Instant::now();
    while site.count("list") < 4 {
        assert!(since.elapsed() < Duration::from_secs(20));
        sleep(Duration::from_millis(5));
    }
    drop(running);
    folder.take_receipts();
    let refused = folder.pull(&[&args[..], &["--fields", "aweme_id"]].concat());
    assert_eq!(refused.status, 2, "{refused:?}");
    let asked = site.count("list");
    let again = folder.pull(&args);
    assert_eq!((again.status, again.receipts.len()), (0, 2), "{again:?}");
    assert!(site.count("list") > asked);
    for (name, count) in [("t5", 5), ("t90_l400", 90), ("t40", 40)] {
        let ids = ids(&folder, &format!("{name}.{suffix}"));
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), count, "{name}");
        assert_eq!(ids.len(), count, "{name}");
    }
    // All are done and forgotten: the next run begins anew.
    assert_eq!(folder.pull(&args).status, 2);
}
