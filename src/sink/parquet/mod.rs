//! Parquet: typed columns, nested as the record is. Rows are gathered and go out together as a
//! row group; the footer that makes a file of them comes last. Only this folder names the crate.

mod column;
mod schema;

use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnPath, Type};
use serde_json::Value;

use super::body::Body;
use super::fields::choices;
use super::{Layout, Row};
use crate::record::{Record, SCHEMA_VERSION};
use column::Column;
use schema::{Level, Node, nodes_of, put_all, types_of};

/// Bytes of values that become a row group, about a thousand records: what a run holds in memory,
/// next to what the footer will say of each group.
const GROUP: usize = 16 * 1024 * 1024;
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
        let done = step(self).map_err(|error| fatal(&told(error)));
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
        self.pending += put_all(&self.nodes, &record, Level::default(), &mut self.columns);
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

    fn is_lost(&self) -> bool {
        self.broken
    }

    /// Without its footer it is no file of the format, and what is missing is in no other place.
    fn mend(&mut self, _file: &File) -> io::Result<()> {
        Ok(())
    }
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

/// The same error, with what it means for the rows that were taken before.
fn fatal(error: &io::Error) -> io::Error {
    let words = format!("{error}, and nothing in it can be read without its end");
    io::Error::new(error.kind(), words)
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
