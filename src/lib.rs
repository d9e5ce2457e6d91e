//! Turns a TikTok hashtag into structured video records.
//!
//! A question ([`input::Query`]) goes in, pages come from a [`source`], every item becomes one
//! [`record::Record`], and each new record goes out through a [`sink`]. The modules below stand
//! in the order data passes them.

pub mod cli;
pub mod command;

pub mod input;
pub mod source;

pub mod record;

pub mod pull;
pub mod receipt;
pub mod sink;
pub mod store;

pub mod report;

pub mod clock;
pub mod exit;
pub mod halt;
mod likeness;
pub mod progress;
pub mod signals;
pub mod words;

#[cfg(feature = "demo")]
pub mod simulator;
