//! `AT+QHTTPREAD` (quectel-at 3.1).

use super::events::Event;
use super::http_client::{LONGEST_S, TIMEOUT_S};
use super::http_exchange::Stage;
use super::reply::{Handled, Job};
use super::{Module, Quectel};
use crate::engine::output::Kind;
use crate::module::Handler;
use crate::module::answers::Running;
use crate::module::command::Form;
use crate::module::reply::{Job as Work, Outcome, Refused, line};

pub(super) const COMMANDS: &[(&str, Handler<Quectel>)] = &[("+QHTTPREAD", read)];

/// "705 no GET/POST request" (quectel-at 3.3).
const NO_REQUEST: Refused = Refused::Cme(705);

/// `AT+QHTTPREAD[=<wait, s>]`: an answer is read once.
fn read(module: &mut Module, form: &Form) -> Handled {
    let wait_s = match form {
        Form::Test => return line(format!("+QHTTPREAD: (1-{LONGEST_S})")),
        Form::Execute => TIMEOUT_S,
        Form::Write(parameters) => {
            parameters.at_most(1)?;
            parameters.need(0, 1, LONGEST_S)?
        }
        Form::Read => return Err(Refused::Error),
    };
    module.http_free()?;
    if module.own.http.exchange.is_none() || module.own.http.config.auto_output {
        return Err(NO_REQUEST);
    }
    Ok(Outcome::Blocks(0, Work::Own(Job::ReadAnswer(u64::from(wait_s) * 1_000_000))))
}

impl Module {
    /// CONNECT, and what is there of the answer; then the rest as it comes.
    pub(super) fn answer_is_read(&mut self, wait_us: u64) -> Handled {
        const CONNECT: &[u8] = b"\r\nCONNECT\r\n";
        let with_head = self.own.http.config.response_header;
        let exchange = self.own.http.exchange.as_mut().filter(|exchange| exchange.stage == Stage::Answered);
        let exchange = exchange.ok_or(NO_REQUEST)?;
        let bytes = exchange.response.whole(with_head);
        exchange.response.body.clear();
        if bytes.is_empty() {
            self.console.output.write(self.now_us, Kind::Info, CONNECT);
        } else {
            self.console.output.write(self.now_us, Kind::Block, &[CONNECT, &bytes].concat());
        }
        self.running = Some(Running::Later);
        self.own.http.reading_us = Some(wait_us);
        self.reading_goes_on();
        Ok(Outcome::Later)
    }

    /// More of the answer is there, or its end, in order or not.
    pub(super) fn reading_goes_on(&mut self) {
        let (Some(wait_us), Some(exchange)) = (self.own.http.reading_us, &mut self.own.http.exchange) else { return };
        let (link, failed) = (exchange.link, exchange.failed);
        let whole = exchange.response.is_complete();
        let piece = std::mem::take(&mut exchange.response.body);
        self.console.output.write(self.now_us, Kind::Rest, &piece);
        match (failed, link) {
            (None, Some(link)) if !whole => {
                self.http_in_time();
                self.later(self.now_us + wait_us, Event::HttpTimeout { link });
            }
            (failed, _) => {
                self.http_forgets();
                self.ends_with_result(&format!("+QHTTPREAD: {}", failed.unwrap_or(0)));
            }
        }
    }
}
