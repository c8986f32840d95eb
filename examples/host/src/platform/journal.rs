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
    if let Some(topic) = entry.topic() {
        text += &format!(" {topic}");
    }
    if entry.packet_type() == Some(PacketType::Publish) {
        text += &format!(": {}", String::from_utf8_lossy(entry.payload()).escape_debug());
    }
    if !entry.accepted {
        text += " (not acted on)";
    }
    text
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
