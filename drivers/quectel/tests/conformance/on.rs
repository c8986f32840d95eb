//! What the conformance suite has to know of Quectel's modules.

use std::marker::PhantomData;

use wanlink_at::driver::{HttpsFamily, NativeFamily, SocketFamily};
use wanlink_conformance::{Bench, DriverFor, MqttBench, NativeBench, Pins, SocketBench};
use wanlink_core::{HasAliyun, HasHttps, HasMqtt, HasTlsSocket};
use wanlink_emulator::{OpenFailure, Options, PortReader, PortWriter, Profile};
use wanlink_quectel::{Bg95, Bg96, DriverModel, Ec25, Ec200u, Quectel};
use wanlink_scene::bench::running;

/// A model on the emulator that plays it.
pub(crate) struct On<M>(PhantomData<M>);

/// A model, and the emulator that plays it.
pub(crate) trait Played:
    DriverModel<Family: SocketFamily + HttpsFamily + NativeFamily> + HasTlsSocket + HasHttps + 'static
{
    fn profile() -> &'static Profile;
}

impl Played for Bg95 {
    fn profile() -> &'static Profile {
        Profile::bg95()
    }
}

impl Played for Bg96 {
    fn profile() -> &'static Profile {
        Profile::bg96()
    }
}

impl Played for Ec200u {
    fn profile() -> &'static Profile {
        Profile::ec200u()
    }
}

impl Played for Ec25 {
    fn profile() -> &'static Profile {
        Profile::ec25()
    }
}

impl<M: Played> Bench for On<M> {
    type Model = M;

    fn profile() -> &'static Profile {
        M::profile()
    }
}

impl<'b, M: Played> DriverFor<'b> for On<M> {
    type Driver = Quectel<'b, M, PortReader, PortWriter, Pins>;
}

impl<M: Played + HasAliyun> NativeBench for On<M> {
    const SETTING: &'static str = "AT+QMTCFG=\"aliauth\",0,\"pk\",\"device\",\"***\"\r";
    const READ_BACK: &'static str = "AT+QMTCFG=\"aliauth\",0\r";
}

impl<M: Played + HasMqtt> MqttBench for On<M> {}

impl<M: Played> SocketBench for On<M> {
    const DATA_LINE: &'static str = "+QIURC: \"recv\"";
    const END_LINE: &'static str = "+QIURC: \"closed\"";
    const HEAD_OF_FIVE: &'static str = "+QIRD: 5";
    const RESULT_LINE: &'static str = "SEND OK";
    const CLOSE: &'static str = "AT+QICLOSE";
    const FORGED: [&'static str; 2] = ["+QIRD: 5", "+QIURC: \"closed\",0"];

    /// TCP/IP Application Note, chapter 4.
    fn failures() -> Vec<(OpenFailure, u16)> {
        vec![(OpenFailure::Dns, 565), (OpenFailure::Refused, 566)]
    }

    fn open_by_hand() -> &'static str {
        "AT+QIOPEN=1,1,\"TCP\",\"server.example\",9,0,0"
    }

    fn socket_options() -> Vec<Options> {
        vec![
            running(),
            Options { idle_close_is_error: true, socket_refused_at_once: true, failed_name_short: true, ..running() },
        ]
    }
}
