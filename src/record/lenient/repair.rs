//! Mends JSON a strict reader refuses but whose meaning is plain.

/// The text with lone surrogate escapes (`\ud83d` without its other half) as U+FFFD, and with
/// numbers beyond the range of a double as null. Neither was seen in captured answers; both are
/// cheap to survive.
pub(super) fn repaired(text: &str) -> String {
    let mut mended = String::with_capacity(text.len());
    let mut rest = text;
    let mut in_string = false;
    while !rest.is_empty() {
        let length = if in_string {
            length_in_string(rest)
        } else {
            length_outside(rest)
        };
        let (piece, behind) = rest.split_at(length);
        in_string ^= piece == "\"";
        mended.push_str(mend(piece, in_string));
        rest = behind;
    }
    mended
}

fn mend(piece: &str, in_string: bool) -> &str {
    if in_string {
        let is_lone = piece.len() == 6 && unit(piece).is_some_and(is_surrogate);
        return if is_lone { "\u{fffd}" } else { piece };
    }
    let is_endless = piece.starts_with(is_numeric) && piece.parse().is_ok_and(f64::is_infinite);
    if is_endless { "null" } else { piece }
}

/// The length of the quote, escape, pair of escapes or plain run a string goes on with.
fn length_in_string(rest: &str) -> usize {
    let Some(behind) = rest.strip_prefix('\\') else {
        return if rest.starts_with('"') {
            1
        } else {
            rest.find(['"', '\\']).unwrap_or(rest.len())
        };
    };
    let Some(first) = unit(rest) else {
        return 1 + behind.chars().next().map_or(0, char::len_utf8);
    };
    let second = rest.get(6..).and_then(unit);
    let is_pair =
        matches!(first, 0xd800..=0xdbff) && second.is_some_and(|it| matches!(it, 0xdc00..=0xdfff));
    if is_pair { 12 } else { 6 }
}

/// The length of the quote, number or anything else that comes next between strings.
fn length_outside(rest: &str) -> usize {
    if rest.starts_with('"') {
        return 1;
    }
    let end = if rest.starts_with(is_numeric) {
        rest.find(|it| !is_numeric(it))
    } else {
        rest.find(|it| it == '"' || is_numeric(it))
    };
    end.unwrap_or(rest.len())
}

/// Whether a number may hold this; `e` and `E` of `true` and `false` do no harm.
fn is_numeric(it: char) -> bool {
    matches!(it, '0'..='9' | '-' | '+' | '.' | 'e' | 'E')
}

/// The code unit of the `\uXXXX` a text starts with.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}

fn is_surrogate(unit: u16) -> bool {
    matches!(unit, 0xd800..=0xdfff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lone_halves_are_replaced_and_nothing_else() {
        for (broken, whole) in [
            (r#"{"a":"x\ud83dy"}"#, "{\"a\":\"x\u{fffd}y\"}"),
            (r#"{"a":"\ude00"}"#, "{\"a\":\"\u{fffd}\"}"),
            (
                r#"{"a":"\ud83d\ud83d\ude00"}"#,
                "{\"a\":\"\u{fffd}\\ud83d\\ude00\"}",
            ),
            (r#"{"a":"\\ud83d"}"#, r#"{"a":"\\ud83d"}"#),
            (
                r#"{"a":"\"\ud83d\ude00\u0026","b":true}"#,
                r#"{"a":"\"\ud83d\ude00\u0026","b":true}"#,
            ),
            (
                r#"{"a":1e999,"b":-2e+999,"c":1.5e3,"d":"1e999"}"#,
                r#"{"a":null,"b":null,"c":1.5e3,"d":"1e999"}"#,
            ),
            (r#"{"\ud83d":1}"#, "{\"\u{fffd}\":1}"),
        ] {
            assert_eq!(repaired(broken), whole);
        }
    }

    #[test]
    fn broken_text_stays_as_it_is() {
        for text in [
            "",
            "\"",
            "\"\\",
            "\"\\u12",
            "\"\\é\"",
            "\"\\uééé",
            "é1e",
            "-",
            "\"\\ud83",
        ] {
            assert_eq!(repaired(text), text);
        }
    }
}
