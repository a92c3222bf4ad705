//! The common part of the algorithms that draw: their random numbers, and a draw by weight in constant time.
//!
//! The alias method (A. J. Walker: An Efficient Method for Generating Discrete Random Variables with General
//! Distributions, ACM TOMS 3(3), 1977; M. D. Vose: A Linear Algorithm for Generating Random Numbers with a Given
//! Distribution, IEEE TSE 17(9), 1991) uses as many columns of equal height as there are backends; each holds one
//! backend up to a limit, and one other backend above it.

use std::sync::atomic::Ordering::Relaxed;

use crate::hash::{Fingerprint, GOLDEN_GAMMA, Seed, SplitMix, mix, scaled};
use crate::pick::Pick;
use crate::pool::Pool;
use crate::slot::Slot;
use crate::sync::AtomicU64;

/// Random numbers that follow from a seed: each pick has its own SplitMix64.
#[derive(Debug, Default)]
pub(crate) struct Draws {
    seed: Seed,
    picks: AtomicU64,
}

impl Draws {
    /// Returns the draws of a seed, which continue those of the previous balancer.
    pub(crate) fn after(seed: Seed, before: Option<&Self>) -> Self {
        let picks = before.map_or(0, |before| before.picks.load(Relaxed));
        Self {
            seed,
            picks: AtomicU64::new(picks),
        }
    }

    /// Returns the numbers of this pick. A question reads those of the next pick without using them up.
    #[inline]
    pub(crate) fn of(&self, pick: &Pick<'_>) -> SplitMix {
        let number = if pick.is_question() {
            self.picks.load(Relaxed)
        } else {
            self.picks.fetch_add(1, Relaxed)
        };
        let distance = GOLDEN_GAMMA.wrapping_mul(number);
        SplitMix::new(mix(self.seed.0.wrapping_add(distance)))
    }

    pub(crate) fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.number(self.seed.0);
    }
}

/// The number of repeated draws of backends that are not allowed, before one draw among all allowed backends.
const TRIES: u32 = 32;

/// The columns, in the order of the slots.
#[derive(Debug, Default)]
pub(super) struct Alias(Box<[Column]>);

/// The lower part of a column belongs to its own slot, the rest to another.
#[derive(Clone, Copy, Debug)]
struct Column {
    /// Where the other part begins, in units of 2^-64 of the column.
    own: u64,
    other: Slot,
}

impl Alias {
    pub(super) fn new(pool: &Pool) -> Self {
        // In units in which a column holds the sum of all weights.
        let count = pool.len() as u64;
        let weight = |slot| u64::from(pool.weight(slot).get());
        let height: u64 = pool.slots().map(weight).sum();
        let mut left: Vec<u64> = pool.slots().map(|slot| weight(slot) * count).collect();
        let whole = |slot| Column {
            own: u64::MAX,
            other: slot,
        };
        let mut columns: Box<[_]> = pool.slots().map(whole).collect();
        let (mut short, mut tall): (Vec<_>, Vec<_>) =
            pool.slots().partition(|slot| left[slot.index()] < height);
        while let (Some(lower), Some(&upper)) = (short.pop(), tall.last()) {
            let own = left[lower.index()];
            columns[lower.index()] = Column {
                own: ((u128::from(own) << 64) / u128::from(height)) as u64,
                other: upper,
            };
            left[upper.index()] -= height - own;
            if left[upper.index()] < height {
                tall.pop();
                short.push(upper);
            }
        }
        Self(columns)
    }

    /// Returns the slot of a random number. The pool must not be empty.
    #[inline]
    fn slot(&self, number: u64) -> Slot {
        let place = u128::from(number) * self.0.len() as u128;
        let (column, height) = ((place >> 64) as usize, place as u64);
        let Column { own, other } = self.0[column];
        if height < own {
            Slot(column as u32)
        } else {
            other
        }
    }

    /// Returns an allowed slot, each with a probability in proportion to its weight.
    #[inline]
    pub(super) fn draw(&self, numbers: &mut SplitMix, pick: &Pick<'_>) -> Option<Slot> {
        if self.0.is_empty() {
            return None;
        }
        let slot = self.slot(numbers.next_number());
        if pick.allows(slot) {
            return Some(slot);
        }
        self.draw_again(numbers, pick)
    }

    #[cold]
    fn draw_again(&self, numbers: &mut SplitMix, pick: &Pick<'_>) -> Option<Slot> {
        let mut tries = (1..TRIES).map(|_| self.slot(numbers.next_number()));
        let found = tries.find(|&slot| pick.allows(slot));
        found.or_else(|| among_allowed(numbers, pick))
    }

    pub(super) fn memory(&self) -> usize {
        size_of_val(&*self.0)
    }
}

/// Draws once among all allowed backends: each replaces the one before it with the probability of its share of those so
/// far.
fn among_allowed(numbers: &mut SplitMix, pick: &Pick<'_>) -> Option<Slot> {
    let (mut total, mut drawn) = (0, None);
    for slot in pick.pool().slots().filter(|&slot| pick.allows(slot)) {
        let weight = pick.pool().weight(slot).get() as usize;
        total += weight;
        if scaled(numbers.next_number(), total) < weight {
            drawn = Some(slot);
        }
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backend, SlotSet, Weight};
    use proptest::collection;
    use proptest::prelude::{prop_assert, proptest};

    fn pool(weights: &[u64]) -> Pool {
        let backend = |(index, &weight): (usize, &u64)| {
            Backend::new(index.to_string()).with_weight(Weight::new(weight).unwrap())
        };
        Pool::new(weights.iter().enumerate().map(backend)).unwrap()
    }

    /// Returns how much of all columns each slot has, in units of 2^-64 of a column.
    fn held(alias: &Alias) -> Vec<u128> {
        let mut held = vec![0u128; alias.0.len()];
        for (slot, column) in alias.0.iter().enumerate() {
            held[slot] += u128::from(column.own);
            held[column.other.index()] += (1u128 << 64) - u128::from(column.own);
        }
        held
    }

    proptest! {
        /// Each backend has its share of the columns, up to one unit per column.
        #[test]
        fn columns_hold_the_weights(weights in collection::vec(1..=1_000_000u64, 1..60)) {
            let total: u64 = weights.iter().sum();
            let count = weights.len() as u128;
            for (held, &weight) in held(&Alias::new(&pool(&weights))).iter().zip(&weights) {
                let share = ((u128::from(weight) * count) << 64) / u128::from(total);
                prop_assert!(held.abs_diff(share) <= count, "{held} for {share}");
            }
        }
    }

    #[test]
    fn columns_hold_the_largest_pool() {
        let mut weights = vec![1_000_000; 1 << 20];
        weights[7] = 1;
        let alias = Alias::new(&pool(&weights));
        let share = (1u128 << 84) / (1_000_000 * ((1 << 20) - 1) + 1);
        assert!(held(&alias)[7].abs_diff(share) <= 1 << 20);
    }

    #[test]
    fn allowed_backends_draw_by_their_weights() {
        let pool = pool(&[7, 2, 1, 5]);
        let tried = SlotSet::from_iter([Slot(0), Slot(3)]);
        let pick = Pick::new(&pool, None).excluding(&tried);
        let alias = Alias::new(&pool);
        let check = |way: &dyn Fn(&mut SplitMix) -> Option<Slot>| {
            let mut numbers = SplitMix::new(3);
            let mut drawn = [0; 4];
            (0..30_000).for_each(|_| drawn[way(&mut numbers).unwrap().index()] += 1);
            // 5 standard deviations, √(30,000 · 2/3 · 1/3).
            assert!(i32::abs(drawn[1] - 20_000) < 410, "{drawn:?}");
            assert_eq!((drawn[0], drawn[3]), (0, 0));
        };
        check(&|numbers| among_allowed(numbers, &pick));
        check(&|numbers| alias.draw(numbers, &pick));
    }
}
