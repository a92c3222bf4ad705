//! The end of a server, asked for by a signal or by another thread.

use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::{flag, low_level};

use super::listener::Listener;

/// Ends [`serve_clients`](super::serving::serve_clients).
#[derive(Debug)]
pub struct Stop {
    /// Has a byte to read once the end was asked for.
    asked: UnixStream,
    ask: UnixStream,
}

impl Stop {
    /// A server that ends only when [`request`](Self::request) is called.
    ///
    /// # Errors
    /// If the process has no more file descriptors.
    pub fn new() -> io::Result<Self> {
        let (asked, ask) = UnixStream::pair()?;
        ask.set_nonblocking(true)?;
        Ok(Self { asked, ask })
    }

    /// A server that ends cleanly at the first SIGINT or SIGTERM. The second ends the process at once. This holds
    /// for the rest of the process.
    ///
    /// # Errors
    /// As [`new`](Self::new), or if the signals cannot be handled.
    pub fn on_signals() -> io::Result<Self> {
        let stop = Self::new()?;
        let once = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            // The order matters: the handlers of a signal run in the order of their registration.
            flag::register_conditional_default(signal, Arc::clone(&once))?;
            flag::register(signal, Arc::clone(&once))?;
            low_level::pipe::register(signal, OwnedFd::from(stop.ask.try_clone()?))?;
        }
        Ok(stop)
    }

    /// Asks for the end.
    pub fn request(&self) {
        // A full pipe has been asked before.
        let _ = (&self.ask).write(&[0]);
    }

    /// Waits for clients. Returns false once the end was asked for.
    pub(super) fn wait_for_clients(&self, listeners: &[Listener]) -> io::Result<bool> {
        let mut events = vec![PollFd::new(&self.asked, PollFlags::IN)];
        let clients = listeners.iter().map(AsFd::as_fd);
        events.extend(clients.map(|listener| PollFd::from_borrowed_fd(listener, PollFlags::IN)));
        loop {
            match poll(&mut events, None) {
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
                Ok(_) => return Ok(events[0].revents().is_empty()),
            }
        }
    }
}
