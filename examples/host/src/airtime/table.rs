//! How bills are shown.

use serde_json::{Value, json};
use wanlink_emulator::{LayerBytes, Traffic, TrafficModel};

use super::figures::{Bill, Day, Prices, both};
use super::{DAYS_OF_A_TOKEN, LATE_S, PAYLOAD, ROUND_TRIP_US};

const US_PER_MINUTE: u64 = 60_000_000;

/// Of a line of text.
const WIDTH: usize = 118;

/// What the figures take for granted.
pub(super) fn assumptions(model: TrafficModel) -> [String; 6] {
    [
        "from the emulator, never measured on a network; nothing is lost, nothing sent twice".to_owned(),
        format!(
            "messages of {PAYLOAD} bytes with QoS 1, up to {LATE_S} s late; the keep-alive of a link as it is made; nothing \
             subscribed"
        ),
        format!(
            "40 bytes of IPv4 and TCP for each packet, 60 for a SYN; segments of {} bytes, each acknowledged by a packet of \
             its own unless the other end answers within {} ms; no delayed acknowledgements",
            grouped(model.mss as u64),
            model.carried_within_us / 1_000,
        ),
        "a look-up of the name for each connection, one question and one address; TLS 1.2 without resumption, with the one \
         certificate of the stand-in (Ed25519): a chain as the platform may show is longer"
            .to_owned(),
        format!(
            "{} ms there and back; the radio stays on for {} s behind the last packet",
            ROUND_TRIP_US / 1_000,
            model.inactivity_us / 1_000_000,
        ),
        format!("days behind the login; those of `https` bear 1/{DAYS_OF_A_TOKEN} of a login each, for the token"),
    ]
}

/// One table.
struct Sheet {
    head: Vec<String>,
    /// The name of a path, and its cells.
    rows: Vec<(&'static str, Vec<String>)>,
}

impl Sheet {
    fn of(bills: &[Bill], head: Vec<String>, cells: fn(&Bill) -> Vec<String>) -> Self {
        Self { head, rows: bills.iter().map(|bill| (bill.path, cells(bill))).collect() }
    }

    fn markdown(&self) -> String {
        let rows = self.rows.iter().map(|(path, cells)| format!("| `{path}` | {} |\n", cells.join(" | ")));
        let rule = "---|".repeat(self.head.len());
        format!("| {} |\n|{rule}\n{}", self.head.join(" | "), rows.collect::<String>())
    }

    fn text(&self) -> String {
        let line = |first: &str, cells: &[String]| {
            let cells: String = cells.iter().map(|cell| format!("{cell:>23}")).collect();
            format!("{first:<24}{cells}\n")
        };
        let (first, head) = self.head.split_first().expect("a table has columns");
        line(first, head) + &self.rows.iter().map(|(path, cells)| line(path, cells)).collect::<String>()
    }
}

/// Bytes of each thing, bytes of days, and the radio.
fn sheets(bills: &[Bill]) -> [Sheet; 3] {
    let days = |first: &str| {
        let days = bills.first().map_or(Vec::new(), |bill| bill.days.iter().map(every).collect());
        [vec![first.to_owned()], days].concat()
    };
    let things = ["bytes up / down", "a login", "a keep-alive", "a message"].map(str::to_owned);
    [
        Sheet::of(bills, things.to_vec(), prices),
        Sheet::of(bills, days("a day: bytes up / down"), |bill| {
            bill.days.iter().map(|day| pair(bill.bytes(day))).collect()
        }),
        Sheet::of(bills, days("a day: uses / minutes"), |bill| bill.days.iter().map(uses).collect()),
    ]
}

/// As a page shows it.
pub(super) fn markdown(bills: &[Bill], model: TrafficModel) -> String {
    let tables = sheets(bills).map(|sheet| sheet.markdown() + "\n").concat();
    let module = bills.first().map_or("", |bill| bill.module);
    let assumptions = items(&assumptions(model));
    let follows = items(&follows(bills));
    format!("`wanlink airtime --module {module}` takes for granted:\n\n{assumptions}\n{tables}{follows}")
}

/// As a terminal shows it.
pub(super) fn text(bills: &[Bill], model: TrafficModel) -> String {
    let tables = sheets(bills).map(|sheet| sheet.text() + "\n").concat();
    format!("{}\n{tables}{}", items(&assumptions(model)), items(&follows(bills))).replace('`', "")
}

/// A list, in lines that are not too long.
fn items(items: &[String]) -> String {
    let mut out = String::new();
    for item in items {
        let mut line = "-".to_owned();
        for word in item.split(' ') {
            if line.len() + 1 + word.len() > WIDTH {
                out += &line;
                line = "\n ".to_owned();
            }
            line += " ";
            line += word;
        }
        out += &line;
        out.push('\n');
    }
    out
}

fn every(day: &Day) -> String {
    match day.period_s {
        60 => "each minute".to_owned(),
        3_600 => "each hour".to_owned(),
        86_400 => "once".to_owned(),
        other => format!("each {} minutes", other / 60),
    }
}

fn pair((up, down): (u64, u64)) -> String {
    format!("{} / {}", grouped(up), grouped(down))
}

fn prices(bill: &Bill) -> Vec<String> {
    let of = |traffic: &Traffic| pair((traffic.up.total(), traffic.down.total()));
    let Prices { login, message, keep_alive } = &bill.prices;
    vec![of(login), keep_alive.as_ref().map_or("none".to_owned(), of), of(message)]
}

fn uses(day: &Day) -> String {
    pair((day.traffic.bursts, day.traffic.radio_us.div_ceil(US_PER_MINUTE)))
}

/// What the figures say about the choice.
fn follows(bills: &[Bill]) -> Vec<String> {
    let find = |path: &str| bills.iter().find(|bill| bill.path == path);
    let protected = |bill: &Bill| bill.path.strip_suffix("-plain").and_then(find);
    let posts = bills.iter().find(|bill| !bill.is_session);
    let sessions = bills.iter().filter(|bill| bill.is_session && protected(bill).is_none());
    let tls = bills.iter().find_map(|bill| Some(follows_for_tls(protected(bill)?, bill)));
    sessions.map(|bill| follows_for(bill, posts)).chain(tls).collect()
}

fn follows_for(bill: &Bill, posts: Option<&Bill>) -> String {
    let outweighs = grouped(bill.idle_outweighs());
    let line =
        format!("`{}`: the keep-alive costs more bytes than the messages up to about {outweighs} a day", bill.path);
    let Some(posts) = posts else { return line };
    let times = both(&posts.prices.message) as f64 / both(&bill.prices.message) as f64;
    let cheaper = match posts.is_cheaper_up_to(bill) {
        0 => "never fewer for a day".to_owned(),
        count => format!("fewer for a day of up to about {}", grouped(count)),
    };
    format!("{line}; `{}` costs {times:.1} times as many for a message, and {cheaper}", posts.path)
}

fn follows_for_tls(with: &Bill, without: &Bill) -> String {
    let more = |price: fn(&Prices) -> &Traffic| grouped(both(price(&with.prices)) - both(price(&without.prices)));
    let (login, message) = (more(|prices| &prices.login), more(|prices| &prices.message));
    format!("TLS costs {login} bytes a login, and {message} a message (`{}`)", with.path)
}

/// 1234567 as 1,234,567.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The objects of `--json` for a bill.
pub(super) fn events(bill: &Bill) -> Vec<Value> {
    let Bill { module, path, prices, .. } = bill;
    let price = json!({
        "event": "price", "module": module, "path": path, "login": bytes(&prices.login), "message": bytes(&prices.message),
        "keep_alive": prices.keep_alive.as_ref().map(bytes),
    });
    let days = bill.days.iter().map(|day| {
        let (up, down) = bill.bytes(day);
        json!({
            "event": "day", "module": module, "path": path, "period_s": day.period_s, "messages": day.messages,
            "up_bytes": up, "down_bytes": down, "bytes": bytes(&day.traffic), "uses": day.traffic.bursts,
            "radio_s": day.traffic.radio_us as f64 / 1e6,
        })
    });
    std::iter::once(price).chain(days).collect()
}

/// Layer by layer.
fn bytes(traffic: &Traffic) -> Value {
    let of = |bytes: &LayerBytes| {
        json!({
            "application": bytes.application, "tls": bytes.tls, "headers": bytes.headers, "names": bytes.names,
            "total": bytes.total(),
        })
    };
    json!({"up": of(&traffic.up), "down": of(&traffic.down)})
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn digits_stand_in_threes() {
        let all = [0, 999, 1_000, 86_400, 1_234_567].map(grouped);
        assert_eq!(all, ["0", "999", "1,000", "86,400", "1,234,567"]);
    }
}
