//! The pages the site makes for embedding elsewhere: at most ten videos of a hashtag, then each
//! one's details. Both answer unsigned from most places.

use std::sync::Arc;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::blob::{self, EmbedVideo};
use super::http::{Http, Request};
use super::judge::Due;
use super::session::encode;
use super::tag::is_id;
use super::{Cursor, Error, Next, Page, Source, TagInfo, Verdict};
use crate::input::Query;
use crate::record::{Lane, RawItem, Shape};

/// The lane of the embed pages.
#[derive(Debug)]
pub struct Embed {
    http: Arc<Http>,
    tag_id: Option<String>,
    list: Vec<Box<RawValue>>,
}

impl From<blob::EmbedTag> for TagInfo {
    fn from(tag: blob::EmbedTag) -> Self {
        Self {
            id: tag.id.filter(|id| is_id(id)),
            title: tag.title.filter(|title| !title.is_empty()),
            desc: tag.desc,
            view_count: tag.view_count,
            video_count: tag.video_count,
        }
    }
}

impl Embed {
    /// A lane for one hashtag.
    #[must_use]
    pub fn new(http: Arc<Http>) -> Self {
        Self {
            http,
            tag_id: None,
            list: Vec::new(),
        }
    }

    /// How many videos the hashtag's embed page lists: that page alone, none of its videos'.
    ///
    /// # Errors
    /// [`Error`] when it was not answered well.
    pub async fn glance(&mut self, query: &Query) -> Result<usize, Error> {
        self.open(query).await?;
        Ok(self.list.len())
    }

    async fn tag_page(&self, query: &Query) -> Result<blob::EmbedTag, Error> {
        let path = format!("/embed/tag/{}", encode(query.name.as_str()));
        let html = self.get(path, query).await?;
        let tag = blob::embed_tag(&html).ok_or_else(|| unreadable("/embed/tag/"))?;
        if tag.unknown {
            let cause = "the embed pages know no such hashtag";
            return Err(Error::new(Verdict::NotFound, cause));
        }
        Ok(tag)
    }

    async fn get(&self, path: String, query: &Query) -> Result<String, Error> {
        let request = Request {
            path,
            own: Vec::new(),
            referer: format!("/tag/{}", encode(query.name.as_str())),
            region: query.region,
            due: Due::EmbedPage,
        };
        self.http.get(&request).await
    }

    /// A video's details; `None` where the embed pages do not know it.
    async fn details(&self, id: &str, query: &Query) -> Result<Option<Box<RawValue>>, Error> {
        match self.get(format!("/embed/v2/{id}"), query).await {
            Err(error) if error.verdict == Verdict::NotFound => Ok(None),
            Err(error) => Err(error),
            Ok(html) => match blob::embed_video(&html) {
                Some(EmbedVideo::Data(data)) => Ok(Some(data)),
                Some(EmbedVideo::Unknown) => Ok(None),
                None => Err(unreadable("/embed/v2/")),
            },
        }
    }

    async fn open(&mut self, query: &Query) -> Result<(), Error> {
        let tag = self.tag_page(query).await?;
        let count = tag.video_count.unwrap_or(0);
        if tag.videos.is_empty() && count > 0 {
            let cause = format!("the site counts {count} videos but hands out none");
            return Err(Error::new(Verdict::Gated, cause));
        }
        self.tag_id = tag.id.filter(|id| is_id(id));
        self.list = tag.videos;
        Ok(())
    }

    /// The rest of the list without details, after asking for them failed for good.
    fn without_details(&self, from: usize, error: Error) -> Page {
        Page {
            items: self.list[from..]
                .iter()
                .map(|entry| item(entry, None))
                .collect(),
            next: Next::Lost(error.on(Lane::Embed)),
            continued: from > 0,
        }
    }
}

/// Both halves of a video in one object.
fn item(entry: &RawValue, details: Option<&RawValue>) -> RawItem {
    let details = details.map_or("null", RawValue::get);
    let json = format!("{{\"listEntry\":{},\"videoData\":{details}}}", entry.get());
    let json = RawValue::from_string(json).expect("an object of two JSON values");
    RawItem::new(Shape::Embed, json)
}

fn unreadable(path: &str) -> Error {
    let cause = format!("an embed page ({path}) whose data cannot be read");
    Error::new(Verdict::BadAnswer, cause)
}

/// The id of a list entry, if it has one that can stand in a path.
fn id_of(entry: &RawValue) -> Option<String> {
    #[derive(Deserialize)]
    struct Entry {
        id: serde_json::Value,
    }
    let entry: Entry = serde_json::from_str(entry.get()).ok()?;
    let id = entry
        .id
        .as_str()
        .map_or_else(|| entry.id.to_string(), str::to_owned);
    is_id(&id).then_some(id)
}

#[async_trait]
impl Source for Embed {
    fn lane(&self) -> Lane {
        Lane::Embed
    }

    async fn page(&mut self, query: &Query, at: Option<Cursor>) -> Result<Page, Error> {
        let place = at.map_or(0, |cursor| usize::try_from(cursor.0).unwrap_or(usize::MAX));
        if at.is_none() {
            self.open(query).await?;
        }
        let Some(entry) = self.list.get(place) else {
            return Ok(Page {
                items: Vec::new(),
                next: Next::End,
                continued: place > 0,
            });
        };
        let details = match id_of(entry) {
            None => None,
            Some(id) => match self.details(&id, query).await {
                Ok(None) => {
                    tracing::warn!(
                        "video {id}: no details on its embed page, only the list's entry"
                    );
                    None
                }
                Ok(details) => details,
                Err(error) => return Ok(self.without_details(place, error)),
            },
        };
        let next = place + 1;
        Ok(Page {
            items: vec![item(entry, details.as_deref())],
            next: if next < self.list.len() {
                Next::At(Cursor(next as u64))
            } else {
                Next::End
            },
            continued: place > 0,
        })
    }

    async fn tag_info(&mut self, query: &Query) -> Result<TagInfo, Error> {
        Ok(self.tag_page(query).await?.into())
    }

    fn tag_id(&self) -> Option<String> {
        self.tag_id.clone()
    }

    fn is_finite(&self) -> bool {
        true
    }
}
