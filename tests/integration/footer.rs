//! Parquet cannot be read before its footer is written: nothing is told or remembered as written
//! until then, and nothing stays that got none.

use std::fs::{self, File};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::runner::{Ended, Folder, Running};
use crate::store::Kept;

/// Tag, written, reason, complete and status of each receipt.
fn told(ended: &Ended) -> Value {
    let keys = ["tag", "written", "stopped_because", "complete", "exit_code"];
    let receipts = ended.receipts.iter();
    receipts
        .map(|receipt| keys.map(|key| receipt[key].clone()).into())
        .collect::<Vec<Value>>()
        .into()
}

/// A pull whose files may have no more than 4 KiB.
fn cramped(folder: &Folder, args: &[&str]) -> Ended {
    let script = "trap '' XFSZ; ulimit -f 8; exec \"$@\"";
    let pull = folder.pulling(args);
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh"]).arg(pull.get_program());
    command.args(pull.get_args()).current_dir(folder.file(""));
    folder.run_for_receipts(&mut command)
}

#[test]
fn what_got_no_footer_is_not_remembered_as_written() {
    Kept::each(|kept| {
        let args = ["t5", "t7", "-f", "parquet", "-o"];
        let full = kept.pull(&[&args[..], &["/dev/full"]].concat());
        assert_eq!(full.status, 7, "{full:?}");
        let lost = json!([["t5", 0, "output", false, 7], ["t7", 0, "output", false, 7]]);
        assert_eq!(told(&full), lost);
        let runs = "SELECT tag, written, stopped_because, exit_code FROM runs ORDER BY tag";
        let lost = [["t5", "0", "output", "7"], ["t7", "0", "output", "7"]];
        assert_eq!(kept.ask(runs), lost);
        assert_eq!(kept.number("SELECT COUNT(*) FROM seen"), 0);
        assert_eq!(kept.number("SELECT COUNT(*) FROM observations"), 12);
        let due = "SELECT COUNT(*) FROM tags WHERE pulled_at IS NULL";
        assert_eq!(kept.number(due), 2);

        let whole = kept.pull(&[&args[..], &["out.parquet"]].concat());
        assert_eq!(whole.status, 0, "{whole:?}");
        assert_eq!(kept.number("SELECT COUNT(*) FROM seen"), 12);
        assert_eq!(kept.number(due), 0);
        assert_eq!(kept.number("SELECT COUNT(*) FROM jobs"), 0);
        let new = kept.pull(&["t5", "t7", "--new-only"]);
        assert_eq!((new.status, new.ids().len()), (0, 0), "{new:?}");
    });
}

#[test]
fn a_file_that_is_whole_is_told_of_where_the_store_does_not_take_it() {
    let kept = Kept::in_file();
    assert_eq!(kept.pull(&["t1", "-q"]).status, 0);
    let refuse = "CREATE TRIGGER full BEFORE INSERT ON seen BEGIN SELECT RAISE(ABORT, 'full'); END";
    kept.ask(refuse);
    let ended = kept.pull(&["t5", "-o", "out.parquet"]);
    assert_eq!(ended.status, 7, "{ended:?}");
    assert!(ended.stderr.contains("full"), "{ended:?}");
    assert_eq!(told(&ended), json!([["t5", 5, "output", false, 7]]));
    assert!(kept.folder.file("out.parquet").exists());
}

#[test]
fn what_an_interrupted_run_closed_is_remembered_as_written() {
    Kept::each(|kept| {
        let args = ["mid_empty", "-o", "out.parquet"];
        let stopped = kept.pull(&args);
        assert_eq!(stopped.status, 4, "{stopped:?}");
        assert!(
            stopped.stderr.contains("out.parquet.partial"),
            "{stopped:?}"
        );
        assert_eq!(kept.number("SELECT COUNT(*) FROM seen"), 60);
    });
}

/// As `> FILE` does with its standard output.
fn redirected(kept: &Kept, more: &[&str]) -> Running {
    let args = ["t95", "--all", "-f", "parquet", "--new-only"];
    let file = File::create(kept.folder.file("out.parquet")).unwrap();
    let mut command = kept.pulling(&[&args[..], more].concat());
    Running::start_as_is(command.stdout(file).stderr(Stdio::piped()))
}

#[test]
fn new_only_gives_again_what_a_killed_run_left_in_no_file() {
    Kept::each(|kept| {
        let running = redirected(kept, &["--rate", "4"]);
        let since = Instant::now();
        while kept.site.count("list") < 3 {
            assert!(since.elapsed() < Duration::from_secs(20));
            sleep(Duration::from_millis(5));
        }
        assert_eq!(running.kill(), 137);
        kept.folder.take_receipts();
        assert!(kept.number("SELECT COUNT(*) FROM observations") > 0);
        assert_eq!(kept.number("SELECT COUNT(*) FROM seen"), 0);

        let mut again = redirected(kept, &[]).end();
        again.receipts = kept.folder.take_receipts();
        assert_eq!(told(&again), json!([["t95", 95, "end_of_feed", true, 0]]));
        assert_eq!(kept.number("SELECT COUNT(*) FROM seen"), 95);
    });
}

#[test]
fn an_import_that_got_no_footer_is_not_remembered_as_written() {
    let kept = Kept::in_file();
    let raw = kept.folder.run(&["pull", "t5", "--demo", "--all", "--raw"]);
    kept.folder.write("in.jsonl", raw.stdout);
    let args = ["in.jsonl", "-f", "parquet", "-o", "/dev/full"];
    let full = kept.import(&args);
    assert_eq!(full.status, 7, "{full:?}");
    assert_eq!(told(&full), json!([[null, 0, "output", false, 7]]));
    assert_eq!(kept.number("SELECT COUNT(*) FROM seen"), 0);
    let again = kept.import(&["in.jsonl", "--new-only"]);
    assert_eq!((again.status, again.ids().len()), (0, 5), "{again:?}");
}

#[test]
fn a_receipt_says_how_the_file_was_closed() {
    let folder = Folder::new();
    let args = ["t90", "--demo", "-n", "50", "-f", "parquet"];
    let full = folder.pull(&[&args[..], &["-o", "/dev/full"]].concat());
    assert_eq!(full.status, 7, "{full:?}");
    assert_eq!(told(&full), json!([["t90", 0, "output", false, 7]]));

    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = folder.pulling(&args);
    command.stdout(writer).stderr(Stdio::piped());
    let mut closed = Running::start_as_is(&mut command).end();
    closed.receipts = folder.take_receipts();
    assert_eq!((closed.status, &*closed.stderr), (141, ""), "{closed:?}");
    let quiet = json!([["t90", 0, "reader_closed", false, 141]]);
    assert_eq!(told(&closed), quiet);
}

#[test]
fn each_hashtags_receipt_says_how_its_file_was_closed() {
    let folder = Folder::new();
    let args = ["t0", "t90", "t95", "--demo", "-o", "{tag}.parquet"];
    let fields = ["--fields", "desc,share_info.share_url,author"];
    let full = cramped(&folder, &[&args[..], &fields].concat());
    assert_eq!(full.status, 7, "{full:?}");
    let end = json!([
        ["t0", 0, "end_of_feed", true, 0],
        ["t90", 0, "output", false, 7]
    ]);
    assert_eq!(told(&full), end, "{full:?}");
    let names = fs::read_dir(folder.file("")).unwrap();
    let names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["t0.parquet"]);
}

#[test]
fn a_file_that_got_no_footer_does_not_stay() {
    let folder = Folder::new();
    // One fails at its footer, the other at the first of its groups.
    for tag in ["t90", "t3000"] {
        let full = cramped(&folder, &[tag, "--all", "--demo", "-o", "out.parquet"]);
        assert_eq!(full.status, 7, "{tag}: {full:?}");
        let words = "and nothing in it can be read without its end; free space";
        assert!(full.stderr.contains(words), "{full:?}");
        assert!(!full.stderr.contains(".partial"), "{full:?}");
        assert_eq!(full.stderr.lines().count(), 1, "{full:?}");
        assert_eq!(fs::read_dir(folder.file("")).unwrap().count(), 0);
    }
}

#[test]
fn a_failed_run_that_gets_no_footer_either_says_so() {
    let folder = Folder::new();
    let args = [
        "mid_empty",
        "--demo",
        "--source",
        "web",
        "-o",
        "out.parquet",
    ];
    let stopped = cramped(&folder, &args);
    assert_eq!(stopped.status, 4, "the first cause stands: {stopped:?}");
    assert_eq!(told(&stopped), json!([["mid_empty", 0, "gated", false, 4]]));
    let last = stopped.stderr.lines().last().unwrap();
    assert!(last.contains("can be read without its end"), "{stopped:?}");
    assert!(!folder.file("out.parquet.partial").exists());
}
