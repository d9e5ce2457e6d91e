//! An import of a pipe while nothing comes there: what ends it otherwise.

use std::fs;
use std::fs::File;
use std::io::{Read as _, Write};
use std::path::PathBuf;
use std::process::{ChildStdout, Command};
use std::thread::sleep;
use std::time::Duration;

use crate::runner::{Folder, Running, signal};

/// The names of a pipe.
const NAMES: [&str; 3] = ["-", "/dev/stdin", "fifo"];

/// What an import reads from, until it is dropped.
type Pipe = Box<dyn Write>;

fn make_fifo(folder: &Folder) -> PathBuf {
    let fifo = folder.file("fifo");
    if !fifo.exists() {
        assert!(
            Command::new("mkfifo")
                .arg(&fifo)
                .status()
                .unwrap()
                .success()
        );
    }
    fifo
}

/// An import of a pipe of that name.
fn piped(folder: &Folder, name: &str, args: &[&str]) -> (Running, Pipe) {
    let mut command = folder.program(&["import", name]);
    command.args(args);
    if name != "fifo" {
        let (input, pipe) = std::io::pipe().unwrap();
        return (Running::start(command.stdin(input)), Box::new(pipe));
    }
    let fifo = make_fifo(folder);
    let running = Running::start(&mut command);
    // It opens once somebody reads from it.
    let pipe = File::options().write(true).open(fifo).unwrap();
    (running, Box::new(pipe))
}

/// The same, to which nothing comes after these lines.
fn idle(folder: &Folder, name: &str, lines: u64, args: &[&str]) -> (Running, Pipe) {
    let (running, mut pipe) = piped(folder, name, args);
    for id in 0..lines {
        let item = format!(r#"{{"id":"730000000000000000{id}","video":{{}}}}"#);
        writeln!(pipe, "{item}").unwrap();
    }
    (running, pipe)
}

/// The first bytes of its output.
fn first_bytes(running: &mut Running) -> ChildStdout {
    let mut stdout = running.stdout();
    stdout.read_exact(&mut [0; 100]).unwrap();
    stdout
}

#[test]
fn an_import_without_a_reader_ends_while_it_waits_for_input() {
    let folder = Folder::new();
    for (jobs, name) in ["1", "2", "4"].into_iter().zip(NAMES) {
        for lines in [1, 3] {
            let (mut running, pipe) = idle(&folder, name, lines, &["--jobs", jobs]);
            drop(first_bytes(&mut running));
            let ended = running.end();
            assert_eq!(
                (ended.status, ended.stderr.as_str()),
                (141, ""),
                "{jobs}, {lines}"
            );
            drop(pipe);
        }
    }
}

/// A standard output without a reader is none of the business of one that writes elsewhere.
#[test]
fn an_import_into_a_file_needs_no_reader() {
    let folder = Folder::new();
    let (mut running, mut pipe) = idle(&folder, "-", 2, &["--jobs", "2", "-o", "out.jsonl"]);
    drop(running.stdout());
    let count = || fs::read_to_string(folder.file("out.jsonl")).map_or(0, |it| it.lines().count());
    while count() < 2 {
        sleep(Duration::from_millis(5));
    }
    writeln!(pipe, r#"{{"id":"7300000000000000009","video":{{}}}}"#).unwrap();
    drop(pipe);
    assert_eq!(running.end().status, 0);
    assert_eq!(count(), 3);
}

#[cfg(target_os = "linux")]
#[test]
fn an_import_that_cannot_write_ends_while_it_waits_for_input() {
    let folder = Folder::new();
    for jobs in ["1", "2", "4"] {
        let (running, pipe) = idle(&folder, "-", 1, &["--jobs", jobs, "-o", "/dev/full"]);
        let ended = running.end();
        assert_eq!(ended.status, 7, "{jobs}: {ended:?}");
        drop(pipe);
    }
}

#[test]
fn an_import_of_what_it_cannot_read_does_not_wait_for_more_of_it() {
    let folder = Folder::new();
    for jobs in ["1", "2", "4"] {
        let (running, mut pipe) = piped(&folder, "-", &["--jobs", jobs]);
        // UTF-16, and no line of it has ended.
        pipe.write_all(b"\xff\xfe{\0}\0").unwrap();
        let ended = running.end();
        assert_eq!(ended.status, 6, "{jobs}: {ended:?}");
        drop(pipe);
    }
}

#[test]
fn a_signal_ends_an_import_that_waits_for_input_with_its_output_whole() {
    let folder = Folder::new();
    for jobs in ["1", "2", "4"] {
        for name in NAMES {
            let (mut running, pipe) = idle(&folder, name, 2, &["--jobs", jobs, "-f", "json"]);
            let mut stdout = first_bytes(&mut running);
            signal("TERM", &running);
            let mut rest = String::new();
            stdout.read_to_string(&mut rest).unwrap();
            assert_eq!(running.end().status, 143, "{jobs} {name}");
            assert!(rest.ends_with("}\n]\n"), "{jobs} {name}: {rest}");
            drop(pipe);
        }
    }
}

#[test]
fn a_signal_ends_an_import_that_waits_for_a_writer() {
    let folder = Folder::new();
    make_fifo(&folder);
    let args = ["fifo", "-o", "out.jsonl", "--summary", "receipts.jsonl"];
    let running = Running::start(folder.program(&["import"]).args(args));
    while !folder.file("out.jsonl").exists() {
        sleep(Duration::from_millis(5));
    }
    // A moment later it is at the input; if not yet, it has heard of the signal there.
    sleep(Duration::from_millis(200));
    signal("INT", &running);
    assert_eq!(running.end().status, 130);
    let receipts = folder.take_receipts();
    assert_eq!(receipts[0]["stopped_because"], "interrupted");
}

#[test]
fn a_writer_of_a_fifo_may_come_late_and_write_nothing() {
    let folder = Folder::new();
    for (lines, status) in [(0, 6), (3, 0)] {
        let (running, pipe) = idle(&folder, "fifo", lines, &[]);
        drop(pipe);
        let ended = running.end();
        assert_eq!(ended.status, status, "{ended:?}");
        assert_eq!(ended.records().len() as u64, lines);
    }
}

/// It cannot be read again to count its lines.
#[test]
fn the_first_damage_of_a_pipe_has_a_place() {
    let folder = Folder::new();
    for name in NAMES {
        for jobs in ["1", "2"] {
            let (running, mut pipe) = idle(&folder, name, 2, &["--jobs", jobs]);
            writeln!(pipe, "{{broken").unwrap();
            drop(pipe);
            let ended = running.end();
            assert_eq!(ended.status, 6, "{name}: {ended:?}");
            let place = ", first behind byte 80:";
            assert!(ended.stderr.contains(place), "{name}: {ended:?}");
        }
    }
}
