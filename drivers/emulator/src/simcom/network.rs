//! The network that CIP sockets stand on: `AT+NETOPEN`, `AT+NETCLOSE`, `AT+IPADDR`, `AT+CSOCKSETPN` (simcom-at 2.6).

use super::context::CONTEXT;
use super::events::Event;
use super::reply::{Handled, Key};
use super::sockets::{Family, SocketId};
use super::{Module, Simcom};
use crate::module::Handler;
use crate::module::command::Form;
use crate::module::context::ip;
use crate::module::reply::{Outcome, Refused, Reply, line, ok};

pub(super) const COMMANDS: &[(&str, Handler<Simcom>)] =
    &[("+NETOPEN", open), ("+NETCLOSE", close), ("+IPADDR", address), ("+CSOCKSETPN", profile)];

/// "not open: `+NETCLOSE: 2` + ERROR".
const NOT_OPEN: u8 = 2;
const FAILED: u8 = 1;

/// What `AT+NETOPEN` is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Network {
    #[default]
    Closed,
    Opening,
    Open,
    /// It says that it is open, and its context is gone.
    Dead,
}

/// A refusal with a text of its own: `+IP ERROR: <text>` and ERROR.
pub(super) fn ip_error(text: &str) -> Handled {
    Ok(Outcome::Reply(Reply { end: Err(Refused::Error), ..Reply::line(format!("+IP ERROR: {text}")) }))
}

fn open(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => return ok(),
        Form::Read => return line(format!("+NETOPEN: {}", u8::from(module.own.network != Network::Closed))),
        Form::Execute => {}
        Form::Write(_) => return Err(Refused::Error),
    }
    match module.own.network {
        Network::Open | Network::Dead => return ip_error("Network is already opened"),
        // One at a time.
        Network::Opening => return Err(Refused::Error),
        Network::Closed => {}
    }
    // "A bare ERROR = PDP not available."
    if module.options.simcom.network_refused_at_once && !module.bearer_is_up() {
        return Err(Refused::Error);
    }
    module.own.network = Network::Opening;
    module.later(module.now_us + module.options.activation_us, Event::NetworkOpened);
    Ok(Outcome::Owes(Key::NetOpen))
}

/// OK, a line for each link that was open, and the result.
fn close(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => return ok(),
        Form::Execute => {}
        Form::Read | Form::Write(_) => return Err(Refused::Error),
    }
    if !matches!(module.own.network, Network::Open | Network::Dead) {
        return module.fails(format!("+NETCLOSE: {NOT_OPEN}"));
    }
    module.own.network = Network::Closed;
    for id in module.sockets_of(Family::Cip) {
        module.free_socket(id);
        module.urc(format!("+CIPCLOSE: {},0", id.number));
    }
    module.bearer_is_left();
    module.result_soon(Key::NetClose, "+NETCLOSE: 0".to_owned());
    Ok(Outcome::Owes(Key::NetClose))
}

fn address(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => ok(),
        Form::Execute if module.own.network == Network::Open => line(format!("+IPADDR: {}", ip(CONTEXT))),
        Form::Execute => ip_error("Network not opened"),
        Form::Read | Form::Write(_) => Err(Refused::Error),
    }
}

/// `AT+CSOCKSETPN=<context>`, before `AT+NETOPEN`.
fn profile(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => line("+CSOCKSETPN: (1-15)"),
        Form::Read => line(format!("+CSOCKSETPN: {CONTEXT}")),
        Form::Write(parameters) => {
            parameters.at_most(1)?;
            // Only the first is played.
            parameters.need(0, CONTEXT as u32, CONTEXT as u32)?;
            if module.own.network == Network::Closed { ok() } else { Err(Refused::Error) }
        }
        Form::Execute => Err(Refused::Error),
    }
}

impl Module {
    pub(super) fn network_opened(&mut self) {
        if self.own.network != Network::Opening {
            return;
        }
        if self.bearer_is_up() {
            self.own.network = Network::Open;
            self.result(Key::NetOpen, "+NETOPEN: 0", true);
        } else {
            self.own.network = Network::Closed;
            self.bad_result(Key::NetOpen, &format!("+NETOPEN: {FAILED}"));
        }
    }

    /// The context is gone. "check/close sockets, NETCLOSE if `NETOPEN?` still says 1".
    pub(super) fn network_is_lost(&mut self) {
        match self.own.network {
            Network::Closed | Network::Dead => return,
            Network::Opening => return self.network_opened(),
            Network::Open => {}
        }
        self.own.network = if self.options.simcom.network_reads_open { Network::Dead } else { Network::Closed };
        for id in self.sockets_of(Family::Cip) {
            self.socket_breaks(id);
        }
        self.urc("+CIPEVENT: NETWORK CLOSED UNEXPECTEDLY");
    }
}

impl SocketId {
    /// One of the links of `AT+CIPOPEN`.
    pub(super) const fn cip(number: usize) -> Self {
        Self { family: Family::Cip, number }
    }
}
