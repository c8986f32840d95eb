//! One set of log macros for all crates: `defmt` when it is on, else `log` when that is on, else nothing.
//!
//! Not part of the interface. Arguments must be formattable by both crates with a plain `{}`.

#[cfg(feature = "defmt")]
#[doc(hidden)]
#[macro_export]
macro_rules! __log {
    ($level:ident, $($arg:tt)*) => {{
        // What defmt expands to names it as a crate of the caller, whose own feature may be off.
        use $crate::__private::defmt;
        defmt::$level!($($arg)*)
    }};
}

#[cfg(all(feature = "log", not(feature = "defmt")))]
#[doc(hidden)]
#[macro_export]
macro_rules! __log {
    ($level:ident, $($arg:tt)*) => { $crate::__private::log::$level!($($arg)*) };
}

#[cfg(not(any(feature = "defmt", feature = "log")))]
#[doc(hidden)]
#[macro_export]
macro_rules! __log {
    ($level:ident, $text:literal $(, $arg:expr)* $(,)?) => {{
        $(let _ = &$arg;)*
    }};
}
