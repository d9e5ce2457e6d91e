//! What is remembered between runs: nothing written twice, nothing lost by a death at any moment,
//! and nothing touched that is not ours. On SQLite, and on PostgreSQL where
//! `TIKTOK_HASHTAG_TEST_POSTGRES` holds the URL of a server.

use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use fastrand::Rng;
use serde_json::Value;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Row as _};

use crate::runner::{Ended, Folder, Running, json_lines, root};
use crate::site::Site;
use crate::socket::{Server, answer};

/// The server's URL.
const SERVER: &str = "TIKTOK_HASHTAG_TEST_POSTGRES";
/// The store's URL, as the program reads it.
pub(crate) const STORE: &str = "TIKTOK_HASHTAG_STORE";
/// How many runs are killed.
const KILLS: &str = "TIKTOK_HASHTAG_TEST_KILLS";
/// The status of a run that was killed.
const KILLED: i32 = 137;
/// A store file.
const FILE: &str = "store.db";

/// A folder, a site and a store.
pub(crate) struct Kept {
    pub(crate) folder: Folder,
    pub(crate) site: Site,
    /// As `--store` takes it.
    store: String,
    /// As sqlx takes it.
    url: String,
}

impl Kept {
    /// One of each kind there is.
    pub(crate) fn each(test: impl Fn(&Self)) {
        sqlx::any::install_default_drivers();
        test(&Self::in_file());
        if let Some(server) = server() {
            test(&Self::on(&server));
        }
    }

    pub(crate) fn in_file() -> Self {
        let folder = Folder::new();
        let file = folder.file(FILE);
        Self {
            folder,
            site: Site::start(),
            store: FILE.to_owned(),
            url: format!("sqlite:{}", file.display()),
        }
    }

    /// In a new database of the server.
    pub(crate) fn on(server: &str) -> Self {
        let url = database(server);
        Self {
            folder: Folder::new(),
            site: Site::start(),
            store: url.clone(),
            url,
        }
    }

    pub(crate) fn is_file(&self) -> bool {
        self.store == FILE
    }

    /// `pull` from the site with the store, not yet started.
    pub(crate) fn pulling(&self, args: &[&str]) -> Command {
        let mut command = self.folder.pulling(args);
        command.env(STORE, &self.store);
        command.args(["--base-url", &self.site.url()]);
        if !args.contains(&"--source") {
            command.args(["--source", "web"]);
        }
        if !args.contains(&"--rate") {
            command.args(["--rate", "0"]);
        }
        command
    }

    pub(crate) fn pull(&self, args: &[&str]) -> Ended {
        self.folder.run_for_receipts(&mut self.pulling(args))
    }

    /// `report` on the store as JSON, not yet started.
    pub(crate) fn reporting(&self) -> Command {
        let mut command = self.folder.program(&["report", "--json"]);
        command.env(STORE, &self.store);
        command
    }

    /// An import of files in the folder, not yet started.
    fn importing(&self, args: &[&str]) -> Command {
        let args = [&["import", "--summary", "receipts.jsonl"], args].concat();
        let mut command = self.folder.program(&args);
        command.env(STORE, &self.store);
        command
    }

    pub(crate) fn import(&self, args: &[&str]) -> Ended {
        self.folder.run_for_receipts(&mut self.importing(args))
    }

    /// The rows the store answers with, every column as text.
    pub(crate) fn ask(&self, question: &str) -> Vec<Vec<String>> {
        ask(&self.url, question)
    }

    pub(crate) fn number(&self, question: &str) -> i64 {
        self.ask(question)[0][0].parse().unwrap()
    }

    /// The cursors of the list calls after the first `after` requests.
    pub(crate) fn cursors(&self, after: usize) -> Vec<String> {
        let requests = self.site.requests().split_off(after);
        let lists = requests.iter().filter(|request| request["kind"] == "list");
        lists.map(cursor).collect()
    }
}

pub(crate) fn server() -> Option<String> {
    std::env::var(SERVER).ok().filter(|url| !url.is_empty())
}

/// A new database of the server, by its URL.
pub(crate) fn database(server: &str) -> String {
    let name = format!("t{:x}", Rng::new().u64(..));
    ask(server, &format!("CREATE DATABASE {name}"));
    let mut url: url::Url = server.parse().unwrap();
    url.set_path(&name);
    url.into()
}

fn cursor(request: &Value) -> String {
    let query = request["query"].as_str().unwrap();
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    let mut cursors = pairs.filter(|(key, _)| key == "cursor");
    cursors.next().unwrap().1.into_owned()
}

/// Asks a database of its own connection.
pub(crate) fn ask(url: &str, question: &str) -> Vec<Vec<String>> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().unwrap();
    runtime.block_on(async {
        sqlx::any::install_default_drivers();
        let mut db = AnyConnection::connect(url).await.unwrap();
        if url.starts_with("postgres") {
            let enter = sqlx::raw_sql("SET search_path TO tiktok_hashtag");
            enter.execute(&mut db).await.unwrap();
        }
        let question = sqlx::query(AssertSqlSafe(question.to_owned()));
        let rows = question.fetch_all(&mut db).await.unwrap();
        db.close().await.unwrap();
        rows.iter()
            .map(|row| (0..row.len()).map(|at| text(row, at)).collect())
            .collect()
    })
}

fn text(row: &sqlx::any::AnyRow, at: usize) -> String {
    row.try_get::<Option<i64>, _>(at).map_or_else(
        |_| {
            row.try_get::<Option<String>, _>(at)
                .unwrap()
                .unwrap_or_default()
        },
        |number| number.map(|it| it.to_string()).unwrap_or_default(),
    )
}

fn ids(text: &str) -> Vec<String> {
    let id = |record: &Value| record["aweme_id"].as_str().unwrap().to_owned();
    json_lines(text).iter().map(id).collect()
}

fn counts(ended: &Ended) -> (i32, u64, u64) {
    let receipt = ended.receipt();
    let known = receipt["filtered"]["known"].as_u64().unwrap_or(0);
    (ended.status, receipt["written"].as_u64().unwrap(), known)
}

/// What a run of `--new-only` says of 95 videos that it has written before.
const NOTHING_NEW: &str = "warning: nothing was written: 95 seen, 95 written before\n";

#[test]
fn new_only_prints_nothing_twice_and_observes_everything_again() {
    Kept::each(|kept| {
        let first = kept.pull(&["t95", "--all", "--new-only"]);
        assert_eq!(counts(&first), (0, 95, 0), "{first:?}");
        let second = kept.pull(&["t95", "--all", "--new-only"]);
        assert_eq!(counts(&second), (0, 0, 95), "{second:?}");
        assert_eq!((&*second.stdout, &*second.stderr), ("", NOTHING_NEW));
        let third = kept.pull(&["t95", "--all", "--new-only", "--fail-empty"]);
        assert_eq!(counts(&third), (9, 0, 95), "{third:?}");
        let sightings = "SELECT COUNT(*), MIN(n), MAX(n) FROM \
                         (SELECT COUNT(*) AS n FROM observations GROUP BY aweme_id) AS sightings";
        assert_eq!(kept.ask(sightings), [["95", "3", "3"]]);
        assert_eq!(kept.number("SELECT COUNT(*) FROM videos"), 95);
        assert_eq!(kept.number("SELECT COUNT(*) FROM runs"), 3);
        for table in ["jobs", "progress", "written"] {
            let left = kept.number(&format!("SELECT COUNT(*) FROM {table}"));
            assert_eq!(left, 0, "{table}");
        }
    });
}

#[test]
fn new_only_pages_on_to_the_limit_of_what_it_writes() {
    Kept::each(|kept| {
        let all = kept.pull(&["t95", "--all", "-q"]).ids();
        let other = Kept {
            folder: Folder::new(),
            site: Site::start(),
            ..Kept::in_file()
        };
        let mut got = Vec::new();
        for _ in 0..4 {
            let ended = other.pull(&["t95", "-n", "30", "--new-only"]);
            assert_eq!(ended.status, 0, "{ended:?}");
            got.extend(ended.ids());
        }
        assert_eq!(got, all);
        let again = kept.pull(&["t95", "-n", "30"]);
        assert_eq!(again.ids(), all[..30], "only --new-only leaves out");
    });
}

#[test]
fn what_is_kept_is_what_was_printed() {
    Kept::each(|kept| {
        let ended = kept.pull(&["t5", "--all", "--with-raw"]);
        for mut record in ended.records() {
            let id = record["aweme_id"].as_str().unwrap();
            let row = format!("SELECT record FROM videos WHERE aweme_id = '{id}'");
            let kept: Value = serde_json::from_str(&kept.ask(&row)[0][0]).unwrap();
            record.as_object_mut().unwrap().remove("raw");
            assert_eq!(kept, record);
        }
        let receipt: Value =
            serde_json::from_str(&kept.ask("SELECT receipt FROM runs")[0][0]).unwrap();
        assert_eq!(&receipt, ended.receipt());
    });
}

/// The queries of docs/store.md.
fn examples() -> Vec<String> {
    let paper = fs::read_to_string(root().join("docs/store.md")).unwrap();
    let blocks = paper.split("```sql\n").skip(1);
    let queries = blocks.map(|block| block.split("```").next().unwrap().to_owned());
    queries.collect()
}

#[test]
fn the_queries_of_the_paper_answer() {
    Kept::each(|kept| {
        kept.pull(&["t40", "--all", "--new-only"]);
        let [new, growth, creators, oldest] = &examples()[..] else {
            panic!("four questions");
        };
        assert!(kept.ask(growth).is_empty(), "seen once, nothing has grown");
        kept.ask(
            "UPDATE observations SET observed_at = observed_at - 3600, \
             play_count = play_count - 7 - \
             (SELECT COUNT(*) FROM videos WHERE videos.aweme_id <= observations.aweme_id)",
        );
        kept.ask("UPDATE seen SET written_at = written_at - 86400");
        kept.pull(&["t43", "--all", "--new-only"]);
        kept.pull(&["t40", "--all", "--new-only"]);
        let grown = kept.ask(growth);
        let plays: Vec<&str> = grown.iter().map(|row| row[1].as_str()).collect();
        let most: Vec<String> = (38..=47).rev().map(|plays| plays.to_string()).collect();
        assert_eq!(plays, most);
        assert!(
            grown
                .iter()
                .all(|row| row[2].parse::<i64>().unwrap() >= 3600)
        );
        let days = kept.ask(new);
        let of_t40: Vec<&Vec<String>> = days.iter().filter(|row| row[0] == "t40").collect();
        assert_eq!((of_t40.len(), of_t40[0][2].as_str()), (1, "40"), "{days:?}");
        let day: i64 = of_t40[0][1].parse().unwrap();
        assert_eq!(day % 86_400, 0);
        kept.ask(
            "UPDATE videos SET author_uid = '1', author_unique_id = 'ann' WHERE aweme_id IN \
             (SELECT aweme_id FROM videos ORDER BY aweme_id LIMIT 3)",
        );
        let creators = kept.ask(creators);
        assert_eq!(creators[0], ["ann", "3"]);
        assert!(
            creators[1..].iter().all(|row| row[1] == "1"),
            "{creators:?}"
        );
        kept.ask("UPDATE tags SET pulled_at = pulled_at - 60 WHERE tag = 't43'");
        let tags = kept.ask(oldest);
        let tags: Vec<&str> = tags.iter().map(|row| row[0].as_str()).collect();
        assert_eq!(tags, ["t43", "t40"]);
    });
}

/// A run that stopped after two pages of 30, which the store knows of.
fn stopped_halfway(kept: &Kept, more: &[&str]) -> usize {
    let args = [&["mid_empty", "-o", "out.jsonl"], more].concat();
    let ended = kept.pull(&args);
    assert_eq!(counts(&ended), (4, 60, 0), "{ended:?}");
    assert_eq!(ended.receipt()["next_cursor"], "60");
    kept.site.requests().len()
}

#[test]
fn the_same_command_goes_on_after_asking_for_the_last_page_again() {
    Kept::each(|kept| {
        let before = stopped_halfway(kept, &[]);
        let whole = kept.folder.read("out.jsonl");
        kept.folder
            .write("out.jsonl", format!("{whole}{{\"input\":{{\"na"));
        let again = kept.pull(&["mid_empty", "-o", "./out.jsonl"]);
        assert_eq!(counts(&again), (4, 0, 30), "{again:?}");
        assert_eq!(kept.cursors(before), ["30", "60", "60"]);
        assert_eq!(kept.folder.read("out.jsonl"), whole);
        // A day later that is forgotten, and the file is in the way as any other.
        kept.ask("UPDATE jobs SET updated_at = updated_at - 86401");
        let late = kept.pull(&["mid_empty", "-o", "out.jsonl"]);
        assert_eq!(late.status, 2, "{late:?}");
        assert!(late.stderr.contains("--append"), "{late:?}");
    });
}

/// A list answer of three videos, numbered from `first`.
fn page(first: u32, cursor: u32, has_more: bool) -> String {
    let video =
        |n| format!(r#"{{"id":"75322422222567175{n}","createTime":1753736815,"video":{{}}}}"#);
    let list: Vec<String> = (first..first + 3).map(video).collect();
    let list = list.join(",");
    format!(r#"{{"itemList":[{list}],"hasMore":{has_more},"cursor":"{cursor}","statusCode":0}}"#)
}

/// Two pages, then none: meanwhile a video of the first page is deleted, and what stood first on
/// the third page stands last on the second one.
#[test]
fn what_moves_across_the_cursor_is_not_lost() {
    const DETAIL: &str = r#"{"challengeInfo":{"challenge":{"id":"1670903934915585","title":"cats"},"statsV2":{"videoCount":"9","viewCount":"9"}},"statusCode":0}"#;
    let deleted = Arc::new(AtomicBool::new(false));
    let feed = Arc::clone(&deleted);
    let site = Server::start(move |target, stream| {
        let gone = u32::from(feed.load(Ordering::SeqCst));
        let at = |cursor: u32| target.contains(&format!("cursor={cursor}&"));
        let body = match () {
            () if target.starts_with("/api/challenge/detail/") => DETAIL.to_owned(),
            () if at(0) => page(10 + gone, 3, true),
            () if at(3) => page(13 + gone, 6, true),
            () if gone == 0 => return Ok(()),
            () => page(16 + gone, 9, false),
        };
        answer(stream, "application/json", body.as_bytes())
    });
    Kept::each(|kept| {
        deleted.store(false, Ordering::SeqCst);
        let run = || {
            let mut command = kept.folder.pulling(&["cats", "--all", "-o", "out.jsonl"]);
            command.args(["--source", "web", "--rate", "0", "--retries", "0"]);
            command
                .args(["--base-url", &site.url()])
                .env(STORE, &kept.store);
            kept.folder.run_for_receipts(&mut command)
        };
        let first = run();
        assert_eq!(counts(&first), (5, 6, 0), "{first:?}");
        deleted.store(true, Ordering::SeqCst);
        let second = run();
        assert_eq!(counts(&second), (0, 4, 2), "{second:?}");
        let numbers = ids(&kept.folder.read("out.jsonl"));
        let numbers: Vec<&str> = numbers.iter().map(|id| &id[id.len() - 2..]).collect();
        assert_eq!(
            numbers,
            ["10", "11", "12", "13", "14", "15", "16", "17", "18", "19"]
        );
    });
}

#[test]
fn a_lane_without_a_place_in_its_feed_begins_at_the_top() {
    Kept::each(|kept| {
        let args = ["embed_refused", "-o", "out.jsonl", "--source", "embed"];
        let first = kept.pull(&args);
        assert_eq!(counts(&first), (4, 10, 0), "{first:?}");
        let again = kept.pull(&args);
        assert_eq!(counts(&again), (4, 0, 10), "{again:?}");
        assert_eq!(ids(&kept.folder.read("out.jsonl")).len(), 10);
    });
}

#[test]
fn standard_output_goes_on_too() {
    Kept::each(|kept| {
        let first = kept.pull(&["mid_empty"]);
        let before = kept.site.requests().len();
        assert_eq!(counts(&first), (4, 60, 0));
        let other = kept.pull(&["t5"]);
        assert_eq!(counts(&other), (0, 5, 0), "another stream is another job");
        let again = kept.pull(&["mid_empty"]);
        assert_eq!(counts(&again), (4, 0, 30), "{again:?}");
        assert_eq!(kept.cursors(before), ["0", "30", "60", "60"]);
    });
}

#[test]
fn a_file_that_the_shell_emptied_gets_everything() {
    Kept::each(|kept| {
        let redirected = || {
            let file = fs::File::create(kept.folder.file("out.jsonl")).unwrap();
            let mut command = kept.pulling(&["mid_empty"]);
            let status = command
                .stdout(file)
                .stderr(std::process::Stdio::null())
                .status();
            (
                status.unwrap().code(),
                ids(&kept.folder.read("out.jsonl")).len(),
            )
        };
        assert_eq!(redirected(), (Some(4), 60));
        assert_eq!(redirected(), (Some(4), 60));
    });
}

#[test]
fn an_output_whose_rows_were_moved_is_left_alone() {
    Kept::each(|kept| {
        stopped_halfway(kept, &[]);
        let moved = "x".to_owned() + &kept.folder.read("out.jsonl");
        kept.folder.write("out.jsonl", &moved);
        let ended = kept.pull(&["mid_empty", "-o", "out.jsonl"]);
        assert_eq!(ended.status, 7, "{ended:?}");
        assert!(ended.stderr.contains("out.jsonl is not what"), "{ended:?}");
        assert_eq!(kept.folder.read("out.jsonl"), moved);
    });
}

#[test]
fn another_program_that_writes_to_the_store_is_waited_for() {
    sqlx::any::install_default_drivers();
    let kept = Kept::in_file();
    assert_eq!(kept.pull(&["t5"]).status, 0);
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().unwrap();
    let begin = async {
        let mut db = AnyConnection::connect(&kept.url).await.unwrap();
        sqlx::raw_sql("BEGIN IMMEDIATE")
            .execute(&mut db)
            .await
            .unwrap();
        db
    };
    let other = runtime.block_on(begin);
    let ended = kept.pull(&["t6", "-o", "out.jsonl"]);
    assert_eq!(ended.status, 8, "{ended:?}");
    runtime.block_on(other.close()).unwrap();
    assert_eq!(kept.pull(&["t6", "-o", "out.jsonl"]).status, 0);
}

#[test]
fn the_limit_counts_what_the_job_has_written() {
    Kept::each(|kept| {
        stopped_halfway(kept, &["-n", "70"]);
        let before = kept.site.requests().len();
        let enough = kept.pull(&["mid_empty", "-o", "out.jsonl", "-n", "60"]);
        assert_eq!(counts(&enough), (0, 0, 0), "{enough:?}");
        assert_eq!(enough.receipt()["stopped_because"], "limit");
        assert_eq!(
            kept.site.requests().len(),
            before,
            "nothing was left to ask"
        );
        assert_eq!(kept.number("SELECT COUNT(*) FROM jobs"), 0);
    });
}

#[test]
fn another_command_does_not_write_into_an_unfinished_output() {
    Kept::each(|kept| {
        let before = stopped_halfway(kept, &[]);
        let whole = kept.folder.read("out.jsonl");
        for (more, parameter) in [
            (&["t5"][..], "other hashtags"),
            (&["mid_empty", "-r", "US"], "another region"),
            (&["mid_empty", "--raw"], "another format"),
            (&["mid_empty", "--overwrite"], "another format"),
            (&["mid_empty", "--since", "7d"], "another filter"),
            (&["mid_empty", "--source", "embed"], "another source"),
        ] {
            let ended = kept.pull(&[more, &["-o", "out.jsonl"]].concat());
            assert_eq!(ended.status, 2, "{more:?}: {ended:?}");
            let words = format!("an unfinished run with {parameter}");
            assert!(ended.stderr.contains(&words), "{ended:?}");
        }
        assert_eq!(kept.folder.read("out.jsonl"), whole);
        assert_eq!(kept.site.requests().len(), before);
        let elsewhere = kept.pull(&["t5", "-o", "other.jsonl"]);
        assert_eq!(elsewhere.status, 0, "a store holds many jobs");
    });
}

#[test]
fn what_a_filter_keeps_back_is_observed_and_still_new() {
    Kept::each(|kept| {
        let pull = |args: &[&str]| kept.pull(&[&["t40", "--all", "--new-only"], args].concat());
        let arabic = pull(&["--only-language", "ar"]);
        let written = arabic.ids();
        assert!((1..40).contains(&written.len()), "{written:?}");
        assert_eq!(kept.number("SELECT COUNT(*) FROM observations"), 40);
        assert_eq!(
            kept.number("SELECT COUNT(*) FROM seen"),
            written.len() as i64
        );
        let rest = pull(&[]);
        assert_eq!(rest.ids().len(), 40 - written.len());
        assert_eq!(rest.receipt()["filtered"]["known"], written.len());
        assert!(rest.ids().iter().all(|id| !written.contains(id)));
    });
}

/// The filter is part of the job, spans of time as they were given.
#[test]
fn an_unfinished_job_goes_on_under_its_own_filter() {
    Kept::each(|kept| {
        let filter = ["--since", "9999d", "--min-plays", "0"];
        stopped_halfway(kept, &filter);
        let other = kept.pull(&["mid_empty", "-o", "out.jsonl", "--since", "9998d"]);
        assert_eq!(other.status, 2, "{other:?}");
        assert!(
            other
                .stderr
                .contains("an unfinished run with another filter"),
            "{other:?}"
        );
        let same = kept.pull(&[&["mid_empty", "-o", "out.jsonl"], &filter[..]].concat());
        assert_ne!(same.status, 2, "{same:?}");
    });
}

#[test]
fn an_output_that_lost_something_is_left_alone() {
    Kept::each(|kept| {
        let before = stopped_halfway(kept, &[]);
        let whole = kept.folder.read("out.jsonl");
        kept.folder.write("out.jsonl", &whole[..whole.len() - 1]);
        let ended = kept.pull(&["mid_empty", "-o", "out.jsonl"]);
        assert_eq!(ended.status, 7, "{ended:?}");
        let words = format!("out.jsonl has {} bytes", whole.len() - 1);
        assert!(ended.stderr.contains(&words), "{ended:?}");
        assert_eq!(kept.folder.read("out.jsonl"), whole[..whole.len() - 1]);
        assert_eq!(kept.site.requests().len(), before);
        kept.folder.write("out.jsonl", &whole);
        let mended = kept.pull(&["mid_empty", "-o", "out.jsonl"]);
        assert_eq!(mended.status, 4, "{mended:?}");
    });
}

#[test]
fn hashtags_done_before_are_not_asked_for_again() {
    Kept::each(|kept| {
        let args = ["t5", "mid_http503", "t6", "--all", "-o", "out.jsonl"];
        let few = ["--retries", "0"];
        let first = kept.pull(&[&args[..], &few].concat());
        assert_eq!((first.status, first.receipts.len()), (5, 3), "{first:?}");
        let before = kept.site.requests().len();
        let again = kept.pull(&[&args[..], &few].concat());
        assert_eq!(counts(&again), (5, 0, 30), "{again:?}");
        assert_eq!(kept.cursors(before), ["30", "60"]);
        assert_eq!(ids(&kept.folder.read("out.jsonl")).len(), 5 + 60 + 6);
    });
}

#[test]
fn the_second_run_ends_at_once_and_the_first_is_whole() {
    Kept::each(|kept| {
        let slow = ["t95", "--all", "-o", "out.jsonl", "--rate", "2"];
        let first = Running::start(&mut kept.pulling(&slow));
        wait_for_a_page(kept);
        let second = kept
            .folder
            .program(&["pull", "t95", "--all", "-o", "out.jsonl"]);
        let other = kept.folder.program(&["pull", "t5", "-o", "other.jsonl"]);
        let mut late = vec![second];
        if kept.is_file() {
            late.push(other);
        }
        for mut command in late {
            command.env(STORE, &kept.store);
            command.args(["--source", "web", "--base-url", "http://127.0.0.1:9"]);
            let started = Instant::now();
            let ended = Running::start(&mut command).end();
            assert_eq!(ended.status, 8, "{ended:?}");
            assert!(ended.stderr.contains("in use by another run"), "{ended:?}");
            assert!(started.elapsed() < Duration::from_secs(1));
        }
        let seen = kept.number("SELECT COUNT(*) FROM videos");
        assert!(seen > 0, "who only reads does not wait");
        let first = first.end();
        assert_eq!((first.status, first.stderr.as_str()), (0, ""));
        assert_eq!(timeless(&kept.folder.read("out.jsonl")).len(), 95);
    });
}

#[test]
fn a_run_that_was_killed_locks_nobody_out() {
    Kept::each(|kept| {
        let args = ["t300", "--all", "-o", "out.jsonl"];
        let slow = [&args[..], &["--rate", "4"]].concat();
        let first = Running::start(&mut kept.pulling(&slow));
        wait_for_a_page(kept);
        assert_eq!(first.kill(), KILLED);
        let last = retried(kept, &args);
        assert_eq!(last.status, 0, "{last:?}");
        assert_eq!(timeless(&kept.folder.read("out.jsonl")).len(), 300);
    });
}

#[test]
fn a_run_waits_for_the_one_that_holds_the_store() {
    sqlx::any::install_default_drivers();
    let kept = Kept::in_file();
    let slow = ["t95", "--all", "-o", "out.jsonl", "--rate", "2"];
    let first = Running::start(&mut kept.pulling(&slow));
    wait_for_a_page(&kept);
    let args = ["t5", "--all", "-o", "other.jsonl"];
    let waited = kept.pull(&[&args[..], &["--wait-lock", "0.3"]].concat());
    assert_eq!(waited.status, 8, "{waited:?}");
    let waited = kept.pull(&[&args[..], &["--wait-lock", "1m"]].concat());
    assert_eq!(waited.status, 0, "{waited:?}");
    assert_eq!(first.end().status, 0);
    assert_eq!(kept.number("SELECT COUNT(*) FROM videos"), 95 + 5);
}

/// Runs the command, again while a server has not yet noticed that the run before died.
pub(crate) fn retried(kept: &Kept, args: &[&str]) -> Ended {
    until_free(kept, || kept.pull(args))
}

fn until_free(kept: &Kept, run: impl Fn() -> Ended) -> Ended {
    let started = Instant::now();
    loop {
        let ended = run();
        if ended.status != 8 || started.elapsed() > Duration::from_secs(10) {
            return ended;
        }
        assert!(!kept.is_file(), "a file's lock goes with its holder");
        sleep(Duration::from_millis(20));
    }
}

fn wait_for_a_page(kept: &Kept) {
    let started = Instant::now();
    while fs::metadata(kept.folder.file("out.jsonl")).map_or(0, |it| it.len()) == 0
        || kept.number("SELECT COUNT(*) FROM videos") == 0
    {
        assert!(started.elapsed() < Duration::from_secs(60), "no page came");
        sleep(Duration::from_millis(20));
    }
}

/// Kills runs at random moments until the asked number is reached. Each job goes on until it is
/// done, and must then be what one run without any trouble gives.
#[test]
fn a_death_at_any_moment_loses_and_doubles_nothing() {
    let kills = std::env::var(KILLS).map_or(25, |kills| kills.parse().unwrap());
    Kept::each(|kept| kill(kept, kills));
}

/// Jobs of many kinds, each killed until it is through.
fn kill(kept: &Kept, kills: usize) {
    let jobs: [&[&str]; 5] = [
        &["t150", "--all"],
        &["t150", "-n", "100", "--append"],
        &["t95", "t65", "--all", "--overwrite"],
        &["t125_dup", "t5", "-n", "110"],
        &["t95", "t65", "t40", "--all", "--jobs", "3"],
    ];
    let mut random = Rng::with_seed(20_260_101);
    let mut killed = 0;
    for args in jobs.iter().cycle() {
        killed += kill_one(kept, args, kills - killed, &mut random);
        if killed == kills {
            return;
        }
    }
}

/// Kills runs of one job until it is done, at most `kills` of them; how many died.
fn kill_one(kept: &Kept, args: &[&str], kills: usize, random: &mut Rng) -> usize {
    let before = kept.site.count("list");
    let started = Instant::now();
    let ended = kept.pull(&[args, &["-o", "whole.jsonl"]].concat());
    assert_eq!(ended.status, 0, "{ended:?}");
    let lasts = started.elapsed();
    let pages = kept.site.count("list") - before;
    let args = [args, &["-o", "out.jsonl"]].concat();
    let mut deaths = 0;
    while !is_done(kept) {
        if deaths == kills {
            let ended = retried(kept, &args);
            assert_eq!(ended.status, 0, "{args:?}: {ended:?}");
            break;
        }
        let run = Running::start(&mut kept.pulling(&args));
        sleep(lasts.mul_f64(random.f64() * 1.1));
        match run.kill() {
            KILLED => deaths += 1,
            // A server notices a death a little later.
            8 if !kept.is_file() => {}
            status => assert_eq!(status, 0, "{args:?}"),
        }
    }
    kept.folder.take_receipts();
    let asked = kept.site.count("list") - before - pages;
    let flights = if args.contains(&"--jobs") { 3 } else { 1 };
    let most = pages + 3 * deaths as u64 * flights;
    assert!(
        asked <= most,
        "{args:?}: {asked} pages for {pages}, {deaths} deaths"
    );
    let [got, whole] = ["out.jsonl", "whole.jsonl"].map(|name| {
        let records = timeless(&kept.folder.read(name));
        fs::remove_file(kept.folder.file(name)).unwrap();
        records
    });
    assert!(
        got == whole,
        "{args:?}: {} of {} records",
        got.len(),
        whole.len()
    );
    deaths
}

/// Whether the output is complete: there is something in it and no job any more.
fn is_done(kept: &Kept) -> bool {
    let length = fs::metadata(kept.folder.file("out.jsonl")).map_or(0, |it| it.len());
    length > 0 && kept.number("SELECT COUNT(*) FROM jobs") == 0
}

/// The records without what differs between any two runs, those of one hashtag together: they
/// keep their order, but not that to others in flight with them.
fn timeless(text: &str) -> Vec<Value> {
    assert!(text.ends_with('\n'));
    let mut records = json_lines(text);
    let mut met = HashSet::new();
    for record in &mut records {
        let id = record["aweme_id"].to_string() + &record["input"]["name"].to_string();
        assert!(met.insert(id), "{}", record["aweme_id"]);
        record["collection"]["collected_at"] = Value::Null;
    }
    records.sort_by_key(|record| record["input"]["name"].to_string());
    records
}

/// An answer with one video, saved at `time`, where the file says.
fn answer_of(plays: u32, time: Option<i64>) -> String {
    let now = time.map_or_else(String::new, |time| {
        format!(r#""extra":{{"now":{time}000}},"#)
    });
    format!(
        r#"{{{now}"itemList":[{{"id":"7532242222256717510","createTime":1753736815,"desc":"{plays}","stats":{{"playCount":{plays}}},"video":{{}}}}],"hasMore":false,"statusCode":0}}"#
    )
}

#[test]
fn an_import_is_remembered_as_a_pull_is() {
    Kept::each(|kept| {
        let raw = kept
            .folder
            .run(&["pull", "t95", "--demo", "--all", "--raw"]);
        kept.folder.write("saved.jsonl", raw.stdout);
        let args = ["saved.jsonl", "--name", "t95", "--new-only"];
        let first = kept.import(&args);
        assert_eq!(counts(&first), (0, 95, 0), "{first:?}");
        let second = kept.import(&args);
        assert_eq!(counts(&second), (0, 0, 95), "{second:?}");
        assert_eq!((&*second.stdout, &*second.stderr), ("", NOTHING_NEW));
        let third = kept.import(&[&args[..], &["--fail-empty"]].concat());
        assert_eq!(counts(&third), (9, 0, 95), "{third:?}");
        let nameless = kept.import(&["saved.jsonl", "--new-only"]);
        assert_eq!(counts(&nameless), (0, 95, 0), "another hashtag, or none");
        let pulled = kept.pull(&["t95", "--all", "--new-only"]);
        assert_eq!(counts(&pulled), (0, 0, 95), "{pulled:?}");
        let tags = kept.ask("SELECT tag, COUNT(*) FROM seen GROUP BY tag ORDER BY tag");
        assert_eq!(tags, [["", "95"], ["t95", "95"]]);
        assert_eq!(kept.number("SELECT COUNT(*) FROM videos"), 95);
        let sightings = "SELECT COUNT(*) FROM observations";
        assert_eq!(kept.number(sightings), 95, "the files do not say when");
        assert_eq!(kept.number("SELECT COUNT(*) FROM runs"), 5);
        assert_eq!(kept.number("SELECT COUNT(*) FROM jobs"), 0);
    });
}

#[test]
fn a_file_that_says_when_it_was_saved_is_an_observation_of_then_once() {
    const THEN: i64 = 1_795_300_000;
    Kept::each(|kept| {
        for (name, plays, time) in [
            ("new.json", 200, Some(THEN + 3_600)),
            ("old.json", 100, Some(THEN)),
            ("unsaid.json", 900, None),
        ] {
            kept.folder.write(name, answer_of(plays, time));
        }
        for _ in 0..2 {
            let ended = kept.import(&["new.json", "--name", "cats"]);
            assert_eq!(counts(&ended), (0, 1, 0), "{ended:?}");
            let ended = kept.import(&["old.json", "--name", "cats"]);
            assert_eq!(counts(&ended), (0, 1, 0), "{ended:?}");
        }
        let observed = "SELECT observed_at, play_count FROM observations ORDER BY observed_at";
        let (first, last) = (THEN.to_string(), (THEN + 3_600).to_string());
        assert_eq!(
            kept.ask(observed),
            [[first.as_str(), "100"], [last.as_str(), "200"]]
        );
        let growth = kept.ask(&examples()[1]);
        assert_eq!(growth, [["7532242222256717510", "100", "3600"]]);
        let record = "SELECT last_seen_at, record FROM videos";
        let rows = kept.ask(record);
        assert_eq!(rows[0][0], last);
        assert!(rows[0][1].contains("\"desc\":\"200\""), "the newest stays");
        kept.import(&["unsaid.json", "--name", "cats"]);
        assert_eq!(kept.ask(observed).len(), 2);
    });
}

#[test]
fn an_import_that_dies_at_any_moment_loses_and_doubles_nothing() {
    Kept::each(|kept| {
        let raw = kept
            .folder
            .run(&["pull", "t220", "--demo", "--all", "--raw"]);
        let lines: Vec<&str> = raw.stdout.split_inclusive('\n').collect();
        kept.folder.write("1.jsonl", lines[..150].concat());
        kept.folder.write("2.jsonl", lines[100..].concat());
        let args = ["1.jsonl", "2.jsonl", "--name", "cats", "-o"];
        for more in [&[][..], &["--overwrite"]] {
            let started = Instant::now();
            let ended = kept.import(&[&args[..], &["whole.jsonl"], more].concat());
            assert_eq!(ended.status, 0, "{ended:?}");
            let lasts = started.elapsed();
            let args = [&args[..], &["out.jsonl"], more].concat();
            let mut random = Rng::with_seed(7);
            for _ in 0..5 {
                if is_done(kept) {
                    break;
                }
                let run = Running::start(&mut kept.importing(&args));
                sleep(lasts.mul_f64(random.f64()));
                run.kill();
            }
            if !is_done(kept) {
                let last = until_free(kept, || kept.import(&args));
                assert_eq!(last.status, 0, "{more:?}: {last:?}");
            }
            kept.folder.take_receipts();
            let [got, whole] = ["out.jsonl", "whole.jsonl"].map(|name| {
                let records = timeless(&kept.folder.read(name));
                fs::remove_file(kept.folder.file(name)).unwrap();
                records
            });
            assert!(got == whole, "{more:?}: {} of 220 records", got.len());
        }
        assert_eq!(kept.number("SELECT COUNT(*) FROM seen"), 220);
    });
}

#[test]
fn an_import_goes_on_only_in_its_own_output_and_waits_its_turn() {
    sqlx::any::install_default_drivers();
    let kept = Kept::in_file();
    for name in ["1.json", "2.json"] {
        kept.folder.write(name, answer_of(1, None));
    }
    stopped_halfway(&kept, &[]);
    let whole = kept.folder.read("out.jsonl");
    let ended = kept.import(&["1.json", "-o", "out.jsonl", "--append"]);
    assert_eq!(ended.status, 2, "{ended:?}");
    assert!(
        ended.stderr.contains("an unfinished run with "),
        "{ended:?}"
    );
    assert_eq!(kept.folder.read("out.jsonl"), whole);
    let slow = ["t95", "--all", "-o", "other.jsonl", "--rate", "2"];
    let first = Running::start(&mut kept.pulling(&slow));
    let started = Instant::now();
    while fs::metadata(kept.folder.file("other.jsonl")).map_or(0, |it| it.len()) == 0 {
        assert!(started.elapsed() < Duration::from_secs(60), "no page came");
        sleep(Duration::from_millis(20));
    }
    let turned_away = kept.import(&["1.json", "-o", "import.jsonl"]);
    assert_eq!(turned_away.status, 8, "{turned_away:?}");
    let waited = kept.import(&["1.json", "-o", "import.jsonl", "--wait-lock", "1m"]);
    assert_eq!(waited.status, 0, "{waited:?}");
    assert_eq!(first.end().status, 0);
    for switches in [&["--new-only"][..], &["--new-only", "--overwrite"]] {
        let mut command = kept.importing(&[&["1.json", "-o", "new.jsonl"], switches].concat());
        command.env(STORE, if switches.len() == 1 { "" } else { FILE });
        let ended = kept.folder.run_for_receipts(&mut command);
        assert_eq!(ended.status, 2, "{ended:?}");
    }
}

#[test]
fn a_job_of_many_hashtags_has_a_name_that_any_index_takes() {
    Kept::each(|kept| {
        // Names that cannot be told in short.
        let mut random = Rng::with_seed(20_260_101);
        let name = |random: &mut Rng| (0..40).map(|_| random.alphanumeric()).collect::<String>();
        let tags: Vec<String> = (0..250).map(|_| name(&mut random)).collect();
        kept.folder.write("tags", tags.join("\n"));
        let args = ["--input", "tags", "--max-requests", "1", "-q"];
        let ended = kept.pull(&args);
        assert_eq!((ended.status, ended.receipts.len()), (5, 250), "{ended:?}");
    });
}

#[test]
fn a_signal_keeps_the_page_in_hand_and_the_rest_for_later() {
    Kept::each(|kept| {
        let args = ["t300", "--all", "-o", "out.jsonl"];
        let slow = [&args[..], &["--rate", "5"]].concat();
        let run = Running::start(&mut kept.pulling(&slow));
        wait_for_a_page(kept);
        let term = Command::new("kill").arg(run.id().to_string()).status();
        assert!(term.unwrap().success());
        assert_eq!(run.end().status, 143);
        let got = kept.folder.take_receipts()[0]["written"].as_u64().unwrap();
        let again = retried(kept, &args);
        assert_eq!((again.status, again.receipts.len()), (0, 1), "{again:?}");
        assert_eq!(got + again.receipt()["written"].as_u64().unwrap(), 300);
        assert_eq!(timeless(&kept.folder.read("out.jsonl")).len(), 300);
    });
}

#[test]
fn a_store_that_cannot_be_read_is_left_alone() {
    sqlx::any::install_default_drivers();
    let kept = Kept::in_file();
    kept.pull(&["t40", "--all"]);
    let good = fs::read(kept.folder.file(FILE)).unwrap();
    let mut torn = good.clone();
    torn.truncate(good.len() / 2);
    let mut overwritten = good.clone();
    overwritten[8_192..12_288].fill(0x5a);
    ask(&kept.url, "UPDATE store_version SET version = 99");
    let newer = fs::read(kept.folder.file(FILE)).unwrap();
    ask(&kept.url, "DROP TABLE store_version");
    let foreign = fs::read(kept.folder.file(FILE)).unwrap();
    let before = kept.site.requests().len();
    for (bytes, words) in [
        (b"not a database".to_vec(), "is no SQLite database"),
        (good[..10].to_vec(), "is no SQLite database"),
        (torn, "is damaged"),
        (overwritten, "is damaged"),
        (newer, "is of version 99"),
        (foreign, "is a database of something else"),
    ] {
        kept.folder.write(FILE, &bytes);
        let ended = kept.pull(&["t5", "-o", "out.jsonl"]);
        assert_eq!(ended.status, 7, "{words}: {ended:?}");
        assert!(ended.stderr.contains(words), "{words}: {ended:?}");
        assert!(ended.stderr.contains(FILE), "{ended:?}");
        assert!(
            fs::read(kept.folder.file(FILE)).unwrap() == bytes,
            "{words}"
        );
        assert!(!kept.folder.file("out.jsonl").exists());
    }
    assert_eq!(kept.site.requests().len(), before);
    kept.folder.write(FILE, &good);
    assert_eq!(kept.pull(&["t5"]).status, 0);
}

#[test]
fn a_newer_store_on_a_server_is_left_alone() {
    let Some(server) = server() else {
        return;
    };
    sqlx::any::install_default_drivers();
    let kept = Kept::on(&server);
    kept.pull(&["t5"]);
    kept.ask("UPDATE store_version SET version = 99");
    let ended = kept.pull(&["t5"]);
    assert_eq!(ended.status, 7, "{ended:?}");
    assert!(ended.stderr.contains("is of version 99"), "{ended:?}");
    assert_eq!(kept.number("SELECT COUNT(*) FROM runs"), 1);
}

#[test]
fn a_place_for_a_store_that_cannot_be_is_found_before_anybody_is_asked() {
    let kept = Kept::in_file();
    fs::create_dir(kept.folder.file("folder")).unwrap();
    for store in ["no/such/folder/store.db", "folder"] {
        let mut command = kept.pulling(&["t5"]);
        let ended = kept.folder.run_for_receipts(command.env(STORE, store));
        assert_eq!(ended.status, 7, "{ended:?}");
        let words = format!("error: cannot use the store {store}: ");
        assert!(ended.stderr.starts_with(&words), "{ended:?}");
    }
    assert_eq!(kept.site.count("requests"), 0);
}

/// No write goes beyond so many blocks of 512 bytes, whichever file that is in.
#[test]
fn a_write_that_fails_loses_nothing() {
    sqlx::any::install_default_drivers();
    let mut failed = 0;
    for blocks in [0, 1, 60, 150, 300, 500, 700, 900, 1_200, 1_500] {
        let kept = Kept::in_file();
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let url = kept.site.url();
        let args = ["pull", "t95", "--all", "-o", "out.jsonl", "--rate", "0"];
        let more = ["--source", "web", "--base-url", &url];
        let mut command = crate::runner::scrubbed("sh", kept.folder.file("").as_path());
        command.args(["-c", &script, "tiktok-hashtag"]);
        command.args(args).args(more).env(STORE, FILE);
        let ended = Running::start(&mut command).end();
        assert!(matches!(ended.status, 0 | 7), "{blocks}: {ended:?}");
        if ended.status == 0 {
            continue;
        }
        failed += 1;
        assert_eq!(ended.stderr.lines().count(), 1, "{blocks}: {ended:?}");
        let again = kept.pull(&["t95", "--all", "-o", "out.jsonl"]);
        assert_eq!(again.status, 0, "{blocks}: {again:?}");
        assert_eq!(
            timeless(&kept.folder.read("out.jsonl")).len(),
            95,
            "{blocks}"
        );
        assert_eq!(kept.number("SELECT COUNT(*) FROM videos"), 95);
    }
    assert!(failed > 5, "{failed}");
}

#[test]
fn a_store_is_its_owners_and_leaves_nothing_beside_it() {
    let kept = Kept::in_file();
    let mut command = crate::runner::scrubbed("sh", kept.folder.file("").as_path());
    let script = "umask 0; exec tiktok-hashtag pull t95 --all --source web --rate 5 \
                  --store store.db -o out.jsonl --base-url";
    command.args(["-c", &format!("{script} {}", kept.site.url())]);
    let running = Running::start(&mut command);
    wait_for_a_page(&kept);
    for name in [FILE, "store.db-wal", "store.db-shm"] {
        let mode = fs::metadata(kept.folder.file(name)).unwrap().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    assert_eq!(running.end().status, 0);
    let names = fs::read_dir(kept.folder.file("")).unwrap();
    let mut names: Vec<_> = names.map(|it| it.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["out.jsonl", FILE]);
}

#[test]
fn new_only_needs_a_store_and_fail_empty_does_not() {
    let folder = Folder::new();
    let ended = folder.pull(&["t5", "--demo", "--new-only"]);
    assert_eq!(ended.status, 2, "{ended:?}");
    assert!(ended.stderr.contains("--store"), "{ended:?}");
    assert_eq!(folder.pull(&["t5", "--demo", "--fail-empty"]).status, 0);
    let nothing = folder.pull(&["t0", "--demo", "--fail-empty", "--source", "web"]);
    assert_eq!(nothing.status, 9, "{nothing:?}");
    let failed = folder.pull(&["nf_10205", "--demo", "--fail-empty"]);
    assert_eq!(failed.status, 3, "the first cause stands: {failed:?}");
    let replacing = [
        "t5",
        "--demo",
        "--store",
        "s.db",
        "--new-only",
        "-o",
        "out.jsonl",
        "--overwrite",
    ];
    let ended = folder.pull(&replacing);
    assert_eq!(ended.status, 2, "{ended:?}");
    assert!(ended.stderr.contains("--append"), "{}", ended.stderr);
    assert!(!folder.file("s.db").exists());
}

#[test]
fn the_password_of_a_store_is_never_shown() {
    const CANARY: &str = "c4n4ry";
    let folder = Folder::new();
    let assert_unseen = |what: &str, text: &str| {
        assert!(!text.contains(CANARY), "{what}: {text}");
    };
    for url in [
        format!("postgres://me:{CANARY}@127.0.0.1:1/db"),
        format!("postgres://127.0.0.1:1/db?password={CANARY}"),
    ] {
        let typed = folder.run(&["pull", "t5", "--demo", "--store", &url]);
        assert_eq!(typed.status, 2, "{typed:?}");
        assert!(typed.stderr.contains(STORE), "{typed:?}");
        assert_unseen("typed", &typed.stderr);
        for url in [url.clone(), url.replace(":1/", ":x/")] {
            let mut command = folder.pulling(&["t5", "--demo", "-vvv"]);
            command.env(STORE, &url).env("RUST_LOG", "trace");
            let ended = folder.run_for_receipts(&mut command);
            assert!(matches!(ended.status, 2 | 7), "{ended:?}");
            assert_unseen("unreachable", &ended.stderr);
            assert_unseen("unreachable", &ended.stdout);
        }
    }
    let Some(server) = server() else {
        return;
    };
    let kept = {
        sqlx::any::install_default_drivers();
        let mut kept = Kept::on(&server);
        let mut url: url::Url = kept.store.parse().unwrap();
        url.set_password(Some(CANARY)).unwrap();
        kept.store = url.into();
        kept
    };
    let mut command = kept.pulling(&["t5", "-vvv", "-o", "out.jsonl"]);
    let ended = kept
        .folder
        .run_for_receipts(command.env("RUST_LOG", "trace"));
    assert_eq!(ended.status, 0, "{ended:?}");
    assert_unseen("stderr", &ended.stderr);
    assert_unseen("receipt", &ended.receipt().to_string());
    assert_unseen("output", &kept.folder.read("out.jsonl"));
    for table in ["jobs", "runs", "progress", "videos"] {
        let rows = kept.ask(&format!("SELECT * FROM {table}"));
        assert_unseen(table, &format!("{rows:?}"));
    }
}
