//! The clients that are connected.

use std::collections::BTreeMap;
use std::net::Shutdown;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::stream::Stream;
use crate::protocol::open::Client;

/// How long clients may take to read their last answers.
const GRACE: Duration = Duration::from_secs(5);

/// The clients that are connected, by the order of their arrival.
#[derive(Debug)]
pub(super) struct Clients {
    /// How many there may be at once.
    pub(super) most: usize,
    connected: Mutex<Connected>,
    /// Signals that a client has left.
    left: Condvar,
    closing: AtomicBool,
}

#[derive(Debug, Default)]
struct Connected {
    streams: BTreeMap<Client, Arc<Stream>>,
    arrivals: u64,
}

impl Clients {
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            connected: Mutex::default(),
            left: Condvar::new(),
            closing: AtomicBool::new(false),
        }
    }

    /// Registers a client, unless there are too many.
    pub(super) fn admit(&self, stream: &Arc<Stream>) -> Option<Visit<'_>> {
        let mut connected = self.connected();
        if connected.streams.len() >= self.most {
            return None;
        }
        let client = Client(connected.arrivals);
        connected.arrivals += 1;
        connected.streams.insert(client, Arc::clone(stream));
        Some(Visit {
            clients: self,
            client,
        })
    }

    /// Stops reading from clients, apart from what has arrived, and waits until that is answered. Clients that do not
    /// read their answers in time are cut off.
    pub(super) fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
        let connected = self.connected();
        connected.shutdown(Shutdown::Read);
        let some_left = |connected: &mut Connected| !connected.streams.is_empty();
        let waited = self.left.wait_timeout_while(connected, GRACE, some_left);
        let (connected, _) = waited.unwrap_or_else(PoisonError::into_inner);
        connected.shutdown(Shutdown::Both);
    }

    fn connected(&self) -> MutexGuard<'_, Connected> {
        self.connected
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connected {
    fn shutdown(&self, how: Shutdown) {
        self.streams
            .values()
            .for_each(|stream| stream.shutdown(how));
    }
}

/// A client's time in the registry, which ends when it is dropped.
#[derive(Debug)]
pub(super) struct Visit<'c> {
    clients: &'c Clients,
    pub(super) client: Client,
}

impl Visit<'_> {
    /// Whether the end of its input is the server's doing and not the client's.
    pub(super) fn is_cut_short(&self) -> bool {
        self.clients.closing.load(Ordering::Relaxed)
    }
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        self.clients.connected().streams.remove(&self.client);
        self.clients.left.notify_one();
    }
}
