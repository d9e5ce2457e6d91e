//! The lane of the site's own page in a real browser: it is opened, scrolled at the run's pace,
//! and what it fetched is judged as any other answer. A page cannot be told where to go on, so
//! each call hands out what the page loads next.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep, sleep_until, timeout_at};

use super::cdp::CdpError;
use super::chromium::Chromium;
use super::exchange::Exchange;
use super::feed::{Feed, Taken};
use super::tab::Tab;
use crate::input::Query;
use crate::record::Lane;
use crate::source::http::Http;
use crate::source::retry::backoff;
use crate::source::session::encode;
use crate::source::{Cursor, Error, Page, Source, TagInfo, Verdict};

/// How long a page may load nothing after it was scrolled.
const IDLE: Duration = Duration::from_secs(10);
/// How long a page may load nothing after an answer that was not good: it either asks again at
/// once or waits to be scrolled.
const IDLE_AFTER_TROUBLE: Duration = Duration::from_secs(3);
/// How often in a row that ends the run.
const QUIET: u32 = 3;
/// How often in a row after an answer that turned us away.
const QUIET_IF_BLOCKED: u32 = 2;
/// How often a page that loads nothing is looked at.
const GLANCE: Duration = Duration::from_secs(1);
/// How often a page is looked at while a person works on it.
const GLANCE_AT_PERSON: Duration = Duration::from_millis(300);

/// The lane of the site's own page. One for each hashtag; all share a browser.
#[derive(Debug)]
pub struct Browser {
    chromium: Arc<Chromium>,
    http: Arc<Http>,
    tab: Option<Tab>,
    feed: Feed,
    /// What was heard and not yet taken.
    heard: VecDeque<Exchange>,
    reloads: u32,
}

/// What listening for a while brought.
enum Heard {
    Page(Page),
    /// The page has to be scrolled on: a person got it past a check, or it was loaded anew.
    WayFree,
    Nothing,
}

impl Browser {
    /// A lane for one hashtag.
    #[must_use]
    pub fn new(chromium: Arc<Chromium>, http: Arc<Http>) -> Self {
        Self {
            chromium,
            feed: Feed::new(Arc::clone(&http)),
            http,
            tab: None,
            heard: VecDeque::new(),
            reloads: 0,
        }
    }

    /// How many videos are on the first page of the feed that the hashtag's page loads by itself,
    /// without a scroll, until `until`.
    ///
    /// # Errors
    /// [`Error`] when it loaded none.
    pub async fn glance(&mut self, query: &Query, until: Instant) -> Result<usize, Error> {
        let late = |_| Error::new(Verdict::Network, "the page did not come in time");
        timeout_at(until, self.open(query)).await.map_err(late)??;
        loop {
            let heard = timeout_at(until, self.hear(query)).await;
            match heard.unwrap_or(Ok(Heard::Nothing))? {
                Heard::Page(page) => return Ok(page.items.len()),
                Heard::WayFree => {}
                Heard::Nothing => return Err(self.why_nothing().await?),
            }
        }
    }

    /// Why the page has loaded no feed, by what it shows and by what it got last.
    async fn why_nothing(&mut self) -> Result<Error, Error> {
        let sight = self.page_tab()?.look().await.map_err(gone)?;
        let shown = sight.and_then(|sight| sight.hindrance());
        let got = self.feed.trouble.error.take();
        let is_check = shown
            .as_ref()
            .is_some_and(|error| may_be_passed(error.verdict));
        let why = if is_check { shown } else { got.or(shown) };
        Ok(why.unwrap_or_else(|| Error::new(Verdict::Stalled, "the page did not load its feed")))
    }

    /// Opens the hashtag's page, once.
    async fn open(&mut self, query: &Query) -> Result<(), Error> {
        if self.tab.is_some() {
            return Ok(());
        }
        let failed = |words| Error::new(Verdict::Network, words);
        self.chromium.start().await.map_err(failed)?;
        self.tab = Some(self.chromium.tab().await.map_err(gone)?);
        self.navigate(query).await
    }

    /// Goes to the hashtag's page, more than once where the network wants it.
    async fn navigate(&mut self, query: &Query) -> Result<(), Error> {
        let path = format!("/tag/{}", encode(query.name.as_str()));
        let url = self.http.page(&path);
        loop {
            self.http.turn().await?;
            let failed = self.page_tab()?.navigate(&url).await.map_err(gone)?;
            match failed {
                None => return Ok(()),
                // An error status without a body; its head is judged when it is heard.
                Some(text) if text.contains("ERR_HTTP_RESPONSE_CODE_FAILURE") => return Ok(()),
                Some(text) if text.contains("ERR_CERT") => {
                    let cause = format!("the server's certificate was refused: {text}");
                    return Err(Error::new(Verdict::BadAnswer, cause));
                }
                Some(text) => {
                    let cause = format!("the page could not be loaded: {text}");
                    let error = Error::new(Verdict::Network, cause);
                    self.before_reload(error, None).await?;
                }
            }
        }
    }

    fn page_tab(&mut self) -> Result<&mut Tab, Error> {
        self.tab.as_mut().ok_or_else(|| gone(CdpError::Gone))
    }

    /// The next page of the feed that the hashtag's page loads.
    async fn next_page(&mut self, query: &Query) -> Result<Page, Error> {
        self.catch_up().await?;
        let is_coming = self.page_tab()?.is_loading() || self.heard.iter().any(Exchange::is_list);
        if self.feed.pages > 0 && !is_coming {
            self.scroll().await?;
        }
        let mut quiet = 0;
        loop {
            match self.hear(query).await? {
                Heard::Page(page) => return Ok(page),
                Heard::WayFree => quiet = 0,
                Heard::Nothing => {
                    quiet += 1;
                    quiet *= self.after_quiet(quiet).await?;
                }
            }
            self.scroll().await?;
        }
    }

    /// What a while without an answer means: 0 when a person has cleared the way since, 1 when it
    /// is worth another scroll.
    async fn after_quiet(&mut self, quiet: u32) -> Result<u32, Error> {
        let sight = self.page_tab()?.look().await.map_err(gone)?;
        if let Some(error) = sight.and_then(|sight| sight.hindrance()) {
            if may_be_passed(error.verdict) {
                return self.person(error).await.map(|()| 0);
            }
            self.feed.trouble.error.get_or_insert(error);
        }
        let most = if self.feed.trouble.is_block() {
            QUIET_IF_BLOCKED
        } else {
            QUIET
        };
        if quiet < most {
            tracing::info!("the page loads nothing more; scrolling again");
            return Ok(1);
        }
        Err(self.feed.trouble.error.take().unwrap_or_else(|| {
            let cause = match self.feed.pages {
                0 => "the page did not load its feed",
                _ => "the page loads no more, though its feed promises more",
            };
            Error::new(Verdict::Stalled, cause)
        }))
    }

    /// Scrolls in the run's turn, and not before the site wants to be asked again.
    async fn scroll(&mut self) -> Result<(), Error> {
        if let Some(wait) = self.feed.trouble.wait.take() {
            let is_too_long = wait > self.http.patience().max_wait;
            if let Some(error) = self.feed.trouble.error.take_if(|_| is_too_long) {
                let cause = format!("{}; it asks to wait {} s", error.cause, wait.as_secs());
                return Err(Error { cause, ..error });
            }
            sleep(wait).await;
        }
        self.http.turn().await?;
        self.page_tab()?.scroll().await.map_err(gone)
    }

    /// Takes note of what has happened already.
    async fn catch_up(&mut self) -> Result<(), Error> {
        while let Some(event) = self.page_tab()?.event_now() {
            let exchange = self.page_tab()?.digest(&event).await.map_err(gone)?;
            self.heard.extend(exchange);
        }
        Ok(())
    }

    /// Listens until a page comes, a person has acted, or nothing came for a while.
    async fn hear(&mut self, query: &Query) -> Result<Heard, Error> {
        let mut since = Instant::now();
        let mut glances = interval_at(since + GLANCE, GLANCE);
        glances.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            if let Some(exchange) = self.heard.pop_front() {
                if let Some(heard) = self.weigh(exchange, query).await? {
                    return Ok(heard);
                }
                if self.feed.trouble.error.is_some() {
                    since = Instant::now();
                }
                continue;
            }
            let idle = match self.feed.trouble.error {
                None => IDLE,
                Some(_) => IDLE_AFTER_TROUBLE,
            };
            let until = since + idle;
            let tab = self.page_tab()?;
            let event = tokio::select! {
                biased;
                event = tab.event() => Some(event.ok_or_else(|| gone(CdpError::Gone))?),
                // Before the glances: a look at a page that hangs takes longer than one of them.
                () = sleep_until(until) => return Ok(Heard::Nothing),
                _ = glances.tick() => None,
            };
            match event {
                Some(event) => {
                    let exchange = tab.digest(&event).await.map_err(gone)?;
                    self.heard.extend(exchange);
                }
                None => {
                    let sight = tab.look().await.map_err(gone)?;
                    if let Some(error) = sight.and_then(|sight| sight.obstacle()) {
                        self.person(error).await?;
                        return Ok(Heard::WayFree);
                    }
                }
            }
        }
    }

    /// Takes an exchange, and lets a person act where it asks for one.
    async fn weigh(&mut self, exchange: Exchange, query: &Query) -> Result<Option<Heard>, Error> {
        match self.take(exchange, query).await {
            Ok(heard) => Ok(heard),
            Err(error) if may_be_passed(error.verdict) => {
                self.person(error).await?;
                Ok(Some(Heard::WayFree))
            }
            Err(error) => Err(error),
        }
    }

    /// Waits for a person to get the page past a check, if there is one who may.
    async fn person(&mut self, error: Error) -> Result<(), Error> {
        let patience = self.chromium.patience();
        let Some(patience) =
            patience.filter(|_| self.chromium.is_visible() && may_be_passed(error.verdict))
        else {
            return Err(error);
        };
        tracing::warn!(
            "{}: please see to it in the browser window; waiting up to {} s",
            error.cause,
            patience.as_secs()
        );
        let until = Instant::now() + patience;
        let mut was_seen = false;
        while Instant::now() < until {
            let is_seen = self.watch().await?;
            if is_seen == Some(false) && was_seen {
                tracing::warn!("the way is free; going on");
                self.feed.trouble.error = None;
                return Ok(());
            }
            was_seen |= is_seen == Some(true);
            if self.heard.iter().any(|exchange| self.feed.has(exchange)) {
                return Ok(());
            }
        }
        let cause = format!("{}, and nobody saw to it in time", error.cause);
        Err(Error { cause, ..error })
    }

    /// Watches for a moment: whether something stands in the way, if the page could be seen.
    async fn watch(&mut self) -> Result<Option<bool>, Error> {
        let until = Instant::now() + GLANCE_AT_PERSON;
        loop {
            let tab = self.page_tab()?;
            let event = tokio::select! {
                biased;
                () = sleep_until(until) => break,
                event = tab.event() => event.ok_or_else(|| gone(CdpError::Gone))?,
            };
            let exchange = tab.digest(&event).await.map_err(gone)?;
            self.heard.extend(exchange);
        }
        let sight = self.page_tab()?.look().await.map_err(gone)?;
        Ok(sight.map(|sight| sight.hindrance().is_some()))
    }

    /// Takes an exchange: something heard, or nothing yet.
    async fn take(&mut self, exchange: Exchange, query: &Query) -> Result<Option<Heard>, Error> {
        match self.feed.take(&exchange, query)? {
            Taken::Page(page) => Ok(Some(Heard::Page(page))),
            Taken::Known => Ok(Some(Heard::WayFree)),
            Taken::Nothing => Ok(None),
            Taken::Reload { error, after } => {
                self.before_reload(error, after).await?;
                self.navigate(query).await.map(|()| None)
            }
        }
    }

    /// Waits before the page is loaded once more, as often and as long as any request is retried.
    async fn before_reload(&mut self, error: Error, after: Option<Duration>) -> Result<(), Error> {
        let patience = self.http.patience();
        let wait = after.unwrap_or_else(|| backoff(self.reloads + 1));
        if self.reloads >= patience.retries || wait > patience.max_wait {
            return Err(Error {
                tries: self.reloads + 1,
                ..error
            });
        }
        self.reloads += 1;
        tracing::info!("{error}; loading the page again");
        sleep(wait).await;
        Ok(())
    }
}

/// Whether a person in front of the window can do something about it.
fn may_be_passed(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Captcha | Verdict::LoginRequired)
}

/// A browser that is not there any more.
fn gone(error: CdpError) -> Error {
    Error::new(Verdict::Network, error.to_string())
}

#[async_trait]
impl Source for Browser {
    fn lane(&self) -> Lane {
        Lane::Browser
    }

    async fn page(&mut self, query: &Query, _: Option<Cursor>) -> Result<Page, Error> {
        self.open(query).await?;
        self.next_page(query).await
    }

    async fn tag_info(&mut self, query: &Query) -> Result<TagInfo, Error> {
        self.open(query).await?;
        // The look-up comes before the first page, or stands in the page itself.
        let first = match self.feed.tag {
            Some(_) => Ok(()),
            None => self.next_page(query).await.map(|_| ()),
        };
        match (&self.feed.tag, first) {
            (Some(tag), _) => Ok(tag.clone()),
            (None, Err(error)) => Err(error),
            (None, Ok(())) => Ok(TagInfo {
                id: self.feed.tag_id(),
                ..TagInfo::default()
            }),
        }
    }

    async fn ready(&mut self) -> Result<(), String> {
        self.chromium.start().await
    }

    fn tag_id(&self) -> Option<String> {
        self.feed.tag_id()
    }

    fn gaps(&self) -> u64 {
        self.feed.gaps()
    }

    async fn close(&mut self) {
        if let Some(tab) = self.tab.take() {
            self.chromium.give_back(tab).await;
        }
    }
}
