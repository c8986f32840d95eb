//! What TLS needs of model and firmware, as far as it can be seen without a connection.

use wanlink_at::int;

use super::answers::{Fault, failure};
use super::check::{Chart, Check, Subject};
use super::question::{Said, ask};
use crate::board::Board;
use crate::models::Module;

/// A root certificate in PEM, with room for the next one.
const ROOM: i32 = 8 * 1024;

pub(super) async fn tell(board: &mut Board, module: Module, chart: &Chart<'_>) {
    let questions = module.tls_questions;
    let mut answers = [const { None }; 2];
    for (question, answer) in [questions.names, questions.files].into_iter().zip(&mut answers) {
        if let Some(question) = question {
            *answer = Some(ask(board, question).await);
        }
    }
    let [names, files] = &answers;
    chart.tell(judge(module, names.as_ref(), files.as_ref()));
}

/// `names` and `files` are the answers to the questions of the family, where it has them.
fn judge(module: Module, names: Option<&Said>, files: Option<&Said>) -> Check {
    let checks = module.checks;
    match (names, files) {
        (Some(Said::Refused(_)), _) => return Check::failure(Subject::Tls, checks, failure(Fault::NoHostCheck)),
        (Some(Said::Lines(_)) | None, Some(Said::Lines(_)) | None) => {}
        (_, Some(Said::Refused(_))) => {
            return Check::warning(
                Subject::Tls,
                checks,
                "the firmware does not tell which files it has: a root may find no place there",
                "connect once with TLS, and ask the module's maker for newer firmware where that ends with no_root",
            );
        }
        _ => {
            let detail = format!("checked by this model: {checks}; the firmware did not answer");
            return Check::unknown(Subject::Tls, detail, "look once more");
        }
    }
    let lines = match files {
        Some(Said::Lines(lines)) => &lines[..],
        _ => &[],
    };
    if let Some(room) = lines.first().and_then(|line| int(line, 0)).filter(|&room| room < ROOM && lines.len() == 1) {
        return Check::warning(
            Subject::Tls,
            checks,
            format!("{room} bytes are left for files, which a root and the next one may not fit into"),
            "delete files of other programs from the module",
        );
    }
    // What is not stated is listed behind it, in other words.
    if checks.contains("server name") {
        return Check::ok(Subject::Tls, checks, format!("a root is loaded on the first connection; checked: {checks}"));
    }
    Check::warning(
        Subject::Tls,
        checks,
        format!("a root is loaded on the first connection; checked: {checks}"),
        "trust a root that signs nobody else's servers, or take a model that is known to compare names (docs/tls.md)",
    )
}
