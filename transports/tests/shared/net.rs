//! The module's side: sockets with an echo behind each, a broker that sends back what it gets, and a wire.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::task::Waker;

use wanlink_emulator::SplitMix64;

/// As many as BG95 has.
pub(crate) const SOCKETS: usize = 12;

/// What comes from the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    Answer(Answer),
    Received(usize),
    Closed(usize),
    Message,
    ContextLost,
    Booted,
}

/// What the driver asked for. The module does it when it answers, whether or not somebody still waits for that.
#[derive(Clone, Debug)]
pub(crate) enum Command {
    Start,
    Attach,
    Signal,
    Open,
    Write(usize, Vec<u8>),
    Fetch(usize, usize),
    Close(usize),
    Resolve,
    Login,
    Publish(Vec<u8>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Done,
    Opened(usize),
    Bytes(Vec<u8>),
    /// What `Fetch` is answered behind the last byte.
    End,
    Full,
    Error,
    /// The module restarted before it answered.
    Restarted,
}

/// A socket of the module and the server behind it.
#[derive(Default)]
pub(crate) struct Slot {
    pub(crate) is_open: bool,
    /// The other end closed.
    is_ended: bool,
    /// All that the server got, and how much of that it has sent back.
    pub(crate) received: Vec<u8>,
    echoed: usize,
    /// Bytes in the module's send buffer.
    unsent: VecDeque<u8>,
    /// Bytes that wait in the module to be fetched.
    pub(crate) waiting: VecDeque<u8>,
    /// The driver was told of them and has not fetched them all.
    is_announced: bool,
    /// How many turns there had been when bytes came into the empty socket.
    pub(crate) since: u64,
}

pub(crate) struct State {
    pub(crate) random: SplitMix64,
    pub(crate) slots: [Slot; SOCKETS],
    pub(crate) lines: VecDeque<Line>,
    wire: Option<Waker>,
    asked: Option<Command>,
    /// Bytes that a send buffer holds.
    pub(crate) room: usize,
    /// Bytes that the network carries at a time, at most.
    pub(crate) pace: u64,
    pub(crate) is_up: bool,
    pub(crate) has_context: bool,
    pub(crate) is_logged_in: bool,
    pub(crate) messages: VecDeque<Vec<u8>>,
    broker: VecDeque<Vec<u8>>,
    /// Lines of bytes that came that never reach the driver.
    pub(crate) loses_lines: bool,
    /// The module answers nothing.
    pub(crate) is_mute: bool,
    /// Calls of the driver that asked the module for something.
    pub(crate) turns: u64,
    pub(crate) starts: u32,
    /// Restarts that are still to come.
    pub(crate) restarts: u32,
    /// The most turns that bytes waited for their reader.
    pub(crate) lag: u64,
    /// Fetches of sockets of which the driver knew nothing.
    pub(crate) guesses: u32,
    /// Writes that the module had no room for.
    pub(crate) fulls: u32,
}

#[derive(Clone)]
pub(crate) struct Net(pub(crate) Rc<RefCell<State>>);

impl Net {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Rc::new(RefCell::new(State {
            random: SplitMix64::new(seed),
            slots: Default::default(),
            lines: VecDeque::new(),
            wire: None,
            asked: None,
            room: usize::MAX,
            pace: 400,
            is_up: false,
            has_context: false,
            is_logged_in: false,
            messages: VecDeque::new(),
            broker: VecDeque::new(),
            loses_lines: false,
            is_mute: false,
            turns: 0,
            starts: 0,
            restarts: 0,
            lag: 0,
            guesses: 0,
            fulls: 0,
        })))
    }

    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.0.borrow_mut())
    }
}

impl State {
    /// The driver asks. It never does while an answer is owed.
    pub(crate) fn ask(&mut self, command: Command) {
        assert!(!self.is_owed(), "one command at a time");
        self.turns += 1;
        self.asked = Some(command);
    }

    pub(crate) fn is_owed(&self) -> bool {
        self.asked.is_some() || self.lines.iter().any(|line| matches!(line, Line::Answer(_)))
    }

    /// The next line if it is none of an answer, else the answer waits.
    pub(crate) fn line(&mut self) -> Option<Line> {
        if let Some(Line::Answer(_)) = self.lines.front() { None } else { self.lines.pop_front() }
    }

    pub(crate) fn answer(&mut self) -> Option<Answer> {
        match self.lines.pop_front()? {
            Line::Answer(answer) => Some(answer),
            line => panic!("{line:?} was not taken"),
        }
    }

    pub(crate) fn watch(&mut self, waker: &Waker) {
        self.wire = Some(waker.clone());
    }

    fn say(&mut self, line: Line) {
        self.lines.push_back(line);
        if let Some(waker) = self.wire.take() {
            waker.wake();
        }
    }

    /// Does one of the things that can happen now, at random; false when there is none.
    pub(crate) fn step(&mut self) -> bool {
        let mut can: Vec<usize> = (0..SOCKETS).filter(|&n| self.slots[n].has_work()).collect();
        if self.asked.is_some() && !self.is_mute {
            can.push(SOCKETS);
        }
        if self.is_logged_in && !self.broker.is_empty() {
            can.push(SOCKETS + 1);
        }
        if can.is_empty() {
            return false;
        }
        if self.restarts > 0 && self.is_logged_in && self.random.one_in(200) {
            self.restarts -= 1;
            self.restart();
            return true;
        }
        match can[self.random.below(can.len() as u64) as usize] {
            SOCKETS => self.reply(),
            n if n > SOCKETS => {
                self.messages.extend(self.broker.pop_front());
                self.say(Line::Message);
            }
            n => self.carry(n),
        }
        true
    }

    /// The network between a socket and its server.
    fn carry(&mut self, n: usize) {
        let (count, turns) = (1 + self.random.below(self.pace) as usize, self.turns);
        let slot = &mut self.slots[n];
        if !slot.unsent.is_empty() {
            let count = count.min(slot.unsent.len());
            slot.received.extend(slot.unsent.drain(..count));
            return;
        }
        let end = slot.received.len().min(slot.echoed + count);
        let bytes = slot.received[slot.echoed..end].to_vec();
        slot.echoed = end;
        if slot.waiting.is_empty() {
            slot.since = turns;
        }
        // A zero says goodbye to this server.
        slot.is_ended = bytes.contains(&0);
        slot.waiting.extend(bytes);
        let is_news = !std::mem::replace(&mut slot.is_announced, true);
        if self.loses_lines {
            return;
        }
        if is_news {
            self.say(Line::Received(n));
        }
        if self.slots[n].is_ended {
            self.say(Line::Closed(n));
        }
    }

    fn reply(&mut self) {
        let Some(command) = self.asked.take() else { return };
        let answer = self.done(command);
        self.say(Line::Answer(answer));
    }

    fn done(&mut self, command: Command) -> Answer {
        match command {
            Command::Start => {
                (self.is_up, self.starts) = (true, self.starts + 1);
                self.slots = Default::default();
                self.is_logged_in = false;
            }
            Command::Attach => self.has_context = true,
            _ if !self.is_up => return Answer::Error,
            Command::Login => {
                self.is_logged_in = self.has_context;
                self.broker.clear();
            }
            Command::Signal => {}
            Command::Close(n) => self.slots[n] = Slot::default(),
            _ if !self.has_context => return Answer::Error,
            Command::Open => match self.slots.iter().position(|slot| !slot.is_open) {
                Some(n) => {
                    self.slots[n] = Slot { is_open: true, ..Slot::default() };
                    return Answer::Opened(n);
                }
                None => return Answer::Error,
            },
            Command::Write(n, data) => return self.write(n, &data),
            Command::Fetch(n, room) => return self.fetch(n, room),
            Command::Resolve => {}
            Command::Publish(payload) if self.is_logged_in => self.broker.push_back(payload),
            Command::Publish(_) => return Answer::Error,
        }
        Answer::Done
    }

    fn write(&mut self, n: usize, data: &[u8]) -> Answer {
        let room = self.room;
        let slot = &mut self.slots[n];
        if !slot.is_open || slot.is_ended {
            return Answer::Error;
        }
        if slot.unsent.len() + data.len() > room {
            self.fulls += 1;
            return Answer::Full;
        }
        slot.unsent.extend(data);
        Answer::Done
    }

    fn fetch(&mut self, n: usize, room: usize) -> Answer {
        let slot = &mut self.slots[n];
        if !slot.is_open {
            return Answer::Error;
        }
        if slot.waiting.is_empty() {
            slot.is_announced = false;
            return if slot.is_ended { Answer::End } else { Answer::Done };
        }
        self.lag = self.lag.max(self.turns - slot.since);
        slot.since = self.turns;
        let count = room.min(slot.waiting.len());
        Answer::Bytes(slot.waiting.drain(..count).collect())
    }

    /// The module restarts by itself.
    pub(crate) fn restart(&mut self) {
        (self.is_up, self.has_context, self.is_logged_in) = (false, false, false);
        self.slots = Default::default();
        self.messages.clear();
        self.say(Line::Booted);
        if self.asked.take().is_some() {
            self.say(Line::Answer(Answer::Restarted));
        }
    }

    /// The network takes the data context back.
    pub(crate) fn lose_context(&mut self) {
        (self.has_context, self.is_logged_in) = (false, false);
        self.slots = Default::default();
        self.say(Line::ContextLost);
    }
}

impl Slot {
    fn has_work(&self) -> bool {
        self.is_open && !self.is_ended && (!self.unsent.is_empty() || self.echoed < self.received.len())
    }
}
