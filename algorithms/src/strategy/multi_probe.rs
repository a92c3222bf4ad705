//! **Multi-probe**: one point per unit of weight on a circle; a key probes it many times, and the shortest distance to
//! a point wins.
//!
//! # How it works
//! Every unit of a backend's weight puts one point on a circle of 2^64 positions: the numbers of a SplitMix64 that
//! starts from the SipHash-1-3 of the backend's name. A key has `probes` positions there: the numbers of a SplitMix64
//! that starts from the key's hash. From each of them the distance to the next point is measured, wrapping from the
//! last position to the first. The point with the shortest distance wins; of equal ones, that of the first name.
//!
//! # Cost
//! W points, k probes. Build O(W log W). Pick O(k): one hash, and per probe a mix, a read of the bucket index and four
//! points, without a branch, so that the reads of all probes overlap. Memory: 12 bytes per point, 8 to 16 for the
//! index.
//!
//! # Membership change
//! A new backend takes keys, a removed one gives them up, and no other key moves; nor does the order of a key's owners
//! change.
//!
//! # Weights
//! Points are units of weight. A point's share varies by 1/√(2k − 1) around the mean, 16% with 21 probes: in a large
//! pool it is never above k/(k − 1) of the mean (5% more), but may be far below. The share of a weight w varies by 1/√w
//! of that.
//!
//! # Ineligible backends
//! Their points are ignored: each probe continues to the next point of an allowed backend, and the answer is as if
//! there were no others.
//!
//! # Departures from the paper
//! Weights, as points. The probes are numbers of a generator, so that a key is hashed only once, and so are the points
//! of a name.
//!
//! # References
//! B. Appleton, M. O'Reilly: Multi-probe consistent hashing, arXiv:1505.00062, 2015.
//!
//! # Example
//! ```
//! use evenkeel_algorithms::{LoadBalancer, MultiProbe, Pool};
//!
//! let balancer = LoadBalancer::new(MultiProbe::default(), Pool::new(["b1", "b2", "b3"])?)?;
//! let owners = balancer.owners(b"alice", 2)?;
//! balancer.update(["b1", "b2", "b3"].into_iter().filter(|name| *name != owners[0].name()))?;
//! assert_eq!(balancer.route(Some(b"alice"))?.backend(), &owners[1]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::algorithm::Algorithm;
use crate::balancer::Balancer;
use crate::card::{
    Card, Cost, Failover, Family, Feedback, OptionHelp, Origin, ShareVariance, Sizes, sized,
};
use crate::error::BuildError;
use crate::hash::{Fingerprint, Hashing, SplitMix};
use crate::option::whole_number_option;
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::Profile;
use crate::ring::Ring;
use crate::section_key::SectionKey;
use crate::section_type::SectionType;
use crate::slot::Slot;
use crate::step::Step;

mod circle;

use circle::Circle;

/// The section of its options.
pub const SECTION: SectionKey<Options> = SectionKey::new("multi-probe");

/// The card of the algorithm.
pub static CARD: Card = Card {
    aliases: &["mpch"],
    summary: "one point per unit of weight; of a key's many probes, the one nearest to a point wins",
    section: SectionType::of(SECTION),
    options: &[OptionHelp {
        name: "probes",
        help: "probes per key, 1 to 1024; more spread load more evenly and take longer",
        value: |options| options.get(SECTION).probes.get().to_string(),
    }],
    size: sized!(SECTION: probes: Probes, Sizes::up_to(Probes::MAX)),
    origin: Origin::Own,
    feedback: Feedback::None,
    shares: ShareVariance::AsArcs,
    // A point's share varies by 1 / (2k − 1), and the shares of n points sum to one.
    variance: Some(|options, weight, share| {
        let probes = f64::from(options.get(SECTION).probes.get());
        let points = weight / share;
        (1. - share) / ((2. * probes - 1.) * weight) * points / (points - 1.)
    }),
    failover: Failover::Neighbours,
    build: Cost::of("W log W"),
    pick: Cost::of("k").with(" for k probes"),
    memory: "20 to 28 bytes per unit of weight",
    weights: "points in proportion",
    disruption: "minimal",
    source: "Appleton and O'Reilly, arXiv 2015",
    ..Card::new(SECTION.algorithm(), Family::Ring, &|hashing, options| {
        Box::new(MultiProbe::new(hashing, options.get(SECTION)))
    })
};

/// The options of [`MultiProbe`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Options {
    /// Probes per key.
    pub probes: Probes,
}

whole_number_option!(
    /// Probes per key.
    Probes, "probes": 1 to 1_024,
    /// The paper's default, 21: no share is more than about 5% above the mean.
    default 21
);

/// Multi-probe consistent hashing; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct MultiProbe {
    hashing: Hashing,
    options: Options,
}

impl MultiProbe {
    /// Returns the algorithm with the hash of keys and names, and its options.
    #[must_use]
    pub fn new(hashing: impl Into<Hashing>, options: Options) -> Self {
        Self {
            hashing: hashing.into(),
            options,
        }
    }

    fn built(&self, pool: &Pool) -> Result<Built, BuildError> {
        let weight = |&slot: &Slot| pool.weight(slot).get() as usize;
        let slots: Box<[_]> = pool.slots_by_name().into();
        Ring::check_size(slots.iter().map(weight).sum())?;
        let owned = slots.iter().map(|&slot| {
            let name = pool.backend(slot).name();
            self.hashing.points(name, 0..weight(&slot))
        });
        Ok(Built {
            hashing: self.hashing,
            options: self.options,
            circle: Circle::new(owned),
            slots,
        })
    }
}

impl Algorithm for MultiProbe {
    fn build(
        &self,
        pool: &Pool,
        _: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        Ok(Box::new(self.built(pool)?))
    }

    fn profile(&self) -> Profile {
        Profile::MINIMAL
    }
}

/// The circle of a pool.
#[derive(Debug)]
pub struct Built {
    hashing: Hashing,
    options: Options,
    circle: Circle,
    /// The slots by name, which the circle's ranks index.
    slots: Box<[Slot]>,
}

impl Built {
    /// Returns the positions of a key's probes.
    #[inline]
    fn probes(&self, hash: u64) -> impl Iterator<Item = u64> + use<> {
        let mut numbers = SplitMix::new(hash);
        (0..self.options.probes.get()).map(move |_| numbers.next_number())
    }

    /// Returns the backend with the point nearest to a probe, if the first few points after each probe decide.
    #[inline]
    fn nearest(&self, hash: u64) -> Option<Slot> {
        if self.circle.is_empty() {
            return None;
        }
        let (mut least, mut nearest, mut unsure) = (u64::MAX, 0, false);
        for probe in self.probes(hash) {
            let near = self.circle.near(probe);
            let way = near.least_way();
            // No branch, because the winning probe is unpredictable.
            unsure |= near.may_be_before() | (way == least);
            nearest = if way < least { probe } else { nearest };
            least = least.min(way);
        }
        let found = self.circle.rank_at(nearest.wrapping_add(least));
        (!unsure).then(|| self.slots[found])
    }

    /// Implements the rule directly: of all allowed backends' points, the one with the shortest distance after a probe.
    /// Not inlined, because it is rare and slower.
    #[cold]
    fn nearest_allowed(&self, hash: u64, pick: &Pick<'_>) -> Option<Found> {
        let mut best: Option<Found> = None;
        for probe in self.probes(hash) {
            let no_farther = |way| best.is_none_or(|best| way <= best.way);
            let mut from = self.circle.walk(probe);
            let mut nearer = from.by_ref().take_while(|&(way, _)| no_farther(way));
            let found = nearer.find(|&(_, rank)| pick.allows(self.slots[rank]));
            let found = found.map(|(way, rank)| Found { way, rank, probe });
            best = match (best, found) {
                // The first probe has seen all points.
                (None, None) => return None,
                (Some(best), Some(found)) => Some(best.min(found)),
                (best, found) => best.or(found),
            };
        }
        best
    }
}

/// A point near a probe. The shorter distance is less; of equal distances the lower rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Found {
    /// From the probe to the point.
    way: u64,
    /// Of the point's backend.
    rank: usize,
    probe: u64,
}

impl Balancer for Built {
    #[inline]
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        let hash = self.hashing.key(pick.key()?);
        match self.nearest(hash) {
            Some(slot) if pick.allows(slot) => Some(slot),
            _ => {
                let found = self.nearest_allowed(hash, pick)?;
                Some(self.slots[found.rank])
            }
        }
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.strategy(CARD.name, self.hashing);
        fingerprint.number(self.options.probes.get().into());
    }

    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        let hash = self.hashing.key(pick.key()?);
        steps(Step::of_hash(hash));
        if let Some(Found { way, rank, probe }) = self.nearest_allowed(hash, pick) {
            let (point, owner) = (probe.wrapping_add(way), self.slots[rank]);
            steps(Step::Probe {
                probe,
                point,
                owner,
            });
        }
        self.pick(pick)
    }

    fn memory(&self) -> usize {
        self.circle.memory() + size_of_val(&*self.slots)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backend, SlotSet, Weight};
    use proptest::collection;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    fn built(weights: &[u64], probes: u64) -> (Pool, Built) {
        let backend = |(index, &weight): (usize, &u64)| {
            Backend::new(format!("b{index}")).with_weight(Weight::new(weight).unwrap())
        };
        let pool = Pool::new(weights.iter().enumerate().map(backend)).unwrap();
        let options = Options {
            probes: Probes::new(probes).unwrap(),
        };
        let built = MultiProbe::new(Hashing::default(), options).built(&pool);
        (pool, built.unwrap())
    }

    /// Computes every distance from every probe to every point.
    fn naive(built: &Built, points: &[(u64, usize)], hash: u64, pick: &Pick<'_>) -> Option<Slot> {
        let allowed = |&&(_, rank): &&(u64, usize)| pick.allows(built.slots[rank]);
        let ways = built.probes(hash).flat_map(|probe| {
            let points = points.iter().filter(allowed);
            points.map(move |&(point, rank)| (point.wrapping_sub(probe), rank))
        });
        ways.min().map(|(_, rank)| built.slots[rank])
    }

    fn points(pool: &Pool, hashing: Hashing) -> Vec<(u64, usize)> {
        let ranked = pool.slots_by_name().iter().enumerate();
        let owned = ranked.flat_map(|(rank, &slot)| {
            let weight = pool.weight(slot).get() as usize;
            let points = hashing.points(pool.backend(slot).name(), 0..weight);
            points.map(move |point| (point, rank))
        });
        owned.collect()
    }

    proptest! {
        #[test]
        fn the_shortest_distance_wins(
            weights in collection::vec(1..40u64, 1..30),
            keys in collection::vec(any::<u64>(), 1..20),
            tried in collection::vec(0..30usize, 0..30),
            probes in 1..30u64,
        ) {
            let (pool, built) = built(&weights, probes);
            let points = points(&pool, built.hashing);
            let tried = tried.into_iter().filter(|&index| index < weights.len());
            let tried = SlotSet::from_iter(tried.map(Slot::new));
            for key in keys {
                let key = key.to_le_bytes();
                let hash = built.hashing.key(&key);
                for tried in [&SlotSet::new(), &tried] {
                    let pick = Pick::new(&pool, Some(&key)).excluding(tried);
                    prop_assert_eq!(built.pick(&pick), naive(&built, &points, hash, &pick));
                }
            }
        }

        /// Points that collide, crowd one bucket or lie at either end; the plain rule still holds.
        #[test]
        fn crowded_points_are_all_found(
            owned in collection::vec(collection::vec(0..6usize, 1..4), 1..8),
            keys in collection::vec(any::<u64>(), 1..20),
        ) {
            let places = [0, 1, 2, u64::MAX, u64::MAX - 1, 1 << 63];
            let owned: Vec<Vec<u64>> = owned
                .iter()
                .map(|owned| owned.iter().map(|&place| places[place]).collect())
                .collect();
            let (pool, mut built) = built(&vec![1; owned.len()], 21);
            built.circle = Circle::new(owned.iter().map(|owned| owned.iter().copied()));
            let ranked = owned.iter().enumerate();
            let points: Vec<_> = ranked
                .flat_map(|(rank, owned)| owned.iter().map(move |&point| (point, rank)))
                .collect();
            for key in keys {
                let key = key.to_le_bytes();
                let hash = built.hashing.key(&key);
                let mut tried = SlotSet::new();
                for _ in 0..owned.len() {
                    let pick = Pick::new(&pool, Some(&key)).excluding(&tried);
                    let picked = built.pick(&pick);
                    prop_assert_eq!(picked, naive(&built, &points, hash, &pick));
                    tried.insert(picked.unwrap());
                }
            }
        }
    }

    /// Two backends with equal points: the distances are equal for every key, and the first name wins.
    #[test]
    fn equal_points_belong_to_the_first_name() {
        let (pool, mut built) = built(&[1, 1], 21);
        built.circle = Circle::new([[7], [7]]);
        for key in 0..100u8 {
            let pick = Pick::new(&pool, Some(std::slice::from_ref(&key)));
            assert_eq!(built.pick(&pick), pool.slot("b0"));
        }
    }

    /// All but about one key in a hundred are decided on the fast path.
    #[test]
    fn few_keys_need_the_slow_path() {
        for count in [10, 600, 1_000] {
            let (_, built) = built(&vec![1; count], 21);
            let unsure = (0..10_000u64).filter(|key| {
                let hash = built.hashing.key(&key.to_le_bytes());
                built.nearest(hash).is_none()
            });
            let unsure = unsure.count();
            assert!(unsure < 300, "{unsure} of {count}");
        }
    }
}
