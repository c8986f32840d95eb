//! The checks of connections inside TLS.

/// The checks of an [`Opening`](crate::opening::Opening), whichever it is.
#[doc(hidden)]
#[macro_export]
macro_rules! __opening {
    ($bench:ty, $opening:ident) => {
        $crate::__groups! { $bench, $opening:
            trust of $crate::tls::trust {
                another_authority_s_root
                each_certificate_that_is_wrong
                a_server_without_the_version_or_without_tls
                a_root_of_another_content_is_replaced
                what_is_no_certificate_is_refused
                anyone_is_anyone
                verified_after_anyone_is_verified
                dates_are_looked_at_as_asked
                without_a_clock_nothing_is_opened_where_dates_are_required
            }
            upload of $crate::tls::upload {
                a_root_that_is_there_is_not_uploaded_again
                dropped_at_every_poll
                cut_off_by_a_restart_of_the_module
                cut_off_by_a_restart_of_the_microcontroller
                a_root_that_went_missing
            }
            doubled of $crate::tls::doubled {
                nothing_ends_for_good
                a_stranger_is_not_trusted
            }
        }
    };
}

/// The checks of [`TlsBench`](crate::TlsBench).
#[doc(hidden)]
#[macro_export]
macro_rules! tls {
    ($bench:ty) => {
        $crate::__groups! { $bench:
            gaps of $crate::gaps { calls_of_sockets_inside_tls }
            data of $crate::tls::data {
                data_both_ways_inside_tls
                a_lost_line_about_the_end_is_found_by_asking
                plain_and_protected_beside_each_other
                a_server_that_cannot_be_reached
                an_opening_that_is_dropped
                a_dropped_read_of_nothing_leaves_the_stream_whole
            }
            pieces of $crate::tls::upload { dropped_at_every_poll_of_pieces }
        }
        $crate::__groups! { $bench, BySecondSocket: second of $crate::tls::doubled { a_stranger_is_not_trusted } }
        $crate::__opening! { $bench, BySocket }
    };
}

/// The checks of [`TlsSessionBench`](crate::TlsSessionBench).
#[doc(hidden)]
#[macro_export]
macro_rules! tls_session {
    ($bench:ty) => {
        $crate::__groups! { $bench:
            gaps of $crate::gaps { calls_of_the_mqtt_client_inside_tls }
            session of $crate::tls_session {
                messages_both_ways_inside_a_verified_session
                a_plain_session_after_one_inside_tls_and_back
                plain_and_protected_and_a_session
            }
        }
        $crate::__opening! { $bench, BySession }
    };
}
