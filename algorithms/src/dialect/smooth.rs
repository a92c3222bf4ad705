//! nginx's smooth weighted turns among the peers that may be picked: the state that its methods share.

use std::sync::PoisonError;

use crate::pick::Pick;
use crate::pool::Pool;
use crate::slot::Slot;
use crate::sync::{Mutex, MutexGuard};

/// The step of a request that takes a turn although it has a key.
pub(super) const FALLBACK: &str = "smooth weighted turns";

/// The total of each peer, in the order of the pool.
#[derive(Debug)]
pub(super) struct SmoothTurns(Mutex<Box<[i64]>>);

impl Default for SmoothTurns {
    /// Returns the turns of an empty pool.
    fn default() -> Self {
        Self::new(&Pool::empty())
    }
}

impl SmoothTurns {
    pub(super) fn new(pool: &Pool) -> Self {
        Self(Mutex::new(pool.slots().map(|_| 0).collect()))
    }

    /// Returns the slot of the next turn: each allowed slot gains its weight, and the one with the most (the first of
    /// equals) takes the turn and pays the sum of the gains. A question changes nothing.
    #[inline]
    pub(super) fn turn(&self, pick: &Pick<'_>) -> Option<Slot> {
        self.turn_among(pick, |_| true)
    }

    /// Returns the same, where only participants gain and take turns.
    #[inline]
    pub(super) fn turn_among(
        &self,
        pick: &Pick<'_>,
        takes_part: impl Fn(Slot) -> bool,
    ) -> Option<Slot> {
        let (pool, question) = (pick.pool(), pick.is_question());
        let mut gains = self.gains();
        let (mut total, mut best) = (0, None);
        for (slot, gain) in pool.slots().zip(gains.iter_mut()) {
            if !(pick.allows(slot) && takes_part(slot)) {
                continue;
            }
            let weight = i64::from(pool.weight(slot).get());
            let gained = *gain + weight;
            total += weight;
            if best.is_none_or(|(most, _)| gained > most) {
                best = Some((gained, slot));
            }
            if !question {
                *gain = gained;
            }
        }
        let (_, slot) = best?;
        if !question {
            gains[slot.index()] -= total;
        }
        Some(slot)
    }

    pub(super) fn memory(&self) -> usize {
        size_of_val(&**self.gains())
    }

    fn gains(&self) -> MutexGuard<'_, Box<[i64]>> {
        // A panic during a turn only puts one turn out of order.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
