//! The site's JSON API: one call resolves the name to an id, the others list the feed. Since the
//! end of 2025 the site mostly wants its page's signature on the list call and answers without
//! one with nothing; this lane says so and stops.

use std::sync::Arc;

use async_trait::async_trait;
use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::http::{Http, Request};
use super::judge::Due;
use super::session::encode;
use super::tag::is_id;
use super::{Cursor, Error, Next, Page, Source, TagInfo, Verdict, blob, bounds};
use crate::input::Query;
use crate::record::{Lane, RawItem, Shape};

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

    /// The hashtag's id and totals, asked for once.
    async fn resolve(&mut self, query: &Query) -> Result<TagInfo, Error> {
        if let Some(tag) = &self.tag {
            return Ok(tag.clone());
        }
        let tag = match self.look_up(query).await {
            Ok(tag) => tag,
            Err(error) if is_silence(&error) => {
                tracing::info!("the look-up gave nothing ({error}); trying the pages");
                self.info_on_pages(query).await.ok_or(error)?
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

    async fn look_up(&self, query: &Query) -> Result<TagInfo, Error> {
        let own = vec![("challengeName", query.name.to_string())];
        let request = request("/api/challenge/detail/", own, query, Due::Lookup);
        let body = self.http.get(&request).await?;
        let Some(tag) = TagInfo::from_detail(&body) else {
            return Err(Error::new(Verdict::NotFound, "no such hashtag"));
        };
        check_title(&tag, query)?;
        Ok(tag)
    }

    /// The other places that tell a hashtag's id, in the order they are likely to answer.
    async fn info_on_pages(&self, query: &Query) -> Option<TagInfo> {
        let name = encode(query.name.as_str());
        let embed = request(&format!("/embed/tag/{name}"), vec![], query, Due::EmbedPage);
        if let Ok(html) = self.http.get(&embed).await
            && let Some(tag) = blob::embed_tag(&html).map(TagInfo::from)
            && tag.id.is_some()
            && check_title(&tag, query).is_ok()
        {
            return Some(tag);
        }
        let page = request(&format!("/tag/{name}"), vec![], query, Due::TagPage);
        let html = self.http.get(&page).await.ok()?;
        let scopes = blob::universal(&html)?;
        let tag = TagInfo::from_detail(scopes.get("webapp.challenge-detail")?.get())?;
        check_title(&tag, query).is_ok().then_some(tag)
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

/// Refuses the answer for another hashtag: it would be a feed nobody asked for.
fn check_title(tag: &TagInfo, query: &Query) -> Result<(), Error> {
    let same = |title: &str| title.to_lowercase() == query.name.as_str().to_lowercase();
    match &tag.title {
        Some(title) if !same(title) => {
            let cause = format!("the answer is for another hashtag, #{title}");
            Err(Error::new(Verdict::BadAnswer, cause))
        }
        _ => Ok(()),
    }
}

/// A page of the list call, its entries unread.
#[derive(Deserialize)]
struct ListBody<'a> {
    #[serde(rename = "itemList", alias = "items", alias = "aweme_list")]
    items: Option<Entries>,
    #[serde(borrow, rename = "hasMore", alias = "has_more")]
    has_more: Option<&'a RawValue>,
    #[serde(borrow)]
    cursor: Option<&'a RawValue>,
}

/// The entries of one page, at most [`bounds::RECORDS`].
struct Entries(Vec<Box<RawValue>>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Counted;
        impl<'de> Visitor<'de> for Counted {
            type Value = Entries;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list of videos")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = seq.next_element()? {
                    if entries.len() == bounds::RECORDS {
                        let limit = bounds::RECORDS;
                        return Err(A::Error::custom(format!("more than {limit} entries")));
                    }
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_seq(Counted)
    }
}

impl ListBody<'_> {
    /// A boolean, 0 or 1, or either as a string.
    fn has_more(&self) -> bool {
        let value = self.has_more.map_or("", |raw| raw.get().trim_matches('"'));
        matches!(value, "true" | "1")
    }

    /// Where the feed goes on. A cursor is a string here and a number there; without a usable
    /// one the feed cannot be followed.
    fn next(&self) -> Next {
        if !self.has_more() {
            return Next::End;
        }
        let text = self.cursor.map_or("nothing", |raw| raw.get());
        let digits = text
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
            .unwrap_or(text);
        let is_plain =
            (1..=19).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        match digits.parse() {
            Ok(cursor) if is_plain => Next::At(Cursor(cursor)),
            _ => {
                let shown: String = text.chars().take(40).collect();
                let cause = format!("the feed goes on at {shown:?}, which is no cursor");
                Next::Lost(Error::new(Verdict::BadAnswer, cause))
            }
        }
    }
}

fn read_list(body: &str) -> Result<Page, Error> {
    let list: ListBody<'_> = serde_json::from_str(body).map_err(|error| {
        Error::new(
            Verdict::BadAnswer,
            format!("a page that cannot be read: {error}"),
        )
    })?;
    let next = list.next();
    let entries = list.items.map_or_else(Vec::new, |entries| entries.0);
    Ok(Page {
        items: entries
            .into_iter()
            .map(|json| RawItem::new(Shape::Web, json))
            .collect(),
        next,
        continued: false,
    })
}

/// An empty feed of a hashtag that counts videos is a refusal that looks like an end.
fn check_empty(page: &Page, tag: &TagInfo) -> Result<(), Error> {
    let count = tag.video_count.unwrap_or(0);
    if !page.items.is_empty() || page.next != Next::End || count == 0 {
        return Ok(());
    }
    let cause = format!("the site counts {count} videos but hands out none");
    Err(Error::new(Verdict::Gated, cause))
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
            check_empty(&page, &tag)?;
        }
        Ok(page)
    }

    async fn tag_info(&mut self, query: &Query) -> Result<TagInfo, Error> {
        self.resolve(query).await
    }

    fn tag_id(&self) -> Option<String> {
        self.tag.as_ref()?.id.clone()
    }

    fn renew(&mut self) {
        self.http.renew();
    }
}

#[cfg(test)]
mod tests {
    use super::read_list;
    use crate::source::{Cursor, Next};

    fn next(body: &str) -> Next {
        read_list(body).unwrap().next
    }

    #[test]
    fn cursors_in_every_form() {
        assert_eq!(
            next(r#"{"itemList":[],"hasMore":true,"cursor":"30"}"#),
            Next::At(Cursor(30))
        );
        assert_eq!(
            next(r#"{"itemList":[],"hasMore":1,"cursor":30}"#),
            Next::At(Cursor(30))
        );
        assert_eq!(
            next(r#"{"hasMore":"true","cursor":30}"#),
            Next::At(Cursor(30))
        );
        assert_eq!(
            next(r#"{"itemList":[],"hasMore":false,"cursor":"95"}"#),
            Next::End
        );
        assert_eq!(next(r#"{"itemList":[]}"#), Next::End);
        for odd in [
            "null",
            "\"\"",
            "\"a&b\"",
            "-5",
            "1e3",
            "12345678901234567890",
            "[1]",
            "\"+5\"",
        ] {
            let body = format!(r#"{{"itemList":[{{}}],"hasMore":true,"cursor":{odd}}}"#);
            assert!(matches!(next(&body), Next::Lost(_)), "{odd}");
            assert_eq!(read_list(&body).unwrap().items.len(), 1, "{odd}");
        }
        assert!(matches!(
            next(r#"{"itemList":[],"hasMore":true}"#),
            Next::Lost(_)
        ));
    }

    #[test]
    fn entries_are_bounded_and_stay_unread() {
        let body = format!(r#"{{"itemList":[null,7{}]}}"#, ",{}".repeat(998));
        assert_eq!(read_list(&body).unwrap().items.len(), 1_000);
        let body = format!(r#"{{"itemList":[{}{{}}]}}"#, "{},".repeat(1_000));
        assert!(read_list(&body).unwrap_err().cause.contains("1000 entries"));
        assert!(
            read_list(r#"{"itemList":null,"hasMore":false}"#)
                .unwrap()
                .items
                .is_empty()
        );
    }
}
