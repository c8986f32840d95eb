//! What each name does.

use super::{Fault, FaultyPort};
use crate::emulator::Emulator;
use crate::engine::internet::OpenFailure;

/// What may stand behind a name.
#[derive(Clone, Copy, Debug)]
pub(super) enum Takes {
    Nothing,
    /// A number, and what it is when none is given.
    Number(u32),
    /// How often; without a number always.
    Count,
    Text,
}

type Order = fn(&Fault, &mut Emulator, &mut dyn FaultyPort);
type End = fn(&mut Emulator, &mut dyn FaultyPort);

#[derive(Debug)]
pub(super) struct Verb {
    pub(super) name: &'static str,
    pub(super) takes: Takes,
    pub(super) order: Order,
    /// How one that lasts is taken back.
    pub(super) end: Option<End>,
}

const fn once(name: &'static str, takes: Takes, order: Order) -> Verb {
    Verb { name, takes, order, end: None }
}

const fn lasting(name: &'static str, takes: Takes, order: Order, end: End) -> Verb {
    Verb { name, takes, order, end: Some(end) }
}

const CONTEXT: usize = 1;
const FOREIGN_LINE: &str = "+QIND: \"csq\",24,99";

fn us(fault: &Fault) -> u64 {
    u64::from(fault.number().unwrap_or(0)) * 1_000
}

fn count(fault: &Fault) -> usize {
    fault.number().unwrap_or(0) as usize
}

use Takes::{Count, Nothing, Number, Text};

pub(super) const VERBS: &[Verb] = &[
    once("reset", Nothing, |_, module, _| module.reset()),
    once("hang", Nothing, |_, module, _| module.hang()),
    once("brown-out", Number(2_000), |fault, module, _| module.brown_out(us(fault))),
    once("enter-psm", Nothing, |_, module, _| module.enter_psm()),
    lasting("sim-out", Nothing, |_, module, _| module.sim_out(), |module, _| module.sim_in()),
    lasting("deny", Nothing, |_, module, _| module.deny(), |module, _| module.admit()),
    lasting("lose-network", Nothing, |_, module, _| module.lose_network(), |module, _| module.restore_network()),
    once("lose-context", Nothing, |_, module, _| module.lose_context(CONTEXT)),
    once("context-lies", Nothing, |_, module, _| module.context_lies(CONTEXT)),
    once("garble", Number(50), |fault, module, _| module.garble(count(fault))),
    once("drop-line", Text, |fault, module, _| module.drop_line(fault.text())),
    once("duplicate-line", Text, |fault, module, _| module.duplicate_line(fault.text())),
    once("delay-prompt", Number(5_000), |fault, module, _| module.delay_prompt(us(fault))),
    once("lose-prompt", Nothing, |_, module, _| module.lose_prompt()),
    once("lose-final", Nothing, |_, module, _| module.lose_final()),
    lasting(
        "urc-between",
        Number(10),
        |fault, module, _| module.urc_between(count(fault) as u64, FOREIGN_LINE),
        |module, _| module.urc_between(0, ""),
    ),
    once("silence", Number(10_000), |fault, module, _| module.silence(us(fault))),
    once("starve-block", Nothing, |_, module, _| module.starve_block()),
    lasting("split-reads", Number(1), |fault, _, port| port.split(Some(count(fault))), |_, port| port.split(None)),
    once("overrun", Number(20), |fault, _, port| port.overrun(count(fault))),
    once("kill-tcp", Nothing, |_, module, _| module.kill_tcp()),
    once("kill-before-puback", Nothing, |_, module, _| module.kill_before_puback()),
    once("drop-puback", Nothing, |_, module, _| module.drop_puback()),
    once("duplicate-puback", Nothing, |_, module, _| module.duplicate_puback()),
    lasting(
        "refuse",
        Count,
        |fault, module, _| module.fail_opens(OpenFailure::Refused, fault.number()),
        |module, _| module.fail_opens(OpenFailure::Refused, Some(0)),
    ),
    lasting(
        "dns-failure",
        Count,
        |fault, module, _| module.fail_opens(OpenFailure::Dns, fault.number()),
        |module, _| module.fail_opens(OpenFailure::Dns, Some(0)),
    ),
    lasting(
        "wrong-certificate",
        Count,
        |fault, module, _| module.fail_opens(OpenFailure::Tls, fault.number()),
        |module, _| module.fail_opens(OpenFailure::Tls, Some(0)),
    ),
    lasting("slow", Number(2_000), |fault, module, _| module.slow(us(fault)), |module, _| module.slow(0)),
];
