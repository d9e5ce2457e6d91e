//! What an aweme says beyond the plain video: photos, place, stickers, anchors, labels.

use serde::Deserialize;

use crate::record::lenient::{Code, Count, Flag, Id, Int, List, Obj, Pictures, Text, Word};
use crate::record::{
    AigcInfo, Anchor, CommerceInfo, EffectSticker, ImagePostInfo, InteractionSticker, PlaylistInfo,
    PoiInfo, known,
};

/// `image_post_info` of an aweme.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ImagePost {
    title: Text,
    images: Pictures,
}

/// `playlist_info`, formerly `mix_info` (`mix_name`).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Playlist {
    mix_id: Id,
    name: Word,
    mix_name: Word,
    item_total: Count,
    index: Count,
}

/// `poi_info` and `poi_data`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Place {
    poi_id: Id,
    poi_name: Word,
    address_info: Obj<Address>,
}

/// `address_info`; its `region_code` is a number of the GeoNames list, the country's by the one
/// answer seen.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Address {
    address: Text,
    city_name: Text,
    region_code: Code,
}

/// `sticker_detail`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Effect {
    id: Id,
    name: Text,
}

/// One of `interaction_stickers`; what it shows is not in it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Overlay {
    #[serde(rename = "type")]
    kind: Int,
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

/// `aigc_info`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Aigc {
    aigc_label_type: Int,
    created_by_ai: Flag,
}

/// `commerce_info`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Commerce {
    branded_content_type: Int,
}

/// `suggest_words`, a list of groups under its own name.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Suggestions {
    suggest_words: List<SuggestionGroup>,
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

/// The pictures of a photo post, else the bare list beside (a gateway of 2026, and Douyin, whose
/// videos have an empty one).
pub(super) fn image_post_info(post: ImagePost, images: Pictures) -> Option<ImagePostInfo> {
    ImagePostInfo::new(post.title.0, post.images.0.or(images.0))
}

/// The effect described, then those of the comma-separated list that are not.
pub(super) fn effect_stickers(described: Obj<Effect>, listed: Word) -> Option<Vec<EffectSticker>> {
    if described.0.is_none() && listed.0.is_none() {
        return None;
    }
    let mut stickers: Vec<EffectSticker> = described
        .0
        .and_then(Effect::effect_sticker)
        .into_iter()
        .collect();
    for id in listed
        .0
        .iter()
        .flat_map(|list| list.split(','))
        .map(str::trim)
    {
        let is_known = stickers
            .iter()
            .any(|sticker| sticker.id.as_deref() == Some(id));
        // One damaged on the way is no id.
        let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
        if is_id && !is_known {
            stickers.push(EffectSticker {
                id: Some(id.to_owned()),
                name: None,
            });
        }
    }
    Some(stickers)
}

impl Playlist {
    pub(super) fn playlist_info(self) -> Option<PlaylistInfo> {
        known(PlaylistInfo {
            mix_id: self.mix_id.0,
            name: self.name.0.or(self.mix_name.0),
            item_total: self.item_total.0,
            index: self.index.0,
        })
    }
}

impl Place {
    pub(super) fn poi_info(self) -> Option<PoiInfo> {
        let address = self.address_info.or_empty();
        known(PoiInfo {
            poi_id: self.poi_id.0,
            poi_name: self.poi_name.0,
            address: address.address.0,
            city: address.city_name.0,
            country_code: address.region_code.0,
            category: None,
        })
    }
}

impl Effect {
    fn effect_sticker(self) -> Option<EffectSticker> {
        known(EffectSticker {
            id: self.id.0,
            name: self.name.0,
        })
    }
}

impl Overlay {
    pub(super) fn interaction_sticker(self) -> InteractionSticker {
        InteractionSticker {
            kind: self.kind.0,
            text: None,
        }
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

impl Aigc {
    pub(super) fn aigc_info(self) -> Option<AigcInfo> {
        known(AigcInfo {
            aigc_label_type: self.aigc_label_type.0,
            created_by_ai: self.created_by_ai.0,
            description: None,
        })
    }
}

impl Commerce {
    pub(super) fn commerce_info(self) -> Option<CommerceInfo> {
        known(CommerceInfo {
            branded_content_type: self.branded_content_type.0,
            ..CommerceInfo::default()
        })
    }
}

impl Suggestions {
    /// All groups' words in order.
    pub(super) fn words(self) -> Option<Vec<String>> {
        let groups = self.suggest_words.0?;
        let words = groups.into_iter().flat_map(|group| group.words.or_empty());
        Some(words.filter_map(|suggestion| suggestion.word.0).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::effect_stickers;
    use crate::record::lenient::{Obj, Word};

    #[test]
    fn only_digits_make_a_sticker_of_the_list() {
        let listed = Word(Some("454\u{fffd}747, 12,,x,12".to_owned()));
        let stickers = effect_stickers(Obj(None), listed).unwrap();
        let ids: Vec<_> = stickers.iter().map(|it| it.id.as_deref()).collect();
        assert_eq!(ids, [Some("12")]);
    }
}
