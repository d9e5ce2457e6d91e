//! Recordings of browsers: how `import` ends with each kind of HAR, how much memory one of
//! hundreds of megabytes takes, and that none of the secrets in it come out.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests that cannot go on has failed"
)]

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use serde_json::{Value, json};

use crate::memory::Peak;

/// In every place of a recording where a secret may stand.
const CANARY: &str = "the-canary-of-this-test";
/// What the program may use, in KiB.
const MEMORY: u64 = 64 << 10;
const MIB: usize = 1 << 20;

/// What one run left.
struct Ended {
    status: ExitStatus,
    stdout: String,
    stderr: String,
    /// The most memory it used, in KiB; 0 where nobody can tell.
    peak: u64,
}

/// Runs `import` in `folder`, watching its memory.
fn import(folder: &Path, args: &[&str]) -> Ended {
    let [out, err] = ["out", "err"].map(|name| folder.join(name));
    let mut child = Command::new(env!("CARGO_BIN_EXE_tiktok-hashtag"))
        .env_clear()
        .env("TMPDIR", folder)
        .current_dir(folder)
        .arg("import")
        .args(args)
        .stdin(Stdio::null())
        .stdout(File::create(&out).unwrap())
        .stderr(File::create(&err).unwrap())
        .spawn()
        .unwrap();
    let peak = Peak::watch(child.id());
    let status = child.wait().unwrap();
    let peak = peak.bytes() >> 10;
    let [stdout, stderr] = [out, err].map(|path| fs::read_to_string(path).unwrap());
    Ended {
        status,
        stdout,
        stderr,
        peak,
    }
}

/// Writes a recording entry by entry, so that no test holds what the program must not hold.
struct Har {
    file: BufWriter<File>,
    path: PathBuf,
    entries: u64,
}

impl Har {
    fn begin(path: PathBuf) -> Self {
        let mut file = BufWriter::new(File::create(&path).unwrap());
        file.write_all(
            br#"{"log":{"version":"1.2","creator":{"name":"test"},"pages":[],"entries":["#,
        )
        .unwrap();
        Self {
            file,
            path,
            entries: 0,
        }
    }

    /// An entry whose body is `text`, given piece by piece, already a JSON string's inside.
    fn entry<'t>(&mut self, path: &str, encoding: &str, text: impl IntoIterator<Item = &'t [u8]>) {
        let comma = if self.entries == 0 { "" } else { "," };
        self.entries += 1;
        let url = format!("https://www.tiktok.com{path}msToken={CANARY}");
        let secret = json!([{"name": "Cookie", "value": format!("sessionid={CANARY}")}]);
        let request = json!({"method": "GET", "url": url, "headers": secret,
            "cookies": [{"name": "sessionid", "value": CANARY}], "queryString": secret});
        let response = json!([{"name": "Set-Cookie", "value": CANARY}]);
        write!(
            self.file,
            r#"{comma}{{"startedDateTime":"2026-11-22T09:00:23.475Z","request":{request},"response":{{"status":200,"headers":{response},"content":{{"mimeType":"x","text":""#,
        )
        .unwrap();
        for piece in text {
            self.file.write_all(piece).unwrap();
        }
        write!(self.file, r#""{encoding}}}}}}}"#).unwrap();
    }

    /// A page of a feed with items that fill it to `size` bytes.
    fn page(&mut self, cursor: u64, size: usize) {
        let last = cursor + 30;
        let padding = "·".repeat(size / 60);
        let items: Vec<_> = (cursor..last).map(|at| item(at, &padding)).collect();
        let body = json!({"itemList": items, "hasMore": true, "cursor": last.to_string()});
        let text = serde_json::to_string(&body.to_string()).unwrap();
        let path = format!("/api/challenge/item_list/?challengeID=42&cursor={cursor}&");
        self.entry(&path, "", [&text.as_bytes()[1..text.len() - 1]]);
    }

    fn end(mut self) -> (PathBuf, u64) {
        self.file.write_all(b"]}}").unwrap();
        self.file.into_inner().unwrap();
        let size = fs::metadata(&self.path).unwrap().len();
        (self.path, size)
    }
}

fn id(at: u64) -> u64 {
    7_300_000_000_000_000_000 + at
}

fn item(at: u64, padding: &str) -> Value {
    json!({"id": id(at).to_string(), "desc": "harbour cat", "createTime": 1_760_000_000,
        "video": {"id": id(at).to_string(), "duration": 12}, "padding": padding,
        "author": {"id": "6900000000000000001", "uniqueId": "ada.example"}})
}

fn ids(jsonl: &str) -> Vec<u64> {
    let id = |line: &str| {
        let record: Value = serde_json::from_str(line).unwrap();
        record["aweme_id"].as_str().unwrap().parse().unwrap()
    };
    jsonl.lines().map(id).collect()
}

/// Imports a recording of at least 300 MB whose feed has so many pages.
fn check(folder: &Path, har: Har, pages: u64) {
    let (path, size) = har.end();
    assert!(size > 300_000_000, "{size}");
    let name = path.to_str().unwrap();
    let ended = import(folder, &[name, "-vv", "--summary", "receipt"]);
    let receipt = fs::read_to_string(folder.join("receipt")).unwrap();
    assert!(ended.status.success(), "{}", ended.stderr);
    let expected: Vec<_> = (0..pages * 30).map(id).collect();
    assert!(ids(&ended.stdout) == expected, "{}", ended.stderr);
    assert!(
        receipt.contains(&format!(r#""pages":{pages},"#)),
        "{receipt}"
    );
    assert!(ended.stderr.contains("keep it private"), "{}", ended.stderr);
    for text in [&ended.stdout, &ended.stderr, &receipt] {
        assert!(!text.contains(CANARY));
    }
    let names = fs::read_dir(folder)
        .unwrap()
        .map(|it| it.unwrap().file_name());
    assert_eq!(names.count(), 4, "a temporary file was left");
    let peak = ended.peak;
    assert!(peak < MEMORY, "{peak} KiB of memory for {size} bytes");
    if cfg!(target_os = "linux") {
        assert!(peak > 0, "the memory was not measured");
    }
}

#[test]
fn a_large_recording_of_pictures_and_videos_takes_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let mut har = Har::begin(folder.path().join("pictures.har"));
    let picture = "iVBORw0KGgoAAAANSUhEUgAA".repeat(MIB / 24);
    let picture = picture.as_bytes();
    let base64 = r#","encoding":"base64""#;
    har.page(30, 100_000);
    har.entry("/video.mp4?", base64, std::iter::repeat_n(picture, 200));
    har.page(0, 100_000);
    for _ in 0..90 {
        har.entry("/picture.png?", base64, [picture]);
    }
    har.page(60, 15_000_000);
    check(folder.path(), har, 3);
}

#[test]
fn a_large_recording_of_feeds_takes_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let mut har = Har::begin(folder.path().join("feeds.har"));
    let video = "AAAAIGZ0eXBpc29tAAACAGlz".repeat(MIB / 24);
    let base64 = r#","encoding":"base64""#;
    har.entry(
        "/video.mp4?",
        base64,
        std::iter::repeat_n(video.as_bytes(), 120),
    );
    let pages = 24;
    for page in (0..pages).rev() {
        har.page(page * 30, 7_600_000);
    }
    check(folder.path(), har, pages);
}

/// Imports a fixture; with the receipt it left.
fn fixture(name: &str, args: &[&str]) -> (Ended, Value) {
    let folder = tempfile::tempdir().unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/har");
    let path = path.join(name);
    let mut all = vec![path.to_str().unwrap(), "--summary", "receipt"];
    all.extend(args);
    let ended = import(folder.path(), &all);
    let receipt = fs::read_to_string(folder.path().join("receipt")).unwrap();
    (ended, serde_json::from_str(&receipt).unwrap())
}

#[test]
fn each_kind_of_recording_ends_with_its_own_status() {
    for (name, status, stopped, [written, pages, gaps], said) in [
        ("whole.har", 0, "end_of_feed", [4, 2, 0], ""),
        ("reloaded.har", 0, "end_of_feed", [4, 4, 0], ""),
        (
            "began_late.har",
            0,
            "end_of_feed",
            [2, 1, 1],
            "starts at cursor 30: the first 30",
        ),
        (
            "one_without_content.har",
            0,
            "end_of_feed",
            [3, 2, 1],
            "1 of 3 feed answers",
        ),
        (
            "broken_answer.har",
            0,
            "end_of_feed",
            [3, 2, 1],
            "(cursor 30) cannot be read",
        ),
        (
            "refusal_at_the_end.har",
            0,
            "end_of_feed",
            [2, 1, 1],
            "the site's refusal",
        ),
        (
            "without_content.har",
            6,
            "bad_answer",
            [0, 0, 2],
            "2 of 2 feed answers in this HAR have no content",
        ),
        (
            "refusals.har",
            4,
            "gated",
            [0, 0, 1],
            "2 of 2 feed answers in this HAR are empty",
        ),
        (
            "captcha_answer.har",
            4,
            "captcha",
            [0, 0, 1],
            "a captcha page",
        ),
        (
            "search_and_pages.har",
            6,
            "bad_answer",
            [0, 0, 0],
            "seen: 1 look-up of a hashtag, 1 hashtag page, 2 search answers",
        ),
        (
            "cut_short.har",
            6,
            "bad_answer",
            [2, 1, 0],
            "cut off in the middle",
        ),
    ] {
        let (ended, receipt) = fixture(name, &[]);
        assert_eq!(
            ended.status.code(),
            Some(status),
            "{name}: {}",
            ended.stderr
        );
        assert_eq!(receipt["stopped_because"], stopped, "{name}");
        let counts = ["written", "pages", "gaps"].map(|key| receipt[key].as_i64().unwrap());
        assert_eq!(counts, [written, pages, gaps], "{name}: {receipt}");
        assert!(ended.stderr.contains(said), "{name}: {}", ended.stderr);
        assert_eq!(
            ended.stderr.is_empty(),
            said.is_empty(),
            "{name}: {}",
            ended.stderr
        );
        assert!(!ended.stderr.contains("canary"), "{name}: {}", ended.stderr);
    }
}

#[test]
fn records_know_that_they_come_from_a_hashtags_feed() {
    let (ended, _) = fixture("began_late.har", &[]);
    let record: Value = serde_json::from_str(ended.stdout.lines().next().unwrap()).unwrap();
    assert_eq!(record["is_hash_tag"], 1);
    assert_eq!(record["input"], Value::Null);
    let collection = json!({"lane": "import", "position": 1, "collected_at": 1_795_338_024});
    for (key, value) in collection.as_object().unwrap() {
        assert_eq!(&record["collection"][key], value, "{key}");
    }
}

#[test]
fn a_name_that_is_not_the_recordings_own_is_said() {
    let (ended, _) = fixture("whole.har", &["--name", "HarbourCats"]);
    assert_eq!(ended.stderr, "");
    let (ended, _) = fixture("two_hashtags.har", &["--name", "harbourcats"]);
    assert!(
        ended.stderr.contains("the feed of #boats"),
        "{}",
        ended.stderr
    );
    assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
}

#[test]
fn raw_gives_the_feeds_items_and_nothing_around_them() {
    let (ended, _) = fixture("with_cookies.har", &["--raw"]);
    assert_eq!(ended.stdout.lines().count(), 4);
    for line in ended.stdout.lines() {
        assert!(line.starts_with(r#"{"id":"73"#), "{line}");
    }
    assert!(!ended.stdout.contains("canary"));
    assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
}
