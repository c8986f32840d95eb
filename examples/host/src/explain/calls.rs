//! What the methods of a driver may be given. Every text is what stands for it in an explanation, and every number is
//! one that [`template`](super::template) knows again.

use std::time::Duration;

use wanlink_at::driver::sockets::{FETCHES, Protocol, SETTLES};
use wanlink_at::driver::{Family, Input, Operation, SocketFamily};
use wanlink_at::tables::task;
use wanlink_core::{
    ContentType, Login, Network, Post, Psm, Qos, Root, Saving, Server, Socket, SocketRequest, Tls, Trust, Validity,
};

use super::template::{KEEP_ALIVE_S, LENGTH, OTHER, PEM, PIN, PORT, ROOT, SOCKET, TOPIC};

/// Is shown each call: its features, and what it gives.
pub(super) type Visit<'v, F> = dyn for<'a> FnMut(&[&'static str], &Input<'a, 'a, F>) + 'v;

/// Calls of a kind.
pub(super) type Calls<F> = fn(&mut Visit<'_, F>);

const DATA: &[u8] = &[0; LENGTH];

pub(super) fn nothing<F: Family>(visit: &mut Visit<'_, F>) {
    visit(&[], &Input::Nothing);
}

pub(super) fn network<F: Family>(visit: &mut Visit<'_, F>) {
    let plain = Network::apn("<APN>").pin(PIN);
    visit(&["the APN wants no login"], &Input::Network(&plain));
    visit(&["the APN wants user and password"], &Input::Network(&plain.auth("<user>", "<password>")));
}

pub(super) fn name<F: Family>(visit: &mut Visit<'_, F>) {
    visit(&[], &Input::Name("<host>"));
}

/// The login of a device, in the words of [`Login`].
const LOGIN: Login<'_> = Login {
    client_id: "<client id>",
    user: "<user>",
    password: "<password>",
    keep_alive_s: KEEP_ALIVE_S,
    clean_session: true,
};

/// What a module gets that makes the login itself.
const IDENTITY: Login<'_> =
    Login { client_id: "<device name>", user: "<product key>", password: "<device secret>", ..LOGIN };

pub(super) fn login<F: Family>(visit: &mut Visit<'_, F>) {
    logins(&LOGIN, &[], None, visit);
}

pub(super) fn login_in_tls<F: Family>(visit: &mut Visit<'_, F>) {
    each_tls(&mut |features, tls| logins(&LOGIN, features, Some(tls), visit));
}

pub(super) fn identity<F: Family>(visit: &mut Visit<'_, F>) {
    logins(&IDENTITY, &[], None, visit);
}

pub(super) fn identity_in_tls<F: Family>(visit: &mut Visit<'_, F>) {
    each_tls(&mut |features, tls| logins(&IDENTITY, features, Some(tls), visit));
}

fn logins<F: Family>(login: &Login<'_>, features: &[&'static str], tls: Option<&Tls<'_>>, visit: &mut Visit<'_, F>) {
    for clean_session in [true, false] {
        let login = &Login { clean_session, ..*login };
        visit(features, &Input::Login { host: "<host>", port: PORT, tls, login });
    }
}

fn each_tls(visit: &mut dyn FnMut(&[&'static str], &Tls<'_>)) {
    let root = Trust::Root(Root::new(ROOT, PEM));
    let trusts = [("the server is verified", root), ("anybody's certificate is taken", Trust::Anyone)];
    for (verified, trust) in trusts {
        for validity in [Validity::IfClockKnown, Validity::Required, Validity::Ignored] {
            let dates = match validity {
                Validity::Ignored => "dates are left out",
                _ => "dates are looked at",
            };
            visit(&[verified, dates], &Tls { trust, validity });
        }
    }
}

/// What is published, or a filter.
pub(super) fn message<F: Family>(visit: &mut Visit<'_, F>) {
    topics(Some(DATA), visit);
}

pub(super) fn filter<F: Family>(visit: &mut Visit<'_, F>) {
    topics(None, visit);
}

fn topics<F: Family>(payload: Option<&[u8]>, visit: &mut Visit<'_, F>) {
    for (feature, qos) in [("QoS 0", Qos::AtMostOnce), ("QoS 1", Qos::AtLeastOnce)] {
        visit(&[feature], &Input::Topic { topic: TOPIC, payload, qos });
    }
}

pub(super) fn saving<F: Family>(visit: &mut Visit<'_, F>) {
    let psm = Some(Psm { update: Duration::from_secs(3600), active: Duration::from_secs(10) });
    let cycle = Some(Duration::from_secs(21));
    for (psm, edrx, features) in
        [(psm, cycle, &["PSM", "eDRX"][..]), (psm, None, &["PSM"]), (None, cycle, &["eDRX"]), (None, None, &[])]
    {
        visit(features, &Input::Saving(&Saving { psm, edrx }));
    }
}

/// A request, of which a driver asks for one part after the other; and a header of it alone.
pub(super) fn post<F: Family>(visit: &mut Visit<'_, F>) {
    const HEADERS: [(&str, &str); 4] = [("<header>", "<header's value>"); 4];
    const BODY: &str = "there is a body";
    // Where the address has no length, this is which header, or from where in the answer.
    let parts = [
        (OTHER, ContentType::Json, LENGTH),
        (0, ContentType::Octets, LENGTH),
        (1, ContentType::Form, 0),
        (2, ContentType::Json, LENGTH),
        (3, ContentType::Octets, 0),
    ];
    each_tls(&mut |features, tls| {
        let server = &Server::new("<host>", PORT, *tls);
        for (url, content, length) in parts {
            let post = &Post { path: "<path>", content, headers: &HEADERS };
            let features = [features, if length > 0 { &[BODY] } else { &[] }].concat();
            visit(&features, &Input::Post { server, post, url, length });
        }
    });
    let header = "<header>";
    for (feature, payload) in [("it is taken back", None), ("it is added", Some(&b"<header's value>"[..]))] {
        visit(&[feature], &Input::Topic { topic: header, payload, qos: Qos::AtMostOnce });
    }
}

/// What is asked of a socket that is open.
pub(super) fn socket<F: SocketFamily>(visit: &mut Visit<'_, F>) {
    for (feature, protocol) in protocols::<F>() {
        for (flags, features) in [(0, &[feature][..]), (SETTLES, &[feature, "an earlier command is settled first"])] {
            tasks(SocketRequest::Write(Socket::new(0, 0), DATA), None, (protocol, flags), features, visit);
        }
        tasks(SocketRequest::Close(Socket::new(0, 0)), None, (protocol, FETCHES), &[feature], visit);
    }
}

fn protocols<F: SocketFamily>() -> impl Iterator<Item = (&'static str, Protocol)> {
    let all = [("plain TCP", Protocol::Tcp), ("TLS", Protocol::Tls)];
    all.into_iter().take(if F::TLS_APART { 2 } else { 1 })
}

pub(super) fn open<F: SocketFamily>(visit: &mut Visit<'_, F>) {
    let request = SocketRequest::Open { host: "<host>", port: PORT };
    tasks(request, None, (Protocol::Tcp, 0), &[], visit);
}

pub(super) fn open_in_tls<F: SocketFamily>(visit: &mut Visit<'_, F>) {
    let protocol = if F::TLS_APART { Protocol::Tls } else { Protocol::Tcp };
    each_tls(&mut |features, tls| {
        let request = SocketRequest::Open { host: "<host>", port: PORT };
        tasks(request, Some(tls), (protocol, 0), features, visit);
    });
}

fn tasks<F: SocketFamily>(
    request: SocketRequest<'_>,
    tls: Option<&Tls<'_>>,
    (protocol, flags): (Protocol, u8),
    features: &[&'static str],
    visit: &mut Visit<'_, F>,
) {
    // What runs is chosen by whoever runs it.
    let operation: &'static Operation<F> = F::CLOSE;
    let mut task = task(operation, request, tls);
    let first = F::first(protocol);
    // Some have two.
    let numbers = if F::count(protocol) > SOCKET { SOCKET..=SOCKET } else { 0..=1 };
    for number in numbers {
        (task.number, task.protocol, task.flags, task.count) = (first + number, protocol, flags, LENGTH);
        visit(features, &Input::Task(&task));
    }
}
