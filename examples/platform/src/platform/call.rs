//! What a request is about.

use super::auth::LoginBody;
use crate::endpoint::HttpHost;
use crate::http::{Form, Request};
use crate::registration::{Claim, Obstacle};

/// What a request asks for, and says about itself.
pub(super) enum Call {
    /// A token.
    Auth(Result<LoginBody, String>),
    /// To take a message on this topic.
    Post(String),
    /// A secret.
    Register(Result<Claim, Obstacle>),
    Unknown,
}

impl Call {
    pub(super) fn of(request: &Request) -> Self {
        match request.path() {
            "/auth" => Self::Auth(LoginBody::of(request)),
            "/auth/register/device" => Self::Register(claim(request)),
            path => match path.strip_prefix("/topic") {
                Some(topic) if topic.starts_with('/') => Self::Post(topic.into()),
                _ => Self::Unknown,
            },
        }
    }

    /// Whether such a host serves it.
    pub(super) fn is_at(&self, host: HttpHost) -> bool {
        match self {
            Self::Auth(_) | Self::Post(_) => host != HttpHost::Registration,
            Self::Register(_) => host != HttpHost::Data,
            Self::Unknown => false,
        }
    }
}

fn claim(request: &Request) -> Result<Claim, Obstacle> {
    if !request.has_type("application/x-www-form-urlencoded") {
        return Err(Obstacle::Malformed("content type is not application/x-www-form-urlencoded"));
    }
    Claim::from_form(&Form::parse(request.body()).map_err(Obstacle::Malformed)?)
}
