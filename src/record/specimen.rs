//! Fixtures and sightings for this room's tests.

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

/// The text of a fixture, for example `web/music_missing.json`.
pub(super) fn fixture(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap()
}

/// Every fixture of the three shapes.
pub(super) fn fixtures() -> Vec<(Shape, PathBuf)> {
    let shapes = [
        (Shape::Web, "web"),
        (Shape::Aweme, "aweme"),
        (Shape::Embed, "embed"),
    ];
    shapes
        .into_iter()
        .flat_map(|(shape, name)| {
            let files = fs::read_dir(folder().join(name)).unwrap();
            files.map(move |file| (shape, file.unwrap().path()))
        })
        .collect()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// An entry, its `beside` split off: fixtures that need one are `{"item":…,"beside":…}`.
pub(super) fn raw(shape: Shape, text: &str) -> RawItem {
    #[derive(serde::Deserialize)]
    struct Split<'a> {
        #[serde(borrow)]
        item: &'a RawValue,
        beside: Box<RawValue>,
    }
    match serde_json::from_str::<Split<'_>>(text) {
        Ok(split) => RawItem {
            beside: Some(split.beside),
            ..RawItem::new(shape, split.item.to_owned())
        },
        Err(_) => RawItem::new(shape, serde_json::from_str(text).unwrap()),
    }
}

/// Maps a text.
pub(super) fn mapped(shape: Shape, text: &str) -> Result<Mapped, Malformed> {
    Record::from_raw(&raw(shape, text), &SIGHTING)
}

/// The record of a fixture as JSON.
pub(super) fn json(shape: Shape, name: &str) -> Value {
    serde_json::to_value(mapped(shape, &fixture(name)).unwrap().record).unwrap()
}
