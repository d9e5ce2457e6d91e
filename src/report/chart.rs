//! Pictures of counts as SVG. Only this file names the charting crate. A picture's colours are
//! constants the page's style replaces by those of the reader's scheme.

use charts_rs::{BarChart, ChartBase, Color, HorizontalBarChart, Series, YAxisConfig};

use super::table::cut;
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
/// Most columns of a name; it shares the width with its bar.
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
        let highest = self
            .bars
            .iter()
            .map(|(_, value)| *value)
            .fold(0.0, f64::max);
        let (unit, letter) = unit(highest);
        let values = self.bars.iter().map(|(_, value)| to_unit(*value, unit));
        let series = Series::new(String::new(), values.collect());
        let names = self
            .bars
            .iter()
            .map(|(name, _)| cut(&shown(name, 60), NAME));
        let names: Vec<String> = names.collect();
        let drawn = match self.shape {
            Shape::Rows => rows(series, names, letter).svg(),
            Shape::Columns => upright(series, names, letter).svg(),
        };
        let attributes = format!("<svg role=\"img\" aria-label=\"{}\" ", self.title);
        let svg = drawn.ok()?.replacen("<svg ", &attributes, 1);
        Some(svg)
    }
}

fn rows(mut series: Series, names: Vec<String>, letter: &str) -> HorizontalBarChart {
    series.label_show = true;
    let height = f32::from(u16::try_from(names.len()).unwrap_or(u16::MAX)) * ROW;
    let mut chart = HorizontalBarChart::new(vec![series], names);
    paint(&mut chart.base, &mut chart.y_axis_configs);
    chart.base.height = height + 10.0;
    // Each bar ends with its value, so there is no axis to read it off.
    chart.base.x_axis.height = 0.0;
    for axis in &mut chart.y_axis_configs {
        axis.font.size = 0.1;
        axis.stroke_color = Color::transparent();
    }
    chart.base.grid.stroke_width = 0.0;
    chart.base.margin.right = 44.0;
    chart.base.series.label.formatter = format!("{{c}}{letter}");
    chart
}

fn upright(series: Series, names: Vec<String>, letter: &str) -> BarChart {
    let mut chart = BarChart::new(vec![series], names);
    paint(&mut chart.base, &mut chart.y_axis_configs);
    chart.base.height = UPRIGHT;
    for axis in &mut chart.y_axis_configs {
        axis.split_number = 3;
        axis.formatter = Some(format!("{{c}}{letter}"));
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
    base.x_axis.stroke_color = line;
    base.grid.stroke_color = line;
    base.series.colors = vec![color(BAR)];
    base.series.label.font.size = 12.0;
    base.series.label.font.color = ink;
    for axis in axes {
        axis.font.size = 12.0;
        axis.font.color = ink;
    }
}

fn color(hex: &str) -> Color {
    Color::parse(hex).unwrap_or_default()
}

/// What values of this size are counted in, and the letter for it.
fn unit(highest: f64) -> (f64, &'static str) {
    match highest {
        1e9.. => (1e9, "B"),
        1e6.. => (1e6, "M"),
        1e4.. => (1e3, "K"),
        _ => (1.0, ""),
    }
}

/// A value in its unit, to one digit behind the point.
#[expect(clippy::cast_possible_truncation, reason = "a few digits are shown")]
fn to_unit(value: f64, unit: f64) -> f32 {
    ((value / unit * 10.0).round() / 10.0) as f32
}

#[cfg(test)]
mod tests {
    use super::{BAR, Chart, INK, Shape, unit};

    #[test]
    fn values_are_told_in_a_unit_of_their_size() {
        let letters = [0.0, 9_999.0, 10_000.0, 2e6, 3e9].map(|highest| unit(highest).1);
        assert_eq!(letters, ["", "", "K", "M", "B"]);
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
