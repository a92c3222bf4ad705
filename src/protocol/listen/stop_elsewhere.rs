//! The end of a server on a system without Unix signals: the process is ended by its user.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::listener::Listener;

/// How long to wait between two looks for clients.
const INTERVAL: Duration = Duration::from_millis(10);

/// Ends [`serve_clients`](super::serving::serve_clients).
#[derive(Debug)]
pub struct Stop {
    asked: AtomicBool,
}

impl Stop {
    /// A server that ends only when [`request`](Self::request) is called.
    ///
    /// # Errors
    /// None on this system.
    pub fn new() -> io::Result<Self> {
        let asked = AtomicBool::new(false);
        Ok(Self { asked })
    }

    /// The same: signals end the process at once on this system.
    ///
    /// # Errors
    /// None on this system.
    pub fn on_signals() -> io::Result<Self> {
        Self::new()
    }

    /// Asks for the end.
    pub fn request(&self) {
        self.asked.store(true, Ordering::Relaxed);
    }

    /// Waits for clients. Returns false once the end was asked for.
    pub(super) fn wait_for_clients(&self, _: &[Listener]) -> io::Result<bool> {
        thread::sleep(INTERVAL);
        Ok(!self.asked.load(Ordering::Relaxed))
    }
}
