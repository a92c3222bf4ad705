//! **Rendezvous** (highest random weight): every backend draws for every key; the best draw wins.
//!
//! # How it works
//! For each key every backend draws an arrival time, exponential with its weight as the rate, and
//! the earliest wins: −ln(1 − v) / w with v uniform from a mix of the key's and the backend's hash.
//! That is the order of −w / ln u with u = 1 − v. Among backends of one weight the smallest v
//! decides, so that there is a logarithm a distinct weight, not a backend. v has 32 bits in the
//! loop; the winner of each weight is refined to 64, and equal ones go to the first name.
//!
//! # Cost
//! n backends of D distinct weights. Build O(n log n). Pick O(n): a few arithmetic steps a backend,
//! made for vector units, and D logarithms if D > 1. Memory: 12 bytes a backend.
//!
//! # Membership change
//! A joiner takes keys, a leaver gives them up, and no other key moves.
//!
//! # Weights
//! Exact in expectation. A raised weight makes only that backend's draws earlier: keys move only to
//! it.
//!
//! # Ineligible backends
//! Their draws do not count: each of their keys goes to its next best draw, spread over all others.
//!
//! # Departures from the paper
//! The paper's weights were factors of a hash; these are the exact ones of Schindelhauer and
//! Schomaker. Names are hashed once, at build time, with SipHash-1-3; the loop only mixes.
//!
//! # References
//! D. G. Thaler, C. V. Ravishankar: Using Name-Based Mappings to Increase Hit Rates, IEEE/ACM
//! Transactions on Networking 6(1), 1998, section III. C. Schindelhauer, G. Schomaker: Weighted
//! Distributed Hash Tables, SPAA 2005, section 4 (the logarithmic method).
//!
//! # Example
//! ```
//! use evenkeel_algorithms::{LoadBalancer, Pool, Rendezvous};
//!
//! let balancer = LoadBalancer::new(Rendezvous::default(), Pool::new(["b1", "b2", "b3"])?)?;
//! let owners = balancer.owners(b"alice", 2)?;
//! assert!(balancer.set_eligible(owners[0].name(), false));
//! assert_eq!(balancer.route(Some(b"alice"))?.backend(), &owners[1]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::collections::BTreeMap;
use std::ops::Range;

use crate::backend::Weight;
use crate::balancer::{Balancer, Pick, Profile};
use crate::error::BuildError;
use crate::hash::{Domain, Seed};
use crate::pool::Pool;
use crate::slot::Slot;
use crate::strategy::{Algorithm, Strategy};

pub(super) const ALGORITHM: Algorithm = Algorithm {
    name: "rendezvous",
    aliases: &["hrw"],
    summary: "every backend draws for every key; the best draw wins",
    options: &[],
    build: "O(n log n)",
    pick: "O(n)",
    memory: "12 bytes a backend",
    weights: "exact, by logarithms",
    disruption: "minimal",
    source: "Thaler and Ravishankar, ToN 1998",
    new: |seed, _| Rendezvous::new(seed).into(),
};

/// Rendezvous hashing; see the [module](self).
#[derive(Debug, Default)]
pub struct Rendezvous {
    seed: Seed,
    /// The backends' hashes, halved, those of one weight together and by name.
    low: Box<[u32]>,
    high: Box<[u32]>,
    slots: Box<[Slot]>,
    classes: Box<[Class]>,
}

/// The backends of one weight.
#[derive(Debug)]
struct Class {
    weight: Weight,
    places: Range<usize>,
}

/// A backend's draw for a key: the smaller, the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Draw {
    /// Uniform in 32 bits, for all.
    coarse: i32,
    /// 64 more bits, for those who are equal or whose weights are compared.
    fine: u64,
    place: usize,
}

impl Rendezvous {
    /// Without backends; a load balancer builds it for its pool.
    #[must_use]
    pub fn new(seed: Seed) -> Self {
        Self {
            seed,
            ..Self::default()
        }
    }

    /// The place of the earliest arrival, given the best draw of each weight.
    #[inline]
    fn earliest(&self, best: impl Fn(&Class) -> Option<Draw>) -> Option<usize> {
        if let [only] = &*self.classes {
            return Some(best(only)?.place);
        }
        let draws = self
            .classes
            .iter()
            .filter_map(|class| Some((class.weight, best(class)?)));
        let arrivals = draws.map(|(weight, draw)| (draw.arrival(weight), draw));
        let earliest = arrivals.min_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
        earliest.map(|(_, draw)| draw.place)
    }

    /// The best draw of a weight. It is looked for in runs: those that do not hold the smallest are
    /// never looked at again.
    #[inline]
    fn best(&self, key: u64, class: &Class) -> Option<Draw> {
        let places = class.places.clone();
        let (low, high) = (&self.low[places.clone()], &self.high[places.clone()]);
        let (mut smallest, mut run, mut again) = (i32::MAX, 0, true);
        for (number, (low, high)) in low.chunks(RUN).zip(high.chunks(RUN)).enumerate() {
            let draws = low
                .iter()
                .zip(high)
                .map(|(&low, &high)| draw(key, low, high));
            let least = draws.fold(i32::MAX, i32::min);
            if least < smallest {
                (smallest, run, again) = (least, number, false);
            } else {
                again |= least == smallest;
            }
        }
        let start = places.start + run * RUN;
        let run = start..places.end.min(start + RUN);
        let candidates = if again { places } else { run };
        candidates
            .map(|place| self.drawn(key, place))
            .filter(|draw| draw.coarse == smallest)
            .min()
    }

    /// The best draw of a weight among the backends that are allowed.
    fn best_allowed(&self, key: u64, class: &Class, pick: &Pick<'_>) -> Option<Draw> {
        let allowed = class
            .places
            .clone()
            .filter(|&place| pick.allows(self.slots[place]));
        allowed.map(|place| self.drawn(key, place)).min()
    }

    #[inline]
    fn drawn(&self, key: u64, place: usize) -> Draw {
        let (low, high) = (self.low[place], self.high[place]);
        Draw {
            coarse: draw(key, low, high),
            fine: refine(key, low, high),
            place,
        }
    }
}

impl Balancer for Rendezvous {
    #[inline]
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        let key = self.seed.hash_key(pick.key()?);
        let first = self.slots[self.earliest(|class| self.best(key, class))?];
        if pick.allows(first) {
            return Some(first);
        }
        let place = self.earliest(|class| self.best_allowed(key, class, pick))?;
        Some(self.slots[place])
    }

    fn rebuild(&self, pool: &Pool) -> Result<Strategy, BuildError> {
        let mut slots = pool.slots_by_name().to_vec();
        slots.sort_by_key(|&slot| pool.weight(slot));
        let hashes: Vec<u64> = slots
            .iter()
            .map(|&slot| {
                self.seed
                    .hash_name(Domain::Draw, pool.backend(slot).name())
                    .0
            })
            .collect();
        let mut places: BTreeMap<Weight, Range<usize>> = BTreeMap::new();
        for (place, &slot) in slots.iter().enumerate() {
            places.entry(pool.weight(slot)).or_insert(place..place).end = place + 1;
        }
        Ok(Self {
            seed: self.seed,
            low: hashes.iter().map(|&hash| hash as u32).collect(),
            high: hashes.iter().map(|&hash| (hash >> 32) as u32).collect(),
            slots: slots.into(),
            classes: places
                .into_iter()
                .map(|(weight, places)| Class { weight, places })
                .collect(),
        }
        .into())
    }

    fn profile(&self) -> Profile {
        Profile::MINIMAL
    }

    fn memory(&self) -> usize {
        let words = size_of_val(&*self.low) + size_of_val(&*self.high);
        words + size_of_val(&*self.slots) + size_of_val(&*self.classes)
    }
}

impl Draw {
    /// The exponential arrival time of a backend of this weight: −ln(1 − v) / w.
    fn arrival(self, weight: Weight) -> f64 {
        let coarse = self.coarse.cast_unsigned() ^ 1 << 31;
        let uniform = u64::from(coarse) << 32 | self.fine >> 32;
        let uniform = (uniform as f64 + 0.5) / (u64::MAX as f64);
        -libm::log1p(-uniform.min(1.0)) / f64::from(weight.get())
    }
}

/// Draws that are compared at once before the best of them is looked up: a few vector registers.
const RUN: usize = 64;

/// Uniform in 32 bits from the key's and the backend's hash, in steps that vector units have for
/// lanes of 32 bits. Signed, because the oldest of them compare no unsigned ones.
///
/// One multiplication is enough because both hashes are: it would not do for inputs that are alike.
#[inline]
const fn draw(key: u64, low: u32, high: u32) -> i32 {
    let (key_low, key_high) = (key as u32, (key >> 32) as u32);
    ((low ^ key_low) | 1)
        .wrapping_mul(high ^ key_high)
        .cast_signed()
}

/// Uniform in 64 bits from the same, and independent of [`draw`]: the finaliser of SplitMix64.
#[inline]
const fn refine(key: u64, low: u32, high: u32) -> u64 {
    let mut mixed = key.rotate_left(32) ^ (high as u64) << 32 ^ low as u64;
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ mixed >> 31
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backend, SlotSet};

    fn built(weights: &[u64]) -> (Pool, Rendezvous) {
        let backend = |(index, &weight): (usize, &u64)| {
            Backend::new(format!("b{index}")).with_weight(Weight::new(weight).unwrap())
        };
        let pool = Pool::new(weights.iter().enumerate().map(backend)).unwrap();
        let Ok(Strategy::Rendezvous(built)) = Rendezvous::default().rebuild(&pool) else {
            panic!("expected rendezvous")
        };
        (pool, built)
    }

    /// The rule in its own words: the backend of the greatest −w / ln u, by the published formula.
    fn naive(rendezvous: &Rendezvous, pool: &Pool, key: &[u8], tried: &SlotSet) -> Option<Slot> {
        let hash = rendezvous.seed.hash_key(key);
        let places = 0..rendezvous.slots.len();
        let scored = places.filter_map(|place| {
            let (slot, drawn) = (rendezvous.slots[place], rendezvous.drawn(hash, place));
            let coarse = f64::from(drawn.coarse) + 2f64.powi(31);
            let v = (coarse + drawn.fine as f64 / 2f64.powi(64)) / 2f64.powi(32);
            let score = -f64::from(pool.weight(slot).get()) / libm::log1p(-v);
            (pool.is_eligible(slot) && !tried.contains(slot)).then_some((score, slot))
        });
        scored
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, slot)| slot)
    }

    #[test]
    fn every_pick_is_the_one_the_formula_gives() {
        let many: Vec<u64> = (0..200).map(|index| 1 + index % 3).collect();
        for weights in [
            &[1][..],
            &[1, 1, 1],
            &[3, 1, 2, 1],
            &[1_000_000, 1, 999_999],
            &many,
        ] {
            let (pool, rendezvous) = built(weights);
            for key in 0..2_000u32 {
                let key = key.to_le_bytes();
                for tried in [SlotSet::new(), SlotSet::from_iter([Slot(0), Slot(2)])] {
                    let pick = Pick::new(&pool, Some(&key)).excluding(&tried);
                    let expected = naive(&rendezvous, &pool, &key, &tried);
                    assert_eq!(rendezvous.pick(&pick), expected, "{weights:?}");
                }
            }
        }
    }

    #[test]
    fn equal_coarse_draws_are_refined_across_runs() {
        let (pool, mut rendezvous) = built(&[1; 150]);
        // Two backends of one identity in different runs draw alike: the first name wins.
        let key = rendezvous.seed.hash_key(b"k");
        let best = rendezvous.best(key, &rendezvous.classes[0]).unwrap().place;
        let twin = (best + 75) % 150;
        rendezvous.low[twin] = rendezvous.low[best];
        rendezvous.high[twin] = rendezvous.high[best];
        let picked = rendezvous.pick(&Pick::new(&pool, Some(b"k")));
        assert_eq!(picked, Some(rendezvous.slots[best.min(twin)]));
    }
}
