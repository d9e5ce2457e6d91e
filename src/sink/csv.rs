//! CSV as RFC 4180 has it, safe to open in a spreadsheet: texts, ids too, are always quoted and
//! never a formula, numbers and flags are bare, and an empty cell without quotes is unknown.

use std::io::{self, BufRead};

use csv_core::{ReadRecordResult, Reader};
use memchr::memchr;
use serde::Serialize;

use super::columns::Column;
use super::escape::{has_unsafe_start, is_unsafe};
use super::lines::{Lines, Read, Told};
use super::{Fields, Row, compact};

/// What tells programs of one maker that a file is UTF-8.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// Rows of columns.
pub(super) struct Csv {
    columns: Vec<Column>,
    bom: bool,
    /// Where the id and the hashtag's name stand.
    id: Option<usize>,
    name: Option<usize>,
}

impl Csv {
    pub(super) fn new(fields: Option<&Fields>, bom: bool) -> Self {
        let columns = Column::all(fields);
        let place = |name: &str| columns.iter().position(|column| column.name == name);
        Self {
            id: place("aweme_id"),
            name: place("input.name"),
            bom,
            columns,
        }
    }

    fn head(&self) -> Vec<u8> {
        let names: Vec<&str> = self.columns.iter().map(|it| it.name.as_str()).collect();
        (names.join(",") + "\r\n").into_bytes()
    }
}

impl Lines for Csv {
    fn lead(&self, begun: bool) -> Vec<u8> {
        if begun { Vec::new() } else { self.start() }
    }

    fn row(&self, row: Row<'_>, out: &mut Vec<u8>) -> io::Result<()> {
        let record = match row {
            Row::Record(record) => record,
            Row::Written(text) => {
                out.extend_from_slice(text);
                return Ok(());
            }
            Row::Raw(_) | Row::Clockworks(_) => {
                return Err(io::Error::other("only records have columns"));
            }
        };
        let mut json = Vec::new();
        for (at, column) in self.columns.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            write_value(&column.of(record), &mut json, out)?;
        }
        out.extend(b"\r\n");
        Ok(())
    }

    /// A run that found nothing gives a table of no rows.
    fn end(&self, begun: bool, complete: bool) -> Vec<u8> {
        if complete && !begun {
            self.start()
        } else {
            Vec::new()
        }
    }

    fn tell(&self, row: &[u8], number: usize, is_whole: bool) -> Told {
        if !is_whole {
            return Told::Junk;
        }
        if number == 1 {
            let row = row.strip_prefix(BOM).unwrap_or(row);
            return self.tell_head(row);
        }
        let cells = cells(row);
        let Some(id) = self.id.filter(|_| cells.len() == self.columns.len()) else {
            return Told::Junk;
        };
        let name = self.name.map(|name| cells[name].clone());
        let name = name.filter(|name| !name.is_empty());
        match cells[id].as_str() {
            "" => Told::Junk,
            id => Told::Id(name, id.to_owned()),
        }
    }

    fn start(&self) -> Vec<u8> {
        let bom = if self.bom { BOM } else { b"" };
        [bom, &self.head()].concat()
    }

    /// A line end within quotes ends no row; we write none, but other programs do.
    fn next(&self, input: &mut dyn BufRead, row: &mut Vec<u8>) -> io::Result<Read> {
        let mut quoted = false;
        loop {
            let from = row.len();
            if input.read_until(b'\n', row)? == 0 {
                return Ok(if row.is_empty() {
                    Read::End
                } else {
                    Read::Torn
                });
            }
            let quotes = memchr::memchr_iter(b'"', &row[from..]).count();
            quoted ^= quotes % 2 == 1;
            if !quoted && row.ends_with(b"\n") {
                return Ok(Read::Whole);
            }
        }
    }
}

impl Csv {
    fn tell_head(&self, row: &[u8]) -> Told {
        let names = cells(row);
        if names.iter().eq(self.columns.iter().map(|it| &it.name)) {
            return Told::Nothing;
        }
        if names.iter().any(|name| name == "aweme_id") {
            return Told::OtherColumns;
        }
        Told::Junk
    }
}

/// One cell of what `value` is in JSON, for which there is room in `json`.
fn write_value(value: &impl Serialize, json: &mut Vec<u8>, out: &mut Vec<u8>) -> io::Result<()> {
    json.clear();
    compact::write(value, json)?;
    match json.first() {
        // Null.
        Some(b'n') => {}
        Some(b'"') => write_text(&serde_json::from_slice::<String>(json)?, out),
        Some(b'[' | b'{') => write_text(&String::from_utf8_lossy(json), out),
        _ => out.append(json),
    }
    Ok(())
}

/// A text in quotes: what a spreadsheet would take for a formula stands behind a `'`, line ends
/// and tabs become spaces, other characters that a terminal obeys become U+FFFD.
fn write_text(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    if text.starts_with(begins_formula) {
        out.push(b'\'');
    }
    // Most texts have nothing to be changed, which a look at blocks of bytes tells.
    if !has_unsafe_start(text.as_bytes()) && memchr(b'"', text.as_bytes()).is_none() {
        out.extend(text.as_bytes());
        out.push(b'"');
        return;
    }
    let mut bytes = [0; 4];
    for c in text.chars() {
        match c {
            '"' => out.extend(b"\"\""),
            '\t' | '\n' | '\r' => out.push(b' '),
            c if is_unsafe(c) => out.extend("\u{fffd}".as_bytes()),
            c => out.extend(c.encode_utf8(&mut bytes).as_bytes()),
        }
    }
    out.push(b'"');
}

/// Whether a spreadsheet could take a text that begins so for a formula.
fn begins_formula(c: char) -> bool {
    matches!(
        c,
        '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠'
    )
}

/// The cells of one row, its line end included.
fn cells(row: &[u8]) -> Vec<String> {
    // No text grows by being taken out of its quotes, and no cell is shorter than its comma.
    let (mut text, mut ends) = (vec![0; row.len() + 1], vec![0; row.len() + 1]);
    let (read, _, _, cells) = Reader::new().read_record(row, &mut text, &mut ends);
    if read != ReadRecordResult::Record {
        return Vec::new();
    }
    let mut start = 0;
    let cell = |end: &usize| {
        let cell = String::from_utf8_lossy(&text[start..*end]).into_owned();
        start = *end;
        cell
    };
    ends[..cells].iter().map(cell).collect()
}

/// For the fuzz target of cells: the row of one text, and its cells as another reader finds them.
#[cfg(fuzzing)]
#[must_use]
pub fn row_of(text: &str) -> (Vec<u8>, Vec<String>) {
    let mut row = Vec::new();
    write_text(text, &mut row);
    row.extend(b"\r\n");
    let cells = cells(&row);
    (row, cells)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};
    use serde_json::json;

    use super::{Csv, begins_formula, cells, is_unsafe, write_text, write_value};
    use crate::record::Kind;
    use crate::sink::Row;
    use crate::sink::lines::{Lines as _, Read, Told};
    use crate::sink::specimen::{described, record};

    fn cell(value: &serde_json::Value) -> String {
        let mut out = Vec::new();
        write_value(value, &mut Vec::new(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn texts_are_quoted_and_no_formulas_and_the_rest_is_bare() {
        for (value, expected) in [
            (json!(null), ""),
            (json!(""), "\"\""),
            (json!("7532242222256717501"), "\"7532242222256717501\""),
            (json!(-5), "-5"),
            (json!(true), "true"),
            (json!("say \"hi\", you"), "\"say \"\"hi\"\", you\""),
            (json!("=1+1"), "\"'=1+1\""),
            (json!("+1"), "\"'+1\""),
            (json!("-1"), "\"'-1\""),
            (json!("@you"), "\"'@you\""),
            (json!("\tx"), "\"' x\""),
            (json!("\r\nx"), "\"'  x\""),
            (json!("＝1"), "\"'＝1\""),
            (json!("a=1"), "\"a=1\""),
            (
                json!("a\nb\u{1b}[2J\u{202e}\u{0}"),
                "\"a b\u{fffd}[2J\u{fffd}\u{fffd}\"",
            ),
            (
                json!([{"a": "x\n\"", "b": null}]),
                "\"[{\"\"a\"\":\"\"x\\n\\\"\"\"\",\"\"b\"\":null}]\"",
            ),
            (json!([]), "\"[]\""),
        ] {
            assert_eq!(cell(&value), expected, "{value}");
        }
    }

    fn table(rows: &[Row<'_>], csv: &Csv) -> String {
        let mut out = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            out.extend(csv.lead(at > 0));
            csv.row(*row, &mut out).unwrap();
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_table_has_its_names_once_and_its_columns_in_order() {
        let fields = "statistics.play_count,aweme_id,author,cha_list,author.uid,is_ads";
        let csv = Csv::new(Some(&fields.parse().unwrap()), true);
        let (one, two) = (record(1), record(2));
        let table = table(&[Row::Record(&one), Row::Record(&two)], &csv);
        let lines: Vec<&str> = table.split("\r\n").collect();
        assert_eq!(lines.len(), 4, "{table}");
        assert!(
            lines[0]
                .starts_with("\u{feff}statistics.play_count,aweme_id,author.uid,author.unique_id,")
        );
        assert!(lines[0].ends_with(",author.twitter_name,cha_list,is_ads"));
        assert!(lines[1].starts_with("5,\"7532242222256717501\",\"9\",\"a\",\"'-A\","));
        assert_eq!(
            cells((lines[1].to_owned() + "\r\n").as_bytes()).len(),
            lines[0].split(',').count()
        );
        assert_eq!(lines[3], "");
    }

    #[test]
    fn every_field_but_raw_has_one_column() {
        let csv = Csv::new(None, false);
        let numbers = csv.columns.iter().filter(|it| it.kind == Kind::Number);
        assert!(csv.columns.len() > 150 && numbers.count() > 50);
        let names: Vec<&str> = csv.columns.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(
            names[..5],
            [
                "input.region",
                "input.name",
                "input.url",
                "input.limit",
                "aweme_id"
            ]
        );
        assert_eq!(names.last(), Some(&"collection.estimated"));
        let mut once = names.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), names.len());
    }

    #[test]
    fn rows_tell_their_ids_and_heads_their_columns() {
        let csv = Csv::new(Some(&"desc,input,aweme_id".parse().unwrap()), false);
        let other = Csv::new(Some(&"aweme_id".parse().unwrap()), false);
        let one = described(1, "a, \"b\"\r\nc");
        let table = table(&[Row::Record(&one)], &csv);
        let (head, row) = table.split_at(table.find('\n').unwrap() + 1);
        let told = |row: &str, number| csv.tell(row.as_bytes(), number, true);
        assert_eq!(told(head, 1), Told::Nothing);
        assert_eq!(told(&format!("\u{feff}{head}"), 1), Told::Nothing);
        assert_eq!(other.tell(head.as_bytes(), 1, true), Told::OtherColumns);
        assert_eq!(told("a,b\r\n", 1), Told::Junk);
        assert_eq!(
            told(row, 2),
            Told::Id(None, "7532242222256717501".to_owned())
        );
        assert_eq!(csv.tell(row.as_bytes(), 2, false), Told::Junk);
        let named = row.replace("\",,,,,\"", "\",,\"x\",,,\"");
        assert_eq!(
            told(&named, 2),
            Told::Id(Some("x".to_owned()), "7532242222256717501".to_owned())
        );
        assert_eq!(told("1,2\r\n", 2), Told::Junk);
    }

    #[test]
    fn a_line_end_in_quotes_ends_no_row() {
        let csv = Csv::new(None, false);
        let mut input = &b"a,\"b\n\"\"c\"\n1\n\"torn\n"[..];
        let mut next = || {
            let mut row = Vec::new();
            let read = csv.next(&mut input, &mut row).unwrap();
            (read, String::from_utf8(row).unwrap())
        };
        assert_eq!(next(), (Read::Whole, "a,\"b\n\"\"c\"\n".to_owned()));
        assert_eq!(next(), (Read::Whole, "1\n".to_owned()));
        assert_eq!(next(), (Read::Torn, "\"torn\n".to_owned()));
        assert_eq!(next(), (Read::End, String::new()));
    }

    proptest! {
        #[test]
        fn any_text_is_one_cell_that_no_program_obeys(text in any::<String>()) {
            let mut row = Vec::new();
            write_text(&text, &mut row);
            row.extend(b"\r\n");
            let found = cells(&row);
            assert_eq!(found.len(), 1);
            assert!(!found[0].chars().any(is_unsafe) && !found[0].starts_with(begins_formula));
            let kept = |text: &str| text.chars().filter(|c| !is_unsafe(*c) && *c != '\u{fffd}' && *c != ' ').collect::<String>();
            assert_eq!(kept(found[0].strip_prefix('\'').unwrap_or(&found[0])), kept(text.strip_prefix('\'').unwrap_or(&text)));
        }
    }
}
