//! The fields of a record that are written, when not all of them are: through objects by dotted
//! paths, lists whole, in the order asked for.

use std::fmt;
use std::str::FromStr;

use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::part::Part;
use crate::likeness::{likeness, nearest};
use crate::record::{Field, Kind, Record};

/// Fields of a record, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields {
    /// As they were asked for, each once.
    paths: Vec<Path>,
    /// The same as objects within each other, each at its first mention.
    tree: Vec<Choice>,
}

/// One field by its way through the objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path {
    /// Its keys, the outermost first.
    pub(super) keys: Vec<String>,
    /// What it holds.
    pub(super) kind: Kind,
}

/// A key that is written, and how much of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) name: String,
    /// The keys that lead to it from the record, its own the last.
    keys: Vec<String>,
    pub(super) what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// All of it.
    Whole(Kind),
    /// Some keys of an object.
    Some(Vec<Choice>),
}

/// Why a text names no fields.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FieldsError {
    /// Nothing between two commas, or nothing at all.
    #[error("a field is missing; name them like aweme_id,author.unique_id")]
    Empty,
    /// A path through a list.
    #[error("{path}: {list} is a list, which is taken whole; write {list}")]
    InList {
        /// The path.
        path: String,
        /// The list it leads through.
        list: String,
    },
    /// A field that there is none of.
    #[error("no field {path:?}; {}", advice(.nearest.as_deref()))]
    Unknown {
        /// The path.
        path: String,
        /// The field that is most like it.
        nearest: Option<String>,
    },
}

fn advice(nearest: Option<&str>) -> String {
    nearest.map_or_else(
        || "tiktok-hashtag schema lists them".to_owned(),
        |nearest| format!("did you mean {nearest}?"),
    )
}

impl FromStr for Fields {
    type Err = FieldsError;

    fn from_str(text: &str) -> Result<Self, FieldsError> {
        let all = Record::fields();
        let mut fields = Self {
            paths: Vec::new(),
            tree: Vec::new(),
        };
        for path in text.split(',') {
            let path = Path::find(path.trim(), &all)?;
            if !fields.paths.contains(&path) {
                choose(&mut fields.tree, &path, 0);
                fields.paths.push(path);
            }
        }
        Ok(fields)
    }
}

impl fmt::Display for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let paths: Vec<String> = self.paths.iter().map(Path::to_string).collect();
        f.write_str(&paths.join(","))
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.keys.join("."))
    }
}

impl Fields {
    /// Whether the field at `path` is named, itself or by its first key.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        let (first, _) = path.split_once('.').unwrap_or((path, ""));
        let named = |it: &Path| it.to_string() == path || it.keys == [first];
        self.paths.iter().any(named)
    }

    /// As they were asked for.
    pub(super) fn paths(&self) -> &[Path] {
        &self.paths
    }

    /// As objects within each other.
    pub(super) fn tree(&self) -> &[Choice] {
        &self.tree
    }

    /// What of a record they name, as one object.
    pub(super) fn of<'a>(&'a self, record: &'a Record) -> Chosen<'a> {
        Chosen {
            choices: &self.tree,
            record,
        }
    }
}

impl Path {
    /// The field a text names.
    fn find(text: &str, all: &[Field]) -> Result<Self, FieldsError> {
        let mut fields = all;
        let mut keys = Vec::new();
        let mut kind: Option<&Kind> = None;
        for key in text.split('.') {
            match kind {
                None | Some(Kind::Part(_)) => {}
                Some(Kind::List(_)) => {
                    return Err(FieldsError::InList {
                        path: text.to_owned(),
                        list: keys.join("."),
                    });
                }
                Some(_) => {
                    return Err(FieldsError::Unknown {
                        path: text.to_owned(),
                        nearest: Some(keys.join(".")),
                    });
                }
            }
            let Some(field) = fields.iter().find(|field| field.name == key) else {
                return Err(unknown(text, all));
            };
            keys.push(key.to_owned());
            kind = Some(&field.kind);
            fields = match &field.kind {
                Kind::Part(fields) => fields,
                _ => &[],
            };
        }
        let kind = kind.cloned().ok_or(FieldsError::Empty)?;
        Ok(Self { keys, kind })
    }
}

fn unknown(path: &str, all: &[Field]) -> FieldsError {
    if path.is_empty() {
        return FieldsError::Empty;
    }
    let mut names = Vec::new();
    name_all(all, "", &mut names);
    // Parts have an `id` of their own, which nobody means who names none of them.
    let nearest = match path {
        "id" => Some("aweme_id".to_owned()),
        _ => nearest(names, |name| likeness_of(path, name)),
    };
    FieldsError::Unknown {
        path: path.to_owned(),
        nearest,
    }
}

/// Every path there is.
fn name_all(fields: &[Field], before: &str, names: &mut Vec<String>) {
    for field in fields {
        let name = format!("{before}{}", field.name);
        if let Kind::Part(fields) = &field.kind {
            name_all(fields, &format!("{name}."), names);
        }
        names.push(name);
    }
}

/// How much `path` is like the field `name`; one that forgot the object a field stands in is a
/// little less so.
fn likeness_of(path: &str, name: &str) -> f64 {
    let last = |path: &str| path.rsplit('.').next().unwrap_or_default().to_owned();
    let whole = likeness(path, name);
    let inner = likeness(&last(path), &last(name));
    whole.max(inner * 0.9 + whole * 0.05)
}

/// Adds a path to the objects it leads through, the first `depth` of which have it.
fn choose(tree: &mut Vec<Choice>, path: &Path, depth: usize) {
    let name = &path.keys[depth];
    let at = tree.iter().position(|choice| choice.name == *name);
    let at = at.unwrap_or_else(|| {
        tree.push(Choice {
            name: name.clone(),
            keys: path.keys[..=depth].to_vec(),
            what: What::Some(Vec::new()),
        });
        tree.len() - 1
    });
    let is_last = path.keys.len() == depth + 1;
    match &mut tree[at].what {
        // The whole object has them all.
        What::Whole(_) => {}
        what if is_last => *what = What::Whole(path.kind.clone()),
        What::Some(inner) => choose(inner, path, depth + 1),
    }
}

/// What is written of a record, all of it unless said; without `raw`, which has no columns.
#[cfg(feature = "parquet")]
pub(super) fn choices(fields: Option<&Fields>) -> Vec<Choice> {
    let whole = || {
        let all = Record::fields().into_iter();
        let whole = all.map(|Field { name, kind }| Choice {
            keys: vec![name.clone()],
            name,
            what: What::Whole(kind),
        });
        whole.collect()
    };
    let mut choices = fields.map_or_else(whole, |fields| fields.tree.clone());
    choices.retain(|choice| choice.what != What::Whole(Kind::Raw));
    choices
}

/// Chosen fields of one record, as one object.
pub(super) struct Chosen<'a> {
    choices: &'a [Choice],
    record: &'a Record,
}

impl Serialize for Chosen<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.choices.len()))?;
        let record = self.record;
        for Choice { name, keys, what } in self.choices {
            match what {
                // A record without one does not have the key.
                What::Whole(Kind::Raw) => map.serialize_entry(name, &record.raw)?,
                What::Whole(_) => {
                    let value = record;
                    map.serialize_entry(name, &Part { value, keys })?;
                }
                What::Some(choices) => map.serialize_entry(name, &Chosen { choices, record })?,
            }
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::Fields;
    use crate::sink::specimen::record;

    fn chosen(fields: &str) -> String {
        let fields: Fields = fields.parse().unwrap();
        serde_json::to_string(&fields.of(&record(1))).unwrap()
    }

    #[test]
    fn objects_hold_what_was_asked_of_them_in_order() {
        for (fields, json) in [
            ("aweme_id", r#"{"aweme_id":"7532242222256717501"}"#),
            (
                "author.unique_id, aweme_id,author.uid,author.uid",
                r#"{"author":{"unique_id":"a","uid":"9"},"aweme_id":"7532242222256717501"}"#,
            ),
            // What is unknown has no parts.
            (
                "music,label_top.uri",
                r#"{"music":null,"label_top":{"uri":null}}"#,
            ),
            ("duet_info.from_id,duet_info", r#"{"duet_info":null}"#),
            (
                "cha_list",
                r#"{"cha_list":[{"cha_name":"x","cid":null,"desc":null,"share_info":{"share_title":null,"share_url":"https://www.tiktok.com/tag/x"}}]}"#,
            ),
            // Without --with-raw there is none.
            ("raw", r#"{"raw":null}"#),
        ] {
            assert_eq!(chosen(fields), json, "{fields}");
        }
    }

    #[test]
    fn raw_stays_as_it_was_sent() {
        const RAW: &str = r#"{"n":1e999,"id":123456789012345678901234567890}"#;
        let mut record = record(1);
        record.raw = Some(RawValue::from_string(RAW.to_owned()).unwrap());
        let fields: Fields = "raw,region".parse().unwrap();
        let json = serde_json::to_string(&fields.of(&record)).unwrap();
        assert_eq!(json, format!(r#"{{"raw":{RAW},"region":null}}"#));
    }

    #[test]
    fn a_field_that_is_none_is_told_from_the_nearest() {
        for (fields, words) in [
            (
                "",
                "a field is missing; name them like aweme_id,author.unique_id",
            ),
            (
                "aweme_id,",
                "a field is missing; name them like aweme_id,author.unique_id",
            ),
            ("id", "no field \"id\"; did you mean aweme_id?"),
            ("awemeid", "no field \"awemeid\"; did you mean aweme_id?"),
            (
                "author.uniqueId",
                "no field \"author.uniqueId\"; did you mean author.unique_id?",
            ),
            (
                "play_count",
                "no field \"play_count\"; did you mean statistics.play_count?",
            ),
            (
                "stats.playcount",
                "no field \"stats.playcount\"; did you mean statistics.play_count?",
            ),
            ("desc.x", "no field \"desc.x\"; did you mean desc?"),
            (
                "zebra",
                "no field \"zebra\"; tiktok-hashtag schema lists them",
            ),
            (
                "cha_list.cid",
                "cha_list.cid: cha_list is a list, which is taken whole; write cha_list",
            ),
        ] {
            let error = fields.parse::<Fields>().unwrap_err();
            assert_eq!(error.to_string(), words);
        }
    }

    #[test]
    fn a_field_is_there_by_itself_or_by_its_object() {
        let fields: Fields = "input,author.uid".parse().unwrap();
        for (path, has) in [
            ("input.name", true),
            ("input", true),
            ("author.uid", true),
            ("author.region", false),
            ("author", false),
            ("aweme_id", false),
        ] {
            assert_eq!(fields.has(path), has, "{path}");
        }
    }
}
