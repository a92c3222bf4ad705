//! **Pingora `FNVHash`**: a remainder of the key's FNV by weight, and of its hash for the next.
//!
//! # How it works
//! The backends stand in the order of their addresses, IPv4 before IPv6 and each as a number, as often
//! in a row as their weights say. A key goes to the place of its 64-bit FNV-1a by a remainder. If that
//! backend may not be reached, the hash is hashed, over and over, and each time finds a place in the
//! list without weights.
//!
//! # Cost
//! n backends. Build O(n log n). Pick: one hash and O(log n); past the unreachable O(n). Memory: 12
//! bytes a backend.
//!
//! # Membership change
//! The sum of the weights changes, and nearly every key moves.
//!
//! # Weights
//! In exact proportion; those of an unreachable backend's keys in equal shares.
//!
//! # Ineligible backends
//! They keep their places and are passed over; no other key moves.
//!
//! # Departures from the program
//! Hashes of hashes may find the same backend again and again. Pingora gives up after as many as its
//! caller says; here, after 256, the first in order that may be reached is picked. Names that are
//! no addresses stand behind those that are, in order.
//!
//! # References
//! pingora-load-balancing 0.9.1, `selection::algorithms` and `selection::weighted`.
//!
//! # Example
//! ```
//! use evenkeel_algorithms::dialect::PingoraFnv;
//! use evenkeel_algorithms::{LoadBalancer, Pool};
//!
//! let pool = Pool::new(["10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"])?;
//! let balancer = LoadBalancer::new(PingoraFnv, pool)?;
//! assert_eq!(balancer.route(Some(b"alice"))?.backend(), balancer.route(Some(b"alice"))?.backend());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::iter;

use crate::algorithm::Algorithm;
use crate::balancer::Balancer;
use crate::card::{Card, Cost, Family, Feedback, Origin, Program, ShareVariance};
use crate::dialect::hash::fnv1a_64;
use crate::dialect::side_by_side::SideBySide;
use crate::dialect::socket_order::by_address;
use crate::error::BuildError;
use crate::hash::Fingerprint;
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::Profile;
use crate::slot::Slot;
use crate::step::Step;

/// What is to be known of the algorithm before choosing it.
pub static CARD: Card = Card {
    summary: "Pingora's `FNVHash`: a remainder of the key's FNV by weight, hashed on if it fails",
    origin: Origin::Program(Program::Pingora),
    feedback: Feedback::None,
    shares: ShareVariance::AsRandom,
    build: Cost::LINEARITHMIC,
    pick: Cost::LOGARITHMIC,
    memory: "12 bytes a backend",
    weights: "exact proportion",
    disruption: "nearly every key",
    source: "pingora-load-balancing 0.9.1",
    ..Card::new("pingora-fnv", Family::Modulo, &|_, _| Box::new(PingoraFnv))
};

/// How often the hash is hashed.
const FALLBACKS: usize = 256;

/// Pingora's hash; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct PingoraFnv;

impl Algorithm for PingoraFnv {
    fn build(
        &self,
        pool: &Pool,
        _: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let order = by_address(pool);
        let weights = order.iter().map(|&slot| pool.weight(slot).get().into());
        let weighted = SideBySide::new(weights);
        Ok(Box::new(Built { order, weighted }))
    }

    fn profile(&self) -> Profile {
        Profile {
            minimal: false,
            ..Profile::MINIMAL
        }
    }
}

/// The backends of a pool.
#[derive(Debug)]
pub struct Built {
    order: Box<[Slot]>,
    weighted: SideBySide,
}

impl Built {
    /// Returns the place of a hash by weight and its backend.
    fn first(&self, hash: u64) -> Option<(u64, Slot)> {
        let place = hash.checked_rem(self.weighted.total())?;
        Some((place, self.order[self.weighted.at(place)]))
    }

    /// Returns the hashes of a hash, each with the place that it finds and its backend.
    fn fallbacks(&self, hash: u64) -> impl Iterator<Item = (u64, usize, Slot)> {
        let next = |hash: &u64| Some(fnv1a_64(&hash.to_le_bytes()));
        let hashes = iter::successors(Some(hash), next).skip(1).take(FALLBACKS);
        hashes.map(|hash| {
            let place = (hash % self.order.len() as u64) as usize;
            (hash, place, self.order[place])
        })
    }

    fn first_allowed(&self, pick: &Pick<'_>) -> Option<Slot> {
        self.order.iter().copied().find(|&slot| pick.allows(slot))
    }
}

impl Balancer for Built {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        let hash = fnv1a_64(pick.key()?);
        let (_, slot) = self.first(hash)?;
        if pick.allows(slot) {
            return Some(slot);
        }
        let mut fallbacks = self.fallbacks(hash).map(|(_, _, slot)| slot);
        let fallback = fallbacks.find(|&slot| pick.allows(slot));
        fallback.or_else(|| self.first_allowed(pick))
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.text(CARD.name);
    }

    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        let hash = fnv1a_64(pick.key()?);
        steps(Step::of_hash(hash));
        let (place, slot) = self.first(hash)?;
        steps(self.weighted.entry(place, slot));
        if pick.allows(slot) {
            return Some(slot);
        }
        for (hash, place, slot) in self.fallbacks(hash) {
            steps(Step::of_hash(hash));
            steps(Step::entry(place, self.order.len(), slot));
            if pick.allows(slot) {
                return Some(slot);
            }
        }
        steps(Step::Fallback("the first by address"));
        self.first_allowed(pick)
    }

    fn memory(&self) -> usize {
        size_of_val(&*self.order) + self.weighted.memory()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backend, LoadBalancer, Weight};

    /// The published FNV-1a of `a` is af63dc4c8601ec8c, 12,638,187,200,555,641,996: even.
    #[test]
    fn backends_stand_by_address_and_weight() {
        let heavy = Backend::new("127.0.0.11:80").with_weight(Weight::new(3).unwrap());
        let pool = Pool::new([heavy, Backend::new("127.0.0.9:80")]).unwrap();
        let balancer = LoadBalancer::new(PingoraFnv, pool).unwrap();
        let mut steps = Vec::new();
        let traced = balancer.trace(Some(b"a"), &[], &mut |step| {
            steps.push(format!("{step:?}"));
        });
        // The remainder by 4 is 0: the lower address stands first.
        let expected = [
            Step::of_hash(0xAF63_DC4C_8601_EC8C),
            Step::entry(0, 4, Slot(1)),
        ];
        assert_eq!(steps, expected.map(|step| format!("{step:?}")));
        assert_eq!(traced.unwrap().slot(), Slot(1));
    }

    #[test]
    fn with_nobody_left_every_fallback_is_told() {
        let balancer = LoadBalancer::new(PingoraFnv, Pool::new(["a", "b"]).unwrap());
        let (balancer, mut last, mut count) = (balancer.unwrap(), String::new(), 0);
        let traced = balancer.trace(Some(b"k"), &["a", "b"], &mut |step| {
            (last, count) = (format!("{step:?}"), count + 1);
        });
        assert!(traced.is_err());
        assert_eq!(
            last,
            format!("{:?}", Step::Fallback("the first by address"))
        );
        assert_eq!(count, 2 * (1 + FALLBACKS) + 1);
    }
}
