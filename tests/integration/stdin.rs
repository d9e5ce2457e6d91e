//! An import of standard input while nothing comes there: what ends it otherwise.

use std::fs;
use std::io::{PipeWriter, Read as _, Write as _};
use std::process::ChildStdout;
use std::thread::sleep;
use std::time::Duration;

use crate::runner::{Folder, Running, signal};

/// An import of standard input to which nothing comes after these lines, until the pipe is dropped.
fn idle(folder: &Folder, lines: u64, args: &[&str]) -> (Running, PipeWriter) {
    let (input, mut pipe) = std::io::pipe().unwrap();
    let mut command = folder.program(&["import", "-"]);
    let running = Running::start(command.args(args).stdin(input));
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
    for jobs in ["1", "2", "4"] {
        for lines in [1, 3] {
            let (mut running, pipe) = idle(&folder, lines, &["--jobs", jobs]);
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
    let (mut running, mut pipe) = idle(&folder, 2, &["--jobs", "2", "-o", "out.jsonl"]);
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
        let (running, pipe) = idle(&folder, 1, &["--jobs", jobs, "-o", "/dev/full"]);
        let ended = running.end();
        assert_eq!(ended.status, 7, "{jobs}: {ended:?}");
        drop(pipe);
    }
}

#[test]
fn an_import_of_what_it_cannot_read_does_not_wait_for_more_of_it() {
    let folder = Folder::new();
    for jobs in ["1", "2", "4"] {
        let (running, mut pipe) = idle(&folder, 0, &["--jobs", jobs]);
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
        let (mut running, pipe) = idle(&folder, 2, &["--jobs", jobs, "-f", "json"]);
        let mut stdout = first_bytes(&mut running);
        signal("TERM", &running);
        let mut rest = String::new();
        stdout.read_to_string(&mut rest).unwrap();
        assert_eq!(running.end().status, 143, "{jobs}");
        assert!(rest.ends_with("}\n]\n"), "{jobs}: {rest}");
        drop(pipe);
    }
}
