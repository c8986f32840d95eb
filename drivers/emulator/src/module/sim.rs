//! The SIM card (3GPP TS 27.007; quectel-at 1.3, 7; simcom-at 2.3, 2.4).

use super::command::Form;
use super::dialect::Dialect;
use super::events::Event;
use super::options::SimCard;
use super::reply::{Handled, Refused, line, ok};
use super::{Chapter, Module};

impl<D: Dialect> Module<D> {
    pub(crate) const SIM: Chapter<D> = &[("+CPIN", pin), ("+CIMI", imsi)];
}

/// PINs that may be wrong in a row.
const PIN_TRIES: u8 = 3;
/// From an accepted PIN to `+CPIN: READY`.
const UNLOCK_US: u64 = 200_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SimState {
    /// Not powered, or starting.
    Busy,
    Absent,
    Pin,
    Puk,
    Ready,
}

#[derive(Debug)]
pub(crate) struct Sim {
    pub(crate) state: SimState,
    pub(crate) inserted: bool,
    pub(crate) tries_left: u8,
    /// What a card that starts is answered with.
    busy_code: u16,
    pin: Option<String>,
    puk: String,
}

impl Sim {
    pub(crate) fn new(card: &SimCard, busy_code: u16) -> Self {
        let SimCard { inserted, pin, puk, .. } = card.clone();
        Self { state: SimState::Busy, inserted, tries_left: PIN_TRIES, busy_code, pin, puk }
    }

    pub(crate) fn start_at_once(&mut self) {
        self.state = match (self.inserted, self.tries_left, &self.pin) {
            (false, ..) => SimState::Absent,
            (true, 0, _) => SimState::Puk,
            (true, _, Some(_)) => SimState::Pin,
            (true, _, None) => SimState::Ready,
        };
    }

    /// Whether the card is usable right after boot.
    pub(crate) const fn is_unlocked_card(&self) -> bool {
        self.inserted && self.pin.is_none() && self.tries_left > 0
    }

    pub(crate) const fn power_off(&mut self) {
        self.state = SimState::Busy;
    }

    /// Why the card cannot be used now.
    pub(crate) const fn check(&self) -> Result<(), Refused> {
        match self.state {
            SimState::Ready => Ok(()),
            SimState::Busy => Err(Refused::Cme(self.busy_code)),
            SimState::Absent => Err(Refused::Cme(10)),
            SimState::Pin => Err(Refused::Cme(11)),
            SimState::Puk => Err(Refused::Cme(12)),
        }
    }
}

fn pin<D: Dialect>(module: &mut Module<D>, form: &Form) -> Handled<D> {
    match form {
        Form::Test => ok(),
        Form::Read => match module.sim.state {
            SimState::Ready => line("+CPIN: READY"),
            SimState::Pin => line("+CPIN: SIM PIN"),
            SimState::Puk => line("+CPIN: SIM PUK"),
            SimState::Busy => Err(Refused::Cme(module.sim.busy_code)),
            SimState::Absent => Err(Refused::Cme(10)),
        },
        Form::Write(parameters) => {
            parameters.at_most(2)?;
            let code = parameters.any_text(0).filter(|code| is_code(code)).ok_or(Refused::Error)?;
            let new = parameters.any_text(1);
            match (module.sim.state, new) {
                (SimState::Pin, None) => module.enter_pin(code),
                (SimState::Puk, Some(new)) if is_code(new) => module.enter_puk(code, new),
                (SimState::Puk, None) => Err(Refused::Cme(12)),
                (SimState::Pin | SimState::Puk, Some(_)) => Err(Refused::Error),
                (SimState::Ready, _) => Err(Refused::Cme(3)),
                (SimState::Busy, _) => Err(Refused::Cme(module.sim.busy_code)),
                (SimState::Absent, _) => Err(Refused::Cme(10)),
            }
        }
        Form::Execute => Err(Refused::Error),
    }
}

/// A PIN or PUK has 4 to 8 digits.
fn is_code(text: &[u8]) -> bool {
    (4..=8).contains(&text.len()) && text.iter().all(u8::is_ascii_digit)
}

fn imsi<D: Dialect>(module: &mut Module<D>, form: &Form) -> Handled<D> {
    match form {
        Form::Execute => {
            module.sim.check()?;
            line(module.options.sim.imsi.clone())
        }
        Form::Test => ok(),
        Form::Read | Form::Write(_) => Err(Refused::Error),
    }
}

/// The answer to a question for the card's number. It needs the card, not its PIN.
pub(crate) fn card_number<D: Dialect>(module: &Module<D>, form: &Form, name: &str) -> Handled<D> {
    match (form, module.sim.state) {
        (Form::Test, _) => ok(),
        (Form::Execute, SimState::Absent) => Err(Refused::Cme(10)),
        (Form::Execute, SimState::Busy) => Err(Refused::Cme(module.sim.busy_code)),
        (Form::Execute, _) => line(format!("{name}{}", module.options.sim.iccid)),
        (Form::Read | Form::Write(_), _) => Err(Refused::Error),
    }
}

impl<D: Dialect> Module<D> {
    pub(crate) fn start_sim(&mut self) {
        self.sim.state = if self.sim.inserted { SimState::Busy } else { SimState::Absent };
        if self.sim.inserted {
            self.agenda.add(self.now_us + self.options.sim.busy_us, Event::SimReady);
        }
    }

    pub(crate) fn sim_started(&mut self) {
        self.sim.start_at_once();
        D::sim_is_there(self);
        if self.profile.search_delay_us > 0 {
            self.radio.search_from_us = self.now_us + self.profile.search_delay_us;
            self.agenda.add(self.radio.search_from_us, Event::SearchBegins);
        }
        self.update_registration();
    }

    fn enter_pin(&mut self, code: &[u8]) -> Handled<D> {
        if self.sim.pin.as_deref().map(str::as_bytes) == Some(code) {
            self.sim.tries_left = PIN_TRIES;
            return self.unlocked();
        }
        self.sim.tries_left = self.sim.tries_left.saturating_sub(1);
        if self.sim.tries_left == 0 {
            self.sim.state = SimState::Puk;
            return Err(Refused::Cme(12));
        }
        Err(Refused::Cme(16))
    }

    fn enter_puk(&mut self, code: &[u8], new: &[u8]) -> Handled<D> {
        if self.sim.puk.as_bytes() != code {
            return Err(Refused::Cme(16));
        }
        self.sim.pin = Some(String::from_utf8_lossy(new).into_owned());
        self.sim.tries_left = PIN_TRIES;
        self.unlocked()
    }

    fn unlocked(&mut self) -> Handled<D> {
        self.sim.state = SimState::Ready;
        self.agenda.add(self.now_us + UNLOCK_US, Event::Line("+CPIN: READY".to_owned()));
        self.update_registration();
        ok()
    }
}
