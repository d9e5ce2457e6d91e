//! A report as one page that needs nothing else: no script, no font, no picture from elsewhere.
//! Whatever comes from records is escaped, and the page's own policy forbids all it does not use.

use std::fmt::{self, Write};

use super::Report;
use super::section::{Body, Section};
use super::table::{Cell, Table};

const STYLE: &str = include_str!("page.css");
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
                      form-action 'none'";

/// The page, as HTML.
#[must_use]
pub fn page(report: &Report) -> String {
    let mut page = String::new();
    // A `String` takes whatever is written into it.
    let _ = write_page(&mut page, report);
    page
}

fn write_page(page: &mut String, report: &Report) -> fmt::Result {
    let title = escaped(&report.title());
    write!(
        page,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{title} – tiktok-hashtag report</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header>\n<h1 dir=\"auto\">{title}</h1>\n<p>{}</p>\n</header>\n<main>\n",
        escaped(&report.headline())
    )?;
    for section in report.sections() {
        write_section(page, &section)?;
    }
    let version = env!("CARGO_PKG_VERSION");
    write!(
        page,
        "</main>\n<footer><p>Made by tiktok-hashtag {version}. Counts are those seen last; what \
         is unknown is said to be, and is in no sum.</p></footer>\n</body>\n</html>\n"
    )
}

fn write_section(page: &mut String, section: &Section) -> fmt::Result {
    write!(page, "<section>\n<h2>{}</h2>\n", section.title)?;
    if let Some(note) = &section.note {
        writeln!(page, "<p class=\"note\">{}</p>", escaped(note))?;
    }
    if let Some(svg) = section.chart.as_ref().and_then(|chart| chart.svg()) {
        writeln!(page, "<figure>{svg}</figure>")?;
    }
    match &section.body {
        Body::Table(table) if !table.rows.is_empty() => write_table(page, table)?,
        Body::Profile(counts) if section.chart.is_some() => write_counts(page, counts)?,
        _ if section.note.is_none() => page.push_str("<p class=\"note\">None.</p>\n"),
        _ => {}
    }
    page.push_str("</section>\n");
    Ok(())
}

/// A table in a box that scrolls where the table is too wide for it.
fn write_table(page: &mut String, table: &Table) -> fmt::Result {
    page.push_str("<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr>");
    let is_bar = |at: usize| table.rows.iter().any(|row| matches!(row[at], Cell::Bar(_)));
    for (at, head) in table
        .heads
        .iter()
        .enumerate()
        .filter(|(at, _)| !is_bar(*at))
    {
        write!(page, "<th{}>{head}</th>", class_of(&table.rows[0][at]))?;
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        page.push_str("<tr>");
        for cell in row {
            write_cell(page, cell)?;
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody></table></div>\n");
    Ok(())
}

fn write_cell(page: &mut String, cell: &Cell) -> fmt::Result {
    let class = class_of(cell);
    match cell {
        // The picture above shows it.
        Cell::Bar(_) => Ok(()),
        Cell::Number(text) => write!(page, "<td{class}>{}</td>", escaped(text)),
        Cell::Words(text) => write!(page, "<td dir=\"auto\">{}</td>", escaped(text)),
        Cell::Link(text, url) => {
            let text = if text.trim().is_empty() { "…" } else { text };
            let (url, text) = (escaped(url), escaped(text));
            write!(
                page,
                "<td dir=\"auto\"><a href=\"{url}\" rel=\"noreferrer\">{text}</a></td>"
            )
        }
    }
}

fn class_of(cell: &Cell) -> &'static str {
    match cell {
        Cell::Number(_) => " class=\"number\"",
        _ => "",
    }
}

/// The counts behind a picture, for those who cannot see it.
fn write_counts(page: &mut String, counts: &[(String, u64)]) -> fmt::Result {
    page.push_str("<details><summary>Counts</summary><p>");
    for (at, (name, count)) in counts.iter().enumerate() {
        let comma = if at == 0 { "" } else { ", " };
        write!(page, "{comma}{}: {count}", escaped(name))?;
    }
    page.push_str("</p></details>\n");
    Ok(())
}

/// `text` as it may stand in an element or an attribute.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}
