//! First come, first served.

use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, VecDeque};

use super::agenda::LATEST;
use super::station::Visit;

/// Servers that each serve one request to its end, and those who wait.
pub(super) struct InTurn {
    servers: usize,
    served: BinaryHeap<Reverse<Served>>,
    /// Those who wait, with the nanoseconds that each will take.
    waiting: VecDeque<(Visit, u64)>,
}

struct Served {
    end: u64,
    visit: Visit,
}

impl InTurn {
    pub(super) fn new(servers: usize) -> Self {
        Self {
            servers,
            served: BinaryHeap::new(),
            waiting: VecDeque::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.served.len() + self.waiting.len()
    }

    pub(super) fn arrive(&mut self, visit: Visit, service: u64) {
        if self.served.len() < self.servers {
            let now = visit.arrival;
            self.serve(visit, now, service);
        } else {
            self.waiting.push_back((visit, service));
        }
    }

    /// When the next request is finished.
    pub(super) fn next_end(&self) -> Option<u64> {
        self.served.peek().map(|Reverse(next)| next.end)
    }

    /// Finishes the next request, and begins one that waits.
    pub(super) fn depart(&mut self) -> Option<Visit> {
        let Reverse(done) = self.served.pop()?;
        if let Some((visit, service)) = self.waiting.pop_front() {
            self.serve(visit, done.end, service);
        }
        Some(done.visit)
    }

    fn serve(&mut self, visit: Visit, now: u64, service: u64) {
        let end = now.saturating_add(service).min(LATEST);
        self.served.push(Reverse(Served { end, visit }));
    }
}

impl Ord for Served {
    /// By the end; of equal ends the first to come is the first to go.
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |served: &Self| (served.end, served.visit.number);
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for Served {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Served {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Served {}
