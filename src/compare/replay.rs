//! The answers of one strategy to a workload, and the figures from them.

use std::num::NonZeroU32;
use std::slice;
use std::sync::Arc;

use anyhow::{Context, Result};
use evenkeel_algorithms::analysis::{Change, Moves, Shares, Spread};
use evenkeel_algorithms::{
    Key, LoadBalancer, Pick, Pool, RouteError, Seed, Slot, Snapshot, Ticket,
};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rayon::prelude::*;

use super::chi_square::ChiSquare;
use super::figures::{Changed, Spreads, Tests};
use super::load::Load;
use crate::change::MembershipChange;
use crate::workload::{FullWindow, MovedKey, WindowLoads, Workload};

/// The requests in flight per backend while a strategy that does not pick by key alone is replayed.
const WINDOW_PER_BACKEND: usize = 10;

/// The number of keys that are asked for at once.
const CHUNK: usize = 1 << 12;

/// The answers of one strategy over one pool.
pub(super) struct Replay<'a> {
    workload: &'a Workload,
    snapshot: Arc<Snapshot>,
    seed: Seed,
    answers: Answers,
    /// The number of requests of each slot.
    requests: Vec<u64>,
    /// The number of distinct keys of each slot, for a strategy by key alone.
    keys: Option<Vec<u64>>,
}

/// The answers, as far as they have to be asked for.
enum Answers {
    /// To each distinct key, for a strategy for which only the key matters.
    Keys(Vec<Slot>),
    /// To each request; and to each distinct key, for a strategy by key alone that may take turns if a key finds no
    /// backend.
    Requests {
        slots: Vec<Slot>,
        owners: Option<Vec<Slot>>,
    },
}

impl Answers {
    /// Asks a strategy. One that depends on requests in flight sees some ([`replay_in_flight`]).
    fn of(workload: &Workload, balancer: &LoadBalancer, seed: Seed) -> Result<Self> {
        let snapshot = balancer.snapshot();
        if is_decided_by_key(&snapshot) {
            return Ok(Self::Keys(owners(workload, &snapshot)?));
        }
        if snapshot.profile().key == Key::Unused || is_by_load(&snapshot) {
            let slots = replay(workload, balancer, seed)?;
            let owners = None;
            return Ok(Self::Requests { slots, owners });
        }
        // Before the requests, which may take turns.
        let owners = Some(owners(workload, &snapshot)?);
        let slots = in_turn(workload, &snapshot)?;
        Ok(Self::Requests { slots, owners })
    }

    fn into_owners(self) -> Option<Vec<Slot>> {
        match self {
            Self::Keys(owners) => Some(owners),
            Self::Requests { owners, .. } => owners,
        }
    }
}

/// Returns whether only the key matters to a strategy, so that no request changes the answer to another.
pub(super) fn is_decided_by_key(snapshot: &Snapshot) -> bool {
    snapshot.profile().key == Key::Required && !is_by_load(snapshot)
}

/// Returns whether requests in flight matter to a strategy.
fn is_by_load(snapshot: &Snapshot) -> bool {
    snapshot.profile().in_flight || snapshot.pool().is_capped()
}

impl<'a> Replay<'a> {
    /// Routes as many requests as are needed to know the answer to every request.
    pub(super) fn of(workload: &'a Workload, balancer: &LoadBalancer, seed: Seed) -> Result<Self> {
        let (snapshot, answers) = (balancer.snapshot(), Answers::of(workload, balancer, seed)?);
        let loads = |answers: &mut dyn Iterator<Item = (Slot, u64)>| {
            let mut loads = vec![0; snapshot.pool().len()];
            answers.for_each(|(slot, count)| loads[slot.index()] += count);
            loads
        };
        let once = |slots: &[Slot]| loads(&mut slots.iter().map(|&slot| (slot, 1)));
        let counts = workload.counts().iter().copied();
        let (requests, keys) = match &answers {
            Answers::Keys(owners) => (
                loads(&mut owners.iter().copied().zip(counts)),
                Some(once(owners)),
            ),
            Answers::Requests { slots, owners } => (once(slots), owners.as_deref().map(once)),
        };
        Ok(Self {
            workload,
            snapshot,
            seed,
            answers,
            requests,
            keys,
        })
    }

    /// Returns the answer to each distinct key, for a strategy by key alone.
    pub(super) fn into_owners(self) -> Option<Vec<Slot>> {
        self.answers.into_owners()
    }

    /// Returns the spread of the requests and of the distinct keys over the eligible backends. For a strategy without
    /// keys, keys have no backends.
    pub(super) fn spreads(&self) -> Spreads {
        let spread = |loads: &Vec<u64>| spread_of(&self.snapshot, loads).map(Into::into);
        Spreads {
            requests: spread(&self.requests),
            keys: self.keys.as_ref().and_then(spread),
        }
    }

    /// Returns the tests of the spread against chance. Requests are tested if each has its own key.
    pub(super) fn tests(&self) -> Tests {
        let test = |loads: &Vec<u64>| ChiSquare::of(Shares::of(&self.snapshot).of_loads(loads));
        let by_key = self.snapshot.profile().key != Key::Unused;
        let once = self.workload.requests().len() == self.workload.keys().len();
        Tests {
            requests: (by_key && once).then(|| test(&self.requests)).flatten(),
            keys: self.keys.as_ref().and_then(test),
        }
    }

    /// Returns the requests of each eligible backend.
    pub(super) fn backends(&self) -> Vec<Load> {
        Load::of(&self.snapshot, &self.requests)
    }

    /// Returns the fullest windows of the log, if there are windows.
    pub(super) fn fullest(&self) -> Vec<FullWindow> {
        let Some(windows) = self.workload.windows() else {
            return Vec::new();
        };
        let mut loads = WindowLoads::default();
        for (number, (key, _)) in self.workload.requests().enumerate() {
            let slot = match &self.answers {
                Answers::Keys(owners) => owners[key],
                Answers::Requests { slots, .. } => slots[number],
            };
            loads.count(windows, number, slot.index());
        }
        let (pool, shares) = (self.snapshot.pool(), Shares::of(&self.snapshot));
        let backends = pool.slots();
        let backends = backends.map(|slot| (pool.backend(slot).name(), shares.weight(slot)));
        loads.fullest(windows, &backends.collect::<Vec<_>>())
    }

    /// Returns the share of requests with a repeated key that reached the same backend as the previous request of that
    /// key. `None` if every key came once.
    pub(super) fn affinity(&self) -> Option<f64> {
        let (requests, keys) = (self.workload.requests(), self.workload.keys().len());
        let repeated = requests.len() - keys;
        let same = match &self.answers {
            Answers::Keys(_) => repeated,
            Answers::Requests { slots, .. } => {
                let mut last = vec![None; keys];
                let same = requests
                    .zip(slots)
                    .filter(|&((key, _), &slot)| last[key].replace(slot) == Some(slot));
                same.count()
            }
        };
        (repeated > 0).then(|| same as f64 / repeated as f64)
    }

    /// Returns what a change moves: distinct keys and their requests for a strategy by key, otherwise the positions in
    /// the sequence.
    pub(super) fn changed(
        &self,
        label: &MembershipChange,
        after: &LoadBalancer,
    ) -> Result<Changed> {
        let snapshot = after.snapshot();
        let change = Change::of(&self.snapshot, &snapshot);
        let numbered = snapshot.profile().history;
        let numbering = numbered.then(|| snapshot.pool().numbering()).transpose()?;
        let vacant = numbering.map(|numbering| numbering.vacated().len());
        let count = |before: &[Slot], after: &[Slot]| {
            let pairs = before.iter().zip(after);
            Moves::count(&change, pairs.map(|(&before, &after)| (before, after, 1)))
        };
        let before = match &self.answers {
            Answers::Keys(owners) => owners,
            Answers::Requests { owners, slots } => match owners {
                Some(owners) => owners,
                None => {
                    let moves = count(slots, &replay(self.workload, after, self.seed)?);
                    let ideal = change.least_share();
                    return Ok(Changed::new(label, moves, moves, ideal, vacant, Vec::new()));
                }
            },
        };
        let after = owners(self.workload, &snapshot)?;
        let keys = count(before, &after);
        let counted = before
            .iter()
            .zip(&after)
            .zip(self.workload.counts())
            .map(|((&before, &after), &count)| (before, after, count));
        let requests = Moves::count(&change, counted);
        let ideal = change.least_of(before.iter().map(|&owner| (owner, 1)));
        let hottest = self
            .workload
            .hottest(|key| change.moved(before[key], after[key]));
        let name = |pool: &Pool, slot| pool.backend(slot).name().to_owned();
        let hot_keys = hottest.into_iter().map(|(key, hot)| MovedKey {
            hot,
            from: name(self.snapshot.pool(), before[key]),
            to: name(snapshot.pool(), after[key]),
        });
        let hot_keys = hot_keys.collect();
        Ok(Changed::new(label, keys, requests, ideal, vacant, hot_keys))
    }
}

/// Returns the spread over the eligible backends, relative to the shares that the algorithm is expected to give.
pub(crate) fn spread_of(snapshot: &Snapshot, loads: &[u64]) -> Option<Spread> {
    Spread::of(Shares::of(snapshot).of_loads(loads))
}

/// Returns the answer to each distinct key, asked by itself: no other request counts.
pub(crate) fn owners(workload: &Workload, snapshot: &Snapshot) -> Result<Vec<Slot>> {
    let ask = |key| Pick::new(snapshot.pool(), Some(key)).question();
    let some = |keys: Vec<_>| answers(snapshot, keys.into_iter().map(ask));
    let parts = workload.par_keys().chunks(CHUNK).map(some);
    Ok(parts.collect::<Result<Vec<_>, _>>()?.concat())
}

/// Returns the answers to the requests in order, for a strategy that ignores requests in flight.
fn in_turn(workload: &Workload, snapshot: &Snapshot) -> Result<Vec<Slot>> {
    let ask = |(_, key)| Pick::new(snapshot.pool(), Some(key));
    Ok(answers(snapshot, workload.requests().map(ask))?)
}

/// Returns the answers to some picks, or why one of them has none.
fn answers<'a>(
    snapshot: &'a Snapshot,
    picks: impl ExactSizeIterator<Item = Pick<'a>>,
) -> Result<Vec<Slot>, RouteError> {
    let (mut slots, mut failed) = (Vec::with_capacity(picks.len()), None);
    snapshot.pick_each(picks, |answer| match answer {
        Ok(slot) => slots.push(slot),
        Err(error) => failed = failed.or(Some(error)),
    });
    failed.map_or(Ok(slots), Err)
}

/// Returns the answers to the requests in order, with the usual number in flight if that matters.
fn replay(workload: &Workload, balancer: &LoadBalancer, seed: Seed) -> Result<Vec<Slot>> {
    let snapshot = balancer.snapshot();
    if is_by_load(&snapshot) {
        replay_in_flight(workload, slice::from_ref(balancer), None, seed)
    } else {
        in_turn(workload, &snapshot)
    }
}

/// Returns the number of requests in flight while a strategy is replayed: the number asked for or ten per backend, but
/// no more than the caps allow.
pub(crate) fn window(pool: &Pool, asked: Option<u32>) -> usize {
    let active = || pool.slots().filter(|&slot| pool.is_active(slot));
    let most = |slot| pool.backend(slot).max_in_flight();
    let room = |slot| {
        let room = |most: NonZeroU32| u64::from(most.get()).saturating_sub(pool.in_flight(slot));
        most(slot).map_or(usize::MAX, |most| room(most) as usize)
    };
    let room = active().map(room).fold(0, usize::saturating_add);
    let wanted = asked.map_or(WINDOW_PER_BACKEND * active().count(), |asked| {
        asked as usize
    });
    wanted.min(room).max(1)
}

/// Returns the answers to the requests, which load balancers over the same backends get in turn, while a [`window`] of
/// them is in flight: when it is full, a random request, drawn with the seed, is released before the next is routed.
pub(crate) fn replay_in_flight(
    workload: &Workload,
    balancers: &[LoadBalancer],
    asked: Option<u32>,
    seed: Seed,
) -> Result<Vec<Slot>> {
    let first = balancers.first().context("there is no load balancer")?;
    let window = window(first.snapshot().pool(), asked);
    let mut rng = ChaCha8Rng::seed_from_u64(seed.0);
    let mut open: Vec<Ticket> = Vec::with_capacity(window);
    let route = |((_, key), balancer): (_, &LoadBalancer)| {
        if open.len() == window {
            open.swap_remove(rng.random_range(0..window as u32) as usize)
                .release();
        }
        let ticket = balancer.route(Some(key))?;
        let slot = ticket.slot();
        open.push(ticket);
        Ok(slot)
    };
    let turns = balancers.iter().cycle();
    workload.requests().zip(turns).map(route).collect()
}
