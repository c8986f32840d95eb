//! What the stand-in saw, as lines for a human. No line shows what a login carries.

use wanlink_platform::{Direction, Entry, Finding, Handshake, PacketType, Record};

/// All of the record, in the order of time.
pub(super) fn lines(record: &Record) -> Vec<String> {
    let entries = record.entries().iter().map(|entry| (entry.at, packet(entry)));
    let findings = record.findings().iter().map(|finding| (finding.at, decision(finding)));
    let handshakes = record.handshakes().iter().map(|handshake| (handshake.at, tls(handshake)));
    let mut lines: Vec<_> = handshakes.chain(entries).chain(findings).collect();
    // Stable: what happened at one time stays in its order.
    lines.sort_by_key(|line| line.0);
    lines.into_iter().map(|(at, text)| format!("{:>5}.{:03} s  {text}", at / 1_000_000, at / 1_000 % 1_000)).collect()
}

fn packet(entry: &Entry) -> String {
    let arrow = if entry.direction == Direction::Up { "->" } else { "<-" };
    let device = entry.device.as_ref().map_or_else(|| "?".to_owned(), ToString::to_string);
    let kind = entry.packet_type().map_or_else(|| "malformed".to_owned(), |kind| format!("{kind:?}").to_uppercase());
    let mut text = format!("{arrow} {device}  {kind}");
    if let Some(what) = what(entry) {
        text += &format!(" {what}");
    }
    if entry.is_message() {
        text += &format!(": {}", payload(entry));
    }
    if !entry.accepted {
        text += " (not acted on)";
    }
    text
}

/// What the packet is about: a path or a topic, or how an answer turned out.
fn what(entry: &Entry) -> Option<String> {
    let summary = entry.summary.as_ref()?;
    match summary.packet_type {
        PacketType::Connect => auth_type(&entry.raw).map(|auth| format!("authType={auth}")),
        PacketType::Response => {
            let status = summary.status?;
            Some(summary.code.map_or_else(|| status.to_string(), |code| format!("{status}, code {code}")))
        }
        _ => summary.path.clone().or_else(|| summary.topic.clone()),
    }
}

/// How a CONNECT asks for a registration, or comes from one: it stands in the client id.
fn auth_type(raw: &[u8]) -> Option<String> {
    const NAME: &[u8] = b"authType=";
    let at = raw.windows(NAME.len()).position(|part| part == NAME)? + NAME.len();
    Some(raw[at..].iter().take_while(|byte| byte.is_ascii_alphabetic()).map(|&byte| char::from(byte)).collect())
}

/// What a registration gives is a secret.
fn payload(entry: &Entry) -> String {
    if entry.topic().is_some_and(|topic| topic.starts_with("/ext/reg")) {
        return "***".to_owned();
    }
    String::from_utf8_lossy(entry.payload()).escape_debug().to_string()
}

fn decision(finding: &Finding) -> String {
    let device = finding.device.as_ref().map_or_else(|| "?".to_owned(), ToString::to_string);
    format!("!  {device}  {}: {}", format!("{:?}", finding.judgement).to_lowercase(), finding.reason)
}

fn tls(handshake: &Handshake) -> String {
    let name = handshake.server_name.as_deref().unwrap_or("no server name");
    match &handshake.failure {
        None => format!("!  TLS for {name}"),
        Some(failure) => format!("!  TLS for {name} failed: {failure}"),
    }
}
