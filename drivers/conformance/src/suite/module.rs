//! The checks of the module itself.

/// The checks of [`ModuleBench`](crate::ModuleBench).
#[doc(hidden)]
#[macro_export]
macro_rules! module {
    ($bench:ty) => {
        $crate::__groups! { $bench:
            gaps of $crate::gaps { calls_of_the_module }
            power of $crate::module::power {
                a_module_that_is_off_is_switched_on_once_and_set_up
                a_module_that_runs_is_adopted_and_never_switched_off
                a_mute_module_is_an_error_of_kind_restart_and_the_reset_helps
                context_and_radio_come_back
                a_context_that_does_not_come_back_is_of_kind_reattach
                a_restart_that_was_asked_for_boots_once
                stop_is_harmless_twice
                a_restart_by_itself_ends_every_call_until_start
            }
            network of $crate::module::network {
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
            status of $crate::module::status {
                the_filler_of_a_short_card_number_is_taken_off
                bare_answers_are_told_from_lines_that_nobody_knows
                the_signal_is_in_dbm_or_unknown
                the_clock_is_utc_and_none_before_the_network_told_it
                refusals_and_silence_have_their_kinds
            }
            dropped of $crate::module::dropped {
                start_from_cold
                describe_signal_and_clock
                attach_with_a_new_apn
                each_rung_of_recovery
                stop
            }
            secrets of $crate::module::secrets { no_trace_and_no_error_shows_pin_or_password }
            drawn of $crate::module::drawn { up_and_down_on_any_module }
        }
    };
}
