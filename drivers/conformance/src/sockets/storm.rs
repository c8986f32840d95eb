//! Sockets on any module that the facts allow, with every call dropped at random and faults of the line and the network:
//! what a stream brought is whole up to where it ended, both ways.

use std::collections::HashMap;

use wanlink_core::{Error as _, ErrorKind, Socket, SocketState, TcpSocket};
use wanlink_emulator::{SplitMix64, polled};
use wanlink_scene::bench::{SharedScene, module, pass_ms};

use super::{ECHO, HOST, noise, number_of_sockets, rig_with};
use crate::bench::SocketBench;
use crate::drawn::{any_running, seeds};
use crate::rig::attach;

/// How many modules are drawn.
const SEEDS: u64 = 40;
const STEPS: usize = 120;

/// One connection to the server that echoes.
struct Stream {
    socket: Socket,
    /// What was written for sure.
    written: Vec<u8>,
    read: usize,
}

struct Storm {
    /// What data look like.
    noise: fn(usize, u8) -> Vec<u8>,
    /// Lines of the dialect that get lost: about data, about the end, with a result.
    lines: [&'static str; 3],
    most_streams: usize,
    /// With noise on the line a header may be lost, and what it announced is lines then: data that look like the module's
    /// own lines are taken for them. No count can help against both at once.
    faults: bool,
    random: SplitMix64,
    streams: Vec<Stream>,
    tally: HashMap<&'static str, u32>,
}

impl Storm {
    fn count(&mut self, what: &'static str) {
        *self.tally.entry(what).or_default() += 1;
    }

    /// At random: all the way, or dropped after some polls.
    async fn dropped<F: Future>(&mut self, call: F) -> Option<F::Output> {
        let polls = if self.random.one_in(2) { usize::MAX } else { self.random.below(60) as usize };
        let output = polled(call, polls).await;
        if output.is_none() {
            self.count("dropped");
        }
        output
    }

    async fn bring_up(&mut self, modem: &mut impl TcpSocket) {
        for _ in 0..20 {
            if attach(modem).await.is_ok() {
                return;
            }
        }
        panic!("the module does not come up again");
    }

    async fn open<D: TcpSocket>(&mut self, modem: &mut D) -> Result<(), D::Error> {
        let Some(result) = self.dropped(modem.open(HOST, ECHO)).await else { return Ok(()) };
        self.streams.push(Stream { socket: result?, written: Vec::new(), read: 0 });
        self.count("opened");
        Ok(())
    }

    async fn write<D: TcpSocket>(&mut self, modem: &mut D, index: usize) -> Result<(), D::Error> {
        let mut data = (self.noise)(1 + self.random.below(900) as usize, self.random.below(250) as u8);
        if self.faults {
            data.fill_with(|| self.random.below(256) as u8);
        }
        let socket = self.streams[index].socket;
        let result = self.dropped(modem.write(socket, &data)).await;
        let taken = modem.has_taken(socket);
        match result {
            Some(Ok(())) => assert!(taken),
            Some(Err(_)) => assert!(!taken),
            None => {}
        }
        if taken {
            self.streams[index].written.extend(data);
            self.count("written");
        }
        result.unwrap_or(Ok(()))
    }

    async fn read<D: TcpSocket>(&mut self, modem: &mut D, index: usize) -> Result<(), D::Error> {
        let mut buf = vec![0; 1 + self.random.below(1200) as usize];
        let Stream { socket, read, .. } = self.streams[index];
        let Some(result) = self.dropped(modem.fetch(socket, &mut buf)).await else { return Ok(()) };
        let count = result?.unwrap_or(0);
        let stream = &mut self.streams[index];
        assert_eq!(buf[..count], stream.written[read..read + count], "socket {} at {read}", socket.index());
        stream.read += count;
        if count > 0 {
            self.count("read");
        }
        Ok(())
    }

    fn break_something(&mut self, scene: &SharedScene) {
        let mut module = module(scene);
        match self.random.below(12) {
            0 => module.drop_line(self.lines[0]),
            1 => module.drop_line(self.lines[1]),
            2 => module.kill_tcp(),
            3 => module.starve_block(),
            4 => module.lose_final(),
            5 => module.lose_prompt(),
            6 => module.garble(20),
            7 => module.silence(3_000_000),
            8 => module.lose_context(1),
            9 => module.drop_line(self.lines[2]),
            10 => module.delay_prompt(2_000_000),
            _ => module.slow(self.random.below(2_000_000)),
        }
        drop(module);
        self.count("faults");
    }

    /// A failure: whatever it is, the way on is the one that its kind names.
    async fn recover<D: TcpSocket>(&mut self, modem: &mut D, error: D::Error) {
        match error.kind() {
            ErrorKind::Restart | ErrorKind::Reattach => self.bring_up(modem).await,
            ErrorKind::Retry | ErrorKind::Reconnect => {}
            kind => panic!("{error}: {kind:?}"),
        }
    }

    async fn step(&mut self, modem: &mut impl TcpSocket, scene: &SharedScene) {
        let index = self.random.below(self.streams.len().max(1) as u64) as usize;
        let result = match self.random.below(12) {
            _ if self.streams.is_empty() => self.open(modem).await,
            0 if self.streams.len() < self.most_streams => self.open(modem).await,
            0 | 1 if self.faults => {
                self.break_something(scene);
                Ok(())
            }
            1..=5 => self.write(modem, index).await,
            6 => {
                let time = self.random.below(3000);
                pass_ms(time).await;
                Ok(())
            }
            _ => self.read(modem, index).await,
        };
        if let Err(error) = result {
            self.recover(modem, error).await;
        }
        let mut gone = Vec::new();
        self.streams.retain(|stream| {
            let is_closed = modem.state(stream.socket) == SocketState::Closed;
            if is_closed {
                gone.push(stream.socket);
            }
            !is_closed
        });
        for socket in gone {
            self.count("ended");
            // A failure here is that of the module, which the next step meets, too.
            let _ = modem.close(socket).await;
        }
    }

    /// Nothing breaks any more: what was written has to come back, unless the connection ends.
    async fn calm(&mut self, modem: &mut impl TcpSocket) {
        self.bring_up(modem).await;
        for index in 0..self.streams.len() {
            let (socket, mut buf) = (self.streams[index].socket, [0; 1500]);
            for _ in 0..200 {
                let Stream { read, ref written, .. } = self.streams[index];
                if read == written.len() {
                    break;
                }
                match modem.fetch(socket, &mut buf).await {
                    Ok(Some(0)) | Err(_) => break,
                    Ok(Some(count)) => {
                        assert_eq!(buf[..count], written[read..read + count]);
                        self.streams[index].read += count;
                    }
                    Ok(None) => pass_ms(2000).await,
                }
            }
            let is_open = modem.state(socket) != SocketState::Closed;
            let Stream { read, ref written, .. } = self.streams[index];
            assert!(!is_open || read == written.len(), "socket {}: {read} of {}", socket.index(), written.len());
        }
    }
}

fn run<B: SocketBench>(faults: bool, seed: u64) -> HashMap<&'static str, u32> {
    let (options, port) = any_running(seed);
    println!("seed {seed}: {options:?} {port:?}");
    rig_with::<B>(options, port, seed).run(async |modem, scene| {
        let mut storm = Storm {
            noise: noise::<B>,
            lines: [B::DATA_LINE, B::END_LINE, B::RESULT_LINE],
            most_streams: number_of_sockets::<B>() - 1,
            faults,
            random: SplitMix64::new(!seed),
            streams: Vec::new(),
            tally: HashMap::new(),
        };
        storm.bring_up(modem).await;
        for _ in 0..STEPS {
            storm.step(modem, scene).await;
        }
        module(scene).slow(40_000);
        pass_ms(30_000).await;
        storm.calm(modem).await;
        storm.tally
    })
}

fn storm<B: SocketBench>(faults: bool) {
    let seeds = seeds(SEEDS);
    let mut tally: HashMap<&str, u32> = HashMap::new();
    for seed in 0..seeds {
        for (what, count) in run::<B>(faults, seed) {
            *tally.entry(what).or_default() += count;
        }
    }
    println!("{seeds} seeds: {tally:?}");
    for what in ["opened", "written", "read", "dropped"] {
        assert!(u64::from(tally[what]) > seeds, "{what}");
    }
}

/// Any option, any port, no fault: all that is written comes back.
pub fn dropped_calls_on_any_module<B: SocketBench>() {
    storm::<B>(false);
}

/// The same with faults of the line and the network.
pub fn dropped_calls_and_faults_on_any_module<B: SocketBench>() {
    storm::<B>(true);
}
