//! A report as lines for a terminal.

use std::fmt::Write as _;

use super::Report;
use super::section::{Body, Section};
use super::table::eighths;

/// What a count in a profile takes at least, with the blank behind it.
const SLOT: usize = 3;

/// Its lines, for a terminal of `width` columns.
#[must_use]
pub fn text(report: &Report, width: usize) -> String {
    let mut text = format!("{}: {}\n", report.title(), report.headline());
    for section in report.sections() {
        text.push('\n');
        text.push_str(section.title);
        text.push('\n');
        for line in lines(&section, width) {
            text.push_str(&line);
            text.push('\n');
        }
    }
    text
}

fn lines(section: &Section, width: usize) -> Vec<String> {
    let note = section.note.iter().map(|note| format!("  {note}"));
    let body = match &section.body {
        Body::Table(table) if table.rows.is_empty() => Vec::new(),
        Body::Table(table) => table.lines(width),
        Body::Profile(counts) => profile(counts, width),
    };
    let mut lines: Vec<String> = note.chain(body).collect();
    if lines.is_empty() {
        lines.push("  none".to_owned());
    }
    lines
}

/// Blocks above their labels and counts, as many beside each other as there is room for.
fn profile(counts: &[(String, u64)], width: usize) -> Vec<String> {
    let highest = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let widest = counts
        .iter()
        .map(|(name, count)| name.len().max(count.to_string().len()));
    let slot = widest.max().unwrap_or_default().max(SLOT - 1) + 1;
    let beside = (width.saturating_sub(2) / slot).max(1);
    // Rows of one length look better than a full one and a rest.
    let rows = counts.len().div_ceil(beside).max(1);
    let rows = counts.chunks(counts.len().div_ceil(rows).max(1));
    rows.flat_map(|row| profile_row(row, highest, slot))
        .collect()
}

fn profile_row(counts: &[(String, u64)], highest: u64, slot: usize) -> [String; 3] {
    let mut rows = [const { String::new() }; 3].map(|_| " ".to_owned());
    for (name, count) in counts {
        let block = block(*count, highest).to_string().repeat(slot - 1);
        for (row, cell) in rows
            .iter_mut()
            .zip([block, name.clone(), count.to_string()])
        {
            // A `String` takes whatever is written into it.
            let _ = write!(row, " {cell:>width$}", width = slot - 1);
        }
    }
    rows.map(|row| row.trim_end().to_owned())
}

/// A block as high as its count; a blank for none.
#[expect(clippy::cast_precision_loss, reason = "an eighth of a block is kept")]
fn block(count: u64, highest: u64) -> char {
    const EIGHTHS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    EIGHTHS[eighths(count as f64 / highest.max(1) as f64, 1)]
}

#[cfg(test)]
mod tests {
    use super::profile;

    #[test]
    fn a_profile_is_as_wide_as_there_is_room() {
        let counts: Vec<_> = (0..4).map(|at| (format!("{at:02}"), at * 4)).collect();
        let wide = profile(&counts, 80);
        assert_eq!(wide, ["     ▃▃ ▅▅ ██", "  00 01 02 03", "   0  4  8 12"]);
        let narrow = profile(&counts, 8);
        assert_eq!(narrow.len(), 6);
        assert_eq!(narrow[..3], ["     ▃▃", "  00 01", "   0  4"]);
    }
}
