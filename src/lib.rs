//! Turns a TikTok hashtag into structured video records.
//!
//! A question ([`input::Query`]) goes in, pages come from a [`source`], every item becomes one
//! [`record::Record`], and each new record goes out through a [`sink`]. The modules below stand
//! in the order data passes them.

pub mod input;
pub mod record;
#[cfg(feature = "demo")]
pub mod simulator;
pub mod source;
