//! The caption of an item and its marked places.

use serde::Deserialize;

use crate::record::lenient::{Count, Flag, Id, Int, List, Text, Word};
use crate::record::text_extra::fill_hashtag_ids;
use crate::record::{Challenge, TextExtra};

/// One of `challenges`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Hashtag {
    id: Id,
    title: Word,
    desc: Text,
}

/// One of `textExtra`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Mark {
    start: Count,
    end: Count,
    hashtag_name: Text,
    hashtag_id: Id,
    #[serde(rename = "type")]
    kind: Int,
    user_id: Id,
    sec_uid: Word,
    user_unique_id: Word,
    sub_type: Int,
    is_commerce: Flag,
    aweme_id: Id,
}

/// One of `contents`: a paragraph with its own marks.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Paragraph {
    desc: Text,
    text_extra: List<Mark>,
}

/// Everything an item says in words.
pub(super) struct Caption {
    pub(super) desc: Option<String>,
    pub(super) content_desc: Option<String>,
    pub(super) cha_list: Option<Vec<Challenge>>,
    pub(super) text_extra: Option<Vec<TextExtra>>,
}

/// The caption, else the paragraphs of photo and long posts; the marks of either.
pub(super) fn caption(
    desc: Text,
    paragraphs: List<Paragraph>,
    challenges: List<Hashtag>,
    marks: List<Mark>,
) -> Caption {
    let (content_desc, paragraph_marks) = joined(paragraphs);
    let cha_list = challenges.map(Hashtag::challenge);
    let mut text_extra = marks.map(Mark::text_extra).or(paragraph_marks);
    if let (Some(extras), Some(challenges)) = (&mut text_extra, &cha_list) {
        fill_hashtag_ids(extras, challenges);
    }
    let desc = match desc.0 {
        Some(desc) if !desc.is_empty() => Some(desc),
        desc => content_desc.clone().or(desc),
    };
    Caption {
        desc,
        content_desc,
        cha_list,
        text_extra,
    }
}

/// The paragraphs joined by line ends, empty ones left out. Each one's marks count from its own
/// start, so they move by what stands before it. The site's own `desc` is made the same way, with
/// one blank between paragraphs and none for empty ones (seen on a page of 2023).
fn joined(paragraphs: List<Paragraph>) -> (Option<String>, Option<Vec<TextExtra>>) {
    let mut text = None::<String>;
    let mut all_marks = None::<Vec<TextExtra>>;
    let mut before = 0;
    for paragraph in paragraphs.or_empty() {
        if let Some(marks) = paragraph
            .text_extra
            .map(|mark| mark.text_extra().moved(before))
        {
            all_marks.get_or_insert_default().extend(marks);
        }
        let Some(part) = paragraph.desc.0 else {
            continue;
        };
        let text = text.get_or_insert_default();
        if part.is_empty() {
            continue;
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&part);
        before += part.encode_utf16().count() as u64 + 1;
    }
    (text, all_marks)
}

impl Hashtag {
    fn challenge(self) -> Challenge {
        Challenge::new(self.title.0, self.id.0, self.desc.0, None)
    }
}

impl Mark {
    fn text_extra(self) -> TextExtra {
        TextExtra {
            start: self.start.0,
            end: self.end.0,
            hashtag_name: self.hashtag_name.0,
            hashtag_id: self.hashtag_id.0,
            kind: self.kind.0,
            user_id: self.user_id.0,
            sec_uid: self.sec_uid.0,
            user_unique_id: self.user_unique_id.0,
            sub_type: self.sub_type.0,
            is_commerce: self.is_commerce.0,
            aweme_id: self.aweme_id.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::check;
    use crate::record::{Shape, specimen};

    #[test]
    fn hashtags_and_mentions() {
        check(
            "hashtag_id_missing",
            &[
                (
                    "/cha_list/0/share_info/share_url",
                    json!("https://www.tiktok.com/tag/%C3%A9t%C3%A9"),
                ),
                ("/cha_list/0/share_info/share_title", json!(null)),
                ("/cha_list/1/desc", json!("letters")),
                ("/text_extra/0/hashtag_id", json!("77")),
                ("/text_extra/1/hashtag_id", json!("5424")),
                ("/text_extra/0/start", json!(3)),
                ("/text_extra/0/end", json!(7)),
            ],
        );
        check(
            "challenges_missing",
            &[("/cha_list", json!(null)), ("/text_extra", json!(null))],
        );
        check(
            "challenges_empty",
            &[("/cha_list", json!([])), ("/text_extra", json!([]))],
        );
        check(
            "mention",
            &[(
                "/text_extra/0",
                json!({
                    "start": 0, "end": 4, "hashtag_name": "", "hashtag_id": null, "type": 0,
                    "user_id": "6800000000000000002", "sec_uid": "MS4wLjABAAAAana", "user_unique_id": "ana",
                    "sub_type": null, "is_commerce": null, "aweme_id": null
                }),
            )],
        );
        let (record, oddities) = specimen::json(Shape::Web, "web/challenges_with_junk");
        assert_eq!(record["cha_list"].as_array().unwrap().len(), 1);
        assert_eq!(oddities, 2);
    }

    #[test]
    fn paragraphs() {
        check(
            "desc_only_in_contents",
            &[
                ("/desc", json!("😺 one\n#two")),
                ("/content_desc", json!("😺 one\n#two")),
                ("/text_extra/0/start", json!(7)),
                ("/text_extra/0/end", json!(11)),
            ],
        );
        check(
            "contents_beside_desc",
            &[
                ("/desc", json!("one #two")),
                ("/text_extra/0/start", json!(4)),
            ],
        );
    }
}
