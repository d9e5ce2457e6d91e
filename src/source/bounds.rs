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
    // Few brackets cannot nest deep, and are counted far faster than they are followed.
    openings(json) > DEPTH && walk::depth(json) > DEPTH
}

/// How many brackets open in a text, those in its strings included.
fn openings(json: &str) -> usize {
    let count = |block: &[u8]| -> u8 { block.iter().map(|b| u8::from(b | 0x20 == b'{')).sum() };
    let blocks = json.as_bytes().chunks(usize::from(u8::MAX));
    blocks.map(|block| usize::from(count(block))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nests_is_deep() {
        for (json, expected) in [
            ("[]".repeat(1_000), false),
            ("[{".repeat(64) + "x", false),
            ("[{".repeat(64) + "[", true),
            ("[".repeat(1_000), true),
            (format!("{{\"a\":\"{}\"}}", "[".repeat(1_000)), false),
        ] {
            assert_eq!(too_deep(&json), expected, "{json}");
        }
    }

    #[test]
    fn every_opening_bracket_counts() {
        for count in [0, 1, 254, 255, 256, 1_000] {
            assert_eq!(openings(&"{".repeat(count)), count);
            assert_eq!(openings(&"a[]}".repeat(count)), count);
        }
    }
}
