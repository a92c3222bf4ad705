//! **Power of two choices**: of two backends drawn by weight, the less busy one.
//!
//! # How it works
//! A backend is [drawn by weight](super::random), and then another, d − 1 times. The request moves from a to b only if
//! b with it would be no busier than a without it: if (in flight on b + 1) / weight of b ≤ in flight on a / weight of
//! a. With equal weights this means that b has fewer.
//!
//! # Cost
//! n backends. Build O(n). Pick: d draws in O(1) each, and d reads of a count; there is no index over the counts, so a
//! request ends without a lock. Memory: 16 bytes per backend.
//!
//! # Membership change
//! It uses no key, so no key moves. The count of the picks is carried over.
//!
//! # Weights
//! While nothing is in flight, no request moves, and each backend gets its share exactly; under load, requests move to
//! backends with fewer in flight relative to weight.
//!
//! # Ineligible backends
//! They are [redrawn](super::random).
//!
//! # Departures from the paper
//! Weights; the paper's backends are alike. Comparing (in flight + 1) / weight on both sides would give an idle pool's
//! requests to the heavier of the two whatever is drawn: with weights 99 and 1, the light one would get one in ten
//! thousand. Candidates are drawn with replacement, so that an idle pool is divided by weight.
//!
//! # References
//! M. Mitzenmacher: The Power of Two Choices in Randomized Load Balancing, IEEE Transactions on
//! Parallel and Distributed Systems 12(10), 2001. Y. Azar, A. Z. Broder, A. R. Karlin, E. Upfal:
//! Balanced Allocations, SIAM Journal on Computing 29(1), 1999.
//!
//! # Example
//! ```
//! use evenkeel_algorithms::{LoadBalancer, Pool, PowerOfTwoChoices};
//!
//! let pool = Pool::new((0..100).map(|number| format!("b{number}")))?;
//! let balancer = LoadBalancer::new(PowerOfTwoChoices::default(), pool)?;
//! let open: Vec<_> = (0..100).map(|_| balancer.route(None)).collect::<Result<_, _>>()?;
//! let busiest = open.iter().map(|ticket| balancer.in_flight(ticket.backend().name()));
//! assert!(busiest.max() <= Some(Some(3))); // one draw alone would stack up about five
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::algorithm::{Algorithm, carried};
use crate::balancer::Balancer;
use crate::card::{Card, Cost, Family, Feedback, OptionHelp, Origin, ShareVariance};
use crate::error::BuildError;
use crate::hash::{Fingerprint, Seed};
use crate::option::whole_number_option;
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::Profile;
use crate::section_key::SectionKey;
use crate::section_type::SectionType;
use crate::slot::Slot;
use crate::strategy::alias::{Alias, Draws};

/// The section of its options.
pub const SECTION: SectionKey<Options> = SectionKey::new("power-of-two-choices");

/// The card of the algorithm.
pub static CARD: Card = Card {
    aliases: &["p2c"],
    summary: "of two backends drawn by weight, the less busy one",
    section: SectionType::of(SECTION),
    options: &[OptionHelp {
        name: "choices",
        help: CHOICES_HELP,
        value: |options| options.get(SECTION).choices.to_string(),
    }],
    origin: Origin::Own,
    feedback: Feedback::InFlight,
    shares: ShareVariance::ByLoad,
    build: Cost::LINEAR,
    pick: Cost::of("choices"),
    memory: "16 bytes per backend",
    weights: "in proportion while idle; approached under load",
    disruption: "uses no key",
    source: "Mitzenmacher, TPDS 2001",
    ..Card::new(
        SECTION.algorithm(),
        Family::FewestOfSome,
        &|hashing, options| Box::new(PowerOfTwoChoices::new(hashing.seed, options.get(SECTION))),
    )
};

/// The options of [`PowerOfTwoChoices`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Options {
    /// Backends drawn for each request.
    pub choices: Choices,
}

whole_number_option!(
    /// How many backends are drawn for each request.
    Choices, "choices": 2 to 16,
    /// Two: the second choice helps most by far.
    default 2
);

/// The help text of the option.
pub(super) const CHOICES_HELP: &str =
    "backends drawn for each request, 2 to 16; the second helps most by far";

/// Of some backends drawn by weight, the least busy one; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct PowerOfTwoChoices {
    seed: Seed,
    options: Options,
}

impl PowerOfTwoChoices {
    /// Returns the algorithm with its options. The same seed gives the same draws.
    #[must_use]
    pub const fn new(seed: Seed, options: Options) -> Self {
        Self { seed, options }
    }
}

impl Algorithm for PowerOfTwoChoices {
    fn build(
        &self,
        pool: &Pool,
        before: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let before = carried::<Built>(before).map(|before| &before.draws);
        Ok(Box::new(Built {
            options: self.options,
            draws: Draws::after(self.seed, before),
            alias: Alias::new(pool),
        }))
    }

    fn profile(&self) -> Profile {
        Profile {
            in_flight: true,
            ..Profile::TURNS
        }
    }
}

/// The draws of a pool.
#[derive(Debug)]
pub struct Built {
    options: Options,
    draws: Draws,
    alias: Alias,
}

/// The requests in flight on a backend, and its weight.
#[derive(Clone, Copy)]
struct Load {
    requests: u64,
    weight: u64,
}

impl Load {
    #[inline]
    fn of(pool: &Pool, slot: Slot) -> Self {
        Self {
            requests: pool.in_flight(slot),
            weight: pool.weight(slot).get().into(),
        }
    }

    /// Returns whether a request moves to `other`.
    #[inline]
    const fn yields_to(self, other: Self) -> bool {
        (other.requests as u128 + 1) * self.weight as u128
            <= self.requests as u128 * other.weight as u128
    }
}

impl Balancer for Built {
    #[inline]
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        let mut numbers = self.draws.of(pick);
        let mut choice = self.alias.draw(&mut numbers, pick)?;
        let mut load = Load::of(pick.pool(), choice);
        for _ in 1..self.options.choices.0 {
            let Some(other) = self.alias.draw(&mut numbers, pick) else {
                break;
            };
            let others = Load::of(pick.pool(), other);
            if load.yields_to(others) {
                (choice, load) = (other, others);
            }
        }
        Some(choice)
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.text(CARD.name);
        self.draws.describe(fingerprint);
        fingerprint.number(self.options.choices.0.into());
    }

    fn memory(&self) -> usize {
        self.alias.memory()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backend, LoadBalancer, Ticket, Weight};

    fn balancer(weights: &[u64], choices: u64) -> LoadBalancer {
        let backend = |(index, &weight): (usize, &u64)| {
            Backend::new(index.to_string()).with_weight(Weight::new(weight).unwrap())
        };
        let pool = Pool::new(weights.iter().enumerate().map(backend)).unwrap();
        let choices = Choices::new(choices).unwrap();
        LoadBalancer::new(PowerOfTwoChoices::new(Seed(1), Options { choices }), pool).unwrap()
    }

    /// A direct implementation of the rule, with the same draws.
    #[test]
    fn every_pick_is_the_best_of_those_drawn() {
        for choices in [2, 3, 5] {
            let balancer = balancer(&[3, 1, 2, 1, 7], choices);
            let mut open = Vec::new();
            for step in 0..2_000 {
                let snapshot = balancer.snapshot();
                let strategy = carried::<Built>(Some(snapshot.balancer())).unwrap();
                let pool = snapshot.pool();
                let question = Pick::new(pool, None).question();
                let mut numbers = strategy.draws.of(&question);
                let mut draw = || strategy.alias.draw(&mut numbers, &question).unwrap();
                let mut expected = draw();
                for _ in 1..choices {
                    let other = draw();
                    let count = |slot| pool.in_flight(slot) as f64;
                    let weight = |slot| f64::from(pool.weight(slot).get());
                    let with_it = (count(other) + 1.) / weight(other);
                    if with_it <= count(expected) / weight(expected) {
                        expected = other;
                    }
                }
                open.push(balancer.route(None).unwrap());
                assert_eq!(open.last().map(Ticket::slot), Some(expected), "step {step}");
                if open.len() > 60 {
                    drop(open.swap_remove(step * 31 % open.len()));
                }
            }
        }
    }

    /// With weights 198, 1 and 1 each backend gets its share, however many requests are in flight.
    #[test]
    fn shares_follow_very_unequal_weights_idle_and_busy() {
        const PICKS: usize = 100_000;
        for in_flight in [0, 1, 10, 1_000] {
            let balancer = balancer(&[198, 1, 1], 2);
            let mut open: Vec<_> = (0..in_flight)
                .map(|_| balancer.route(None).unwrap())
                .collect();
            let mut counts = [0; 3];
            for pick in 0..PICKS {
                let ticket = balancer.route(None).unwrap();
                counts[ticket.slot().index()] += 1;
                if !open.is_empty() {
                    let oldest = pick % open.len();
                    open[oldest] = ticket;
                }
            }
            for (count, share) in counts.iter().zip([0.99, 0.005, 0.005]) {
                let off = f64::from(*count) / PICKS as f64 - share;
                assert!(off.abs() < 0.005, "{counts:?} with {in_flight} in flight");
            }
        }
    }

    #[test]
    fn the_less_busy_backend_gets_more() {
        let balancer = balancer(&[1, 1], 2);
        let _busy: Vec<_> = (0..50).map(|_| balancer.hold("0")).collect();
        let mut counts = [0; 2];
        for _ in 0..4_000 {
            counts[balancer.route(None).unwrap().slot().index()] += 1;
        }
        // The busy backend only if it is drawn twice: one in four, ± 5 standard deviations.
        assert!(i32::abs(counts[0] - 1_000) < 137, "{counts:?}");
    }
}
