//! The simulator in the test's own process, so that a test can read what it was asked.

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
        Self::with(Options::default())
    }

    /// One that speaks TLS, as the site does.
    #[cfg(all(target_os = "linux", feature = "browser"))]
    pub(crate) fn start_https() -> Self {
        Self::with(Options {
            https: true,
            ..Options::default()
        })
    }

    fn with(options: Options) -> Self {
        let mut builder = Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).enable_all().build().unwrap();
        let simulator = runtime.block_on(Simulator::start(options));
        Self {
            simulator: simulator.unwrap(),
            _runtime: runtime,
        }
    }

    pub(crate) fn url(&self) -> String {
        self.simulator.url()
    }

    #[cfg(all(target_os = "linux", feature = "browser"))]
    pub(crate) fn port(&self) -> u16 {
        self.simulator.port()
    }

    /// What a browser takes to trust its certificate.
    #[cfg(all(target_os = "linux", feature = "browser"))]
    pub(crate) fn pin(&self) -> &str {
        self.simulator.spki_pin().unwrap()
    }

    /// The requests seen, in order.
    pub(crate) fn requests(&self) -> Vec<Value> {
        self.simulator.log().as_array().unwrap().clone()
    }

    /// How many requests of a kind were seen, `requests` for all.
    pub(crate) fn count(&self, kind: &str) -> u64 {
        self.simulator.stats()[kind].as_u64().unwrap()
    }

    /// The hosts that were asked for.
    #[cfg(all(target_os = "linux", feature = "browser"))]
    pub(crate) fn hosts(&self) -> Vec<String> {
        let stats = self.simulator.stats();
        stats["hosts"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect()
    }
}
