//! Fixtures, sightings and comparisons for this room's tests.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use serde_json::value::RawValue;

use super::{Lane, Malformed, Mapped, RawItem, Record, Shape, Sighting};

/// Seen first in a feed that is known to be a hashtag's.
pub(super) const SIGHTING: Sighting<'_> = Sighting {
    query: None,
    lane: Lane::Web,
    position: 1,
    collected_at: Some(1_795_300_000),
    hashtag_feed: Some(true),
};

/// The text of a fixture, for example `web/music_null`.
pub(super) fn fixture(name: &str) -> String {
    let path = folder().join(name).with_extension("json");
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every fixture of the three shapes, with its text.
pub(super) fn fixtures() -> Vec<(Shape, PathBuf, String)> {
    let mut all = Vec::new();
    for (shape, name) in [
        (Shape::Web, "web"),
        (Shape::Aweme, "aweme"),
        (Shape::Embed, "embed"),
    ] {
        for file in fs::read_dir(folder().join(name)).unwrap() {
            let path = file.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            all.push((shape, path, text));
        }
    }
    all
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// An entry with what stands beside it; fixtures that need both are `{"item":…,"beside":…}`.
pub(super) fn raw(shape: Shape, text: &str) -> RawItem {
    #[derive(serde::Deserialize)]
    struct Both {
        item: Box<RawValue>,
        beside: Box<RawValue>,
    }
    match serde_json::from_str::<Both>(text) {
        Ok(both) => RawItem {
            beside: Some(both.beside),
            ..RawItem::new(shape, both.item)
        },
        Err(_) => RawItem::new(shape, serde_json::from_str(text).unwrap()),
    }
}

/// Maps a text.
pub(super) fn mapped(shape: Shape, text: &str) -> Result<Mapped, Malformed> {
    Record::from_raw(&raw(shape, text), &SIGHTING)
}

/// The record of a fixture as JSON, and its count of oddities.
pub(super) fn json(shape: Shape, name: &str) -> (Value, u32) {
    let mapped = mapped(shape, &fixture(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    (
        serde_json::to_value(mapped.record).unwrap(),
        mapped.oddities,
    )
}

/// Checks values of a fixture's record by their JSON pointers.
pub(super) fn check(shape: Shape, name: &str, expected: &[(&str, Value)]) {
    let (record, _) = json(shape, name);
    for (pointer, value) in expected {
        let found = record
            .pointer(pointer)
            .unwrap_or_else(|| panic!("{name}: no {pointer}"));
        assert_eq!(found, value, "{name}: {pointer}");
    }
}
