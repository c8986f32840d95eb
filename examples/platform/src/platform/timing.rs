//! What is due, and when.

use super::{At, Platform};
use crate::connection::{ConnId, Connection, Due};
use crate::record::Judgement;

impl Platform {
    /// Does what is due: deadlines, what faults hold back, and scheduled faults, which come last of what is due at one
    /// time.
    pub fn poll(&mut self, now: u64) {
        while let Some(at) = self.next()
            && at <= now
        {
            match self.timers.pop_due(at) {
                Some((now, conn)) => {
                    self.fire(At { now, conn });
                    self.arm(conn);
                }
                None => self.step(),
            }
        }
    }

    /// When [`poll`](Self::poll) has something to do next.
    pub fn next(&self) -> Option<u64> {
        [self.schedule.next(), self.timers.next()].into_iter().flatten().min()
    }

    /// Does one thing, as of its own time; whatever is due elsewhere before the next one comes first.
    fn fire(&mut self, at: At) {
        if let Some((due, what)) = self.due(at.conn)
            && due <= at.now
        {
            match what {
                Due::Input => {
                    let bytes = self.take_late_input(at.conn).unwrap_or_default();
                    self.read(at, &bytes);
                }
                Due::Puback(id) => {
                    let connection = self.connections.get_mut(&at.conn);
                    if let Some(established) = connection.and_then(|connection| connection.established.as_mut()) {
                        established.late_pubacks.pop_front();
                    }
                    self.send_puback(at, id);
                }
                Due::Answer => {
                    let connection = self.connections.get_mut(&at.conn);
                    let http = connection.and_then(|connection| connection.http.as_mut());
                    if let Some((_, response)) = http.and_then(|http| http.late_answers.pop_front()) {
                        self.send_answer(at, &response);
                    }
                }
                Due::Kick => {
                    self.record.count_kick();
                    self.close(at, Judgement::Fault, "a second device of the same identity connected");
                }
                Due::Deadline => self.close(at, Judgement::Closed, self.deadline_reason(at.conn)),
            }
        }
    }

    fn deadline_reason(&self, conn: ConnId) -> &'static str {
        match self.connections.get(&conn) {
            Some(Connection { http: Some(_), .. }) => "nothing moved on a connection of HTTP",
            Some(Connection { established: Some(_), .. }) => "[MQTT-3.1.2-24] silent for 1.5 times the keep-alive",
            Some(Connection { registered: Some(_), .. }) => "still open behind a registration",
            _ => "no CONNECT within the deadline",
        }
    }

    fn due(&self, conn: ConnId) -> Option<(u64, Due)> {
        self.connections.get(&conn)?.next(&self.config)
    }

    /// Puts the connection's next time into the timers.
    pub(super) fn arm(&mut self, conn: ConnId) {
        let due = self.due(conn).map(|(at, _)| at);
        self.timers.set(conn, due);
    }
}
