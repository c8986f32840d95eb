//! Checks as tests: each has its own name in the output of `cargo test`.

/// How many groups there are: a suite names each of them.
#[doc(hidden)]
pub const GROUPS: usize = 5;

/// Runs groups of checks on a [`Bench`](crate::Bench), each check as a test of its own.
///
/// `suite!(OnBg95: sockets, beside);` makes the modules `sockets` and `beside` with the tests of these groups. A suite of all
/// groups is `suite!(all OnSim7000: module, sockets; without mqtt, beside, native);`, which does not compile when one is neither run nor
/// said to be out of reach; a test holds that the model really lacks it, and says why in its `LACKS`.
#[macro_export]
macro_rules! suite {
    (all $bench:ty: $($group:ident),+ $(; without $($absent:ident),+)?) => {
        const _: () = assert!(
            [$(stringify!($group),)+ $($(stringify!($absent),)+)?].len() == $crate::GROUPS,
            "each group is run, or said to be out of reach"
        );
        $crate::suite!($bench: $($group),+);
        $($(mod $absent {
            use super::*;

            /// The model lacks what the group wants, for the reason that it gives.
            #[test]
            fn is_out_of_reach() {
                use $crate::absent::Lacks as _;
                type Model = <$bench as $crate::Bench>::Model;
                let reason = $crate::absent::$absent::reason::<Model>().expect("LACKS says why");
                println!("{}: {reason}", stringify!($absent));
                let has = $crate::absent::$absent::Model::<Model>::HAS;
                assert!(!has, "the model has it now; it was out of reach since {reason}");
            }
        })+)?
    };
    ($bench:ty: $($group:ident),+ $(,)?) => {
        $(mod $group {
            use super::*;
            $crate::$group!($bench);
        })+
    };
}

/// A test for each of these checks.
#[doc(hidden)]
#[macro_export]
macro_rules! __tests {
    ($bench:ty: $($check:ident)+) => {
        $(#[test]
        fn $check() {
            checks::$check::<$bench>();
        })+
    };
}

/// The checks of [`SocketBench`](crate::SocketBench).
#[doc(hidden)]
#[macro_export]
macro_rules! sockets {
    ($bench:ty) => {
        mod data {
            use super::*;
            use $crate::sockets::data as checks;
            $crate::__tests! { $bench:
                what_is_written_comes_back_byte_for_byte
                a_small_inbox_takes_small_pieces
                a_waiting_read_asks_nothing_until_something_is_told
                fetch_never_listens
                data_before_the_end_is_read_and_then_the_end
                a_full_send_buffer_is_waited_for
                a_peer_that_takes_nothing
                lost_lines_about_data_and_about_the_end_are_found_by_asking
                idle_tells_of_a_socket_that_was_not_heard_of_for_long
                a_write_to_a_connection_whose_end_was_not_told
                a_lost_context_and_a_restart_end_every_socket
                a_block_that_comes_twice_is_read_once
            }
        }
        mod opens {
            use super::*;
            use $crate::sockets::opens as checks;
            $crate::__tests! { $bench:
                all_at_once_and_no_more
                what_an_earlier_life_left_is_closed
                why_it_fails
                a_number_in_use
                a_number_that_the_module_gives_to_another
                arguments_are_checked_before_anything_is_sent
                names_and_addresses
                an_inbox_that_nobody_empties
            }
        }
        mod dropped {
            use super::*;
            use $crate::sockets::dropped as checks;
            $crate::__tests! { $bench:
                open_and_open_again
                open_beside_another_connection
                close_and_open_again
                resolve
                a_write_that_fits
                a_write_that_is_dropped_many_times
                a_write_that_does_not_fit
                a_write_that_is_refused_after_it_was_dropped
                a_read_loses_nothing
                a_read_of_nothing_leaves_the_stream_whole
            }
        }
        mod storm {
            use super::*;
            use $crate::sockets::storm as checks;
            $crate::__tests! { $bench:
                dropped_calls_on_any_module
                dropped_calls_and_faults_on_any_module
            }
        }
    };
}

/// The checks of a bench that is both a [`SocketBench`](crate::SocketBench) and a [`MqttBench`](crate::MqttBench).
#[doc(hidden)]
#[macro_export]
macro_rules! beside {
    ($bench:ty) => {
        use $crate::sockets::beside as checks;
        $crate::__tests! { $bench: reads_of_several_sockets_beside_a_session }
    };
}

/// The checks of [`NativeBench`](crate::NativeBench).
#[doc(hidden)]
#[macro_export]
macro_rules! native {
    ($bench:ty) => {
        use $crate::native as checks;
        $crate::__tests! { $bench:
            the_module_signs_and_the_platform_believes_it
            behind_it_all_is_as_behind_a_login_of_ours
            inside_verified_tls
            a_firmware_without_it_is_unsupported
            a_login_that_the_platform_refuses
            what_the_module_cannot_take_is_refused_before_a_byte
            dropped_at_every_poll_and_called_again
            a_restart_in_mid_call
            each_line_of_the_module_lost_in_turn
            each_ok_doubled_in_turn
            no_trace_and_no_error_shows_the_secret
        }
    };
}

/// The checks of [`MqttBench`](crate::MqttBench).
#[doc(hidden)]
#[macro_export]
macro_rules! mqtt {
    ($bench:ty) => {
        mod happy {
            use super::*;
            use $crate::mqtt::happy as checks;
            $crate::__tests! { $bench:
                from_cold_to_a_message_each_way
            }
        }
        mod connect {
            use super::*;
            use $crate::mqtt::connect as checks;
            $crate::__tests! { $bench:
                each_failure_to_open_has_its_kind_and_the_next_call_connects
                every_result_of_an_open_has_a_kind_that_can_heal
                without_a_network_the_next_step_is_attach
                each_refusal_of_the_broker_is_one_and_the_next_login_is_a_new_one
                a_wrong_password_is_refused
                a_broker_that_closes_in_place_of_its_answer
                a_broker_that_does_not_answer
                a_session_that_the_driver_does_not_know_of_is_closed_first
                an_occupied_client_is_freed
                the_settings_are_really_set
                a_session_that_cannot_be_kept_is_refused_before_a_byte
                a_keep_alive_above_what_the_module_takes_is_cut
                what_is_too_long_or_cannot_be_quoted_is_refused_before_a_byte
                connecting_twice_connects_anew
                disconnect_ends_the_session_and_is_harmless_without_one
                disconnect_swallows_all_but_a_restart
            }
        }
        mod publish {
            use super::*;
            use $crate::mqtt::publish as checks;
            $crate::__tests! { $bench:
                every_form_of_results_is_a_success
                a_subscription_that_the_broker_refuses
                a_filter_may_have_wildcards_and_a_topic_may_not
                without_a_session_nothing_is_sent
                success_waits_for_the_acknowledgement
                a_broker_that_never_acknowledges
                a_connection_that_breaks_during_a_publish_ends_it
                a_context_that_is_lost_during_a_publish_ends_it_with_kind_reattach
                the_answer_that_a_dropped_publish_is_owed_does_not_reach_the_next
                a_prompt_that_comes_late_or_never
            }
        }
        mod receive {
            use super::*;
            use $crate::mqtt::receive as checks;
            $crate::__tests! { $bench:
                messages_that_come_during_other_calls_are_kept_in_their_order
                a_message_behind_the_last_line_of_a_call_is_there_at_once
                what_does_not_fit_the_inbox_is_counted_with_the_room_that_it_needs
                a_message_that_breaks_off_on_the_line_is_lost_and_the_next_one_is_not
                messages_come_before_the_news_that_their_session_ended
                messages_outlive_a_restart_of_the_module
                the_end_of_the_context_is_told_with_or_without_the_end_of_the_session
                a_lost_line_about_the_end_is_found_by_asking_after_one_keep_alive
                a_dropped_question_is_asked_again
                without_a_keep_alive_the_module_is_never_asked
                a_module_that_went_mute_is_found_by_asking
            }
        }
        mod payloads {
            use super::*;
            use $crate::mqtt::payloads as checks;
            $crate::__tests! { $bench:
                both_ways
                a_length_that_the_module_does_not_take_is_refused_before_a_byte
            }
        }
        mod dropped {
            use super::*;
            use $crate::mqtt::dropped as checks;
            $crate::__tests! { $bench:
                start_of_a_module_with_a_session
                connect_from_every_state
                recovery_and_stop_beside_a_session
                subscribe_and_unsubscribe
                disconnect
                publish_that_fits
                publish_that_does_not_fit
                receive
            }
        }
        mod secrets {
            use super::*;
            use $crate::mqtt::secrets as checks;
            $crate::__tests! { $bench: no_trace_shows_the_password }
        }
        mod drawn {
            use super::*;
            use $crate::mqtt::drawn as checks;
            $crate::__tests! { $bench:
                the_whole_way_on_any_module
            }
        }
    };
}

/// The checks of [`ModuleBench`](crate::ModuleBench).
#[doc(hidden)]
#[macro_export]
macro_rules! module {
    ($bench:ty) => {
        mod power {
            use super::*;
            use $crate::module::power as checks;
            $crate::__tests! { $bench:
                a_module_that_is_off_is_switched_on_once_and_set_up
                a_module_that_runs_is_adopted_and_never_switched_off
                a_mute_module_is_an_error_of_kind_restart_and_the_reset_helps
                context_and_radio_come_back
                a_context_that_does_not_come_back_is_of_kind_reattach
                a_restart_that_was_asked_for_boots_once
                stop_is_harmless_twice
                a_restart_by_itself_ends_every_call_until_start
            }
        }
        mod network {
            use super::*;
            use $crate::module::network as checks;
            $crate::__tests! { $bench:
                no_card_is_refused_and_a_card_put_in_later_is_found
                a_busy_card_is_waited_for_and_one_that_stays_busy_has_failed
                a_module_that_goes_mute_while_its_card_is_busy_is_mute_and_no_bad_card
                a_locked_card_wants_the_pin_and_takes_it
                a_pin_that_the_card_took_is_sent_again_after_a_restart
                a_wrong_pin_is_sent_once_in_the_life_of_the_value
                a_pin_whose_fate_a_restart_hid_is_sent_once_more
                a_dropped_attach_sends_the_pin_once_and_not_never
                a_card_that_wants_its_puk_is_left_alone
                a_pin_that_is_none_is_refused_before_a_byte
                names_that_cannot_be_quoted_or_are_too_long_are_refused_before_a_byte
                the_radio_goes_off_for_a_changed_apn_and_only_for_that
                apn_user_and_password_reach_the_network
                a_refused_context_is_of_kind_reattach
                a_context_that_is_up_stays_up
                denial_is_reported_at_once_and_ends_the_call_when_it_lasts
                searching_has_no_limit_of_its_own_and_a_drop_is_safe
                roaming_is_reported
                a_lost_registration_line_costs_half_a_minute
            }
        }
        mod status {
            use super::*;
            use $crate::module::status as checks;
            $crate::__tests! { $bench:
                the_filler_of_a_short_card_number_is_taken_off
                bare_answers_are_told_from_lines_that_nobody_knows
                the_signal_is_in_dbm_or_unknown
                the_clock_is_utc_and_none_before_the_network_told_it
                refusals_and_silence_have_their_kinds
            }
        }
        mod dropped {
            use super::*;
            use $crate::module::dropped as checks;
            $crate::__tests! { $bench:
                start_from_cold
                describe_signal_and_clock
                attach_with_a_new_apn
                each_rung_of_recovery
                stop
            }
        }
        mod secrets {
            use super::*;
            use $crate::module::secrets as checks;
            $crate::__tests! { $bench:
                no_trace_and_no_error_shows_pin_or_password
            }
        }
        mod drawn {
            use super::*;
            use $crate::module::drawn as checks;
            $crate::__tests! { $bench:
                up_and_down_on_any_module
            }
        }
    };
}
