//! Parquet: typed columns, nested as the record is. Rows are gathered and go out together as a
//! row group; the footer that makes a file of them comes last. Only this file names the crate.

use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{ColumnPath, Type, TypePtr};
use serde_json::Value;

use super::body::Body;
use super::fields::{Choice, What, choices};
use super::{Layout, Row};
use crate::record::{Field, Kind, Record, SCHEMA_VERSION};

/// Bytes of values that become a row group, about a thousand records: what a run holds in memory,
/// next to what the footer will say of each group.
const GROUP: usize = 16 * 1024 * 1024;
/// What a value takes besides its text, and the levels of one that is null.
const VALUE: usize = 48;
const NOTHING: usize = 4;

/// Rows into a Parquet file.
pub(super) struct Parquet<W: Write + Send> {
    out: SerializedFileWriter<W>,
    nodes: Vec<Node>,
    columns: Vec<Column>,
    /// Bytes of the rows that wait for their group.
    pending: usize,
    /// A write failed: nothing may follow it.
    broken: bool,
}

/// A key of the schema.
struct Node {
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

/// The values of a column, and of each how many of the optional and repeated keys that lead to it
/// are there: the two levels of the format.
struct Column {
    values: Values,
    defined: Vec<i16>,
    repeated: Vec<i16>,
}

enum Values {
    Text(Vec<ByteArray>),
    Number(Vec<i64>),
    Flag(Vec<bool>),
}

/// Where in the schema a value stands.
#[derive(Clone, Copy)]
struct Level {
    defined: i16,
    repeated: i16,
    /// Lists around it.
    lists: i16,
}

impl<W: Write + Send> Parquet<W> {
    pub(super) fn new(layout: &Layout, out: W) -> io::Result<Self> {
        let mut columns = Vec::new();
        let nodes = nodes_of(&choices(layout.fields.as_ref()), &mut columns);
        let schema = Type::group_type_builder("record").with_fields(types_of(&nodes)?);
        let schema = Arc::new(schema.build().map_err(told)?);
        let out = SerializedFileWriter::new(out, schema, Arc::new(properties()));
        Ok(Self {
            out: out.map_err(told)?,
            nodes,
            columns,
            pending: 0,
            broken: false,
        })
    }

    /// Hands out what waits, as a row group.
    fn hand_out(&mut self) -> Result<(), ParquetError> {
        let mut group = self.out.next_row_group()?;
        for column in &mut self.columns {
            if let Some(mut out) = group.next_column()? {
                column.hand_out(&mut out)?;
                out.close()?;
            }
        }
        group.close()?;
        self.pending = 0;
        Ok(())
    }

    /// What `step` comes to, unless an earlier one has failed.
    fn attempt(
        &mut self,
        step: impl FnOnce(&mut Self) -> Result<(), ParquetError>,
    ) -> io::Result<()> {
        if self.broken {
            return Err(io::Error::other("an earlier write failed"));
        }
        let done = step(self).map_err(told);
        self.broken |= done.is_err();
        done
    }
}

impl<W: Write + Send> Body for Parquet<W> {
    fn write(&mut self, row: Row<'_>) -> io::Result<()> {
        let Row::Record(record) = row else {
            return Err(io::Error::other("only records have columns"));
        };
        let record = tree_of(record)?;
        let top = Level {
            defined: 0,
            repeated: 0,
            lists: 0,
        };
        for node in &self.nodes {
            self.pending += put(node, &record[&node.name], top, &mut self.columns);
        }
        if self.pending < GROUP {
            return Ok(());
        }
        self.attempt(Self::hand_out)
    }

    /// A group is not cut short for the end of a page.
    fn flush(&mut self) -> io::Result<()> {
        self.attempt(|_| Ok(()))
    }

    fn end(&mut self, _complete: bool) -> io::Result<()> {
        self.attempt(|it| {
            if it.pending > 0 {
                it.hand_out()?;
            }
            it.out.finish().map(drop)
        })
    }

    /// Without its footer it is no file of the format, and what is missing is in no other place.
    fn mend(&mut self, _file: &File) -> io::Result<()> {
        Ok(())
    }
}

impl Column {
    fn new(kind: &Kind) -> Self {
        Self {
            values: match kind {
                Kind::Number => Values::Number(Vec::new()),
                Kind::Flag => Values::Flag(Vec::new()),
                _ => Values::Text(Vec::new()),
            },
            defined: Vec::new(),
            repeated: Vec::new(),
        }
    }

    /// Takes a value; whether it was one, and of the column's kind.
    fn take(&mut self, value: &Value) -> bool {
        match (&mut self.values, value) {
            (Values::Text(values), Value::String(text)) => values.push(text.as_str().into()),
            (Values::Number(values), Value::Number(number)) => match number.as_i64() {
                Some(number) => values.push(number),
                None => return false,
            },
            (Values::Flag(values), Value::Bool(flag)) => values.push(*flag),
            _ => return false,
        }
        true
    }

    fn hand_out(&mut self, out: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        let levels = (Some(&self.defined[..]), Some(&self.repeated[..]));
        match &mut self.values {
            Values::Text(values) => {
                let typed = out.typed::<ByteArrayType>();
                typed.write_batch(values, levels.0, levels.1)?;
                values.clear();
            }
            Values::Number(values) => {
                let typed = out.typed::<Int64Type>();
                typed.write_batch(values, levels.0, levels.1)?;
                values.clear();
            }
            Values::Flag(values) => {
                let typed = out.typed::<BoolType>();
                typed.write_batch(values, levels.0, levels.1)?;
                values.clear();
            }
        }
        self.defined.clear();
        self.repeated.clear();
        Ok(())
    }
}

/// Puts a value into the columns below `node`; the bytes it takes there. Where a key on the way is
/// null, so is all below it.
fn put(node: &Node, value: &Value, at: Level, columns: &mut [Column]) -> usize {
    let deeper = |by: i16| Level {
        defined: at.defined + by,
        ..at
    };
    match &node.shape {
        Shape::Leaf(number, _) => {
            let column = &mut columns[*number];
            let is_there = column.take(value);
            column.defined.push(at.defined + i16::from(is_there));
            column.repeated.push(at.repeated);
            match value {
                Value::Null => NOTHING,
                value => VALUE + value.as_str().map_or(0, str::len),
            }
        }
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

fn put_all(nodes: &[Node], value: &Value, at: Level, columns: &mut [Column]) -> usize {
    let put = |node: &Node| put(node, &value[&node.name], at, columns);
    nodes.iter().map(put).sum()
}

fn nodes_of(choices: &[Choice], columns: &mut Vec<Column>) -> Vec<Node> {
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

fn types_of(nodes: &[Node]) -> io::Result<Vec<TypePtr>> {
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

/// Only what readers skip groups by has statistics: the footer holds them all, and is held in
/// memory to the end.
fn properties() -> WriterProperties {
    let version = KeyValue::new(
        "tiktok_hashtag.schema_version".to_owned(),
        SCHEMA_VERSION.to_owned(),
    );
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_created_by(concat!("tiktok-hashtag ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_key_value_metadata(Some(vec![version]))
        .set_offset_index_disabled(true)
        .set_statistics_enabled(EnabledStatistics::None);
    for column in ["aweme_id", "create_time"] {
        let column = ColumnPath::from(column);
        properties = properties.set_column_statistics_enabled(column, EnabledStatistics::Chunk);
    }
    properties.build()
}

/// A record as a tree of values, its `raw` left out: that one is not to be read.
fn tree_of(record: &Record) -> serde_json::Result<Value> {
    if record.raw.is_none() {
        return serde_json::to_value(record);
    }
    let mut bare = record.clone();
    bare.raw = None;
    serde_json::to_value(bare)
}

/// The system's own error, where it is one.
fn told(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(inner) => inner
            .downcast::<io::Error>()
            .map_or_else(io::Error::other, |error| *error),
        other => io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use bytes::Bytes;
    use parquet::file::reader::{FileReader as _, SerializedFileReader};
    use parquet::record::{Row as Found, RowAccessor as _};

    use super::{Body as _, GROUP, Parquet, Row};
    use crate::sink::specimen::{described, record};
    use crate::sink::{Format, Layout};

    /// Bytes that can be looked at while they are written, up to so many.
    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>, Option<usize>);

    impl std::io::Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            let mut written = self.0.lock().unwrap();
            if self.1.is_some_and(|room| written.len() >= room) {
                return Err(std::io::ErrorKind::StorageFull.into());
            }
            written.extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn writer(fields: Option<&str>, room: Option<usize>) -> (Parquet<Shared>, Shared) {
        let out = Shared(Arc::default(), room);
        let layout = Layout {
            format: Format::Parquet,
            fields: fields.map(|fields| fields.parse().unwrap()),
            ..Layout::default()
        };
        (Parquet::new(&layout, out.clone()).unwrap(), out)
    }

    fn read(out: &Shared) -> (usize, Vec<Found>) {
        let bytes = Bytes::from(out.0.lock().unwrap().clone());
        let file = SerializedFileReader::new(bytes).unwrap();
        let rows = file.get_row_iter(None).unwrap().map(Result::unwrap);
        (file.num_row_groups(), rows.collect())
    }

    #[test]
    fn groups_go_out_once_they_are_large_and_no_row_is_lost() {
        let (mut parquet, out) = writer(None, None);
        let long = "x".repeat(GROUP / 2);
        for number in 1..=3 {
            parquet
                .write(Row::Record(&described(number, &long)))
                .unwrap();
            assert!(parquet.pending < GROUP);
            parquet.flush().unwrap();
        }
        parquet.end(true).unwrap();
        let (groups, rows) = read(&out);
        assert_eq!((groups, rows.len()), (2, 3));
        let ids: Vec<&String> = rows.iter().map(|row| row.get_string(1).unwrap()).collect();
        assert_eq!(ids[2], "7532242222256717503");
        assert!(ids.is_sorted());
    }

    #[test]
    fn what_is_picked_is_there_and_what_is_whole_may_be_null() {
        let (mut parquet, out) = writer(
            Some("label_top.uri,label_top.url_list,music,cha_list"),
            None,
        );
        parquet.write(Row::Record(&record(1))).unwrap();
        parquet.end(false).unwrap();
        let rows = read(&out).1;
        assert_eq!(
            rows[0].to_string(),
            "{label_top: {uri: null, url_list: null}, music: null, cha_list: [{cha_name: \"x\", \
             cid: null, desc: null, share_info: {share_title: null, \
             share_url: \"https://www.tiktok.com/tag/x\"}}]}"
        );
    }

    #[test]
    fn no_rows_are_a_file_too() {
        let (mut parquet, out) = writer(None, None);
        parquet.end(true).unwrap();
        assert_eq!(read(&out), (0, Vec::new()));
    }

    #[test]
    fn a_write_that_failed_is_said_by_the_system_and_followed_by_none() {
        let (mut parquet, out) = writer(Some("aweme_id"), Some(1));
        parquet.write(Row::Record(&record(1))).unwrap();
        let error = parquet.end(true).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::StorageFull, "{error}");
        let length = out.0.lock().unwrap().len();
        assert!(parquet.end(true).is_err() && parquet.flush().is_err());
        assert_eq!(out.0.lock().unwrap().len(), length);
    }
}
