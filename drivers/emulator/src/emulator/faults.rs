//! The fault verbs. Faults of the port (split reads, overrun, framing error, hang-up) are verbs of
//! [`Wire`](crate::Wire).

use super::Emulator;
use crate::engine::internet::OpenFailure;

/// Power.
impl Emulator {
    /// The module restarts by itself, without a word before its boot lines.
    pub fn reset(&mut self) {
        self.note("reset");
        self.module.reset();
    }

    /// The module hangs: deaf and dumb, and STATUS stays high. Its key does nothing; its reset line restarts it, the key held
    /// long where that is its reset, or a breakdown of the supply. One that is not on does not hang.
    pub fn hang(&mut self) {
        self.note("hang");
        self.module.hang();
    }

    /// The supply breaks down: silence at once, and a boot after `off_us`. The clock forgets its time.
    pub fn brown_out(&mut self, off_us: u64) {
        self.note("brown_out");
        self.module.brown_out(off_us);
    }

    /// The module goes to its deepest sleep: its last line, where it has one, then silence until the key.
    pub fn enter_psm(&mut self) {
        self.note("enter_psm");
        self.module.enter_psm();
    }
}

/// Lines.
impl Emulator {
    /// The next `bytes` bytes to the host are noise.
    pub fn garble(&mut self, bytes: usize) {
        self.note("garble");
        self.module.output().garble(bytes);
    }

    /// Everything to the host is noise for so long.
    pub fn garble_for(&mut self, us: u64) {
        self.note("garble_for");
        let until = self.module.now_us() + us;
        self.module.output().garble_until(until);
    }

    /// The next line with this text in it is lost.
    pub fn drop_line(&mut self, containing: &str) {
        self.note(format!("drop_line {containing}"));
        self.module.output().drop_containing(containing);
    }

    /// The `n`-th line from now is lost; 1 is the next.
    pub fn drop_nth_line(&mut self, n: u64) {
        self.note("drop_nth_line");
        self.module.output().drop_nth(n);
    }

    /// The next line with this text in it comes twice.
    pub fn duplicate_line(&mut self, containing: &str) {
        self.note(format!("duplicate_line {containing}"));
        self.module.output().duplicate_containing(containing);
    }

    /// The next final (`OK`, `ERROR`, `+CME ERROR`) is lost.
    pub fn lose_final(&mut self) {
        self.note("lose_final");
        self.module.output().lose_final();
    }

    /// The next prompt comes so much later; until then the module does not listen.
    pub fn delay_prompt(&mut self, us: u64) {
        self.note("delay_prompt");
        self.module.delay_prompt(us);
    }

    /// The next prompt is lost: the module waits for data, and the host does not know.
    pub fn lose_prompt(&mut self) {
        self.note("lose_prompt");
        self.module.output().lose_prompt();
    }

    /// A foreign line at every `every`-th line boundary, also inside answers; 0 ends it.
    pub fn urc_between(&mut self, every: u64, line: &str) {
        self.note("urc_between");
        self.module.output().urc_between(every, line);
    }

    /// The module neither hears nor says anything for so long. What it would have said is lost.
    pub fn silence(&mut self, us: u64) {
        self.note("silence");
        let until = self.module.now_us() + us;
        self.module.output().silence_until(until);
    }

    /// The next line with counted bytes stops in the middle of them.
    pub fn starve_block(&mut self) {
        self.note("starve_block");
        self.module.output().starve_block();
    }
}

/// The end of faults.
impl Emulator {
    /// Noise, silence and foreign lines end, and no fault happens any more that was ordered and still waits for its
    /// occasion. Card, network and power stay as they are.
    pub fn call_off(&mut self) {
        self.note("call_off");
        self.module.call_off();
    }
}

/// Card and network.
impl Emulator {
    /// The card is taken out: registration and contexts are lost.
    pub fn sim_out(&mut self) {
        self.note("sim_out");
        self.module.set_sim(false);
    }

    /// The card is put in again.
    pub fn sim_in(&mut self) {
        self.note("sim_in");
        self.module.set_sim(true);
    }

    /// No network in reach: registration is lost, contexts stay, and no data passes until
    /// [`restore_network`](Self::restore_network).
    pub fn lose_network(&mut self) {
        self.note("lose_network");
        self.module.set_coverage(false);
    }

    /// The network is in reach again, and what waited passes.
    pub fn restore_network(&mut self) {
        self.note("restore_network");
        self.module.set_coverage(true);
    }

    /// The network throws this subscriber out and refuses it (stat 3): contexts are lost.
    pub fn deny(&mut self) {
        self.note("deny");
        self.module.set_denied(true);
    }

    /// The network accepts this subscriber again.
    pub fn admit(&mut self) {
        self.note("admit");
        self.module.set_denied(false);
    }

    /// The network takes a data context away: the line that tells of it, and everything on it is dead. On family 2 of
    /// SIMCom context n is application network n - 1.
    pub fn lose_context(&mut self, id: usize) {
        self.note("lose_context");
        self.module.take_context(id);
    }

    /// The context dies without a word: the module still calls it active, and no data passes until it is deactivated
    /// ("QIACT? can lie", quectel-at 1.5).
    pub fn context_lies(&mut self, id: usize) {
        self.note("context_lies");
        self.module.kill_context(id);
    }

    /// The next time server fails with this code of the TCP/IP table.
    pub fn time_server_fails(&mut self, code: u16) {
        self.note("time_server_fails");
        self.module.fail_time_server(code);
    }
}

/// Internet and broker. These are played at the module's end of the link: the internet needs to know nothing.
impl Emulator {
    /// The next open is refused by the other end.
    pub fn refuse(&mut self) {
        self.fail_opens(OpenFailure::Refused, Some(1));
    }

    /// The name of the next open, or of the next question for it, is not found.
    pub fn dns_failure(&mut self) {
        self.fail_opens(OpenFailure::Dns, Some(1));
    }

    /// The certificate of the next open is not trusted, whatever it is.
    pub fn wrong_certificate(&mut self) {
        self.fail_opens(OpenFailure::Tls, Some(1));
    }

    /// The next `count` opens fail so, `None`: all from now on; 0 ends it. One reason holds at a time.
    ///
    /// A DNS failure also hits questions for a name, and never an address. A TLS failure spares plain sockets.
    pub fn fail_opens(&mut self, why: OpenFailure, count: Option<u32>) {
        let number = count.map_or("all".to_owned(), |count| count.to_string());
        self.note(format!("fail_opens {why:?} {number}"));
        self.module.internet_mut().fail_opens(why, count);
    }

    /// Everything from the internet takes so much longer from now on; 0 ends it.
    pub fn slow(&mut self, us: u64) {
        self.note("slow");
        self.module.slow(us);
    }

    /// Every open connection breaks; the other end is told with [`NetRequest::Close`](crate::NetRequest::Close).
    pub fn kill_tcp(&mut self) {
        self.note("kill_tcp");
        self.module.kill_tcp();
    }

    /// The connection breaks when the next PUBACK arrives, and the PUBACK is lost: the broker has the message, the
    /// host does not know.
    pub fn kill_before_puback(&mut self) {
        self.note("kill_before_puback");
        self.module.acknowledgements(&|faults| faults.cut += 1);
    }

    /// The next PUBACK is lost.
    pub fn drop_puback(&mut self) {
        self.note("drop_puback");
        self.module.acknowledgements(&|faults| faults.drop += 1);
    }

    /// The next PUBACK arrives twice.
    pub fn duplicate_puback(&mut self) {
        self.note("duplicate_puback");
        self.module.acknowledgements(&|faults| faults.duplicate += 1);
    }
}
