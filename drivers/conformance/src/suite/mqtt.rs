//! The checks of the MQTT client and of the login that a module makes itself.

/// The checks of [`MqttBench`](crate::MqttBench).
#[doc(hidden)]
#[macro_export]
macro_rules! mqtt {
    ($bench:ty) => {
        $crate::__groups! { $bench:
            gaps of $crate::gaps { calls_of_the_mqtt_client }
            happy of $crate::mqtt::happy { from_cold_to_a_message_each_way }
            connect of $crate::mqtt::connect {
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
            publish of $crate::mqtt::publish {
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
            receive of $crate::mqtt::receive {
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
            payloads of $crate::mqtt::payloads {
                both_ways
                a_length_that_the_module_does_not_take_is_refused_before_a_byte
            }
            dropped of $crate::mqtt::dropped {
                start_of_a_module_with_a_session
                connect_from_every_state
                recovery_and_stop_beside_a_session
                subscribe_and_unsubscribe
                disconnect
                publish_that_fits
                publish_that_does_not_fit
                receive
            }
            secrets of $crate::mqtt::secrets { no_trace_shows_the_password }
            drawn of $crate::mqtt::drawn { the_whole_way_on_any_module }
        }
    };
}

/// The checks of [`NativeBench`](crate::NativeBench).
#[doc(hidden)]
#[macro_export]
macro_rules! native {
    ($bench:ty) => {
        $crate::__groups! { $bench:
            gaps of $crate::gaps { calls_of_the_native_login }
        }
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
