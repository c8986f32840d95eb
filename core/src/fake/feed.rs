//! The two sides of one dialect's inbound messages.

use std::collections::VecDeque;
use std::string::String;
use std::vec::Vec;

use super::inbox::Inbox;
use super::script::Broken;
use crate::{MqttLimits, Notice};

/// What the module sends without being asked, or as the answer to a read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// Pushed: sizes of the message to come.
    Start {
        /// Bytes of the topic.
        topic: usize,
        /// Bytes of the payload.
        payload: usize,
    },
    /// Pushed: a piece of the topic.
    Topic(String),
    /// Pushed: a piece of the payload.
    Payload(Vec<u8>),
    /// Pushed: the message is over.
    End,
    /// Announced: how many messages the module keeps.
    Unread(usize),
    /// Announced: the answer to a read.
    Answer(Option<(String, Vec<u8>)>),
    /// Streamed: the broker has a message, which it sends as bytes.
    Message(String, Vec<u8>),
    /// Streamed: the server sends these bytes.
    Bytes(Vec<u8>),
    /// Something ended.
    Broken(Broken),
}

/// The module's side: what it has sent and what it keeps.
#[derive(Debug, Default)]
pub struct Wire {
    /// Lines on their way to the driver.
    pub lines: VecDeque<Line>,
    /// Messages that wait in the module to be read; `None` is one that cannot be read any more.
    pub kept: VecDeque<Option<(String, Vec<u8>)>>,
}

/// A message as the broker delivers it; `torn` loses a part of it on the way.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Its topic.
    pub topic: String,
    /// Its payload.
    pub payload: Vec<u8>,
    /// Whether a part gets lost.
    pub torn: bool,
}

/// How one dialect brings in what comes from the network.
pub trait Feed: Default {
    /// The module's side: a message came from the broker.
    fn arrive(wire: &mut Wire, arrival: Arrival);

    /// The driver's side: a line came off the wire.
    fn take(&mut self, line: Line, inbox: &mut Inbox);

    /// The driver's side: something ended. When the module restarted, what it kept or had half sent will not come.
    fn broken(&mut self, broken: Broken, inbox: &mut Inbox);

    /// What [`Module::idle`](crate::Module::idle) tells beside messages, once.
    fn news(&mut self) -> Option<Notice> {
        None
    }
}

/// How the module's own MQTT client brings messages in.
pub trait MqttFeed: Feed {
    /// What the manual of this dialect says.
    const LIMITS: MqttLimits;

    /// The driver's side: asks for a message if one can be had and there is room.
    fn fetch(&mut self, wire: &mut Wire, inbox: &Inbox);

    /// The driver's side: whether a message is on its way already, whatever became of the session.
    fn expects(&self) -> bool;
}
