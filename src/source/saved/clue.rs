//! Says what JSON without items is, by the keys that give its maker away. Runs only after the
//! search for items found none.

use serde_json::value::RawValue;

use super::find::{ENVELOPES, is_tiktok};
use super::what::What;
use crate::source::blob::{EmbedVideo, embed_tag_state, embed_video_state};
use crate::source::walk::{
    elements, field, fields, integer, is_array, is_object, path, pick, text,
};

/// How many elements of an array are looked at; lists are of one kind.
const SAMPLE: usize = 20;
/// Where page data keeps an answer of the site, and with it an error.
const ANSWERS: [&str; 3] = [
    "webapp.video-detail",
    "webapp.reflow.video.detail",
    "webapp.challenge-detail",
];

/// What the JSON is; [`What::Json`] if nothing gives it away.
pub(super) fn name(raw: &RawValue) -> What {
    let mut best = What::Json;
    look(raw, "", 0, &mut best);
    best
}

fn look(raw: &RawValue, key: &str, depth: u8, best: &mut What) {
    if depth > ENVELOPES {
        return;
    }
    if is_array(raw) {
        let mut left = SAMPLE;
        elements(raw, |element| {
            if left > 0 {
                left -= 1;
                look(element, key, depth + 1, best);
            }
        });
    } else if is_object(raw) {
        let is_answer = depth < 2 || ANSWERS.contains(&key);
        if let Some(what) = sign(raw, is_answer).filter(|what| what < best) {
            *best = what;
        }
        fields(raw, |key, value| look(value, &key, depth + 1, best));
    }
}

fn sign(raw: &RawValue, is_answer: bool) -> Option<What> {
    let mut found = [
        har(raw),
        if is_answer { fault(raw) } else { None },
        research(raw),
        tool(raw).map(What::Dataset),
        hashtags(raw),
        comments(raw),
        platform(raw),
        page(raw),
        list(raw),
    ];
    found.sort();
    found.into_iter().flatten().next()
}

fn har(raw: &RawValue) -> Option<What> {
    path(raw, &["log", "entries"]).map(|_| What::Har)
}

/// An answer with a code other than success, or the captcha that is sent for one.
fn fault(raw: &RawValue) -> Option<What> {
    let [
        camel,
        snake,
        code,
        kind,
        camel_words,
        snake_words,
        message,
        words,
    ] = pick(
        raw,
        [
            "statusCode",
            "status_code",
            "code",
            "type",
            "statusMsg",
            "status_msg",
            "message",
            "msg",
        ],
    );
    let words = [camel_words, snake_words, message, words];
    let words = words.into_iter().flatten().filter_map(text);
    let words = words.into_iter().find(|it| !it.is_empty());
    let site = [camel, snake].into_iter().flatten().filter_map(integer);
    let site = site.into_iter().find(|code| *code != 0);
    // A gateway's own code stands beside its words; 0 and 200 are its ways to say yes.
    let gateway = code.and_then(integer).filter(|it| *it != 0 && *it != 200);
    if kind.and_then(text).as_deref() == Some("verify") || [site, gateway].contains(&Some(10000)) {
        return Some(What::Captcha);
    }
    let code = site.or_else(|| gateway.filter(|_| words.is_some()))?;
    Some(What::error(code, &words.unwrap_or_default()))
}

fn research(raw: &RawValue) -> Option<What> {
    let [description, search, videos] = pick(raw, ["video_description", "search_id", "videos"]);
    (description.is_some() || (search.is_some() && videos.is_some())).then_some(What::Research)
}

/// The tool whose export this is a row of, by keys seen in such exports.
fn tool(raw: &RawValue) -> Option<&'static str> {
    let has = |names: &[&str]| names.iter().all(|name| field(raw, name).is_some());
    if has(&["authorMeta", "musicMeta"]) {
        let own = has(&["secretID"]) || has(&["videoUrlNoWaterMark"]);
        return Some(if own {
            "tiktok-scraper"
        } else {
            "Apify's TikTok actors"
        });
    }
    [
        ("video_metadata", "file_metadata", "TikTok-Content-Scraper"),
        ("sound", "playAddr", "tiktok-hashtag-analysis"),
        ("video_id", "music_info", "tikwm"),
        ("extractor_key", "webpage_url", "yt-dlp"),
    ]
    .into_iter()
    .find_map(|(one, other, tool)| has(&[one, other]).then_some(tool))
}

fn hashtags(raw: &RawValue) -> Option<What> {
    let [list, info, challenge, mobile, own] = pick(
        raw,
        [
            "challenge_list",
            "challenge_info",
            "challenge",
            "challengeInfo",
            "ch_info",
        ],
    );
    if mobile.is_some() || own.is_some() {
        return Some(What::HashtagTotals);
    }
    let named = challenge.is_some_and(|it| field(it, "title").is_some());
    (list.is_some() || info.is_some() || named).then_some(What::Hashtags)
}

fn comments(raw: &RawValue) -> Option<What> {
    let [id, video, words] = pick(raw, ["cid", "aweme_id", "text"]);
    (id.is_some() && (video.is_some() || words.is_some())).then_some(What::Comments)
}

fn platform(raw: &RawValue) -> Option<What> {
    let platform = field(raw, "source_platform")?;
    (!is_tiktok(platform)).then_some(What::OtherPlatform)
}

/// The data of a page: in it there were no videos.
fn page(raw: &RawValue) -> Option<What> {
    let tag = embed_tag_state(raw).map(|tag| tag.unknown);
    let video = embed_video_state(raw).map(|it| matches!(it, EmbedVideo::Unknown));
    if let Some(unknown) = tag.or(video) {
        return Some(if unknown {
            What::NotFound
        } else {
            What::ShellWithoutVideos
        });
    }
    let marks = pick(raw, ["__DEFAULT_SCOPE__", "ItemModule", "AppContext"]);
    let old = path(raw, &["props", "pageProps"]);
    (old.is_some() || marks.iter().any(Option::is_some)).then_some(What::ShellWithoutVideos)
}

fn list(raw: &RawValue) -> Option<What> {
    let marks = pick(raw, ["itemList", "aweme_list", "hasMore", "has_more"]);
    marks.iter().any(Option::is_some).then_some(What::EmptyList)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::walk::parse;

    #[test]
    fn json_is_named_by_its_keys() {
        for (json, expected) in [
            (r#"{"log":{"version":"1.2","entries":[]}}"#, What::Har),
            (
                r#"{"code":"10000","type":"verify","fp":"verify_x"}"#,
                What::Captcha,
            ),
            (r#"{"statusCode":10000}"#, What::Captcha),
            (
                r#"{"statusCode":10204,"statusMsg":""}"#,
                What::error(10204, ""),
            ),
            (
                r#"[{"status_code":"5","status_msg":"no"}]"#,
                What::error(5, "no"),
            ),
            (
                r#"{"code":-1,"msg":"Free Api Limit"}"#,
                What::error(-1, "Free Api Limit"),
            ),
            (r#"{"code":200,"msg":"ok","data":[]}"#, What::Json),
            (r#"{"a":{"b":{"c":{"status_code":7}}}}"#, What::Json),
            (
                r#"{"data":{"videos":[{"video_description":"x"}]}}"#,
                What::Research,
            ),
            (
                r#"{"data":{"videos":[],"search_id":"1"},"error":{"code":"ok"}}"#,
                What::Research,
            ),
            (
                r#"[{"authorMeta":{},"musicMeta":{},"secretID":"x"}]"#,
                What::Dataset("tiktok-scraper"),
            ),
            (
                r#"{"authorMeta":{},"musicMeta":{}}"#,
                What::Dataset("Apify's TikTok actors"),
            ),
            (
                r#"{"extractor_key":"TikTok","webpage_url":"x"}"#,
                What::Dataset("yt-dlp"),
            ),
            (
                r#"{"data":[{"challenge":{"title":"funny"}}]}"#,
                What::Hashtags,
            ),
            (r#"{"challenge_list":[]}"#, What::Hashtags),
            (
                r#"{"challengeInfo":{"challenge":{"title":"x"}},"statusCode":0}"#,
                What::HashtagTotals,
            ),
            (
                r#"{"challengeInfo":{},"statusCode":10205}"#,
                What::error(10205, ""),
            ),
            (
                r#"{"comments":[{"cid":"1","text":"x"}],"has_more":0}"#,
                What::Comments,
            ),
            (
                r#"{"source_platform":"instagram.com","data":{}}"#,
                What::OtherPlatform,
            ),
            (
                r#"{"__DEFAULT_SCOPE__":{"webapp.app-context":{}}}"#,
                What::ShellWithoutVideos,
            ),
            (
                r#"{"source":{"data":{"/embed/tag/x":{"isError":true}}}}"#,
                What::NotFound,
            ),
            (r#"{"itemList":[],"hasMore":false}"#, What::EmptyList),
            (r#"{"statusCode":0,"hasMore":false}"#, What::EmptyList),
            ("{}", What::Json),
            ("17", What::Json),
        ] {
            assert_eq!(name(parse(json).unwrap()), expected, "{json}");
        }
    }
}
