//! One TCP connection.

use super::shared::{Outgoing, Shared};
use crate::connection::{ConnId, Peer};
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::time::timeout;

/// A device that takes nothing for so long is given up.
const WRITE_TIME: Duration = Duration::from_secs(10);

/// How long the device may take to close its side. A socket that is closed with unread bytes resets the connection,
/// and the last packet, such as the CONNACK that refuses, would be lost.
const LINGER: Duration = Duration::from_secs(1);

pub(super) async fn serve(shared: Arc<Shared>, mut stream: TcpStream, peer: Peer) {
    // Only latency is lost without it.
    let _ = stream.set_nodelay(true);
    let Some((conn, mut outgoing)) = shared.open(peer) else {
        return;
    };
    {
        let (reader, writer) = stream.split();
        let mut reading = pin!(read(&shared, conn, reader));
        let mut writing = pin!(write(&mut outgoing, writer));
        tokio::select! {
            () = &mut reading => {
                shared.closed(conn);
                let _ = writing.await;
            }
            written = &mut writing => if written.is_ok() {
                let _ = timeout(LINGER, reading).await;
            },
        }
    }
    shared.closed(conn);
}

/// Until the device closes, or the connection breaks.
async fn read(shared: &Shared, conn: ConnId, mut reader: ReadHalf<'_>) {
    let mut buffer = vec![0; 4096];
    while let Ok(n @ 1..) = reader.read(&mut buffer).await {
        shared.with(|front, now| front.input(now, conn, &buffer[..n]));
    }
}

/// Until the platform closes, and then so does our side; or the connection breaks.
async fn write(outgoing: &mut Outgoing, mut writer: WriteHalf<'_>) -> io::Result<()> {
    while let Some(bytes) = outgoing.next().await {
        timeout(WRITE_TIME, writer.write_all(&bytes)).await??;
    }
    writer.shutdown().await
}
