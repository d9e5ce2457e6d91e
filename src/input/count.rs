//! How many plays or likes a video has to have, as people and the site's own pages write it.

use std::str::FromStr;

use super::quote::quote;

/// A number of plays or likes: `1000`, or shorter `1k`, `1.5k`, `2m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count(u64);

/// Why a text is no count; holds the text, quoted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no count; a whole number, e.g. 1000 or 10k")]
pub struct CountError(String);

impl Count {
    /// The number.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }

    /// Thousands, millions and billions may have as many decimals as leave the number whole.
    fn read(text: &str) -> Option<u64> {
        let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let zeros = match text[number.len()..].to_ascii_lowercase().as_str() {
            "" => 0,
            "k" => 3,
            "m" => 6,
            "b" => 9,
            _ => return None,
        };
        let (whole, decimals) = match number.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (number, ""),
        };
        let is_number = !whole.is_empty() && whole.bytes().all(|b| b.is_ascii_digit());
        let is_whole = decimals.len() <= zeros && decimals.bytes().all(|b| b.is_ascii_digit());
        let digits = format!("{whole}{decimals:0<zeros$}");
        (is_number && is_whole).then(|| digits.parse().ok())?
    }
}

impl FromStr for Count {
    type Err = CountError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = Self::read(text.trim()).map(Self);
        read.ok_or_else(|| CountError(quote(text)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Count;

    #[test]
    fn every_form_is_a_count() {
        for (text, count) in [
            ("0", 0),
            ("1000", 1_000),
            (" 7 ", 7),
            ("1k", 1_000),
            ("10K", 10_000),
            ("1.5k", 1_500),
            ("0.25m", 250_000),
            ("2M", 2_000_000),
            ("1.1b", 1_100_000_000),
            ("18446744073709551615", u64::MAX),
        ] {
            assert_eq!(text.parse(), Ok(Count(count)), "{text}");
        }
    }

    #[test]
    fn other_texts_say_what_is_due() {
        for text in [
            "",
            "k",
            "-5",
            "+5",
            "1.5",
            "1.k",
            ".5k",
            "1.2345k",
            "1 k",
            "1kk",
            "1e3",
            "1,000",
            "٣k",
            "1g",
            "18446744073709551616",
            "99999999999b",
        ] {
            let error = text.parse::<Count>().expect_err(text).to_string();
            let said = format!("\"{text}\" is no count; a whole number, e.g. 1000 or 10k");
            assert_eq!(error, said);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_judged(text in "\\PC{0,8}|[0-9.]{0,24}[kmb]?") {
            let _ = text.parse::<Count>();
        }
    }
}
