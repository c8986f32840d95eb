//! The checks of the sleep line.

/// The checks of [`DozeBench`](crate::DozeBench).
#[doc(hidden)]
#[macro_export]
macro_rules! doze {
    ($bench:ty) => {
        use $crate::doze as checks;
        $crate::__tests! { $bench:
            a_port_that_dozes_loses_no_byte
            a_port_that_was_left_asleep_is_found
            a_doze_that_is_dropped_leaves_a_port_that_answers
            what_ends_meanwhile_is_told_by_the_next_call
        }
    };
}

/// The checks of a bench that is both a [`DozeBench`](crate::DozeBench) and a [`MqttBench`](crate::MqttBench).
#[doc(hidden)]
#[macro_export]
macro_rules! doze_session {
    ($bench:ty) => {
        use $crate::doze as checks;
        $crate::__tests! { $bench:
            a_session_that_dozes_loses_no_message
            a_session_that_ends_meanwhile_is_told_by_the_next_call
        }
    };
}
