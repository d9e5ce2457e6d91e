//! The keys of a record as a tree, read off its schema: for outputs with columns, and for whoever
//! wants some keys only.

use serde_json::{Map, Value};

use super::Record;

/// A key of a record, or of a part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The key.
    pub name: String,
    /// What it holds, null apart.
    pub kind: Kind,
}

/// What a key holds; any of it may be null.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// A whole number.
    Number,
    /// True or false.
    Flag,
    /// An object of ours.
    Part(Vec<Field>),
    /// A list of one kind.
    List(Box<Self>),
    /// The source's own object, under `raw`.
    Raw,
}

impl Record {
    /// All keys, in the order they are written in.
    #[must_use]
    pub fn fields() -> Vec<Field> {
        let schema = Self::schema();
        let none = Map::new();
        let parts = schema["$defs"].as_object().unwrap_or(&none);
        fields(&schema, parts)
    }
}

fn fields(schema: &Value, parts: &Map<String, Value>) -> Vec<Field> {
    let properties = schema["properties"].as_object().into_iter().flatten();
    let field = |(name, schema): (&String, &Value)| Field {
        name: name.clone(),
        kind: kind(schema, parts),
    };
    properties.map(field).collect()
}

fn kind(schema: &Value, parts: &Map<String, Value>) -> Kind {
    let part = schema["$ref"].as_str().and_then(|it| it.rsplit('/').next());
    if let Some(part) = part.and_then(|name| parts.get(name)) {
        return kind(part, parts);
    }
    // A part that may be null, or one of a few texts.
    for choices in ["anyOf", "oneOf"] {
        if let Some(first) = schema[choices].get(0) {
            return kind(first, parts);
        }
    }
    let types = &schema["type"];
    match types.as_str().or_else(|| types[0].as_str()) {
        Some("object") => Kind::Part(fields(schema, parts)),
        Some("array") => Kind::List(Box::new(kind(&schema["items"], parts))),
        Some("integer") => Kind::Number,
        Some("boolean") => Kind::Flag,
        Some("string") => Kind::Text,
        _ => Kind::Raw,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value};

    use super::{Field, Kind};
    use crate::record::specimen::{fixtures, raw};
    use crate::record::{Record, specimen::SIGHTING};

    fn find<'a>(fields: &'a [Field], path: &str) -> &'a Kind {
        let (first, rest) = path
            .split_once('.')
            .map_or((path, None), |(a, b)| (a, Some(b)));
        let field = fields.iter().find(|field| field.name == first).unwrap();
        match (&field.kind, rest) {
            (kind, None) => kind,
            (Kind::Part(fields), Some(rest)) => find(fields, rest),
            (other, _) => panic!("{other:?} has no {rest:?}"),
        }
    }

    #[test]
    fn each_kind_is_read_off_the_schema() {
        let fields = Record::fields();
        for (path, kind) in [
            ("aweme_id", Kind::Text),
            ("input.limit", Kind::Number),
            ("author.verified", Kind::Flag),
            ("collection.lane", Kind::Text),
            ("collection.estimated", Kind::List(Box::new(Kind::Text))),
            ("raw", Kind::Raw),
        ] {
            assert_eq!(find(&fields, path), &kind, "{path}");
        }
        let Kind::List(rate) = find(&fields, "video.bit_rate") else {
            panic!("no list");
        };
        let Kind::Part(rate) = &**rate else {
            panic!("a list of something else");
        };
        assert_eq!(find(rate, "play_addr.data_size"), &Kind::Number);
    }

    /// Whether the keys are those, in that order, and each holds what its kind says.
    fn fits(object: &Map<String, Value>, fields: &[Field]) -> bool {
        object.keys().eq(fields.iter().map(|field| &field.name))
            && fields
                .iter()
                .all(|field| is_of(&object[&field.name], &field.kind))
    }

    fn is_of(value: &Value, kind: &Kind) -> bool {
        match (value, kind) {
            (Value::Null, _)
            | (Value::String(_), Kind::Text)
            | (Value::Bool(_), Kind::Flag)
            | (_, Kind::Raw) => true,
            (Value::Number(number), Kind::Number) => number.is_i64(),
            (Value::Object(object), Kind::Part(fields)) => fits(object, fields),
            (Value::Array(items), Kind::List(kind)) => items.iter().all(|it| is_of(it, kind)),
            _ => false,
        }
    }

    #[test]
    fn every_record_is_made_of_the_fields() {
        let mut fields = Record::fields();
        assert_eq!(fields.pop().map(|last| last.kind), Some(Kind::Raw));
        let mut seen = 0;
        for (shape, path, text) in fixtures() {
            let Ok(mapped) = Record::from_raw(&raw(shape, &text), &SIGHTING) else {
                continue;
            };
            let record = serde_json::to_value(mapped.record).unwrap();
            assert!(
                fits(record.as_object().unwrap(), &fields),
                "{}",
                path.display()
            );
            seen += 1;
        }
        assert!(seen > 50, "{seen}");
    }
}
