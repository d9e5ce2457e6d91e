//! What the site says beyond the app's record: photo posts, places, stickers, anchors, labels.

use serde::Deserialize;

use crate::record::lenient::{Code, Id, Int, List, Pictures, Text, Texts, Word};
use crate::record::{
    Anchor, DuetInfo, EffectSticker, ImagePostInfo, InteractionSticker, PoiInfo, RiskInfos, known,
};

/// `imagePost` of an item, `imagePostInfo` of an embed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::record) struct ImagePost {
    title: Text,
    images: Pictures,
}

/// One of `effectStickers`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Effect {
    #[serde(rename = "ID")]
    id: Id,
    name: Text,
}

/// One of `stickersOnItem`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Overlay {
    sticker_type: Int,
    sticker_text: Texts,
}

/// `poi` of an item; its numbers are texts.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Place {
    id: Id,
    name: Text,
    address: Text,
    city: Text,
    country_code: Code,
    category: Text,
}

/// One of `anchors`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Link {
    id: Id,
    #[serde(rename = "type")]
    kind: Int,
    keyword: Text,
    description: Text,
    schema: Word,
}

/// `duetInfo`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Duet {
    duet_from_id: Id,
}

/// `videoSuggestWordsList`, in the app's spelling inside the site's item.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Suggestions {
    video_suggest_words_struct: List<SuggestionGroup>,
}

/// A group of suggested searches.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SuggestionGroup {
    words: List<Suggestion>,
}

/// One suggested search.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Suggestion {
    word: Word,
}

/// One of `warnInfo`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::record) struct Warning {
    text: Text,
    #[serde(rename = "type")]
    kind: Int,
}

/// The first warning shown with a video (assumed: `warnInfo` is empty where none is).
pub(in crate::record) fn risk_infos(warnings: List<Warning>) -> Option<RiskInfos> {
    let warning = warnings.or_empty().into_iter().next()?;
    Some(RiskInfos {
        content: warning.text.0,
        kind: warning.kind.0,
        warn: Some(true),
        ..RiskInfos::default()
    })
}

impl ImagePost {
    pub(in crate::record) fn image_post_info(self) -> Option<ImagePostInfo> {
        ImagePostInfo::new(self.title.0, self.images.0)
    }
}

impl Effect {
    pub(super) fn effect_sticker(self) -> EffectSticker {
        EffectSticker {
            id: self.id.0,
            name: self.name.0,
        }
    }
}

impl Overlay {
    pub(super) fn interaction_sticker(self) -> InteractionSticker {
        InteractionSticker {
            kind: self.sticker_type.0,
            text: self.sticker_text.0,
        }
    }
}

impl Place {
    pub(super) fn poi_info(self) -> Option<PoiInfo> {
        known(PoiInfo {
            poi_id: self.id.0,
            poi_name: self.name.0,
            address: self.address.0,
            city: self.city.0,
            country_code: self.country_code.0,
            category: self.category.0,
        })
    }
}

impl Link {
    pub(super) fn anchor(self) -> Anchor {
        Anchor {
            id: self.id.0,
            kind: self.kind.0,
            keyword: self.keyword.0,
            description: self.description.0,
            schema: self.schema.0,
        }
    }
}

impl Duet {
    pub(super) fn duet_info(self) -> DuetInfo {
        DuetInfo::from_id(self.duet_from_id.0)
    }
}

impl Suggestions {
    /// All groups' words in order.
    pub(super) fn words(self) -> Option<Vec<String>> {
        let groups = self.video_suggest_words_struct.0?;
        let words = groups.into_iter().flat_map(|group| group.words.or_empty());
        Some(words.filter_map(|suggestion| suggestion.word.0).collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::check;

    #[test]
    fn photo_posts() {
        check(
            "image_post",
            &[
                ("/image_post_info/title", json!("")),
                (
                    "/image_post_info/images/0",
                    json!({
                        "uri": null,
                        "url_list": ["https://cdn.example/1.jpeg?x-expires=1700086400", "https://cdn.example/1b.jpeg"],
                        "width": 1440, "height": 1920, "expires_at": 1_700_086_400
                    }),
                ),
                ("/image_post_info/images/1/width", json!(null)),
                ("/video/duration", json!(0)),
                ("/video/play_addr", json!(null)),
                ("/collection/estimated", json!([])),
                (
                    "/share_info/share_url",
                    json!("https://www.tiktok.com/@mira.k/photo/7300000000123456789"),
                ),
            ],
        );
    }

    #[test]
    fn extras() {
        check(
            "extras",
            &[
                ("/is_ads", json!(false)),
                (
                    "/commerce_info",
                    json!({"branded_content_type": null, "ad_authorization": true, "is_ec_video": true}),
                ),
                (
                    "/aigc_info",
                    json!({"aigc_label_type": 1, "created_by_ai": null, "description": "Creator labeled as AI-generated"}),
                ),
                ("/is_top", json!(true)),
                ("/item_mute", json!(false)),
                ("/is_original_item", json!(false)),
                ("/is_official_item", json!(true)),
                ("/mask_type", json!(3)),
                (
                    "/anchors",
                    json!([{"id": "7", "type": 54, "keyword": "CapCut", "description": "CapCut · Video Editor", "schema": null}]),
                ),
                ("/duet_info", json!({"from_id": "7200000000000000009"})),
                (
                    "/effect_stickers",
                    json!([{"id": "1805988", "name": "sparkle"}]),
                ),
                (
                    "/interaction_stickers",
                    json!([{"type": 4, "text": ["hello", "tea"]}]),
                ),
                (
                    "/poi_info",
                    json!({"poi_id": "22535865206014961", "poi_name": "Market Hall", "address": "Eteläranta 1",
                       "city": "Helsinki", "country_code": "660013", "category": "Food"}),
                ),
                ("/suggest_words", json!(["cat tea", "tea house"])),
            ],
        );
        check(
            "duet_from_none",
            &[("/duet_info", json!({"from_id": null}))],
        );
        check("author_missing", &[("/duet_info", json!(null))]);
    }
}
