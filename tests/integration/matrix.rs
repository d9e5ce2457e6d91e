//! The fault matrix: one table of everything that can go wrong with an answer, each fault once and
//! for ever, with the exit statuses agreed on. A fault comes after a good page, whose records stay.

use std::io::{self, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use flate2::{Compression, write::GzEncoder};

use crate::feed::{DETAIL, JSON, page, video};
use crate::runner::{Ended, Folder, NO_BROWSER, Running};
use crate::site::Site;
use crate::socket::{Server, answer};

/// Most memory under any answer.
const MOST_MEMORY: u64 = 256 << 20;
/// Most time for two tries of a second each, a backoff of at most one, and a slow machine.
const LONGEST: Duration = Duration::from_secs(20);
/// Runs at once. Most of a row's time is waiting.
const ABREAST: usize = 8;

const GOOD: &[i32] = &[0];
const TEMPORARY: &[i32] = &[5];
const BAD: &[i32] = &[6];
const BLOCKED: &[i32] = &[4];
const LATER_OR_BAD: &[i32] = &[5, 6];
const ANY: &[i32] = &[0, 5, 6];

/// A run of its own, once or for ever; it gives what is wrong.
pub(crate) type Check = fn(bool) -> Result<(), String>;

/// How a fault is played.
enum Play {
    /// These bytes instead of the answer.
    Bytes(Vec<u8>),
    /// What the function does to the stream.
    Do(fn(&mut TcpStream) -> io::Result<()>),
    /// The same, at the look-up instead of the list.
    AtLookup(Vec<u8>),
    /// This hashtag of the simulator's; `_once` makes it the first call's alone.
    Scenario(&'static str),
    /// A run of its own, for what is no answer. It gives what is wrong.
    Own(Check),
}

/// A row: the contract's row it belongs to, its own name, how it is played, and the statuses for
/// once and for ever. An empty column is one that has no meaning.
struct Fault {
    row: &'static str,
    name: String,
    play: Play,
    once: &'static [i32],
    always: &'static [i32],
}

fn fault(
    row: &'static str,
    name: impl Into<String>,
    play: Play,
    once: &'static [i32],
    always: &'static [i32],
) -> Fault {
    Fault {
        row,
        name: name.into(),
        play,
        once,
        always,
    }
}

/// A whole answer with this head and body.
fn http(head: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {head}\r\nconnection: close\r\n\r\n").into_bytes();
    bytes.extend_from_slice(body.as_ref());
    bytes
}

/// A 200 with this body, its length announced.
fn ok(body: impl AsRef<[u8]>) -> Vec<u8> {
    let length = body.as_ref().len();
    http(
        &format!("200 OK\r\ncontent-type: {JSON}\r\ncontent-length: {length}"),
        body,
    )
}

/// The last page as a server in good health sends it.
fn good() -> Vec<u8> {
    ok(page(13, false))
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

fn chunked(body: &str, size: usize) -> String {
    let chunks = body.as_bytes().chunks(size).map(|chunk| {
        let text = std::str::from_utf8(chunk).unwrap();
        format!("{:X};name=\"v\"\r\n{text}\r\n", chunk.len())
    });
    chunks.collect()
}

fn coded(coding: &str, body: &[u8]) -> Vec<u8> {
    http(&format!("200 OK\r\ncontent-encoding: {coding}"), body)
}

/// Reset, close or cut anywhere in head or body.
fn cuts() -> Vec<Fault> {
    const ROW: &str = "reset, close or cut anywhere";
    let whole = good();
    let body = whole.len() - page(13, false).len();
    let places = [0, 1, 5, 9, 12, 14, 17, body - 3, body - 2, body, body + 1];
    let places = places
        .into_iter()
        .chain((body + 40..whole.len()).step_by(97));
    let cut = |at: usize| {
        let play = Play::Bytes(whole[..at].to_vec());
        fault(ROW, format!("cut at byte {at}"), play, GOOD, TEMPORARY)
    };
    let mut rows: Vec<Fault> = places.chain([whole.len() - 1]).map(cut).collect();
    let packed = gzip(page(13, false).as_bytes());
    let chunks = |body: &str| http("200 OK\r\ntransfer-encoding: chunked", body).clone();
    rows.extend([
        fault(ROW, "reset", Play::Scenario("reset"), GOOD, TEMPORARY),
        fault(ROW, "half", Play::Scenario("half"), GOOD, TEMPORARY),
        fault(
            ROW,
            "half a chunk",
            Play::Bytes(chunks("40\r\n{\"itemList\":")),
            GOOD,
            TEMPORARY,
        ),
        fault(
            ROW,
            "no last chunk",
            Play::Bytes(chunks("2\r\n{}\r\n")),
            GOOD,
            TEMPORARY,
        ),
        fault(ROW, "no chunk", Play::Bytes(chunks("")), GOOD, TEMPORARY),
        fault(
            ROW,
            "bad chunk size",
            Play::Bytes(chunks("zz\r\n{}\r\n0\r\n\r\n")),
            GOOD,
            TEMPORARY,
        ),
        fault(
            ROW,
            "chunk size without end",
            Play::Bytes(chunks(&"f".repeat(4_000))),
            GOOD,
            TEMPORARY,
        ),
        fault(
            ROW,
            "cut gzip",
            Play::Bytes(coded("gzip", &packed[..packed.len() / 2])),
            GOOD,
            LATER_OR_BAD,
        ),
        fault(
            ROW,
            "gzip without checksum",
            Play::Bytes(coded("gzip", &packed[..packed.len() - 8])),
            GOOD,
            LATER_OR_BAD,
        ),
        fault(
            ROW,
            "gzip with a wrong checksum",
            Play::Bytes(coded("gzip", &wrong_end(&packed))),
            GOOD,
            LATER_OR_BAD,
        ),
        fault(
            ROW,
            "no gzip at all",
            Play::Bytes(coded("gzip", b"{}")),
            GOOD,
            LATER_OR_BAD,
        ),
        fault(
            ROW,
            "empty gzip",
            Play::Bytes(coded("gzip", b"")),
            ANY,
            &[4, 5, 6],
        ),
    ]);
    rows
}

fn wrong_end(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let at = bytes.len() - 6;
    bytes[at] ^= 1;
    bytes
}

/// A byte every tenth of a second, after `head`.
fn dribble(stream: &mut TcpStream, head: &[u8]) -> io::Result<()> {
    stream.write_all(head)?;
    let mut bytes = b"x-filler: yyyy\r\n".iter().cycle().take(600);
    bytes.try_for_each(|byte| {
        thread::sleep(Duration::from_millis(100));
        stream.write_all(&[*byte])
    })
}

/// Nothing more for longer than any row takes.
fn stall(stream: &mut TcpStream, head: &[u8]) -> io::Result<()> {
    stream.write_all(head)?;
    thread::sleep(LONGEST * 2);
    Ok(())
}

fn silences() -> Vec<Fault> {
    const ROW: &str = "no answer, stalled or dribbling";
    const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{";
    const CHUNK: &[u8] = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\n{\"i";
    let row = |name: &str, play| fault(ROW, name, Play::Do(play), GOOD, TEMPORARY);
    vec![
        row("no answer", |s| stall(s, b"")),
        row("stalled head", |s| stall(s, b"HTTP/1.1 200 OK\r\nx")),
        row("stalled body", |s| stall(s, HEAD)),
        row("stalled chunk", |s| stall(s, CHUNK)),
        row("dribbling head", |s| dribble(s, b"HTTP/1.1 200 OK\r\n")),
        row("dribbling body", |s| dribble(s, HEAD)),
    ]
}

fn statuses() -> Vec<Fault> {
    const REFUSED: &str = "401 403 407 451 / 404 410 / other 4xx";
    let answer = |status: u16| http(&format!("{status} Whatever"), "");
    let list = |row, status: u16, once, always| {
        let play = Play::Bytes(answer(status));
        fault(row, format!("{status} on the list"), play, once, always)
    };
    let lookup = |status: u16, both| {
        let play = Play::AtLookup(answer(status));
        fault(
            REFUSED,
            format!("{status} on the look-up"),
            play,
            both,
            both,
        )
    };
    let failures = [408, 429, 500, 502, 503, 504, 520, 522, 524, 529];
    let mut rows: Vec<Fault> = failures
        .map(|status| list("408 429 500 502 503 504", status, GOOD, TEMPORARY))
        .into();
    for status in [401, 403, 407, 451] {
        rows.push(list(REFUSED, status, BLOCKED, BLOCKED));
        rows.push(lookup(status, BLOCKED));
    }
    for status in [404, 410] {
        rows.push(list(REFUSED, status, BAD, BAD));
        rows.push(lookup(status, &[3]));
    }
    for status in [400, 402, 405, 406, 418, 431, 499] {
        rows.push(list(REFUSED, status, BAD, BAD));
        rows.push(lookup(status, BAD));
    }
    rows
}

fn odd_heads() -> Vec<Fault> {
    const ROW: &str = "204 206 304, 1xx without end, bad status line, lengths, endless headers";
    let odd = |name: &str, bytes: Vec<u8>| fault(ROW, name, Play::Bytes(bytes), ANY, LATER_OR_BAD);
    let last = page(13, false);
    let lengths = |text: &str| http(&format!("200 OK\r\n{text}"), &last);
    let mut rows: Vec<Fault> = [204, 205, 206, 226, 300, 304, 305, 306, 399, 600, 999]
        .map(|status| odd(&status.to_string(), http(&format!("{status} Whatever"), "")))
        .into();
    rows.extend([
        odd("101", http("101 Switching Protocols\r\nupgrade: x", "")),
        odd("status 99", http("99 Odd", &last)),
        odd("status 2000", http("2000 Odd", &last)),
        odd("status of letters", http("fine", &last)),
        odd("HTTP/3.7", b"HTTP/3.7 200 OK\r\n\r\n{}".to_vec()),
        odd("no HTTP", b"220 mail.example ESMTP\r\n".to_vec()),
        odd("TLS in plain", b"\x15\x03\x01\x00\x02\x02\x46".to_vec()),
        odd("zeros", vec![0; 3_000]),
        odd(
            "two lengths",
            lengths("content-length: 2\r\ncontent-length: 3"),
        ),
        odd("two lengths in one", lengths("content-length: 2, 3")),
        odd("negative length", lengths("content-length: -1")),
        odd("length of letters", lengths("content-length: many")),
        odd(
            "length beyond any",
            lengths("content-length: 99999999999999999999999"),
        ),
        odd("length of 100 MB", lengths("content-length: 100000000")),
        odd("length too short", lengths("content-length: 7")),
        odd(
            "a header without a name",
            lengths(": x\r\ncontent-length: 2"),
        ),
        odd("a header with NUL", lengths("x: a\0b\r\ncontent-length: 2")),
        odd("101 headers", lengths(&"x: y\r\n".repeat(101))),
        odd(
            "a header of 1 MB",
            lengths(&format!("x: {}", "y".repeat(1 << 20))),
        ),
    ]);
    rows.push(fault(
        ROW,
        "endless headers",
        Play::Do(|s| {
            forever(
                s,
                b"HTTP/1.1 200 OK\r\n",
                b"x-filler: yyyyyyyyyyyyyyyyyyyyyyyy\r\n",
            )
        }),
        ANY,
        LATER_OR_BAD,
    ));
    rows.push(fault(
        ROW,
        "one endless header",
        Play::Do(|s| {
            forever(
                s,
                b"HTTP/1.1 200 OK\r\nx: ",
                b"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy",
            )
        }),
        ANY,
        LATER_OR_BAD,
    ));
    rows.push(fault(
        ROW,
        "1xx without end",
        Play::Do(|s| steadily(s, b"HTTP/1.1 103 Early Hints\r\n\r\n")),
        ANY,
        LATER_OR_BAD,
    ));
    rows.push(fault(
        ROW,
        "100 without end",
        Play::Do(|s| steadily(s, b"HTTP/1.1 100 Continue\r\n\r\n")),
        ANY,
        LATER_OR_BAD,
    ));
    rows
}

/// `again` until the client has enough, or 200 MB.
fn forever(stream: &mut TcpStream, head: &[u8], again: &[u8]) -> io::Result<()> {
    stream.write_all(head)?;
    let block = again.repeat((64 << 10) / again.len() + 1);
    (0..3_000).try_for_each(|_| stream.write_all(&block))
}

/// `again` for longer than any row takes, at a pace that a slow machine can read.
fn steadily(stream: &mut TcpStream, again: &[u8]) -> io::Result<()> {
    let block = again.repeat(400);
    (0..4_000).try_for_each(|_| {
        thread::sleep(Duration::from_millis(10));
        stream.write_all(&block)
    })
}

fn odd_forms() -> Vec<Fault> {
    const ROW: &str = "HTTP/1.0 close, 103 then 200, odd chunks, trailers, wrong type, BOM, split";
    let last = page(13, false);
    let fine = |name: String, bytes: Vec<u8>| fault(ROW, name, Play::Bytes(bytes), GOOD, GOOD);
    let early = |count: usize| {
        [
            b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n".repeat(count),
            good(),
        ]
        .concat()
    };
    let mut rows = vec![
        fine(
            "HTTP/1.0".into(),
            format!("HTTP/1.0 200 OK\r\n\r\n{last}").into_bytes(),
        ),
        fine("no reason".into(), http("200", &last)),
        fine("103 then 200".into(), early(1)),
        fine("103 five times".into(), early(5)),
        fine(
            "trailers".into(),
            http(
                "200 OK\r\ntransfer-encoding: chunked",
                chunked(&last, 60) + "0\r\nx-trailer: y\r\n\r\n",
            ),
        ),
        fine(
            "wrong type".into(),
            http("200 OK\r\ncontent-type: image/png", &last),
        ),
        fine("BOM".into(), ok(format!("\u{feff}{last}"))),
        fine(
            "white space around".into(),
            ok(format!(" \r\n\t{last}\n\n")),
        ),
        fine("gzip".into(), coded("gzip", &gzip(last.as_bytes()))),
        fine(
            "names in capitals".into(),
            http("200 OK\r\nCONTENT-TYPE: X\r\nX-ODD:  \t y", &last),
        ),
        fine(
            "99 headers".into(),
            http(&format!("200 OK{}", "\r\nx: y".repeat(97)), &last),
        ),
    ];
    for size in [1, 2, 7, 1_000] {
        let body = chunked(&last, size) + "0\r\n\r\n";
        let bytes = http("200 OK\r\ntransfer-encoding: chunked", body);
        rows.push(fine(format!("chunks of {size}"), bytes));
    }
    rows.push(fault(
        ROW,
        "one byte at a time",
        Play::Do(|s| split(s, 1)),
        GOOD,
        GOOD,
    ));
    rows.push(fault(
        ROW,
        "seven bytes at a time",
        Play::Do(|s| split(s, 7)),
        GOOD,
        GOOD,
    ));
    rows.push(fault(ROW, "as HTML", Play::Scenario("as_html"), GOOD, GOOD));
    rows.push(fault(
        ROW,
        "the simulator's chunks",
        Play::Scenario("chunks"),
        GOOD,
        GOOD,
    ));
    rows
}

/// The good answer in packets of `size` bytes.
fn split(stream: &mut TcpStream, size: usize) -> io::Result<()> {
    stream.set_nodelay(true)?;
    good()
        .chunks(size)
        .try_for_each(|part| stream.write_all(part))
}

/// 128 MiB of zeros in a zstd frame of blocks of one repeated byte.
fn zstd_bomb() -> Vec<u8> {
    let mut frame = vec![0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x38];
    for n in (0..1_024_u32).rev() {
        let block = (131_072 << 3) | (1 << 1) | u32::from(n == 0);
        frame.extend_from_slice(&block.to_le_bytes()[..3]);
        frame.push(b' ');
    }
    frame
}

/// 64 MiB of zeros as brotli writes them.
fn brotli_bomb() -> Vec<u8> {
    const HEX: &str = "cbffff3ff82700e2b14020f7fe8fffff7ff04f00c4611180eefd1fffffffe09f0088c30200ddfb3ffeffffc13f0110870500baf77ffcffff837f02200e0b0074effff8ffff07ff04401c1600e8defff1ffff0ffe0980382c00d0bdffcbffff3ffc1300715800a07bff07";
    let pairs = HEX.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// Gzip within gzip, 10 MiB of it: stacked codings are not read.
fn stacked() -> Vec<u8> {
    coded("gzip, gzip", &gzip(&gzip(&vec![b' '; 10 << 20])))
}

fn floods() -> Vec<Fault> {
    const ROW: &str = "bombs, endless body, long string, many objects, depth";
    let flood = |name: &str, play| fault(ROW, name, play, ANY, LATER_OR_BAD);
    let names = ["bomb", "huge", "huge_chunked", "endless", "deep", "many"];
    let mut rows: Vec<Fault> = names.map(|name| flood(name, Play::Scenario(name))).into();
    let list = |items: &str| {
        ok(format!(
            "{{\"itemList\":[{items}],\"hasMore\":false,\"cursor\":\"9\"}}"
        ))
    };
    rows.extend([
        flood("zstd bomb", Play::Bytes(coded("zstd", &zstd_bomb()))),
        flood("brotli bomb", Play::Bytes(coded("br", &brotli_bomb()))),
        flood("stacked codings", Play::Bytes(stacked())),
        flood("unknown coding", Play::Bytes(coded("compress", b"x"))),
        flood(
            "1,001 records",
            Play::Bytes(list(&(1..=1_001).map(video).collect::<Vec<_>>().join(","))),
        ),
        flood(
            "5 M numbers",
            Play::Bytes(list(&["1"; 5_000_000].join(","))),
        ),
        flood(
            "depth 200,000 of objects",
            Play::Bytes(ok("{\"a\":".repeat(200_000))),
        ),
        flood(
            "endless white space",
            Play::Do(|s| forever(s, b"HTTP/1.0 200 OK\r\n\r\n", b" ")),
        ),
        flood(
            "endless chunks",
            Play::Do(|s| {
                forever(
                    s,
                    b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
                    b"1\r\n[\r\n",
                )
            }),
        ),
    ]);
    // Deep within one record: that record may go, the page stays.
    let deep = format!(
        "{{\"id\":\"7\",\"x\":{}{}}}",
        "[".repeat(500),
        "]".repeat(500)
    );
    rows.push(fault(
        ROW,
        "depth in one record",
        Play::Bytes(list(&deep)),
        ANY,
        &[0, 5, 6],
    ));
    rows
}

fn gates() -> Vec<Fault> {
    const QUIET: &str = "empty 200, unknown HTML";
    const WALL: &str = "captcha page, WAF page";
    let html = |body: &str| http("200 OK\r\ncontent-type: text/html", body);
    let scenario = |row, name: &'static str, once, always| {
        fault(row, name, Play::Scenario(name), once, always)
    };
    vec![
        fault(QUIET, "empty", Play::Bytes(ok("")), GOOD, BLOCKED),
        fault(QUIET, "blank", Play::Bytes(ok(" \r\n")), GOOD, BLOCKED),
        fault(
            QUIET,
            "a web page",
            Play::Bytes(html("<!DOCTYPE html><html><body>Hello</body></html>")),
            GOOD,
            BLOCKED,
        ),
        scenario(QUIET, "gated", GOOD, BLOCKED),
        scenario(QUIET, "html200", GOOD, BLOCKED),
        scenario(WALL, "captcha_html", BLOCKED, BLOCKED),
        scenario(WALL, "captcha_json", BLOCKED, BLOCKED),
        scenario(WALL, "captcha_header", BLOCKED, BLOCKED),
        scenario(WALL, "waf", BLOCKED, BLOCKED),
        scenario(WALL, "akamai", BLOCKED, BLOCKED),
    ]
}

fn no_pages() -> Vec<Fault> {
    const ROW: &str = "not JSON, null, [], {}, NaN, trailing bytes";
    let last = page(13, false);
    let texts = [
        "upstream connect error",
        "null",
        "[]",
        "{}",
        "true",
        "0",
        "\"\"",
        "[[]]",
        "{\"a\":1}",
        "{",
        "[",
        "{\"itemList\":[NaN],\"hasMore\":true,\"cursor\":\"16\"}",
        "{\"itemList\":null}",
        "{\"itemList\":{},\"hasMore\":1}",
        "{\"hasMore\":\"x\"}",
        "'{}'",
        "{\"itemList\":[],}",
        "\\u007b",
    ];
    let mut rows: Vec<Fault> = texts
        .map(|text| fault(ROW, text, Play::Bytes(ok(text)), ANY, &[0, 5, 6]))
        .into();
    // Of those, what is no page at all never ends well.
    for row in &mut rows {
        if !row.name.contains("itemList") && !row.name.contains("hasMore") {
            row.always = LATER_OR_BAD;
        }
    }
    rows.push(fault(
        ROW,
        "trailing bytes",
        Play::Bytes(ok(format!("{last}<!-- node 7 -->"))),
        ANY,
        LATER_OR_BAD,
    ));
    rows.push(fault(
        ROW,
        "twice",
        Play::Bytes(ok(format!("{last}{last}"))),
        ANY,
        LATER_OR_BAD,
    ));
    rows.push(fault(
        ROW,
        "UTF-16",
        Play::Bytes(ok(last
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<u8>>())),
        ANY,
        LATER_OR_BAD,
    ));
    rows
}

fn odd_records() -> Vec<Fault> {
    const ROW: &str = "invalid UTF-8, surrogate, NUL, counts, wrong types, missing id, junk";
    let with = |field: &[u8]| {
        let odd = [
            &b"{\"id\":\"7532242222256717599\",\"createTime\":1,\"video\":{}"[..],
            field,
            b"}",
        ]
        .concat();
        let list = [video(13).as_bytes(), b",", &odd, b",", video(15).as_bytes()].concat();
        ok([
            b"{\"itemList\":[",
            &list[..],
            b"],\"hasMore\":false,\"cursor\":\"16\",\"statusCode\":0}",
        ]
        .concat())
    };
    let whole = |name: &str, field: &[u8]| {
        let list = with(&[b",", field].concat());
        fault(ROW, name, Play::Bytes(list), GOOD, GOOD)
    };
    let mut rows = vec![
        whole("invalid UTF-8", b"\"desc\":\"caf\xE9 \xFF\xC3\""),
        whole("lone surrogate", br#""desc":"\ud83d \udc00x""#),
        whole("NUL", br#""desc":"a\u0000b""#),
        whole("raw NUL in the text", b"\"desc\":\"a\xC0\x80b\""),
        whole(
            "huge counts",
            br#""stats":{"playCount":99999999999999999999999999,"diggCount":1e300}"#,
        ),
        whole(
            "negative counts",
            br#""stats":{"playCount":-5,"diggCount":"-7","shareCount":-9223372036854775809}"#,
        ),
        whole(
            "counts of text",
            br#""stats":{"playCount":"123","diggCount":"many","shareCount":""}"#,
        ),
        whole(
            "wrong types",
            br#""author":[],"music":7,"stats":"x","desc":{},"textExtra":{},"challenges":3"#,
        ),
        whole(
            "null everywhere",
            br#""author":null,"music":null,"stats":null,"desc":null"#,
        ),
        whole(
            "keys twice",
            br#""desc":"a","desc":"b","id":"7532242222256717598""#,
        ),
    ];
    for (name, junk) in [
        ("missing id", "{\"desc\":\"x\"}"),
        ("empty id", "{\"id\":\"\"}"),
        ("id of another type", "{\"id\":{}}"),
        ("null in the list", "null"),
        ("number in the list", "7"),
        ("list in the list", "[[]]"),
        ("text in the list", "\"x\""),
        ("empty object in the list", "{}"),
    ] {
        let list = format!("{},{junk},{},{}", video(13), video(14), video(15));
        let body = format!(
            "{{\"itemList\":[{list}],\"hasMore\":false,\"cursor\":\"16\",\"statusCode\":0}}"
        );
        rows.push(fault(ROW, name, Play::Bytes(ok(body)), GOOD, GOOD));
    }
    rows
}

fn codes() -> Vec<Fault> {
    const ROW: &str = "API error code in a 200";
    let body = |code: i64| {
        ok(format!(
            "{{\"statusCode\":{code},\"statusMsg\":\"\",\"status_code\":{code}}}"
        ))
    };
    let code = |code: i64, once, always| {
        fault(ROW, code.to_string(), Play::Bytes(body(code)), once, always)
    };
    let mut rows = vec![
        code(10101, GOOD, TEMPORARY),
        code(10111, GOOD, TEMPORARY),
        code(10201, GOOD, BAD),
        code(4711, GOOD, BAD),
        code(-1, GOOD, BAD),
        code(10404, GOOD, GOOD),
    ];
    for (number, status) in [
        (10000, BLOCKED),
        (10102, BLOCKED),
        (10114, BLOCKED),
        (8, BLOCKED),
        (10205, &[3]),
        (10211, &[3]),
        (10202, &[3]),
    ] {
        rows.push(code(number, status, status));
        rows.push(fault(
            ROW,
            format!("{number} on the look-up"),
            Play::AtLookup(body(number)),
            status,
            status,
        ));
    }
    rows
}

fn cursors() -> Vec<Fault> {
    const ROW: &str = "cursor faults, empty pages, the same page";
    let body = |items: &str, cursor: &str| {
        ok(format!(
            "{{\"itemList\":[{items}],\"hasMore\":true{cursor},\"statusCode\":0}}"
        ))
    };
    let new = [13, 14, 15].map(video).join(",");
    let old = [10, 11, 12].map(video).join(",");
    let row = |name: &str, items: &str, cursor: &str, once, always| {
        fault(ROW, name, Play::Bytes(body(items, cursor)), once, always)
    };
    let mut rows = vec![
        row("stuck", &new, ",\"cursor\":\"13\"", GOOD, TEMPORARY),
        row("back", &new, ",\"cursor\":\"1\"", GOOD, TEMPORARY),
        row("zero", &new, ",\"cursor\":0", GOOD, TEMPORARY),
        row("no items", "", ",\"cursor\":\"13\"", GOOD, TEMPORARY),
        row(
            "no items, moving on",
            "",
            ",\"cursor\":\"99\"",
            GOOD,
            TEMPORARY,
        ),
        row("the same page", &old, ",\"cursor\":\"16\"", GOOD, TEMPORARY),
        row(
            "the same page at the same place",
            &old,
            ",\"cursor\":\"13\"",
            GOOD,
            TEMPORARY,
        ),
    ];
    for (name, cursor) in [
        ("absent", ""),
        ("null", ",\"cursor\":null"),
        ("huge", ",\"cursor\":\"99999999999999999999999\""),
        ("injected", ",\"cursor\":\"30&count=1\""),
        ("text", ",\"cursor\":\"next\""),
        ("negative", ",\"cursor\":-30"),
        ("fraction", ",\"cursor\":16.5"),
        ("object", ",\"cursor\":{}"),
    ] {
        rows.push(row(name, &new, cursor, BAD, BAD));
    }
    rows
}

fn redirects() -> Vec<Fault> {
    const ROW: &str = "redirects";
    let to = |place: &str| http(&format!("302 Found\r\nlocation: {place}"), "");
    let row =
        |place: &'static str, status| fault(ROW, place, Play::Bytes(to(place)), status, status);
    let mut rows: Vec<Fault> = [
        "http://127.0.0.1:1/",
        "http://localhost/",
        "http://[::1]/",
        "http://169.254.169.254/latest/",
        "http://10.0.0.1/",
        "https://127.0.0.1/",
        "https://www.tiktok.com/",
        "//example.invalid/x",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "data:application/json,{}",
        "javascript:1",
        "http://",
        "http://user:pass@127.0.0.1:1/",
    ]
    .map(|place| row(place, BAD))
    .into();
    rows.extend([
        row("/login?redirect_url=x", BLOCKED),
        row("https://www.tiktok.com/login", BLOCKED),
        row("/hk/notfound", BLOCKED),
        fault(
            ROW,
            "to nowhere",
            Play::Bytes(http("302 Found", "")),
            BAD,
            BAD,
        ),
        // Once, it is one hop within the site.
        fault(ROW, "to itself", Play::Scenario("redirect_loop"), GOOD, BAD),
        fault(
            ROW,
            "to another port",
            Play::Scenario("redirect_other"),
            BAD,
            BAD,
        ),
        fault(
            ROW,
            "within the site",
            Play::Scenario("redirect_same"),
            GOOD,
            GOOD,
        ),
    ]);
    rows
}

/// What is no answer at all, or no fault of the server's.
fn surroundings() -> Vec<Fault> {
    let own = |row, name: &str, play, once, always| fault(row, name, Play::Own(play), once, always);
    let mut rows = vec![
        own(
            "idle connection closed",
            "between pages",
            |_| crate::idle::closed_between_pages(false),
            GOOD,
            GOOD,
        ),
        own(
            "idle connection closed",
            "as the next page is asked for",
            |_| crate::idle::closed_between_pages(true),
            GOOD,
            GOOD,
        ),
        own(
            "refused, no such name",
            "refused",
            |_| ends(&refused()?, 5),
            &[],
            TEMPORARY,
        ),
        own(
            "refused, no such name",
            "no such name",
            |_| ends(&brief("http://no-such-host.invalid"), 5),
            &[],
            TEMPORARY,
        ),
        own(
            "two runs on the same files",
            "second locked out",
            |_| two_runs(),
            &[8],
            &[],
        ),
        own(
            "clock",
            "the server's a day off, its wait by its own clock",
            |_| other_clock(),
            GOOD,
            &[],
        ),
    ];
    for (name, play) in crate::certificates::CASES {
        rows.push(own("certificate", name, *play, BAD, BAD));
    }
    #[cfg(target_os = "linux")]
    rows.push(own("disk full", "no space", |_| disk_full(), &[7], &[7]));
    #[cfg(unix)]
    rows.push(own("kill -9", "resume exact", |_| killed(), GOOD, &[]));
    rows
}

fn ends(ended: &Ended, status: i32) -> Result<(), String> {
    (ended.status == status)
        .then_some(())
        .ok_or_else(|| format!("{ended:?}"))
}

fn brief(url: &str) -> Ended {
    let folder = Folder::new();
    Running::start(&mut pulling(&folder, "cats", url)).end()
}

fn refused() -> Result<Ended, String> {
    let nobody = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let url = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    Ok(brief(&url))
}

fn two_runs() -> Result<(), String> {
    let (folder, site) = (Folder::new(), Site::start());
    let url = site.url();
    let args = [
        "t60_l300",
        "-o",
        "out.jsonl",
        "--rate",
        "0",
        "--base-url",
        &url,
    ];
    let first = Running::start(&mut folder.pulling(&args));
    while site.count("requests") == 0 {
        thread::sleep(Duration::from_millis(5));
    }
    ends(&Running::start(&mut folder.pulling(&args)).end(), 8)?;
    ends(&first.end(), 0)?;
    let lines = folder.read("out.jsonl").lines().count();
    (lines == 60)
        .then_some(())
        .ok_or_else(|| format!("{lines} lines"))
}

/// The server's clock is a day ahead, and asks to wait one second more by it.
fn other_clock() -> Result<(), String> {
    let asked = AtomicUsize::new(0);
    let server = site_with(move |stream| {
        if asked.fetch_add(1, Ordering::SeqCst) > 0 {
            return stream.write_all(&good());
        }
        let (now, then) = (
            "Sun, 22 Nov 2099 10:00:00 GMT",
            "Sun, 22 Nov 2099 10:00:01 GMT",
        );
        let head = format!("429 Slow\r\ndate: {now}\r\nretry-after: {then}");
        stream.write_all(&http(&head, ""))
    });
    let began = Instant::now();
    ends(&brief(&server.url()), 0)?;
    let waited = began.elapsed();
    let is_right = waited >= Duration::from_secs(1) && waited < LONGEST;
    is_right.then_some(()).ok_or_else(|| format!("{waited:?}"))
}

#[cfg(target_os = "linux")]
fn disk_full() -> Result<(), String> {
    let args = ["pull", "t95", "--demo", "-o", "/dev/full"];
    ends(&Folder::new().run(&args), 7)
}

/// Killed at any moment and run again, a file has each video once.
#[cfg(unix)]
fn killed() -> Result<(), String> {
    let (folder, site) = (Folder::new(), Site::start());
    let url = site.url();
    let args = [
        "t95_l20",
        "--all",
        "--append",
        "-o",
        "out.jsonl",
        "--rate",
        "0",
        "--base-url",
        &url,
    ];
    for moment in [3, 40, 60, 80, 100, 120, 140] {
        let running = Running::start(&mut folder.pulling(&args));
        thread::sleep(Duration::from_millis(moment));
        drop(running);
    }
    ends(&Running::start(&mut folder.pulling(&args)).end(), 0)?;
    let text = folder.read("out.jsonl");
    let mut ids: Vec<String> = crate::runner::json_lines(&text)
        .iter()
        .map(|record| record["aweme_id"].to_string())
        .collect();
    ids.sort();
    ids.dedup();
    let counts = (text.lines().count(), ids.len());
    (counts == (95, 95))
        .then_some(())
        .ok_or_else(|| format!("{counts:?}"))
}

fn table() -> Vec<Fault> {
    [
        cuts(),
        silences(),
        statuses(),
        odd_heads(),
        odd_forms(),
        floods(),
        gates(),
        no_pages(),
        odd_records(),
        codes(),
        cursors(),
        redirects(),
        surroundings(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
#[expect(clippy::print_stderr, reason = "the count is part of the contract")]
fn every_fault_ends_as_agreed_once_and_for_ever() {
    let rows = table();
    let site = Site::start();
    let columns: Vec<(&Fault, bool)> = rows
        .iter()
        .flat_map(|row| [(row, true), (row, false)])
        .filter(|(row, once)| !row.column(*once).is_empty())
        .collect();
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..ABREAST {
            scope.spawn(|| {
                while let Some((row, once)) = columns.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(words) = row.check(*once, &site) {
                        let column = if *once { "once" } else { "always" };
                        let line = format!("{}: {}, {column}: {words}", row.row, row.name);
                        wrong
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .push(line);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    let kinds: std::collections::BTreeSet<&str> = rows.iter().map(|row| row.row).collect();
    eprintln!(
        "fault matrix: {} faults of {} kinds, {} runs, {} wrong",
        rows.len(),
        kinds.len(),
        columns.len(),
        wrong.len()
    );
    assert_eq!(kinds.len(), 21, "{kinds:#?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A site whose first page is good; what comes after is up to `trouble`.
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

fn pulling(folder: &Folder, tag: &str, url: &str) -> std::process::Command {
    let mut command = folder.pulling(&[tag, "--source", "web", "--all", "--rate", "0"]);
    command.args(["--retries", "1", "--timeout", "1", "--base-url", url]);
    command.envs([NO_BROWSER]);
    command
}

impl Fault {
    fn column(&self, once: bool) -> &'static [i32] {
        if once { self.once } else { self.always }
    }

    /// Plays the fault and says what came out wrong.
    fn check(&self, once: bool, site: &Site) -> Result<(), String> {
        let began = Instant::now();
        let (tag, server) = match &self.play {
            Play::Own(play) => return play(once),
            Play::Scenario(name) if once => (format!("{name}_once"), None),
            Play::Scenario(name) => ((*name).to_owned(), None),
            Play::Bytes(_) | Play::Do(_) | Play::AtLookup(_) => {
                ("cats".to_owned(), Some(self.server(once)))
            }
        };
        let url = server.as_ref().map_or_else(|| site.url(), Server::url);
        let folder = Folder::new();
        let (mut ended, peak) = Running::start(&mut pulling(&folder, &tag, &url)).end_with_peak();
        ended.receipts = folder.take_receipts();
        let shown = || format!("{} {:?}", ended.stderr, ended.receipts);
        let ids = if ended.status >= 0 {
            ended.ids()
        } else {
            Vec::new()
        };
        let is_agreed = self.column(once).contains(&ended.status);
        let is_brief = began.elapsed() < LONGEST;
        let is_small = peak < MOST_MEMORY && ended.stderr.len() < 64 << 10;
        let is_said = (ended.status == 0) != ended.stderr.contains("error: ");
        let kept = match &self.play {
            Play::Bytes(_) | Play::Do(_) => ids.len() >= 3,
            Play::AtLookup(_) => ids.is_empty(),
            _ => true,
        };
        let mut distinct = ids.clone();
        distinct.sort();
        distinct.dedup();
        // A fault that passes costs nothing but time.
        let is_whole = self.column(once) != GOOD
            || server.is_none()
            || ids.len() >= 6
            || ids.len() >= 5 && self.row.starts_with("invalid")
            || self.name == "10404";
        let calls = server.map_or(0, |server| server.calls());
        let is_polite = calls <= 6;
        let all = is_agreed
            && is_brief
            && is_small
            && is_said
            && kept
            && is_whole
            && is_polite
            && distinct.len() == ids.len();
        all.then_some(()).ok_or_else(|| {
            format!(
                "{:?}, peak {} MiB, {calls} calls, {} ids, agreed {:?}: {}",
                began.elapsed(),
                peak >> 20,
                ids.len(),
                self.column(once),
                shown()
            )
        })
    }

    /// A server that plays the fault at its place, once or always.
    fn server(&self, once: bool) -> Server {
        let spent = AtomicBool::new(false);
        let is_due = move || !(once && spent.swap(true, Ordering::SeqCst));
        match &self.play {
            Play::AtLookup(bytes) => {
                let bytes = Arc::new(bytes.clone());
                Server::start(move |target, stream| {
                    if !target.starts_with("/api/challenge/detail/") {
                        answer(stream, JSON, page(10, false).as_bytes())
                    } else if is_due() {
                        stream.write_all(&bytes)
                    } else {
                        answer(stream, JSON, DETAIL.as_bytes())
                    }
                })
            }
            Play::Do(play) => {
                let play = *play;
                site_with(move |stream| {
                    if is_due() {
                        play(stream)
                    } else {
                        stream.write_all(&good())
                    }
                })
            }
            Play::Bytes(bytes) => {
                let bytes = bytes.clone();
                site_with(move |stream| {
                    stream.write_all(if is_due() {
                        &bytes
                    } else {
                        return stream.write_all(&good());
                    })
                })
            }
            Play::Scenario(_) | Play::Own(_) => unreachable!("no server of this table's"),
        }
    }
}
