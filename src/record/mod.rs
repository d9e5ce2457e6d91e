//! What we give out: one [`Record`] a video and hashtag, in TikTok's own mobile *aweme* shape.
//! Each `from_*` file holds the wire structs of one remote shape and their conversion, nothing
//! else; conversions are pure: no I/O, no clock, no logging.

mod raw;

pub use raw::{Lane, Malformed, RawItem, Shape, Sighting};
