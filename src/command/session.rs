//! What `pull`, `info` and `doctor` open before the first request: the site or its stand-in, the door to
//! it, and the lanes behind `--source`.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::Refusal;
use super::browser::SharedBrowser;
use crate::cli::{BrowserArgs, Environment, LaneChoice, PaceArgs, SourceArgs};
use crate::input::{Query, ShortLink};
use crate::source::auto::Auto;
use crate::source::browser::Options;
use crate::source::http::{self, Http, Site};
use crate::source::short_link::{self, ShortLinkError};
use crate::source::{Embed, Jar, Secret, Source, Web};

/// The variable with a lone msToken.
const MS_TOKEN: &str = "TIKTOK_HASHTAG_MS_TOKEN";

/// The most videos the embed pages give of a hashtag.
const EMBEDDED: u64 = 10;

/// An open door to the site.
pub(super) struct Session {
    pub(super) http: Arc<Http>,
    pub(super) choice: LaneChoice,
    /// The browser, started when it is first needed.
    pub(super) browser: SharedBrowser,
    /// The pretend site, kept alive while it is asked.
    #[cfg(feature = "demo")]
    _demo: Option<crate::simulator::Simulator>,
}

impl Session {
    /// Opens it as the switches say; sends nothing and starts no browser.
    pub(super) async fn open(
        source: SourceArgs,
        browser: BrowserArgs,
        pace: &PaceArgs,
        environment: &Environment,
    ) -> Result<Self, Refusal> {
        let base = source.base_url.clone().unwrap_or_else(Site::real);
        let rate = if source.demo {
            pace.rate.unwrap_or(0.0)
        } else {
            pace.rate(&base, false).map_err(Refusal::usage)?
        };
        let jar = jar(source.cookies.as_deref(), environment)?;
        let proxy = source.proxy.filter(|_| !source.demo);
        let browser = SharedBrowser::new(Options {
            jar: jar.clone(),
            proxy: proxy.clone(),
            ..browser
                .options(source.source == LaneChoice::Browser)
                .map_err(Refusal::usage)?
        })?;
        #[cfg(feature = "demo")]
        let demo = if source.demo {
            Some(super::simulate::start().await?)
        } else {
            None
        };
        #[cfg(feature = "demo")]
        let site = match &demo {
            Some(demo) => Site::at_base(&demo.url()).map_err(|e| Refusal::usage(e.to_string()))?,
            None => base,
        };
        #[cfg(not(feature = "demo"))]
        let site = if source.demo {
            return Err(super::without_demo());
        } else {
            base
        };
        let http = Http::new(http::Options {
            site,
            rate,
            patience: pace.patience(),
            budget: pace.budget(),
            user_agent: source.user_agent,
            jar,
            proxy,
        });
        Ok(Self {
            http: Arc::new(http.map_err(|error| Refusal::usage(format!("{error:#}")))?),
            choice: source.source,
            browser,
            #[cfg(feature = "demo")]
            _demo: demo,
        })
    }

    /// Starts a browser that was asked for by name, so that one that cannot be used shows before
    /// the first request.
    pub(super) async fn start(&self) -> Result<(), Refusal> {
        if self.choice == LaneChoice::Browser {
            self.browser.start().await?;
        }
        Ok(())
    }

    /// The question behind a short link, asked through `http`.
    pub(super) async fn resolve(http: &Http, link: ShortLink) -> Result<Query, ShortLinkError> {
        let resolved = short_link::resolve(http, link);
        http.budget().in_time(resolved).await?
    }

    /// Ends what was started.
    pub(super) async fn close(&self) {
        self.browser.close().await;
    }

    /// The lanes for one hashtag, which ask through `http`.
    pub(super) fn lanes(&self, query: &Query, http: &Arc<Http>) -> Box<dyn Source> {
        let web = Box::new(Web::new(Arc::clone(http)));
        let embed = Box::new(Embed::new(Arc::clone(http)));
        match (self.choice, self.browser.lane(http)) {
            (LaneChoice::Auto, browser) => {
                // The embed pages give as many as that without starting a browser.
                let browser = browser.filter(|_| query.limit.get().is_none_or(|n| n > EMBEDDED));
                let mut lower: Vec<Box<dyn Source>> = browser.into_iter().collect();
                lower.push(embed);
                Box::new(Auto::new(web, lower))
            }
            (LaneChoice::Browser, Some(browser)) => browser,
            (LaneChoice::Web | LaneChoice::Browser, _) => web,
            (LaneChoice::Embed, _) => embed,
        }
    }
}

/// The user's cookies, from their file and the lone token.
fn jar(path: Option<&Path>, environment: &Environment) -> Result<Jar, Refusal> {
    let mut jar = Jar::new();
    if let Some(path) = path {
        let shown = path.display();
        warn_if_readable_by_others(path);
        let bytes = fs::read(path).map_err(|error| {
            Refusal::usage(format!("cannot read the cookie file {shown}: {error}"))
        })?;
        jar = Jar::load(&bytes)
            .map_err(|error| Refusal::usage(format!("the cookie file {shown}: {error}")))?;
    }
    if let Some(token) = environment.get(MS_TOKEN) {
        jar = jar
            .with_ms_token(&Secret::new(token))
            .map_err(|error| Refusal::usage(format!("{MS_TOKEN}: {error}")))?;
    }
    Ok(jar)
}

#[cfg(unix)]
fn warn_if_readable_by_others(path: &Path) {
    use std::os::unix::fs::MetadataExt as _;
    if fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.mode() & 0o077 != 0) {
        let path = path.display();
        tracing::warn!("{path} holds cookies and others can read it; chmod 600 {path}");
    }
}

#[cfg(not(unix))]
fn warn_if_readable_by_others(_: &Path) {}
