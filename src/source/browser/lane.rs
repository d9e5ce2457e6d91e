//! The lane of the site's own page in a real browser: it is opened, scrolled at the run's pace,
//! and what it fetched is judged as any other answer. A page cannot be told where to go on, so
//! each call hands out what the page loads next.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::{Instant, interval_at, sleep, sleep_until};

use super::cdp::CdpError;
use super::chromium::Chromium;
use super::tab::{Exchange, Kind, Tab};
use crate::input::Query;
use crate::record::Lane;
use crate::source::capture::{Call, Came, Chain, Link};
use crate::source::http::Http;
use crate::source::judge::{Answer, Due, Judged, judge};
use crate::source::list::read_list;
use crate::source::retry::backoff;
use crate::source::session::encode;
use crate::source::{AnswerFacts, Cursor, Error, Next, Page, Source, TagInfo, Verdict, blob};

/// How long a page may load nothing after it was scrolled.
const IDLE: Duration = Duration::from_secs(10);
/// How long a page may load nothing after an answer that was not good: it either asks again at
/// once or waits to be scrolled.
const IDLE_AFTER_TROUBLE: Duration = Duration::from_secs(3);
/// How often in a row that ends the run.
const QUIET: u32 = 3;
/// How often in a row after an answer that turned us away.
const QUIET_IF_BLOCKED: u32 = 2;
/// Empty answers in a row that mean the site will not answer this browser.
const SILENCES: u32 = 2;
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
    tag: Option<TagInfo>,
    /// The id the page's list calls ask for.
    tag_id: Option<String>,
    chain: Chain,
    /// What was heard while a person was waited for.
    heard: VecDeque<Exchange>,
    /// The last answer that was not good, until a good one came.
    trouble: Option<Error>,
    silences: u32,
    reloads: u32,
    pages: u64,
}

/// What listening for a while brought.
enum Heard {
    Page(Page),
    /// A person got the page past a check.
    WayFree,
    Nothing,
}

impl Browser {
    /// A lane for one hashtag.
    #[must_use]
    pub fn new(chromium: Arc<Chromium>, http: Arc<Http>) -> Self {
        Self {
            chromium,
            http,
            tab: None,
            tag: None,
            tag_id: None,
            chain: Chain::default(),
            heard: VecDeque::new(),
            trouble: None,
            silences: 0,
            reloads: 0,
            pages: 0,
        }
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

    async fn navigate(&mut self, query: &Query) -> Result<(), Error> {
        let path = format!("/tag/{}", encode(query.name.as_str()));
        let url = self.http.page(&path);
        self.http.turn().await?;
        match self.page_tab()?.navigate(&url).await.map_err(gone)? {
            None => Ok(()),
            // An error status without a body; its head is judged when it is heard.
            Some(text) if text.contains("ERR_HTTP_RESPONSE_CODE_FAILURE") => Ok(()),
            Some(text) if text.contains("ERR_CERT") => {
                let cause = format!("the server's certificate was refused: {text}");
                Err(Error::new(Verdict::BadAnswer, cause))
            }
            Some(text) => {
                let cause = format!("the page could not be loaded: {text}");
                Err(Error::new(Verdict::Network, cause))
            }
        }
    }

    fn page_tab(&mut self) -> Result<&mut Tab, Error> {
        self.tab.as_mut().ok_or_else(|| gone(CdpError::Gone))
    }

    /// The next page of the feed that the hashtag's page loads.
    async fn next_page(&mut self, query: &Query) -> Result<Page, Error> {
        if let Some(page) = self.arrived(query).await? {
            return Ok(page);
        }
        if self.pages > 0 && !self.page_tab()?.is_loading() {
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
            self.trouble.get_or_insert(error);
        }
        let blocked = self
            .trouble
            .as_ref()
            .is_some_and(|error| error.verdict.is_block());
        let most = if blocked { QUIET_IF_BLOCKED } else { QUIET };
        if quiet < most {
            tracing::info!("the page loads nothing more; scrolling again");
            return Ok(1);
        }
        Err(self.trouble.take().unwrap_or_else(|| {
            let cause = match self.pages {
                0 => "the page did not load its feed",
                _ => "the page loads no more, though its feed promises more",
            };
            Error::new(Verdict::Stalled, cause)
        }))
    }

    /// Scrolls in the run's turn.
    async fn scroll(&mut self) -> Result<(), Error> {
        self.http.turn().await?;
        self.page_tab()?.scroll().await.map_err(gone)
    }

    /// A page that has come already.
    async fn arrived(&mut self, query: &Query) -> Result<Option<Page>, Error> {
        while let Some(exchange) = self.heard.pop_front() {
            if let Some(page) = self.take(exchange, query).await? {
                return Ok(Some(page));
            }
        }
        while let Some(event) = self.page_tab()?.event_now() {
            let exchange = self.page_tab()?.digest(&event).await.map_err(gone)?;
            let Some(exchange) = exchange else {
                continue;
            };
            if let Some(page) = self.take(exchange, query).await? {
                return Ok(Some(page));
            }
        }
        Ok(None)
    }

    /// Listens until a page comes, a person has acted, or nothing came for a while.
    async fn hear(&mut self, query: &Query) -> Result<Heard, Error> {
        let mut since = Instant::now();
        let mut glances = interval_at(since + GLANCE, GLANCE);
        loop {
            if let Some(exchange) = self.heard.pop_front() {
                if let Some(heard) = self.weigh(exchange, query).await? {
                    return Ok(heard);
                }
                since = Instant::now();
            }
            let until = since + self.trouble.as_ref().map_or(IDLE, |_| IDLE_AFTER_TROUBLE);
            let tab = self.page_tab()?;
            let event = tokio::select! {
                biased;
                event = tab.event() => Some(event.ok_or_else(|| gone(CdpError::Gone))?),
                _ = glances.tick() => None,
                () = sleep_until(until) => return Ok(Heard::Nothing),
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
            Ok(page) => Ok(page.map(Heard::Page)),
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
                self.trouble = None;
                return Ok(());
            }
            was_seen |= is_seen == Some(true);
            if self.heard.iter().any(is_good_page) {
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

    /// What an exchange is worth: a page, nothing, or the end.
    async fn take(&mut self, exchange: Exchange, query: &Query) -> Result<Option<Page>, Error> {
        match &exchange.kind {
            Kind::Document => self.document(&exchange, query).await.map(|()| None),
            Kind::Feed(_) if !self.http.is_site(&exchange.url) => Ok(None),
            Kind::Feed(Call::Lookup { name, .. }) => {
                let is_ours = name
                    .as_ref()
                    .is_none_or(|name| name.to_lowercase() == query.name.as_str().to_lowercase());
                if is_ours {
                    self.lookup(&exchange, query)?;
                }
                Ok(None)
            }
            Kind::Feed(Call::List { tag_id, cursor }) => {
                let (tag_id, cursor) = (tag_id.clone(), *cursor);
                self.list(&exchange, tag_id, cursor)
            }
        }
    }

    /// The page itself: what its status says, and the look-up it may hold.
    async fn document(&mut self, exchange: &Exchange, query: &Query) -> Result<(), Error> {
        if exchange.status == 200 {
            let html = exchange.body.as_deref().unwrap_or_default();
            let scopes = blob::universal(html);
            let detail = scopes.and_then(|scopes| scopes.get("webapp.challenge-detail"));
            if let Some(tag) = detail.and_then(|detail| TagInfo::from_detail(detail.get())) {
                self.learn(tag, query)?;
            }
            return Ok(());
        }
        match self.judged(exchange, Due::TagPage) {
            // The browser itself gets past that one; if it does not, it is seen.
            Judged::Fail {
                verdict: Verdict::Captcha,
                ..
            } => Ok(()),
            Judged::Fail { verdict, cause } => Err(self.error(verdict, &cause, exchange)),
            Judged::Again {
                verdict,
                cause,
                after,
            } if exchange.status != 0 => {
                let error = self.error(verdict, &cause, exchange);
                self.reload(error, after, query).await
            }
            _ => Ok(()),
        }
    }

    /// Loads the page once more, as often and as late as any request is asked again.
    async fn reload(
        &mut self,
        error: Error,
        after: Option<Duration>,
        query: &Query,
    ) -> Result<(), Error> {
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
        self.navigate(query).await
    }

    fn lookup(&mut self, exchange: &Exchange, query: &Query) -> Result<(), Error> {
        self.http.count_answer();
        match self.judged(exchange, Due::Lookup) {
            Judged::Good => {
                let body = exchange.body.as_deref().unwrap_or_default();
                match TagInfo::from_detail(body) {
                    Some(tag) => self.learn(tag, query),
                    None => Err(self.error(Verdict::NotFound, "no such hashtag", exchange)),
                }
            }
            Judged::Fail { verdict, cause } => Err(self.error(verdict, &cause, exchange)),
            other => {
                self.note(other, exchange);
                Ok(())
            }
        }
    }

    fn learn(&mut self, tag: TagInfo, query: &Query) -> Result<(), Error> {
        tag.check_title(&query.name)?;
        self.tag = Some(tag);
        Ok(())
    }

    /// A list call: a page if it is this hashtag's and good, a gap if nothing could be read.
    fn list(
        &mut self,
        exchange: &Exchange,
        tag_id: Option<String>,
        cursor: Option<u64>,
    ) -> Result<Option<Page>, Error> {
        let known = self.tag_id().or_else(|| tag_id.clone());
        if known != tag_id {
            tracing::debug!("the page also lists another hashtag; left alone");
            return Ok(None);
        }
        self.tag_id = tag_id;
        self.http.count_answer();
        let read = self.read(exchange)?;
        if let Some(at) = cursor {
            let came = read
                .as_ref()
                .map_or(Came::Nothing, |page| Came::page(&page.next));
            self.chain.add(Link { at, came });
        }
        let Some(page) = read else {
            return Ok(None);
        };
        if let (0, Some(tag)) = (self.pages, &self.tag) {
            tag.check_first(&page)?;
        }
        (self.silences, self.trouble) = (0, None);
        self.pages += 1;
        Ok(Some(page))
    }

    /// The page a list call brought; `None` when it brought none and the run may go on.
    fn read(&mut self, exchange: &Exchange) -> Result<Option<Page>, Error> {
        match self.judged(exchange, Due::List) {
            Judged::Good => {
                let body = exchange.body.as_deref().unwrap_or_default();
                match read_list(body) {
                    Ok(page) => Ok(Some(page)),
                    Err(error) => {
                        let error = self.error(error.verdict, &error.cause, exchange);
                        self.trouble = Some(error);
                        Ok(None)
                    }
                }
            }
            Judged::Fail {
                verdict: Verdict::EndOfFeed,
                ..
            } => Ok(Some(Page {
                items: Vec::new(),
                next: Next::End,
                continued: false,
            })),
            Judged::Fail { verdict, cause } => Err(self.error(verdict, &cause, exchange)),
            other => {
                self.note(other, exchange);
                if self.silences >= SILENCES {
                    let cause = "the page itself gets empty answers";
                    return Err(self.error(Verdict::Gated, cause, exchange));
                }
                Ok(None)
            }
        }
    }

    /// Remembers an answer that was not good: the page may ask again by itself.
    fn note(&mut self, judged: Judged, exchange: &Exchange) {
        let (verdict, cause) = match judged {
            Judged::Again { verdict, cause, .. } => (verdict, cause),
            Judged::Renew { cause } => {
                self.silences += 1;
                (Verdict::Gated, cause)
            }
            // Where a redirect leads is another exchange.
            _ => return,
        };
        let error = self.error(verdict, &cause, exchange);
        tracing::info!("{error}");
        self.trouble = Some(error);
    }

    fn judged(&self, exchange: &Exchange, due: Due) -> Judged {
        let Some(body) = exchange.body.as_deref() else {
            let cause = "an answer that could not be read";
            return Judged::Again {
                verdict: Verdict::Network,
                cause: cause.to_owned(),
                after: None,
            };
        };
        let answer = Answer {
            status: exchange.status,
            headers: &exchange.headers,
            body,
        };
        judge(&answer, due)
    }

    fn error(&self, verdict: Verdict, cause: &str, exchange: &Exchange) -> Error {
        let facts = AnswerFacts {
            path: exchange.url.path().to_owned(),
            status: Some(exchange.status).filter(|&status| status != 0),
            bytes: exchange.body.as_ref().map_or(0, String::len),
            logid: None,
        };
        Error {
            answer: Some(facts),
            ..Error::new(verdict, self.http.redacted(cause)).on(Lane::Browser)
        }
    }
}

/// Whether a person in front of the window can do something about it.
fn may_be_passed(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Captcha | Verdict::LoginRequired)
}

/// Whether an exchange looks like a good page of a feed.
fn is_good_page(exchange: &Exchange) -> bool {
    let body = exchange.body.as_deref().unwrap_or_default();
    matches!(exchange.kind, Kind::Feed(Call::List { .. }))
        && judge(
            &Answer {
                status: exchange.status,
                headers: &exchange.headers,
                body,
            },
            Due::List,
        ) == Judged::Good
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
        loop {
            if let Some(tag) = &self.tag {
                return Ok(tag.clone());
            }
            self.next_page(query).await?;
        }
    }

    async fn ready(&mut self) -> Result<(), String> {
        self.chromium.start().await
    }

    fn tag_id(&self) -> Option<String> {
        let told = self.tag.as_ref().and_then(|tag| tag.id.clone());
        told.or_else(|| self.tag_id.clone())
    }

    fn gaps(&self) -> u64 {
        self.chain.gaps()
    }

    async fn close(&mut self) {
        if let Some(tab) = self.tab.take() {
            self.chromium.give_back(tab).await;
        }
    }
}
