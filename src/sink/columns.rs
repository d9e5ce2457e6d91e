//! The columns of a table: every field of a record that is no object, by its dotted name. A list
//! is one column.

use super::Fields;
use super::part::Part;
use crate::record::{Field, Kind, Record};

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name, for example `author.unique_id`.
    pub name: String,
    /// What its cells hold.
    pub kind: Kind,
    /// The keys that lead to it.
    keys: Vec<String>,
}

impl Column {
    /// The columns of a whole record, or of some fields of it in their order.
    #[must_use]
    pub fn all(fields: Option<&Fields>) -> Vec<Self> {
        let mut columns: Vec<Self> = Vec::new();
        match fields {
            None => spread(&[], &Kind::Part(Record::fields()), &mut columns),
            Some(fields) => fields
                .paths()
                .iter()
                .for_each(|path| spread(&path.keys, &path.kind, &mut columns)),
        }
        columns
    }

    /// The cell of a record; null where anything on the way is.
    pub(super) fn of<'a>(&'a self, record: &'a Record) -> Part<'a, Record> {
        Part {
            value: record,
            keys: &self.keys,
        }
    }
}

/// The columns of what stands at `keys`, each once.
fn spread(keys: &[String], kind: &Kind, columns: &mut Vec<Column>) {
    match kind {
        Kind::Part(fields) => fields.iter().for_each(|Field { name, kind }| {
            let keys = [keys, std::slice::from_ref(name)].concat();
            spread(&keys, kind, columns);
        }),
        // Only in JSON.
        Kind::Raw => {}
        kind if columns.iter().all(|column| column.keys != keys) => columns.push(Column {
            name: keys.join("."),
            kind: kind.clone(),
            keys: keys.to_vec(),
        }),
        _ => {}
    }
}
