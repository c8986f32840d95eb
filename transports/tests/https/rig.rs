//! The platform behind the scripted module's HTTPS client.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wanlink_core::fake::{Call, Posted, Pushing, Script, block_on};
use wanlink_core::{Module, Network};
use wanlink_platform::{Action, Config, ConnId, Peer, Platform, Product};
use wanlink_transports::store::{Fill, Name, Store, StoreError};
use wanlink_transports::{Identity, https};

pub(crate) const PRODUCT_KEY: &str = "a1B2c3D4e5F";
pub(crate) const DEVICE_NAME: &str = "meter-0042";
pub(crate) const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// The platform, and what was posted to it.
#[derive(Clone)]
pub(crate) struct Web {
    platform: Rc<RefCell<Platform>>,
    pub(crate) posts: Rc<RefCell<Vec<Posted>>>,
    conn: Rc<Cell<u64>>,
    /// Each token is void as soon as it is given.
    pub(crate) gives_void_tokens: Rc<Cell<bool>>,
}

impl Web {
    pub(crate) fn new(config: Config) -> Self {
        let mut platform = Platform::new(config);
        platform.add_product(Product::new(PRODUCT_KEY, "product secret").device(DEVICE_NAME, SECRET));
        Self {
            platform: Rc::new(RefCell::new(platform)),
            posts: Rc::default(),
            conn: Rc::default(),
            gives_void_tokens: Rc::default(),
        }
    }

    pub(crate) fn platform(&self) -> std::cell::RefMut<'_, Platform> {
        self.platform.borrow_mut()
    }

    /// A module that is attached, and whose requests come here.
    pub(crate) fn module(&self) -> (Pushing, Script) {
        let (mut module, script) = Pushing::new();
        block_on(async {
            module.start().await.unwrap();
            module.attach(&Network::apn("cmiot"), &mut |_| ()).await.unwrap();
        });
        let web = self.clone();
        script.answer_posts(move |posted| Ok(web.answer(posted)));
        (module, script)
    }

    /// What the platform answers: a status and a body.
    pub(crate) fn answer(&self, posted: &Posted) -> (u16, Vec<u8>) {
        self.posts.borrow_mut().push(posted.clone());
        self.conn.set(self.conn.get() + 1);
        let conn = ConnId(self.conn.get());
        let headers: String = posted.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let Posted { host, port, path, content, body, .. } = posted;
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\n{headers}Content-Type: {}\r\nContent-Length: {}\r\n\r\n",
            content.as_str(),
            body.len(),
        );
        let mut platform = self.platform();
        platform.open(0, conn, Peer::tls().at(host, *port));
        platform.input(0, conn, head.as_bytes());
        platform.input(0, conn, body);
        let actions = platform.take_actions();
        let sent = actions.into_iter().filter_map(|action| match action {
            Action::Send { bytes, .. } => Some(bytes),
            Action::Close { .. } => None,
        });
        let answer: Vec<u8> = sent.flatten().collect();
        platform.closed(0, conn);
        if self.gives_void_tokens.get() {
            platform.forget_tokens(0);
        }
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("an answer has a head");
        let status = std::str::from_utf8(&answer[9..12]).unwrap().parse().unwrap();
        (status, answer[end + 4..].to_vec())
    }

    /// How many requests had this path.
    pub(crate) fn count(&self, path: &str) -> usize {
        self.posts.borrow().iter().filter(|posted| posted.path.starts_with(path)).count()
    }

    /// The payloads that the platform took, in order.
    pub(crate) fn published(&self) -> Vec<String> {
        let platform = self.platform();
        let texts = platform.record().published(PRODUCT_KEY, DEVICE_NAME);
        texts.map(|entry| String::from_utf8(entry.payload().to_vec()).unwrap()).collect()
    }
}

pub(crate) fn identity() -> Identity {
    Identity::new(PRODUCT_KEY, DEVICE_NAME, SECRET).unwrap()
}

pub(crate) fn endpoint() -> https::Endpoint<'static> {
    https::Endpoint::public(https::Region::Shanghai)
}

pub(crate) fn is_post(call: &Call) -> bool {
    matches!(call, Call::Post(_))
}

/// A store that outlives links; what is in it can be spoilt.
#[derive(Debug, Default)]
pub(crate) struct Shelf(pub(crate) Option<Vec<u8>>);

impl Store for Shelf {
    type Error = std::convert::Infallible;

    async fn read(&mut self, name: Name, show: &mut dyn FnMut(&[u8])) -> Result<(), StoreError<Self::Error>> {
        assert_eq!(name, Name::HttpsToken);
        self.0.as_deref().into_iter().for_each(show);
        Ok(())
    }

    async fn write(&mut self, _: Name, fill: &Fill<'_>) -> Result<(), StoreError<Self::Error>> {
        let mut room = vec![0; 512];
        let length = fill(&mut room).ok_or(StoreError::NoRoom)?;
        room.truncate(length);
        self.0 = Some(room);
        Ok(())
    }

    async fn erase(&mut self, _: Name) -> Result<(), StoreError<Self::Error>> {
        self.0 = None;
        Ok(())
    }

    async fn clear(&mut self) -> Result<(), StoreError<Self::Error>> {
        self.erase(Name::HttpsToken).await
    }
}
