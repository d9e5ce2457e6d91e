//! The simulator in the test's own process, so that a test can read what it was asked.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::Value;
use tiktok_hashtag::simulator::{Options, Simulator};
use tokio::runtime::{Builder, Runtime};

/// A pretend site; it ends when this is dropped.
pub(crate) struct Site {
    simulator: Simulator,
    _runtime: Runtime,
}

impl Site {
    pub(crate) fn start() -> Self {
        let mut builder = Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).enable_all().build().unwrap();
        let simulator = runtime.block_on(Simulator::start(Options::default()));
        Self {
            simulator: simulator.unwrap(),
            _runtime: runtime,
        }
    }

    pub(crate) fn url(&self) -> String {
        self.simulator.url()
    }

    /// The requests seen, in order.
    pub(crate) fn requests(&self) -> Vec<Value> {
        let log = self.ask("log");
        log.as_array().unwrap().clone()
    }

    /// How many requests of a kind were seen, `requests` for all.
    pub(crate) fn count(&self, kind: &str) -> u64 {
        self.ask("stats")[kind].as_u64().unwrap()
    }

    fn ask(&self, word: &str) -> Value {
        let url = self.url();
        let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
        let head = format!("GET /__sim/{word} HTTP/1.1\r\nhost: site\r\nconnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }
}
