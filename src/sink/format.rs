//! How an output is written: its format and whether it is compressed, both mostly told by the
//! suffix of its name, and what of a record goes into it.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;
use std::str::FromStr;

use super::{Coding, Fields};
use crate::likeness::{likeness, nearest};

/// The format of an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// One JSON object a line.
    #[default]
    Jsonl,
    /// One JSON array.
    Json,
    /// A table, see `docs/formats.md`.
    Csv,
    /// Typed and nested columns.
    Parquet,
}

const FORMATS: [(&str, Format); 4] = [
    ("jsonl", Format::Jsonl),
    ("json", Format::Json),
    ("csv", Format::Csv),
    ("parquet", Format::Parquet),
];

/// Suffixes that are known here.
const KNOWN: [&str; 6] = ["jsonl", "json", "csv", "parquet", "gz", "zst"];

/// Suffixes of formats that many programs know and nobody writes here, by what does instead, and
/// other programs' names of those that are.
const FOREIGN: [(&[&str], &str); 8] = [
    (&["pq", "parq", "pqt"], "take .parquet"),
    (&["gzip"], "take .gz behind .jsonl, .json or .csv"),
    (&["zstd"], "take .zst behind .jsonl, .json or .csv"),
    (
        &["xlsx", "xls", "xlsm", "xlsb", "ods", "tsv", "tab", "psv"],
        "take .csv, which every spreadsheet opens",
    ),
    (
        &["db", "sqlite", "sqlite3", "duckdb"],
        "--store FILE keeps records in an SQLite file; take .csv or .parquet beside it",
    ),
    (
        &["html", "htm", "pdf", "md"],
        "take .jsonl, of which report --html FILE makes a page",
    ),
    (
        &["bz2", "xz", "lz4", "br", "zip", "7z", "rar", "tar", "tgz"],
        "take .gz or .zst behind .jsonl, .json or .csv",
    ),
    (
        &[
            "xml", "yaml", "yml", "toml", "feather", "arrow", "avro", "orc",
        ],
        "take .jsonl, .json, .csv or .parquet",
    ),
];

/// A text that names no format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no format; take jsonl, json, csv or parquet")]
pub struct FormatError(String);

impl Format {
    /// The one the suffix of `path` names, a compression's suffix behind it apart.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        let (name, _) = Coding::split(name);
        let (_, suffix) = name.rsplit_once('.')?;
        suffix.to_ascii_lowercase().parse().ok()
    }

    /// The suffix of `path` where it names a format that is not written here or is a slip of one
    /// that is, with what to do instead. Another word is no reason to expect anything else than
    /// JSON lines.
    #[must_use]
    pub fn foreign(path: &Path) -> Option<(String, Cow<'static, str>)> {
        let file = path.file_name()?.to_str()?;
        let (name, coding) = Coding::split(file);
        let (inner, twice) = Coding::split(name);
        if coding != Coding::Plain && twice != Coding::Plain {
            return Some((file[inner.len() + 1..].to_owned(), "compress once".into()));
        }
        let suffix = name.rsplit_once('.')?.1.to_ascii_lowercase();
        let mut rows = FOREIGN.iter();
        if let Some((_, advice)) = rows.find(|(suffixes, _)| suffixes.contains(&suffix.as_str())) {
            return Some((suffix, Cow::Borrowed(*advice)));
        }
        let meant = nearest(KNOWN, |known| alike(&suffix, known)).filter(|it| *it != suffix)?;
        Some((suffix, format!("take .{meant} if that was meant").into()))
    }

    /// Whether a file of it grows row by row, so that more can be added to it.
    #[must_use]
    pub fn grows(self) -> bool {
        matches!(self, Self::Jsonl | Self::Csv)
    }

    /// Whether nothing in an output of it can be read before its end is written.
    #[must_use]
    pub fn needs_end(self) -> bool {
        self == Self::Parquet
    }

    /// Whether it has columns of its own, so that only records fit in.
    #[must_use]
    pub fn has_columns(self) -> bool {
        matches!(self, Self::Csv | Self::Parquet)
    }
}

impl FromStr for Format {
    type Err = FormatError;

    fn from_str(text: &str) -> Result<Self, FormatError> {
        let found = FORMATS.iter().find(|(name, _)| *name == text);
        found
            .map(|(_, format)| *format)
            .ok_or_else(|| FormatError(text.to_owned()))
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = FORMATS.iter().find(|(_, format)| format == self);
        f.write_str(found.map_or("", |(name, _)| name))
    }
}

/// How alike two suffixes are. Of three letters two that changed places are a slip too.
fn alike(one: &str, other: &str) -> f64 {
    let sorted = |text: &str| {
        let mut letters: Vec<char> = text.chars().collect();
        letters.sort_unstable();
        letters
    };
    if sorted(one) == sorted(other) {
        return likeness(one, other).max(0.9);
    }
    likeness(one, other)
}

/// How rows stand in an output.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Layout {
    /// The format.
    pub format: Format,
    /// The compression.
    pub coding: Coding,
    /// What of a record is written; all of it unless said.
    pub fields: Option<Fields>,
    /// Whether CSV begins with a byte order mark.
    pub bom: bool,
    /// Whether an object of JSON has the columns of CSV for keys, none within another.
    pub flat: bool,
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Format;

    #[test]
    fn the_suffix_names_the_format() {
        for (name, format) in [
            ("out.jsonl", Some(Format::Jsonl)),
            ("a/b.c/out.json", Some(Format::Json)),
            ("out.CSV", Some(Format::Csv)),
            ("out.json.gz", Some(Format::Json)),
            ("out.csv.zst", Some(Format::Csv)),
            ("out.parquet", Some(Format::Parquet)),
            ("a.csv/out", None),
            ("out.txt", None),
            ("out.gz", None),
            ("json", None),
        ] {
            assert_eq!(Format::of(Path::new(name)), format, "{name}");
        }
    }

    #[test]
    fn a_suffix_of_another_format_is_told_from_one_of_none() {
        for (name, suffix) in [
            ("out.xlsx", Some("xlsx")),
            ("a/{tag}.TSV", Some("tsv")),
            ("out.tsv.gz", Some("tsv")),
            ("out.jsonl.xz", Some("xz")),
            ("tiktok.db", Some("db")),
            ("out.csv", None),
            ("out.xlsx.jsonl", None),
            ("out.txt", None),
            ("out.ndjson", None),
            ("out.data", None),
            ("a.xlsx/out", None),
            ("xlsx", None),
        ] {
            let found = Format::foreign(Path::new(name)).map(|(suffix, _)| suffix);
            assert_eq!(found.as_deref(), suffix, "{name}");
        }
    }

    #[test]
    fn a_slip_of_a_suffix_is_told_with_what_was_meant() {
        for (name, advice) in [
            ("out.cvs", "take .csv if that"),
            ("out.CVS.gz", "take .csv if that"),
            ("out.jsnol", "take .jsonl if that"),
            ("out.josn", "take .json if that"),
            ("out.jsonll", "take .jsonl if that"),
            ("out.paruqet", "take .parquet if that"),
            ("out.csv.zg", "take .gz if that"),
            ("out.pq", "take .parquet"),
            ("out.parq", "take .parquet"),
            ("out.csv.gzip", "take .gz behind"),
            ("out.csv.zstd", "take .zst behind"),
            ("out.csv.gz.gz", "compress once"),
            ("out.gz.zst", "compress once"),
        ] {
            let (_, found) = Format::foreign(Path::new(name)).expect(name);
            assert!(found.starts_with(advice), "{name}: {found}");
        }
        let other = "bak txt out log data tmp old new part lines ndjson jl gz zst 1 2026 js {tag}";
        for suffix in other.split(' ') {
            let name = format!("out.{suffix}");
            assert_eq!(Format::foreign(Path::new(&name)), None, "{name}");
        }
    }

    #[test]
    fn a_format_has_one_name() {
        for name in ["jsonl", "json", "csv", "parquet"] {
            assert_eq!(name.parse::<Format>().unwrap().to_string(), name);
        }
        for other in ["", "JSON", "xml"] {
            let error = other.parse::<Format>().unwrap_err();
            assert!(error.to_string().contains("jsonl, json, csv"), "{error}");
        }
    }
}
