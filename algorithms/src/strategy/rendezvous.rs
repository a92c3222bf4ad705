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
//! n backends of D distinct weights. Build O(n log n). Pick O(n): a few arithmetic steps a backend, by
//! AVX2 where the processor has it (the same answers), and bounds of a logarithm a weight if D > 1;
//! the logarithms themselves only where the bounds do not decide. Memory: 12 bytes a backend.
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
use crate::hash::{Domain, Hashing};
use crate::pool::Pool;
use crate::slot::Slot;
use crate::strategy::{Algorithm, Strategy};

mod draw;

use draw::{Draw, Least, RUN};

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
    new: |hashing, _| Rendezvous::new(hashing).into(),
};

/// Rendezvous hashing; see the [module](self).
#[derive(Debug, Default)]
pub struct Rendezvous {
    hashing: Hashing,
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

impl Rendezvous {
    /// Without backends; a load balancer builds it for its pool.
    #[must_use]
    pub fn new(hashing: impl Into<Hashing>) -> Self {
        Self {
            hashing: hashing.into(),
            ..Self::default()
        }
    }

    /// The place of the earliest arrival, by the widest vectors that the processor has.
    #[inline]
    fn earliest(&self, key: u64) -> Option<usize> {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") {
            #[expect(
                unsafe_code,
                reason = "three times as fast; nothing but the call is unsafe"
            )]
            // SAFETY: AVX2, all that the function asks of the processor, was found just now.
            return unsafe { self.earliest_by_avx2(key) };
        }
        self.earliest_anywhere(key)
    }

    /// The same code, compiled for AVX2.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn earliest_by_avx2(&self, key: u64) -> Option<usize> {
        self.earliest_anywhere(key)
    }

    /// Of the weights the one whose best draw arrives first, if bounds of the logarithms show it;
    /// else the logarithms decide.
    #[inline(always)]
    fn earliest_anywhere(&self, key: u64) -> Option<usize> {
        if let [only] = &*self.classes {
            return Some(self.place_of(key, only, self.least(key, only)));
        }
        let (mut first, mut others) = (None, f64::INFINITY);
        let mut latest = f64::INFINITY;
        for class in &self.classes {
            let least = self.least(key, class);
            if least.earliest_possible(class.weight) > latest {
                continue;
            }
            let arrival = least.arrival(class.weight);
            if arrival.end < latest {
                if let Some((_, _, start)) = first.replace((class, least, arrival.start)) {
                    others = others.min(start);
                }
                latest = arrival.end;
            } else {
                others = others.min(arrival.start);
            }
        }
        let (class, least, _) = first?;
        if others > latest {
            Some(self.place_of(key, class, least))
        } else {
            self.earliest_among(key, |_| true)
        }
    }

    /// The smallest draw of a weight.
    #[inline(always)]
    fn least(&self, key: u64, class: &Class) -> Least {
        let places = class.places.clone();
        Least::of(key, &self.low[places.clone()], &self.high[places])
    }

    /// The place of the best draw of a weight.
    #[inline(always)]
    fn place_of(&self, key: u64, class: &Class, least: Least) -> usize {
        let Range { start, end } = class.places;
        let run = start + least.run..end.min(start + least.run + RUN);
        if !least.again
            && let Some(only) = least.only(key, &self.low[run.clone()], &self.high[run.clone()])
        {
            return run.start + only;
        }
        let drawn = class.places.clone().map(|place| self.drawn(key, place));
        drawn.min().map_or(start, |draw| draw.place)
    }

    /// The place of the earliest arrival among some slots, by the logarithm of each weight.
    fn earliest_among(&self, key: u64, allowed: impl Fn(Slot) -> bool) -> Option<usize> {
        let best = |class: &Class| {
            let places = class.places.clone();
            let allowed = places.filter(|&place| allowed(self.slots[place]));
            let draw = allowed.map(|place| self.drawn(key, place)).min()?;
            Some((draw.arrival(class.weight), draw))
        };
        let arrivals = self.classes.iter().filter_map(best);
        let earliest = arrivals.min_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
        earliest.map(|(_, draw)| draw.place)
    }

    fn drawn(&self, key: u64, place: usize) -> Draw {
        Draw::new(key, self.low[place], self.high[place], place)
    }
}

impl Balancer for Rendezvous {
    #[inline]
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        let key = self.hashing.key(pick.key()?);
        let first = self.slots[self.earliest(key)?];
        if pick.allows(first) {
            return Some(first);
        }
        let place = self.earliest_among(key, |slot| pick.allows(slot))?;
        Some(self.slots[place])
    }

    fn rebuild(&self, pool: &Pool) -> Result<Strategy, BuildError> {
        let mut slots = pool.slots_by_name().to_vec();
        slots.sort_by_key(|&slot| pool.weight(slot));
        let hashes: Vec<u64> = slots
            .iter()
            .map(|&slot| self.hashing.name(Domain::Draw, pool.backend(slot).name()).0)
            .collect();
        let mut places: BTreeMap<Weight, Range<usize>> = BTreeMap::new();
        for (place, &slot) in slots.iter().enumerate() {
            places.entry(pool.weight(slot)).or_insert(place..place).end = place + 1;
        }
        Ok(Self {
            hashing: self.hashing,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backend, SlotSet};
    use proptest::collection;
    use proptest::prelude::{Just, any, prop_assert_eq, prop_oneof, proptest};

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
        let hash = rendezvous.hashing.key(key);
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
        let key = rendezvous.hashing.key(b"k");
        let best = rendezvous.earliest(key).unwrap();
        let twin = (best + 75) % 150;
        rendezvous.low[twin] = rendezvous.low[best];
        rendezvous.high[twin] = rendezvous.high[best];
        let picked = rendezvous.pick(&Pick::new(&pool, Some(b"k")));
        assert_eq!(picked, Some(rendezvous.slots[best.min(twin)]));
    }

    proptest! {
        /// By the widest vectors and by none, by bounds and by logarithms.
        #[test]
        fn all_ways_to_the_earliest_arrival_agree(
            weights in collection::vec(
                prop_oneof![Just(1), 1..4u64, 1..1_000_001u64], 1..400,
            ),
            keys in collection::vec(any::<u64>(), 1..40),
        ) {
            let (_, rendezvous) = built(&weights);
            for key in keys {
                let expected = rendezvous.earliest_among(key, |_| true);
                prop_assert_eq!(rendezvous.earliest_anywhere(key), expected);
                prop_assert_eq!(rendezvous.earliest(key), expected);
            }
        }
    }
}
