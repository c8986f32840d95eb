//! The module's connections, on the sockets of this machine.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpStream, lookup_host};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::rules::Rules;
use crate::engine::internet::{LinkId, NetEvent, NetRequest, OpenFailure};

/// After our end of a connection is closed, the other end has so long to take what was sent.
const LINGER: Duration = Duration::from_secs(2);

type Outgoing = UnboundedReceiver<Vec<u8>>;

/// A task for each connection; dropped, all of them end.
#[derive(Debug)]
pub(super) struct Sockets {
    rules: Rules,
    links: HashMap<LinkId, UnboundedSender<Vec<u8>>>,
    tasks: JoinSet<()>,
    events: UnboundedSender<NetEvent>,
}

impl Sockets {
    pub(super) fn new(rules: Rules) -> (Self, UnboundedReceiver<NetEvent>) {
        let (events, receiver) = unbounded_channel();
        (Self { rules, links: HashMap::new(), tasks: JoinSet::new(), events }, receiver)
    }

    pub(super) fn request(&mut self, request: NetRequest) {
        while self.tasks.try_join_next().is_some() {}
        let events = self.events.clone();
        match request {
            NetRequest::Resolve { link, host } => {
                let target = self.rules.target(&host, None);
                self.tasks.spawn(async move {
                    // The receiver is gone only when the shell is.
                    let _ = events.send(match resolve(&host, 0, target).await {
                        Ok(addresses) => NetEvent::Resolved { link, addresses: unique(&addresses) },
                        Err(why) => NetEvent::OpenFailed { link, why },
                    });
                });
            }
            NetRequest::Open { link, host, port } => {
                let target = self.rules.target(&host, Some(port));
                let (sender, outgoing) = unbounded_channel();
                self.links.insert(link, sender);
                self.tasks.spawn(async move {
                    if let Some(event) = connection(link, &host, port, target, outgoing, &events).await {
                        let _ = events.send(event);
                    }
                });
            }
            NetRequest::Send { link, bytes } => {
                if let Some(sender) = self.links.get(&link) {
                    // A task that ended has told so by an event.
                    let _ = sender.send(bytes);
                }
            }
            NetRequest::Close { link } => {
                self.links.remove(&link);
            }
        }
    }
}

async fn resolve(host: &str, port: u16, target: Option<SocketAddr>) -> Result<Vec<SocketAddr>, OpenFailure> {
    if let Some(target) = target {
        return Ok(vec![target]);
    }
    let found: Vec<_> = lookup_host((host, port)).await.map_err(|_| OpenFailure::Dns)?.collect();
    if found.is_empty() { Err(OpenFailure::Dns) } else { Ok(found) }
}

fn unique(addresses: &[SocketAddr]) -> Vec<IpAddr> {
    let mut unique: Vec<IpAddr> = Vec::new();
    for address in addresses {
        if !unique.contains(&address.ip()) {
            unique.push(address.ip());
        }
    }
    unique
}

async fn open(host: &str, port: u16, target: Option<SocketAddr>) -> Result<TcpStream, OpenFailure> {
    let addresses = resolve(host, port, target).await?;
    let stream = TcpStream::connect(addresses.as_slice()).await.map_err(|error| match error.kind() {
        io::ErrorKind::TimedOut => OpenFailure::Timeout,
        _ => OpenFailure::Refused,
    })?;
    // A packet goes out as it is written.
    let _ = stream.set_nodelay(true);
    Ok(stream)
}

/// The life of one connection; gives the event that ends it, unless the module ended it.
async fn connection(
    link: LinkId,
    host: &str,
    port: u16,
    target: Option<SocketAddr>,
    mut outgoing: Outgoing,
    events: &UnboundedSender<NetEvent>,
) -> Option<NetEvent> {
    let opened = tokio::select! {
        opened = open(host, port, target) => opened,
        // Nothing is sent before the open, so this is the module that gave it up.
        _ = outgoing.recv() => return None,
    };
    let mut stream = match opened {
        Ok(stream) => stream,
        Err(why) => return Some(NetEvent::OpenFailed { link, why }),
    };
    let _ = events.send(NetEvent::Opened { link });
    let (mut reader, mut writer) = stream.split();
    tokio::select! {
        () = receive(link, &mut reader, events) => return Some(NetEvent::Closed { link }),
        sent = send(&mut writer, &mut outgoing) => {
            if sent.is_err() {
                return Some(NetEvent::Closed { link });
            }
        }
    }
    // A socket that is dropped with unread bytes resets the connection, and with it what was sent last.
    let mut rest = [0; 512];
    let _ = timeout(LINGER, async { while matches!(reader.read(&mut rest).await, Ok(count) if count > 0) {} }).await;
    None
}

/// Until the other end closes.
async fn receive(link: LinkId, reader: &mut ReadHalf<'_>, events: &UnboundedSender<NetEvent>) {
    let mut buf = [0; 4_096];
    while let Ok(count) = reader.read(&mut buf).await
        && count > 0
    {
        let _ = events.send(NetEvent::Data { link, bytes: buf[..count].to_vec() });
    }
}

/// Until the module closes.
async fn send(writer: &mut WriteHalf<'_>, outgoing: &mut Outgoing) -> io::Result<()> {
    while let Some(bytes) = outgoing.recv().await {
        writer.write_all(&bytes).await?;
    }
    writer.shutdown().await
}
