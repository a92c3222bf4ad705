//! **LRH** (local rendezvous hashing): a ring selects a few candidates for a key, and the best draw among them wins.
//!
//! # How it works
//! Every backend puts `points_per_backend` points on a ring of 2^32 positions, whatever its weight: those of
//! [ketama](super::ketama). From the key's point on, the first `candidates` distinct backends on the ring are the key's
//! candidates. Each of them draws for the key as in [rendezvous](super::rendezvous), an arrival time that is
//! exponential with its weight as the rate, and the earliest wins.
//!
//! # Cost
//! n backends with V points, C candidates. Build O(nV). Pick O(C): one hash, one read of the bucket index, slightly
//! more than C points and C draws, with a few logarithms if weights differ. Memory: 8 bytes per point and 4 to 8 for
//! the index up to 2^20 points; above, 4 bytes per point and up to 4 for the index; 16 per backend.
//!
//! # Membership change
//! The keys of a removed backend move, and so do some keys for which it was only a candidate: another candidate takes
//! its place there, and may draw better. A new backend takes keys, and replaces another candidate of some keys. In
//! total 2C/(C + 1) times the minimum moves, 1.8 times with 8 candidates.
//!
//! # Weights
//! Exact among the candidates, and therefore exact if C is at least n. Otherwise nearly exact, as long as the weights
//! are about equal: a backend's draws compete with those of C − 1 others, not of all. For weights 1 and 2, half the
//! backends each, with 8 candidates, the heavy ones get 2.9% less and the light ones 5.8% more than their expected
//! shares. No backend gets more than C times the load of one of average weight. The share of a backend varies by
//! 1/√(CV), 2.2%, around that.
//!
//! # Ineligible backends
//! They keep their points and remain candidates, but do not draw: each of their keys goes to the next best draw, and no
//! other key moves. If no candidate is allowed, the next C along the ring draw.
//!
//! # Departures from the paper
//! The paper jumps from point to point by a precomputed distance to the next point of another backend. Here every point
//! is read: repeated backends (A, B, A) have to be recognised anyway, and without the distances a point is 4 bytes
//! smaller. The answer is the same.
//!
//! # References
//! Local Rendezvous Hashing, arXiv:2512.23434, 2025.
//!
//! # Example
//! ```
//! use evenkeel_algorithms::{LoadBalancer, Lrh, Pool};
//!
//! let balancer = LoadBalancer::new(Lrh::default(), Pool::new(["b1", "b2", "b3"])?)?;
//! let owners = balancer.owners(b"alice", 2)?;
//! balancer.set_healthy(owners[0].name(), false)?;
//! assert_eq!(balancer.route(Some(b"alice"))?.backend(), &owners[1]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::cmp::Ordering;

use crate::algorithm::Algorithm;
use crate::backend::Weight;
use crate::balancer::{Balancer, trace_by_hash};
use crate::card::{
    Card, Cost, Failover, Family, Feedback, OptionHelp, Origin, ShareVariance, Sizes, sized,
};
use crate::error::BuildError;
use crate::hash::{Domain, Fingerprint, Hashing, mix};
use crate::option::whole_number_option;
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::Profile;
use crate::ring::{Ring, WholeRing};
use crate::section_key::SectionKey;
use crate::section_type::SectionType;
use crate::slot::{Slot, SlotSet};
use crate::step::{Step, tell_draws};
use crate::strategy::draw::{Draw, Earliest};

/// The section of its options.
pub const SECTION: SectionKey<Options> = SectionKey::new("lrh");

/// The card of the algorithm.
pub static CARD: Card = Card {
    aliases: &["local-rendezvous"],
    summary: "a ring selects a few candidates for every key; the best draw among them wins",
    section: SectionType::of(SECTION),
    options: &[
        OptionHelp {
            name: "candidates",
            help: "distinct backends that draw for a key, 1 to 64; more spread load more evenly and take longer",
            value: |options| options.get(SECTION).candidates.get().to_string(),
        },
        OptionHelp {
            name: "points_per_backend",
            help: "points per backend, 1 to 65536; more points spread load more evenly",
            value: |options| options.get(SECTION).points_per_backend.get().to_string(),
        },
    ],
    size: sized!(SECTION: points_per_backend: PointsPerBackend, Sizes::up_to(PointsPerBackend::MAX)),
    origin: Origin::Own,
    feedback: Feedback::None,
    shares: ShareVariance::NearlyEven,
    failover: Failover::Neighbours,
    build: Cost::of("P").with(" for P points"),
    pick: Cost::of("C").with(" for C candidates"),
    memory: "up to 16 bytes per point",
    weights: "exact among the candidates",
    disruption: "1.8 times the minimum",
    source: "arXiv 2512.23434, 2025",
    ..Card::new(SECTION.algorithm(), Family::Ring, &|hashing, options| {
        Box::new(Lrh::new(hashing, options.get(SECTION)))
    })
};

/// The options of [`Lrh`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Options {
    /// Distinct backends that draw for a key.
    pub candidates: Candidates,
    /// Points that each backend puts on the ring.
    pub points_per_backend: PointsPerBackend,
}

whole_number_option!(
    /// Candidates of a key.
    Candidates, "candidates": 1 to 64,
    /// The paper's default, 8.
    default 8
);

whole_number_option!(
    /// Points of a backend.
    PointsPerBackend, "points_per_backend": 1 to 65_536,
    /// The paper's default, 256.
    default 256
);

/// Local rendezvous hashing; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct Lrh {
    hashing: Hashing,
    options: Options,
}

impl Lrh {
    /// Returns the algorithm with the hash of keys and names, and its options.
    #[must_use]
    pub fn new(hashing: impl Into<Hashing>, options: Options) -> Self {
        Self {
            hashing: hashing.into(),
            options,
        }
    }
}

impl Algorithm for Lrh {
    fn build(
        &self,
        pool: &Pool,
        _: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let points = self.options.points_per_backend.get() as usize;
        let owned = |&slot: &Slot| {
            let points = self
                .hashing
                .ring_points(pool.backend(slot).name(), 0..points);
            points.map(move |point| (point, slot))
        };
        let by_name = pool.slots_by_name();
        let member = |slot| Member {
            hash: self.hashing.name(Domain::Draw, pool.backend(slot).name()).0,
            weight: pool.weight(slot),
        };
        let total = pool.len() * points;
        Ring::check_size(total).map_err(|error| error.with_points_by("points_per_backend"))?;
        Ok(Box::new(Built {
            hashing: self.hashing,
            options: self.options,
            ring: WholeRing::new(total, || by_name.iter().flat_map(owned)),
            members: pool.slots().map(member).collect(),
        }))
    }

    /// Not minimal: a backend that leaves or joins changes the candidates of keys that it does not own.
    fn profile(&self) -> Profile {
        Profile {
            minimal: false,
            ..Profile::MINIMAL
        }
    }
}

/// The default number of candidates.
const FEW: usize = 8;

/// The ring of a pool.
#[derive(Debug)]
pub struct Built {
    hashing: Hashing,
    options: Options,
    ring: WholeRing,
    /// The data for the draws of each slot.
    members: Box<[Member]>,
}

#[derive(Clone, Copy, Debug)]
struct Member {
    hash: u64,
    weight: Weight,
}

/// The uses of a key's hash.
#[derive(Clone, Copy)]
struct KeyHashes {
    /// The key's position on the ring.
    point: u32,
    /// The hash for the candidates' draws: mixed again, because keys of one arc have similar hashes.
    draws: u64,
}

impl Built {
    #[inline]
    fn hashes(&self, key: &[u8]) -> KeyHashes {
        let hash = self.hashing.key(key);
        KeyHashes {
            point: (hash >> 32) as u32,
            draws: mix(hash),
        }
    }

    #[inline]
    fn candidates(&self) -> usize {
        self.options.candidates.get() as usize
    }

    /// Returns the best draw of the first candidates.
    #[inline]
    fn first(&self, hashes: KeyHashes, pick: &Pick<'_>) -> Option<Slot> {
        match self.candidates().min(self.members.len()) {
            most @ ..=FEW => self.first_of::<FEW>(most, hashes, pick),
            most => self.first_of::<{ Candidates::MAX as usize }>(most, hashes, pick),
        }
    }

    /// Returns the same, with a buffer of this size, which takes time to clear.
    #[inline]
    fn first_of<const ROOM: usize>(
        &self,
        most: usize,
        hashes: KeyHashes,
        pick: &Pick<'_>,
    ) -> Option<Slot> {
        let mut met = [Slot(0); ROOM];
        let (mut count, mut earliest) = (0, Earliest::default());
        for slot in self.ring.walk(hashes.point) {
            if met[..count].contains(&slot) {
                continue;
            }
            self.draw(hashes, slot, pick, &mut earliest);
            met[count] = slot;
            count += 1;
            if count == most {
                break;
            }
        }
        earliest.slot()
    }

    /// Returns the best draw of the first group of candidates in which one is allowed: the first C, the next C, and so
    /// on. Not inlined, because it is rare and slower.
    #[cold]
    fn later(&self, hashes: KeyHashes, pick: &Pick<'_>) -> Option<Slot> {
        let mut met = SlotSet::new();
        let distinct = self.ring.walk(hashes.point);
        let distinct = distinct.filter(|&slot| met.insert(slot));
        let mut distinct = distinct.take(self.members.len()).peekable();
        while distinct.peek().is_some() {
            let mut earliest = Earliest::default();
            let candidates = distinct.by_ref().take(self.candidates());
            candidates.for_each(|slot| self.draw(hashes, slot, pick, &mut earliest));
            if let Some(slot) = earliest.slot() {
                return Some(slot);
            }
        }
        None
    }

    /// Reports the draws of the group of candidates that the answer is in.
    fn tell_candidates(
        &self,
        hashes: KeyHashes,
        pick: &Pick<'_>,
        answer: Option<Slot>,
        steps: &mut dyn FnMut(Step<'_>),
    ) {
        let mut met = SlotSet::new();
        let distinct = self.ring.walk(hashes.point);
        let distinct = distinct.filter(|&slot| met.insert(slot));
        let distinct: Vec<_> = distinct.take(self.members.len()).collect();
        let mut groups = distinct.chunks(self.candidates());
        let group = groups.find(|group| group.iter().any(|&slot| Some(slot) == answer));
        let allowed = group
            .into_iter()
            .flatten()
            .filter(|&&slot| pick.allows(slot));
        let draws = allowed.map(|&slot| {
            let member = self.members[slot.index()];
            let draw = Draw::new(hashes.draws, member.hash);
            (slot, draw.arrival(member.weight))
        });
        tell_draws(answer, draws, Ordering::Less, steps);
    }

    #[inline]
    fn draw(&self, hashes: KeyHashes, slot: Slot, pick: &Pick<'_>, earliest: &mut Earliest) {
        if pick.allows(slot) {
            let member = self.members[slot.index()];
            earliest.meet(Draw::new(hashes.draws, member.hash), member.weight, slot);
        }
    }
}

impl Balancer for Built {
    #[inline]
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        let hashes = self.hashes(pick.key()?);
        let first = self.first(hashes, pick);
        first.or_else(|| self.later(hashes, pick))
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.strategy(CARD.name, self.hashing);
        fingerprint.number(self.options.candidates.get().into());
        fingerprint.number(self.options.points_per_backend.get().into());
    }

    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        let key = pick.key()?;
        let answer = trace_by_hash(self, self.hashing.key(key), pick, steps);
        self.tell_candidates(self.hashes(key), pick, answer, steps);
        answer
    }

    fn memory(&self) -> usize {
        self.ring.memory() + size_of_val(&*self.members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backend, algorithm};
    use proptest::collection;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    fn built(weights: &[u64], options: Options) -> (Pool, Built) {
        let backend = |(index, &weight): (usize, &u64)| {
            Backend::new(format!("b{index}")).with_weight(Weight::new(weight).unwrap())
        };
        let pool = Pool::new(weights.iter().enumerate().map(backend)).unwrap();
        let lrh = algorithm::built(&Lrh::new(Hashing::default(), options), &pool);
        (pool, lrh)
    }

    fn options(candidates: u64, points: u64) -> Options {
        Options {
            candidates: Candidates::new(candidates).unwrap(),
            points_per_backend: PointsPerBackend::new(points).unwrap(),
        }
    }

    /// Implements the rule directly: the backends by their first points from the key's on, C at a time; of the allowed
    /// ones the greatest −w / ln u.
    fn naive(lrh: &Built, pool: &Pool, hashes: KeyHashes, pick: &Pick<'_>) -> Option<Slot> {
        let mut order: Vec<_> = pool.slots().collect();
        let points = lrh.options.points_per_backend.get() as usize;
        order.sort_by_key(|&slot| {
            let name = pool.backend(slot).name();
            let ways = lrh.hashing.ring_points(name, 0..points);
            (
                ways.map(|point| point.wrapping_sub(hashes.point)).min(),
                name,
            )
        });
        let score = |slot: Slot| {
            let hash = lrh.hashing.name(Domain::Draw, pool.backend(slot).name()).0;
            let draw = Draw::new(hashes.draws, hash);
            let v = (f64::from(draw.coarse) + draw.fine as f64 / 2f64.powi(64)) / 2f64.powi(32);
            -f64::from(pool.weight(slot).get()) / libm::log1p(-v)
        };
        let best = |group: &[Slot]| {
            let allowed = group.iter().copied().filter(|&slot| pick.allows(slot));
            allowed.max_by(|&a, &b| score(a).total_cmp(&score(b)))
        };
        order.chunks(lrh.candidates()).find_map(best)
    }

    proptest! {
        #[test]
        fn the_best_draw_of_the_first_candidates_allowed_wins(
            weights in collection::vec(1..40u64, 1..30),
            keys in collection::vec(any::<u64>(), 1..20),
            tried in collection::vec(0..30usize, 0..60),
            candidates in 1..10u64,
            points in 1..30u64,
        ) {
            let (pool, lrh) = built(&weights, options(candidates, points));
            let tried = tried.into_iter().filter(|&index| index < weights.len());
            let tried = SlotSet::from_iter(tried.map(Slot::new));
            for key in keys {
                let key = key.to_le_bytes();
                for tried in [&SlotSet::new(), &tried] {
                    let pick = Pick::new(&pool, Some(&key)).excluding(tried);
                    prop_assert_eq!(lrh.pick(&pick), naive(&lrh, &pool, lrh.hashes(&key), &pick));
                }
            }
        }
    }

    /// For weights 1 and 2 in halves, with C = 8 of many: a light backend draws against 7 others, of which about half
    /// are heavy, and gets E[C / (1 + S)] of an average backend's share; a heavy one gets E[2C / (2 + S)]. S = 7 +
    /// Binomial(7, 1/2).
    #[test]
    fn unequal_weights_are_nearly_followed() {
        let weights: Vec<u64> = (0..400).map(|index| 1 + index % 2).collect();
        let chances = [1, 7, 21, 35, 35, 21, 7, 1].map(|ways| f64::from(ways) / 128.);
        let sums = || (7..).map(f64::from).zip(chances);
        let due = |weight: f64| weight / 1.5;
        let expected = |weight: f64| -> f64 {
            let terms = sums().map(|(sum, chance)| chance * 8. * weight / (weight + sum));
            terms.sum::<f64>() / due(weight)
        };
        let mut loads = [0u32; 2];
        for seed in 0..5 {
            let (pool, _) = built(&weights, Options::default());
            let lrh = Lrh::new(crate::Seed(seed), Options::default());
            let lrh = lrh.build(&pool, None).unwrap();
            for key in 0..100_000u32 {
                let key = key.to_le_bytes();
                let slot = lrh.pick(&Pick::new(&pool, Some(&key))).unwrap();
                loads[slot.index() % 2] += 1;
            }
        }
        for (load, weight) in loads.into_iter().zip([1., 2.]) {
            let followed = f64::from(load) / 250_000. / due(weight);
            let expected = expected(weight);
            assert!((followed - expected).abs() < 0.01);
        }
    }

    #[test]
    fn too_many_points_are_rejected() {
        let (pool, _) = built(&[1; 300], Options::default());
        let error = Lrh::new(Hashing::default(), options(8, 65_536)).build(&pool, None);
        assert_eq!(
            error.unwrap_err(),
            BuildError::TooManyPoints {
                points: 19_660_800,
                option: Some("points_per_backend"),
            }
        );
    }
}
