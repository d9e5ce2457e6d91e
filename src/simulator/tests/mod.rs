//! Tests over a real socket, as a client sees the server: what they share.

mod feeds;
mod page;
mod refusals;
mod tls;
mod wire;

use std::collections::HashSet;

use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Options, Simulator, signature};

/// An answer, read until the server closes.
#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.head))
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

async fn start() -> Simulator {
    Simulator::start(Options::default()).await.unwrap()
}

/// Sends one request with further header lines; `None` if the connection broke.
async fn send(simulator: &Simulator, path: &str, headers: &str) -> Option<Answer> {
    let stream = connect(simulator).await;
    exchange(
        stream,
        &format!("GET {path}"),
        &format!("Host: x\r\n{headers}"),
    )
    .await
}

async fn connect(simulator: &Simulator) -> TcpStream {
    TcpStream::connect(("127.0.0.1", simulator.port()))
        .await
        .unwrap()
}

async fn exchange<S>(mut stream: S, method_and_path: &str, headers: &str) -> Option<Answer>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let request = format!("{method_and_path} HTTP/1.1\r\nConnection: close\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.ok()?;
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Some(Answer {
        status,
        head,
        body: bytes[end + 4..].to_vec(),
    })
}

async fn get(simulator: &Simulator, path: &str) -> Answer {
    send(simulator, path, "")
        .await
        .unwrap_or_else(|| panic!("{path}: no answer"))
}

async fn id_of(simulator: &Simulator, name: &str) -> String {
    let answer = get(
        simulator,
        &format!("/api/challenge/detail/?challengeName={name}&device_id=7300000000000000001"),
    )
    .await;
    let id = &answer.json()["challengeInfo"]["challenge"]["id"];
    id.as_str()
        .unwrap_or_else(|| panic!("{name}: no id"))
        .to_owned()
}

fn list_path(id: &str, cursor: &str) -> String {
    format!(
        "/api/challenge/item_list/?challengeID={id}&count=30&cursor={cursor}&device_id=7300000000000000001"
    )
}

/// The same as the page's script would send it.
fn signed_path(id: &str, cursor: &str) -> String {
    let path = list_path(id, cursor);
    let (path, query) = path.split_once('?').unwrap();
    let covered = format!("{query}&X-Bogus=1");
    format!("{path}?{covered}&X-Gnarly={}", signature::of(&covered))
}

async fn list(simulator: &Simulator, id: &str, cursor: &str) -> Answer {
    get(simulator, &list_path(id, cursor)).await
}

fn ids(page: &Value) -> Vec<String> {
    let items = page["itemList"].as_array();
    items
        .into_iter()
        .flatten()
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect()
}

/// All ids of a feed, page by page, at most twelve pages.
async fn walk(simulator: &Simulator, name: &str) -> Vec<Vec<String>> {
    let id = id_of(simulator, name).await;
    let (mut cursor, mut pages) = ("0".to_owned(), Vec::new());
    while pages.len() < 12 {
        let page = list(simulator, &id, &cursor).await.json();
        pages.push(ids(&page));
        cursor = page["cursor"]
            .as_str()
            .map_or_else(|| page["cursor"].to_string(), str::to_owned);
        if page["hasMore"] == false || page["hasMore"] == 0 {
            break;
        }
    }
    pages
}

fn sizes(pages: &[Vec<String>]) -> Vec<usize> {
    pages.iter().map(Vec::len).collect()
}

fn distinct(pages: &[Vec<String>]) -> usize {
    pages.iter().flatten().collect::<HashSet<_>>().len()
}
