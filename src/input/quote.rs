//! Text the user gave, as it may stand in a message: quoted, on one line, short, and with nothing
//! in it that a terminal would obey.

/// How many characters of a text a message repeats.
const SHOWN: usize = 80;

/// `text` between quotation marks, cut to 80 characters, control characters replaced.
pub(super) fn quote(text: &str) -> String {
    let mut chars = text.chars();
    let shown: String = chars.by_ref().take(SHOWN).map(visible).collect();
    let rest = if chars.next().is_some() { "…" } else { "" };
    format!("\"{shown}{rest}\"")
}

/// `c`, or U+FFFD where it steers the terminal or the reading direction.
fn visible(c: char) -> char {
    match c {
        '\u{061C}' | '\u{200E}' | '\u{200F}' => char::REPLACEMENT_CHARACTER,
        '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => char::REPLACEMENT_CHARACTER,
        c if c.is_control() => char::REPLACEMENT_CHARACTER,
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn a_quotation_is_short_and_harmless() {
        assert_eq!(quote("a b"), "\"a b\"");
        assert_eq!(
            quote("a\u{1b}[2J\nb\u{202e}"),
            "\"a\u{fffd}[2J\u{fffd}b\u{fffd}\""
        );
        assert_eq!(quote(&"x".repeat(81)), format!("\"{}…\"", "x".repeat(80)));
        assert_eq!(quote(&"シ".repeat(80)), format!("\"{}\"", "シ".repeat(80)));
    }
}
