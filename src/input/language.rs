//! A caption's language, as the site writes it.

use std::fmt;
use std::str::FromStr;

use super::quote::quote;

/// A language, `pt`, or one of its kinds, `zh-Hans`; kept in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Language(String);

/// Why a text is no language.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LanguageError {
    /// None at all; holds the text, quoted.
    #[error("{0} is no language code; a language is two or three letters, e.g. en, pt or zh-Hans")]
    NoLanguage(String),
    /// One of a country, by which the site tells none apart; holds the text and the language.
    #[error("{0} names a country, a caption's language does not; write {1}")]
    OfCountry(String, String),
}

impl Language {
    /// Whether `tag` names it or one of its kinds: `zh` takes in `zh-Hans`.
    #[must_use]
    pub fn takes_in(&self, tag: &str) -> bool {
        let tag = tag.to_ascii_lowercase().replace('_', "-");
        let rest = tag.strip_prefix(&self.0);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    }
}

impl FromStr for Language {
    type Err = LanguageError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let tag = text.trim().to_ascii_lowercase().replace('_', "-");
        let mut parts = tag.split('-');
        let is_code = |part: &str| {
            matches!(part.len(), 2 | 3) && part.bytes().all(|b| b.is_ascii_lowercase())
        };
        let is_kind = |part: &str| {
            matches!(part.len(), 1..=8) && part.bytes().all(|b| b.is_ascii_alphanumeric())
        };
        let language = parts.next().filter(|part| is_code(part));
        let Some(language) = language.filter(|_| parts.clone().all(is_kind)) else {
            return Err(LanguageError::NoLanguage(quote(text)));
        };
        let is_country = |part: &str| {
            part.len() == 2 || part.len() == 3 && part.bytes().all(|b| b.is_ascii_digit())
        };
        let rest: Vec<&str> = parts.filter(|part| !is_country(part)).collect();
        let wider = [&[language], &rest[..]].concat().join("-");
        if wider != tag {
            return Err(LanguageError::OfCountry(quote(text), wider));
        }
        Ok(Self(tag))
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Language;

    fn language(text: &str) -> Language {
        text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
    }

    #[test]
    fn a_language_takes_in_its_kinds() {
        for (wanted, tag, is_in) in [
            ("en", "en", true),
            ("EN", "en", true),
            (" pt ", "pt-BR", true),
            ("zh", "zh-Hans", true),
            ("zh_hans", "zh-Hans", true),
            ("zh-Hans", "zh", false),
            ("zh-Hans", "zh-Hant", false),
            ("en", "enx", false),
            ("fil", "fi", false),
        ] {
            assert_eq!(language(wanted).takes_in(tag), is_in, "{wanted} {tag}");
        }
    }

    #[test]
    fn other_texts_say_what_is_due() {
        for text in [
            "",
            "e",
            "english",
            "e1",
            "en-",
            "en-toolongkind",
            "en us",
            "日本",
        ] {
            let error = text.parse::<Language>().expect_err(text).to_string();
            assert!(error.ends_with("e.g. en, pt or zh-Hans"), "{text}: {error}");
        }
    }

    #[test]
    fn a_language_has_no_country() {
        for (text, wider) in [
            ("en-US", "en"),
            ("pt_br", "pt"),
            ("zh-hans-CN", "zh-hans"),
            ("es-419", "es"),
        ] {
            let error = text.parse::<Language>().expect_err(text).to_string();
            assert!(error.ends_with(&format!("write {wider}")), "{error}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_judged(text in any::<String>(), tag in any::<String>()) {
            if let Ok(language) = text.parse::<Language>() {
                let _ = language.takes_in(&tag);
            }
        }
    }
}
