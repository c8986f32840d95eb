//! What the conformance suite has to know of SIMCom's modules.

use std::marker::PhantomData;

use wanlink_at::driver::{HttpsFamily, SocketFamily};
use wanlink_conformance::{Bench, DriverFor, MqttBench, NativeBench, Pins, SocketBench};
use wanlink_core::{HasHttps, HasTlsSocket};
use wanlink_emulator::{
    FailureOrder, OpenFailure, Options, PortReader, PortWriter, Profile, ResultOrder, SimcomOptions,
};
use wanlink_scene::bench::running;
use wanlink_simcom::{A7608, A7670, DriverModel, Sim7000, Sim7080, Sim7600, Simcom};

/// A model on the emulator that plays it.
pub(crate) struct On<M>(PhantomData<M>);

/// A model, and the emulator that plays it.
pub(crate) trait Played:
    DriverModel<Family: SocketFamily + HttpsFamily> + HasTlsSocket + HasHttps + 'static
{
    fn profile() -> &'static Profile;
}

impl Played for A7670 {
    fn profile() -> &'static Profile {
        Profile::a7670()
    }
}

impl Played for A7608 {
    fn profile() -> &'static Profile {
        Profile::a7608()
    }
}

impl Played for Sim7600 {
    fn profile() -> &'static Profile {
        Profile::sim7600()
    }
}

impl Played for Sim7080 {
    fn profile() -> &'static Profile {
        Profile::sim7080()
    }
}

impl Played for Sim7000 {
    fn profile() -> &'static Profile {
        Profile::sim7000()
    }
}

impl<M: Played> Bench for On<M> {
    type Model = M;

    fn profile() -> &'static Profile {
        M::profile()
    }
}

impl<'b, M: Played> DriverFor<'b> for On<M> {
    type Driver = Simcom<'b, M, PortReader, PortWriter, Pins>;
}

impl NativeBench for On<A7670> {
    const SETTING: &'static str = CMQTT_SETTING;
    const READ_BACK: &'static str = CMQTT_READ_BACK;
}

impl NativeBench for On<A7608> {
    const SETTING: &'static str = CMQTT_SETTING;
    const READ_BACK: &'static str = CMQTT_READ_BACK;
}

impl NativeBench for On<Sim7600> {
    const SETTING: &'static str = CMQTT_SETTING;
    const READ_BACK: &'static str = CMQTT_READ_BACK;
}

impl NativeBench for On<Sim7080> {
    const SETTING: &'static str = "AT+SMALIAUTH=\"pk\",\"device\",\"***\"\r";
    const READ_BACK: &'static str = "AT+SMALIAUTH?";
}

const CMQTT_SETTING: &str = "AT+CMQTTCFG=\"aliauth\",0,\"pk\",\"device\",\"***\"\r";
const CMQTT_READ_BACK: &str = "AT+CMQTTCFG=\"aliauth\",0\r";

impl MqttBench for On<A7670> {}
impl MqttBench for On<A7608> {}
impl MqttBench for On<Sim7600> {}
impl MqttBench for On<Sim7080> {}

/// A module that runs, with options of this vendor's.
fn special(simcom: SimcomOptions) -> Options {
    Options { simcom, ..running() }
}

/// Sockets of A7670 and SIM7600 (simcom-at, 6.3).
macro_rules! cip_sockets {
    ($($model:ty)+) => {
        $(impl SocketBench for On<$model> {
            const DATA_LINE: &'static str = "+CIPRXGET: 1";
            const END_LINE: &'static str = "+IPCLOSE";
            const HEAD_OF_FIVE: &'static str = "+CIPRXGET: 2,0,5";
            const RESULT_LINE: &'static str = "+CIPSEND";
            const CLOSE: &'static str = "AT+CIPCLOSE";
            const FORGED: [&'static str; 2] = ["+CIPRXGET: 2,0,5,0", "+IPCLOSE: 0,1"];
            const MISSES_CONTEXT: bool = false;

            fn failures() -> Vec<(OpenFailure, u16)> {
                vec![(OpenFailure::Dns, 11), (OpenFailure::Refused, 10)]
            }

            fn open_by_hand() -> &'static str {
                "AT+CIPOPEN=1,\"TCP\",\"server.example\",9"
            }

            fn socket_options() -> Vec<Options> {
                let options = |result_order, failure_order, network_reads_open| {
                    special(SimcomOptions { result_order, failure_order, network_reads_open, ..SimcomOptions::default() })
                };
                vec![
                    options(None, FailureOrder::ResultThenError, false),
                    options(Some(ResultOrder::Burst), FailureOrder::ErrorThenResult, true),
                    options(Some(ResultOrder::ResultFirst), FailureOrder::ErrorOnly, false),
                ]
            }
        })+
    };
}

cip_sockets! { A7670 A7608 Sim7600 }

/// Sockets of SIM7080 and SIM7000 (simcom-at, 7.3).
macro_rules! ca_sockets {
    ($($model:ty: $open:literal)+) => {
        $(impl SocketBench for On<$model> {
            const DATA_LINE: &'static str = "+CADATAIND";
            const END_LINE: &'static str = "+CASTATE";
            const HEAD_OF_FIVE: &'static str = "+CARECV: 5,";
            const RESULT_LINE: &'static str = "+CAOPEN";
            const CLOSE: &'static str = "AT+CACLOSE";
            const FORGED: [&'static str; 2] = ["+CARECV: 5,", "+CASTATE: 0,0"];
            const ROOM_QUESTIONS: u64 = 1;

            fn failures() -> Vec<(OpenFailure, u16)> {
                vec![(OpenFailure::Dns, 20), (OpenFailure::Refused, 23)]
            }

            fn open_by_hand() -> &'static str {
                $open
            }

            fn socket_options() -> Vec<Options> {
                let held = [None, Some(3), Some(4)];
                held.map(|held_id| special(SimcomOptions { held_id, ..SimcomOptions::default() })).into()
            }
        })+
    };
}

ca_sockets! {
    Sim7080: "AT+CAOPEN=1,0,\"TCP\",\"server.example\",9"
    Sim7000: "AT+CAOPEN=1,\"server.example\",9"
}
