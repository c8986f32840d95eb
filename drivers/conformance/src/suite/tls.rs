//! The checks of connections inside TLS.

/// A test for each of these checks of an [`Opening`](crate::opening::Opening).
#[doc(hidden)]
#[macro_export]
macro_rules! __opening_tests {
    ($bench:ty, $opening:ident: $($check:ident)+) => {
        $(#[test]
        fn $check() {
            checks::$check::<$bench, $crate::opening::$opening>();
        })+
    };
}

/// The checks of an [`Opening`](crate::opening::Opening), whichever it is.
#[doc(hidden)]
#[macro_export]
macro_rules! __opening {
    ($bench:ty, $opening:ident) => {
        mod trust {
            use super::*;
            use $crate::tls::trust as checks;
            $crate::__opening_tests! { $bench, $opening:
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
        }
        mod upload {
            use super::*;
            use $crate::tls::upload as checks;
            $crate::__opening_tests! { $bench, $opening:
                a_root_that_is_there_is_not_uploaded_again
                dropped_at_every_poll
                cut_off_by_a_restart_of_the_module
                cut_off_by_a_restart_of_the_microcontroller
                a_root_that_went_missing
            }
        }
        mod doubled {
            use super::*;
            use $crate::tls::doubled as checks;
            $crate::__opening_tests! { $bench, $opening:
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
        mod gaps {
            use super::*;
            use $crate::gaps as checks;
            $crate::__tests! { $bench: calls_of_sockets_inside_tls }
        }
        mod data {
            use super::*;
            use $crate::tls::data as checks;
            $crate::__tests! { $bench:
                data_both_ways_inside_tls
                a_lost_line_about_the_end_is_found_by_asking
                plain_and_protected_beside_each_other
                a_server_that_cannot_be_reached
                an_opening_that_is_dropped
                a_dropped_read_of_nothing_leaves_the_stream_whole
            }
        }
        mod pieces {
            use super::*;
            use $crate::tls::upload as checks;
            $crate::__tests! { $bench: dropped_at_every_poll_of_pieces }
        }
        mod second {
            use super::*;
            use $crate::tls::doubled as checks;
            $crate::__opening_tests! { $bench, BySecondSocket: a_stranger_is_not_trusted }
        }
        $crate::__opening! { $bench, BySocket }
    };
}

/// The checks of [`TlsSessionBench`](crate::TlsSessionBench).
#[doc(hidden)]
#[macro_export]
macro_rules! tls_session {
    ($bench:ty) => {
        mod gaps {
            use super::*;
            use $crate::gaps as checks;
            $crate::__tests! { $bench: calls_of_the_mqtt_client_inside_tls }
        }
        mod session {
            use super::*;
            use $crate::tls_session as checks;
            $crate::__tests! { $bench:
                messages_both_ways_inside_a_verified_session
                a_plain_session_after_one_inside_tls_and_back
                plain_and_protected_and_a_session
            }
        }
        $crate::__opening! { $bench, BySession }
    };
}
