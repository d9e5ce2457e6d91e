//! The browser of a run: started or attached to when it is first needed, shared by the lanes of
//! all hashtags, and closed at the end.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::attach::{self, Attach};
use super::cdp::{Cdp, CdpError};
use super::process::{AS_ROOT, Process};
use super::tab::Tab;
use super::wire::Wire;
use super::{Options, find};
use crate::source::http;

/// How long a browser may take over a parting word; a signal leaves no more time.
const SOON: Duration = Duration::from_secs(1);

/// A browser, running or not yet.
#[derive(Debug)]
pub struct Chromium {
    options: Options,
    running: Mutex<Option<Running>>,
}

#[derive(Debug)]
struct Running {
    cdp: Cdp,
    /// `None` for the user's own, which is not ours to end.
    process: Option<Process>,
    /// Pages of a browser we started that nobody uses: the one it came with, and those given back.
    spare: Vec<String>,
    /// Pages we opened in the user's own, which must not be left there.
    opened: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Targets {
    target_infos: Vec<Target>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Target {
    target_id: String,
    r#type: String,
    url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    target_id: String,
}

impl Chromium {
    /// A browser that is not started yet.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            options,
            running: Mutex::new(None),
        }
    }

    /// Where its program is.
    ///
    /// # Errors
    /// That there is none, in words for the user.
    pub fn program(&self) -> Result<PathBuf, String> {
        match &self.options.program {
            Some(path) if !find::is_program(path) => Err(format!(
                "{} is no program; pass --browser PATH of a Chromium, Chrome, Edge or Brave, or \
                 leave it out",
                path.display()
            )),
            Some(path) => Ok(path.clone()),
            None => find::browser().ok_or_else(find::none_found),
        }
    }

    /// Whether there is one to be had, without starting it.
    ///
    /// # Errors
    /// Why not, in words for the user.
    pub fn find(&self) -> Result<PathBuf, String> {
        let program = self.program()?;
        let proxy = self.options.proxy.as_ref();
        if proxy.is_some_and(|proxy| proxy.password().is_some()) {
            let words = "Chromium cannot be given a proxy's password; use a proxy without one";
            return Err(words.to_owned());
        }
        if is_root() && !self.options.no_sandbox {
            return Err(AS_ROOT.to_owned());
        }
        Ok(program)
    }

    /// How long a person is waited for, if at all.
    pub(super) fn patience(&self) -> Option<Duration> {
        self.options.wait_user
    }

    /// Whether somebody can see its window: it was asked for, or the browser is the user's.
    #[must_use]
    pub fn is_visible(&self) -> bool {
        self.options.headed || self.options.attach.is_some()
    }

    /// Starts the browser, or attaches to the running one, unless that was done.
    ///
    /// # Errors
    /// Why that is not possible, in words for the user.
    pub async fn start(&self) -> Result<(), String> {
        let mut running = self.running.lock().await;
        if running.as_ref().is_none_or(|it| it.cdp.is_closed()) {
            *running = None;
            *running = Some(match &self.options.attach {
                Some(attach) => {
                    if self.options.proxy.is_some() {
                        tracing::warn!(
                            "--proxy is not for the attached browser, which has its own"
                        );
                    }
                    attach_to(attach).await?
                }
                None => self.launch().await?,
            });
        }
        Ok(())
    }

    async fn launch(&self) -> Result<Running, String> {
        let program = self.find()?;
        if self.options.no_sandbox {
            tracing::warn!(
                "the browser runs without its sandbox: a page that breaks out of it can do what you can"
            );
        }
        let (process, wire) = Process::start(&program, &self.options).await?;
        let cdp = Cdp::over(wire);
        let targets = cdp.call::<Targets>(None, "Target.getTargets", json!({}));
        let mut spare = Vec::new();
        let first = async {
            spare = blank_pages(targets.await?);
            Ok::<_, CdpError>(())
        };
        let process = Some(process.prove(first).await?);
        tracing::info!("started {}", program.display());
        Ok(Running {
            cdp,
            process,
            spare,
            opened: Vec::new(),
        })
    }

    /// A page of our own, with the user's cookies.
    pub(super) async fn tab(&self) -> Result<Tab, CdpError> {
        let mut running = self.running.lock().await;
        let Some(running) = running.as_mut() else {
            return Err(CdpError::Gone);
        };
        let target = match running.spare.pop() {
            Some(target) => target,
            None => running.new_page().await?,
        };
        let cookies = if self.options.attach.is_some() {
            Vec::new()
        } else {
            self.options.jar.for_browsers()
        };
        Tab::open(&running.cdp, target, &cookies).await
    }

    /// Takes a page back. The user's browser is left without it; one we started keeps it, since
    /// a window whose last page is closed ends its browser.
    pub(super) async fn give_back(&self, tab: Tab) {
        let mut running = self.running.lock().await;
        let Some(running) = running.as_mut() else {
            return;
        };
        if running.process.is_some() {
            let detached = timeout(SOON, tab.detach()).await;
            running.spare.extend(detached.into_iter().flatten());
        } else {
            running.leave(tab.target().to_owned()).await;
        }
    }

    /// Ends a browser we started, and lets go of one we attached to, without a page of ours.
    pub async fn close(&self) {
        let Some(mut running) = self.running.lock().await.take() else {
            return;
        };
        let Some(process) = running.process.take() else {
            for target in std::mem::take(&mut running.opened) {
                running.leave(target).await;
            }
            return;
        };
        let close = running.cdp.call::<Value>(None, "Browser.close", json!({}));
        // One that does not answer is killed below.
        let _ = timeout(SOON, close).await;
        drop(running);
        process.end().await;
    }
}

impl Running {
    /// A page of our own.
    async fn new_page(&mut self) -> Result<String, CdpError> {
        let blank = json!({"url": "about:blank"});
        let created = self.cdp.call(None, "Target.createTarget", blank).await;
        let Created { target_id } = created?;
        if self.process.is_none() {
            self.opened.push(target_id.clone());
        }
        Ok(target_id)
    }

    /// Closes a page of ours in the user's browser.
    async fn leave(&mut self, target: String) {
        self.opened.retain(|opened| *opened != target);
        let close = json!({"targetId": target});
        let closed = self.cdp.call::<Value>(None, "Target.closeTarget", close);
        match timeout(SOON, closed).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::info!("our page could not be closed: {error}"),
            Err(_) => tracing::warn!("the browser did not close our page; close it yourself"),
        }
    }
}

async fn attach_to(attach: &Attach) -> Result<Running, String> {
    let url = match attach {
        Attach::WebSocket(url) => url.to_string(),
        Attach::Profile(folder) => attach::noted_in(folder)?,
        Attach::Port(url) => {
            let version = url
                .join("/json/version")
                .map_err(|error| error.to_string())?;
            let answer = http::get_local(&version).await.map_err(|error| {
                format!(
                    "no browser answers at {url} ({error}); start one with \
                     --remote-debugging-port and a --user-data-dir of its own"
                )
            })?;
            attach::told_by_port(&answer)
                .ok_or_else(|| format!("what answers at {url} is no browser"))?
        }
    };
    let wire = Wire::over_web_socket(&url)
        .await
        .map_err(|error| format!("no browser answers there: {error}"))?;
    let cdp = Cdp::over(wire);
    let version = cdp.call::<Value>(None, "Browser.getVersion", json!({}));
    version
        .await
        .map_err(|error| format!("what answers there is no browser: {error}"))?;
    Ok(Running {
        cdp,
        process: None,
        spare: Vec::new(),
        opened: Vec::new(),
    })
}

/// The empty page a browser starts with, better used than left beside ours.
fn blank_pages(targets: Targets) -> Vec<String> {
    let is_blank = |target: &Target| target.r#type == "page" && target.url == "about:blank";
    let pages = targets.target_infos.into_iter().filter(is_blank);
    pages.map(|target| target.target_id).collect()
}

/// Whether Chromium would refuse its sandbox because of who we are.
fn is_root() -> bool {
    #[cfg(target_os = "linux")]
    return rustix::process::geteuid().is_root();
    #[cfg(not(target_os = "linux"))]
    return false;
}
