//! The site's JSON API: one call resolves the name to an id, the others list the feed. Since the
//! end of 2025 the site mostly wants its page's signature on the list call and answers without
//! one with nothing; this lane says so and stops.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::http::{Http, Request};
use super::judge::Due;
use super::list::read_list;
use super::session::encode;
use super::tag::is_id;
use super::{Cursor, Error, Next, Page, Source, TagInfo, Verdict, blob};
use crate::input::Query;
use crate::record::Lane;

/// Entries asked for in one page, whatever the limit: what the site's own page asks for.
const COUNT: u32 = 30;

/// The lane of the site's own JSON API.
#[derive(Debug)]
pub struct Web {
    http: Arc<Http>,
    tag: Option<TagInfo>,
}

impl Web {
    /// A lane for one hashtag.
    #[must_use]
    pub fn new(http: Arc<Http>) -> Self {
        Self { http, tag: None }
    }

    /// How many videos the feed's first page has: the look-up and one list call, without the other
    /// places that may tell the id.
    ///
    /// # Errors
    /// [`Error`] when one of the two was not answered well.
    pub async fn glance(&mut self, query: &Query) -> Result<usize, Error> {
        self.tag = Some(self.look_up(query).await?);
        let page = self.page(query, None).await?;
        Ok(page.items.len())
    }

    /// The hashtag's id and totals, asked for once.
    async fn resolve(&mut self, query: &Query) -> Result<TagInfo, Error> {
        if let Some(tag) = &self.tag {
            return Ok(tag.clone());
        }
        let tag = match self.look_up(query).await {
            Ok(tag) => tag,
            Err(error) if is_silence(&error) => {
                tracing::info!("the look-up gave nothing ({error}); trying the pages");
                let told = self.info_on_pages(query).await;
                told.ok_or_else(|| self.or_spent(error))?
            }
            Err(error) => return Err(error),
        };
        tracing::info!(
            "#{} has id {}",
            query.name,
            tag.id.as_deref().unwrap_or("?")
        );
        self.tag = Some(tag.clone());
        Ok(tag)
    }

    /// The error, unless the run could not afford to ask all the places.
    fn or_spent(&self, error: Error) -> Error {
        match self.http.spent(Duration::ZERO) {
            Some(spent) => Error {
                verdict: Verdict::Budget,
                cause: format!("{}; {spent}", error.cause),
                ..error
            },
            None => error,
        }
    }

    async fn look_up(&self, query: &Query) -> Result<TagInfo, Error> {
        let own = vec![("challengeName", query.name.to_string())];
        let request = request("/api/challenge/detail/", own, query, Due::Lookup);
        let body = self.http.get(&request).await?;
        let Some(tag) = TagInfo::from_detail(&body) else {
            return Err(Error::new(Verdict::NotFound, "no such hashtag"));
        };
        tag.check_title(&query.name)?;
        Ok(tag)
    }

    /// The other places that tell a hashtag's id, in the order they are likely to answer.
    async fn info_on_pages(&self, query: &Query) -> Option<TagInfo> {
        let name = encode(query.name.as_str());
        let embed = request(&format!("/embed/tag/{name}"), vec![], query, Due::EmbedPage);
        if let Ok(html) = self.http.get(&embed).await
            && let Some(tag) = blob::embed_tag(&html).map(TagInfo::from)
            && tag.id.is_some()
            && tag.check_title(&query.name).is_ok()
        {
            return Some(tag);
        }
        let page = request(&format!("/tag/{name}"), vec![], query, Due::TagPage);
        let html = self.http.get(&page).await.ok()?;
        let scopes = blob::universal(&html)?;
        let tag = TagInfo::from_detail(scopes.get("webapp.challenge-detail")?.get())?;
        tag.check_title(&query.name).is_ok().then_some(tag)
    }
}

/// Whether the look-up was empty or unreadable, so that another place may tell the id. Not when
/// it said that there is no such hashtag, not when the network is gone, and not when the answer
/// was refused for what it is: another status, a redirect, a certificate, a limit passed.
fn is_silence(error: &Error) -> bool {
    let came_whole = error.answer.as_ref().and_then(|answer| answer.status) == Some(200);
    matches!(error.verdict, Verdict::Gated | Verdict::BadAnswer) && came_whole
}

fn request(path: &str, own: Vec<(&'static str, String)>, query: &Query, due: Due) -> Request {
    Request {
        path: path.to_owned(),
        own,
        referer: format!("/tag/{}", encode(query.name.as_str())),
        region: query.region,
        due,
    }
}

#[async_trait]
impl Source for Web {
    fn lane(&self) -> Lane {
        Lane::Web
    }

    async fn page(&mut self, query: &Query, at: Option<Cursor>) -> Result<Page, Error> {
        let tag = self.resolve(query).await?;
        let id = tag.id.clone().filter(|id| is_id(id)).unwrap_or_default();
        let own = vec![
            ("challengeID", id),
            ("count", COUNT.to_string()),
            ("coverFormat", "2".to_owned()),
            ("cursor", at.unwrap_or(Cursor(0)).to_string()),
        ];
        let request = request("/api/challenge/item_list/", own, query, Due::List);
        let page = match self.http.get(&request).await {
            Err(error) if error.verdict == Verdict::EndOfFeed => Page {
                items: Vec::new(),
                next: Next::End,
                continued: false,
            },
            answer => read_list(&answer?)?,
        };
        if at.is_none() {
            tag.check_first(&page)?;
        }
        Ok(page)
    }

    async fn tag_info(&mut self, query: &Query) -> Result<TagInfo, Error> {
        self.resolve(query).await
    }

    fn resume(&self, text: &str) -> Option<Cursor> {
        text.parse().ok().map(Cursor)
    }

    fn tag_id(&self) -> Option<String> {
        self.tag.as_ref()?.id.clone()
    }

    fn renew(&mut self) {
        self.http.renew();
    }
}
