//! Connections that are kept, and closed by the server while nobody uses them.

use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use crate::feed::{DETAIL, JSON, page};
use crate::runner::Folder;

/// Pages a quarter of a second apart, from a server that closes each kept connection before the
/// next: nothing is retried for it.
pub(crate) fn closed_between_pages(late: bool) -> Result<(), String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || serve(stream, late));
        }
    });
    let folder = Folder::new();
    let args = [
        "cats",
        "--source",
        "web",
        "--all",
        "--rate",
        "4",
        "--retries",
        "0",
        "--base-url",
        &url,
    ];
    let ended = folder.run_for_receipts(&mut folder.pulling(&args));
    let is_good = ended.status == 0 && ended.ids().len() == 6 && ended.receipt()["retries"] == 0;
    is_good.then_some(()).ok_or_else(|| format!("{ended:?}"))
}

/// One answer that promises to stay, and the end a little later, or as soon as more is asked for.
fn serve(mut stream: TcpStream, late: bool) -> io::Result<()> {
    let head = read_head(&mut stream)?;
    let body = if head.contains("/api/challenge/detail/") {
        DETAIL.to_owned()
    } else if head.contains("cursor=0&") {
        page(10, true)
    } else {
        page(13, false)
    };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {JSON}\r\nconnection: keep-alive\r\ncontent-length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())?;
    if late {
        return read_head(&mut stream).map(drop);
    }
    thread::sleep(Duration::from_millis(60));
    Ok(())
}

fn read_head(stream: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}
