//! A real Chromium page: it resolves, signs and fetches for itself, and we read the answers it
//! got, over the DevTools protocol. Nothing is forged, solved or hidden; where the page wants a
//! person, it gets one or the run ends saying so.

mod attach;
#[cfg(feature = "browser")]
mod cdp;
#[cfg(feature = "browser")]
mod chromium;
#[cfg(feature = "browser")]
mod exchange;
#[cfg(feature = "browser")]
mod feed;
#[cfg(feature = "browser")]
mod find;
#[cfg(feature = "browser")]
mod lane;
#[cfg(feature = "browser")]
mod process;
#[cfg(feature = "browser")]
mod profile;
#[cfg(feature = "browser")]
mod sight;
#[cfg(feature = "browser")]
mod tab;
#[cfg(feature = "browser")]
mod trouble;
#[cfg(feature = "browser")]
mod wire;

use std::path::PathBuf;
use std::time::Duration;

use url::Url;

pub use attach::{Attach, AttachError};
#[cfg(feature = "browser")]
pub use chromium::Chromium;
#[cfg(feature = "browser")]
pub use lane::Browser;

use super::Jar;

/// Which browser, and how it is used.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The program; `None` looks for one.
    pub program: Option<PathBuf>,
    /// With a window a person can see and act in.
    pub headed: bool,
    /// A profile that is kept; `None` for a fresh one that goes with the run.
    pub profile: Option<PathBuf>,
    /// A running browser to use instead of starting one.
    pub attach: Option<Attach>,
    /// How long to wait for a person to get past a check; `None` not at all.
    pub wait_user: Option<Duration>,
    /// Without Chromium's sandbox.
    pub no_sandbox: bool,
    /// Further arguments for its command line.
    pub arguments: Vec<String>,
    /// The proxy it uses; `None` for the system's.
    pub proxy: Option<Url>,
    /// The user's cookies, set before the first page.
    pub jar: Jar,
}

impl Options {
    /// Whether nothing was said of a browser.
    #[cfg(not(feature = "browser"))]
    pub(crate) fn is_default(&self) -> bool {
        self.program.is_none()
            && !self.headed
            && self.profile.is_none()
            && self.attach.is_none()
            && self.wait_user.is_none()
            && !self.no_sandbox
            && self.arguments.is_empty()
    }
}
