//! The checks of sockets.

/// The checks of [`SocketBench`](crate::SocketBench).
#[doc(hidden)]
#[macro_export]
macro_rules! sockets {
    ($bench:ty) => {
        $crate::__groups! { $bench:
            gaps of $crate::gaps { calls_of_sockets }
            data of $crate::sockets::data {
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
            opens of $crate::sockets::opens {
                all_at_once_and_no_more
                what_an_earlier_life_left_is_closed
                why_it_fails
                a_number_in_use
                a_number_that_the_module_gives_to_another
                arguments_are_checked_before_anything_is_sent
                names_and_addresses
                an_inbox_that_nobody_empties
            }
            dropped of $crate::sockets::dropped {
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
            storm of $crate::sockets::storm { dropped_calls_on_any_module dropped_calls_and_faults_on_any_module }
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
