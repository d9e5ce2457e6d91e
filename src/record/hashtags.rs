//! The names of the hashtags a video carries, whichever part of its record says them.

use super::Record;

impl Record {
    /// The hashtags it lists and those its caption marks, in either spelling and as often as they
    /// stand there; `None` where nothing says either.
    pub(crate) fn hashtag_names(&self) -> Option<impl Iterator<Item = &str>> {
        let (list, marks) = (self.cha_list.as_deref(), self.text_extra.as_deref());
        let is_known = list.is_some() || marks.is_some();
        let listed = list.into_iter().flatten();
        let listed = listed.filter_map(|it| it.cha_name.as_deref());
        let marked = marks.into_iter().flatten().filter_map(|it| it.hashtag());
        is_known.then(|| listed.chain(marked))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::record::Shape;
    use crate::record::specimen::mapped;

    #[test]
    fn a_list_and_the_marks_of_a_caption_are_both_heard() {
        let marks = json!([
            {"type": 1, "hashtagName": "Sun"}, {"type": 0, "hashtagName": "", "userUniqueId": "m"},
            {"type": 5, "hashtagName": "@other"},
        ]);
        let list = json!([{"id": "1", "title": "sea"}]);
        for (list, marks, names) in [
            (&list, &marks, Some(vec!["sea", "Sun"])),
            (&Value::Null, &marks, Some(vec!["Sun"])),
            (&list, &Value::Null, Some(vec!["sea"])),
            (&json!([]), &Value::Null, Some(Vec::new())),
            (&Value::Null, &Value::Null, None),
        ] {
            let item = json!({"id": "42", "challenges": list, "textExtra": marks}).to_string();
            let record = mapped(Shape::Web, &item).unwrap().record;
            let found: Option<Vec<&str>> = record.hashtag_names().map(Iterator::collect);
            assert_eq!(found, names, "{item}");
        }
    }
}
