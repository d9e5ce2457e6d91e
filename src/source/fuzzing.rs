//! Doors for the fuzz targets, built for them alone (`--cfg fuzzing`): the readers of what the
//! network says, which otherwise only the lanes call.

use std::time::Duration;

use http::HeaderMap;
use serde_json::value::RawValue;

use super::blob::{self, EmbedVideo};
use super::judge::{Answer, Due, Judged, judge};
use super::list::read_list;
use super::{Error, Page, TagInfo, retry};

/// The wait that an answer with these headers asks for.
#[must_use]
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    retry::retry_after(headers)
}

/// A body of the list call; `None` where the judge does not let it pass.
#[must_use]
pub fn list(body: &str) -> Option<Result<Page, Error>> {
    passes(body, Due::List).then(|| read_list(body))
}

/// A body of the look-up.
#[must_use]
pub fn look_up(body: &str) -> Option<TagInfo> {
    let passes = passes(body, Due::Lookup);
    passes.then(|| TagInfo::from_detail(body)).flatten()
}

/// The hashtag's own page.
#[must_use]
pub fn tag_page(html: &str) -> Option<TagInfo> {
    let scopes = passes(html, Due::TagPage).then(|| blob::universal(html))??;
    TagInfo::from_detail(scopes.get("webapp.challenge-detail")?.get())
}

/// The embed page of a hashtag: what it says of it, and the entries of its list.
#[must_use]
pub fn embed_tag(html: &str) -> Option<(TagInfo, Vec<Box<RawValue>>)> {
    let mut tag = passes(html, Due::EmbedPage).then(|| blob::embed_tag(html))??;
    let videos = std::mem::take(&mut tag.videos);
    Some((tag.into(), videos))
}

/// The embed page of a video: its details.
#[must_use]
pub fn embed_video(html: &str) -> Option<Box<RawValue>> {
    match passes(html, Due::EmbedPage).then(|| blob::embed_video(html))?? {
        EmbedVideo::Data(data) => Some(data),
        EmbedVideo::Unknown => None,
    }
}

fn passes(body: &str, due: Due) -> bool {
    let headers = HeaderMap::new();
    let answer = Answer {
        status: 200,
        headers: &headers,
        body,
    };
    judge(&answer, due) == Judged::Good
}
