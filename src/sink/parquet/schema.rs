//! The schema, nested as the record is: the keys there are, and how a value finds the columns below
//! its key.

use std::io;
use std::sync::Arc;

use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::schema::types::{Type, TypePtr};
use serde_json::Value;

use super::column::Column;
use super::told;
use crate::record::{Field, Kind};
use crate::sink::fields::{Choice, What};

/// A key of the schema.
pub(super) struct Node {
    name: String,
    shape: Shape,
}

/// What a key holds.
enum Shape {
    /// A value, in the column of this number.
    Leaf(usize, Kind),
    /// An object that may be null.
    Part(Vec<Node>),
    /// An object some keys of which were asked for, and which is there whatever is known of it.
    Picked(Vec<Node>),
    /// A list that may be null.
    List(Box<Node>),
}

/// Where in the schema a value stands.
#[derive(Clone, Copy, Default)]
pub(super) struct Level {
    defined: i16,
    repeated: i16,
    /// Lists around it.
    lists: i16,
}

/// The keys that `choices` name, and a column for each value below them.
pub(super) fn nodes_of(choices: &[Choice], columns: &mut Vec<Column>) -> Vec<Node> {
    let node = |choice: &Choice| Node {
        name: choice.name.clone(),
        shape: match &choice.what {
            What::Whole(kind) => shape_of(kind, columns),
            What::Some(choices) => Shape::Picked(nodes_of(choices, columns)),
        },
    };
    choices.iter().map(node).collect()
}

fn shape_of(kind: &Kind, columns: &mut Vec<Column>) -> Shape {
    match kind {
        Kind::Part(fields) => {
            let node = |Field { name, kind }: &Field| Node {
                name: name.clone(),
                shape: shape_of(kind, columns),
            };
            Shape::Part(fields.iter().map(node).collect())
        }
        Kind::List(kind) => Shape::List(Box::new(Node {
            name: "element".to_owned(),
            shape: shape_of(kind, columns),
        })),
        kind => {
            columns.push(Column::new(kind));
            Shape::Leaf(columns.len() - 1, kind.clone())
        }
    }
}

pub(super) fn types_of(nodes: &[Node]) -> io::Result<Vec<TypePtr>> {
    nodes.iter().map(type_of).collect()
}

fn type_of(node: &Node) -> io::Result<TypePtr> {
    let name = node.name.as_str();
    let group = |repetition, fields| {
        let group = Type::group_type_builder(name).with_fields(fields);
        group.with_repetition(repetition)
    };
    let built = match &node.shape {
        Shape::Leaf(_, kind) => {
            let (physical, logical) = match kind {
                Kind::Number => (Physical::INT64, None),
                Kind::Flag => (Physical::BOOLEAN, None),
                _ => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            };
            let leaf = Type::primitive_type_builder(name, physical).with_logical_type(logical);
            leaf.with_repetition(Repetition::OPTIONAL).build()
        }
        Shape::Part(nodes) => group(Repetition::OPTIONAL, types_of(nodes)?).build(),
        Shape::Picked(nodes) => group(Repetition::REQUIRED, types_of(nodes)?).build(),
        Shape::List(element) => {
            let list = Type::group_type_builder("list")
                .with_repetition(Repetition::REPEATED)
                .with_fields(vec![type_of(element)?]);
            let list = Arc::new(list.build().map_err(told)?);
            let group = group(Repetition::OPTIONAL, vec![list]);
            group.with_logical_type(Some(LogicalType::List)).build()
        }
    };
    built.map(Arc::new).map_err(told)
}

/// Puts a value into the columns below `node`; the bytes it takes there. Where a key on the way is
/// null, so is all below it.
fn put(node: &Node, value: &Value, at: Level, columns: &mut [Column]) -> usize {
    let deeper = |by: i16| Level {
        defined: at.defined + by,
        ..at
    };
    match &node.shape {
        Shape::Leaf(number, _) => columns[*number].put(value, at.defined, at.repeated),
        Shape::Part(nodes) => {
            let at = if value.is_object() { deeper(1) } else { at };
            put_all(nodes, value, at, columns)
        }
        Shape::Picked(nodes) => put_all(nodes, value, at, columns),
        Shape::List(element) => match value.as_array().map(Vec::as_slice) {
            None => put(element, &Value::Null, at, columns),
            Some([]) => put(element, &Value::Null, deeper(1), columns),
            Some(items) => {
                let mut at = Level {
                    lists: at.lists + 1,
                    ..deeper(2)
                };
                let mut bytes = 0;
                for item in items {
                    bytes += put(element, item, at, columns);
                    at.repeated = at.lists;
                }
                bytes
            }
        },
    }
}

/// The same of all of an object's keys.
pub(super) fn put_all(nodes: &[Node], value: &Value, at: Level, columns: &mut [Column]) -> usize {
    let put = |node: &Node| put(node, &value[&node.name], at, columns);
    nodes.iter().map(put).sum()
}
