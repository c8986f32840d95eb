//! The traps of all models that the facts know (`quectel-at`, by section), each met by the driver on the emulated module.

#[path = "traps/module.rs"]
mod module;
#[path = "traps/mqtt.rs"]
mod mqtt;

use wanlink_conformance::trap::{Trap, meet, trap};
use wanlink_emulator::{ConnackTimeout, Options, ResultOrder, SimCard};

use crate::bench::{Bench, Driver, Shared, running};
use crate::model::Model;
use crate::on::On;

/// The module is so, and everything works.
fn works(options: Options) {
    Bench::new(options).run(whole_way);
}

fn cold() -> Options {
    Options::default()
}

const TRAPS: &[Trap] = &[
    trap("0", "echo is on, the command comes back with its CR", || works(running())),
    trap("0", "one CR LF only before the final line", || works(Options { single_crlf: true, ..cold() })),
    trap("0", "text in place of the number of a CME error", module::text_errors),
    trap("0, 10.1", "URCs go to USB from the factory", || works(Options { urcs_on_usb: true, ..cold() })),
    trap("0", "settings are lost when the module restarts", module::settings_are_lost),
    trap("0, 11", "a module that is busy does not hear", module::busy),
    trap("0, 2.2", "data is echoed, too", || works(Options { echo_data: true, ..cold() })),
    trap("1.1", "the key toggles", module::the_key_toggles),
    trap("1.1", "QPOWD is refused right after the boot", || {
        works(Options { powerdown_refused_us: 2_500_000, ..cold() })
    }),
    trap("1.2", "APP RDY comes after the first answers", module::app_rdy_is_late),
    trap("1.2", "RDY without APP RDY", || works(Options { app_rdy: false, ..cold() })),
    trap("1.2", "APP RDY without RDY", || works(Options { rdy: false, ..cold() })),
    trap("1.2", "a boot without a word", || {
        works(Options { rdy: false, app_rdy: false, sim_lines: false, ..cold() });
    }),
    trap("1.2, 10.9", "boot lines outside a bring-up", module::restarts_by_itself),
    trap("1.2, 10.9", "a brown-out", module::brown_out),
    trap("1.2", "a boot that takes its time", || works(Options { slow_boot_us: 11_000_000, ..cold() })),
    trap("1.3", "the card is busy at first", || {
        works(Options { sim: SimCard { busy_us: 10_000_000, ..SimCard::default() }, ..cold() });
    }),
    trap("1.3, 10.16", "CGDCONT and QICSGP are refused right after the boot", || {
        works(Options { context_setup_refused_us: 1_900_000, ..cold() });
    }),
    trap("1.3", "CFUN takes nearly 15 s", || works(Options { functionality_us: 14_000_000, ..cold() })),
    trap("1.3", "POWERED DOWN may precede a restart by command", module::powered_down_on_restart),
    trap("1.4", "+CEREG is answer and URC", module::cereg_twice),
    trap("1.4", "CREG says denied for ever on a data card", || works(Options { creg_stuck: Some(3), ..cold() })),
    trap("1.5", "QIACT of an active context is an error", || {
        module::active_context(Options { active_context_is_error: true, ..running() });
    }),
    trap("1.5", "or no error", || module::active_context(Options { active_context_is_error: false, ..running() })),
    trap("1.5", "QIACT takes more than two minutes", || works(Options { activation_us: 145_000_000, ..cold() })),
    trap("1.5", "QIACT is refused while not registered", module::not_registered),
    trap("1.5, 7", "after pdpdeact QIDEACT comes before QIACT", || module::pdpdeact(true)),
    trap("1.5, 9.5", "pdpdeact without +QMTSTAT", || module::pdpdeact(false)),
    trap("1.5", "QIDEACT of an idle context is an error", || {
        works(Options { idle_deactivation_is_error: true, ..cold() });
    }),
    trap("1.5, 10.3", "QIACT? lies", module::qiact_lies),
    trap("2.1", "settings are refused while the client is open", mqtt::settings_while_open),
    trap("2.2, 10.6", "the client is occupied by an old session", mqtt::old_session),
    trap("2.2", "QMTOPEN -1 hides its reason", mqtt::hidden_reason),
    trap("2.2, 10.7", "the platform hangs up on a silence before CONNECT", mqtt::silence_before_connect),
    trap("2.2", "+QMTCONN 0,1 is not the end", mqtt::retransmissions),
    trap("2.2", "the result comes before OK", || works(Options { result_order: ResultOrder::ResultFirst, ..cold() })),
    trap("2.2", "OK and result in one burst", || works(Options { result_order: ResultOrder::Burst, ..cold() })),
    trap("2.2, 9.5", "+QMTSTAT in place of the result", || mqtt::no_connack(ConnackTimeout::Stat)),
    trap("9.5", "+QMTCONN 0,2", || mqtt::no_connack(ConnackTimeout::Result)),
    trap("9.5", "+QMTSTAT right behind the refusal", mqtt::refused),
    trap("2.2, 10.10", "+QMTSTAT of our own close, late", mqtt::late_stat),
    trap("2.2", "QMTDISC closes the client", || works(Options { disconnect_closes: true, ..cold() })),
    trap("2.2", "QMTDISC does not close the client", || works(Options { disconnect_closes: false, ..cold() })),
    trap("2.2", "granted 128 with result 0", mqtt::granted_128),
    trap("2.2", "the prompt without a blank", || works(Options { prompt: ">", ..cold() })),
    trap("2.2", "the prompt with a line end", || works(Options { prompt: ">\r\n", ..cold() })),
    trap("2.2", "+QMTPING lines", mqtt::ping_lines),
    trap("2.2, 10.17", "a publish may take minutes", mqtt::bounded_publish),
    trap("2.2", "a failed publish closes the client", mqtt::failed_publish),
    trap("10.7", "another device with the same identity", mqtt::kicked),
    trap("10.18", "unknown lines everywhere", mqtt::unknown_lines),
    trap("11", "URCs between an information line and its OK", || {
        works(Options { urcs_inside_answers: true, ..cold() })
    }),
];

/// The whole way, from start to stop; everything has to work.
pub(crate) async fn whole_way(modem: &mut Driver<'_>, scene: &Shared) {
    wanlink_conformance::mqtt::whole_way::<On<Model>>(modem, scene).await;
}

#[test]
fn every_trap() {
    meet(TRAPS);
}
