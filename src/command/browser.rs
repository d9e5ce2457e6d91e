//! The browser of a run, in builds that have the lane and in those that do not.

use std::sync::Arc;
#[cfg(feature = "browser")]
use std::time::Duration;

use tokio::time::Instant;
#[cfg(feature = "browser")]
use tokio::time::{timeout, timeout_at};

use super::Refusal;
use crate::input::Query;
use crate::source::browser::Options;
#[cfg(feature = "browser")]
use crate::source::browser::{Attach, Browser, Chromium};
use crate::source::http::Http;
use crate::source::{Error, Source};
#[cfg(feature = "browser")]
use crate::source::{Verdict, http};

/// What came of opening a page: how many videos it loaded, or why none; or why there is no browser
/// to open it with, in words for the user.
pub(super) type Glance = Result<Result<usize, Error>, String>;

/// A browser, started when it is first needed and shared by the lanes of all hashtags.
#[cfg(feature = "browser")]
pub(super) struct SharedBrowser {
    chromium: Arc<Chromium>,
    attach: Option<Attach>,
}

#[cfg(feature = "browser")]
impl SharedBrowser {
    pub(super) fn new(options: Options) -> Result<Self, Refusal> {
        Ok(Self {
            attach: options.attach.clone(),
            chromium: Arc::new(Chromium::new(options)),
        })
    }

    /// Starts it now, so that one that cannot be used shows before the first request.
    pub(super) async fn start(&self) -> Result<(), Refusal> {
        self.chromium.start().await.map_err(Refusal::usage)
    }

    pub(super) async fn close(&self) {
        self.chromium.close().await;
    }

    /// A lane for one hashtag.
    pub(super) fn lane(&self, http: &Arc<Http>) -> Option<Box<dyn Source>> {
        Some(Box::new(self.browser(http)))
    }

    fn browser(&self, http: &Arc<Http>) -> Browser {
        Browser::new(Arc::clone(&self.chromium), Arc::clone(http))
    }

    /// Which one it is, without starting it; `None` where there is none.
    pub(super) fn name(&self) -> Option<String> {
        match &self.attach {
            None => Some(self.chromium.program().ok()?.display().to_string()),
            Some(Attach::Profile(folder)) => Some(format!("the one of {}", folder.display())),
            // The path of a WebSocket is the key to the browser.
            Some(Attach::WebSocket(url) | Attach::Port(url)) => {
                Some(format!("the one at {}", http::address(url)))
            }
        }
    }

    /// Why it would not start, as far as that can be told without starting it, in words for the
    /// user.
    pub(super) fn hindrance(&self) -> Option<String> {
        match &self.attach {
            None => self.chromium.find().err(),
            Some(_) => None,
        }
    }

    /// Starts it, opens the hashtag's page, looks at what that loads until `until`, and ends it.
    pub(super) async fn glance(&self, http: &Arc<Http>, query: &Query, until: Instant) -> Glance {
        let mut lane = self.browser(http);
        let seen = match timeout_at(until, lane.ready()).await {
            Err(_) => Err("the browser did not start in time".to_owned()),
            Ok(Err(words)) => Err(words),
            Ok(Ok(())) => {
                let late = Error::new(Verdict::Network, "the page did not answer in time");
                let glance = timeout_at(until + LAST_LOOK, lane.glance(query, until)).await;
                Ok(glance.unwrap_or(Err(late)))
            }
        };
        if self.attach.is_some() {
            // A browser of the user's that does not answer keeps our page.
            let _ = timeout(TO_CLOSE, lane.close()).await;
        }
        self.close().await;
        seen
    }
}

/// How long a page that has run out of time may take to show why.
#[cfg(feature = "browser")]
const LAST_LOOK: Duration = Duration::from_secs(1);
/// How long a browser of the user's may take to close our page.
#[cfg(feature = "browser")]
const TO_CLOSE: Duration = Duration::from_secs(4);

/// No browser: its switches are known and refused.
#[cfg(not(feature = "browser"))]
pub(super) struct SharedBrowser;

#[cfg(not(feature = "browser"))]
impl SharedBrowser {
    pub(super) fn new(options: Options) -> Result<Self, Refusal> {
        if options.is_default() {
            Ok(Self)
        } else {
            Err(Self::missing())
        }
    }

    pub(super) async fn start(&self) -> Result<(), Refusal> {
        Err(Self::missing())
    }

    pub(super) async fn close(&self) {}

    pub(super) fn lane(&self, _: &Arc<Http>) -> Option<Box<dyn Source>> {
        None
    }

    pub(super) fn name(&self) -> Option<String> {
        None
    }

    pub(super) fn hindrance(&self) -> Option<String> {
        Some(Self::missing().words)
    }

    pub(super) async fn glance(&self, _: &Arc<Http>, _: &Query, _: Instant) -> Glance {
        Err(Self::missing().words)
    }

    fn missing() -> Refusal {
        Refusal::usage("this build has no browser lane; build with the cargo feature \"browser\"")
    }
}
