//! Which of our forms a row of JSON has, told by its keys.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::IgnoredAny;

use super::columns::Column;
use crate::record::Record;

/// Keys that a whole record of every version has.
const OF_RECORD: [&str; 3] = ["input", "share_info", "collection"];
/// The same without objects within it.
const OF_FLAT: [&str; 3] = ["input.name", "share_info.share_url", "collection.lane"];
/// The key that single records may lack or have beside the others.
const RAW: &str = "raw";

/// A form of rows.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A whole record, whatever its version has.
    Record,
    /// The same without objects within it.
    Flat,
    /// These fields of either.
    Fields(BTreeSet<String>),
}

impl Shape {
    /// That of rows with these keys; `None` where one is not ours.
    pub(super) fn of(mut keys: BTreeSet<String>) -> Option<Self> {
        keys.remove(RAW);
        let has = |names: [&str; 3]| names.iter().all(|name| keys.contains(*name));
        if has(OF_RECORD) {
            return Some(Self::Record);
        }
        if has(OF_FLAT) {
            return Some(Self::Flat);
        }
        let parts = Record::fields().into_iter().map(|field| field.name);
        let columns = Column::all(None).into_iter().map(|column| column.name);
        let ours: BTreeSet<String> = parts.chain(columns).collect();
        keys.is_subset(&ours).then_some(Self::Fields(keys))
    }

    /// That of a row that was written. One of an id alone may be anybody's list of ids, as one with
    /// other keys than ours is another program's.
    pub(super) fn of_row(row: &[u8]) -> Option<Self> {
        let row: BTreeMap<String, IgnoredAny> = serde_json::from_slice(row).ok()?;
        let shape = Self::of(row.into_keys().collect())?;
        match &shape {
            Self::Fields(keys) if keys.len() < 2 => None,
            _ => Some(shape),
        }
    }
}
