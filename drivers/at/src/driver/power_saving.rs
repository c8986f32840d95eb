//! Sleep that the module was asked for: the part that all families have in common.

use core::time::Duration;

use embassy_time::Instant;
use embedded_io_async::{Read, Write};
use wanlink_core::{Granted, HasPsm, Notice, PowerSaving, Psm, Saving, Sleep, edrx_cycle};

use super::error::Error;
use super::family::{Family, PsmFamily};
use super::model::DriverModel;
use super::operation::{Input, Listener, Operation, Parts};
use super::pins::PowerPins;
use super::state::State;
use super::{Driver, Own};
use crate::{Answer, Arg, Effect, Step, Verdict, step, table};

/// Flags: what is asked for.
pub const PSM: u8 = 1;
/// See [`PSM`].
pub const EDRX: u8 = 2;

/// Four bits, as commands have them.
const BITS: [&[u8]; 16] = [
    b"0000", b"0001", b"0010", b"0011", b"0100", b"0101", b"0110", b"0111", b"1000", b"1001", b"1010", b"1011",
    b"1100", b"1101", b"1110", b"1111",
];

/// Fills in T3412 extended and T3324, in halves of four bits, the eDRX cycle, and the [flags](PSM).
///
/// # Errors
/// None.
pub fn prepare<'a, F: Family>(
    input: &Input<'a, 'a, F>,
    _: &mut State<F>,
    parts: &mut Parts<'a>,
) -> Result<(), Error<F>> {
    let &Input::Saving(&Saving { psm, edrx }) = input else { return Ok(()) };
    let [update, active] = psm.map_or([0, 0], |psm| psm.timers());
    let cycle = edrx.map_or(0, edrx_cycle);
    for (arg, bits) in parts.args.iter_mut().zip([update >> 4, update, active >> 4, active, cycle]) {
        *arg = Arg::Text(BITS.get(usize::from(bits & 15)).copied().unwrap_or_default());
    }
    parts.flags |= psm.map_or(0, |_| PSM) | edrx.map_or(0, |_| EDRX);
    Ok(())
}

/// `AT+CEREG?` with the timers, and back to the usual form (3GPP TS 27.007, 10.1.22).
const GRANTED_STEPS: &[Step] = &[
    step("+CEREG=4", 3).at("quectel-at 1.4; simcom-at 2.7"),
    step("+CEREG?", 3).info().note(1).at("quectel-at 1.4; simcom-at 2.7"),
    step("+CEREG=2", 3).at("quectel-at 1.4; simcom-at 2.3"),
];

/// Asks what the network granted: the [`GRANTED`](PsmFamily::GRANTED) of all that have the line of 3GPP.
pub const fn granted<F: Family>() -> Operation<F> {
    Operation::question(table![GRANTED_STEPS])
}

/// The timers of a line of registration: active time and TAU as its last two fields, for some firmware has one field more
/// before them (simcom-at 2.7).
#[must_use]
pub fn timers(line: &[u8]) -> Option<Psm> {
    let mut fields = line.rsplit(|byte| *byte == b',').map(|field| {
        let bits = field.trim_ascii().strip_prefix(b"\"")?.strip_suffix(b"\"")?;
        let digit = |value: u8, bit: &u8| matches!(bit, b'0' | b'1').then(|| value << 1 | (bit & 1));
        if bits.len() == 8 { bits.iter().try_fold(0, digit) } else { None }
    });
    let (update, active) = (fields.next()??, fields.next()??);
    Psm::from_timers([update, active])
}

impl<F: Family> State<F> {
    /// The module fell asleep: it boots when it wakes.
    pub fn fall_asleep(&mut self) -> Effect {
        self.asleep = Some(Instant::now());
        self.notice = Some(Notice::Asleep);
        Effect::Restarted
    }
}

impl<M: DriverModel<Family: PsmFamily> + HasPsm, R: Read, W: Write, P: PowerPins> PowerSaving
    for Driver<'_, M, R, W, P>
{
    async fn save_power(&mut self, saving: &Saving) -> Result<(), Own<M>> {
        self.ask(M::Family::SAVE, Input::Saving(saving), Listener::Nobody).await?;
        self.state.update_s = saving.psm.map_or(0, |psm| psm.update.as_secs().try_into().unwrap_or(u32::MAX));
        Ok(())
    }

    async fn granted(&mut self) -> Result<Granted, Own<M>> {
        let mut psm = None;
        let mut take = |_, answer: Answer<'_>| {
            if let Answer::Info(line) = answer {
                psm = timers(line);
            }
            Verdict::Default
        };
        self.ask(M::Family::GRANTED, Input::Nothing, Listener::Answers(&mut take)).await?;
        if let Some(psm) = psm {
            self.state.update_s = psm.update.as_secs().try_into().unwrap_or(u32::MAX);
        }
        Ok(Granted::new(psm))
    }

    fn sleep(&self) -> Option<Sleep> {
        let since = self.state.asleep.filter(|_| self.state.down)?;
        let left = u64::from(self.state.update_s).saturating_sub(since.elapsed().as_secs());
        Some(Sleep::new(Duration::from_secs(left)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timers_are_the_last_two_fields() {
        let psm = |update, active| Psm { update: Duration::from_secs(update), active: Duration::from_secs(active) };
        for (line, expected) in [
            (&b"+CEREG: 4,1,\"5B57\",\"195071B\",9,,,\"00000001\",\"01000001\""[..], Some(psm(36_000, 2))),
            (b"+CEREG: 4,1,\"5B57\",\"195071B\",9,\"00\",,,\"00000101\",\"00000110\"", Some(psm(3_600, 10))),
            (b"+CEREG: 4,1,\"5B57\",\"195071B\",9,,,\"11100000\",\"11100000\"", None),
            (b"+CEREG: 4,1,\"5B57\",\"195071B\",9", None),
            (b"+CEREG: 4,2", None),
            (b"+CEREG: 4,1,\"5B57\",\"00000001\",\"0000000x\"", None),
            (b"", None),
        ] {
            assert_eq!(timers(line), expected, "{}", line.escape_ascii());
        }
    }
}
