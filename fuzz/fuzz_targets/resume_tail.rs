//! `--append` on what a killed run left. A cut file of ours becomes the whole one again; of any
//! other file no whole line is lost, and a refusal changes nothing.

#![no_main]

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};

use libfuzzer_sys::fuzz_target;
use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};
use tempfile::TempDir;
use tiktok_hashtag::sink::{self, Existing, Layout, OutputError, Row, Target};

thread_local! {
    /// In memory where the machine has a folder for that.
    static FOLDER: RefCell<TempDir> = RefCell::new(folder());
}

fuzz_target!(|bytes: &[u8]| {
    FOLDER.with_borrow(|folder| {
        let path = folder.path().join("out.jsonl");
        repaired(&path, bytes);
        resumed(&path, bytes);
    });
});

fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() {
        TempDir::new_in(memory)
    } else {
        TempDir::new()
    };
    made.expect("a folder for the output")
}

/// Any file: its whole lines stay, a half one goes, and a second look finds nothing to do.
fn repaired(path: &Path, before: &[u8]) {
    fs::write(path, before).expect("a file");
    let target = Target::File(path.to_owned(), Existing::Append);
    match sink::open(&target, &Layout::default(), None) {
        Ok((sink, _)) => sink.finish(true).expect("nothing to write"),
        Err(refused @ (OutputError::NotRecords { .. } | OutputError::OtherColumns(_))) => {
            if let OutputError::NotRecords { line, .. } = refused {
                assert!(line >= 1);
            }
            assert_eq!(left(path), before, "a file that was refused has changed");
            return;
        }
        Err(error) => panic!("{error}"),
    }
    let after = left(path);
    let whole = before
        .iter()
        .rposition(|&b| b == b'\n')
        .map_or(0, |at| at + 1);
    let kept = after.len().min(before.len());
    assert!(kept >= whole, "a whole line is gone");
    assert_eq!(after[..kept], before[..kept]);
    assert!(after.is_empty() || after.ends_with(b"\n"));
    let (sink, _) = sink::open(&target, &Layout::default(), None).expect("a repaired file");
    sink.finish(true).expect("nothing to write");
    assert_eq!(left(path), after);
}

/// `resume(cut(x)) == x`.
fn resumed(path: &PathBuf, bytes: &[u8]) {
    let [high, low, texts @ ..] = bytes else {
        return;
    };
    let rows: Vec<_> = texts.split(|&b| b == 0).enumerate().map(row).collect();
    let _ = fs::remove_file(path);
    write(path, &rows);
    let whole = left(path);
    let cut = usize::from(u16::from_be_bytes([*high, *low])) % (whole.len() + 1);
    fs::write(path, &whole[..cut]).expect("a file");
    write(path, &rows);
    assert_eq!(left(path), whole, "cut at {cut}");
}

fn row((at, text): (usize, &[u8])) -> (String, Box<RawValue>) {
    let id = at.to_string();
    let text = String::from_utf8_lossy(text);
    // What tells a whole record from chosen fields of one.
    let row = json!({
        "input": {"name": "x"}, "aweme_id": id, "desc": text, "share_info": {}, "collection": {},
    });
    (id, to_raw_value(&row).expect("an object"))
}

/// What a run does: opens the file to append, and writes what it lacks.
fn write(path: &Path, rows: &[(String, Box<RawValue>)]) {
    let target = Target::File(path.to_owned(), Existing::Append);
    let (mut sink, known) = sink::open(&target, &Layout::default(), None).expect("a file of ours");
    for (id, row) in rows {
        if !known.has(Some("x"), id) {
            sink.write(Row::Raw(row.get())).expect("room");
        }
    }
    sink.finish(true).expect("room");
}

fn left(path: &Path) -> Vec<u8> {
    fs::read(path).expect("a file")
}
