//! Records for this room's tests.

use serde_json::json;
use serde_json::value::to_raw_value;

use crate::record::{Lane, RawItem, Record, Shape, Sighting};

/// A record of the site's shape, the number in its id.
pub(super) fn record(number: u64) -> Record {
    described(number, "a caption")
}

/// The same with a caption of its own.
pub(super) fn described(number: u64, desc: &str) -> Record {
    let item = json!({
        "id": format!("75322422222567175{number:02}"), "desc": desc, "createTime": 1_753_736_815,
        "author": {"id": "9", "uniqueId": "a", "nickname": "-A"},
        "challenges": [{"title": "x"}],
        "stats": {"playCount": 5, "diggCount": 0},
        "video": {"duration": 9},
    });
    let raw = RawItem::new(Shape::Web, to_raw_value(&item).unwrap());
    let sighting = Sighting {
        query: None,
        lane: Lane::Web,
        position: number,
        collected_at: Some(1_795_300_000),
        hashtag_feed: Some(true),
    };
    *Record::from_raw(&raw, &sighting).unwrap().record
}
