//! The `--input` file: many hashtags as JSON or as a plain list, each entry held to the rules of
//! the command line. What the entries come to together is the business of `ask`.

mod conditions;
mod entry;
mod fault;
mod field;
mod fields;
mod foreign;
mod place;
mod reader;

use super::{Ask, Proxy};
use reader::Reader;

pub use fault::EntryError;

/// The largest file read, in bytes: 16 MiB.
const LARGEST: usize = 16 << 20;

/// How many hashtags a file may hold.
const MOST: usize = 100_000;

/// What an `--input` file asks for.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// The entries in their order, repeated ones too; none for a file of blank lines.
    pub asks: Vec<Ask>,
    /// What is odd in the file but stops nothing: a line for each unknown key, for the keys that
    /// are not heeded for one reason, and for entries with both a name and a URL.
    pub warnings: Vec<String>,
    /// The proxy the run is to go through.
    pub proxy: Option<Proxy>,
}

/// Why a file is no batch; the message leads with the place, a JSON pointer or a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// More than 16 MiB.
    #[error("the input is larger than 16 MiB; split it")]
    TooLarge,
    /// More than 100,000 entries.
    #[error("the input has more than 100,000 hashtags; split it")]
    TooMany,
    /// Text in an encoding of two bytes a character.
    #[error("the input is UTF-16; save it as UTF-8")]
    Utf16,
    /// Broken JSON; counted from 1.
    #[error(
        "line {line}, column {column}: broken JSON; an entry is {{\"name\": \"travel\"}} or \"travel\""
    )]
    Syntax {
        /// The line.
        line: usize,
        /// The byte in the line.
        column: usize,
    },
    /// A bad entry.
    #[error("{place}{cause}")]
    Entry {
        /// Where it stands, with a colon behind; empty for a lone object as a whole.
        place: String,
        /// What is wrong with it.
        cause: EntryError,
    },
}

impl Batch {
    /// Reads a JSON object (our keys, or those of hosted scrapers), an array, JSON lines (objects
    /// or strings) or a plain list with a tag or URL a line, where blank lines and lines starting
    /// `# ` count for nothing.
    ///
    /// Bytes that are no UTF-8 become U+FFFD; a byte order mark is skipped.
    ///
    /// # Errors
    ///
    /// The first entry that breaks a rule ends the reading: a batch is taken whole or not at all.
    pub fn read(bytes: &[u8]) -> Result<Self, BatchError> {
        if bytes.len() > LARGEST {
            return Err(BatchError::TooLarge);
        }
        if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
            return Err(BatchError::Utf16);
        }
        let text = String::from_utf8_lossy(bytes);
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
        let mut reader = Reader::default();
        if text.trim_start().starts_with(['{', '[', '"']) {
            reader.json(text)?;
        } else {
            reader.list(text)?;
        }
        Ok(reader.batch())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Batch, LARGEST, MOST};
    use crate::input::{Ask, Target};

    fn read(text: &str) -> Batch {
        Batch::read(text.as_bytes()).unwrap_or_else(|e| panic!("{text}: {e}"))
    }

    /// Every entry as `name url region limit`, `-` for what was not given.
    fn lines(batch: &Batch) -> Vec<String> {
        let line = |ask: &Ask| {
            let target = match &ask.target {
                Target::Tag(name) => name.to_string(),
                Target::ShortLink(link) => link.to_string(),
            };
            let url = ask.url.as_deref().unwrap_or("-");
            let region = ask.region.map_or("-", |r| r.as_str());
            let limit = ask.limit.map_or_else(|| "-".to_owned(), |n| n.to_string());
            format!("{target} {url} {region} {limit}")
        };
        batch.asks.iter().map(line).collect()
    }

    #[test]
    fn the_example_is_read() {
        let batch = Batch::read(include_bytes!("../../data/input.example.json")).expect("a batch");
        assert_eq!(
            lines(&batch),
            [
                "viral - US 100",
                "travel https://www.tiktok.com/tag/travel VN 50",
                "fypシ - - -",
            ]
        );
        assert!(batch.warnings.is_empty());
    }

    #[test]
    fn every_format_holds_the_same_tags() {
        for text in [
            r##"[{"name":"a"},{"name":"#B"}]"##,
            r##"["a","#B"]"##,
            r##"["a",{"name":"B"}]"##,
            "{\"name\":\"a\"}\n{\"name\":\"B\"}\n",
            "{\"name\":\"a\"}\r\n\r\n\"B\"\r\n",
            "{\n  \"name\": \"a\"\n}\n{\n  \"name\": \"B\"\n}",
            "\"a\"\n\"B\"\n",
            "a\nB\n",
            "\u{feff}a\r\n\r\n# a comment\r\n  #B  \r\n#\r\n",
            "# tags\n{\"name\":\"a\"}\n\"B\"",
        ] {
            assert_eq!(lines(&read(text)), ["a - - -", "b - - -"], "{text}");
        }
        assert_eq!(lines(&read(r#"{"name":"a"}"#)), ["a - - -"]);
        for nothing in ["", "\n \n", "[]", "# only a comment\n"] {
            assert_eq!(read(nothing), Batch::default(), "{nothing:?}");
        }
    }

    #[test]
    fn a_plain_list_has_tags_and_urls() {
        let text = "#viral\nhttps://www.tiktok.com/tag/x?lang=en\nvm.tiktok.com/ZMabc12\n";
        assert_eq!(
            lines(&read(text)),
            [
                "viral - - -",
                "x https://www.tiktok.com/tag/x?lang=en - -",
                "https://vm.tiktok.com/ZMabc12/ vm.tiktok.com/ZMabc12 - -",
            ]
        );
    }

    #[test]
    fn the_name_wins_and_one_line_says_so() {
        let entry = r#"{"name":"a","url":"https://www.tiktok.com/tag/b"}"#;
        let batch = read(entry);
        assert_eq!(lines(&batch), ["a https://www.tiktok.com/tag/b - -"]);
        assert_eq!(
            batch.warnings,
            ["both name and url given for \"a\": the name is used"]
        );
        let batch = read(&format!("[{entry},{entry},{entry}]"));
        assert_eq!(
            batch.warnings,
            ["both name and url given for \"a\" and 2 more: the name is used"]
        );
    }

    #[test]
    fn an_unknown_key_warns_once() {
        let batch = read(r#"[{"name":"a","tag":1},{"name":"b","tag":2,"x\u001b":{}}]"#);
        assert_eq!(
            batch.warnings,
            [
                "unknown key \"tag\" in the input is ignored; known are name, url, hashtags, region, limit, the filters such as min_likes, and those of docs/migrating.md",
                "unknown key \"x\u{fffd}\" in the input is ignored; known are name, url, hashtags, region, limit, the filters such as min_likes, and those of docs/migrating.md",
            ]
        );
        let many: String = (0..1000).map(|n| format!(r#","k{n}":0"#)).collect();
        let batch = read(&format!(r#"{{"name":"a"{many}}}"#));
        assert_eq!(batch.warnings.len(), 20);
    }

    #[test]
    fn keys_that_are_not_heeded_are_told_by_what_replaces_them() {
        let entry = |more: &str| format!(r#"{{"hashtags":["a"],"profiles":["x"],{more}}}"#);
        let batch = read(&format!(
            "[{},{}]",
            entry(r#""searchQueries":["y"],"maxFollowersPerProfile":1"#),
            entry(r#""proxyConfiguration":{"proxyUrls":["http://u:hush@h"]}"#),
        ));
        let only = "only hashtags are pulled; name them under hashtags";
        let followers =
            "followers are not collected; author.follower_count says how many there are";
        assert_eq!(
            batch.warnings,
            [
                format!("maxFollowersPerProfile in the input is ignored: {followers}"),
                format!("profiles, searchQueries in the input are ignored: {only}"),
            ]
        );
        assert!(batch.proxy.is_some() && !format!("{batch:?}").contains("hush"));
        let proxies = ["http://a", "http://b", "http://a"];
        let lines = proxies.map(|url| entry(&format!(r#""proxy":{{"proxyUrls":["{url}"]}}"#)));
        let warnings = read(&lines.join("\n")).warnings;
        assert_eq!(warnings.len(), 2, "{warnings:?}");
        assert!(warnings[1].ends_with("the first proxy named is used for the whole run"));
    }

    #[test]
    fn a_bad_entry_is_named_by_its_place() {
        let due = "a string is due, not a number";
        let space = "\"b c\" has a space; a hashtag is one word, e.g. travel";
        let broken = "broken JSON; an entry is {\"name\": \"travel\"} or \"travel\"";
        for (text, said) in [
            ("{\"name\":5}", format!("/name: {due}")),
            ("[\"a\",{\"url\":5}]", format!("/1/url: {due}")),
            ("[\"a\",\"b c\"]", format!("/1: {space}")),
            (
                "{\"name\":\"a\"}\n\n{\"region\":5}",
                format!("line 3, /region: {due}"),
            ),
            (
                "[\"a\"]\n[\"a\",{\"name\":5}]",
                format!("line 2, /1/name: {due}"),
            ),
            ("\"a\"\n\"b c\"", format!("line 2: {space}")),
            ("a\n\nb c\n", format!("line 3: {space}")),
            ("a\n{\"limit\":", format!("line 2, column 9: {broken}")),
            (
                "{\"name\":\"a\"},\n{}",
                format!("line 1, column 13: {broken}"),
            ),
            ("[\"a\",", format!("line 1, column 5: {broken}")),
        ] {
            let error = Batch::read(text.as_bytes()).expect_err(text);
            assert_eq!(error.to_string(), said, "{text}");
        }
        let error = Batch::read(b"{}").expect_err("no target").to_string();
        assert!(
            error.starts_with("no hashtag is given;") && error.contains(" hashtags,"),
            "{error}"
        );
    }

    #[test]
    fn size_number_and_encoding_are_bounded() {
        let said = |bytes: &[u8]| Batch::read(bytes).expect_err("refused").to_string();
        assert_eq!(
            said(&vec![b' '; LARGEST + 1]),
            "the input is larger than 16 MiB; split it"
        );
        assert_eq!(
            said(b"\xff\xfea\0\n\0"),
            "the input is UTF-16; save it as UTF-8"
        );
        let too_many = "the input has more than 100,000 hashtags; split it";
        assert_eq!(said("x\n".repeat(MOST + 1).as_bytes()), too_many);
        assert_eq!(said("\"x\"\n".repeat(MOST + 1).as_bytes()), too_many);
        assert_eq!(
            said(b"caf\xe9"),
            "line 1: \"caf\u{fffd}\" has a '\u{fffd}'; \
            a hashtag has only letters, digits, _ and emoji, e.g. travel"
        );
        let deep = "[".repeat(100_000);
        assert!(Batch::read(deep.as_bytes()).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_judged(bytes in any::<Vec<u8>>()) {
            let _ = Batch::read(&bytes);
        }

        #[test]
        fn any_text_in_brackets_is_judged(text in "[\\[{\"]([\\[\\]{}\",:]|name|url|limit|hashtags|startUrls|proxy|proxyUrls|null|true|[ \n0-9a-z\\\\]){0,40}") {
            let _ = Batch::read(text.as_bytes());
        }
    }
}
