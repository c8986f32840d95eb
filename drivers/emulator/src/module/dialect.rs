//! What a vendor's dialect adds to what all modules have in common.

use std::fmt;

use super::options::{Options, ResultOrder};
use super::profile::Profile;
use super::reply::{Handled, Refused, Reply};
use super::{Chapter, Module};
use crate::engine::internet::{LinkId, NetEvent};
use crate::engine::output::Kind;
use crate::mqtt::session::AckFaults;
use crate::view::{HttpView, MqttView, SocketView, TlsContext};

/// How a data entry begins and behaves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) prompt: &'static str,
    /// Answered by the module itself when nothing comes for so long.
    pub(crate) timeout_us: Option<u64>,
    /// The data is echoed, where echo is on.
    pub(crate) echo: bool,
    /// The module says `A` after each of so many bytes.
    pub(crate) acknowledge_every: Option<usize>,
}

/// A name, and which quoted texts after it are secret.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Secret {
    pub(crate) name: &'static [u8],
    /// Counted from 1; 0: all, and what is not quoted too.
    pub(crate) text: usize,
}

/// A vendor's commands, and the state behind them.
pub(crate) trait Dialect: fmt::Debug + Send + Sized + 'static {
    /// What happens by itself, later.
    type Event: Clone + fmt::Debug + PartialEq + Send;
    /// Work that is done when a blocking command ends.
    type Job: fmt::Debug + Send;
    /// What a data entry is for.
    type Purpose: fmt::Debug + Send;
    /// Names a result line that a command owes.
    type Key: Copy + fmt::Debug + PartialEq + Send;

    /// What `AT+CGMI` says.
    const MAKER: &'static str;
    /// The answer to a line, or to an entry that ends with Ctrl-Z, that is longer than the module can hold.
    const TOO_LONG: Refused = Refused::Error;
    /// PSM begins when nothing happens, not only by a fault.
    const SLEEPS_BY_ITSELF: bool = false;
    /// `AT+IPR` is kept without `AT&W`.
    const KEEPS_RATE: bool;
    /// What `AT+CTZU` takes.
    const ZONE_MODES: &'static [u8];
    /// What a trace must not show.
    const SECRETS: &'static [Secret];

    /// Every command of this model.
    fn chapters(&self) -> &'static [Chapter<Self>];

    /// The text of a code of `+CME ERROR`.
    fn cme_text(code: u16) -> &'static str;

    /// The module begins to boot.
    fn boots(_module: &mut Module<Self>) {}

    /// The boot is over: the first answer is possible.
    fn is_ready(module: &mut Module<Self>);

    /// On the way down by the key, by command or by a restart: the files are as they are now.
    fn goes_off(module: &mut Module<Self>);

    /// The line that says that the module is off.
    fn off_line(module: &Module<Self>) -> Option<&'static str>;

    /// Everything that a restart takes is gone. Gives the links that were open.
    fn lost_power(module: &mut Module<Self>) -> Vec<LinkId>;

    /// `AT+CFUN=1,1`
    fn restarts_by_command(module: &mut Module<Self>) -> Handled<Self>;

    /// The module is about to sleep deeply.
    fn falls_asleep(module: &mut Module<Self>);

    /// What `AT+CTZU` is from the factory.
    fn zone_mode(_profile: &Profile) -> u8 {
        0
    }

    /// Whether a byte of the host reaches the module.
    fn hears(_module: &mut Module<Self>, _byte: u8) -> bool {
        true
    }

    /// Unsolicited lines wait although nothing runs.
    fn holds_lines(_module: &Module<Self>) -> bool {
        false
    }

    /// A piece of output as this model says it.
    fn dress(_module: &mut Module<Self>, _kind: Kind, bytes: Vec<u8>) -> Vec<u8> {
        bytes
    }

    /// The card answers now.
    fn sim_is_there(_module: &mut Module<Self>) {}

    /// The network took the module in.
    fn registered(_module: &mut Module<Self>) {}

    /// `AT+CGATT=1` worked.
    fn attached(_module: &mut Module<Self>) {}

    /// `AT+CFUN` changed the radio, from this level.
    fn radio_switched(_module: &mut Module<Self>, _before: u8) {}

    /// The code of `+CME ERROR` while the card starts.
    fn busy_card(_options: &Options) -> u16 {
        14
    }

    /// A field that some firmware has behind the technology in `+CEREG` with mode 4.
    fn field_behind_technology(_module: &Module<Self>) -> &'static str {
        ""
    }

    /// The fields of a cell in `+CREG` and its like: area and cell, as they are printed.
    fn cell(module: &Module<Self>) -> String;

    /// The answer of `AT+CREG?` and its like.
    fn registration_answer(module: &Module<Self>, name: &str, mode: u8, stat: u8) -> String {
        format!("{name}: {mode},{}", module.registration_fields(mode, stat))
    }

    /// The same as an unsolicited line.
    fn registration_line(module: &Module<Self>, name: &str, mode: u8, stat: u8) -> String {
        format!("{name}: {}", module.registration_fields(mode, stat))
    }

    /// Timers of power saving as the network granted them: active time and TAU.
    fn granted_timers(module: &Module<Self>) -> (String, String);

    /// The network gives no context.
    fn context_refused(module: &mut Module<Self>) -> Refused;

    /// A context is up.
    fn context_opened(_module: &mut Module<Self>, _id: usize) {}

    /// A context went down by the host's own order.
    fn context_closed(module: &mut Module<Self>, id: usize);

    /// The network took a context away.
    fn context_lost(module: &mut Module<Self>, id: usize);

    /// Something of the internet is there.
    fn link_event(module: &mut Module<Self>, link: LinkId, event: NetEvent);

    /// TLS is about to be spoken on this link, whose connection is there.
    fn negotiates(module: &mut Module<Self>, link: LinkId);

    /// Data passes again.
    fn data_passes(_module: &mut Module<Self>) {}

    /// An event of this dialect.
    fn happens(module: &mut Module<Self>, event: Self::Event);

    /// A blocking command ends.
    fn do_job(module: &mut Module<Self>, job: Self::Job) -> Handled<Self>;

    /// The order of OK and a result that a command owes.
    fn result_order(module: &Module<Self>, _key: Self::Key) -> ResultOrder {
        module.options.result_order
    }

    /// How the entry for this purpose begins.
    fn entry(module: &Module<Self>, purpose: &Self::Purpose) -> Entry;

    /// All of the data is there.
    fn typed(module: &mut Module<Self>, purpose: Self::Purpose, data: Vec<u8>) -> Handled<Self>;

    /// Some of the data came.
    fn entry_goes_on(_module: &mut Module<Self>) {}

    /// The data did not come in time.
    fn entry_timed_out(module: &mut Module<Self>, purpose: Self::Purpose, data: Vec<u8>) -> Reply;

    /// Does what is due by the clock of MQTT.
    fn poll(module: &mut Module<Self>);

    /// When there is something to do next.
    fn next(module: &Module<Self>) -> Option<u64>;

    /// Whether a line reaches the module whole.
    fn understands(_module: &mut Module<Self>) -> bool {
        true
    }

    /// `AT&W`
    fn stored(_module: &mut Module<Self>) {}

    /// Every open connection breaks.
    fn kill_tcp(module: &mut Module<Self>);

    /// The faults of acknowledgements, of each client that has any.
    fn ack_faults(module: &mut Module<Self>) -> Vec<&mut AckFaults>;

    /// An MQTT client.
    fn mqtt(module: &Module<Self>, index: usize) -> Option<MqttView>;

    /// The HTTP client.
    fn http(module: &Module<Self>) -> HttpView;

    /// A socket.
    fn tcp_socket(module: &Module<Self>, id: usize) -> Option<SocketView>;

    /// A socket with TLS.
    fn tls_socket(module: &Module<Self>, id: usize) -> Option<SocketView>;

    /// What was set for TLS.
    fn tls_context(module: &Module<Self>, index: usize) -> Option<&TlsContext>;

    /// A file's name as the flash keeps it.
    fn file_name(name: &str) -> Option<String>;
}
