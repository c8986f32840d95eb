//! What few dialects have, and the others do not link.

use crate::block::{Block, Part};

/// Which of the rarer forms a dialect has. An engine is compiled for one set of them: what its dialect does not have costs
/// no byte of flash.
///
/// All are there unless a family of modules denies one. A table or a pattern that has it nevertheless does not compile.
pub trait Forms: 'static {
    /// The lines of a command have one of several names, see [`Step::named`](crate::Step::named).
    const NAMES: bool = true;
    /// A number that an answer brings stands in a later command, see [`Arg::Later`](crate::Arg::Later). Denied, the command
    /// ends as one that is too long.
    const LATER: bool = true;
    /// A record comes in pieces, see [`Block::piece`].
    const PIECES: bool = true;
    /// A command whose result has a name of its own has information under the command's name, too.
    const INFO_BESIDE_RESULT: bool = true;
    /// A result line may follow the `ERROR` of its command.
    const RESULT_BEHIND_ERROR: bool = true;
    /// A line can be the information of a command or the unsolicited line of the same name, and only the note of the step
    /// tells which, by [`Verdict::Wait`](crate::Verdict::Wait).
    const TOLD_BY_NOTE: bool = true;
    /// The result of a command whose call was dropped is of use, see [`Notes::owed`](crate::Notes::owed).
    const OWED_IS_TOLD: bool = true;
}

/// All of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AllForms {}

impl Forms for AllForms {}

/// Whether none of these patterns has a form that is denied.
pub(crate) const fn allows_blocks<F: Forms>(blocks: &[Block]) -> bool {
    let mut i = 0;
    while i < blocks.len() {
        if !F::PIECES && !matches!(blocks[i].part, Part::Whole) {
            return false;
        }
        i += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packed::allows_steps;
    use crate::{Step, step, table};

    enum Denied {}

    impl Forms for Denied {
        const NAMES: bool = false;
        const PIECES: bool = false;
        const INFO_BESIDE_RESULT: bool = false;
    }

    #[test]
    fn what_is_denied_is_found_wherever_it_stands() {
        const PLAIN: &[Step] = &[
            step("+QMTPUB=0,{a}|", 150).prompt().result(2, 400).when(1),
            step("+CPIN=\"{e}\"", 50).result(0, 50).named("+CPIN: READY"),
            step("+UDNSRN=0", 10).info().named("+UUDNSRN"),
        ];
        const SEVERAL: &[Step] = &[PLAIN[0], PLAIN[1], step("+UDNSRN=0", 10).info().named("+UDNSRN|+UUDNSRN")];
        const BESIDE: &[Step] = &[PLAIN[2], PLAIN[0], step("+USOCO=0", 10).info().result(1, 10).named("+UUSOCO")];
        for (table, is_allowed) in [(table![PLAIN], true), (table![SEVERAL], false), (table![BESIDE], false)] {
            assert_eq!((allows_steps::<Denied>(table), allows_steps::<AllForms>(table)), (is_allowed, true));
        }
        let pieces = [Block::whole(1, "+A: #,%,*"), Block::piece(1, Part::Start, "+B: #,%,%\n")];
        assert!(allows_blocks::<Denied>(&pieces[..1]) && allows_blocks::<AllForms>(&pieces));
        assert!(!allows_blocks::<Denied>(&pieces));
    }
}
