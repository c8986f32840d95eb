//! The module's pins at a TCP port, for firmware whose board has none that lead outside, as one that runs in QEMU.
//!
//! The host says a pin and its level in two bytes, and asks for one with `?`: what it gets is `0` or `1`.

use std::io;
use std::net::SocketAddr;

use embedded_hal::digital::{InputPin, OutputPin};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use wanlink_emulator::Pins;
use wanlink_emulator::live::Handle;

/// The port.
pub(super) struct PinsPort {
    listener: TcpListener,
    address: SocketAddr,
}

impl PinsPort {
    pub(super) async fn listen(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    /// Where it listens.
    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves one host after the other. The pins stay as one leaves them.
    pub(super) async fn serve(&self, module: &Handle) -> io::Result<()> {
        loop {
            let (host, _) = self.listener.accept().await?;
            // A host that goes away in whatever way has gone.
            let _ = wire(host, module).await;
        }
    }
}

/// Until the host goes away.
async fn wire(mut host: TcpStream, module: &Handle) -> io::Result<()> {
    host.set_nodelay(true)?;
    let mut order = [0; 2];
    loop {
        host.read_exact(&mut order).await?;
        match module.with(|module| carry_out(order, &module.pins())) {
            Ok(Some(high)) => host.write_all(if high { b"1" } else { b"0" }).await?,
            Ok(None) => {}
            Err(()) => anstream::eprintln!("warning: `{}`: there is no such pin, or level", order.escape_ascii()),
        }
    }
}

/// The level that was asked for, if one was.
fn carry_out([pin, level]: [u8; 2], pins: &Pins) -> Result<Option<bool>, ()> {
    let mut output = match pin {
        b'K' => pins.pwrkey(),
        b'R' => pins.reset_n(),
        b'D' => pins.dtr(),
        b'S' if level == b'?' => return Ok(pins.status().is_high().ok()),
        _ => return Err(()),
    };
    match level {
        b'0' => output.set_low(),
        b'1' => output.set_high(),
        _ => return Err(()),
    }
    .map_err(|never| match never {})?;
    Ok(None)
}

#[cfg(test)]
mod tests {
    use wanlink_emulator::Line;

    use super::*;

    #[test]
    fn two_bytes_drive_a_pin_or_ask_for_one() {
        let pins = Pins::default();
        for order in [b"K0", b"R0", b"D0", b"K1"] {
            assert_eq!(carry_out(*order, &pins), Ok(None));
        }
        let edges = [(Line::PwrKey, false), (Line::Reset, false), (Line::Dtr, false), (Line::PwrKey, true)];
        assert_eq!(pins.take_edges(), edges);
        assert_eq!(carry_out(*b"S?", &pins), Ok(Some(false)));
        pins.set_status(true);
        assert_eq!(carry_out(*b"S?", &pins), Ok(Some(true)));
        for bad in [b"X1", b"K?", b"K2", b"S1"] {
            assert_eq!(carry_out(*bad, &pins), Err(()));
        }
        assert_eq!(pins.take_edges(), []);
    }
}
