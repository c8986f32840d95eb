//! Emulated modules that are well, and that are ill in one way each, on a clock of their own.

mod patient;

use serde_json::json;
use wanlink_emulator::{Emulator, Options, SplitMix64, Start};

use self::patient::Case;
use super::check::{Subject, Verdict};
use crate::exit::Exit;
use crate::models::MODELS;

#[test]
fn one_model_of_each_vendor_is_well() {
    for model in ["bg95", "ec200u", "sim7080", "sara-r5"] {
        let outcome = Case::of(model).look();
        assert_eq!((outcome.is_only(Subject::Port, Verdict::Ok).as_str(), outcome.exit), ("", Exit::Done), "{model}");
        assert_eq!(outcome.of(Subject::Context).value, "cmiot");
        assert_eq!(outcome.of(Subject::Registration).value, "home");
        assert_eq!(outcome.of(Subject::Sim).value, "89860320045510000017");
        assert!(outcome.took_s < 30, "{model} took {} s", outcome.took_s);
    }
}

#[test]
fn every_model_is_recognised_and_started_by_its_own_driver() {
    for module in MODELS {
        let outcome = Case::of(module.label()).look();
        assert_eq!(outcome.of(Subject::Start).value, module.label());
        // Where nothing says that names are compared, that is a warning.
        let is_stated = module.checks.contains("server name");
        let expected = if is_stated { Verdict::Ok } else { Verdict::Warning };
        outcome.is_only(Subject::Tls, expected);
        assert_eq!(outcome.exit, Exit::Done);
    }
}

/// Whatever the facts leave open is drawn: it is not taken for an illness, but for what a firmware lacks.
#[test]
fn doubtful_facts_are_no_illness() {
    for module in MODELS {
        for seed in 0..20 {
            let mut case = Case::of(module.label());
            case.options = Options { start: Start::Running, ..Options::drawn(&mut SplitMix64::new(seed)) };
            let lacks_names = !case.options.checkhost_known && module.tls_questions.names.is_some();
            let outcome = case.look();
            for check in &outcome.checks {
                let expected = lacks_names && check.subject == Subject::Tls;
                assert_eq!(check.verdict == Verdict::Failure, expected, "{module:?}, seed {seed}: {check:?}");
            }
            assert_eq!(outcome.of(Subject::Start).value, module.label());
        }
    }
}

#[test]
fn it_looks_and_does_not_touch_unless_an_access_point_is_named() {
    for module in MODELS {
        let outcome = Case { apn: None, ..Case::of(module.label()) }.look();
        assert_eq!(outcome.of(Subject::Registration).verdict, Verdict::Ok);
        let touching = ["+CGDCONT=", "+QICSGP=", "+CGAUTH=", "+CNCFG=", "+CFUN=", "+CPIN=", "+UPSD=", "+CGACT="];
        // A start may restart the module, once in its life.
        for line in outcome.sent.iter().filter(|line| !line.contains("+CFUN=1,1")) {
            assert!(!touching.iter().any(|command| line.contains(command)), "{module:?}: {line}");
        }
        let context = outcome.of(Subject::Context);
        assert!(matches!(context.verdict, Verdict::Ok | Verdict::Unknown), "{context:?}");
        assert_eq!(outcome.exit, Exit::Done);
    }
}

#[test]
fn a_card_that_is_not_there() {
    let mut case = Case::of("bg95");
    case.options.sim.inserted = false;
    let outcome = case.look();
    assert_eq!((outcome.kind(Subject::Sim).as_str(), outcome.exit), ("no_sim", Exit::Module));
    assert_eq!(outcome.of(Subject::Registration).verdict, Verdict::Unknown);
}

#[test]
fn a_card_that_wants_its_pin_gets_none() {
    for model in ["bg95", "a7670", "sim7080", "sara-r5"] {
        let mut case = Case::of(model);
        case.options.sim.pin = Some("4711".to_owned());
        let outcome = case.look();
        assert_eq!((outcome.kind(Subject::Sim).as_str(), outcome.exit), ("pin_needed", Exit::Module), "{model}");
        assert!(!outcome.sent.iter().any(|line| line.contains("+CPIN=")));
        assert!(!format!("{:?}", outcome.checks).contains("4711"));
    }
}

#[test]
fn a_rate_that_is_another_one() {
    let outcome = Case { answers_at: 9_600, ..Case::of("bg95") }.look();
    outcome.is_only(Subject::Rate, Verdict::Warning);
    let rate = outcome.of(Subject::Rate);
    assert_eq!(rate.value, 9_600);
    assert!(rate.change.as_ref().unwrap().contains("--baud 9600"), "{rate:?}");
    let given = Case { answers_at: 9_600, baud: 9_600, ..Case::of("bg95") }.look();
    given.is_only(Subject::Rate, Verdict::Ok);
}

#[test]
fn a_module_that_is_mute_and_one_at_a_rate_that_nobody_tries() {
    for wanted in [None, Some("bg95")] {
        let mute = Case { wanted, harm: |module| module.silence(1 << 40), ..Case::of("bg95") }.look();
        let noisy = Case { wanted, answers_at: 12_345, ..Case::of("bg95") }.look();
        for (outcome, words) in [(mute, "not one byte"), (noisy, "bytes come")] {
            assert_eq!((outcome.kind(Subject::Rate).as_str(), outcome.exit), ("no_answer", Exit::Module));
            assert!(outcome.of(Subject::Rate).change.as_ref().unwrap().contains(words));
            assert!(outcome.checks[2..].iter().all(|check| check.verdict == Verdict::Unknown));
            assert!(outcome.took_s < 120, "{} s", outcome.took_s);
        }
    }
}

/// A microcontroller that restarted in the middle of a publish, or a module that boots.
#[test]
fn a_module_that_is_found_by_the_drivers_patience_alone() {
    let harm: fn(&mut Emulator) = |module| module.silence(14_000_000);
    let outcome = Case { wanted: Some("bg95"), harm, ..Case::of("bg95") }.look();
    outcome.is_only(Subject::Rate, Verdict::Ok);
}

#[test]
fn a_network_that_denies() {
    for apn in [None, Some("cmiot")] {
        let outcome = Case { apn, harm: Emulator::deny, ..Case::of("bg95") }.look();
        assert_eq!((outcome.kind(Subject::Registration).as_str(), outcome.exit), ("denied", Exit::Module));
        let registration = outcome.of(Subject::Registration);
        assert_eq!(registration.value, "denied");
        assert!(registration.detail.contains("LTE: denied"), "{registration:?}");
        assert!(outcome.took_s < 150, "{} s", outcome.took_s);
    }
}

#[test]
fn a_network_that_is_not_there() {
    for apn in [None, Some("cmiot")] {
        let outcome = Case { apn, harm: Emulator::lose_network, ..Case::of("sim7080") }.look();
        assert_eq!((outcome.kind(Subject::Registration).as_str(), outcome.exit), ("no_network", Exit::Module));
        assert_eq!(outcome.of(Subject::Signal).verdict, Verdict::Warning);
        assert!((180..300).contains(&outcome.took_s), "{} s", outcome.took_s);
    }
}

#[test]
fn an_access_point_that_is_refused_is_not_the_registrations_fault() {
    let mut case = Case::of("bg95");
    case.options.accepted_apn = Some("iot.private".to_owned());
    let outcome = case.look();
    assert_eq!(outcome.is_only(Subject::Context, Verdict::Failure), "no_context");
    assert_eq!(outcome.exit, Exit::Module);
}

#[test]
fn a_roaming_module_is_well() {
    let mut case = Case::of("bg95");
    case.options.roaming = true;
    let outcome = case.look();
    outcome.is_only(Subject::Registration, Verdict::Ok);
    assert_eq!(outcome.of(Subject::Registration).value, "roaming");
}

#[test]
fn a_signal_that_is_poor() {
    for (edit, level) in [(("+CSQ: 24,99", "+CSQ: 3,99"), "RSSI -107 dBm"), ((",17,45", ",17,20"), "RSRP -121 dBm")] {
        let outcome = Case { edit: Some(edit), ..Case::of("bg95") }.look();
        outcome.is_only(Subject::Signal, Verdict::Warning);
        assert!(outcome.of(Subject::Signal).detail.contains(level), "{:?}", outcome.of(Subject::Signal));
        assert_eq!(outcome.exit, Exit::Done);
    }
}

#[test]
fn a_model_that_is_another_one() {
    let outcome = Case { wanted: Some("ec200u"), ..Case::of("bg95") }.look();
    assert_eq!(outcome.is_only(Subject::Model, Verdict::Failure), "wrong_module");
    let model = outcome.of(Subject::Model);
    assert!(model.change.as_ref().unwrap().contains("--module bg95"), "{model:?}");
    assert_eq!((outcome.of(Subject::Start).value.as_str(), outcome.exit), (Some("bg95"), Exit::Usage));
}

#[test]
fn a_model_that_nobody_knows() {
    let edit = Some(("BG95-M3", "BG951-M3"));
    let outcome = Case { edit, ..Case::of("bg95") }.look();
    assert_eq!((outcome.kind(Subject::Model).as_str(), outcome.exit), ("unknown_module", Exit::Usage));
    assert_eq!(outcome.of(Subject::Start).verdict, Verdict::Unknown);
    let given = Case { edit, wanted: Some("bg95"), ..Case::of("bg95") }.look();
    given.is_only(Subject::Model, Verdict::Warning);
}

#[test]
fn a_clock_that_nobody_set_and_one_that_is_wrong() {
    for model in ["bg95", "a7670", "sara-r5"] {
        let mut case = Case::of(model);
        case.options.nitz = false;
        let clock = case.look().of(Subject::Clock).clone();
        assert_eq!((clock.verdict, &clock.value), (Verdict::Warning, &json!(null)), "{model}: {clock:?}");
    }
    let wrong = Case { edit: Some(("+QLTS: \"2026/", "+QLTS: \"2027/")), ..Case::of("bg95") }.look();
    wrong.is_only(Subject::Clock, Verdict::Warning);
    assert!(wrong.of(Subject::Clock).detail.contains("8760 hours"), "{:?}", wrong.of(Subject::Clock));
}

#[test]
fn a_firmware_that_compares_no_names() {
    let mut case = Case::of("bg95");
    case.options.checkhost_known = false;
    let outcome = case.look();
    assert_eq!(outcome.is_only(Subject::Tls, Verdict::Failure), "no_host_check");
    assert_eq!(outcome.exit, Exit::Certificate);
}

#[test]
fn a_module_that_takes_too_long() {
    let limit = embassy_time::Duration::from_millis(2_500);
    let outcome = Case { limit, harm: Emulator::lose_network, ..Case::of("bg95") }.look();
    assert_eq!((outcome.kind(Subject::Registration).as_str(), outcome.exit), ("slow", Exit::Module));
    assert_eq!((outcome.of(Subject::Tls).verdict, outcome.took_s), (Verdict::Unknown, 2));
}

#[test]
fn flow_control_that_is_on() {
    let outcome = Case { edit: Some(("+IFC: 0,0", "+IFC: 2,2")), ..Case::of("bg95") }.look();
    outcome.is_only(Subject::Line, Verdict::Warning);
    assert_eq!(outcome.of(Subject::Line).value, json!({"echo": true, "rts_cts": true}));
}

#[test]
fn a_finding_is_one_object() {
    let event = Case::of("bg95").look().of(Subject::Rate).event();
    let detail = "the module answers at 115200 baud";
    let expected = json!({
        "event": "check", "check": "rate", "verdict": "ok", "value": 115_200, "detail": detail, "kind": null, "change": null,
    });
    assert_eq!(event, expected);
}

#[test]
fn each_check_has_its_row_in_the_docs() {
    let page = include_str!("../../../../docs/troubleshooting.md");
    let rows = page.split_once("| check |").unwrap().1.lines().filter_map(|line| line.strip_prefix("| `"));
    let names: Vec<_> = rows.filter_map(|row| row.split('`').next()).collect();
    assert_eq!(names, Subject::ALL.map(Subject::name));
}
