//! Deliberate defects for the tests of the tests; nothing of it is linked without the private feature.

macro_rules! mutants {
    ($($name:ident: $promise:literal, $defect:literal;)*) => {
        /// A deliberate defect.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[cfg_attr(not(feature = "_mutants"), allow(dead_code, unreachable_pub))]
        pub enum Mutant {
            $(#[doc = $defect] $name,)*
        }

        #[cfg(feature = "_mutants")]
        impl Mutant {
            /// All of them, with the number of the promise that each breaks and what it does.
            pub const ALL: &[(Self, u8, &str)] = &[$((Self::$name, $promise, $defect),)*];
        }
    };
}

mutants! {
    ChunkBoundaryEndsLine: 1, "the end of a read ends a line";
    UrcJoinsAnswer: 2, "a URC inside an answer is taken as part of it";
    UrcDroppedWhilePending: 2, "a URC is dropped while a command is pending";
    NumbersIgnored: 3, "a line of the command's name with other numbers is its own";
    SameNameIsAnswer: 3, "a line with the command's name is always its answer";
    CountedBytesAreLines: 4, "counted bytes are read as lines";
    StarvedBlockWaits: 4, "a counted block that starves is never broken off";
    GhostIsRescanned: 4, "the late rest of a starved block is read as lines";
    OverrunIgnored: 4, "an error of the port inside a block breaks nothing off";
    StreamIsLines: 4, "what comes in one read with the prompt of a stream is read as lines";
    StarvedStreamIsLines: 4, "the late rest of a stream is read as lines";
    PromptAnywhere: 5, "a prompt counts in the middle of a line";
    OkIsPrompt: 5, "OK in place of the prompt lets the payload go";
    EarlyOkCounts: 5, "an OK before the last byte of the data ends the command";
    CompleteAtOk: 6, "a call completes at OK";
    ResultNeedsOkFirst: 6, "a result before OK is ignored";
    AnswerNeedsFlush: 6, "an answer that comes before the flush is over is ignored";
    ErrorForgetsResult: 6, "a result behind an ERROR is taken for that of the repetition";
    LateAnswerKept: 7, "a dropped command is forgotten, its late answer reaches the next";
    OwedResultForgotten: 7, "an owed result is forgotten";
    DroppedPayloadBlank: 7, "a dropped publish that fits is filled with blanks";
    HalfLineForgotten: 7, "a half-written line is neither finished nor broken off";
    FillerForgotten: 7, "a dropped publish that does not fit is not filled up";
    FillerOwesNothing: 7, "the result of a publish that was filled up is not awaited";
    StreamForgotten: 7, "a request that is dropped between two pieces is not filled up";
    PortUnreadBefore: 7, "what waits in the port is read behind the command, as if it answered it";
    ProbesAlike: 7, "each probe asks the same";
    RestartUnseen: 8, "boot lines are ignored while a command is pending";
    EchoUnseen: 8, "the echo of our own command is ignored";
    DebtOutlivesRestart: 8, "an owed result is awaited from a module that restarted";
    OverflowGlues: 9, "the tail of a line that is too long is read as a line";
    OverflowUncounted: 9, "a line that is too long is not counted";
    GapUnread: 10, "the port is not read during a gap";
    GapForgotten: 10, "the documented gap before a command is left out";
    SecretTraced: 11, "a secret goes to the trace";
    EchoTraced: 11, "the echo of a command goes to the trace";
    DataTraced: 11, "the end of an answer that nobody reads goes to the trace";
    SecretKept: 11, "a buffer that carried a secret is not wiped";
    PieceKept: 11, "a piece of a request stays in the buffer";
    LossSilent: 12, "a record that does not fit is dropped in silence";
    HalfRecordKept: 12, "a record with a missing piece is delivered";
}

#[cfg(feature = "_mutants")]
mod active {
    extern crate std;
    use core::cell::Cell;

    std::thread_local! {
        static ACTIVE: Cell<Option<super::Mutant>> = const { Cell::new(None) };
    }

    /// Turns a defect on for this thread, or all off.
    pub fn activate(mutant: Option<super::Mutant>) {
        ACTIVE.set(mutant);
    }

    pub(crate) fn on(mutant: super::Mutant) -> bool {
        ACTIVE.get() == Some(mutant)
    }
}

#[cfg(feature = "_mutants")]
pub use active::activate;
#[cfg(feature = "_mutants")]
pub(crate) use active::on;

#[cfg(not(feature = "_mutants"))]
#[inline(always)]
pub(crate) const fn on(_: Mutant) -> bool {
    false
}
