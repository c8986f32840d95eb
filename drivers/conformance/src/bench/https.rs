//! What the checks of the HTTPS client want to know.

use wanlink_core::{HasHttps, HttpsAt};
use wanlink_emulator::{OpenFailure, Options};
use wanlink_scene::bench::running;

use super::{Bench, DriverFor, TlsBench};

/// A bench whose driver has the module's own HTTPS client.
pub trait HttpsBench: TlsBench + Bench<Model: HasHttps> + for<'b> DriverFor<'b, Driver: HttpsAt> {
    /// How the command begins that sends a request.
    const POST: &'static str;
    /// As [`TLS_TRIES`](TlsBench::TLS_TRIES).
    const POST_TRIES: usize = 1;
    /// What a trace shows of a request and of its answer.
    const POST_TRACE: [&'static str; 2];
    /// A line that tells the result of a request, as a body may hold it.
    const FORGED_RESULT: &'static str;
    /// The module's code for a server that closes in place of an answer.
    const HUNG_UP: u16;
    /// A body that was broken off is filled with blanks and posted, rather than never.
    const FILLED_IS_POSTED: bool = false;
    /// Whether a body may have no bytes.
    const TAKES_NO_BODY: bool = true;
    /// The length of a body that is too long: its head may count, too.
    const TOO_LONG: usize = <Self::Model as HasHttps>::HTTPS.body as usize + 1;
    /// Path, name and value of a header that the dialect cannot tell, beside what no request can have.
    const UNTELLABLE: &'static [(&'static str, &'static str, &'static str)];

    /// What a request tells of each failure that is none of TLS.
    fn https_failures() -> Vec<(OpenFailure, u16)>;

    /// A running module, once for each form that a failure may have.
    fn https_options() -> Vec<Options> {
        vec![running()]
    }

    /// A running module, once for each form that a server's silence or an unknown name may have.
    fn unreachable_options() -> Vec<Options> {
        Self::https_options()
    }

    /// A running module, once for each form that a good answer may have.
    fn answer_options() -> Vec<Options> {
        vec![running()]
    }
}
