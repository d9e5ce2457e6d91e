//! Where pages come from, and how fast they are asked for.

use std::fmt;
use std::path::PathBuf;

use clap::{Args, ValueEnum, value_parser};
use url::Url;

use super::seconds::Seconds;
use crate::input::{Proxy, ProxyError};
use crate::source::Budget;
use crate::source::http::{Patience, Site};

/// Where pages come from.
#[derive(Debug, Args)]
#[command(next_help_heading = "Source")]
pub struct SourceArgs {
    /// Lane, that is the way to the site, by which the videos come.
    #[arg(long, alias = "lane", value_name = "LANE", default_value = "auto")]
    pub source: LaneChoice,
    /// Send every request to this server instead of TikTok's.
    #[arg(long, value_name = "URL", value_parser = Site::at_base, conflicts_with = "demo")]
    pub base_url: Option<Site>,
    /// Use the built-in pretend site: no network, invented videos.
    #[arg(long)]
    pub demo: bool,
    /// File of cookies to send: cookies.txt, a browser extension's JSON, Playwright's storage
    /// state, a Cookie header or a lone msToken.
    #[arg(long, value_name = "FILE")]
    pub cookies: Option<PathBuf>,
    /// HTTP, HTTPS or SOCKS proxy; one with a password only by TIKTOK_HASHTAG_PROXY.
    #[arg(long, value_name = "URL", value_parser = proxy)]
    pub proxy: Option<Url>,
    /// User agent to send instead of the built-in one; the browser lane sends its browser's own.
    #[arg(long, value_name = "S", value_parser = user_agent)]
    pub user_agent: Option<String>,
}

/// The lanes a user can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LaneChoice {
    /// web, when that is turned away browser for more than 10 videos, then embed.
    Auto,
    /// The site's JSON API, which mostly answers only its own page.
    Web,
    /// The site's own page in a Chromium of yours: a few hundred videos.
    Browser,
    /// The embed pages: at most 10 videos, works from most places.
    Embed,
}

impl fmt::Display for LaneChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Web => "web",
            Self::Browser => "browser",
            Self::Embed => "embed",
        })
    }
}

impl SourceArgs {
    /// The same through the proxy of the `--input` file, unless one is named here.
    #[must_use]
    pub fn or_through(mut self, proxy: Option<Proxy>) -> Self {
        self.proxy = self.proxy.or_else(|| proxy.map(Proxy::into_url));
        self
    }
}

/// How fast and how long.
#[derive(Debug, Args)]
#[command(next_help_heading = "Pace")]
pub struct PaceArgs {
    /// Requests a second over the whole run, at most 1 for TikTok; 0 for no bound, only with
    /// --demo or --base-url [default: 0.4; with --demo 0].
    #[arg(long, value_name = "N", value_parser = rate, allow_negative_numbers = true)]
    pub rate: Option<f64>,
    /// Longest time for one try of a request, e.g. 60 or 90s.
    #[arg(
        long,
        value_name = "S",
        default_value = "60",
        allow_hyphen_values = true
    )]
    pub timeout: Seconds,
    /// Retries of one request after its first try.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 4,
        allow_negative_numbers = true
    )]
    pub retries: u32,
    /// Longest wait the site may ask for before the run gives up, e.g. 60 or 15m.
    #[arg(
        long,
        value_name = "S",
        default_value = "60",
        allow_hyphen_values = true
    )]
    pub max_wait: Seconds,
    /// Most requests of the whole run, retries and redirects counted.
    #[arg(long, value_name = "N", value_parser = value_parser!(u64).range(1..), allow_negative_numbers = true)]
    pub max_requests: Option<u64>,
    /// Longest time for the whole run, e.g. 15m; what came until then is kept.
    #[arg(long, value_name = "D", allow_hyphen_values = true)]
    pub max_time: Option<Seconds>,
}

/// Requests a second when nobody says: one every 2.5 s.
const DEFAULT_RATE: f64 = 0.4;
/// The most that TikTok is asked.
const MOST_FOR_TIKTOK: f64 = 1.0;

impl PaceArgs {
    /// The pace towards `site`.
    ///
    /// # Errors
    /// A sentence for the user when it is faster than TikTok is asked.
    pub fn rate(&self, site: &Site, demo: bool) -> Result<f64, String> {
        let rate = self.rate.unwrap_or(if demo { 0.0 } else { DEFAULT_RATE });
        if site.is_real() && (rate == 0.0 || rate > MOST_FOR_TIKTOK) {
            return Err(format!(
                "--rate {rate} is faster than TikTok is asked; at most 1 request a second, \
                 e.g. --rate 0.5 (0 only with --demo or --base-url)"
            ));
        }
        Ok(rate)
    }

    /// How long and how often one request is tried.
    #[must_use]
    pub fn patience(&self) -> Patience {
        Patience {
            retries: self.retries,
            timeout: self.timeout.0,
            max_wait: self.max_wait.0,
        }
    }

    /// What the run may cost, its time counted from now.
    #[must_use]
    pub fn budget(&self) -> Budget {
        Budget::new(self.max_requests, self.max_time.map(|time| time.0))
    }
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(0.0) => Ok(0.0),
        Ok(rate) if (0.001..=100_000.0).contains(&rate) => Ok(rate),
        _ => Err(format!(
            "\"{text}\" is no pace; requests a second, e.g. 0.4"
        )),
    }
}

fn proxy(text: &str) -> Result<Url, ProxyError> {
    text.parse().map(Proxy::into_url)
}

fn user_agent(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() || text.bytes().any(|b| b < b' ' || b == 0x7f) {
        return Err("a user agent is one line of text".to_owned());
    }
    Ok(text.to_owned())
}
