//! Drives the built binary as a user would, against the simulator; never touches the network.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests that cannot go on has failed"
)]

#[cfg(all(target_os = "linux", feature = "demo"))]
mod beside;
#[cfg(all(target_os = "linux", feature = "browser", feature = "demo"))]
mod browser;
#[cfg(feature = "demo")]
mod budget;
#[cfg(feature = "demo")]
mod certificates;
#[cfg(all(target_os = "linux", feature = "browser", feature = "demo"))]
mod chromium;
mod cli;
#[cfg(all(target_os = "linux", feature = "demo"))]
mod clock;
mod contract;
mod docs;
mod doctor;
#[cfg(all(target_os = "linux", feature = "demo", feature = "store"))]
mod faults;
mod feed;
#[cfg(feature = "demo")]
mod filters;
#[cfg(all(
    target_os = "linux",
    feature = "demo",
    feature = "parquet",
    feature = "store"
))]
mod footer;
mod har;
#[cfg(feature = "demo")]
mod idle;
mod import;
#[cfg(all(unix, feature = "demo"))]
mod jobs;
#[cfg(feature = "demo")]
mod locks;
#[cfg(feature = "demo")]
mod matrix;
mod memory;
#[cfg(feature = "demo")]
mod migrating;
#[cfg(feature = "demo")]
mod output;
#[cfg(feature = "demo")]
mod pace;
mod papers;
#[cfg(all(target_os = "linux", feature = "demo", feature = "parquet"))]
mod programs;
#[cfg(feature = "demo")]
mod pull;
#[cfg(all(unix, feature = "demo", feature = "store"))]
mod queue;
mod report;
#[cfg(all(target_os = "linux", feature = "browser", feature = "demo"))]
mod report_page;
mod runner;
#[cfg(feature = "demo")]
mod scenarios;
#[cfg(feature = "demo")]
mod secrets;
#[cfg(all(unix, feature = "demo"))]
mod sinks;
#[cfg(feature = "demo")]
mod site;
mod socket;
#[cfg(all(target_os = "linux", feature = "demo"))]
mod split;
#[cfg(all(unix, feature = "demo", feature = "store"))]
mod store;
#[cfg(all(unix, feature = "demo"))]
mod streams;
#[cfg(all(unix, feature = "demo"))]
mod surroundings;
#[cfg(all(target_os = "linux", feature = "demo"))]
mod tool;
mod trouble;
