//! **Pingora `FNVHash`**: the key's FNV modulo the sum of the weights, hashed again for fallbacks.
//!
//! # How it works
//! The backends are listed in the order of their addresses, IPv4 before IPv6 and each as a number, as often in a row as
//! their weights. A key goes to the position of its 64-bit FNV-1a modulo the length of the list. If that backend may
//! not be picked, the hash is hashed again, repeatedly, and each hash selects a position in the list without weights.
//!
//! # Cost
//! n backends. Build O(n log n). Pick: one hash and O(log n); with unavailable backends O(n). Memory: 12 bytes per
//! backend.
//!
//! # Membership change
//! The sum of the weights changes, so nearly every key moves.
//!
//! # Weights
//! In exact proportion; the keys of an unavailable backend are spread in equal shares.
//!
//! # Ineligible backends
//! They keep their positions and are skipped; no other key moves.
//!
//! # Departures from the program
//! Hashes of hashes may find the same backend repeatedly. Pingora gives up after a number of attempts that its caller
//! sets; here, after 256 attempts, the first backend in order that may be picked is used. Names that are not addresses
//! come after addresses, in order.
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

/// The card of the algorithm.
pub static CARD: Card = Card {
    summary: "Pingora's `FNVHash`: the key's FNV modulo the sum of the weights, hashed again for fallbacks",
    origin: Origin::Program(Program::Pingora),
    feedback: Feedback::None,
    shares: ShareVariance::AsRandom,
    build: Cost::LINEARITHMIC,
    pick: Cost::LOGARITHMIC,
    memory: "12 bytes per backend",
    weights: "exact proportion",
    disruption: "nearly every key",
    source: "pingora-load-balancing 0.9.1",
    ..Card::new("pingora-fnv", Family::Modulo, &|_, _| Box::new(PingoraFnv))
};

/// The maximum number of fallbacks.
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
    /// Returns the position of a hash in the weighted list, and its backend.
    fn first(&self, hash: u64) -> Option<(u64, Slot)> {
        let place = hash.checked_rem(self.weighted.total())?;
        Some((place, self.order[self.weighted.at(place)]))
    }

    /// Returns the repeated hashes of a hash, each with its position and its backend.
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
        steps(Step::Fallback("the first backend by address"));
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
    fn backends_are_listed_by_address_and_weight() {
        let heavy = Backend::new("127.0.0.11:80").with_weight(Weight::new(3).unwrap());
        let pool = Pool::new([heavy, Backend::new("127.0.0.9:80")]).unwrap();
        let balancer = LoadBalancer::new(PingoraFnv, pool).unwrap();
        let mut steps = Vec::new();
        let traced = balancer.trace(Some(b"a"), &[], &mut |step| {
            steps.push(format!("{step:?}"));
        });
        // The remainder modulo 4 is 0: the lower address comes first.
        let expected = [
            Step::of_hash(0xAF63_DC4C_8601_EC8C),
            Step::entry(0, 4, Slot(1)),
        ];
        assert_eq!(steps, expected.map(|step| format!("{step:?}")));
        assert_eq!(traced.unwrap().slot(), Slot(1));
    }

    #[test]
    fn without_an_eligible_backend_every_fallback_is_reported() {
        let balancer = LoadBalancer::new(PingoraFnv, Pool::new(["a", "b"]).unwrap());
        let (balancer, mut last, mut count) = (balancer.unwrap(), String::new(), 0);
        let traced = balancer.trace(Some(b"k"), &["a", "b"], &mut |step| {
            (last, count) = (format!("{step:?}"), count + 1);
        });
        assert!(traced.is_err());
        assert_eq!(
            last,
            format!("{:?}", Step::Fallback("the first backend by address"))
        );
        assert_eq!(count, 2 * (1 + FALLBACKS) + 1);
    }
}
