//! Which model it is, by what it says of itself.

use super::answers::{Fault, failure, silence};
use super::check::{Chart, Check, Subject};
use super::examine::Stop;
use super::question::{Said, ask};
use crate::board::Board;
use crate::cure;
use crate::failure::Failure;
use crate::models::{MODELS, Module};

/// Asks the module, compares it with what it should be, and says whose driver to take.
pub(super) async fn recognise(board: &mut Board, wanted: Option<Module>, chart: &Chart<'_>) -> Result<Module, Stop> {
    let said = ask(board, "+CGMM").await;
    if let Some(fault @ (Fault::Port(_) | Fault::PortStuck)) = silence(&said) {
        chart.tell(Check::failure(Subject::Model, (), failure(fault)));
        return Err(Stop("the port failed"));
    }
    let text = name(&said);
    let (check, module) = judge(text.as_deref(), wanted);
    chart.tell(check);
    module.ok_or(Stop("no driver is known for the module"))
}

/// The line that is its name: neither an echo nor a line that came unasked.
fn name(said: &Said) -> Option<String> {
    let Said::Lines(lines) = said else { return None };
    let mut texts = lines.iter().map(|line| String::from_utf8_lossy(line).trim().to_owned());
    texts.find_map(|text| match text.strip_prefix("+CGMM:") {
        Some(name) => Some(name.trim().trim_matches('"').to_owned()),
        None if text.starts_with(['+', '*']) || text.starts_with("AT") => None,
        None => Some(text),
    })
}

fn judge(text: Option<&str>, wanted: Option<Module>) -> (Check, Option<Module>) {
    let known = text.and_then(of);
    let is = |text: &str, module: Module| format!("{text}; its driver is that for {}", module.label());
    let check = match (text, known, wanted) {
        (Some(text), Some(known), None) => Check::ok(Subject::Model, text, is(text, known)),
        (Some(text), Some(known), Some(wanted)) if known == wanted => Check::ok(Subject::Model, text, is(text, known)),
        (Some(text), Some(known), Some(wanted)) => {
            let message = format!("the module is a {text}, and --module says {}", wanted.label());
            let advice = format!("give --module {}; what follows is found with its driver", known.label());
            Check::failure(Subject::Model, text, Failure::new(message, cure::WRONG_MODULE).advise(advice))
        }
        (Some(text), None, Some(wanted)) => Check::warning(
            Subject::Model,
            text,
            format!(
                "{text} is no model that is known here; what follows is found with the driver for {}",
                wanted.label()
            ),
            "have the model added, as docs/add-a-model.md says, before it goes into the field",
        ),
        (Some(text), None, None) => {
            let message = format!("{text} is no model that is known here");
            Check::failure(Subject::Model, text, Failure::new(message, cure::UNKNOWN_MODULE))
        }
        (None, _, Some(wanted)) => Check::unknown(
            Subject::Model,
            format!("the module does not tell its model; what follows is found with the driver for {}", wanted.label()),
            "compare --module with the label",
        ),
        (None, _, None) => {
            let failure = Failure::new("the module does not tell its model", cure::UNKNOWN_MODULE);
            let advice = "give --module, by the number on its label; `wanlink doctor --help` lists all".to_owned();
            Check::failure(Subject::Model, (), failure.advise(advice))
        }
    };
    (check, known.or(wanted))
}

/// The model of what a module calls itself: the longest name that it begins with. A name that ends in a number of several
/// digits is that number: `..95` is not `..951`; a series such as `..-R5` has members.
fn of(text: &str) -> Option<Module> {
    let upper = text.to_ascii_uppercase();
    let text = upper.strip_prefix("SIMCOM_").unwrap_or(&upper);
    let is_it = |name: &str| {
        let digits = name.bytes().rev().take_while(u8::is_ascii_digit).count();
        text.strip_prefix(name).is_some_and(|rest| digits < 2 || !rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    let names = MODELS.iter().flat_map(|&module| {
        [module.name].into_iter().chain(module.also.iter().copied()).map(move |name| (name, module))
    });
    names.filter(|(name, _)| is_it(name)).max_by_key(|(name, _)| name.len()).map(|(_, module)| module)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::check::Verdict;

    #[test]
    fn every_model_is_known_by_what_it_calls_itself() {
        for &module in MODELS {
            assert_eq!(of(module.profile().model), Some(module), "{}", module.profile().model);
            for label in module.also {
                assert_eq!(of(label), Some(module));
            }
        }
    }

    #[test]
    fn what_only_begins_alike_is_another_one() {
        for text in ["BG951A-GL", "EC200A", "EG916Q", "SARA-R412M", "SIM70801", "EC251", "", "+CGMM"] {
            assert_eq!(of(text), None, "{text}");
        }
        assert_eq!(of("SARA-R510S-01B").map(Module::label), Some("sara-r5"));
        assert_eq!(of("EG915UEU").map(Module::label), Some("ec200u"));
        assert_eq!(of("SARA-R410M-03B-00").map(Module::label), Some("sara-r410m-03b"));
    }

    #[test]
    fn a_name_is_found_among_other_lines() {
        let lines = |lines: &[&str]| Said::Lines(lines.iter().map(|line| line.as_bytes().to_vec()).collect());
        assert_eq!(name(&lines(&["+CPIN: READY", "A7670E-FASE"])).as_deref(), Some("A7670E-FASE"));
        assert_eq!(name(&lines(&["AT+CGMM", "+CGMM: \"EC25\""])).as_deref(), Some("EC25"));
        assert_eq!((name(&lines(&["+QIND: SMS DONE"])), name(&Said::Refused(None))), (None, None));
    }

    #[test]
    fn a_model_that_nobody_knows_is_not_guessed_at() {
        let (check, module) = judge(Some("EG916Q"), None);
        assert_eq!((check.verdict, module), (Verdict::Failure, None));
        assert!(check.change.unwrap().contains("docs/add-a-model.md"));
        let bg95 = of("BG95-M3");
        let (check, module) = judge(Some("EG916Q"), bg95);
        assert_eq!((check.verdict, module), (Verdict::Warning, bg95));
        let (check, module) = judge(None, None);
        assert_eq!((check.verdict, module), (Verdict::Failure, None));
        let (check, module) = judge(None, bg95);
        assert_eq!((check.verdict, module), (Verdict::Unknown, bg95));
    }
}
