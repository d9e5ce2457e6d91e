//! Pictures of counts as SVG. Only this file names the charting crate. A picture's colours are
//! constants the page's style replaces by those of the reader's scheme.

use charts_rs::{BarChart, ChartBase, Color, HorizontalBarChart, Series, YAxisConfig};

use super::{grouped, table::cut};
use crate::words::shown;

/// Text and axes, as the page's style looks for it.
pub(super) const INK: &str = "#5B6472";
/// Lines of the grid.
pub(super) const LINE: &str = "#DDE1E7";
/// Bars.
pub(super) const BAR: &str = "#0B7285";
/// Every picture's width; a phone shows it at its own size.
const WIDTH: f32 = 360.0;
/// What a row of a chart takes.
const ROW: f32 = 26.0;
/// The height of one with upright columns.
const UPRIGHT: f32 = 200.0;
/// Most columns of a name; it shares the width with its value and its bar.
const NAME: usize = 18;
const FONT: &str = "system-ui, sans-serif";

/// Which way the bars go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// From left to right, one below the other, each with its name before it.
    Rows,
    /// Upwards, side by side.
    Columns,
}

/// A picture of named values.
#[derive(Debug, Clone)]
pub(super) struct Chart {
    shape: Shape,
    /// What it shows, for those who hear it.
    title: &'static str,
    bars: Vec<(String, f64)>,
}

impl Chart {
    /// One of these bars; none of none.
    pub(super) fn new(shape: Shape, title: &'static str, bars: Vec<(String, f64)>) -> Option<Self> {
        (!bars.is_empty()).then_some(Self { shape, title, bars })
    }

    /// It as SVG to stand in a page; none where the crate cannot draw it.
    pub(super) fn svg(&self) -> Option<String> {
        let drawn = match self.shape {
            Shape::Rows => rows(&self.bars).svg(),
            Shape::Columns => upright(&self.bars).svg(),
        };
        let attributes = format!("<svg role=\"img\" aria-label=\"{}\" ", self.title);
        Some(drawn.ok()?.replacen("<svg ", &attributes, 1))
    }
}

/// Each bar has its name and its value before it, so there is no axis to read it off.
fn rows(bars: &[(String, f64)]) -> HorizontalBarChart {
    let name = |(name, value): &(String, f64)| {
        let name = cut(&shown(name, 60), NAME);
        format!("{name}  {}", short(*value))
    };
    // The crate draws from below.
    let names: Vec<String> = bars.iter().rev().map(name).collect();
    let values = bars.iter().rev().map(|(_, value)| narrow(*value));
    let series = Series::new(String::new(), values.collect());
    let height = f32::from(u16::try_from(names.len()).unwrap_or(u16::MAX)) * ROW;
    let mut chart = HorizontalBarChart::new(vec![series], names);
    paint(&mut chart.base, &mut chart.y_axis_configs);
    chart.base.height = height + 10.0;
    chart.base.x_axis.hidden = true;
    chart.base.grid.stroke_width = 0.0;
    let highest = bars.iter().map(|(_, value)| *value).fold(1.0, f64::max);
    for axis in &mut chart.y_axis_configs {
        axis.min = Some(0.0);
        axis.max = Some(narrow(highest));
    }
    chart
}

fn upright(bars: &[(String, f64)]) -> BarChart {
    let names = bars.iter().map(|(name, _)| name.clone()).collect();
    let values = bars.iter().map(|(_, value)| narrow(*value));
    let highest = bars.iter().map(|(_, value)| *value).fold(0.0, f64::max);
    let series = Series::new(String::new(), values.collect());
    let mut chart = BarChart::new(vec![series], names);
    paint(&mut chart.base, &mut chart.y_axis_configs);
    chart.base.height = UPRIGHT;
    for axis in &mut chart.y_axis_configs {
        // Videos come whole, so the lines of the grid stand at whole numbers.
        axis.split_number = 3;
        axis.min = Some(0.0);
        axis.max = Some(3.0 * narrow((highest / 3.0).ceil().max(1.0)));
        axis.formatter = Some("{t}".to_owned());
    }
    chart
}

/// The size and colours all have in common.
fn paint(base: &mut ChartBase, axes: &mut [YAxisConfig]) {
    let (ink, line) = (color(INK), color(LINE));
    base.width = WIDTH;
    base.background_color = Color::transparent();
    FONT.clone_into(&mut base.font_family);
    base.legend.show = Some(false);
    base.title.height = 0.0;
    base.x_axis.font.size = 12.0;
    base.x_axis.font.color = ink;
    base.x_axis.name_gap = 9.0;
    base.x_axis.stroke_color = line;
    base.grid.stroke_color = line;
    base.series.colors = vec![color(BAR)];
    for axis in axes {
        axis.font.size = 12.0;
        axis.font.color = ink;
    }
}

fn color(hex: &str) -> Color {
    Color::parse(hex).unwrap_or_default()
}

/// A value in few characters: `9,999`, `12.3K`, `58.5M`.
fn short(value: f64) -> String {
    let (unit, letter) = match value {
        1e9.. => (1e9, "B"),
        1e6.. => (1e6, "M"),
        1e4.. => (1e3, "K"),
        _ => (1.0, ""),
    };
    let tenths = format!("{:.1}", value / unit);
    let (whole, tenth) = tenths.split_once('.').unwrap_or((&tenths, "0"));
    let point = if tenth == "0" { "" } else { "." };
    format!(
        "{}{point}{}{letter}",
        grouped(whole),
        tenth.trim_matches('0')
    )
}

/// For a picture, where a few digits do.
#[expect(clippy::cast_possible_truncation, reason = "nobody sees it in a bar")]
fn narrow(value: f64) -> f32 {
    value as f32
}

#[cfg(test)]
mod tests {
    use super::{BAR, Chart, INK, Shape, short};

    #[test]
    fn a_value_is_told_in_a_unit_of_its_size() {
        for (value, shown) in [
            (0.0, "0"),
            (1_501.5, "1,501.5"),
            (9_999.0, "9,999"),
            (10_000.0, "10K"),
            (12_345.0, "12.3K"),
            (58_520_545.0, "58.5M"),
            (2e9, "2B"),
        ] {
            assert_eq!(short(value), shown);
        }
    }

    #[test]
    fn a_picture_holds_its_names_as_text_and_the_colours_that_are_replaced() {
        for shape in [Shape::Rows, Shape::Columns] {
            let bars = vec![
                ("<script>\"&".to_owned(), 1_530_000.0),
                ("b".to_owned(), 0.0),
            ];
            let svg = Chart::new(shape, "Plays", bars).unwrap().svg().unwrap();
            assert!(svg.starts_with("<svg role=\"img\" aria-label=\"Plays\" "));
            assert!(svg.contains("&lt;script&gt;"), "{svg}");
            assert!(!svg.contains("<script") && !svg.contains("<style"));
            assert!(svg.contains(INK) && svg.contains(BAR), "{svg}");
        }
        assert!(Chart::new(Shape::Rows, "none", Vec::new()).is_none());
    }
}
