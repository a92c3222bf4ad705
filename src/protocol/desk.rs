//! Where a client's messages are answered: in a conversation of its own, or in one that all clients share.

use std::sync::{Mutex, PoisonError};

use super::open::Client;
use super::session::Session;

/// Where the messages of one client are answered.
pub(super) trait Desk {
    /// Gives access to the conversation, once no other client has it.
    fn turn<T>(&mut self, answer: impl FnOnce(&mut Session<'_>, Client) -> T) -> T;
}

/// A conversation of one client.
impl Desk for Session<'_> {
    fn turn<T>(&mut self, answer: impl FnOnce(&mut Session<'_>, Client) -> T) -> T {
        answer(self, Client::ONLY)
    }
}

/// One client of a shared conversation. Its open requests are released when it leaves.
#[derive(Debug)]
pub(super) struct Seat<'s, 'a> {
    session: &'s Mutex<Session<'a>>,
    client: Client,
}

impl<'s, 'a> Seat<'s, 'a> {
    pub(super) const fn new(session: &'s Mutex<Session<'a>>, client: Client) -> Self {
        Self { session, client }
    }
}

impl Desk for Seat<'_, '_> {
    fn turn<T>(&mut self, answer: impl FnOnce(&mut Session<'_>, Client) -> T) -> T {
        // A message that made a thread panic must not end the conversation of the other clients.
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        answer(&mut session, self.client)
    }
}

impl Drop for Seat<'_, '_> {
    fn drop(&mut self) {
        self.turn(|session, client| {
            session.release(client);
        });
    }
}
