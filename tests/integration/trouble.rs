//! Trouble below HTTP: no server, no name, no answer, half an answer, far too much of one. Each
//! comes after a good page, whose records stay.

use std::io::{self, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::feed::{DETAIL, JSON, page};
use crate::runner::{Ended, Folder};
use crate::socket::{Server, answer};

/// Switches for a server that does not get better.
const BRIEF: [&str; 6] = ["--rate", "0", "--retries", "1", "--timeout", "1"];

/// A site whose first page is good; the rest of the feed is up to `trouble`.
fn site_with(trouble: impl Fn(&mut TcpStream) -> io::Result<()> + Send + Sync + 'static) -> Server {
    Server::start(move |target, stream| {
        if target.starts_with("/api/challenge/detail/") {
            answer(stream, JSON, DETAIL.as_bytes())
        } else if target.contains("cursor=0&") {
            answer(stream, JSON, page(10, true).as_bytes())
        } else {
            trouble(stream)
        }
    })
}

fn pull(url: &str) -> Ended {
    let mut args = vec!["cats", "--source", "web", "--base-url", url];
    args.extend(BRIEF);
    Folder::new().pull(&args)
}

/// The run kept the first page, ended as said, and told a person why on its last line.
#[track_caller]
fn assert_ended(name: &str, ended: &Ended, (stopped, status, words): (&str, i32, &str)) {
    let said = format!("{name}: {ended:?}");
    assert_eq!(ended.receipt()["stopped_because"], stopped, "{said}");
    assert_eq!((ended.status, ended.ids().len()), (status, 3), "{said}");
    let last = ended.stderr.lines().last().unwrap();
    assert!(last.starts_with("error: cats: 3 of 100: "), "{said}");
    assert!(last.contains(words) && last.contains("; "), "{said}");
    assert!(ended.stderr.len() < 64 << 10, "{said}");
}

/// No answer for longer than any test runs.
fn never() {
    thread::sleep(Duration::from_secs(60));
}

#[test]
fn a_server_that_is_gone_is_temporary() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let ended = pull(&url);
    assert_eq!((ended.status, ended.ids().len()), (5, 0), "{ended:?}");
    assert_eq!(ended.receipt()["stopped_because"], "network");
    assert_eq!(ended.receipt()["requests"], 2);
    assert!(
        ended.stderr.starts_with("error: cats: could not connect: "),
        "{ended:?}"
    );
    assert!(ended.stderr.contains("2 tries"), "{ended:?}");
    assert!(
        ended
            .stderr
            .ends_with("check the connection and run it again\n"),
        "{ended:?}"
    );
}

#[test]
fn a_server_that_goes_away_in_mid_run_leaves_what_came() {
    let server = Server::until(2, |target, stream| {
        let is_detail = target.starts_with("/api/challenge/detail/");
        let body = if is_detail {
            DETAIL.to_owned()
        } else {
            page(10, true)
        };
        answer(stream, JSON, body.as_bytes())
    });
    let ended = pull(&server.url());
    assert_ended("gone", &ended, ("network", 5, "could not connect"));
}

#[test]
fn a_name_nobody_has_is_temporary() {
    let ended = pull("http://no-such-host.invalid");
    assert_eq!((ended.status, ended.ids().len()), (5, 0), "{ended:?}");
    assert_eq!(ended.receipt()["stopped_because"], "network");
    assert!(
        ended.stderr.starts_with("error: cats: could not connect: "),
        "{ended:?}"
    );
}

#[test]
fn a_server_that_hangs_is_given_up_in_time() {
    let server = site_with(|_| {
        never();
        Ok(())
    });
    let started = Instant::now();
    let ended = pull(&server.url());
    // Two tries of a second, the backoff of at most one between them, and a slow machine.
    assert!(started.elapsed() < Duration::from_secs(8), "{ended:?}");
    assert_ended("hang", &ended, ("network", 5, "no complete answer in time"));
    assert!(ended.stderr.contains("2 tries"), "{ended:?}");
}

#[test]
fn a_server_that_dribbles_is_given_up_in_time() {
    thread::scope(|scope| {
        for head in ["", "HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n"] {
            scope.spawn(move || assert_given_up_after(head));
        }
    });
}

/// A byte every tenth of a second does not keep a request alive.
fn assert_given_up_after(head: &'static str) {
    let server = site_with(move |stream| {
        stream.write_all(head.as_bytes())?;
        b"HTTP/1.1 200 OK\r\nx: y"
            .iter()
            .cycle()
            .try_for_each(|byte| {
                thread::sleep(Duration::from_millis(100));
                stream.write_all(&[*byte])
            })
    });
    let started = Instant::now();
    let ended = pull(&server.url());
    assert!(started.elapsed() < Duration::from_secs(8), "{ended:?}");
    assert_ended(
        "dribble",
        &ended,
        ("network", 5, "no complete answer in time"),
    );
}

/// What the server writes instead of the second page, and what the run comes to.
type Row = (
    &'static str,
    &'static str,
    (&'static str, i32, &'static str),
);

#[test]
fn answers_that_are_none_end_as_agreed() {
    const ROWS: &[Row] = &[
        (
            "closed at once",
            "",
            ("network", 5, "the connection failed"),
        ),
        (
            "half a page",
            "HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{\"itemList\":[{\"id\":\"75",
            ("network", 5, "the answer broke off"),
        ),
        (
            "half a chunk",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n40\r\n{\"itemList\":",
            ("network", 5, "the answer broke off"),
        ),
        (
            "no last chunk",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n",
            ("network", 5, "the answer broke off"),
        ),
        (
            "half a head",
            "HTTP/1.1 200 OK\r\ncontent-le",
            ("network", 5, "the connection failed"),
        ),
        (
            "half a page of no length",
            "HTTP/1.0 200 OK\r\n\r\n{\"itemList\":[{\"id\":\"75",
            ("bad_answer", 6, "bytes that are cut off"),
        ),
        (
            "web page",
            "HTTP/1.0 200 OK\r\n\r\n<!DOCTYPE html><html><body>Hello</body></html>",
            (
                "gated",
                4,
                "a web page without data, also with a fresh session",
            ),
        ),
        (
            "no gzip",
            "HTTP/1.0 200 OK\r\ncontent-encoding: gzip\r\n\r\n{\"itemList\":[]}",
            ("network", 5, "could not be decoded"),
        ),
        (
            "two codings",
            "HTTP/1.0 200 OK\r\ncontent-encoding: gzip, gzip\r\n\r\nx",
            ("bad_answer", 6, "a content coding that is not read"),
        ),
        (
            "unknown coding",
            "HTTP/1.0 200 OK\r\ncontent-encoding: compress\r\n\r\nx",
            ("bad_answer", 6, "a content coding that is not read"),
        ),
        (
            "no status",
            "HTTP/1.1 fine\r\n\r\n",
            ("network", 5, "the connection failed"),
        ),
        (
            "no HTTP",
            "220 mail.example ESMTP\r\n",
            ("network", 5, "the connection failed"),
        ),
        (
            "two lengths",
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{} ",
            ("network", 5, "the connection failed"),
        ),
        (
            "announced and too large",
            "HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n{",
            ("bad_answer", 6, "larger than the limit of 16 MiB"),
        ),
        (
            "switching protocols",
            "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
            ("bad_answer", 6, "an answer of status 101"),
        ),
    ];
    let run = |row: &Row| {
        let (name, bytes, end) = *row;
        let server = site_with(move |stream| stream.write_all(bytes.as_bytes()));
        assert_ended(name, &pull(&server.url()), end);
    };
    thread::scope(|scope| {
        for row in ROWS {
            scope.spawn(move || run(row));
        }
    });
}

#[test]
fn endless_answers_are_cut_short() {
    for (name, head, again, end) in [
        (
            "100 MB",
            "HTTP/1.0 200 OK\r\n\r\n{\"statusMsg\":\"",
            "x".repeat(1_000_000),
            ("bad_answer", 6, "larger than the limit of 16 MiB"),
        ),
        (
            "100 MB of chunks",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
            format!("100000\r\n{}\r\n", "x".repeat(1 << 20)),
            ("bad_answer", 6, "larger than the limit of 16 MiB"),
        ),
        (
            "headers",
            "HTTP/1.1 200 OK\r\n",
            "x-filler: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n".repeat(1_000),
            ("network", 5, "the connection failed"),
        ),
        (
            "interim answers",
            "",
            "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(1_000),
            ("network", 5, ""),
        ),
    ] {
        let server = site_with(move |stream| {
            stream.write_all(head.as_bytes())?;
            (0..100).try_for_each(|_| stream.write_all(again.as_bytes()))
        });
        let started = Instant::now();
        let ended = pull(&server.url());
        assert!(started.elapsed() < Duration::from_secs(60), "{name}");
        assert_ended(name, &ended, end);
    }
}

#[test]
fn the_retries_of_a_run_are_counted_over_all_its_requests() {
    let server =
        site_with(|stream| stream.write_all(b"HTTP/1.0 503 Busy\r\nretry-after: 0\r\n\r\n"));
    let url = server.url();
    let args = [
        "cats",
        "--source",
        "web",
        "--rate",
        "0",
        "--retries",
        "50",
        "--base-url",
        &url,
    ];
    let ended = Folder::new().pull(&args);
    assert_ended(
        "busy",
        &ended,
        ("budget", 5, "the run's retries are used up"),
    );
    // A look-up, the good page, the first try of the second, and ten retries.
    assert_eq!(server.calls(), 13);
    assert_eq!(ended.receipt()["retries"], 10);
}

#[test]
fn good_answers_in_odd_forms_are_taken() {
    let chunked = |size: usize| {
        let body = page(20, false);
        let chunks = body.as_bytes().chunks(size).map(|chunk| {
            let text = std::str::from_utf8(chunk).unwrap();
            format!("{:x};name=value\r\n{text}\r\n", chunk.len())
        });
        chunks.collect::<String>()
    };
    for (name, bytes) in [
        (
            "HTTP/1.0",
            format!("HTTP/1.0 200 OK\r\n\r\n{}", page(20, false)),
        ),
        (
            "early hints",
            format!(
                "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{}",
                page(20, false)
            ),
        ),
        (
            "odd chunks and a trailer",
            format!(
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{}0\r\nx-trailer: y\r\n\r\n",
                chunked(7)
            ),
        ),
        (
            "wrong type and a byte order mark",
            format!(
                "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nconnection: close\r\n\r\n\u{feff}{}",
                page(20, false)
            ),
        ),
    ] {
        for size in [1, 64, usize::MAX] {
            let bytes = bytes.clone();
            let server = site_with(move |stream| {
                stream.set_nodelay(true)?;
                let mut parts = bytes.as_bytes().chunks(size);
                parts.try_for_each(|part| stream.write_all(part))
            });
            let ended = pull(&server.url());
            assert_eq!(
                (ended.status, ended.ids().len()),
                (0, 6),
                "{name}: {ended:?}"
            );
            assert_eq!((ended.stderr.as_str(), server.calls()), ("", 3), "{name}");
        }
    }
}

#[test]
fn words_of_a_server_are_shown_without_what_a_terminal_would_obey() {
    let hostile =
        r#"{"statusCode":4711,"statusMsg":"\u001b[2J\u009b31m\u202egone\r\nerror: all is well"}"#;
    let server = site_with(|stream| answer(stream, JSON, hostile.as_bytes()));
    let ended = pull(&server.url());
    assert_ended("hostile", &ended, ("bad_answer", 6, "4711"));
    assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
    let obeyed = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
    assert!(!ended.stderr.contains(obeyed), "{ended:?}");
}

#[test]
fn a_short_link_is_asked_again_when_the_server_fails() {
    let failed = AtomicBool::new(false);
    let server = Server::start(move |target, stream| {
        if !target.starts_with("/t/") {
            let is_detail = target.starts_with("/api/challenge/detail/");
            let body = if is_detail {
                DETAIL.to_owned()
            } else {
                page(10, false)
            };
            return answer(stream, JSON, body.as_bytes());
        }
        let head: &[u8] = if failed.swap(true, Ordering::SeqCst) {
            b"HTTP/1.0 301 Moved\r\nlocation: https://www.tiktok.com/tag/cats\r\n\r\n"
        } else {
            b"HTTP/1.0 503 Busy\r\n\r\n"
        };
        stream.write_all(head)
    });
    let url = server.url();
    let mut args = vec![
        "https://www.tiktok.com/t/ZM1/",
        "--source",
        "web",
        "--base-url",
        &url,
    ];
    args.extend(BRIEF);
    let ended = Folder::new().pull(&args);
    assert_eq!((ended.status, ended.ids().len()), (0, 3), "{ended:?}");
}

#[test]
fn a_short_link_the_server_never_answers_is_temporary() {
    let server = Server::start(|_, stream| stream.write_all(b"HTTP/1.0 503 Busy\r\n\r\n"));
    let url = server.url();
    let mut args = vec!["https://www.tiktok.com/t/ZM1/", "--base-url", &url];
    args.extend(BRIEF);
    let ended = Folder::new().pull(&args);
    assert_eq!(ended.status, 5, "{ended:?}");
    assert_eq!(server.calls(), 2);
    assert!(ended.stderr.contains("(503) (/t/ZM1/, "), "{ended:?}");
    assert!(
        ended
            .stderr
            .ends_with("; check the connection and run it again\n"),
        "{ended:?}"
    );
}
