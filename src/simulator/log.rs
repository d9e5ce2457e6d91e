//! The log: every request seen, when, and how many of each kind, for tests of pace and waste.

use std::collections::BTreeMap;
use std::time::Instant;

use hyper::http::uri::Authority;
use serde_json::{Map, Value, json};

use super::call::{Ask, Call};

/// Requests kept in full; later ones are only counted.
const KEPT: usize = 100_000;

/// The requests a server has seen.
#[derive(Debug)]
pub(crate) struct Log {
    started: Instant,
    entries: Vec<Value>,
    requests: u64,
    unsigned_lists: u64,
    worker_lists: u64,
    by_kind: [(&'static str, u64); 8],
    by_host: BTreeMap<String, u64>,
}

impl Log {
    pub(crate) fn new() -> Self {
        Self {
            started: Instant::now(),
            entries: Vec::new(),
            requests: 0,
            unsigned_lists: 0,
            worker_lists: 0,
            by_kind: [
                "detail",
                "list",
                "embed_tag",
                "embed_video",
                "page",
                "preload",
                "verify",
                "other",
            ]
            .map(|kind| (kind, 0)),
            by_host: BTreeMap::new(),
        }
    }

    pub(crate) fn note(&mut self, call: &Call, tag: &str) {
        self.requests += 1;
        let list = call.ask == Ask::List;
        self.unsigned_lists += u64::from(list && !call.signature_holds());
        self.worker_lists += u64::from(list && call.by_worker());
        *self.by_host.entry(host_name(call)).or_default() += 1;
        let label = call.ask.label();
        if let Some((_, count)) = self.by_kind.iter_mut().find(|(kind, _)| *kind == label) {
            *count += 1;
        }
        if self.entries.len() < KEPT {
            self.entries.push(json!({
                "at_ms": self.started.elapsed().as_secs_f64() * 1_000.0,
                "host": call.host(), "method": call.method.as_str(), "path": call.path, "query": call.query,
                "tag": tag, "kind": label,
                "cookies": call.cookies().map(|(name, _)| name).collect::<Vec<_>>(),
            }));
        }
    }

    pub(crate) fn requests(&self) -> u64 {
        self.requests
    }

    pub(crate) fn entries(&self) -> Value {
        json!(self.entries)
    }

    pub(crate) fn stats(&self) -> Value {
        let mut stats = Map::new();
        stats.insert("requests".to_owned(), json!(self.requests));
        stats.extend(
            self.by_kind
                .iter()
                .map(|(kind, count)| ((*kind).to_owned(), json!(count))),
        );
        stats.insert("unsigned_list".to_owned(), json!(self.unsigned_lists));
        stats.insert("worker_list".to_owned(), json!(self.worker_lists));
        stats.insert("hosts".to_owned(), json!(self.by_host));
        Value::Object(stats)
    }
}

/// Without the port, which a test server takes as it comes.
fn host_name(call: &Call) -> String {
    let host = call.host().to_lowercase();
    host.parse()
        .map_or(host, |authority: Authority| authority.host().to_owned())
}
