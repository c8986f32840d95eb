//! Posting with EC25, EC200U and their like, where the module may make the head of the request.

use embedded_io_async::{Read, Write};
use wanlink_at::Answer;
use wanlink_at::driver::{DriverModel, Listener, PowerPins, https_rules};
use wanlink_core::{Argument, Body, HasHttps, Post, Qos, Reply, Server, Tls, TooLong};

use crate::ec::{EcFamily, Group};
use crate::own::Names;
use crate::request::Request;
use crate::sequence::{https, note};
use crate::{Error, Input, Operation, Quectel};

type Failure<G> = Error<EcFamily<G>>;

pub(crate) async fn post<'r, G: Group, M, R: Read, W: Write, P: PowerPins>(
    driver: &mut Quectel<'_, M, R, W, P>,
    server: &Server<'_, Tls<'_>>,
    post: &Post<'_>,
    body: Body<'_>,
    reply: &'r mut [u8],
) -> Result<Reply<'r>, Failure<G>>
where
    M: DriverModel<Family = EcFamily<G>> + HasHttps,
{
    let is_empty = body.is_empty();
    let mut request = Request::new(server, post, body, reply).map_err(of_group)?;
    let mut operation = const { &Operation { rules: &https_rules(&M::HTTPS), ..https::post_typed() } };
    if G::MAKES_HEAD {
        check(post, is_empty)?;
        let is_made = makes_head(driver, server, post).await?;
        forget_headers(driver).await?;
        if is_made {
            tell_headers(driver, post).await?;
            request.without_head();
            operation = const { &Operation { rules: &https_rules(&M::HTTPS), ..https::post_made() } };
        }
    }
    let input = Input::Post { server, post, url: request.url, length: request.len() };
    driver.engine_mut().allow_streams();
    let mut take = |note, answer: Answer<'_>| request.take(note, answer);
    driver.ask(operation, input, Listener::Answers(&mut take)).await?;
    Ok(request.into_reply())
}

/// What is wrong with a request is so for each family.
fn of_group<G: Group>(error: Error) -> Failure<G> {
    match error {
        Error::TooLong(too_long) => too_long.into(),
        Error::Malformed(what) => Error::Malformed(what),
        _ => Error::Malformed(Argument::Body),
    }
}

/// There is no way to escape a quote, nor one to send nothing.
fn check<G: Group>(post: &Post<'_>, is_empty: bool) -> Result<(), Failure<G>> {
    if is_empty {
        return Err(Error::Malformed(Argument::Body));
    }
    let has_quote = |(name, value): &(&str, &str)| name.contains('"') || value.contains('"');
    if post.headers.iter().any(has_quote) {
        return Err(Error::Malformed(Argument::Header));
    }
    let names = post.headers.iter().map(|(name, _)| name.len() + 1).sum();
    if names > Names::ROOM {
        return Err(TooLong::new(Argument::Header, Names::ROOM, names).into());
    }
    Ok(())
}

/// Whether the firmware knows the content type. Where it does not, it takes a request with its head, as the others do.
async fn makes_head<G: Group, M: DriverModel<Family = EcFamily<G>>, R: Read, W: Write, P: PowerPins>(
    driver: &mut Quectel<'_, M, R, W, P>,
    server: &Server<'_, Tls<'_>>,
    post: &Post<'_>,
) -> Result<bool, Failure<G>> {
    let mut is_refused = false;
    let mut take = |note, answer: Answer<'_>| {
        is_refused |= note == note::CONTENT && matches!(answer, Answer::Error(_));
        wanlink_at::Verdict::Default
    };
    let input = Input::Post { server, post, url: 0, length: 0 };
    let result = driver.ask(const { &https::form() }, input, Listener::Answers(&mut take)).await;
    match result {
        Err(Error::Module { .. }) if is_refused => Ok(false),
        result => result.map(|()| true),
    }
}

/// Takes those of an earlier request away, whether it came to its end or not.
async fn forget_headers<G: Group, M: DriverModel<Family = EcFamily<G>>, R: Read, W: Write, P: PowerPins>(
    driver: &mut Quectel<'_, M, R, W, P>,
) -> Result<(), Failure<G>> {
    let mut copy = [0; Names::ROOM];
    while let Some(name) = driver.own_mut().headers.last() {
        let length = name.len();
        let Some(room) = copy.get_mut(..length) else { break };
        room.copy_from_slice(name.as_bytes());
        let name = core::str::from_utf8(room).unwrap_or_default();
        tell(driver, name, None).await?;
        driver.own_mut().headers.remove(length);
    }
    Ok(())
}

/// Noted before it is told: a call may be dropped in between.
async fn tell_headers<G: Group, M: DriverModel<Family = EcFamily<G>>, R: Read, W: Write, P: PowerPins>(
    driver: &mut Quectel<'_, M, R, W, P>,
    post: &Post<'_>,
) -> Result<(), Failure<G>> {
    for (name, value) in post.headers {
        driver.own_mut().headers.add(name);
        tell(driver, name, Some(value.as_bytes())).await?;
    }
    Ok(())
}

async fn tell<G: Group, M: DriverModel<Family = EcFamily<G>>, R: Read, W: Write, P: PowerPins>(
    driver: &mut Quectel<'_, M, R, W, P>,
    name: &str,
    value: Option<&[u8]>,
) -> Result<(), Failure<G>> {
    let input = Input::Topic { topic: name, payload: value, qos: Qos::AtMostOnce };
    driver.ask(const { &https::header() }, input, Listener::Nobody).await
}
