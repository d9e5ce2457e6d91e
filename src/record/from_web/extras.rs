//! What the site says beyond the app's record: photo posts, places, stickers, anchors, labels.

use serde::Deserialize;

use crate::record::lenient::{Id, Int, List, Pictures, Text, Texts, Word};
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
    country_code: Id,
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
