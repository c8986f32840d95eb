//! The figures of two fleets as a picture.

use std::fmt::Write;

use super::figures::Figures;
use super::{Outage, PER_SECOND};

const WIDTH: u32 = 960;
const HEIGHT: u32 = 420;
const LEFT: u32 = 60;
const RIGHT: u32 = 20;
const TOP: u32 = 50;
const BOTTOM: u32 = 50;

/// Where things are.
struct Axes {
    seconds: usize,
    /// Powers of ten.
    decades: u32,
}

impl Axes {
    fn x(&self, second: usize) -> f64 {
        f64::from(LEFT) + f64::from(WIDTH - LEFT - RIGHT) * second as f64 / self.seconds as f64
    }

    /// A logarithmic scale from 1; nothing is half a decade below.
    fn y(&self, count: u32) -> f64 {
        let height = f64::from(HEIGHT - TOP - BOTTOM);
        let decade = if count == 0 { -0.5 } else { f64::from(count).log10() };
        f64::from(HEIGHT - BOTTOM) - height * (decade + 0.5) / (f64::from(self.decades) + 0.5)
    }

    fn line(&self, figures: &Figures) -> String {
        let counts = (0..self.seconds).map(|second| figures.attempts.get(second).copied().unwrap_or(0));
        counts.enumerate().fold(String::new(), |mut points, (second, count)| {
            let _ = write!(points, "{:.1},{:.1} ", self.x(second), self.y(count));
            points
        })
    }
}

/// Logins in each second, with jitter and without it.
pub(super) fn draw(with: &Figures, without: &Figures, outage: Outage) -> String {
    let most = [with, without].iter().flat_map(|figures| &figures.attempts).copied().max().unwrap_or(0).max(PER_SECOND);
    let seconds = with.attempts.len().max(without.attempts.len()).max(outage.to_s as usize) + 1;
    let axes = Axes { seconds, decades: most.ilog10() + 1 };
    let mut svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">
<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>
<text x="{LEFT}" y="20" font-size="14">Logins per second of {} devices, an outage of {} s</text>
"##,
        with.devices,
        outage.to_s - outage.from_s
    );
    let mut put = |line: String| svg.push_str(&line);
    let (from, to) = (axes.x(outage.from_s as usize), axes.x(outage.to_s as usize));
    let (bottom, height) = (HEIGHT - BOTTOM, HEIGHT - TOP - BOTTOM);
    put(format!("<rect x=\"{from:.1}\" y=\"{TOP}\" width=\"{:.1}\" height=\"{height}\" fill=\"#eee\"/>\n", to - from));
    for decade in 0..=axes.decades {
        let (count, y) = (10_u32.pow(decade), axes.y(10_u32.pow(decade)));
        put(format!(
            "<path d=\"M{LEFT} {y:.1}H{}\" stroke=\"#ccc\"/><text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{count}</text>\n",
            WIDTH - RIGHT,
            LEFT - 6,
            y + 4.0
        ));
    }
    let minutes = axes.seconds / 60;
    for minute in (0..=minutes).step_by((minutes / 10).max(1)) {
        put(format!(
            "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{minute} min</text>\n",
            axes.x(minute * 60),
            bottom + 18
        ));
    }
    let limit = axes.y(PER_SECOND);
    put(format!("<path d=\"M{LEFT} {limit:.1}H{}\" stroke=\"#b00\" stroke-dasharray=\"6 4\"/>\n", WIDTH - RIGHT));
    for (figures, colour) in [(without, "#c80"), (with, "#06c")] {
        put(format!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1\"/>\n",
            axes.line(figures).trim_end()
        ));
    }
    let legend = [
        ("#06c", "with jitter".to_owned()),
        ("#c80", "without".to_owned()),
        ("#b00", format!("the platform's limit, {PER_SECOND}")),
        ("#999", "the platform is away".to_owned()),
    ];
    for (index, (colour, text)) in legend.into_iter().enumerate() {
        let x = LEFT + 200 * index as u32;
        put(format!(
            "<rect x=\"{x}\" y=\"30\" width=\"12\" height=\"12\" fill=\"{colour}\"/><text x=\"{}\" y=\"40\">{text}</text>\n",
            x + 18
        ));
    }
    svg.push_str("</svg>\n");
    svg
}
