//! **Modulo**: the key's hash modulo the number of backends; a baseline that shows why all other algorithms by key
//! exist.
//!
//! # How it works
//! Each unit of weight has a position in a list, ordered by name. A key goes to position hash mod W.
//!
//! # Cost
//! W is the sum of the weights. Build O(W). Pick: one hash, one division, one read. Memory: 8 bytes per unit of weight.
//!
//! # Membership change
//! Nearly all keys move: from n to n + 1 backends of weight 1, a fraction n / (n + 1) of them.
//!
//! # Weights
//! A backend holds one position per unit of weight.
//!
//! # Ineligible backends
//! They keep their positions; each of their keys is [hashed again](super::numbered) over all others.
//!
//! # Departures from the usual
//! The list is sorted by name, so the order given does not matter. Weights, and the fallback for ineligible backends.
//!
//! # References
//! D. E. Knuth: The Art of Computer Programming, volume 3, 1973, section 6.4 (the division method).
//!
//! # Example
//! ```
//! use evenkeel_algorithms::{LoadBalancer, Modulo, Pool};
//!
//! let balancer = LoadBalancer::new(Modulo::default(), Pool::new(["b1", "b2", "b3"])?)?;
//! let owner = |key: u32| balancer.owners(&key.to_le_bytes(), 1).map(|owners| owners[0].clone());
//! let before: Vec<_> = (0..100).map(owner).collect::<Result<_, _>>()?;
//! balancer.update(["b1", "b2", "b3", "b4"])?;
//! let after: Vec<_> = (0..100).map(owner).collect::<Result<_, _>>()?;
//! let moved = before.iter().zip(&after).filter(|(before, after)| before != after).count();
//! assert!(moved > 60); // of 100; a consistent hash moves about 25
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::algorithm::Algorithm;
use crate::balancer::Balancer;
use crate::card::{Card, Cost, Failover, Family, Feedback, Origin, ShareVariance};
use crate::error::BuildError;
use crate::hash::{Fingerprint, Hashing};
use crate::numbering::Numbering;
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::Profile;
use crate::slot::Slot;
use crate::step::Step;
use crate::strategy::numbered;

/// The card of the algorithm.
pub static CARD: Card = Card {
    summary: "the key's hash modulo the number of backends; a baseline",
    origin: Origin::Own,
    feedback: Feedback::None,
    shares: ShareVariance::AsRandom,
    failover: Failover::Neighbours,
    build: Cost::of("W"),
    pick: Cost::CONSTANT,
    memory: "8 bytes per unit of weight",
    weights: "positions in proportion",
    disruption: "nearly all keys",
    source: "Knuth, 1973",
    ..Card::new("modulo", Family::Modulo, &|hashing, _| {
        Box::new(Modulo::new(hashing))
    })
};

/// The key's hash modulo the number of backends; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct Modulo {
    hashing: Hashing,
}

impl Modulo {
    /// Returns the algorithm with the hash of keys.
    #[must_use]
    pub fn new(hashing: impl Into<Hashing>) -> Self {
        Self {
            hashing: hashing.into(),
        }
    }
}

impl Algorithm for Modulo {
    fn build(
        &self,
        pool: &Pool,
        _: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        Ok(Box::new(Built {
            hashing: self.hashing,
            places: pool.numbered_after(&Numbering::default())?,
        }))
    }

    fn profile(&self) -> Profile {
        Profile {
            minimal: false,
            ..Profile::MINIMAL
        }
    }
}

/// The places of a pool.
#[derive(Debug)]
pub struct Built {
    hashing: Hashing,
    /// Numbered by name again whenever the pool changes.
    places: Numbering,
}

impl Built {
    /// Returns the holder of a hash's position.
    #[inline]
    fn slot(&self, hash: u64) -> Option<Slot> {
        let holders = self.places.holders();
        let place = hash.checked_rem(holders.len() as u64)?;
        holders[place as usize]
    }
}

impl Balancer for Built {
    #[inline]
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        let hash = self.hashing.key(pick.key()?);
        let slot = self.slot(hash)?;
        if pick.allows(slot) {
            return Some(slot);
        }
        numbered::rehashed(hash, pick, |hash| self.slot(hash), self.places.holders())
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.strategy(CARD.name, self.hashing);
    }

    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        let hash = self.hashing.key(pick.key()?);
        steps(Step::of_hash(hash));
        let len = self.places.len() as u64;
        let number = hash.checked_rem(len).unwrap_or_default() as u32;
        if let Some(owner) = self.slot(hash) {
            steps(Step::Bucket { number, len, owner });
        }
        self.pick(pick)
    }

    fn memory(&self) -> usize {
        self.places.memory()
    }
}
