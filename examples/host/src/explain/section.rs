//! An operation as an explanation shows it.

use wanlink_at::driver::sockets::Hook;
use wanlink_at::driver::{Error, Family, Input, NO_ARGS, Operation, Times, flag};
use wanlink_at::tables::{Row, rows};
use wanlink_at::{Answer, FOREVER, Job};

use super::answers::{answers, waits};
use super::calls::Calls;
use super::fate::{Case, Fate, Follow, Hears, ends};
use super::template::{Value, fill};

/// An operation.
pub(crate) struct Section {
    pub(crate) name: String,
    pub(crate) steps: Vec<Step>,
    #[cfg(test)]
    pub(super) table: &'static [u8],
}

/// A step of it.
pub(crate) struct Step {
    pub(crate) number: usize,
    /// Nothing is sent where there is none.
    pub(crate) command: Option<String>,
    /// Without these features of a call it is left out.
    pub(crate) when: Option<String>,
    pub(crate) waits: Vec<String>,
    /// None: until something comes.
    pub(crate) bound_ms: Option<u32>,
    pub(crate) result_ms: Option<u32>,
    pub(crate) tries: u8,
    pub(crate) gap_ms: u32,
    /// What may follow where it only listens, when it begins or something came.
    pub(crate) begins: Option<Fate>,
    /// Where else its answer may lead by what it says.
    pub(crate) on_content: Option<Fate>,
    pub(crate) on_error: Option<Fate>,
    pub(crate) on_silence: Option<Fate>,
    pub(crate) chapter: Option<&'static str>,
    /// Where in its table it stands.
    #[cfg(test)]
    pub(super) row: usize,
}

/// An operation of a model, and how it is called.
pub(super) struct Shown<F: Family> {
    pub(super) name: String,
    pub(super) operation: &'static Operation<F>,
    pub(super) calls: Calls<F>,
    pub(super) hears: Hears,
    pub(super) times: &'static Times,
    /// Of a path with sockets.
    pub(super) hook: Option<&'static Hook<F>>,
}

/// A form of the operation: what one call makes of it.
struct Form {
    features: Vec<&'static str>,
    flags: u8,
    args: [Value; 9],
    /// The call has to do with it.
    is_looked_at: bool,
    /// Of each row: when it begins, and behind an error, silence, and an answer.
    fates: Vec<[Vec<String>; 4]>,
}

impl Form {
    fn has(&self, row: &Row) -> bool {
        row.when() & self.flags == row.when()
    }
}

impl<F: Family> Shown<F> {
    pub(super) fn section(&self) -> Section {
        let rows: Vec<Row> = rows(self.operation.table).collect();
        let forms = self.forms(&rows);
        let shown: Vec<usize> = (0..rows.len()).filter(|&at| forms.iter().any(|form| form.has(&rows[at]))).collect();
        let steps = shown.iter().zip(1..).map(|(&at, number)| self.step(&rows, at, number, &forms)).collect();
        Section {
            name: self.name.clone(),
            steps,
            #[cfg(test)]
            table: self.operation.table,
        }
    }

    fn forms(&self, rows: &[Row]) -> Vec<Form> {
        let mut forms = Vec::new();
        (self.calls)(&mut |features, input| forms.push(self.prepared(features, input)));
        // What is given to another part of the same method.
        if forms.iter().flatten().any(|form| form.is_looked_at) {
            forms.iter_mut().for_each(|form| drop(form.take_if(|form| !form.is_looked_at)));
        }
        let numbers = numbers(rows, |row| forms.iter().flatten().any(|form| form.has(row)));
        let mut at = 0;
        (self.calls)(&mut |_, input| {
            let (before, rest) = forms.split_at_mut(at);
            at += 1;
            let Some(Some(form)) = rest.first_mut() else { return };
            let fates = rows.iter().map(|row| {
                let is_new = !before.iter().flatten().any(|form| form.has(row));
                self.fates(row, is_new, input, &numbers)
            });
            form.fates = fates.collect();
        });
        forms.into_iter().flatten().collect()
    }

    fn case<'c>(&'c self, input: &'c Input<'c, 'c, F>) -> Case<'c, F> {
        Case { operation: self.operation, times: self.times, hook: self.hook, input, hears: self.hears }
    }

    fn prepared(&self, features: &[&'static str], input: &Input<'_, '_, F>) -> Option<Form> {
        self.case(input).prepared(|_, parts| {
            let args = parts.args.map(|arg| Value::of(&arg));
            let untouched = NO_ARGS.map(|arg| Value::of(&arg));
            let is_looked_at = args != untouched || parts.flags != self.operation.flags;
            Form { features: features.to_vec(), flags: parts.flags, args, is_looked_at, fates: Vec::new() }
        })
    }

    /// What its answers say is tried in the first form only that has the step.
    fn fates(&self, row: &Row, is_new: bool, input: &Input<'_, '_, F>, numbers: &[(u8, usize)]) -> [Vec<String>; 4] {
        let number = |note| numbers.iter().find(|(of, _)| *of == note).map(|(_, number)| *number);
        let (case, follow) = (self.case(input), Follow { row, number: &number });
        let behind = |answer, usual: Error<F>| {
            case.judge(row.note(), answer).into_iter().map(|judged| follow.failure(judged, usual)).collect()
        };
        let (refuses, silent) = errors(row);
        if !row.listens() {
            let contents = answers(row).into_iter().filter(|_| is_new).flat_map(|line| {
                let line = line.as_bytes();
                let answers = [Some(Answer::Info(line)), row.result().map(|_| Answer::Result(line))];
                answers.into_iter().flatten().flat_map(|answer| case.judge(row.note(), answer)).collect::<Vec<_>>()
            });
            let leads = contents.filter_map(|(verdict, _)| follow.content(verdict)).collect();
            return [Vec::new(), behind(Answer::Error(b""), refuses), behind(Answer::Silence, silent), leads];
        }
        let ticks: Vec<_> =
            case.judge(row.note(), Answer::Tick).into_iter().map(|judged| follow.tick(judged)).collect();
        let is_over = ticks.contains(&None) && self.bound_ms(row).is_some();
        let over = if is_over { behind(Answer::Silence, silent) } else { Vec::new() };
        [ticks.into_iter().flatten().collect(), Vec::new(), over, Vec::new()]
    }

    fn step(&self, rows: &[Row], at: usize, number: usize, forms: &[Form]) -> Step {
        let row = &rows[at];
        let having: Vec<_> = forms.iter().filter(|form| form.has(row)).collect();
        let command = (!row.listens()).then(|| fill(row.text(), having.iter().map(|form| &form.args)));
        let (refuses, silent) = errors::<F>(row);
        let fate = |which: usize, usual: Option<Error<F>>| {
            let texts = having.iter().flat_map(|form| form.fates[at][which].iter().cloned()).collect();
            Fate::of(texts, usual.map(ends).as_deref())
        };
        Step {
            number,
            when: condition(row, forms),
            waits: if row.listens() { Vec::new() } else { waits(row, F::DIALECT.prompt) },
            bound_ms: self.bound_ms(row),
            result_ms: row.result().filter(|_| row.is_answered_first()).map(|result| ms(result.bound_ds.into())),
            tries: row.retry().0,
            gap_ms: ms(row.retry().1.into()),
            begins: fate(0, None),
            on_content: fate(3, None),
            on_error: fate(1, Some(refuses)),
            on_silence: fate(2, command.is_some().then_some(silent)),
            chapter: Some(row.chapter()).filter(|chapter| !chapter.is_empty()),
            command,
            #[cfg(test)]
            row: at,
        }
    }

    /// The bound of a step, in milliseconds; none where it listens until something comes.
    fn bound_ms(&self, row: &Row) -> Option<u32> {
        if let Some(result) = row.result().filter(|_| !row.is_answered_first()) {
            return Some(ms(result.bound_ds.into()));
        }
        if row.bound_ds() != FOREVER || !row.listens() {
            return Some(ms(row.bound_ds().into()));
        }
        let pulse_ms = match self.operation.flags {
            flags if flags & Job::BRING_UP != 0 => Some(self.times.key_ms),
            flags if flags & flag::ANYWAY != 0 => Some(self.times.reset_ms),
            _ => None,
        };
        F::pause_ms(row.note()).map(u32::from).or(pulse_ms)
    }
}

/// Tables count in tenths of a second.
pub(super) const fn ms(ds: u32) -> u32 {
    100 * ds
}

/// What ends most operations at this step.
fn errors<F: Family>(row: &Row) -> (Error<F>, Error<F>) {
    (Error::Module { command: row.command().into(), code: None }, Error::Silent { command: row.command().into() })
}

/// The numbers of the steps by their notes, as [`Verdict::To`](wanlink_at::Verdict::To) finds them.
fn numbers(rows: &[Row], is_shown: impl Fn(&Row) -> bool) -> Vec<(u8, usize)> {
    let mut next = 1;
    let mut numbers = Vec::new();
    for row in rows {
        if row.note() != 0 {
            numbers.push((row.note(), next));
        }
        next += usize::from(is_shown(row));
    }
    numbers
}

/// What the calls have in common that have this step, and the others have not.
fn condition(row: &Row, forms: &[Form]) -> Option<String> {
    if forms.iter().all(|form| form.has(row)) {
        return None;
    }
    let mut features: Vec<_> = forms.iter().flat_map(|form| form.features.iter().copied()).collect();
    features.sort_unstable();
    features.dedup();
    let is_when = |wanted: &[&str]| {
        forms.iter().all(|form| wanted.iter().all(|feature| form.features.contains(feature)) == form.has(row))
    };
    let one = features.iter().find(|feature| is_when(&[feature])).map(|feature| (*feature).to_owned());
    one.or_else(|| {
        let pairs = features.iter().flat_map(|first| features.iter().map(move |second| [*first, *second]));
        pairs.into_iter().find(|pair| is_when(pair)).map(|[first, second]| format!("{first}, and {second}"))
    })
    .or_else(|| Some(UNNAMED.to_owned()))
}

/// A condition that no feature of a call tells.
pub(super) const UNNAMED: &str = "some calls";
