//! Turns a TikTok hashtag into structured video records.
//!
//! A question ([`input::Query`]) goes in, pages come from a [`source`], every item becomes one
//! [`record::Record`].

pub mod input;
pub mod source;

pub mod record;

pub mod clock;

#[cfg(feature = "demo")]
pub mod simulator;
