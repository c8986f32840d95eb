//! The clock: the network sets it (NITZ), or a time server (NTP).

use core::time::Duration;

use wanlink_at::driver::{Family, clock};
use wanlink_at::{Answer, Step, Verdict, step, table};

use crate::Operation;

/// `AT+QLTS=1` gives the present time in GMT, or an empty text before the network has told it.
const CLOCK_STEPS: &[Step] = &[step("+QLTS=1", 3).info().note(1).retry(2, 3).at("AT 9.5")];
pub(crate) const fn clock<F: Family>() -> Operation<F> {
    Operation::question(table![CLOCK_STEPS])
}

/// A time server of those who run the platform.
pub(super) const ASK_SERVER: &str = "+QNTP=1,\"ntp.aliyun.com\"";

/// A network that tells no time leaves the clock as it is: then it may have been set by a time server earlier, or is now.
///
/// The time in the server's answer is not taken: an EG800K tells UTC there as if it were local time (quectel-at 1.6).
const SERVER_STEPS: &[Step] = &[
    step("+QLTS=1", 3).info().note(1).retry(2, 3).at("AT 9.5"),
    step("+CCLK?", 3).info().note(1).retry(2, 3).at("quectel-at 1.6"),
    step(ASK_SERVER, 10).result(0, 1250).ignore().at("quectel-at 1.6"),
    step("+CCLK?", 3).info().note(1).retry(2, 3).at("quectel-at 1.6"),
];
pub(crate) const fn clock_or_server<F: Family>() -> Operation<F> {
    Operation::question(table![SERVER_STEPS])
}

/// Takes the time from the first that knows it.
pub(crate) fn take_first(time: &mut Option<Duration>, answer: Answer<'_>) -> Verdict {
    let Answer::Info(line) = answer else { return Verdict::Default };
    let verdict = match line.starts_with(b"+CCLK") {
        true => clock::take_local(time, answer),
        false => clock::take(time, answer),
    };
    if time.is_some() { Verdict::Done } else { verdict }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_that_knows_the_time_tells_it() {
        const NOW: Option<Duration> = Some(Duration::from_secs(1_795_378_507));
        for (line, verdict, expected) in [
            (&b"+QLTS: \"2026/11/22,20:15:07+32,0\""[..], Verdict::Done, NOW),
            (b"+CCLK: \"26/11/23,04:15:07+32\"", Verdict::Done, NOW),
            (b"+QLTS: \"\"", Verdict::Default, None),
            (b"+CCLK: \"80/01/06,00:00:41+00\"", Verdict::Default, None),
            (b"+CCLK: \"70/01/01,00:00:41+32\"", Verdict::Default, None),
        ] {
            let mut time = None;
            assert_eq!((take_first(&mut time, Answer::Info(line)), time), (verdict, expected), "{line:?}");
        }
    }
}
