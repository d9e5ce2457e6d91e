//! Bounds that hold before any byte of an answer is believed: how large, how deep, how many.

/// Largest body after decoding, in bytes.
pub(crate) const BODY: usize = 16 * 1024 * 1024;
/// Most records in one page off the network.
pub(crate) const RECORDS: usize = 1_000;
/// Deepest nesting of a JSON text.
pub(crate) const DEPTH: usize = 128;

/// Whether `json` nests deeper than [`DEPTH`].
///
/// The parser skips what it does not read without counting its depth, so this does.
pub(crate) fn too_deep(json: &str) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in json.bytes() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => {
                depth += 1;
                if depth > DEPTH {
                    return true;
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{DEPTH, too_deep};

    #[test]
    fn depth_counts_brackets_outside_strings_only() {
        let deep = "[".repeat(DEPTH + 1);
        assert!(too_deep(&deep));
        assert!(!too_deep(&deep[1..]));
        assert!(!too_deep(&format!("\"\\\"{deep}\"")));
        assert!(!too_deep(&"[]".repeat(1_000)));
    }
}
