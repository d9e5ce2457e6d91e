//! A table as both views draw it: numbers to the right, small bars beside them, words cut to fit.

use unicode_width::UnicodeWidthStr as _;

use super::grouped;
use crate::words::shown;

/// What stands where a value is not known.
pub(super) const UNKNOWN: &str = "unknown";
/// Most characters of a text; a caption may have thousands.
const LONGEST: usize = 80;
/// How wide a bar is, in columns of a terminal.
const BAR: usize = 10;
/// How narrow a column of words may become.
const NARROWEST: usize = 8;
const GAP: &str = "  ";

/// Rows under their heads.
pub(super) struct Table {
    pub(super) heads: Vec<&'static str>,
    pub(super) rows: Vec<Vec<Cell>>,
}

/// One field of it.
pub(super) enum Cell {
    /// To the right.
    Number(String),
    /// A part of the longest bar, from 0 to 1.
    Bar(f64),
    /// To the left, cut where there is no room.
    Words(String),
    /// The same, leading somewhere on a page.
    Link(String, String),
}

impl Cell {
    /// A number with its thousands set apart.
    pub(super) fn number(number: Option<impl ToString>) -> Self {
        Self::Number(number.map_or_else(|| UNKNOWN.to_owned(), grouped))
    }

    /// Words as they stand, or that they are unknown.
    pub(super) fn words(words: Option<&str>) -> Self {
        Self::Words(words.map_or_else(|| UNKNOWN.to_owned(), |words| shown(words, LONGEST)))
    }

    /// Words, leading to `url` where there is one.
    pub(super) fn link(words: Option<&str>, url: Option<&str>) -> Self {
        match (Self::words(words), url) {
            (Self::Words(words), Some(url)) => Self::Link(words, url.to_owned()),
            (cell, _) => cell,
        }
    }

    fn width(&self) -> usize {
        match self {
            Self::Bar(_) => BAR,
            Self::Number(text) | Self::Words(text) | Self::Link(text, _) => text.width(),
        }
    }

    fn is_words(&self) -> bool {
        matches!(self, Self::Words(_) | Self::Link(..))
    }

    /// As it stands in a column so wide, but for blanks at a line's end.
    fn drawn(&self, width: usize) -> String {
        match self {
            Self::Bar(part) => padded(&bar(*part), width),
            Self::Number(text) => format!("{}{text}", blanks(width, text)),
            Self::Words(text) | Self::Link(text, _) => padded(&cut(text, width), width),
        }
    }
}

impl Table {
    /// Its lines, none wider than `width` if its words can be cut so far.
    pub(super) fn lines(&self, width: usize) -> Vec<String> {
        let widths = self.widths(width);
        let heads = self.heads.iter().enumerate().map(|(at, head)| {
            let is_number = |row: &Vec<Cell>| matches!(row[at], Cell::Number(_));
            let head = (*head).to_owned();
            match self.rows.first().is_some_and(is_number) {
                true => Cell::Number(head),
                false => Cell::Words(head),
            }
        });
        let heads: Vec<Cell> = heads.collect();
        let rows = std::iter::once(&heads).chain(&self.rows);
        rows.map(|row| line(row, &widths)).collect()
    }

    /// What each column needs, its words cut until all fit.
    fn widths(&self, width: usize) -> Vec<usize> {
        let of = |(at, head): (usize, &&str)| {
            let cells = self.rows.iter().map(|row| row[at].width());
            cells.chain([head.width()]).max().unwrap_or_default()
        };
        let mut widths: Vec<usize> = self.heads.iter().enumerate().map(of).collect();
        let gaps = GAP.len() * widths.len();
        while widths.iter().sum::<usize>() + gaps > width {
            let is_words = |at: &usize| self.rows.first().is_some_and(|row| row[*at].is_words());
            let words = (0..widths.len()).filter(is_words);
            let Some(widest) = words.max_by_key(|at| widths[*at]) else {
                break;
            };
            if widths[widest] <= NARROWEST {
                break;
            }
            widths[widest] -= 1;
        }
        widths
    }
}

fn line(row: &[Cell], widths: &[usize]) -> String {
    let cells = row.iter().zip(widths);
    let cells: Vec<String> = cells.map(|(cell, width)| cell.drawn(*width)).collect();
    format!("{GAP}{}", cells.join(GAP)).trim_end().to_owned()
}

/// A bar of blocks, an eighth of one the least that is not nothing.
fn bar(part: f64) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = eighths(part, BAR);
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

/// `part` of so many blocks, in eighths.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a small number, not below zero"
)]
pub(super) fn eighths(part: f64, blocks: usize) -> usize {
    let part = part.clamp(0.0, 1.0) * (blocks * 8) as f64;
    if part > 0.0 {
        (part.round() as usize).max(1)
    } else {
        0
    }
}

fn blanks(width: usize, text: &str) -> String {
    " ".repeat(width.saturating_sub(text.width()))
}

fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", blanks(width, text))
}

/// The beginning of `text` that fits, with an ellipsis where that is not all.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let ends = text.char_indices().map(|(at, _)| at);
    let fitting = ends.take_while(|at| text[..*at].width() < width);
    let end = fitting.last().unwrap_or_default();
    format!("{}…", text[..end].trim_end())
}

#[cfg(test)]
mod tests {
    use super::{Cell, Table, bar, cut};
    use unicode_width::UnicodeWidthStr as _;

    #[test]
    fn a_bar_is_as_long_as_its_part() {
        for (part, drawn) in [
            (0.0, ""),
            (0.001, "▏"),
            (0.5, "█████"),
            (0.55, "█████▌"),
            (1.0, "██████████"),
            (7.0, "██████████"),
        ] {
            assert_eq!(bar(part), drawn, "{part}");
        }
    }

    #[test]
    fn words_are_cut_by_what_they_take_on_a_screen() {
        for (text, width, shown) in [
            ("abc", 3, "abc"),
            ("abcd", 3, "ab…"),
            ("日本語", 5, "日本…"),
            ("日本語", 6, "日本語"),
            ("日本語", 4, "日…"),
            ("🌻🌻🌻", 5, "🌻🌻…"),
        ] {
            assert_eq!(cut(text, width), shown, "{text} {width}");
            assert!(cut(text, width).width() <= width);
        }
    }

    #[test]
    fn columns_stand_below_each_other_whatever_the_script() {
        let row = |plays, words: &str| {
            let plays: Option<u64> = plays;
            vec![
                Cell::number(plays),
                Cell::words(Some(words)),
                Cell::Bar(1.0),
            ]
        };
        let table = Table {
            heads: vec!["plays", "who", ""],
            rows: vec![
                row(Some(1_234), "日本語の名前"),
                row(None, "a\u{1b}[31mb\u{202e}c"),
            ],
        };
        let lines = table.lines(80);
        assert_eq!(lines[0], "    plays  who");
        assert_eq!(lines[1], "    1,234  日本語の名前  ██████████");
        assert_eq!(
            lines[2],
            "  unknown  a\u{fffd}[31mb\u{fffd}c     ██████████"
        );
        let narrow = table.lines(31);
        assert!(narrow.iter().all(|line| line.width() <= 31), "{narrow:#?}");
        assert_eq!(narrow[1], "    1,234  日本語…   ██████████");
    }
}
