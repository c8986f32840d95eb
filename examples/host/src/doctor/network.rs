//! Registration and data context: what the module says, and what it means.

use embassy_time::{Instant, Timer};
use wanlink_at::driver::Registration;
use wanlink_at::{field, int};

use super::answers::{Fault, failure};
use super::check::{Chart, Check, Subject};
use super::driven::{Measured, SEARCH_S, no_network};
use super::question::ask;
use crate::board::Board;
use crate::failure::Failure;

/// So long the network has denied before it is believed, as the drivers do it.
const DENIED: embassy_time::Duration = embassy_time::Duration::from_secs(60);

/// What the module says of networks and signal.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// `AT+CEREG?`, `AT+CGREG?`, `AT+CREG?`: LTE, packets and calls (3GPP TS 27.007, 10.1.22, 10.1.20, 7.2).
    registration: [Option<i32>; 3],
    /// The packet service (3GPP TS 27.007, 10.1.9).
    attached: Option<bool>,
    /// The access point name of context 1 (3GPP TS 27.007, 10.1.1).
    apn: Option<String>,
    /// Context 1 (3GPP TS 27.007, 10.1.10).
    active: Option<bool>,
    /// `AT+CESQ` (3GPP TS 27.007, 8.69), in dB and dBm.
    pub(super) rsrq_db: Option<i32>,
    pub(super) rsrp_dbm: Option<i32>,
}

const NETWORKS: [(&str, &str); 3] = [("+CEREG", "LTE"), ("+CGREG", "packets"), ("+CREG", "calls")];

async fn registration(board: &mut Board) -> [Option<i32>; 3] {
    let mut stats = [None; 3];
    for ((name, _), stat) in NETWORKS.iter().zip(&mut stats) {
        let said = ask(board, &format!("{name}?")).await;
        *stat = said.named(name).next().and_then(|line| int(line, 1));
    }
    stats
}

/// Asks for all of it.
pub(super) async fn ask_all(board: &mut Board) -> Found {
    let mut found = Found { registration: registration(board).await, ..Found::default() };
    let said = ask(board, "+CGATT?").await;
    found.attached = said.named("+CGATT").next().and_then(|line| int(line, 0)).map(|state| state == 1);
    let said = ask(board, "+CGDCONT?").await;
    let first = said.named("+CGDCONT").find(|line| int(line, 0) == Some(1)).and_then(|line| field(line, 2));
    found.apn = first.map(|apn| String::from_utf8_lossy(apn).into_owned());
    let said = ask(board, "+CGACT?").await;
    found.active = said.named("+CGACT").find(|line| int(line, 0) == Some(1)).map(|line| int(line, 1) == Some(1));
    let said = ask(board, "+CESQ").await;
    if let Some(line) = said.named("+CESQ").next() {
        found.rsrq_db = int(line, 4).filter(|level| (0..=34).contains(level)).map(|level| level / 2 - 20);
        found.rsrp_dbm = int(line, 5).filter(|level| (0..=97).contains(level)).map(|level| level - 141);
    }
    found
}

/// Waits for a registration that may still come.
pub(super) async fn wait(board: &mut Board, chart: &Chart<'_>) {
    let begin = Instant::now();
    let mut admitted = begin;
    let mut is_told = false;
    loop {
        let stats = registration(board).await;
        if state(&stats) != Registration::Denied {
            admitted = Instant::now();
        }
        let is_over = begin.elapsed().as_secs() >= SEARCH_S || admitted.elapsed() >= DENIED;
        if state(&stats).is_up() || is_over {
            return;
        }
        if !is_told {
            chart.progress("waiting for a network, for three minutes at most");
            is_told = true;
        }
        Timer::after_secs(2).await;
    }
}

/// What counts for data, as the drivers see it: on networks for LTE alone the state for calls says nothing (quectel-at 1.4).
fn state([lte, packets, _]: &[Option<i32>; 3]) -> Registration {
    let [lte, packets] = [lte, packets].map(|stat| stat.map_or(Registration::Unknown, Registration::from_stat));
    if lte.is_up() || packets == Registration::Unknown { lte } else { packets }
}

/// The three states in words.
fn words(stats: &[Option<i32>; 3]) -> String {
    let told = NETWORKS.iter().zip(stats).filter_map(|((_, network), stat)| {
        let word = match (*stat)? {
            0 => "not searching",
            1 => "home",
            2 => "searching",
            3 => "denied",
            5 => "roaming",
            8 => "emergency calls only",
            _ => "unknown",
        };
        Some(format!("{network}: {word}"))
    });
    let told: Vec<_> = told.collect();
    if told.is_empty() { "the module does not tell its state".to_owned() } else { told.join(", ") }
}

/// Registration and data context.
pub(super) fn tell(has_sim: bool, found: &Found, measured: &Measured, apn: Option<&str>, chart: &Chart<'_>) {
    if !has_sim {
        for subject in [Subject::Registration, Subject::Context] {
            chart.tell(Check::unknown(
                subject,
                "not looked at: no card is ready",
                "mend what is wrong with the SIM, first",
            ));
        }
        return;
    }
    let is_registered = measured.registered || state(&found.registration).is_up();
    chart.tell(judge_registration(is_registered, found, measured));
    chart.tell(if is_registered {
        judge_context(found, measured, apn)
    } else {
        Check::unknown(Subject::Context, "not looked at: no network has the module", "mend the registration, first")
    });
}

fn judge_registration(is_registered: bool, found: &Found, measured: &Measured) -> Check {
    let words = words(&found.registration);
    let now = state(&found.registration);
    if is_registered {
        let by = measured.operator.as_ref().map_or_else(String::new, |name| format!(" by {name}"));
        let (value, place) = if now == Registration::Roaming { ("roaming", "roaming") } else { ("home", "at home") };
        return Check::ok(Subject::Registration, value, format!("registered{by}, {place} ({words})"));
    }
    let failed = match &measured.attached {
        Some(Err(failure)) => failure.clone(),
        _ if now == Registration::Denied => failure(Fault::Denied),
        _ => no_network(),
    };
    let value = match now {
        Registration::Denied => "denied",
        Registration::Searching => "searching",
        _ => "none",
    };
    let told = Failure::new(format!("{} ({words})", failed.message()), failed.cure);
    Check::failure(Subject::Registration, value, told.advise(failed.advice().to_owned()))
}

fn judge_context(found: &Found, measured: &Measured, apn: Option<&str>) -> Check {
    let named = |apn: &str| if apn.is_empty() { "without a name of its own".to_owned() } else { format!("`{apn}`") };
    let known = found.apn.as_deref();
    match (&measured.attached, known) {
        (Some(Ok(())), _) => {
            let apn = apn.or(known).unwrap_or_default();
            Check::ok(Subject::Context, apn, format!("the data context is up, access point {}", named(apn)))
        }
        (Some(Err(failure)), _) => Check::failure(Subject::Context, known, failure.clone()),
        (None, Some(apn)) if found.active == Some(true) => {
            Check::ok(Subject::Context, apn, format!("context 1 is active, access point {}", named(apn)))
        }
        (None, known) => {
            let context = match known {
                Some(apn) => format!("context 1 has access point {}, and is not active", named(apn)),
                None => "context 1 is not defined".to_owned(),
            };
            let service = match found.attached {
                Some(true) => "; the packet service is attached",
                Some(false) => "; the packet service is not attached",
                None => "",
            };
            let change = "give --apn with the name that came with the SIM, to have it brought up";
            Check::unknown(Subject::Context, format!("{context}{service}"), change)
        }
    }
}
