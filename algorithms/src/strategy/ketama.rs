//! **Ketama**: a ring of points; a key belongs to the first point at or after its own.
//!
//! # How it works
//! Every unit of a backend's weight puts `points_per_weight` points on a circle of 2^32 positions: the numbers of a
//! SplitMix64 that starts from the SipHash-1-3 of the backend's name. A key's point is the top 32 bits of its hash. The
//! first backend point at or after it wins, wrapping from the last to the first.
//!
//! # Cost
//! P points in all. Build O(P): one digest per backend and one mix per point, then a counting sort by the points' top
//! bits. Pick: one hash, one read of the bucket index, one or a few points. Memory: 8 bytes per point and 4 to 8 for
//! the index up to 2^20 points; above, 4 bytes per point and up to 4 for the index.
//!
//! # Membership change
//! A new backend takes keys, a removed one gives them up, and no other key moves.
//!
//! # Weights
//! Points are proportional to the weight and never scaled by a sum: a larger weight adds points and moves no other
//! point. The share varies by about 1/√(points) around the weight's.
//!
//! # Ineligible backends
//! They keep their points and are skipped: each of their keys goes to the next eligible backend on the ring.
//!
//! # Departures from the paper
//! The name is that of libketama, but this is not its ring of MD5 points: the points come from a keyed hash and a
//! generator. Equal points belong to the first backend by name, so the order given does not matter.
//!
//! # References
//! D. Karger, E. Lehman, T. Leighton, R. Panigrahy, M. Levine, D. Lewin: Consistent Hashing and
//! Random Trees, STOC 1997, section 4. R. Jones: libketama, 2007.
//!
//! # Example
//! ```
//! use evenkeel_algorithms::{Ketama, LoadBalancer, Pool};
//!
//! let balancer = LoadBalancer::new(Ketama::default(), Pool::new(["b1", "b2", "b3"])?)?;
//! let before = balancer.route(Some(b"alice"))?.backend().name().to_owned();
//! balancer.update(["b1", "b2", "b3", "b4"])?;
//! let after = balancer.route(Some(b"alice"))?.backend().name().to_owned();
//! assert!(after == before || after == "b4");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

use crate::algorithm::{Algorithm, carried};
use crate::balancer::Balancer;
use crate::card::{
    Card, Cost, Failover, Family, Feedback, OptionHelp, Origin, ShareVariance, Sizes, sized,
};
use crate::error::BuildError;
use crate::hash::{Fingerprint, Hashing};
use crate::option::whole_number_option;
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::Profile;
use crate::ring::{Owned, Ring};
use crate::section_key::SectionKey;
use crate::section_type::SectionType;
use crate::slot::Slot;
use crate::step::Step;

/// The section of its options.
pub const SECTION: SectionKey<Options> = SectionKey::new("ketama");

/// The card of the algorithm.
pub static CARD: Card = Card {
    aliases: &["consistent-hash"],
    summary: "a ring of points; a key belongs to the first point at or after its own",
    section: SectionType::of(SECTION),
    options: &[OptionHelp {
        name: "points_per_weight",
        help: "points per unit of weight, 1 to 65536; more points spread load more evenly",
        value: |options| options.get(SECTION).points_per_weight.get().to_string(),
    }],
    size: sized!(SECTION: points_per_weight: PointsPerWeight, Sizes::up_to(PointsPerWeight::MAX)),
    origin: Origin::Own,
    feedback: Feedback::None,
    shares: ShareVariance::AsArcs,
    // The shares of v points are Dirichlet distributed.
    variance: Some(|options, weight, share| {
        let points = f64::from(options.get(SECTION).points_per_weight.get()) * weight;
        (1. - share) / points
    }),
    failover: Failover::Neighbours,
    build: Cost::of("P").with(" for P points"),
    pick: Cost::CONSTANT,
    memory: "up to 16 bytes per point",
    weights: "points in proportion",
    disruption: "minimal",
    source: "Karger et al., STOC 1997",
    ..Card::new(SECTION.algorithm(), Family::Ring, &|hashing, options| {
        Box::new(Ketama::new(hashing, options.get(SECTION)))
    })
};

/// The options of [`Ketama`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Options {
    /// Points per unit of weight.
    pub points_per_weight: PointsPerWeight,
}

whole_number_option!(
    /// Points per unit of weight.
    PointsPerWeight, "points_per_weight": 1 to 65_536,
    /// libketama's number, 160: shares vary by about 8%.
    default 160
);

/// The ketama ring; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct Ketama {
    hashing: Hashing,
    options: Options,
}

impl Ketama {
    /// Returns the algorithm with the hash of keys and names, and its options.
    #[must_use]
    pub fn new(hashing: impl Into<Hashing>, options: Options) -> Self {
        Self {
            hashing: hashing.into(),
            options,
        }
    }

    fn built(&self, pool: &Pool, before: Option<&Built>) -> Result<Built, BuildError> {
        let member = |&slot: &Slot| Member {
            name: pool.backend(slot).shared_name(),
            slot,
            points: pool.weight(slot).get() as usize
                * self.options.points_per_weight.get() as usize,
        };
        let members: Box<[_]> = pool.slots_by_name().iter().map(member).collect();
        let ring = match before.and_then(|before| before.changed(&members)) {
            Some(ring) => ring,
            None => self.sorted(&members)?,
        };
        Ok(Built {
            hashing: self.hashing,
            options: self.options,
            ring,
            members,
        })
    }

    /// Returns a ring made from all its points.
    fn sorted(&self, members: &[Member]) -> Result<Ring, BuildError> {
        let total = members.iter().map(|member| member.points).sum();
        let owned = |member: &Member| member.owned(self.hashing, 0..member.points);
        Ring::new(total, || members.iter().flat_map(owned))
            .map_err(|error| error.with_points_by("points_per_weight"))
    }
}

impl Algorithm for Ketama {
    fn build(
        &self,
        pool: &Pool,
        before: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        Ok(Box::new(self.built(pool, carried(before))?))
    }

    fn profile(&self) -> Profile {
        Profile::MINIMAL
    }
}

/// The ring of a pool.
#[derive(Debug)]
pub struct Built {
    hashing: Hashing,
    options: Options,
    ring: Ring,
    /// The backends with points on the ring, by name.
    members: Box<[Member]>,
}

#[derive(Debug)]
struct Member {
    name: Arc<str>,
    slot: Slot,
    points: usize,
}

impl Member {
    /// Returns some of the backend's points.
    fn owned(&self, hashing: Hashing, range: Range<usize>) -> impl Iterator<Item = Owned> + use<> {
        let (points, slot) = (hashing.ring_points(&self.name, range), self.slot);
        points.map(move |point| (point, slot))
    }
}

impl Built {
    /// Returns the ring's points in ascending order, each with its backend.
    pub fn points(&self) -> impl ExactSizeIterator<Item = (u32, Slot)> {
        self.ring.points()
    }

    /// Returns a ring derived from this one, if most of its points stay.
    fn changed(&self, members: &[Member]) -> Option<Ring> {
        let mut renumbered = vec![Slot(u32::MAX); self.members.len()];
        let (mut leaving, mut joining) = (Vec::new(), Vec::new());
        for (old, new) in by_name(&self.members, members) {
            let number = |member: Option<&Member>| member.map_or(0, |member| member.points);
            let (before, after) = (number(old), number(new));
            if (leaving.len() + joining.len() + before.abs_diff(after)) * 4 > self.ring.len() {
                return None;
            }
            if let (Some(old), Some(new)) = (old, new) {
                renumbered[old.slot.index()] = new.slot;
            }
            match (old, new) {
                (Some(old), _) if before > after => {
                    leaving.extend(old.owned(self.hashing, after..before));
                }
                (_, Some(new)) if after > before => {
                    joining.extend(new.owned(self.hashing, before..after));
                }
                _ => {}
            }
        }
        // Stable: the members are ordered by name.
        joining.sort_by_key(|&(point, _)| point);
        let name = |members: &[Member], slot: Slot| {
            members
                .iter()
                .find(|member| member.slot == slot)
                .map(|member| Arc::clone(&member.name))
        };
        let precedes = |old, new| name(&self.members, old) < name(members, new);
        self.ring.changed(&leaving, &joining, &renumbered, precedes)
    }

    #[inline]
    fn key_point(&self, key: &[u8]) -> u32 {
        (self.hashing.key(key) >> 32) as u32
    }

    #[inline]
    fn owner(&self, point: u32, pick: &Pick<'_>) -> Option<Slot> {
        let first = self.ring.successor(point)?;
        if pick.allows(first) {
            return Some(first);
        }
        self.walk(point, pick)
    }

    /// Continues from a point of a backend that is not allowed. Not inlined: it is rare, and large compared to the common
    /// path.
    #[cold]
    fn walk(&self, point: u32, pick: &Pick<'_>) -> Option<Slot> {
        self.ring.walk(point).find(|&slot| pick.allows(slot))
    }
}

impl Balancer for Built {
    #[inline]
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        self.owner(self.key_point(pick.key()?), pick)
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.strategy(CARD.name, self.hashing);
        fingerprint.number(self.options.points_per_weight.get().into());
    }

    fn table(&self) -> Option<Vec<Slot>> {
        Some(self.ring.owners())
    }

    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        let point = self.key_point(pick.key()?);
        self.ring.tell(point, steps);
        self.owner(point, pick)
    }

    fn memory(&self) -> usize {
        self.ring.memory() + size_of_val(&*self.members)
    }
}

/// Returns the members of both lists in the order of their names, those of one name together.
fn by_name<'a>(
    mut old: &'a [Member],
    mut new: &'a [Member],
) -> impl Iterator<Item = (Option<&'a Member>, Option<&'a Member>)> {
    std::iter::from_fn(move || {
        let order = match (old.first(), new.first()) {
            (Some(old), Some(new)) => old.name.cmp(&new.name),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return None,
        };
        let old = order.is_le().then(|| old.split_off_first()).flatten();
        let new = order.is_ge().then(|| new.split_off_first()).flatten();
        Some((old, new))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Seed;

    #[test]
    fn a_ring_above_the_maximum_is_rejected_before_it_is_built() {
        let weight = crate::Weight::MAX;
        let pool = Pool::new(["a", "b"].map(|name| crate::Backend::new(name).with_weight(weight)));
        let error = Ketama::default().built(&pool.unwrap(), None).unwrap_err();
        assert_eq!(
            error,
            BuildError::TooManyPoints {
                points: 320_000_000,
                option: Some("points_per_weight"),
            }
        );
    }

    #[test]
    fn points_per_weight_need_not_be_a_multiple_of_four() {
        let options = Options {
            points_per_weight: PointsPerWeight::new(3).unwrap(),
        };
        let pool =
            Pool::new([crate::Backend::new("a").with_weight(crate::Weight::new(3).unwrap())]);
        let ketama = Ketama::new(Seed::DEFAULT, options).built(&pool.unwrap(), None);
        let ketama = ketama.unwrap();
        assert_eq!(ketama.points().len(), 9);
    }
}
