//! What a model lacks. An inherent constant hides that of a trait, where its bound holds.

use wanlink_at::driver::{DriverModel, Service};

/// What is so of every model that has no constant of its own.
pub trait Lacks {
    /// Whether the model has what the group wants.
    const HAS: bool = false;
}

macro_rules! groups {
    ($($group:ident: $service:ident, $($marker:ident)+;)+) => {
        $(pub mod $group {
            /// A model that may have it.
            pub struct Model<M>(std::marker::PhantomData<M>);

            impl<M> super::Lacks for Model<M> {}

            impl<M: $(wanlink_core::$marker +)+> Model<M> {
                /// It has.
                pub const HAS: bool = true;
            }

            /// Why a model lacks it, in its own words.
            pub fn reason<M: super::DriverModel>() -> Option<&'static str> {
                let lack = M::LACKS.iter().find(|(service, _)| *service == super::Service::$service);
                lack.map(|&(_, reason)| reason)
            }
        })+
    };
}

groups! {
    mqtt: Mqtt, HasMqtt;
    native: Aliyun, HasAliyun;
    sockets: TcpSocket, HasTcpSocket;
    beside: Mqtt, HasMqtt HasTcpSocket;
    tls: TlsSocket, HasTlsSocket;
    https: Https, HasHttps;
    tls_session: Mqtt, HasMqtt HasTlsSocket;
}
