//! Finding the module, and bringing it to a known state.

use wanlink_at::{Step, pack, packed_len, step};

/// Carriage returns: nothing at all to a module that takes commands, filler to one that waits for data.
pub(crate) const RETURNS: [u8; 64] = [b'\r'; 64];

/// Is somebody there? In words, whatever an earlier life had set; and twice, since the first `OK` may be the late answer
/// to a command that was dropped. The lines of a boot begin it again, so that it ends when the module is quiet.
const PROBE_STEPS: &[Step] =
    &[step("V1Q0", 3).retry(3, 1).sync().at("AT 2.10"), step("+CMEE?", 3).info().retry(1, 1).sync().at("AT 2.23")];
pub(crate) static PROBE: [u8; packed_len(PROBE_STEPS)] = pack(PROBE_STEPS);

/// A microcontroller that restarted in the middle of a publish leaves a module that takes everything for payload, at
/// most 4096 bytes of it (MQTT 3.3.9): give it bytes until it answers. `{a}` is [`RETURNS`].
const UNPLUG_STEPS: &[Step] = &[step("{a}{a}{a}{a}", 1).retry(15, 0).sync(), step("V1Q0", 3).retry(1, 1).sync()];
pub(crate) static UNPLUG: [u8; packed_len(UNPLUG_STEPS)] = pack(UNPLUG_STEPS);

/// From unknown settings to ours, and old sessions closed. Nothing of it survives a restart but `urcport`.
const SET_UP_STEPS: &[Step] = &[
    step("E0V1Q0", 3).retry(3, 3).sync().at("AT 2.11"),
    // From here on every answer is that of its own command.
    step("+CMEE?", 3).info().retry(3, 3).sync().at("AT 2.23"),
    step("+CMEE=1", 3).retry(2, 3).at("AT 2.23"),
    step("&D0", 3).ignore().at("AT 2.19"),
    // The factory may have left it at USB: then every OK comes and no URC ever.
    step("+QURCCFG=\"urcport\",\"uart1\"", 3).ignore().at("AT 2.28"),
    step("+CEREG=2", 3).retry(2, 3).at("AT 6.9"),
    step("+CGREG=2", 3).ignore().at("AT 6.8"),
    step("+CTZU=1", 3).ignore().at("AT 9.3"),
    step("+QMTDISC=0", 20).result(1, 310).ignore().at("MQTT 3.3.5"),
    step("+QMTCLOSE=0", 20).result(1, 310).ignore().at("MQTT 3.3.3"),
];
pub(crate) static SET_UP: [u8; packed_len(SET_UP_STEPS)] = pack(SET_UP_STEPS);
