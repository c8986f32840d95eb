//! Sleep that the module was asked for: the part that all families have in common.

use core::time::Duration;

use embassy_time::Instant;
use embedded_io_async::{Read, Write};
use wanlink_core::{HasPsm, Notice, PowerSaving, Saving, Sleep, edrx_cycle};

use super::error::Error;
use super::family::{Family, PsmFamily};
use super::model::DriverModel;
use super::operation::{Input, Listener, Parts};
use super::pins::PowerPins;
use super::state::State;
use super::{Driver, Own};
use crate::{Arg, Effect};

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

    fn sleep(&self) -> Option<Sleep> {
        let since = self.state.asleep.filter(|_| self.state.down)?;
        let left = u64::from(self.state.update_s).saturating_sub(since.elapsed().as_secs());
        Some(Sleep::new(Duration::from_secs(left)))
    }
}
