//! The browser of a run, in builds that have the lane and in those that do not.

use std::sync::Arc;

use super::Refusal;
use crate::source::Source;
use crate::source::browser::Options;
#[cfg(feature = "browser")]
use crate::source::browser::{Browser, Chromium};
use crate::source::http::Http;

/// A browser, started when it is first needed and shared by the lanes of all hashtags.
#[cfg(feature = "browser")]
pub(super) struct SharedBrowser(Arc<Chromium>);

#[cfg(feature = "browser")]
impl SharedBrowser {
    pub(super) fn new(options: Options) -> Result<Self, Refusal> {
        Ok(Self(Arc::new(Chromium::new(options))))
    }

    /// Starts it now, so that one that cannot be used shows before the first request.
    pub(super) async fn start(&self) -> Result<(), Refusal> {
        self.0.start().await.map_err(Refusal::usage)
    }

    pub(super) async fn close(&self) {
        self.0.close().await;
    }

    /// A lane for one hashtag.
    pub(super) fn lane(&self, http: &Arc<Http>) -> Option<Box<dyn Source>> {
        Some(Box::new(Browser::new(
            Arc::clone(&self.0),
            Arc::clone(http),
        )))
    }
}

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

    fn missing() -> Refusal {
        Refusal::usage("this build has no browser lane; build with the cargo feature \"browser\"")
    }
}
