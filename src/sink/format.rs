//! How an output is written: its format and whether it is compressed, both mostly told by the
//! suffix of its name, and what of a record goes into it.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use super::{Coding, Fields};

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

/// Suffixes of formats that many programs know and nobody writes here, by what does instead.
const FOREIGN: [(&[&str], &str); 5] = [
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

    /// The suffix of `path` where it names a format that is not written here, with what to do
    /// instead. One that nobody knows is no reason to expect anything else than JSON lines.
    #[must_use]
    pub fn foreign(path: &Path) -> Option<(String, &'static str)> {
        let (name, _) = Coding::split(path.file_name()?.to_str()?);
        let suffix = name.rsplit_once('.')?.1.to_ascii_lowercase();
        let mut rows = FOREIGN.iter();
        let (_, advice) = rows.find(|(suffixes, _)| suffixes.contains(&suffix.as_str()))?;
        Some((suffix, advice))
    }

    /// Whether a file of it grows row by row, so that more can be added to it.
    #[must_use]
    pub fn grows(self) -> bool {
        matches!(self, Self::Jsonl | Self::Csv)
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
