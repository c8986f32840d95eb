//! The strength of the signal.

use serde_json::Value;

use super::check::{Chart, Check, Subject};
use super::driven::Measured;
use super::network::Found;

/// Below it messages get lost and power is wasted. 3GPP gives the units, the bounds are rules of thumb.
const POOR_RSSI_DBM: i32 = -95;
const POOR_RSRP_DBM: i32 = -110;
const POOR_RSRQ_DB: i32 = -15;

pub(super) fn tell(found: &Found, measured: &Measured, chart: &Chart<'_>) {
    chart.tell(match &measured.signal {
        Ok(signal) => judge(signal.rssi_dbm.map(i32::from), found.rsrp_dbm, found.rsrq_db),
        Err(failure) => Check::failure(Subject::Signal, (), failure.clone()),
    });
}

fn judge(rssi_dbm: Option<i32>, rsrp_dbm: Option<i32>, rsrq_db: Option<i32>) -> Check {
    let all = [("RSSI", rssi_dbm, "dBm"), ("RSRP", rsrp_dbm, "dBm"), ("RSRQ", rsrq_db, "dB")];
    let told = all.iter().filter_map(|(name, level, unit)| level.map(|level| format!("{name} {level} {unit}")));
    let told: Vec<_> = told.collect();
    let told = told.join(", ");
    let value = rssi_dbm.map_or(Value::Null, Value::from);
    let is_poor = |level: Option<i32>, bound: i32| level.is_some_and(|level| level <= bound);
    if told.is_empty() {
        return Check::warning(
            Subject::Signal,
            value,
            "the module measures none: it is in no network",
            "check the antenna and its plug, and the bands that the module may use",
        );
    }
    if is_poor(rssi_dbm, POOR_RSSI_DBM) || is_poor(rsrp_dbm, POOR_RSRP_DBM) || is_poor(rsrq_db, POOR_RSRQ_DB) {
        let detail = format!(
            "{told}: poor, from RSSI {POOR_RSSI_DBM} dBm, RSRP {POOR_RSRP_DBM} dBm or RSRQ {POOR_RSRQ_DB} dB downwards"
        );
        return Check::warning(
            Subject::Signal,
            value,
            detail,
            "move or change the antenna, away from metal and the board",
        );
    }
    Check::ok(Subject::Signal, value, told)
}
