//! Programs of the machine that a few tests need: found, or said to be missing.

use std::io::Write as _;
use std::path::PathBuf;

/// A program on PATH. Without it a test says so and passes, but where `CI` is `true` it fails.
pub(crate) fn found(name: &str) -> Option<PathBuf> {
    let found = program(name);
    if found.is_none() {
        assert!(!in_ci(), "no {name}, though CI is true");
        say(&format!("skipped: no {name}"));
    }
    found
}

pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|place| place.is_file())
}

pub(crate) fn in_ci() -> bool {
    std::env::var("CI").is_ok_and(|ci| ci == "true")
}

/// Says it past the test harness, which keeps the output of tests that pass to itself.
pub(crate) fn say(words: &str) {
    // A stderr that cannot be written changes nothing else.
    let _ = writeln!(std::io::stderr(), "{words}");
}
