//! Readings of the machine that the program runs on, so that what is published is real.

use std::fs;

/// One set of readings. What this system does not tell is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Readings {
    /// Load average of the last minute, in hundredths.
    pub load_centi: Option<u32>,
    /// Seconds since the machine was started.
    pub uptime_s: Option<u64>,
    /// Memory that is free for programs, in KiB.
    pub memory_kib: Option<u64>,
}

impl Readings {
    /// Reads them now.
    #[must_use]
    pub fn now() -> Self {
        let read = |path| fs::read_to_string(path).unwrap_or_default();
        Self {
            load_centi: centi(&read("/proc/loadavg")),
            uptime_s: read("/proc/uptime").split('.').next().and_then(|s| s.parse().ok()),
            memory_kib: available(&read("/proc/meminfo")),
        }
    }

    /// As a JSON object; unknown values are `null`.
    #[must_use]
    pub fn to_json(&self, seq: u32) -> String {
        let load = self.load_centi.map(|centi| f64::from(centi) / 100.0);
        serde_json::json!({"seq": seq, "load": load, "uptime_s": self.uptime_s, "memory_kib": self.memory_kib})
            .to_string()
    }
}

/// `0.52 0.48 ..` is 52.
fn centi(text: &str) -> Option<u32> {
    let (whole, part) = text.split_whitespace().next()?.split_once('.')?;
    Some(whole.parse::<u32>().ok()? * 100 + part.get(..2)?.parse::<u32>().ok()?)
}

fn available(text: &str) -> Option<u64> {
    let line = text.lines().find(|line| line.starts_with("MemAvailable:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_proc_are_read() {
        assert_eq!(centi("12.05 0.48 0.40 1/200 4\n"), Some(1205));
        assert_eq!(centi(""), None);
        assert_eq!(available("MemTotal: 9 kB\nMemAvailable:   123 kB\n"), Some(123));
    }

    #[test]
    fn what_is_unknown_is_null() {
        let json = Readings::default().to_json(7);
        assert_eq!(json, r#"{"load":null,"memory_kib":null,"seq":7,"uptime_s":null}"#);
    }
}
