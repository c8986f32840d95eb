//! What a test does to the HTTPS side and to dynamic registration.

use super::Platform;
use crate::fault::Every;

/// Faults of HTTPS and of dynamic registration. Counts run over all devices together; a later call replaces an earlier
/// one of the same verb. An answer is cut with [`cut`](Self::cut).
impl Platform {
    /// Every token that was handed out is expired: code 20001.
    pub fn expire_tokens(&mut self, now: u64) {
        self.poll(now);
        self.tokens.expire_all();
    }

    /// Every token that was handed out is unknown: code 20003.
    pub fn forget_tokens(&mut self, now: u64) {
        self.poll(now);
        self.tokens.forget_all();
    }

    /// Expires a token behind so many messages. 0 is off; a token that is expired stays it.
    pub fn limit_token_posts(&mut self, most: u32) {
        self.faults.http.token_posts = most;
    }

    /// Answers the next `count` requests with this HTTP status and a page, and does not look at them.
    pub fn fail_requests(&mut self, status: u16, count: u32) {
        self.faults.http.fail = Some((status, count));
    }

    /// Answers the next `count` requests with this code of the platform, such as 10000, 20004, 40000 or 429, and does not
    /// look at them.
    pub fn refuse_requests(&mut self, code: u16, count: u32) {
        self.faults.http.refuse = Some((code, count));
    }

    /// Does what the `nth` request from now on asks for (1 is the next one) and closes in place of its answer. 0 is off.
    pub fn close_before_answer(&mut self, nth: u32) {
        self.faults.http.close_in = nth;
    }

    /// Holds each HTTP answer back; what was asked for is done. 0 is off, for the answers to come.
    pub fn delay_answers(&mut self, delay_us: u64) {
        self.faults.http.answer_delay_us = delay_us;
    }

    /// Throttles the next `count` dynamic registrations: code 429 over HTTPS, CONNACK 3 over MQTT.
    pub fn throttle_registrations(&mut self, count: u32) {
        self.faults.http.throttle = count;
    }

    /// Registers every `nth` device without telling it the secret: over HTTPS the connection is closed in place of the
    /// answer, over MQTT the message is not sent. 0 is off.
    pub fn lose_secrets(&mut self, nth: u32) {
        self.faults.http.lose_secrets = Every::of(nth);
    }

    /// Sends every `nth` message with a secret twice, over MQTT. 0 is off.
    pub fn duplicate_secrets(&mut self, nth: u32) {
        self.faults.http.double_secrets = Every::of(nth);
    }
}
