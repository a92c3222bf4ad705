//! **Random**: a draw by weight, in constant time.
//!
//! # How it works
//! The alias method: a random number selects one of n columns of equal height and a height in it; each column belongs
//! to at most two backends, and each backend holds its share of all columns. The numbers are those of a SplitMix64,
//! from the seed and a count of the picks.
//!
//! # Cost
//! n backends. Build O(n). Pick: O(1), with one atomic increment and one read. Memory: 16 bytes per backend.
//!
//! # Membership change
//! It uses no key, so no key moves. The count of the picks is carried over.
//!
//! # Weights
//! Probabilities in proportion, to 64 binary places.
//!
//! # Ineligible backends
//! A backend that may not be picked is redrawn, up to 31 times; then one draw is made among all backends that may be
//! picked, in O(n). Either way, their probabilities are in proportion.
//!
//! # Departures from the paper
//! Whole numbers instead of fractions, so that the answers are the same on every machine.
//!
//! # References
//! A. J. Walker: An Efficient Method for Generating Discrete Random Variables with General
//! Distributions, ACM Transactions on Mathematical Software 3(3), 1977. M. D. Vose: A Linear Algorithm
//! for Generating Random Numbers with a Given Distribution, IEEE Transactions on Software Engineering
//! 17(9), 1991.
//!
//! # Example
//! ```
//! use evenkeel_algorithms::{Backend, LoadBalancer, Pool, Random, Weight};
//!
//! let backends = [Backend::new("a").with_weight(Weight::new(3)?), Backend::new("b")];
//! let balancer = LoadBalancer::new(Random::default(), Pool::new(backends)?)?;
//! let routed: Vec<_> = (0..400).map(|_| balancer.route(None)).collect::<Result<_, _>>()?;
//! let heavy = routed.iter().filter(|ticket| ticket.backend().name() == "a").count();
//! assert!((260..340).contains(&heavy)); // three in four, by chance
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::algorithm::{Algorithm, carried};
use crate::balancer::Balancer;
use crate::card::{Card, Cost, Family, Feedback, Origin, ShareVariance};
use crate::error::BuildError;
use crate::hash::{Fingerprint, Seed};
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::Profile;
use crate::slot::Slot;
use crate::strategy::alias::{Alias, Draws};

/// The card of the algorithm.
pub static CARD: Card = Card {
    aliases: &["weighted-random"],
    summary: "a draw by weight, in constant time",
    origin: Origin::Own,
    feedback: Feedback::None,
    shares: ShareVariance::AsRandom,
    build: Cost::LINEAR,
    pick: Cost::CONSTANT,
    memory: "16 bytes per backend",
    weights: "probabilities in proportion",
    disruption: "uses no key",
    source: "Walker, TOMS 1977",
    ..Card::new("random", Family::Random, &|hashing, _| {
        Box::new(Random::new(hashing.seed))
    })
};

/// A draw by weight; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct Random {
    seed: Seed,
}

impl Random {
    /// Returns the algorithm with the seed of its draws.
    #[must_use]
    pub const fn new(seed: Seed) -> Self {
        Self { seed }
    }
}

impl Algorithm for Random {
    fn build(
        &self,
        pool: &Pool,
        before: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let before = carried::<Built>(before).map(|before| &before.draws);
        Ok(Box::new(Built {
            draws: Draws::after(self.seed, before),
            alias: Alias::new(pool),
        }))
    }

    fn profile(&self) -> Profile {
        Profile::TURNS
    }
}

/// The draws of a pool.
#[derive(Debug)]
pub struct Built {
    draws: Draws,
    alias: Alias,
}

impl Balancer for Built {
    #[inline]
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        self.alias.draw(&mut self.draws.of(pick), pick)
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.text(CARD.name);
        self.draws.describe(fingerprint);
    }

    fn memory(&self) -> usize {
        self.alias.memory()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LoadBalancer, SlotSet};

    fn balancer(seed: u64) -> LoadBalancer {
        let pool = Pool::new(["a", "b", "c", "d", "e"]).unwrap();
        LoadBalancer::new(Random::new(Seed(seed)), pool).unwrap()
    }

    fn draws(balancer: &LoadBalancer, count: usize) -> String {
        let name = |_| balancer.route(None).unwrap().backend().name().to_owned();
        (0..count).map(name).collect()
    }

    #[test]
    fn draws_follow_from_the_seed_and_continue_after_a_change() {
        let [one, other] = [(); 2].map(|()| balancer(7));
        let all = draws(&one, 60);
        assert_eq!(draws(&other, 30), all[..30]);
        other.update(["a", "b", "c", "d", "e"]).unwrap();
        assert_eq!(draws(&other, 30), all[30..]);
        assert_ne!(draws(&balancer(8), 60), all);
    }

    #[test]
    fn a_question_takes_no_turn() {
        let balancer = balancer(7);
        let snapshot = balancer.snapshot();
        let question = Pick::new(snapshot.pool(), None).question();
        for _ in 0..40 {
            let asked = snapshot.pick(&question).unwrap();
            assert_eq!(snapshot.pick(&question), Ok(asked));
            assert_eq!(balancer.route(None).unwrap().slot(), asked);
        }
    }

    #[test]
    fn the_last_of_many_is_found() {
        let balancer = balancer(7);
        let tried: SlotSet = (0..4).map(Slot).collect();
        let snapshot = balancer.snapshot();
        let pick = Pick::new(snapshot.pool(), None).excluding(&tried);
        (0..2_000).for_each(|_| assert_eq!(snapshot.pick(&pick), Ok(Slot(4))));
    }
}
