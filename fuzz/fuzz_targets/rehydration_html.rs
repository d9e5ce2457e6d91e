//! Pages with data scripts: the hashtag's own, those made for embedding, and saved ones.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;
use tiktok_hashtag::record::{RawItem, Shape};
use tiktok_hashtag::source::fuzzing;
use tiktok_hashtag_fuzz::{import, map};

fuzz_target!(|bytes: &[u8]| {
    let html = String::from_utf8_lossy(bytes);
    let tag = fuzzing::embed_tag(&html);
    let video = fuzzing::embed_video(&html);
    let infos = [
        fuzzing::tag_page(&html),
        tag.as_ref().map(|it| it.0.clone()),
    ];
    for id in infos.into_iter().flatten().filter_map(|info| info.id) {
        assert!(id.bytes().all(|b| b.is_ascii_digit()), "{id}");
    }
    for entry in tag.iter().flat_map(|it| &it.1) {
        map(&embedded(entry, video.as_deref()));
    }
    import(bytes);
});

/// Both halves of a video, as the lane joins them.
fn embedded(entry: &RawValue, details: Option<&RawValue>) -> RawItem {
    let details = details.map_or("null", RawValue::get);
    let json = format!("{{\"listEntry\":{entry},\"videoData\":{details}}}");
    let json = RawValue::from_string(json).expect("an object of two JSON values");
    RawItem::new(Shape::Embed, json)
}
