//! SIM, registration, data context.

use wanlink_at::driver::attach::{self, RULES, prepare};
use wanlink_at::driver::{Family, begins_with, flag};
use wanlink_at::{Answer, Step, Verdict, listen, step, table};

use super::recover::EC_CFUN_DS;
use crate::ec::{EcFamily, Group};
use crate::{Error, Operation, Running};

mod note {
    pub(super) use wanlink_at::driver::attach::note::*;

    pub(super) const CONTEXT: u8 = 1;
    pub(super) const ACTIVATE: u8 = 2;
    pub(super) const ACTIVATED: u8 = 3;
    pub(super) const CYCLES: u8 = 4;
}

/// Arguments: APN, user, password, kind of authentication, PIN.
const SIM_STEPS: &[Step] = &[
    step("+CPIN?", 50).info().note(note::SIM).retry(15, 10).at("AT 5.2"),
    listen(note::PIN_DUE, 0),
    step("+CPIN=\"{e}\"", 50).result(0, 50).named("+CPIN: READY").optional().note(note::PIN).at("AT 5.2"),
    // A changed APN is taken at the next registration only: write it with the radio off, and only when it differs.
    step("+CGDCONT?", 3).note(note::APN).retry(5, 4).at("AT 8.2"),
];

/// `AT+CFUN` takes so long at most.
const fn apn_steps(cfun_ds: u16) -> [Step; 3] {
    [
        step("+CFUN=4", cfun_ds).at("AT 2.21"),
        step("+CGDCONT=1,\"IP\",\"{a}\"", 10).retry(10, 4).at("AT 8.2"),
        step("+CFUN=1", cfun_ds).note(note::RADIO).at("AT 2.21"),
    ]
}

const NETWORK_STEPS: &[Step] = &[
    // Refused right after a boot, and perhaps while the context is up: then it is not needed.
    step("+QICSGP=1,1,\"{a}\",\"{b}\",\"{c}\",{d}", 10).retry(10, 4).ignore().at("TCP 2.3.1"),
    step("+CEREG?", 3).info().note(note::LTE).retry(2, 3).at("AT 6.9"),
    step("+CGREG?", 3).info().note(note::GPRS).ignore().at("AT 6.8"),
    // Progress comes by URC. Asking again twice a minute is only for a URC that was lost on the line.
    listen(note::REGISTERED, 300),
    step("+QIACT?", 30).note(note::CONTEXT).at("TCP 2.3.3"),
    // A context that the network took away has to be put down before it comes up again (TCP 2.4.1).
    step("+QIDEACT=1", 400).ignore().at("TCP 2.3.4"),
    step("+QIACT=1", 1500).note(note::ACTIVATE).at("TCP 2.3.2"),
    // ERROR also says that the context was up already: the list of active ones decides.
    step("+QIACT?", 30).note(note::ACTIVATED).at("TCP 2.3.3"),
    listen(note::UP, 0),
];

const APN_STEPS: &[Step] = &apn_steps(150);
pub(crate) const fn attach<F: Family>() -> Operation<F> {
    Operation {
        prepare,
        rules: RULES,
        ..Operation::new(table![SIM_STEPS, APN_STEPS, NETWORK_STEPS], flag::ATTACH, take)
    }
}

const EC_APN_STEPS: &[Step] = &{
    let [off, apn, on] = apn_steps(EC_CFUN_DS);
    [listen(note::CYCLES, 0), off, apn, on]
};
pub(crate) const fn attach_ec<G: Group>() -> Operation<EcFamily<G>> {
    Operation {
        prepare,
        rules: RULES,
        ..Operation::new(table![SIM_STEPS, EC_APN_STEPS, NETWORK_STEPS], flag::ATTACH, take_ec)
    }
}

/// An APN that changes costs two of the day's power cycles. It is never refused: without it there is no network.
fn take_ec<G: Group>(run: &mut Running<'_, '_, EcFamily<G>>, note: u8, answer: Answer<'_>) -> Verdict {
    if note == note::CYCLES {
        run.state.own.cycles.spend(2, u8::MAX);
        return Verdict::Go;
    }
    take(run, note, answer)
}

fn take<F: Family>(run: &mut Running<'_, '_, F>, note: u8, answer: Answer<'_>) -> Verdict {
    match (note, answer) {
        (note::CONTEXT | note::ACTIVATED, Answer::Info(line)) => {
            run.state.context_up |= begins_with(line, &[1, 1]);
            if run.state.context_up { Verdict::To(note::UP) } else { Verdict::Default }
        }
        (note::ACTIVATE, Answer::Error(_)) => Verdict::To(note::ACTIVATED),
        (note::CONTEXT | note::ACTIVATED, Answer::Error(_)) => run.state.fail(Error::NoContext),
        _ => attach::take(run, note, answer),
    }
}
