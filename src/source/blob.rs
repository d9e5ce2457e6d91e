//! The JSON that TikTok's pages carry in script elements, found by the script's id. What the
//! pages' items mean is left to the callers.

use serde_json::value::RawValue;

use super::walk::{count, elements, field, fields, is_object, parse, path, text};

/// Script of the embed pages.
pub(crate) const FRONTITY: &str = "__FRONTITY_CONNECT_STATE__";
/// Script of the site's pages since 2023.
pub(crate) const UNIVERSAL: &str = "__UNIVERSAL_DATA_FOR_REHYDRATION__";

/// How many videos of one tag page are looked at; pages are seen to hold ten.
const VIDEOS_AT_MOST: usize = 1000;

/// The text between the first `>` after `id="ID"` and the next `</script>`.
pub(crate) fn script<'a>(html: &'a str, id: &str) -> Option<&'a str> {
    let mark = [format!("id=\"{id}\""), format!("id='{id}'")];
    let at = mark.iter().filter_map(|mark| html.find(mark)).min()?;
    let (_, body) = html[at..].split_once('>')?;
    body.split_once("</script>").map(|(json, _)| json.trim())
}

/// What an embed page of a hashtag says.
#[derive(Debug, Default)]
pub(crate) struct EmbedTag {
    /// The hashtag's numeric id.
    pub(crate) id: Option<String>,
    /// Its name as the site spells it.
    pub(crate) title: Option<String>,
    /// Views of all its videos.
    pub(crate) view_count: Option<u64>,
    /// How many videos it has.
    pub(crate) video_count: Option<u64>,
    /// Its description, often empty.
    pub(crate) desc: Option<String>,
    /// The page says that embeds know no such hashtag: `isError`, `errorStatus` 404 or 410, or
    /// `statusCode` of `embedInfo` not 0.
    pub(crate) unknown: bool,
    /// The entries of `videoList`, untouched.
    pub(crate) videos: Vec<Box<RawValue>>,
}

/// Reads `/embed/tag/NAME`; `None` when the page carries no such blob.
pub(crate) fn embed_tag(html: &str) -> Option<EmbedTag> {
    embed_tag_state(parse(script(html, FRONTITY)?)?)
}

/// The same out of the script's own JSON.
pub(crate) fn embed_tag_state(state: &RawValue) -> Option<EmbedTag> {
    let route = route(state, "/embed/tag/")?;
    let mut tag = EmbedTag {
        unknown: is_unknown(route),
        ..EmbedTag::default()
    };
    if let Some(info) = field(route, "embedInfo") {
        tag.id = field(info, "id").and_then(id);
        tag.title = field(info, "title").and_then(text);
        tag.desc = field(info, "description").and_then(text);
        tag.view_count = field(info, "viewCount").and_then(count);
        tag.video_count = field(info, "videoCount").and_then(count);
        tag.unknown |= field(info, "statusCode").is_some_and(|code| count(code) != Some(0));
    }
    if let Some(list) = field(route, "videoList") {
        elements(list, |video| {
            if tag.videos.len() < VIDEOS_AT_MOST {
                tag.videos.push(video.to_owned());
            }
        });
    }
    Some(tag)
}

/// What an embed page of a video holds.
#[derive(Debug)]
pub(crate) enum EmbedVideo {
    /// The page's `videoData`, untouched.
    Data(Box<RawValue>),
    /// Embeds know no such video.
    Unknown,
}

/// Reads `/embed/v2/ID`; `None` when the page carries no such blob.
pub(crate) fn embed_video(html: &str) -> Option<EmbedVideo> {
    embed_video_state(parse(script(html, FRONTITY)?)?)
}

/// The same out of the script's own JSON.
pub(crate) fn embed_video_state(state: &RawValue) -> Option<EmbedVideo> {
    let route = route(state, "/embed/v2/")?;
    let data = field(route, "videoData").filter(|data| is_object(data));
    Some(match data {
        Some(data) if !is_unknown(route) => EmbedVideo::Data(data.to_owned()),
        _ => EmbedVideo::Unknown,
    })
}

/// The scopes of a page's universal blob, by key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scopes<'a>(&'a RawValue);

impl<'a> Scopes<'a> {
    /// The scope of that key, e.g. `webapp.challenge-detail`; the dots belong to the name.
    pub(crate) fn get(self, key: &str) -> Option<&'a RawValue> {
        field(self.0, key)
    }
}

/// Reads the universal blob of a page; `None` when it carries none.
pub(crate) fn universal(html: &str) -> Option<Scopes<'_>> {
    let blob = parse(script(html, UNIVERSAL)?)?;
    field(blob, "__DEFAULT_SCOPE__").map(Scopes)
}

/// The value of `source.data` whose key starts with `prefix`: keys may end in a slash, a query
/// or percent-encoding.
fn route<'a>(state: &'a RawValue, prefix: &str) -> Option<&'a RawValue> {
    let mut found = None;
    fields(path(state, &["source", "data"])?, |key, value| {
        if key.starts_with(prefix) && found.is_none() {
            found = Some(value);
        }
    });
    found
}

fn is_unknown(route: &RawValue) -> bool {
    let failed = field(route, "isError").is_some_and(|it| it.get() == "true");
    let status = field(route, "errorStatus").and_then(count);
    failed || matches!(status, Some(404 | 410))
}

/// An id, given as a string or a number; the empty string is none.
fn id(raw: &RawValue) -> Option<String> {
    let id = text(raw).or_else(|| count(raw).map(|n| n.to_string()))?;
    (!id.is_empty()).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(id: &str, json: &str) -> String {
        format!(
            "<!DOCTYPE html><html><head><script>var a = 1 > 0;</script>\
             <script id=\"{id}\" type=\"application/json\">{json}</script></head></html>"
        )
    }

    fn frontity(key: &str, value: &str) -> String {
        page(
            FRONTITY,
            &format!(r#"{{"source":{{"data":{{"/other/":{{}},"{key}":{value}}}}}}}"#),
        )
    }

    #[test]
    fn a_script_is_found_by_its_id() {
        let html = page("api-data", r#"{"a":"\u003C/script>"}"#);
        assert_eq!(script(&html, "api-data"), Some(r#"{"a":"\u003C/script>"}"#));
        assert_eq!(script("<script id='x'>1</script>", "x"), Some("1"));
        for cut in [
            "",
            "id=\"x\"",
            "<script id=\"x\">{",
            "<script id=\"y\">{}</script>",
        ] {
            assert_eq!(script(cut, "x"), None, "{cut}");
        }
    }

    #[test]
    fn a_tag_page_gives_totals_and_videos() {
        let html = frontity(
            "/embed/tag/harbour%20cats/?lang=en",
            r#"{"isError":false,"errorStatus":0,"embedInfo":{"id":"88001","title":"harbourcats",
                "description":"","viewCount":"161843211","videoCount":24519,"statusCode":0},
                "videoList":[{"id":"7300000000000000001"},null]}"#,
        );
        let tag = embed_tag(&html).unwrap();
        assert_eq!(tag.id.as_deref(), Some("88001"));
        assert_eq!(tag.title.as_deref(), Some("harbourcats"));
        assert_eq!(tag.desc.as_deref(), Some(""));
        assert_eq!(
            (tag.view_count, tag.video_count),
            (Some(161_843_211), Some(24_519))
        );
        assert!(!tag.unknown);
        assert_eq!(tag.videos[0].get(), r#"{"id":"7300000000000000001"}"#);
        assert_eq!(tag.videos[1].get(), "null");
    }

    #[test]
    fn an_unknown_tag_says_so_in_any_of_three_ways() {
        for sign in [
            r#"{"isError":true}"#,
            r#"{"isError":false,"errorStatus":404}"#,
            r#"{"errorStatus":"410"}"#,
            r#"{"embedInfo":{"statusCode":10205}}"#,
        ] {
            assert!(
                embed_tag(&frontity("/embed/tag/x", sign)).unwrap().unknown,
                "{sign}"
            );
        }
        let bare = embed_tag(&frontity("/embed/tag/x", r#"{"embedInfo":null}"#)).unwrap();
        assert!(!bare.unknown && bare.id.is_none() && bare.videos.is_empty());
    }

    #[test]
    fn a_video_page_gives_its_data_or_none() {
        let html = frontity("/embed/v2/73", r#"{"videoData":{"itemInfos":{"id":"73"}}}"#);
        let Some(EmbedVideo::Data(data)) = embed_video(&html) else {
            panic!("no data");
        };
        assert_eq!(data.get(), r#"{"itemInfos":{"id":"73"}}"#);
        for sign in [
            r#"{"isError":true,"videoData":{}}"#,
            r#"{"videoData":null}"#,
        ] {
            let html = frontity("/embed/v2/73", sign);
            assert!(
                matches!(embed_video(&html), Some(EmbedVideo::Unknown)),
                "{sign}"
            );
        }
    }

    #[test]
    fn pages_of_another_kind_have_no_blob() {
        let tag = frontity("/embed/tag/x", "{}");
        assert!(embed_video(&tag).is_none());
        assert!(embed_tag(&frontity("/embed/v2/7", "{}")).is_none());
        for other in [
            "",
            "<html></html>",
            &page(FRONTITY, "{"),
            &page(FRONTITY, "[]"),
        ] {
            assert!(
                embed_tag(other).is_none() && universal(other).is_none(),
                "{other}"
            );
        }
    }

    #[test]
    fn scopes_are_looked_up_by_their_dotted_key() {
        let html = page(
            UNIVERSAL,
            r#"{"__DEFAULT_SCOPE__":{"webapp.challenge-detail":{"statusCode":0}}}"#,
        );
        let scopes = universal(&html).unwrap();
        let found = scopes.get("webapp.challenge-detail").map(RawValue::get);
        assert_eq!(found, Some(r#"{"statusCode":0}"#));
        assert!(scopes.get("webapp").is_none());
    }
}
