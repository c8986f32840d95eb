//! The card.

use embassy_time::Timer;
use wanlink_at::field;
use wanlink_core::Info;
use wanlink_quectel::SimFault;

use super::answers::{Fault, failure, silence};
use super::check::{Chart, Check, Subject};
use super::question::{Said, ask};
use crate::board::Board;

/// A card that starts is busy for so many seconds at most (quectel-at 1.3).
const CARD_TRIES: u32 = 15;

/// A doctor that is started again and again must not use a card's tries up.
const NO_PIN_HERE: &str =
    "give the PIN to `wanlink connect` or the firmware, or switch it off in a phone: none is sent here";

/// Looks at the card, and tells; whether it is ready.
pub(super) async fn tell(board: &mut Board, info: &Info, chart: &Chart<'_>) -> bool {
    chart.progress("asking for the card");
    let mut said = ask(board, "+CPIN?").await;
    for _ in 1..CARD_TRIES {
        if !matches!(judge(&said), Err(Fault::Sim(SimFault::Failed) | Fault::Silent { .. })) {
            break;
        }
        Timer::after_secs(1).await;
        said = ask(board, "+CPIN?").await;
    }
    let result = judge(&said);
    let is_ready = result.is_ok();
    chart.tell(match (result, info.iccid()) {
        (Err(fault @ Fault::Sim(SimFault::PinNeeded)), _) => {
            Check::failure(Subject::Sim, (), failure(fault).advise(NO_PIN_HERE.to_owned()))
        }
        (Err(fault), _) => Check::failure(Subject::Sim, (), failure(fault)),
        (Ok(()), "") => Check::warning(
            Subject::Sim,
            (),
            "ready, and its number cannot be read",
            "clean its contacts, or try another card; nothing but `--device-name @iccid` needs the number",
        ),
        (Ok(()), iccid) => Check::ok(Subject::Sim, iccid, format!("ready, ICCID {iccid}")),
    });
    is_ready
}

/// The answer to `AT+CPIN?` (3GPP TS 27.007, 8.3), in the terms of the drivers.
fn judge(said: &Said) -> Result<(), Fault> {
    if let Some(fault) = silence(said) {
        return Err(fault);
    }
    let state = said.named("+CPIN").next().and_then(|line| field(line, 0));
    Err(Fault::Sim(match (state, said) {
        (Some(b"READY"), _) => return Ok(()),
        (Some(b"SIM PIN"), _) | (None, Said::Refused(Some(11))) => SimFault::PinNeeded,
        (Some(b"SIM PUK"), _) | (None, Said::Refused(Some(12))) => SimFault::PukNeeded,
        (Some(b"NOT INSERTED"), _) | (None, Said::Refused(Some(10))) => SimFault::Absent,
        _ => SimFault::Failed,
    }))
}
