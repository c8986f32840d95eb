//! A broker that says yes, unless told otherwise. It looks only at what the tests ask it.

use super::web::Web;
use wanlink_emulator::{Emulator, NetEvent, NetRequest, OpenFailure};

/// From a packet to its answer.
const DELAY_US: u64 = 20_000;

/// TLS in front of the broker.
pub(crate) trait Front {
    /// A connection begins.
    fn begin(&mut self);
    /// Bytes of the module; gives what is inside, or `None` when the front wants the connection to end.
    fn input(&mut self, bytes: &[u8]) -> Option<Vec<u8>>;
    /// Wraps bytes for the module.
    fn wrap(&mut self, plain: &[u8]);
    /// Takes what goes to the module.
    fn output(&mut self) -> Vec<u8>;
}

pub(crate) struct Broker {
    pub(crate) front: Option<Box<dyn Front>>,
    /// Bytes to the module come in pieces of at most this size.
    pub(crate) piece: usize,
    /// How the next opens end.
    pub(crate) open: Result<(), OpenFailure>,
    /// Answers nothing at all, not even an open.
    pub(crate) deaf: bool,
    /// Accepts connections and answers no packet.
    pub(crate) mute: bool,
    pub(crate) connack: u8,
    /// What comes is no MQTT: it is kept in `plain`, and nobody answers it.
    pub(crate) raw: bool,
    pub(crate) plain: Vec<u8>,
    /// A web server stands here in place of the broker.
    pub(crate) web: Option<Web>,
    /// Answers to be sent, with their times.
    answers: Vec<(u64, NetEvent)>,
    /// Every request, in order.
    pub(crate) requests: Vec<NetRequest>,
    /// Whole packets of the module, in order: the first byte and the body, without the length.
    pub(crate) packets: Vec<Vec<u8>>,
    received: Vec<u8>,
    pub(crate) link: u32,
}

impl Default for Broker {
    fn default() -> Self {
        let (answers, requests, packets, received) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self {
            front: None,
            piece: usize::MAX,
            open: Ok(()),
            deaf: false,
            mute: false,
            connack: 0,
            raw: false,
            plain: Vec::new(),
            web: None,
            answers,
            requests,
            packets,
            received,
            link: 0,
        }
    }
}

impl Broker {
    pub(crate) fn next(&self) -> Option<u64> {
        self.answers.iter().map(|answer| answer.0).min()
    }

    pub(crate) fn serve(&mut self, now_us: u64, emulator: &mut Emulator) {
        for request in emulator.take_requests() {
            self.requests.push(request.clone());
            if !self.deaf {
                self.request(now_us, request);
            }
        }
        for (_, event) in self.answers.extract_if(.., |answer| answer.0 <= now_us) {
            emulator.network_event(now_us, event);
        }
    }

    fn request(&mut self, now_us: u64, request: NetRequest) {
        match request {
            NetRequest::Resolve { link, .. } => {
                let addresses = vec![std::net::IpAddr::from([192, 0, 2, 1])];
                let event = match self.open {
                    Err(why @ OpenFailure::Dns) => NetEvent::OpenFailed { link, why },
                    _ => NetEvent::Resolved { link, addresses },
                };
                self.answers.push((now_us + DELAY_US, event));
            }
            NetRequest::Open { link, .. } => {
                self.link = link;
                self.received.clear();
                self.front.iter_mut().for_each(|front| front.begin());
                self.web.iter_mut().for_each(Web::begin);
                let event = match self.open {
                    Ok(()) => NetEvent::Opened { link },
                    Err(why) => NetEvent::OpenFailed { link, why },
                };
                self.answers.push((now_us + DELAY_US, event));
            }
            NetRequest::Send { bytes, .. } => {
                let Some(bytes) = self.unwrap(now_us, bytes) else { return };
                if let Some(web) = &mut self.web {
                    let (answer, hang_up) = (web.input(&bytes), web.hang_up);
                    if let Some(answer) = answer {
                        self.say(now_us + DELAY_US, answer);
                        if hang_up {
                            self.hang_up(now_us + DELAY_US);
                        }
                    }
                    return;
                }
                if self.raw {
                    return self.plain.extend(bytes);
                }
                self.received.extend(bytes);
                while let Some(packet) = self.packet() {
                    if !self.mute {
                        self.answer(now_us, &packet);
                    }
                    self.packets.push(packet);
                }
            }
            NetRequest::Close { link } => self.answers.retain(|answer| !belongs(&answer.1, link)),
        }
    }

    /// What is inside, where a front is; its own words go out.
    fn unwrap(&mut self, now_us: u64, bytes: Vec<u8>) -> Option<Vec<u8>> {
        let Some(front) = &mut self.front else { return Some(bytes) };
        let (plain, said) = (front.input(&bytes), front.output());
        self.say_raw(now_us + DELAY_US, said);
        if plain.is_none() {
            self.hang_up(now_us + DELAY_US + 1);
        }
        plain
    }

    fn packet(&mut self) -> Option<Vec<u8>> {
        let (mut length, mut head) = (0, 1);
        loop {
            let byte = *self.received.get(head)?;
            length |= usize::from(byte & 0x7f) << (7 * (head - 1));
            head += 1;
            if byte & 0x80 == 0 {
                break;
            }
        }
        if self.received.len() < head + length {
            return None;
        }
        let packet: Vec<u8> = self.received.drain(..head + length).collect();
        Some([&packet[..1], &packet[head..]].concat())
    }

    fn answer(&mut self, now_us: u64, packet: &[u8]) {
        let bytes = match packet[0] >> 4 {
            1 => vec![0x20, 2, 0, self.connack],
            3 if packet[0] & 6 > 0 => {
                let topic = usize::from(packet[1]) << 8 | usize::from(packet[2]);
                let kind = if packet[0] & 6 == 2 { 0x40 } else { 0x50 };
                vec![kind, 2, packet[3 + topic], packet[4 + topic]]
            }
            6 => vec![0x70, 2, packet[1], packet[2]],
            8 => vec![0x90, 3, packet[1], packet[2], packet[packet.len() - 1]],
            10 => vec![0xb0, 2, packet[1], packet[2]],
            12 => vec![0xd0, 0],
            _ => return,
        };
        self.say(now_us + DELAY_US, bytes);
        if packet[0] >> 4 == 1 && self.connack != 0 {
            self.hang_up(now_us + DELAY_US + 1);
        }
    }

    /// Sends bytes to the module at this time.
    pub(crate) fn say(&mut self, at_us: u64, bytes: Vec<u8>) {
        let bytes = match &mut self.front {
            Some(front) => {
                front.wrap(&bytes);
                front.output()
            }
            None => bytes,
        };
        self.say_raw(at_us, bytes);
    }

    fn say_raw(&mut self, at_us: u64, bytes: Vec<u8>) {
        for piece in bytes.chunks(self.piece) {
            self.answers.push((at_us, NetEvent::Data { link: self.link, bytes: piece.to_vec() }));
        }
    }

    pub(crate) fn hang_up(&mut self, at_us: u64) {
        self.answers.push((at_us, NetEvent::Closed { link: self.link }));
    }

    /// First bytes of all packets so far, and forgets them.
    pub(crate) fn take_kinds(&mut self) -> Vec<u8> {
        self.packets.drain(..).map(|packet| packet[0]).collect()
    }
}

/// A PUBLISH to the module.
pub(crate) fn publish(qos: u8, id: u16, topic: &str, payload: &[u8]) -> Vec<u8> {
    let mut body = vec![0, topic.len() as u8];
    body.extend(topic.as_bytes());
    if qos > 0 {
        body.extend(id.to_be_bytes());
    }
    body.extend(payload);
    assert!(body.len() < 128, "one length byte is enough for these tests");
    [&[0x30 | qos << 1, body.len() as u8], body.as_slice()].concat()
}

fn belongs(event: &NetEvent, wanted: u32) -> bool {
    match event {
        NetEvent::Resolved { link, .. }
        | NetEvent::Opened { link }
        | NetEvent::OpenFailed { link, .. }
        | NetEvent::Data { link, .. }
        | NetEvent::Closed { link } => *link == wanted,
    }
}
