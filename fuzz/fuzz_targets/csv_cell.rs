//! Remote text in a cell of CSV: one cell, the same text but for what a spreadsheet or a terminal
//! would obey.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tiktok_hashtag::sink::row_of;
use tiktok_hashtag_fuzz::{is_plain, obeyed};

/// What a spreadsheet takes for the beginning of a formula.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let (row, cells) = row_of(&text);
    let row = String::from_utf8(row).expect("a row is text");
    let line = row.strip_suffix("\r\n").expect("a row has its end");
    is_plain(line);
    let [cell] = &cells[..] else {
        panic!("{} cells of {text:?}", cells.len());
    };
    assert!(!cell.starts_with(FORMULA), "{cell:?}");
    let guard = if text.starts_with(FORMULA) { "'" } else { "" };
    assert_eq!(*cell, format!("{guard}{}", plain(&text)));
});

fn plain(text: &str) -> String {
    let plain = |c| match c {
        '\t' | '\r' | '\n' => ' ',
        c if obeyed(c) => '\u{fffd}',
        c => c,
    };
    text.chars().map(plain).collect()
}
