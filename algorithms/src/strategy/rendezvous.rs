//! **Rendezvous** (highest random weight): every backend draws for every key; the best draw wins.
//!
//! # How it works
//! For each key, every backend draws an arrival time, exponential with its weight as the rate, and the earliest wins:
//! −ln(1 − v) / w with v uniform from a mix of the key's and the backend's hash. This is the order of −w / ln u with u
//! = 1 − v. No arrival is before v / w, and a loop without logarithms finds the least v / w; if its arrival is
//! certainly before the second least, it is the earliest. Otherwise, for about one key in n, logarithms of v in 96 bits
//! decide; of equal arrivals, the first name wins.
//!
//! # Cost
//! n backends. Build O(n log n). Pick O(n): a few arithmetic steps per backend, with AVX2 if the processor has it (the
//! same answers), whatever the weights. Memory: 16 bytes per backend.
//!
//! # Membership change
//! A new backend takes keys, a removed one gives them up, and no other key moves.
//!
//! # Weights
//! Exact in expectation. A larger weight makes only that backend's draws earlier: keys move only to it.
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
//! balancer.set_healthy(owners[0].name(), false)?;
//! assert_eq!(balancer.route(Some(b"alice"))?.backend(), &owners[1]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::cmp::Ordering;

use crate::algorithm::Algorithm;
use crate::balancer::{Balancer, trace_by_hash};
use crate::card::{Card, Cost, Failover, Family, Feedback, Origin, ShareVariance};
use crate::error::BuildError;
use crate::hash::{Domain, Fingerprint, Hashing};
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::Profile;
use crate::slot::Slot;
use crate::step::{Step, tell_draws};
use crate::strategy::draw::{Block, Draw, Earliest, LANES, MARGIN};

/// The card of the algorithm.
pub static CARD: Card = Card {
    aliases: &["hrw"],
    summary: "every backend draws for every key; the best draw wins",
    origin: Origin::Own,
    feedback: Feedback::None,
    shares: ShareVariance::AsRandom,
    failover: Failover::Spread,
    build: Cost::LINEARITHMIC,
    pick: Cost::LINEAR,
    memory: "16 bytes per backend",
    weights: "exact, by logarithms",
    disruption: "minimal",
    source: "Thaler and Ravishankar, ToN 1998",
    ..Card::new("rendezvous", Family::Scores, &|hashing, _| {
        Box::new(Rendezvous::new(hashing))
    })
};

/// The number of blocks with least scores that are compared at once, before the position of the best is determined.
const RUN: usize = 8;

/// Rendezvous hashing; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct Rendezvous {
    hashing: Hashing,
}

impl Rendezvous {
    /// Returns the algorithm with the hash of keys and names.
    #[must_use]
    pub fn new(hashing: impl Into<Hashing>) -> Self {
        Self {
            hashing: hashing.into(),
        }
    }

    /// Returns the balancer that it builds for a pool.
    #[doc(hidden)]
    #[must_use]
    pub fn built(&self, pool: &Pool) -> Built {
        let slots: Box<[_]> = pool.slots_by_name().into();
        let mut blocks = vec![Block::EMPTY; slots.len().div_ceil(LANES)];
        for (place, &slot) in slots.iter().enumerate() {
            let (hash, _) = self.hashing.name(Domain::Draw, pool.backend(slot).name());
            blocks[place / LANES].set(place % LANES, hash, pool.weight(slot));
        }
        let mut weights = pool.slots().map(|slot| pool.weight(slot));
        let first = weights.next();
        Built {
            hashing: self.hashing,
            even: weights.all(|weight| Some(weight) == first),
            blocks: blocks.into(),
            slots,
        }
    }
}

impl Algorithm for Rendezvous {
    fn build(
        &self,
        pool: &Pool,
        _: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        Ok(Box::new(self.built(pool)))
    }

    fn profile(&self) -> Profile {
        Profile::MINIMAL
    }
}

/// The data for the draws of a pool's backends.
#[derive(Debug)]
pub struct Built {
    hashing: Hashing,
    /// Whether all weights are equal, so that scores and arrivals have the same order.
    even: bool,
    /// The data for the draws, by name; the last block is padded.
    blocks: Box<[Block]>,
    slots: Box<[Slot]>,
}

impl Built {
    /// Picks like [`pick`](Balancer::pick) on a processor without AVX2, for the benches.
    #[doc(hidden)]
    #[must_use]
    pub fn pick_without_avx2(&self, pick: &Pick<'_>) -> Option<Slot> {
        let key = self.hashing.key(pick.key()?);
        self.first(key, self.leaders_by_runs(key), pick)
    }

    /// Returns the slot of the earliest allowed arrival.
    #[inline]
    fn first(&self, key: u64, leaders: Leaders, pick: &Pick<'_>) -> Option<Slot> {
        let decided = self.decided(key, leaders).map(|place| self.slots[place]);
        match decided {
            Some(slot) if pick.allows(slot) => Some(slot),
            _ => self.earliest(key, pick),
        }
    }

    /// Returns the index of the earliest arrival, if the scores alone decide.
    #[inline]
    fn decided(&self, key: u64, leaders: Leaders) -> Option<usize> {
        let place = leaders.place();
        let block = self.blocks.get(place / LANES)?;
        let latest = if self.even {
            leaders.least() * (1. + MARGIN)
        } else {
            block.latest(place % LANES, key)
        };
        (leaders.second() > latest && place < self.slots.len()).then_some(place)
    }

    /// Returns the least scores, by the widest vectors that the processor supports.
    #[inline]
    fn leaders(&self, key: u64) -> Leaders {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") {
            #[expect(
                unsafe_code,
                reason = "three times as fast; nothing but the call is unsafe"
            )]
            // SAFETY: the function requires only AVX2, which was detected just now.
            return unsafe { self.leaders_by_avx2(key) };
        }
        self.leaders_by_runs(key)
    }

    /// Returns the same code, compiled for AVX2.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn leaders_by_avx2(&self, key: u64) -> Leaders {
        self.leaders_by_runs(key)
    }

    #[inline(always)]
    fn leaders_by_runs(&self, key: u64) -> Leaders {
        let mut lanes = LeadersOfLanes::NONE;
        for (number, run) in (0..).zip(self.blocks.chunks(RUN)) {
            let mut least = [f32::INFINITY; LANES];
            for block in run {
                let scores = block.scores(key);
                least = std::array::from_fn(|lane| lesser(scores[lane], least[lane]));
            }
            lanes.meet(least, number);
        }
        let (lane, run, second) = lanes.best();
        let start = run as usize * RUN;
        let mut leaders = Leaders::behind(second);
        for (number, block) in (start..).zip(self.blocks.iter().skip(start).take(RUN)) {
            leaders.meet(block.score(lane, key), number * LANES + lane);
        }
        leaders
    }

    /// Returns the slot of the earliest allowed arrival, by logarithms.
    #[cold]
    fn earliest(&self, key: u64, pick: &Pick<'_>) -> Option<Slot> {
        let mut earliest = Earliest::default();
        for (place, &slot) in self.slots.iter().enumerate() {
            if pick.allows(slot) {
                earliest.meet(self.drawn(key, place), pick.pool().weight(slot), slot);
            }
        }
        earliest.slot()
    }

    fn drawn(&self, key: u64, place: usize) -> Draw {
        self.blocks[place / LANES].draw(place % LANES, key)
    }
}

#[inline(always)]
fn lesser(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

/// The least score with its index, and the second least: the bits of each score, which for non-negative numbers are in
/// the same order, above the bits of its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Leaders {
    least: u64,
    second: u64,
}

impl Leaders {
    const NONE: Self = Self {
        least: u64::MAX,
        second: u64::MAX,
    };

    /// No leader yet, with this second.
    #[inline(always)]
    const fn behind(second: f32) -> Self {
        Self {
            second: (second.to_bits() as u64) << 32,
            ..Self::NONE
        }
    }

    #[inline(always)]
    fn meet(&mut self, score: f32, place: usize) {
        let met = u64::from(score.to_bits()) << 32 | place as u64;
        self.second = self.second.min(self.least.max(met));
        self.least = self.least.min(met);
    }

    #[inline(always)]
    const fn place(self) -> usize {
        self.least as u32 as usize
    }

    #[inline(always)]
    fn least(self) -> f64 {
        f32::from_bits((self.least >> 32) as u32).into()
    }

    /// Returns the second score, higher than every other if there is none.
    #[inline(always)]
    fn second(self) -> f64 {
        if self.second == u64::MAX {
            return f64::INFINITY;
        }
        f32::from_bits((self.second >> 32) as u32).into()
    }
}

/// The least score of each lane with its run, and the second least.
struct LeadersOfLanes {
    least: [f32; LANES],
    second: [f32; LANES],
    run: [u32; LANES],
}

impl LeadersOfLanes {
    const NONE: Self = Self {
        least: [f32::INFINITY; LANES],
        second: [f32::INFINITY; LANES],
        run: [0; LANES],
    };

    #[inline(always)]
    fn meet(&mut self, scores: [f32; LANES], run: u32) {
        for (lane, score) in scores.into_iter().enumerate() {
            let least = self.least[lane];
            let better = score < least;
            let loser = if better { least } else { score };
            self.second[lane] = lesser(loser, self.second[lane]);
            self.run[lane] = if better { run } else { self.run[lane] };
            self.least[lane] = lesser(score, least);
        }
    }

    /// Returns the lane of the overall least score, its run, and the least score outside that run or lane. Not inlined:
    /// its access to single lanes would prevent vectorisation of the preceding loop.
    #[inline(never)]
    fn best(&self) -> (usize, u32, f32) {
        let least = self.least.into_iter().fold(f32::INFINITY, lesser);
        let is_least = |lane: usize| u32::from(self.least[lane] == least) << lane;
        let lanes = (0..LANES).fold(0, |lanes, lane| lanes | is_least(lane));
        let best = lanes.trailing_zeros() as usize % LANES;
        let others = (0..LANES).map(|lane| {
            if lane == best {
                self.second[lane]
            } else {
                self.least[lane]
            }
        });
        (best, self.run[best], others.fold(f32::INFINITY, lesser))
    }
}

impl Balancer for Built {
    #[inline]
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        let key = self.hashing.key(pick.key()?);
        self.first(key, self.leaders(key), pick)
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.strategy(CARD.name, self.hashing);
    }

    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        let key = self.hashing.key(pick.key()?);
        let answer = trace_by_hash(self, key, pick, steps);
        let places = self.slots.iter().enumerate();
        let allowed = places.filter(|&(_, &slot)| pick.allows(slot));
        let draws = allowed.map(|(place, &slot)| {
            let arrival = self.drawn(key, place).arrival(pick.pool().weight(slot));
            (slot, arrival)
        });
        tell_draws(answer, draws, Ordering::Less, steps);
        answer
    }

    fn memory(&self) -> usize {
        size_of_val(&*self.blocks) + size_of_val(&*self.slots)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backend, SlotSet, Weight};
    use proptest::collection;
    use proptest::prelude::{Just, any, prop_assert_eq, prop_oneof, proptest};

    fn built(weights: &[u64]) -> (Pool, Built) {
        let backend = |(index, &weight): (usize, &u64)| {
            Backend::new(format!("b{index}")).with_weight(Weight::new(weight).unwrap())
        };
        let pool = Pool::new(weights.iter().enumerate().map(backend)).unwrap();
        let built = Rendezvous::default().built(&pool);
        (pool, built)
    }

    /// Implements the rule directly: the backend with the greatest −w / ln u, by the published formula.
    fn naive(rendezvous: &Built, pool: &Pool, key: &[u8], tried: &SlotSet) -> Option<Slot> {
        let hash = rendezvous.hashing.key(key);
        let places = 0..rendezvous.slots.len();
        let scored = places.filter_map(|place| {
            let (slot, drawn) = (rendezvous.slots[place], rendezvous.drawn(hash, place));
            let v = (f64::from(drawn.coarse) + drawn.fine as f64 / 2f64.powi(64)) / 2f64.powi(32);
            let score = -f64::from(pool.weight(slot).get()) / libm::log1p(-v);
            (pool.is_eligible(slot) && !tried.contains(slot)).then_some((score, slot))
        });
        scored
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, slot)| slot)
    }

    #[test]
    fn every_pick_equals_that_of_the_formula() {
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

    /// Two backends with one identity draw alike: the scores do not decide, and the first name wins.
    #[test]
    fn equal_draws_go_to_the_first_name() {
        let (pool, mut rendezvous) = built(&[1; 150]);
        let pick = Pick::new(&pool, Some(b"k"));
        let best = rendezvous.pick(&pick).unwrap();
        let slots = &rendezvous.slots;
        let best = slots.iter().position(|&slot| slot == best).unwrap();
        let twin = (best + 75) % 150;
        let (hash, _) = rendezvous
            .hashing
            .name(Domain::Draw, pool.backend(slots[best]).name());
        rendezvous.blocks[twin / LANES].set(twin % LANES, hash, Weight::MIN);
        let key = rendezvous.hashing.key(b"k");
        assert_eq!(rendezvous.decided(key, rendezvous.leaders(key)), None);
        assert_eq!(
            rendezvous.pick(&pick),
            Some(rendezvous.slots[best.min(twin)])
        );
    }

    proptest! {
        /// With the widest vectors and with none; and the scores decide as the logarithms do.
        #[test]
        fn all_implementations_find_the_same_arrival(
            weights in collection::vec(
                prop_oneof![Just(1), 1..4u64, 1..1_000_001u64], 1..400,
            ),
            keys in collection::vec(any::<u64>(), 1..40),
        ) {
            let (pool, rendezvous) = built(&weights);
            let pick = Pick::new(&pool, None);
            for key in keys {
                let leaders = rendezvous.leaders(key);
                prop_assert_eq!(rendezvous.leaders_by_runs(key), leaders);
                let decided = rendezvous.decided(key, leaders);
                if let Some(place) = decided {
                    let slot = rendezvous.slots[place];
                    prop_assert_eq!(rendezvous.earliest(key, &pick), Some(slot));
                }
            }
        }
    }

    /// In large pools, the scores decide for all but about one key in n.
    #[test]
    fn few_keys_need_logarithms() {
        let weights: Vec<u64> = (0..1_000).map(|index| 1 + index % 8).collect();
        let (_, rendezvous) = built(&weights);
        let key = |number: u64| rendezvous.hashing.key(&number.to_le_bytes());
        let undecided = (0..100_000).filter(|&number| {
            let key = key(number);
            rendezvous.decided(key, rendezvous.leaders(key)).is_none()
        });
        assert!(undecided.count() < 300);
    }
}
