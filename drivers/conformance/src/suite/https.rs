//! The checks of the HTTPS client.

/// The checks of [`HttpsBench`](crate::HttpsBench).
#[doc(hidden)]
#[macro_export]
macro_rules! https {
    ($bench:ty) => {
        $crate::__groups! { $bench:
            gaps of $crate::gaps { calls_of_the_https_client }
            requests of $crate::https::requests {
                a_token_then_messages_of_every_size
                the_longest_body_in_pieces
                a_stream_that_gives_up_fails_and_leaves_the_module_in_step
                what_cannot_be_told_is_refused_before_a_byte
                what_is_too_long_is_refused_before_a_byte
                a_body_of_no_bytes
            }
            answers of $crate::https::answers {
                an_answer_is_cut_to_the_callers_room
                an_answer_whose_length_the_server_does_not_tell
                whatever_the_server_answers_is_an_answer
                every_form_of_an_answer
            }
            refused of $crate::https::refused {
                a_name_that_is_not_known_and_a_server_that_is_not_there
                another_port
                a_server_that_does_not_answer
                a_server_that_hangs_up_in_place_of_its_answer
                the_context_is_lost_and_the_module_restarts
            }
            dropped of $crate::https::dropped { at_every_poll at_every_poll_of_an_answer_in_chunks }
            secrets of $crate::https::secrets { no_trace_shows_a_request_or_an_answer }
        }
        $crate::__opening! { $bench, ByPost }
    };
}
