//! A hashtag's name: which texts are one, and the one form each of them is kept in.
//!
//! Where names stand inside URLs is the business of `tag_url`.

use std::fmt;
use std::str::FromStr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;
use unicode_properties::{GeneralCategoryGroup, UnicodeEmoji, UnicodeGeneralCategory};

use super::quote::quote;

/// How many characters (code points) a name may have; the longest the site's own editor takes is
/// assumed to be shorter.
const LONGEST: usize = 150;

/// What of a name has to be percent-encoded in a URL: everything but ASCII letters, digits and `_`.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_');

const ZERO_WIDTH_NON_JOINER: char = '\u{200C}';
const ZERO_WIDTH_JOINER: char = '\u{200D}';
const BLACK_FLAG: char = '\u{1F3F4}';
const CANCEL_TAG: char = '\u{E007F}';
/// The canonical combining class of viramas, which a joiner may follow at a word's end.
const VIRAMA: u8 = 9;

/// A hashtag's name, without `#`, in NFC and Unicode lower case.
///
/// 1–150 characters: letters, marks and digits of any script, `_` and emoji. Parsing drops one
/// leading `#` and undoes percent-encoding once.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HashtagName(String);

/// Why a text is no hashtag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HashtagError {
    /// Nothing there, or nothing behind the `#`.
    #[error("a hashtag needs at least one character, e.g. travel")]
    Empty,
    /// White space anywhere in it; holds the text, quoted.
    #[error("{0} has a space; a hashtag is one word, e.g. travel")]
    HasSpace(String),
    /// More than 150 characters; holds the text, quoted, and their number.
    #[error("{0} has {1} characters; a hashtag has at most 150, e.g. travel")]
    TooLong(String, usize),
    /// A hyphen, the commonest slip; holds the text, quoted, and two names that would do.
    #[error("{0} has a hyphen, which no hashtag can have; try {1} or {2}")]
    HasHyphen(String, String, String),
    /// Punctuation or a symbol that is no emoji; holds the text, quoted, and the character.
    #[error("{0} has a '{1}'; a hashtag has only letters, digits, _ and emoji, e.g. travel")]
    BadChar(String, char),
    /// A control, format or unassigned character, or a joiner that joins nothing; holds the
    /// text, quoted, and the code point.
    #[error("{0} has the invisible character U+{1:04X}; remove it, e.g. travel")]
    Invisible(String, u32),
    /// Percent-encoded bytes that are no UTF-8; holds the text, quoted.
    #[error("{0} is percent-encoded, but not as UTF-8; write the name itself, e.g. travel")]
    NotUtf8(String),
}

impl HashtagName {
    /// The name without `#`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as one path segment or query value of a URL: percent-encoded once.
    #[must_use]
    pub fn encoded(&self) -> String {
        utf8_percent_encode(&self.0, ENCODED).to_string()
    }

    /// Whether the site's spelling of a tag (`challenge.title`, without `#`) is this name.
    #[must_use]
    pub fn matches(&self, title: &str) -> bool {
        fold(title) == self.0
    }

    /// The name out of a text whose percent-encoding is already undone.
    pub(super) fn from_decoded(text: &str) -> Result<Self, HashtagError> {
        let bare = text.strip_prefix(['#', '＃']).unwrap_or(text);
        let name = fold(bare);
        let chars: Vec<char> = name.chars().collect();
        match chars.len() {
            0 => return Err(HashtagError::Empty),
            1..=LONGEST => {}
            n => return Err(HashtagError::TooLong(quote(text), n)),
        }
        for (at, &c) in chars.iter().enumerate() {
            let before = at.checked_sub(1).map(|i| chars[i]);
            if !fits(before, c, chars.get(at + 1).copied()) {
                return Err(refusal(bare, c));
            }
        }
        Ok(Self(name))
    }
}

impl FromStr for HashtagName {
    type Err = HashtagError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match percent_decode_str(text).decode_utf8() {
            Ok(decoded) => Self::from_decoded(&decoded),
            Err(_) => Err(HashtagError::NotUtf8(quote(text))),
        }
    }
}

impl TryFrom<String> for HashtagName {
    type Error = HashtagError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<HashtagName> for String {
    fn from(name: HashtagName) -> Self {
        name.0
    }
}

impl fmt::Display for HashtagName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// NFC and lower case; once more NFC, since some marks combine with small letters only (`ǰ`).
fn fold(text: &str) -> String {
    let lower = text.nfc().collect::<String>().to_lowercase();
    lower.nfc().collect()
}

/// Whether `c` may stand between its neighbours; what has no look of its own needs the right ones.
fn fits(before: Option<char>, c: char, after: Option<char>) -> bool {
    match c {
        '_' => true,
        ZERO_WIDTH_NON_JOINER | ZERO_WIDTH_JOINER => {
            let joined = |b: char| is_word(b) || is_variation_selector(b);
            before.is_some_and(joined)
                && (after.is_some_and(is_word) || before.is_some_and(is_virama))
        }
        CANCEL_TAG => before.is_some_and(is_flag_tag),
        c if is_flag_tag(c) => {
            before.is_some_and(|b| b == BLACK_FLAG || is_flag_tag(b))
                && after.is_some_and(|a| a == CANCEL_TAG || is_flag_tag(a))
        }
        c if is_variation_selector(c) => before.is_some_and(is_word),
        c => is_word(c),
    }
}

/// A letter, mark or number of any script, or an emoji.
fn is_word(c: char) -> bool {
    let group = c.general_category_group();
    let wordy = matches!(
        group,
        GeneralCategoryGroup::Letter | GeneralCategoryGroup::Mark | GeneralCategoryGroup::Number
    );
    // ASCII digits, `#` and `*` count as emoji because of their keycaps.
    (wordy && !is_variation_selector(c)) || (!c.is_ascii() && c.is_emoji_char())
}

fn is_variation_selector(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

fn is_virama(c: char) -> bool {
    canonical_combining_class(c) == VIRAMA
}

/// The invisible letters that name a region behind a black flag.
fn is_flag_tag(c: char) -> bool {
    matches!(c, '\u{E0020}'..='\u{E007E}')
}

/// What to say about `text` because of `c`.
fn refusal(text: &str, c: char) -> HashtagError {
    let shown = quote(text);
    if c.is_whitespace() {
        return HashtagError::HasSpace(shown);
    }
    if c == '-' {
        return hyphen(text, shown);
    }
    match c.general_category_group() {
        GeneralCategoryGroup::Punctuation | GeneralCategoryGroup::Symbol => {
            HashtagError::BadChar(shown, c)
        }
        _ => HashtagError::Invisible(shown, u32::from(c)),
    }
}

/// Two names near `text` when both would do.
fn hyphen(text: &str, shown: String) -> HashtagError {
    let near = |with: &str| HashtagName::from_decoded(&text.replace('-', with));
    match (near(""), near("_")) {
        (Ok(joined), Ok(underscored)) => HashtagError::HasHyphen(shown, joined.0, underscored.0),
        _ => HashtagError::BadChar(shown, '-'),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{HashtagError, HashtagName};

    const GOOD: &[(&str, &str)] = &[
        ("viral", "viral"),
        ("#Viral", "viral"),
        ("＃Viral", "viral"),
        ("%23Viral", "viral"),
        ("x", "x"),
        ("2024", "2024"),
        ("snake_case_", "snake_case_"),
        ("fypシ", "fypシ"),
        ("fyp%E3%82%B7", "fypシ"),
        ("Straße", "straße"),
        ("ß", "ß"),
        ("İ", "i\u{307}"),
        ("ΟΔΟΣ", "οδος"),
        ("cafe\u{301}", "café"),
        ("\u{212B}ngström", "ångström"),
        ("Việt", "việt"),
        ("J\u{30C}", "ǰ"),
        ("مرحبا", "مرحبا"),
        ("می\u{200C}خواهم", "می\u{200C}خواهم"),
        ("שלום", "שלום"),
        ("ที่นี่", "ที่นี่"),
        ("हिन्दी", "हिन्दी"),
        ("क्\u{200D}ष", "क्\u{200D}ष"),
        ("അവന്\u{200D}", "അവന്\u{200D}"),
        ("한국어", "한국어"),
        ("\u{1112}\u{1161}\u{11AB}", "한"),
        ("日本語", "日本語"),
        ("m²", "m²"),
        ("🔥", "🔥"),
        ("❤\u{FE0F}", "❤\u{FE0F}"),
        ("👍🏽", "👍🏽"),
        ("👩\u{200D}👩\u{200D}👧", "👩\u{200D}👩\u{200D}👧"),
        ("❤\u{FE0F}\u{200D}🔥", "❤\u{FE0F}\u{200D}🔥"),
        ("🇻🇳", "🇻🇳"),
        ("1\u{FE0F}\u{20E3}st", "1\u{FE0F}\u{20E3}st"),
        (
            "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
            "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
        ),
    ];

    #[test]
    fn good_names_take_one_form() {
        for (given, kept) in GOOD {
            let name: HashtagName = given.parse().unwrap_or_else(|e| panic!("{given:?}: {e}"));
            assert_eq!(name.as_str(), *kept, "{given:?}");
            assert_eq!(name.to_string(), *kept);
        }
    }

    #[test]
    fn bad_names_say_what_is_wrong() {
        let one_word = "a hashtag is one word, e.g. travel";
        let only = "a hashtag has only letters, digits, _ and emoji, e.g. travel";
        let empty = "a hashtag needs at least one character, e.g. travel".to_owned();
        let table = [
            ("", empty.clone()),
            ("#", empty),
            ("a b", format!("\"a b\" has a space; {one_word}")),
            ("a%20b", format!("\"a b\" has a space; {one_word}")),
            (" a", format!("\" a\" has a space; {one_word}")),
            (
                "a\u{3000}b",
                format!("\"a\u{3000}b\" has a space; {one_word}"),
            ),
            ("a\tb", format!("\"a\u{fffd}b\" has a space; {one_word}")),
            (
                "a-b",
                "\"a-b\" has a hyphen, which no hashtag can have; try ab or a_b".to_owned(),
            ),
            ("-", format!("\"-\" has a '-'; {only}")),
            ("a-b!", format!("\"a-b!\" has a '-'; {only}")),
            ("##a", format!("\"#a\" has a '#'; {only}")),
            ("a.b", format!("\"a.b\" has a '.'; {only}")),
            ("a/b", format!("\"a/b\" has a '/'; {only}")),
            ("100%", format!("\"100%\" has a '%'; {only}")),
            ("%2561", format!("\"%61\" has a '%'; {only}")),
            ("a+b", format!("\"a+b\" has a '+'; {only}")),
            ("a、b", format!("\"a、b\" has a '、'; {only}")),
            ("5€", format!("\"5€\" has a '€'; {only}")),
            (
                "*\u{FE0F}\u{20E3}",
                format!("\"*\u{FE0F}\u{20E3}\" has a '*'; {only}"),
            ),
        ];
        for (given, said) in table {
            let error = given.parse::<HashtagName>().expect_err(given);
            assert_eq!(error.to_string(), said, "{given:?}");
        }
    }

    #[test]
    fn what_cannot_be_seen_is_refused_by_number() {
        for (given, code) in [
            ("a\0b", 0),
            ("a%1Bb", 0x1B),
            ("a\u{AD}b", 0xAD),
            ("a\u{200B}b", 0x200B),
            ("a\u{202E}b", 0x202E),
            ("a\u{2066}b", 0x2066),
            ("\u{FEFF}a", 0xFEFF),
            ("\u{E000}", 0xE000),
            // joiners, selectors and flag tags that join, select and name nothing
            ("\u{200D}a", 0x200D),
            ("a\u{200C}", 0x200C),
            ("a\u{200D}\u{200D}b", 0x200D),
            ("_\u{200D}a", 0x200D),
            ("🔥\u{200D}", 0x200D),
            ("\u{FE0F}a", 0xFE0F),
            ("_\u{FE0F}", 0xFE0F),
            ("a\u{E0067}\u{E007F}", 0xE0067),
            ("🏴\u{E0067}", 0xE0067),
            ("🏴\u{E007F}", 0xE007F),
        ] {
            let error = given.parse::<HashtagName>().expect_err(given);
            let HashtagError::Invisible(_, seen) = error else {
                panic!("{given:?}: {error}")
            };
            assert_eq!(seen, code, "{given:?}");
        }
    }

    #[test]
    fn length_counts_characters_after_folding() {
        let longest = "シ".repeat(150);
        assert!(longest.parse::<HashtagName>().is_ok());
        assert!("e\u{301}".repeat(150).parse::<HashtagName>().is_ok());
        let error = format!("{longest}x")
            .parse::<HashtagName>()
            .expect_err("151");
        assert!(
            error
                .to_string()
                .ends_with("has 151 characters; a hashtag has at most 150, e.g. travel")
        );
        assert!(error.to_string().chars().count() < 160);
        // two characters each once in lower case
        assert!("İ".repeat(76).parse::<HashtagName>().is_err());
    }

    #[test]
    fn encoding_that_is_no_utf8_is_refused() {
        let error = "%FF".parse::<HashtagName>().expect_err("no UTF-8");
        assert_eq!(error, HashtagError::NotUtf8("\"%FF\"".to_owned()));
    }

    #[test]
    fn the_sites_spelling_is_compared_without_case() {
        let name: HashtagName = "straße".parse().expect("a name");
        assert!(name.matches("STRAßE"));
        assert!(!name.matches("STRASSE"));
        let name: HashtagName = "café".parse().expect("a name");
        assert!(name.matches("Cafe\u{301}"));
    }

    #[test]
    fn serde_goes_through_the_same_door() {
        let name: HashtagName = serde_json::from_str("\"#Viral\"").expect("a name");
        assert_eq!(serde_json::to_string(&name).expect("JSON"), "\"viral\"");
        let error = serde_json::from_str::<HashtagName>("\"a b\"").expect_err("a space");
        assert!(error.to_string().contains("has a space"), "{error}");
    }

    proptest! {
        #[test]
        fn a_name_parses_to_itself(text in any::<String>()) {
            if let Ok(name) = text.parse::<HashtagName>() {
                prop_assert_eq!(name.as_str().parse::<HashtagName>(), Ok(name.clone()));
                prop_assert_eq!(name.encoded().parse::<HashtagName>(), Ok(name));
            }
        }

        #[test]
        fn wordy_texts_parse_to_themselves(text in "[\\p{L}\\p{M}\\p{N}\\p{Emoji}_\u{200C}\u{200D}\u{FE0F}]{1,20}") {
            if let Ok(name) = text.parse::<HashtagName>() {
                prop_assert_eq!(name.as_str().parse::<HashtagName>(), Ok(name.clone()));
            }
        }

        #[test]
        fn plain_words_are_names(text in "[\\p{L}\\p{Nd}_]{1,40}") {
            prop_assert!(text.parse::<HashtagName>().is_ok());
        }
    }
}
