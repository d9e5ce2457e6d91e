//! What the answers a page got add up to: the hashtag, the pages of its feed, what is missing
//! among them, and the last answer that was not good. Sends nothing and waits for nobody.

use std::sync::Arc;
use std::time::Duration;

use super::exchange::{Exchange, Kind};
use super::trouble::Trouble;
use crate::input::Query;
use crate::record::Lane;
use crate::source::capture::{Call, Came, Chain, Link};
use crate::source::http::Http;
use crate::source::judge::{Due, Judged};
use crate::source::list::read_list;
use crate::source::session::encode;
use crate::source::{Error, Next, Page, TagInfo, Verdict, blob};

/// One hashtag's feed as its page reads it.
#[derive(Debug)]
pub(super) struct Feed {
    http: Arc<Http>,
    /// What the look-up told.
    pub(super) tag: Option<TagInfo>,
    /// The id the page's list calls ask for.
    tag_id: Option<String>,
    chain: Chain,
    /// The answers that were not good.
    pub(super) trouble: Trouble,
    /// Pages that may come once more, since the hashtag's page was loaded anew.
    repeats: u64,
    /// Good pages so far.
    pub(super) pages: u64,
}

/// What an exchange was worth.
#[derive(Debug)]
pub(super) enum Taken {
    /// A page of the feed.
    Page(Page),
    /// Nothing, or nothing yet.
    Nothing,
    /// A page that was handed out before: the hashtag's page was loaded anew, and has to be
    /// scrolled to where it was.
    Known,
    /// The page itself did not come; worth loading again, after so long if the site said.
    Reload {
        error: Error,
        after: Option<Duration>,
    },
}

impl Feed {
    pub(super) fn new(http: Arc<Http>) -> Self {
        Self {
            http,
            tag: None,
            tag_id: None,
            chain: Chain::default(),
            trouble: Trouble::default(),
            repeats: 0,
            pages: 0,
        }
    }

    /// The hashtag's id, once an answer or a call named it.
    pub(super) fn tag_id(&self) -> Option<String> {
        let told = self.tag.as_ref().and_then(|tag| tag.id.clone());
        told.or_else(|| self.tag_id.clone())
    }

    /// Pages known to be missing.
    pub(super) fn gaps(&self) -> u64 {
        self.chain.gaps()
    }

    /// Takes an exchange of the page.
    ///
    /// # Errors
    /// [`Error`] when it ends the feed, or something stands in its way.
    pub(super) fn take(&mut self, exchange: &Exchange, query: &Query) -> Result<Taken, Error> {
        match &exchange.kind {
            Kind::Document if !self.is_page_of(exchange, query) => Ok(Taken::Nothing),
            Kind::Document => self.document(exchange, query),
            Kind::Feed(_) if !self.http.is_site(&exchange.url) => Ok(Taken::Nothing),
            Kind::Feed(Call::Lookup { name, tag_id }) => {
                let asked = query.name.as_str().to_lowercase();
                let is_ours = match name {
                    Some(name) => name.to_lowercase() == asked,
                    None => tag_id.is_none() || self.tag_id() == *tag_id,
                };
                if is_ours {
                    self.lookup(exchange, query)?;
                }
                Ok(Taken::Nothing)
            }
            Kind::Feed(Call::List { tag_id, cursor }) => {
                self.list(exchange, tag_id.as_ref(), *cursor)
            }
        }
    }

    /// Whether an exchange is a good page of this feed.
    pub(super) fn has(&self, exchange: &Exchange) -> bool {
        let Kind::Feed(Call::List { tag_id, .. }) = &exchange.kind else {
            return false;
        };
        let is_ours = self.http.is_site(&exchange.url)
            && self
                .tag_id()
                .is_none_or(|known| Some(&known) == tag_id.as_ref());
        is_ours && exchange.judged(Due::List) == Judged::Good
    }

    /// Whether a document is the hashtag's page rather than one of a frame in it.
    fn is_page_of(&self, exchange: &Exchange, query: &Query) -> bool {
        let path = format!("/tag/{}", encode(query.name.as_str()));
        let shown = exchange.url.path().trim_end_matches('/');
        self.http.is_site(&exchange.url) && shown.eq_ignore_ascii_case(&path)
    }

    /// The page itself: what its status says, and the look-up it may hold.
    fn document(&mut self, exchange: &Exchange, query: &Query) -> Result<Taken, Error> {
        if exchange.status == 200 {
            self.repeats = self.pages;
            let scopes = blob::universal(exchange.body.text());
            let detail = scopes.and_then(|scopes| scopes.get("webapp.challenge-detail"));
            if let Some(tag) = detail.and_then(|detail| TagInfo::from_detail(detail.get())) {
                self.learn(tag, query)?;
            }
            return Ok(Taken::Nothing);
        }
        match exchange.judged(Due::TagPage) {
            // The browser itself gets past that one; if it does not, it is seen.
            Judged::Fail {
                verdict: Verdict::Captcha,
                ..
            } => Ok(Taken::Nothing),
            Judged::Fail { verdict, cause } => Err(self.error(verdict, &cause, exchange)),
            Judged::Again {
                verdict,
                cause,
                after,
            } if exchange.status != 0 => {
                let error = self.error(verdict, &cause, exchange);
                Ok(Taken::Reload { error, after })
            }
            _ => Ok(Taken::Nothing),
        }
    }

    fn lookup(&mut self, exchange: &Exchange, query: &Query) -> Result<(), Error> {
        self.http.count_answer(&exchange.headers);
        match exchange.judged(Due::Lookup) {
            Judged::Good => match TagInfo::from_detail(exchange.body.text()) {
                Some(tag) => self.learn(tag, query),
                None => Err(self.error(Verdict::NotFound, "no such hashtag", exchange)),
            },
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
        tag_id: Option<&String>,
        cursor: Option<u64>,
    ) -> Result<Taken, Error> {
        if self.tag_id().is_some_and(|known| Some(&known) != tag_id) {
            tracing::debug!("the page also lists another hashtag; left alone");
            return Ok(Taken::Nothing);
        }
        self.tag_id = tag_id.cloned();
        self.http.count_answer(&exchange.headers);
        let read = self.read(exchange)?;
        let is_known = cursor.is_some_and(|at| self.chain.has(at));
        if let Some(at) = cursor {
            let came = read
                .as_ref()
                .map_or(Came::Nothing, |page| Came::page(&page.next));
            self.chain.add(Link { at, came });
        }
        let Some(page) = read else {
            return Ok(Taken::Nothing);
        };
        if is_known && self.repeats > 0 {
            self.repeats -= 1;
            return Ok(Taken::Known);
        }
        if let (0, Some(tag)) = (self.pages, &self.tag) {
            tag.check_first(&page)?;
        }
        self.trouble.end();
        self.pages += 1;
        Ok(Taken::Page(page))
    }

    /// The page a list call brought; `None` when it brought none and the run may go on.
    fn read(&mut self, exchange: &Exchange) -> Result<Option<Page>, Error> {
        match exchange.judged(Due::List) {
            Judged::Good => {
                let page = read_list(exchange.body.text()).map_err(|error| {
                    let (verdict, cause) = (error.verdict, error.cause);
                    self.error(verdict, &cause, exchange)
                });
                page.map(Some)
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
                if matches!(other, Judged::Renew { .. }) {
                    self.trouble.count_silence();
                }
                self.note(other, exchange);
                let retries = self.http.patience().retries;
                self.trouble.give_up(retries).map_or(Ok(None), Err)
            }
        }
    }

    /// Remembers an answer that was not good.
    fn note(&mut self, judged: Judged, exchange: &Exchange) {
        let (verdict, cause, after) = match judged {
            Judged::Again {
                verdict,
                cause,
                after,
            } => (verdict, cause, after),
            Judged::Renew { cause } => (Verdict::Gated, cause, None),
            // Where a redirect leads is another exchange.
            _ => return,
        };
        let error = self.error(verdict, &cause, exchange);
        self.trouble.note(error, after);
    }

    fn error(&self, verdict: Verdict, cause: &str, exchange: &Exchange) -> Error {
        Error {
            answer: Some(exchange.facts()),
            ..Error::new(verdict, self.http.redacted(cause)).on(Lane::Browser)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use http::HeaderMap;

    use super::{Feed, Taken};
    use crate::input::{Limit, Query};
    use crate::source::browser::exchange::{Body, Exchange, Kind};
    use crate::source::capture::Call;
    use crate::source::http::{Http, Options, Patience, Site};
    use crate::source::{Cursor, Jar, Next, Verdict};

    const SITE: &str = "https://www.tiktok.com";

    fn feed() -> Feed {
        let options = Options {
            site: Site::real(),
            rate: 0.4,
            patience: Patience::default(),
            budget: crate::source::Budget::default(),
            user_agent: None,
            jar: Jar::new(),
            proxy: None,
        };
        Feed::new(Arc::new(Http::new(options).unwrap()))
    }

    fn query() -> Query {
        Query {
            name: "cats".parse().unwrap(),
            url: None,
            region: None,
            limit: Limit::All,
            filter: std::sync::Arc::default(),
        }
    }

    fn exchange(url: &str, status: u16, body: Option<&str>) -> Exchange {
        let url = url.parse().unwrap();
        Exchange {
            kind: Call::of(&url).map_or(Kind::Document, Kind::Feed),
            url,
            status,
            headers: HeaderMap::new(),
            body: body.map_or(Body::Missing, |text| Body::Text(text.to_owned())),
        }
    }

    fn list(at: u64, body: &str) -> Exchange {
        let url = format!("{SITE}/api/challenge/item_list/?challengeID=42&cursor={at}");
        exchange(&url, 200, Some(body))
    }

    fn page(next: u64) -> String {
        format!(r#"{{"itemList":[{{"id":"1"}}],"hasMore":true,"cursor":"{next}"}}"#)
    }

    /// The verdict a feed ends with on this exchange.
    fn verdict(feed: &mut Feed, exchange: &Exchange) -> Option<Verdict> {
        feed.take(exchange, &query())
            .err()
            .map(|error| error.verdict)
    }

    #[test]
    fn a_good_page_is_handed_on_and_others_are_left_alone() {
        let mut feed = feed();
        let taken = feed.take(&list(0, &page(30)), &query());
        assert!(matches!(taken, Ok(Taken::Page(page)) if page.next == Next::At(Cursor(30))));
        let other = format!("{SITE}/api/challenge/item_list/?challengeID=43&cursor=0");
        let elsewhere = "https://example.com/api/challenge/item_list/?challengeID=42&cursor=30";
        for url in [&other[..], elsewhere] {
            let taken = feed.take(&exchange(url, 200, Some(&page(60))), &query());
            assert!(matches!(taken, Ok(Taken::Nothing)), "{url}");
        }
        assert_eq!(
            (feed.pages, feed.gaps(), feed.tag_id().as_deref()),
            (1, 0, Some("42"))
        );
    }

    #[test]
    fn what_could_not_be_read_is_a_gap_until_it_is_asked_again() {
        let mut feed = feed();
        feed.take(&list(0, &page(30)), &query()).unwrap();
        let unread = Exchange {
            body: Body::Missing,
            ..list(30, "")
        };
        assert!(matches!(feed.take(&unread, &query()), Ok(Taken::Nothing)));
        assert_eq!((feed.gaps(), feed.trouble.is_block()), (1, false));
        feed.take(&list(30, &page(60)), &query()).unwrap();
        assert_eq!((feed.gaps(), feed.trouble.error.is_none()), (0, true));
    }

    #[test]
    fn silence_is_borne_once() {
        let mut feed = feed();
        assert_eq!(verdict(&mut feed, &list(0, "")), None);
        assert!(feed.trouble.is_block());
        assert_eq!(verdict(&mut feed, &list(0, &page(30))), None);
        assert_eq!(verdict(&mut feed, &list(30, "")), None);
        assert_eq!(verdict(&mut feed, &list(30, "")), Some(Verdict::Gated));
    }

    #[test]
    fn a_page_that_asks_again_and_again_is_stopped() {
        let mut feed = feed();
        let broken = list(0, "{\"itemList\":[");
        let verdicts: Vec<_> = (0..5).map(|_| verdict(&mut feed, &broken)).collect();
        assert_eq!(verdicts[..4], [None; 4]);
        assert_eq!(verdicts[4], Some(Verdict::BadAnswer));
    }

    #[test]
    fn a_page_loaded_anew_repeats_what_it_gave() {
        let mut feed = feed();
        let document = || exchange(&format!("{SITE}/tag/cats"), 200, Some("<html></html>"));
        feed.take(&document(), &query()).unwrap();
        feed.take(&list(0, &page(30)), &query()).unwrap();
        feed.take(&list(30, &page(60)), &query()).unwrap();
        feed.take(&document(), &query()).unwrap();
        for at in [0, 30] {
            let taken = feed.take(&list(at, &page(at + 30)), &query());
            assert!(matches!(taken, Ok(Taken::Known)), "{at}");
        }
        let taken = feed.take(&list(60, &page(90)), &query());
        assert!(matches!(taken, Ok(Taken::Page(_))));
        assert_eq!(feed.gaps(), 0);
    }

    #[test]
    fn an_answer_over_the_bound_ends_the_feed() {
        let huge = Exchange {
            body: Body::TooLarge,
            ..list(0, "")
        };
        assert_eq!(verdict(&mut feed(), &huge), Some(Verdict::BadAnswer));
    }

    #[test]
    fn a_frame_does_not_speak_for_the_page() {
        for url in [
            "https://example.com/tag/cats",
            "https://www.tiktok.com/tag/dogs",
        ] {
            let frame = exchange(url, 403, Some(""));
            assert_eq!(verdict(&mut feed(), &frame), None, "{url}");
        }
    }

    #[test]
    fn the_site_may_say_no_in_many_ways() {
        let detail = format!("{SITE}/api/challenge/detail/?challengeName=cats");
        let of = |title: &str, count: u64| {
            let challenge = format!(r#"{{"id":"42","title":"{title}"}}"#);
            format!(
                r#"{{"challengeInfo":{{"challenge":{challenge},"statsV2":{{"videoCount":"{count}"}}}}}}"#
            )
        };
        let lookup = |body: &str| exchange(&detail, 200, Some(body));
        let page = |status, body| exchange(&format!("{SITE}/tag/cats"), status, Some(body));
        let rows = [
            (lookup(&of("dogs", 7)), Some(Verdict::BadAnswer)),
            (lookup(r#"{"statusCode":10205}"#), Some(Verdict::NotFound)),
            (
                list(0, r#"{"type":"verify","code":"10000"}"#),
                Some(Verdict::Captcha),
            ),
            (
                list(0, r#"{"statusCode":10102}"#),
                Some(Verdict::LoginRequired),
            ),
            (list(0, r#"{"statusCode":10404}"#), None),
            (page(403, "denied"), Some(Verdict::Refused)),
            (page(404, ""), Some(Verdict::NotFound)),
            (page(200, "<html></html>"), None),
        ];
        for (exchange, expected) in rows {
            assert_eq!(verdict(&mut feed(), &exchange), expected, "{exchange:?}");
        }
        let mut feed = feed();
        assert_eq!(verdict(&mut feed, &lookup(&of("Cats", 7))), None);
        let empty = list(0, r#"{"hasMore":false}"#);
        assert_eq!(verdict(&mut feed, &empty), Some(Verdict::Gated));
        let again = feed.take(&page(503, "later"), &query());
        assert!(
            matches!(again, Ok(Taken::Reload { error, .. }) if error.verdict == Verdict::Network)
        );
    }
}
