//! Checks as tests: each has its own name in the output of `cargo test`.

mod doze;
mod https;
mod module;
mod mqtt;
mod sockets;
mod tls;

/// How many groups there are: a suite names each of them.
#[doc(hidden)]
pub const GROUPS: usize = 8;

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

/// A test for each of these checks, of a bench or of an [`Opening`](crate::opening::Opening) of it.
#[doc(hidden)]
#[macro_export]
macro_rules! __tests {
    ($bench:ty: $($check:ident)+) => {
        $(#[test]
        fn $check() {
            checks::$check::<$bench>();
        })+
    };
    ($bench:ty, $opening:ident: $($check:ident)+) => {
        $(#[test]
        fn $check() {
            checks::$check::<$bench, $crate::opening::$opening>();
        })+
    };
}

/// A module of tests for each of these files of checks.
#[doc(hidden)]
#[macro_export]
macro_rules! __groups {
    ($bench:ty: $($name:ident of $checks:path { $($check:ident)+ })+) => {
        $(mod $name {
            use super::*;
            use $checks as checks;
            $crate::__tests! { $bench: $($check)+ }
        })+
    };
    ($bench:ty, $opening:ident: $($name:ident of $checks:path { $($check:ident)+ })+) => {
        $(mod $name {
            use super::*;
            use $checks as checks;
            $crate::__tests! { $bench, $opening: $($check)+ }
        })+
    };
}
