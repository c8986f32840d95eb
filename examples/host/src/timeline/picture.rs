//! A time line: a row for each command, a bar for its wait, a dot for each line behind it, a band for each call.

use std::fmt::Write;

use super::seconds;
use super::story::{Command, Ended, Story};

const TEXT: f64 = 400.0;
const BARS: f64 = 640.0;
const TOP: f64 = 60.0;
const ROW: f64 = 16.0;
/// Silence is drawn as wide as this, however long it is.
const LONG_US: u64 = 1_000_000;
const SILENCE: f64 = 28.0;
/// Characters of a command that fit beside the bars.
const FITS: usize = 52;

/// Times, and where they are drawn: what happens to scale, silence as a gap of one width.
struct Axis {
    /// Time and place of each event.
    places: Vec<(u64, f64)>,
}

impl Axis {
    fn new(story: &Story) -> Self {
        let mut times: Vec<u64> = vec![story.begin_us, story.end_us];
        for command in &story.commands {
            times.push(command.at_us);
            times.extend(command.until_us());
            times.extend(command.heard.iter().map(|heard| heard.at_us));
        }
        times.extend(story.calls.iter().flat_map(|call| [Some(call.at_us), call.until_us]).flatten());
        times.extend(story.notes.iter().map(|note| note.at_us));
        times.sort_unstable();
        times.dedup();
        let gaps: Vec<u64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let silent = gaps.iter().filter(|gap| **gap >= LONG_US).count() as f64;
        let busy = gaps.iter().filter(|gap| **gap < LONG_US).sum::<u64>().max(1) as f64;
        let silence = SILENCE.min(BARS / 2.0 / silent.max(1.0));
        let scale = (BARS - silent * silence) / busy;
        let mut x = TEXT;
        let mut places = vec![(times[0], x)];
        for (at, gap) in times[1..].iter().zip(gaps) {
            x += if gap >= LONG_US { silence } else { gap as f64 * scale };
            places.push((*at, x));
        }
        Self { places }
    }

    /// Of a time that was given to `new`.
    fn x(&self, at_us: u64) -> f64 {
        let index = self.places.partition_point(|(time, _)| *time < at_us);
        self.places.get(index).or(self.places.last()).map_or(TEXT, |(_, x)| *x)
    }

    fn silences(&self) -> impl Iterator<Item = (f64, f64, u64)> {
        self.places.windows(2).filter_map(|pair| {
            let [(from, left), (to, right)] = [pair[0], pair[1]];
            (to - from >= LONG_US).then_some((left, right, to - from))
        })
    }
}

/// A picture of the whole trace.
pub(super) fn draw(story: &Story) -> String {
    let axis = Axis::new(story);
    let (width, bottom) = (TEXT + BARS + 20.0, TOP + ROW * story.commands.len() as f64);
    let account = story.account();
    let mut svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {:.0}" font-family="sans-serif" font-size="11">
<rect width="{width}" height="{:.0}" fill="#fff"/>
<text x="8" y="18" font-size="14">{} commands in {} s, {} s of them waiting; {} bytes to the module, {} from it</text>
"##,
        bottom + 30.0,
        bottom + 30.0,
        story.commands.len(),
        seconds(story.end_us - story.begin_us),
        seconds(account.waiting_us),
        account.sent,
        account.received
    );
    let mut put = |line: String| {
        let _ = writeln!(svg, "{line}");
    };
    for (left, right, us) in axis.silences() {
        put(format!(
            "<rect x=\"{left:.1}\" y=\"{TOP}\" width=\"{:.1}\" height=\"{:.0}\" fill=\"#f2f2f2\"><title>{} s of silence</title></rect>",
            right - left,
            bottom - TOP,
            seconds(us)
        ));
    }
    for call in &story.calls {
        let (left, right) = (axis.x(call.at_us), axis.x(call.until_us.unwrap_or(call.at_us)));
        let colour = if call.error.is_some() { "#c33" } else { "#69c" };
        let end = call.error.as_deref().unwrap_or(if call.until_us.is_some() { "done" } else { "dropped" });
        put(format!(
            "<rect x=\"{left:.1}\" y=\"{:.0}\" width=\"{:.1}\" height=\"8\" fill=\"{colour}\"><title>{}: {}</title></rect>",
            TOP - 14.0,
            (right - left).max(1.0),
            safe(&call.name),
            safe(end)
        ));
    }
    for note in &story.notes {
        let x = axis.x(note.at_us);
        put(format!(
            "<path d=\"M{x:.1} {:.0}V{bottom:.0}\" stroke=\"#c80\" stroke-dasharray=\"2 3\"><title>{}</title></path>",
            TOP - 20.0,
            safe(&note.text)
        ));
    }
    for (row, command) in story.commands.iter().enumerate() {
        put(drawn(command, &axis, TOP + ROW * row as f64));
    }
    put(legend(bottom + 20.0));
    svg.push_str("</svg>\n");
    svg
}

fn drawn(command: &Command, axis: &Axis, y: f64) -> String {
    let left = axis.x(command.at_us);
    let right = axis.x(command.until_us().unwrap_or(command.at_us));
    let (colour, took) = match command.ended {
        Ended::Good(until) => ("#393", format!("{} s", seconds(until - command.at_us))),
        Ended::Refused(until) => ("#c33", format!("refused after {} s", seconds(until - command.at_us))),
        Ended::Never => ("#999", "no answer".to_owned()),
    };
    let mut short: String = command.text.chars().take(FITS).collect();
    if short.len() < command.text.len() {
        short.push_str("...");
    }
    let mut line = format!(
        "<text x=\"8\" y=\"{:.0}\"><tspan fill=\"#888\">{}</tspan> {}</text><rect x=\"{left:.1}\" y=\"{:.0}\" width=\"{:.1}\" height=\"{}\" fill=\"{colour}\"><title>{}: {took}, {} bytes out, {} in</title></rect>",
        y + 11.0,
        seconds(command.at_us),
        safe(&short),
        y + 3.0,
        (right - left).max(1.5),
        ROW - 6.0,
        safe(&command.text),
        command.sent,
        command.received
    );
    for heard in &command.heard {
        let (x, text) = (axis.x(heard.at_us), safe(&heard.text));
        let _ = write!(
            line,
            "<circle cx=\"{x:.1}\" cy=\"{:.0}\" r=\"3\" fill=\"#06c\"><title>{text}</title></circle>",
            y + 8.0
        );
    }
    line
}

fn legend(y: f64) -> String {
    let all = [
        ("#393", "wait for an answer"),
        ("#c33", "refused"),
        ("#999", "no answer"),
        ("#06c", "a line behind it"),
        ("#69c", "a call"),
        ("#c80", "a note"),
        ("#f2f2f2", "silence of a second or more, not to scale"),
    ];
    let each = all.into_iter().enumerate().map(|(index, (colour, text))| {
        let x = 8 + 130 * index;
        format!(
            "<rect x=\"{x}\" y=\"{:.0}\" width=\"10\" height=\"10\" fill=\"{colour}\"/><text x=\"{}\" y=\"{y:.0}\">{text}</text>",
            y - 9.0,
            x + 14
        )
    });
    each.collect()
}

/// Text that may stand in XML.
fn safe(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_time_is_drawn_to_scale_and_silence_is_not() {
        let trace = "0.000000 > AT\\r\n0.100000 < OK\\r\\n\n1000.100000 > AT+B\\r\n1000.300000 < ERROR\\r\\n\n";
        let story = Story::of(trace.parse().unwrap());
        let axis = Axis::new(&story);
        let width = |from, to| axis.x(to) - axis.x(from);
        let (first, second) = (width(0, 100_000), width(1_000_100_000, 1_000_300_000));
        assert!((second / first - 2.0).abs() < 1e-6, "{first} {second}");
        assert!((width(100_000, 1_000_100_000) - SILENCE).abs() < 1e-6);
        assert!((first + second + SILENCE - BARS).abs() < 1e-6);
        assert_eq!(axis.silences().count(), 1);
    }

    #[test]
    fn nothing_of_a_trace_is_markup() {
        let svg = draw(&Story::of("0.000000 > AT<\"&>\\r\n".parse().unwrap()));
        assert!(svg.contains("AT&lt;&quot;&amp;&gt;") && !svg.contains("AT<\""));
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    }
}
