//! The form of a message in a queue: the topic's scope and length, a byte each, the topic, the payload.

use wanlink_core::{Argument, TooLong};

use crate::topic::{Scope, Topic, TopicError, without_wildcard};

const HEAD: usize = 2;

/// Why a message cannot be kept.
pub(super) enum Unfit {
    TooLong(TooLong),
    Topic(TopicError),
}

pub(super) fn encode<'r>(topic: Topic<'_>, payload: &[u8], room: &'r mut [u8]) -> Result<&'r [u8], Unfit> {
    without_wildcard(topic.text).map_err(Unfit::Topic)?;
    let Ok(topic_length) = u8::try_from(topic.text.len()) else {
        return Err(Unfit::TooLong(TooLong::new(Argument::Topic, u8::MAX.into(), topic.text.len())));
    };
    let (limit, length) = (room.len(), HEAD + topic.text.len() + payload.len());
    let record = room.get_mut(..length).ok_or(Unfit::TooLong(TooLong::new(Argument::Message, limit, length)))?;
    let head = [topic.scope as u8, topic_length];
    let bytes = head.iter().chain(topic.text.as_bytes()).chain(payload);
    record.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
    Ok(record)
}

/// [`None`] for what `encode` did not write.
pub(super) fn decode(record: &[u8]) -> Option<(Topic<'_>, &[u8])> {
    let ([scope, length], rest) = record.split_first_chunk::<HEAD>()?;
    let (text, payload) = rest.split_at_checked((*length).into())?;
    let topic = Topic { scope: Scope::from_bits(*scope), text: core::str::from_utf8(text).ok()? };
    Some((topic, payload))
}
