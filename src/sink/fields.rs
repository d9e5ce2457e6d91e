//! The fields of a record that are written, when not all of them are: through objects by dotted
//! paths, lists whole, in the order asked for.

use std::fmt;
use std::str::FromStr;

use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::record::{Field, Kind, Record};

/// Least likeness of a name that is worth suggesting.
const LIKENESS: f64 = 0.7;

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
                choose(&mut fields.tree, &path.keys, &path.kind);
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

    /// Them of a record, for any JSON form.
    pub(super) fn of<'a>(&'a self, record: &'a Record) -> serde_json::Result<Chosen<'a>> {
        Ok(Chosen {
            fields: self,
            record: tree_of(record)?,
            raw: record.raw.as_deref(),
        })
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
    let scored = names.into_iter().map(|name| (likeness(path, &name), name));
    let best = scored.max_by(|(a, _), (b, _)| a.total_cmp(b));
    FieldsError::Unknown {
        path: path.to_owned(),
        nearest: best.and_then(|(score, name)| (score >= LIKENESS).then_some(name)),
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
fn likeness(path: &str, name: &str) -> f64 {
    let last = |path: &str| path.rsplit('.').next().unwrap_or_default().to_owned();
    let whole = strsim::normalized_damerau_levenshtein(path, name);
    let inner = strsim::normalized_damerau_levenshtein(&last(path), &last(name));
    whole.max(inner * 0.9 + whole * 0.05)
}

/// Adds a path to the objects it leads through.
fn choose(tree: &mut Vec<Choice>, keys: &[String], kind: &Kind) {
    let [first, rest @ ..] = keys else {
        return;
    };
    let at = tree.iter().position(|choice| choice.name == *first);
    let at = at.unwrap_or_else(|| {
        tree.push(Choice {
            name: first.clone(),
            what: What::Some(Vec::new()),
        });
        tree.len() - 1
    });
    match (&mut tree[at].what, rest) {
        // The whole object has them all.
        (What::Whole(_), _) => {}
        (what, []) => *what = What::Whole(kind.clone()),
        (What::Some(inner), rest) => choose(inner, rest, kind),
    }
}

/// What is written of a record, all of it unless said; without `raw`, which has no columns.
#[cfg(feature = "parquet")]
pub(super) fn choices(fields: Option<&Fields>) -> Vec<Choice> {
    let whole = || {
        let all = Record::fields().into_iter();
        let whole = all.map(|Field { name, kind }| Choice {
            name,
            what: What::Whole(kind),
        });
        whole.collect()
    };
    let mut choices = fields.map_or_else(whole, |fields| fields.tree.clone());
    choices.retain(|choice| choice.what != What::Whole(Kind::Raw));
    choices
}

/// A record as a tree of values, its `raw` left out: that one is not to be read.
pub(super) fn tree_of(record: &Record) -> serde_json::Result<Value> {
    if record.raw.is_none() {
        return serde_json::to_value(record);
    }
    let mut bare = record.clone();
    bare.raw = None;
    serde_json::to_value(bare)
}

/// The chosen fields of one record.
pub(super) struct Chosen<'a> {
    fields: &'a Fields,
    record: Value,
    raw: Option<&'a RawValue>,
}

impl Serialize for Chosen<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let part = Part {
            choices: &self.fields.tree,
            value: &self.record,
            raw: self.raw,
        };
        part.serialize(serializer)
    }
}

/// The same of an object in it.
struct Part<'a> {
    choices: &'a [Choice],
    value: &'a Value,
    raw: Option<&'a RawValue>,
}

impl Serialize for Part<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.choices.len()))?;
        for Choice { name, what } in self.choices {
            let value = &self.value[name];
            match what {
                What::Whole(Kind::Raw) => map.serialize_entry(name, &self.raw)?,
                What::Whole(_) => map.serialize_entry(name, value)?,
                What::Some(choices) => {
                    let raw = None;
                    let part = Part {
                        choices,
                        value,
                        raw,
                    };
                    map.serialize_entry(name, &part)?;
                }
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
        serde_json::to_string(&fields.of(&record(1)).unwrap()).unwrap()
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
        let json = serde_json::to_string(&fields.of(&record).unwrap()).unwrap();
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
