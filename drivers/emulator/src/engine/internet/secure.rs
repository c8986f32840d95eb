//! TLS on the links of a module.

use super::{Internet, LinkId, NetEvent, OpenFailure};
use crate::engine::tls::{Received, Session, TlsFailure, TlsSettings};

impl Internet {
    /// Asks for a connection, and TLS on it. What is wrong with the settings (a file that is missing) shows before a
    /// byte is sent.
    pub(crate) fn open_secure(
        &mut self,
        host: &str,
        port: u16,
        settings: Result<TlsSettings, TlsFailure>,
    ) -> (LinkId, Option<NetEvent>) {
        self.open_secure_as(host, host, port, settings)
    }

    /// The same, with a name of its own for the server in the handshake.
    pub(crate) fn open_secure_as(
        &mut self,
        name: &str,
        host: &str,
        port: u16,
        settings: Result<TlsSettings, TlsFailure>,
    ) -> (LinkId, Option<NetEvent>) {
        let session = settings.and_then(|settings| Session::start(name, &settings));
        self.tls_failure = None;
        match session {
            Ok(session) => {
                let (link, failed) = self.open(host, port);
                if failed.is_none() {
                    self.secure.insert(link, session);
                }
                (link, failed)
            }
            Err(failure) => {
                self.tls_failure = Some(failure);
                let link = self.next_link();
                (link, Some(NetEvent::OpenFailed { link, why: OpenFailure::Tls }))
            }
        }
    }

    /// Sends what the TLS session of a link has to say.
    pub(super) fn send_cipher(&mut self, link: LinkId) {
        if let Some(session) = self.secure.get_mut(&link) {
            let bytes = session.output();
            self.send_raw(link, bytes);
        }
    }

    /// How many links speak TLS, or are going to.
    pub(crate) fn secure_links(&self) -> usize {
        self.secure.len()
    }

    /// Whether TLS is spoken, or going to be, on this link.
    pub(crate) fn is_secure(&self, link: LinkId) -> bool {
        self.secure.contains_key(&link)
    }

    /// What an event means for whoever uses the link: without TLS itself, with TLS what is inside.
    pub(crate) fn received(&mut self, now_us: u64, event: NetEvent) -> Vec<NetEvent> {
        self.meter.came(now_us, &event);
        let events = self.understood(event);
        for event in &events {
            if let NetEvent::Data { link, bytes } = event {
                self.meter.heard(*link, bytes.len());
            }
        }
        events
    }

    fn understood(&mut self, event: NetEvent) -> Vec<NetEvent> {
        let link = event.link();
        let Some(session) = self.secure.get_mut(&link) else { return vec![event] };
        let handshaking = session.is_handshaking();
        match event {
            NetEvent::Opened { .. } => {
                self.send_cipher(link);
                Vec::new()
            }
            NetEvent::Data { bytes, .. } => {
                let received = session.input(&bytes);
                // Also an alert about what was wrong.
                self.send_cipher(link);
                match received {
                    Ok(received) => self.unwrapped(link, handshaking, received),
                    Err(failure) => self.tls_broken(link, handshaking, failure),
                }
            }
            NetEvent::Closed { .. } if handshaking => {
                self.secure.remove(&link);
                self.tls_failure = Some(TlsFailure::Ended);
                vec![NetEvent::OpenFailed { link, why: OpenFailure::Tls }]
            }
            other => {
                self.secure.remove(&link);
                vec![other]
            }
        }
    }

    fn unwrapped(&mut self, link: LinkId, was_handshaking: bool, received: Received) -> Vec<NetEvent> {
        let handshaking = self.secure.get(&link).is_some_and(Session::is_handshaking);
        if received.closed && handshaking {
            return self.tls_broken(link, true, TlsFailure::Ended);
        }
        let mut events = Vec::new();
        if was_handshaking && !handshaking {
            events.push(NetEvent::Opened { link });
        }
        if !received.plain.is_empty() {
            events.push(NetEvent::Data { link, bytes: received.plain });
        }
        if received.closed {
            self.close(link);
            events.push(NetEvent::Closed { link });
        }
        events
    }

    /// The session cannot go on.
    fn tls_broken(&mut self, link: LinkId, handshaking: bool, failure: TlsFailure) -> Vec<NetEvent> {
        self.abort(link);
        self.tls_failure = Some(failure);
        if handshaking {
            vec![NetEvent::OpenFailed { link, why: OpenFailure::Tls }]
        } else {
            vec![NetEvent::Closed { link }]
        }
    }
}
