//! Bounds that hold before any byte of an answer is believed: how large, how deep, how many.

use super::walk;

/// Largest body after decoding, in bytes.
pub(crate) const BODY: usize = 16 * 1024 * 1024;
/// Most records in one page off the network.
pub(crate) const RECORDS: usize = 1_000;
/// Deepest nesting of a JSON text.
pub(crate) const DEPTH: usize = 128;

/// Whether a JSON text nests deeper than [`DEPTH`].
pub(crate) fn too_deep(json: &str) -> bool {
    walk::depth(json) > DEPTH
}
