//! The firmware, and what is known of its revision.

use wanlink_core::Info;

use super::check::{Chart, Check, Subject};

/// Revisions of which others report that something is wrong, and what. None of it was seen here.
const REPORTED: &[(&str, &str)] = &[
    // quectel-at 12.
    ("BG96MAR02A07M1G_01.018", "a public driver reports that TLS fails with it"),
    // simcom-at 3.
    ("A7670M7_B01V01_240722", "a maker of boards reports that every TLS handshake fails with it"),
    ("23110B01", "a maker of boards reports that it cannot open the network"),
];

pub(super) fn tell(info: &Info, chart: &Chart<'_>) {
    chart.tell(judge(info.firmware()));
}

fn judge(revision: &str) -> Check {
    if revision.is_empty() {
        return Check::unknown(Subject::Firmware, "the module does not tell it", "look at the label, or ask its maker");
    }
    match REPORTED.iter().find(|(text, _)| revision.contains(text)) {
        Some((_, what)) => Check::warning(
            Subject::Firmware,
            revision,
            format!("{revision}: {what}"),
            "ask the module's maker for newer firmware, and try what you need with this one",
        ),
        None => Check::ok(Subject::Firmware, revision, format!("{revision}; nothing is known against it")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::check::Verdict;

    #[test]
    fn a_revision_is_quoted_and_one_that_others_warn_of_is_a_warning() {
        for (revision, verdict) in [
            ("BG95M3LAR02A03_01.200", Verdict::Ok),
            ("BG96MAR02A07M1G_01.018", Verdict::Warning),
            ("BG96MAR02A07M1G", Verdict::Ok),
            ("", Verdict::Unknown),
        ] {
            let check = judge(revision);
            assert!(check.verdict == verdict && check.detail.contains(revision), "{check:?}");
        }
        let longest = REPORTED.iter().map(|(text, _)| text.len()).max().unwrap();
        let info = Info::new(b"", &[b'x'; 40], b"", b"");
        assert!(longest <= info.firmware().len(), "a text is cut before it can be found");
    }
}
