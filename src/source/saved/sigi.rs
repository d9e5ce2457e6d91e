//! `SIGI_STATE`, the page data of 2021 to 2023: items in one map, their authors in another, the
//! order in a third.

use std::collections::HashMap;

use serde_json::value::RawValue;

use super::find::object;
use crate::source::walk::{elements, field, fields, is_object, path, text};

/// Calls `each` with every item of `ItemModule` and with what `UserModule` says of its author.
///
/// The lists of `ItemList` come first, in their order; what is in none of them follows in the
/// order of the text.
pub(super) fn items<'a>(
    state: &'a RawValue,
    mut each: impl FnMut(&'a RawValue, Option<Box<RawValue>>),
) {
    let users = by_key(path(state, &["UserModule", "users"]));
    let stats = by_key(path(state, &["UserModule", "stats"]));
    for item in in_order(state) {
        let handle = field(item, "author").and_then(handle);
        let of = |map: &HashMap<String, &'a RawValue>| map.get(handle.as_ref()?).copied();
        let known = [("user", of(&users)), ("stats", of(&stats))];
        let known: Vec<_> = known
            .iter()
            .filter_map(|(name, value)| Some((*name, (*value)?.get())))
            .collect();
        each(item, (!known.is_empty()).then(|| object(&known)));
    }
}

fn in_order(state: &RawValue) -> Vec<&RawValue> {
    let mut items = Vec::new();
    let mut at = HashMap::new();
    if let Some(module) = field(state, "ItemModule") {
        fields(module, |id, item| {
            if field(item, "id").is_some() {
                at.insert(id.into_owned(), items.len());
                items.push(Some(item));
            }
        });
    }
    let mut ordered = Vec::with_capacity(items.len());
    if let Some(lists) = field(state, "ItemList") {
        fields(lists, |_, list| {
            if let Some(ids) = field(list, "list") {
                elements(ids, |id| {
                    let place = text(id).and_then(|id| at.get(&id));
                    ordered.extend(place.and_then(|place| items[*place].take()));
                });
            }
        });
    }
    ordered.extend(items.into_iter().flatten());
    ordered
}

fn by_key(map: Option<&RawValue>) -> HashMap<String, &RawValue> {
    let mut found = HashMap::new();
    if let Some(map) = map {
        fields(map, |key, value| {
            if is_object(value) {
                found.insert(key.into_owned(), value);
            }
        });
    }
    found
}

/// The author's handle: the author itself in these pages, a part of it elsewhere.
fn handle(author: &RawValue) -> Option<String> {
    text(author).or_else(|| field(author, "uniqueId").and_then(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::walk::parse;

    #[test]
    fn items_come_in_list_order_with_their_authors() {
        let state = parse(
            r#"{"ItemList":{"challenge":{"list":["3","9","1"]}},
                "ItemModule":{"1":{"id":"1","author":"ada.k"},"2":{"id":"2","author":"nobody"},
                    "3":{"id":"3","author":{"uniqueId":"ben.l"}},"4":null},
                "UserModule":{"users":{"ada.k":{"id":"11"},"ben.l":{"id":"12"}},
                    "stats":{"ada.k":{"heart":5}}}}"#,
        )
        .unwrap();
        let mut seen = Vec::new();
        items(state, |item, beside| {
            let beside = beside.map(|it| it.get().to_owned());
            seen.push((field(item, "id").unwrap().get(), beside.unwrap_or_default()));
        });
        assert_eq!(
            seen,
            [
                ("\"3\"", r#"{"user":{"id":"12"}}"#.to_owned()),
                (
                    "\"1\"",
                    r#"{"user":{"id":"11"},"stats":{"heart":5}}"#.to_owned()
                ),
                ("\"2\"", String::new()),
            ]
        );
    }

    #[test]
    fn a_state_without_the_other_maps_gives_its_items() {
        let state = parse(r#"{"ItemModule":{"7":{"id":"7"}},"ItemList":[1],"UserModule":null}"#);
        let mut count = 0;
        items(state.unwrap(), |_, beside| {
            count += usize::from(beside.is_none())
        });
        assert_eq!(count, 1);
    }
}
