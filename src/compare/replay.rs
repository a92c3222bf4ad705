//! One strategy's answers to a workload, and what can be read off them.

use std::num::NonZeroU32;
use std::slice;
use std::sync::Arc;

use anyhow::{Context, Result};
use evenkeel_algorithms::analysis::{Change, Moves, Spread};
use evenkeel_algorithms::{Key, LoadBalancer, Pick, Pool, Seed, Slot, Snapshot, Ticket};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rayon::prelude::*;

use super::chi_square::ChiSquare;
use super::figures::{Changed, Spreads, Tests};
use super::load::{Load, weighted};
use crate::change::MembershipChange;
use crate::workload::Workload;

/// Requests in flight a backend while a strategy that does not pick by the key alone is replayed.
const WINDOW_PER_BACKEND: usize = 10;

/// The answers of one strategy over one pool.
pub(super) struct Replay<'a> {
    workload: &'a Workload,
    snapshot: Arc<Snapshot>,
    seed: Seed,
    /// The answer to each request.
    answers: Vec<Slot>,
    /// The answer to each distinct key, of a strategy that picks by key alone.
    owners: Option<Vec<Slot>>,
}

impl<'a> Replay<'a> {
    /// Routes every request.
    ///
    /// A strategy that does not pick by the key alone sees requests in flight ([`replay_in_flight`]).
    pub(super) fn of(workload: &'a Workload, balancer: &LoadBalancer, seed: Seed) -> Result<Self> {
        let snapshot = balancer.snapshot();
        let profile = snapshot.profile();
        let by_load = profile.in_flight || snapshot.pool().is_capped();
        let by_key = profile.key != Key::Unused && !by_load;
        // Before the requests, which may take turns.
        let owners = by_key.then(|| owners(workload, &snapshot)).transpose()?;
        let route = |key| Ok(balancer.route(Some(key))?.slot());
        let answers = if by_load || profile.key == Key::Unused {
            replay_in_flight(workload, slice::from_ref(balancer), None, seed)?
        } else if profile.key == Key::Optional {
            // Its fallback may take turns.
            let keys = workload.requests().map(|(_, key)| key);
            keys.map(route).collect::<Result<_>>()?
        } else {
            workload.par_requests().map(route).collect::<Result<_>>()?
        };
        Ok(Self {
            workload,
            snapshot,
            seed,
            answers,
            owners,
        })
    }

    /// The answer to each distinct key, of a strategy that picks by key alone.
    pub(super) fn into_owners(self) -> Option<Vec<Slot>> {
        self.owners
    }

    fn pool(&self) -> &Pool {
        self.snapshot.pool()
    }

    /// How the requests and the distinct keys are spread over the eligible backends. Where no key is
    /// used a key has no backend.
    pub(super) fn spreads(&self) -> Spreads {
        let spread = |answers: &[Slot]| spread_of(self.pool(), &self.loads(answers));
        let keys = self.owners.as_deref().and_then(spread);
        Spreads {
            requests: spread(&self.answers).map(Into::into),
            keys: keys.map(Into::into),
        }
    }

    /// Whether keys are spread as chance spreads them. Requests are, if each is of a key of its own.
    pub(super) fn tests(&self) -> Tests {
        let test = |answers: &[Slot]| {
            let loads = self.loads(answers);
            ChiSquare::of(weighted(self.pool(), &loads))
        };
        let by_key = self.snapshot.profile().key != Key::Unused;
        let once = self.answers.len() == self.workload.keys().len();
        Tests {
            requests: (by_key && once).then(|| test(&self.answers)).flatten(),
            keys: self.owners.as_deref().and_then(test),
        }
    }

    /// What each eligible backend got of the requests.
    pub(super) fn backends(&self) -> Vec<Load> {
        Load::of(self.pool(), &self.loads(&self.answers))
    }

    fn loads(&self, answers: &[Slot]) -> Vec<u64> {
        let mut loads = vec![0; self.pool().len()];
        answers.iter().for_each(|slot| loads[slot.index()] += 1);
        loads
    }

    /// The share of the requests of keys seen before that reached the same backend as the last
    /// request of that key. None if every key came once.
    pub(super) fn affinity(&self) -> Option<f64> {
        let mut last = vec![None; self.workload.keys().len()];
        let (mut repeated, mut same) = (0u64, 0u64);
        for ((key, _), &slot) in self.workload.requests().zip(&self.answers) {
            if let Some(before) = last[key].replace(slot) {
                repeated += 1;
                same += u64::from(before == slot);
            }
        }
        (repeated > 0).then(|| same as f64 / repeated as f64)
    }

    /// What a change moves: distinct keys and their requests where the strategy picks by key, else
    /// the positions of the sequence.
    pub(super) fn changed(
        &self,
        label: &MembershipChange,
        after: &LoadBalancer,
    ) -> Result<Changed> {
        let snapshot = after.snapshot();
        let change = Change::new(self.pool(), snapshot.pool());
        let numbered = snapshot.profile().history;
        let numbering = numbered.then(|| snapshot.pool().numbering()).transpose()?;
        let vacant = numbering.map(|numbering| numbering.vacated().len());
        let Some(before) = &self.owners else {
            let after = replay_in_flight(self.workload, slice::from_ref(after), None, self.seed)?;
            let pairs = self
                .answers
                .iter()
                .zip(after)
                .map(|(&before, after)| (before, after, 1));
            let moves = Moves::count(&change, pairs);
            return Ok(Changed::new(
                label,
                moves,
                moves,
                change.least_share(),
                vacant,
            ));
        };
        let after = owners(self.workload, &snapshot)?;
        let pairs = || before.iter().copied().zip(after.iter().copied());
        let keys = Moves::count(&change, pairs().map(|(before, after)| (before, after, 1)));
        let counts = self.workload.counts();
        let weighted = pairs()
            .zip(counts)
            .map(|((before, after), count)| (before, after, count));
        let requests = Moves::count(&change, weighted);
        let ideal = change.least_of(before.iter().map(|&owner| (owner, 1)));
        Ok(Changed::new(label, keys, requests, ideal, vacant))
    }
}

/// The spread over the eligible backends.
pub(crate) fn spread_of(pool: &Pool, loads: &[u64]) -> Option<Spread> {
    Spread::of(weighted(pool, loads))
}

/// The answer to each distinct key, asked by itself: no request that is placed meanwhile counts.
pub(crate) fn owners(workload: &Workload, snapshot: &Snapshot) -> Result<Vec<Slot>> {
    let ask = |key| Pick::new(snapshot.pool(), Some(key)).question();
    let pick = |key| Ok(snapshot.pick(&ask(key))?);
    workload.par_keys().map(pick).collect()
}

/// How many requests are in flight while a strategy is replayed, so many as asked for or ten a backend: no
/// more than the caps allow.
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

/// The answers to the requests, which load balancers over the same backends get in turn, while a
/// [`window`] of them is in flight: when it is full a random one, drawn with the seed, is released before the
/// next is routed.
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
