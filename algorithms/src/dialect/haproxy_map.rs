//! HAProxy's static map of slots, which is looked up by hash or used in turn.

use std::collections::BTreeSet;
use std::sync::PoisonError;

use crate::error::BuildError;
use crate::pick::Pick;
use crate::pool::Pool;
use crate::ring::Ring;
use crate::slot::Slot;
use crate::sync::{Mutex, MutexGuard};

/// The slots of the active servers, and the position of the next turn.
#[derive(Debug, Default)]
pub(super) struct Map {
    slots: Box<[Slot]>,
    /// The entry at which the next turn begins.
    next: Mutex<usize>,
}

impl Map {
    /// Returns the map for the current pool. The turns continue at the entry where those of the previous map stopped.
    pub(super) fn new(pool: &Pool, before: Option<&Self>) -> Result<Self, BuildError> {
        let weight = |slot| pool.weight(slot).get();
        let common = pool.slots().map(weight).fold(0, greatest_common_divisor);
        let primaries = pool.slots().filter(|&slot| !pool.backend(slot).is_backup());
        let mut shares: Vec<_> = primaries
            .map(|slot| (slot, (weight(slot) / common) as usize))
            .collect();
        // Servers that are out of service now may return.
        Ring::check_size(shares.iter().map(|&(_, share)| share).sum())?;
        shares.retain(|&(slot, _)| pool.is_active(slot));
        Ok(Self {
            slots: dealt(&shares),
            next: Mutex::new(before.map_or(0, |before| *before.next())),
        })
    }

    /// Returns the entry for a hash, if there is any.
    pub(super) fn entry(&self, hash: u32) -> Option<usize> {
        (hash as usize).checked_rem(self.slots.len())
    }

    /// Returns the first server that may be picked, from an entry on, once around.
    pub(super) fn allowed_from(&self, entry: usize, pick: &Pick<'_>) -> Option<Slot> {
        let (_, slot) = self.walk(entry, pick)?;
        Some(slot)
    }

    /// Returns the server of the next turn, skipping servers that may not be picked.
    pub(super) fn turn(&self, pick: &Pick<'_>) -> Option<Slot> {
        let mut next = self.next();
        let (entry, slot) = self.walk(next.checked_rem(self.slots.len())?, pick)?;
        if !pick.is_question() {
            *next = entry + 1;
        }
        Some(slot)
    }

    fn walk(&self, entry: usize, pick: &Pick<'_>) -> Option<(usize, Slot)> {
        let entries = (entry..self.slots.len()).chain(0..entry);
        let mut entries = entries.map(|entry| (entry, self.slots[entry]));
        entries.find(|&(_, slot)| pick.allows(slot))
    }

    pub(super) fn slots(&self) -> &[Slot] {
        &self.slots
    }

    pub(super) fn memory(&self) -> usize {
        size_of_val(&*self.slots)
    }

    fn next(&self) -> MutexGuard<'_, usize> {
        // A number is never left half written.
        self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 {
        a
    } else {
        greatest_common_divisor(b, a % b)
    }
}

/// Returns the slots dealt to servers of these shares. Every server begins with one credit and gains another whenever
/// its share of the slots so far has grown by one. A slot goes to the server with the most credits (the first of
/// equals), and costs one credit.
fn dealt(shares: &[(Slot, usize)]) -> Box<[Slot]> {
    let total: usize = shares.iter().map(|&(_, share)| share).sum();
    let mut gains: Vec<(usize, usize)> = (0..)
        .zip(shares)
        .flat_map(|(server, &(_, share))| {
            (1..share).map(move |gain| ((gain * total).div_ceil(share), server))
        })
        .collect();
    gains.sort_unstable();
    let mut gains = gains.into_iter().peekable();
    let mut credits = vec![1; shares.len()];
    let mut order: BTreeSet<(i32, usize)> = (0..shares.len()).map(|server| (-1, server)).collect();
    let mut slots = Vec::with_capacity(total);
    for slot in 1..=total {
        while let Some((_, server)) = gains.next_if(|&(at, _)| at <= slot) {
            order.remove(&(-credits[server], server));
            credits[server] += 1;
            order.insert((-credits[server], server));
        }
        let Some((most, server)) = order.pop_first() else {
            break;
        };
        credits[server] -= 1;
        order.insert((most + 1, server));
        slots.push(shares[server].0);
    }
    slots.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection;
    use proptest::prelude::{prop_assert_eq, proptest};

    /// Deals slot by slot from the score of each server.
    fn by_scores(shares: &[(Slot, usize)]) -> Vec<Slot> {
        let total: i64 = shares.iter().map(|&(_, share)| share as i64).sum();
        let mut scores = vec![0; shares.len()];
        let slot = |_| {
            let mut best: Option<(i64, usize)> = None;
            for (server, &(_, share)) in shares.iter().enumerate() {
                scores[server] += share as i64;
                let rank = (scores[server] + total) / total;
                if best.is_none_or(|(most, _)| rank > most) {
                    best = Some((rank, server));
                }
            }
            let (_, server) = best.unwrap();
            scores[server] -= total;
            shares[server].0
        };
        (0..total).map(slot).collect()
    }

    proptest! {
        #[test]
        fn credits_deal_as_scores_do(shares in collection::vec(1..40usize, 0..12)) {
            let shares: Vec<_> = (0..).map(Slot).zip(shares).collect();
            prop_assert_eq!(dealt(&shares).to_vec(), by_scores(&shares));
        }
    }
}
