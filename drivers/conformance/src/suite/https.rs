//! The checks of the HTTPS client.

/// The checks of [`HttpsBench`](crate::HttpsBench).
#[doc(hidden)]
#[macro_export]
macro_rules! https {
    ($bench:ty) => {
        mod gaps {
            use super::*;
            use $crate::gaps as checks;
            $crate::__tests! { $bench: calls_of_the_https_client }
        }
        mod requests {
            use super::*;
            use $crate::https::requests as checks;
            $crate::__tests! { $bench:
                a_token_then_messages_of_every_size
                the_longest_body_in_pieces
                a_stream_that_gives_up_fails_and_leaves_the_module_in_step
                what_cannot_be_told_is_refused_before_a_byte
                what_is_too_long_is_refused_before_a_byte
                a_body_of_no_bytes
            }
        }
        mod answers {
            use super::*;
            use $crate::https::answers as checks;
            $crate::__tests! { $bench:
                an_answer_is_cut_to_the_callers_room
                an_answer_whose_length_the_server_does_not_tell
                whatever_the_server_answers_is_an_answer
                every_form_of_an_answer
            }
        }
        mod refused {
            use super::*;
            use $crate::https::refused as checks;
            $crate::__tests! { $bench:
                a_name_that_is_not_known_and_a_server_that_is_not_there
                another_port
                a_server_that_does_not_answer
                a_server_that_hangs_up_in_place_of_its_answer
                the_context_is_lost_and_the_module_restarts
            }
        }
        mod dropped {
            use super::*;
            use $crate::https::dropped as checks;
            $crate::__tests! { $bench: at_every_poll at_every_poll_of_an_answer_in_chunks }
        }
        mod secrets {
            use super::*;
            use $crate::https::secrets as checks;
            $crate::__tests! { $bench: no_trace_shows_a_request_or_an_answer }
        }
        $crate::__opening! { $bench, ByPost }
    };
}
