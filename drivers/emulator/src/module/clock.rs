//! Clock (3GPP TS 27.007; quectel-at 1.6; simcom-at 2.5).

use super::command::Form;
use super::dialect::Dialect;
use super::options::Options;
use super::reply::{Handled, Refused, line, ok};
use super::{Chapter, Module};

impl<D: Dialect> Module<D> {
    pub(crate) const CLOCK: Chapter<D> = &[("+CCLK", clock)];
    pub(crate) const ZONE_UPDATE: Chapter<D> = &[("+CTZU", zone_update)];
}

/// 1980-01-06, where a clock that was never set begins (LPWA and QC).
const NEVER_SET: i64 = 315_964_800;
pub(crate) const QUARTER_S: i64 = 900;

#[derive(Debug)]
pub(crate) struct Clock {
    pub(crate) utc_at_start: i64,
    pub(crate) zone: i8,
    /// UTC seconds at virtual time 0 and zone, as the module believes.
    pub(crate) set: Option<(i64, i8)>,
    /// UTC of the last NITZ.
    pub(crate) synchronised: Option<i64>,
    /// `AT+CTZU`, kept in NV.
    pub(crate) zone_update: u8,
    pub(crate) asking: bool,
}

impl Clock {
    pub(crate) const fn new(options: &Options, zone_update: u8) -> Self {
        let utc_at_start = options.utc_at_start as i64;
        Self { utc_at_start, zone: options.time_zone, set: None, synchronised: None, zone_update, asking: false }
    }

    /// Without power the clock stops.
    pub(crate) const fn power_lost(&mut self) {
        self.set = None;
    }
}

/// Year, month, day, hour, minute, second of seconds since 1970.
fn civil(seconds: i64) -> (i64, i64, i64, i64, i64, i64) {
    // Days to date after Howard Hinnant's `civil_from_days`, with years that begin in March.
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day, rest / 3600, rest / 60 % 60, rest % 60)
}

/// Days since 1970 of a date.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// `yy/MM/dd,hh:mm:ss±zz`
fn short(seconds: i64, zone: i8) -> String {
    let (year, month, day, hour, minute, second) = civil(seconds);
    format!("{:02}/{month:02}/{day:02},{hour:02}:{minute:02}:{second:02}{zone:+03}", year % 100)
}

/// `yyyy/MM/dd,hh:mm:ss±zz`
pub(crate) fn long(seconds: i64, zone: i8) -> String {
    format!("{:02}{}", civil(seconds).0 / 100, short(seconds, zone))
}

/// Local seconds and zone of `yy/MM/dd,hh:mm:ss±zz`.
fn parse(text: &[u8]) -> Option<(i64, i8)> {
    let text = std::str::from_utf8(text).ok().filter(|text| text.len() == 20 && text.is_ascii())?;
    let marks: String = text.chars().filter(|character| !character.is_ascii_digit()).collect();
    let sign = match marks.strip_prefix("//,::")? {
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let field = |index: usize| text[index * 3..index * 3 + 2].parse::<i64>().ok();
    let (year, month, day) = (field(0)? + 2000, field(1)?, field(2)?);
    let (hour, minute, second, zone) = (field(3)?, field(4)?, field(5)?, field(6)?);
    let valid = (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second < 60;
    let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    (valid && zone <= 96).then_some((seconds, (zone * sign) as i8))
}

fn clock<D: Dialect>(module: &mut Module<D>, form: &Form) -> Handled<D> {
    match form {
        Form::Test => ok(),
        Form::Read => {
            let (utc, zone) = module.clock_reads();
            line(format!("+CCLK: \"{}\"", short(utc + i64::from(zone) * QUARTER_S, zone)))
        }
        Form::Write(parameters) => {
            parameters.at_most(1)?;
            let (local, zone) = parse(parameters.need_text(0, 20)?).ok_or(Refused::Error)?;
            module.clock.set = Some((local - i64::from(zone) * QUARTER_S - module.elapsed_s(), zone));
            ok()
        }
        Form::Execute => Err(Refused::Error),
    }
}

fn zone_update<D: Dialect>(module: &mut Module<D>, form: &Form) -> Handled<D> {
    match form {
        Form::Test => {
            let modes: Vec<_> = D::ZONE_MODES.iter().map(u8::to_string).collect();
            line(format!("+CTZU: ({})", modes.join(",")))
        }
        Form::Read => line(format!("+CTZU: {}", module.clock.zone_update)),
        Form::Write(parameters) => {
            parameters.at_most(1)?;
            let mode = parameters.need(0, 0, 255)? as u8;
            if !D::ZONE_MODES.contains(&mode) {
                return Err(Refused::Error);
            }
            module.clock.zone_update = mode;
            ok()
        }
        Form::Execute => Err(Refused::Error),
    }
}

impl<D: Dialect> Module<D> {
    fn elapsed_s(&self) -> i64 {
        (self.now_us / 1_000_000) as i64
    }

    pub(crate) fn utc(&self) -> i64 {
        self.clock.utc_at_start + self.elapsed_s()
    }

    /// UTC and zone as the module believes.
    fn clock_reads(&self) -> (i64, i8) {
        let (start, zone) = self.clock.set.unwrap_or((NEVER_SET, 0));
        (start + self.elapsed_s(), zone)
    }

    /// The same UTC for those who look at dates.
    pub(crate) fn clock_s(&self) -> u64 {
        self.clock_reads().0.unsigned_abs()
    }

    /// NITZ, on registration. It sets the clock only where `AT+CTZU` says so.
    pub(crate) fn time_from_network(&mut self) {
        if self.options.nitz {
            self.clock.synchronised = Some(self.utc());
            if self.clock.zone_update > 0 {
                self.clock.set = Some((self.clock.utc_at_start, self.clock.zone));
            }
        }
    }

    /// A restart ends what was asked; the clock itself goes on.
    pub(crate) const fn clock_restarted(&mut self) {
        self.clock.asking = false;
        self.clock.synchronised = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_go_there_and_back() {
        assert_eq!(short(NEVER_SET, 0), "80/01/06,00:00:00+00");
        assert_eq!(long(1_767_225_600, 32), "2026/01/01,00:00:00+32");
        assert_eq!(short(1_709_164_799, -8), "24/02/28,23:59:59-08");
        assert_eq!(short(1_709_164_800, 0), "24/02/29,00:00:00+00");
        for text in ["24/02/29,12:34:56+32", "26/12/31,23:59:59-20", "00/03/01,00:00:00+00"] {
            let (seconds, zone) = parse(text.as_bytes()).unwrap();
            assert_eq!(short(seconds, zone), text);
        }
        for bad in ["24/13/01,00:00:00+00", "24/01/01,24:00:00+00", "24/01/01 00:00:00+00", "24/01/01,00:00:00", ""] {
            assert_eq!(parse(bad.as_bytes()), None, "{bad}");
        }
    }
}
