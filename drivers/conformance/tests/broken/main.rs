//! The suite proves itself: drivers that break one promise each, and the check that notices it.

mod driver;
#[path = "../../../quectel/tests/conformance/on.rs"]
mod on;

use std::marker::PhantomData;
use std::panic::catch_unwind;

use driver::{Broken, Defect, Driver};
use on::On;
use wanlink_conformance::opening::BySocket;
use wanlink_conformance::{
    Bench, DriverFor, HttpsBench, ModuleBench, MqttBench, SocketBench, TlsBench, https, module, mqtt, sockets, tls,
};
use wanlink_emulator::{OpenFailure, Options, Profile};
use wanlink_quectel::Bg95;

/// A BG95 whose driver is broken.
struct Bad<D>(PhantomData<D>);

type Good = On<Bg95>;

impl<D: Broken> Bench for Bad<D> {
    type Model = Bg95;

    const OFF_MS: u64 = Good::OFF_MS;

    fn profile() -> &'static Profile {
        Good::profile()
    }
}

impl<'b, D: Broken> DriverFor<'b> for Bad<D> {
    type Driver = Driver<'b, D>;
}

impl<D: Broken> ModuleBench for Bad<D> {
    const ACTIVATE: &'static str = Good::ACTIVATE;
    const OWN_LINE: &'static str = Good::OWN_LINE;
    const REDACTED_LOGIN: &'static str = Good::REDACTED_LOGIN;
}

impl<D: Broken> SocketBench for Bad<D> {
    const DATA_LINE: &'static str = Good::DATA_LINE;
    const END_LINE: &'static str = Good::END_LINE;
    const HEAD_OF_FIVE: &'static str = Good::HEAD_OF_FIVE;
    const RESULT_LINE: &'static str = Good::RESULT_LINE;
    const CLOSE: &'static str = Good::CLOSE;
    const FORGED: [&'static str; 2] = Good::FORGED;

    fn failures() -> Vec<(OpenFailure, u16)> {
        Good::failures()
    }

    fn open_by_hand() -> &'static str {
        Good::open_by_hand()
    }
}

impl<D: Broken> MqttBench for Bad<D> {
    const SESSION_LINE: &'static str = Good::SESSION_LINE;
    const STATE: &'static str = Good::STATE;
    const LOST: u8 = Good::LOST;
    const MOST_KEEP_ALIVE_S: u16 = Good::MOST_KEEP_ALIVE_S;
    const REDACTED_PASSWORD: &'static str = Good::REDACTED_PASSWORD;
    const FORGED_LINES: [&'static str; 4] = Good::FORGED_LINES;

    fn occupy_by_hand() -> &'static [&'static str] {
        Good::occupy_by_hand()
    }

    fn mqtt_options() -> Vec<Options> {
        Good::mqtt_options()
    }
}

impl<D: Broken> TlsBench for Bad<D> {
    const UPLOAD: (&'static str, u64) = Good::UPLOAD;
    const TLS_OPEN: &'static str = Good::TLS_OPEN;
    const TLS_TRIES: usize = Good::TLS_TRIES;
    const TLS_END_LINE: &'static str = Good::TLS_END_LINE;
    const TLS_CONTEXT: usize = Good::TLS_CONTEXT;

    fn delete_by_hand() -> Vec<String> {
        Good::delete_by_hand()
    }
}

impl<D: Broken> HttpsBench for Bad<D> {
    const POST: &'static str = Good::POST;
    const POST_TRIES: usize = Good::POST_TRIES;
    const POST_TRACE: [&'static str; 2] = Good::POST_TRACE;
    const FORGED_RESULT: &'static str = Good::FORGED_RESULT;
    const HUNG_UP: u16 = Good::HUNG_UP;
    const FILLED_IS_POSTED: bool = Good::FILLED_IS_POSTED;
    const TOO_LONG: usize = Good::TOO_LONG;
    const UNTELLABLE: &'static [(&'static str, &'static str, &'static str)] = Good::UNTELLABLE;

    fn https_failures() -> Vec<(OpenFailure, u16)> {
        Good::https_failures()
    }
}

/// Nothing is broken.
struct Sound;

impl Broken for Sound {
    const DEFECT: Defect = Defect::None;
}

/// A test for each defect: the check fails with it, and holds for the same wrapper without it.
macro_rules! caught {
    ($($test:ident: $defect:ident by $($module:ident)::+ => $check:ident $(of $opening:ident)?;)+) => {
        $(#[test]
        fn $test() {
            struct Flawed;

            impl Broken for Flawed {
                const DEFECT: Defect = Defect::$defect;
            }

            use $($module)::+ as checks;
            checks::$check::<Bad<Sound> $(, $opening)?>();
            let run = catch_unwind(checks::$check::<Bad<Flawed> $(, $opening)?>);
            assert!(run.is_err(), "the defect went unnoticed");
        })+
    };
}

caught! {
    a_pin_that_is_tried_again: TriesAPinAgain by module::network => a_wrong_pin_is_sent_once_in_the_life_of_the_value;
    a_pin_that_is_sent_unchecked: SendsAnyPin by module::network => a_pin_that_is_none_is_refused_before_a_byte;
    a_module_that_is_switched_off: PressesTheKeyFirst
        by module::power => a_module_that_runs_is_adopted_and_never_switched_off;
    a_restart_that_a_question_hides: StartsByItself
        by module::power => a_restart_by_itself_ends_every_call_until_start;
    a_changed_byte: ChangesAByte by sockets::data => what_is_written_comes_back_byte_for_byte;
    a_read_that_is_not_cancel_safe: ForgetsADroppedRead by sockets::dropped => a_read_loses_nothing;
    a_write_that_is_cut: CutsAWrite by sockets::data => a_full_send_buffer_is_waited_for;
    a_write_that_is_said_to_be_taken: ClaimsToHaveTaken by sockets::dropped => a_write_that_fits;
    a_read_that_polls: Polls by sockets::data => a_waiting_read_asks_nothing_until_something_is_told;
    lines_that_are_ignored: IgnoresLines by sockets::data => fetch_never_listens;
    a_break_that_looks_like_an_end: CallsABreakAnEnd by sockets::data => a_lost_context_and_a_restart_end_every_socket;
    a_name_beyond_its_limit: CutsANameToItsLimit by sockets::opens => arguments_are_checked_before_anything_is_sent;
    a_socket_that_was_closed: ReadsAClosedSocket by sockets::opens => all_at_once_and_no_more;
    a_payload_beyond_its_limit: CutsAPayloadToItsLimit
        by mqtt::payloads => a_length_that_the_module_does_not_take_is_refused_before_a_byte;
    acknowledged_before_the_puback: AcknowledgesBeforeThePuback
        by mqtt::publish => success_waits_for_the_acknowledgement;
    a_message_that_is_lost: LosesAMessage
        by mqtt::receive => messages_that_come_during_other_calls_are_kept_in_their_order;
    a_publish_that_goes_out_twice: PublishesTwice by mqtt::publish => every_form_of_results_is_a_success;
    a_refusal_that_is_hidden: HidesARefusal by mqtt::connect => a_wrong_password_is_refused;
    a_late_answer_that_reaches_the_next_call: TakesALateAnswer
        by mqtt::publish => the_answer_that_a_dropped_publish_is_owed_does_not_reach_the_next;
    a_restart_that_is_overlooked: MistakesARestart by mqtt::connect => disconnect_swallows_all_but_a_restart;
    a_password_that_is_traced: LeaksThePassword by mqtt::secrets => no_trace_shows_the_password;
    anyone_in_place_of_the_root: FallsBackToAnyone by tls::trust => each_certificate_that_is_wrong of BySocket;
    another_root_that_is_taken: FallsBackToAnyone by tls::trust => another_authority_s_root of BySocket;
    dates_that_are_ignored: IgnoresDates by tls::trust => dates_are_looked_at_as_asked of BySocket;
    a_name_that_is_forgotten: ForgetsTheName by tls::data => data_both_ways_inside_tls;
    a_root_for_each_connection: UploadsEachTime
        by tls::upload => a_root_that_is_there_is_not_uploaded_again of BySocket;
    an_opening_that_stays_open: LeavesADroppedOpening by tls::data => an_opening_that_is_dropped;
    an_answer_that_is_cut: CutsAnAnswer by https::answers => an_answer_is_cut_to_the_callers_room;
    an_address_beyond_its_limit: CutsAnAddressToItsLimit
        by https::requests => what_is_too_long_is_refused_before_a_byte;
    a_token_that_is_traced: LeaksTheHeaders by https::secrets => no_trace_shows_a_request_or_an_answer;
    an_answer_to_the_post_before: TakesTheAnswerBefore by https::dropped => at_every_poll;
    a_body_that_is_made_up: FillsABody
        by https::requests => a_stream_that_gives_up_fails_and_leaves_the_module_in_step;
    a_silence_that_is_an_answer: CallsSilenceAnAnswer by https::refused => a_server_that_does_not_answer;
    a_status_that_is_an_error: CallsAStatusAnError by https::answers => whatever_the_server_answers_is_an_answer;
}
