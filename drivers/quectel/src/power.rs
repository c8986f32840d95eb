//! Finding the module, and its pins.

use embassy_time::{Duration, Instant};
use embedded_io_async::{Read, Write};
use wanlink_at::{Arg, Job, Verdict};

use crate::driver::Quectel;
use crate::error::Error;
use crate::model::QuectelModel;
use crate::pins::PowerPins;
use crate::sequence::start;
use crate::state::ANYWAY;

impl<M: QuectelModel, R: Read, W: Write, P: PowerPins> Quectel<'_, M, R, W, P> {
    /// Whether the module answers; a port that failed is an error.
    async fn answers(&mut self, table: &'static [u8]) -> Result<bool, Error> {
        const RETURNS: Arg<'_> = Arg::Text(&start::RETURNS);
        match self.ask(table, Job::BRING_UP, &[RETURNS], &[], &mut |_, _, _| Verdict::Default).await {
            Ok(()) => Ok(true),
            Err(Error::Silent { .. } | Error::Restarted) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Asks a module that boots until it answers or its time is over.
    async fn boots(&mut self) -> Result<bool, Error> {
        loop {
            if self.answers(&start::PROBE).await? {
                return Ok(true);
            }
            if Instant::now() >= self.state.boots_until {
                return Ok(false);
            }
        }
    }

    /// From now on the module has its time to boot.
    pub(crate) fn expect_boot(&mut self) {
        let longest = Duration::from_millis(100 * u64::from(M::BOOT_DS));
        self.state.boots_until = Instant::now().saturating_add(longest);
    }

    /// Presses the key as long as switching on needs it.
    async fn press_key(&mut self) -> Result<(), Error> {
        self.expect_boot();
        match self.pins.key(true) {
            // The module switches on with its supply.
            None => return Ok(()),
            Some(true) => {}
            Some(false) => return Err(Error::Pin),
        }
        let pressed = self.pause(M::KEY_ON_MS, Job::BRING_UP).await;
        let released = self.pins.key(false);
        pressed?;
        if released == Some(true) { Ok(()) } else { Err(Error::Pin) }
    }

    /// Finds a module that runs, or switches it on.
    pub(crate) async fn wake(&mut self) -> Result<(), Error> {
        // The pin of a dropped start may still be pressed.
        self.pins.key(false);
        self.pins.reset(false);
        let found = if Instant::now() < self.state.boots_until {
            self.boots().await?
        } else {
            self.pins.is_on() != Some(false)
                && (self.answers(&start::PROBE).await? || self.answers(&start::UNPLUG).await?)
        };
        if found {
            return Ok(());
        }
        // The key toggles: a module that was on and deaf is off after the first pulse.
        for _ in 0..2 {
            self.press_key().await?;
            self.expect_boot();
            if self.boots().await? {
                return Ok(());
            }
        }
        Err(Error::Silent { command: "" })
    }

    /// Pulls the reset pin as long as the model needs it.
    pub(crate) async fn reset(&mut self) -> Result<(), Error> {
        if self.pins.reset(true) != Some(true) {
            return Err(Error::Pin);
        }
        let held = self.pause(M::RESET_MS, ANYWAY).await;
        if self.pins.reset(false) == Some(true) { held } else { Err(Error::Pin) }
    }
}
