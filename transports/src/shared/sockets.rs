//! Reading and writing in turns, for connections and handles alike.

use embassy_sync::blocking_mutex::raw::RawMutex;
use embassy_time::{Duration, Instant, Timer};
use wanlink_core::{Error as _, ErrorKind, Socket, SocketState, TcpSocket};

use super::turn::Turn;
use super::{CHUNK, Error, SLICE, Shared};

/// A module whose buffer stays full is tried again for so long. BG95 needs half a minute to send what it holds in a bad
/// cell.
const FULL: Duration = Duration::from_secs(40);

/// A driver whose inbox has no room for more bytes is asked again after so long: others have to take theirs first.
const CROWDED: Duration = Duration::from_millis(100);

impl<R: RawMutex, M: TcpSocket, const SEATS: usize> Shared<R, M, SEATS> {
    /// Waits for bytes of the connection on `seat` and copies them. Nobody is kept waiting meanwhile.
    pub(super) async fn read(&self, seat: u8, socket: Socket, buf: &mut [u8]) -> Result<usize, Error<M::Error>> {
        loop {
            if self.stirred(seat).await == SocketState::Closed {
                return Err(Error::Closed);
            }
            let mut turn = self.turn(seat).await;
            if turn.state(socket) == SocketState::Idle {
                // Others' turns brought the answer to a read that was dropped: there was nothing.
                continue;
            }
            match turn.fetch(socket, buf).await {
                Ok(Some(count)) => return Ok(count),
                Ok(None) => {}
                Err(error) if error.kind() == ErrorKind::Retry => {
                    drop(turn);
                    Timer::after(CROWDED).await;
                }
                Err(error) => return Err(Error::Module(error)),
            }
        }
    }

    /// Writes `data` to the connection on `seat`, whole or not at all. `taken` is whether it goes out, also when the
    /// future is dropped.
    ///
    /// More than a [`CHUNK`] would be cut if it were dropped, so there the driver's own patience with a full module
    /// counts.
    pub(super) async fn write(
        &self,
        seat: u8,
        socket: Socket,
        data: &[u8],
        taken: &mut bool,
    ) -> Result<(), Error<M::Error>> {
        let until = Instant::now().saturating_add(FULL);
        let slice = if data.len() > CHUNK { FULL * 2 } else { SLICE };
        *taken = false;
        loop {
            if self.desk(|desk| desk.state(seat)) == SocketState::Closed {
                return Err(Error::Closed);
            }
            let mut writing = Writing { turn: self.turn(seat).await, socket, taken };
            let result = writing.turn.sliced(slice, async |module| module.write(socket, data).await).await;
            drop(writing);
            match result {
                Some(Ok(())) => *taken = true,
                Some(Err(error)) => return Err(Error::Module(error)),
                None => {}
            }
            if *taken {
                return Ok(());
            }
            if Instant::now() >= until {
                return Err(Error::Full);
            }
        }
    }

    /// Closes the connection on `seat`.
    pub(super) async fn close(&self, seat: u8, socket: Socket) -> Result<(), Error<M::Error>> {
        self.turn(seat).await.close(socket).await.map_err(Error::Module)
    }
}

/// A turn that writes. However it ends, it is asked at once whether the module takes the data: the next turn may write
/// to another socket.
struct Writing<'a, 'b, R: RawMutex, M: TcpSocket, const SEATS: usize> {
    turn: Turn<'a, R, M, SEATS>,
    socket: Socket,
    taken: &'b mut bool,
}

impl<R: RawMutex, M: TcpSocket, const SEATS: usize> Drop for Writing<'_, '_, R, M, SEATS> {
    fn drop(&mut self) {
        *self.taken = self.turn.has_taken(self.socket);
    }
}
