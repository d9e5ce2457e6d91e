//! The file named by `--env-file`: its variables, or in which line it is none. What that line holds
//! is not said, it may be a secret.

use std::cell::Cell;
use std::collections::HashMap;
use std::io::{self, Read};
use std::path::Path;

use anyhow::{Context as _, anyhow};
use memchr::memchr;

/// The variables of the file at `path`.
pub(super) fn read(path: &Path) -> anyhow::Result<HashMap<String, String>> {
    let variables = std::fs::read(path)
        .map_err(anyhow::Error::new)
        .and_then(|text| variables(&text).map_err(not_one));
    variables.with_context(|| format!("reading the environment file {}", path.display()))
}

fn not_one(line: usize) -> anyhow::Error {
    anyhow!("line {line} is not NAME=value; a value with spaces stands in quotes")
}

/// Those of `text`, or the number of the first line that is none.
fn variables(text: &[u8]) -> Result<HashMap<String, String>, usize> {
    let at = Cell::new(0);
    let mut rows = dotenvy::from_read_iter(ByLine { text, at: &at });
    let mut found = HashMap::new();
    loop {
        let start = at.get();
        match rows.next() {
            Some(Ok((name, value))) => found.insert(name, value),
            // dotenvy's own words would show the line.
            Some(Err(_)) => return Err(number(text, start)),
            None => return Ok(found),
        };
    }
}

/// The number of the first line from `start` on that says something.
fn number(text: &[u8], start: usize) -> usize {
    let before = text[..start].split(|byte| *byte == b'\n').count();
    let says_nothing = |line: &&[u8]| matches!(line.trim_ascii_start(), [] | [b'#', ..]);
    let rest = text[start..].split(|byte| *byte == b'\n');
    before + rest.take_while(says_nothing).count()
}

/// A text that is handed out a line at a time, so that it shows how far its reader is.
struct ByLine<'a> {
    text: &'a [u8],
    at: &'a Cell<usize>,
}

impl Read for ByLine<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let rest = &self.text[self.at.get()..];
        let line = memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
        let taken = line.min(into.len());
        into[..taken].copy_from_slice(&rest[..taken]);
        self.at.set(self.at.get() + taken);
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::{not_one, variables};

    #[test]
    fn the_first_line_that_is_none_is_told_and_not_shown() {
        for (text, line) in [
            ("A=secret (x)\n", Some(1)),
            ("A=1\n# B=(\n\n  \r\nB=secret (x)\nC=(x y\n", Some(5)),
            ("A=\"one\ntwo\"\nsecret\n", Some(3)),
            ("A=1\nB=\"secret\nC=3\n", Some(2)),
            ("A=1\r\nB secret", Some(2)),
            ("\n\nA=\u{1f33b} b", Some(3)),
            ("A='secret (x)'\nB=\"one\ntwo\" # three\n\n", None),
            ("", None),
        ] {
            let found = variables(text.as_bytes()).err();
            assert_eq!(found, line, "{text:?}");
            assert!(found.is_none_or(|line| !not_one(line).to_string().contains("secret")));
        }
        assert_eq!(variables(b"A=1\nB=\xff\n").unwrap_err(), 2);
        let found = variables(b"A='x (y)'\nA=\"z\"\n").unwrap();
        assert_eq!(found["A"], "z");
    }
}
