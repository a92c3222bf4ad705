//! **Peak EWMA**: of two backends drawn by weight, the one with the lower expected latency.
//!
//! # How it works
//! Each backend has a latency: the decaying peak of its requests' latencies. An outcome above it raises it at once; one
//! below lowers it by a factor 1 − e^(−t / decay) of the difference, where t is the time since the last outcome. Read
//! at time t after the last outcome, it counts as e^(−t / decay) of itself, so that a backend that was slow is tried
//! again. The cost of a backend is latency · (1 + in flight / relative weight), where the relative weight is its weight
//! over the mean; with equal weights it is latency · (in flight + 1). Backends are [drawn by weight](super::random),
//! and the lowest cost wins; of equal ones, the first drawn.
//!
//! # Cost
//! n backends. Build O(n). Pick: d draws and d readings, each behind a short lock of that backend; an outcome takes one
//! such lock. Memory: 72 bytes per backend.
//!
//! # Membership change
//! It uses no key, so no key moves. A remaining backend keeps its latency; a new one has the default latency until its
//! first outcome.
//!
//! # Weights
//! Among idle backends with equal latencies, probabilities are in proportion; under load, requests in flight approach
//! the proportion.
//!
//! # Ineligible backends
//! They are [redrawn](super::random), and keep their latency.
//!
//! # Departures from Finagle
//! Weights, which are included such that equal latencies give shares by weight. A failed request counts at least as the
//! default latency, so that failing fast attracts no requests. In Finagle a reading is stored as the latency; here it
//! changes nothing, so that picks depend on outcomes and time alone. Finagle treats a backend without an outcome as
//! very slow once it has a request; here it has the default latency. It needs [a
//! clock](crate::LoadBalancer::with_clock) and [outcomes](crate::Ticket::finish): without a clock nothing decays, and
//! without outcomes it is power of two choices.
//!
//! # References
//! Twitter Finagle, Aperture and P2C balancers, `PeakEwma.scala`, 2015. Buoyant: Beyond Round Robin:
//! Load Balancing for Latency, 2016.
//!
//! # Example
//! ```
//! use std::time::Duration;
//! use evenkeel_algorithms::{LoadBalancer, Outcome, PeakEwma, Pool};
//!
//! let start = std::time::Instant::now();
//! let pool = Pool::new(["fast", "slow"])?;
//! let balancer = LoadBalancer::with_clock(PeakEwma::default(), pool, move || start.elapsed())?;
//! let mut slow = 0;
//! for _ in 0..100 {
//!     let ticket = balancer.route(None)?;
//!     let is_slow = ticket.backend().name() == "slow";
//!     slow += u32::from(is_slow);
//!     ticket.finish(Outcome::success(Duration::from_millis(if is_slow { 90 } else { 3 })));
//! }
//! assert!(slow < 50); // only where it is drawn twice: about one in four
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use crate::algorithm::{Algorithm, carried};
use crate::backend::Backend;
use crate::balancer::Balancer;
use crate::card::{Card, Cost, Family, Feedback, OptionHelp, Origin, ShareVariance};
use crate::error::BuildError;
use crate::hash::{Fingerprint, Seed};
use crate::option::whole_number_option;
use crate::outcome::Outcome;
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::Profile;
use crate::section_key::SectionKey;
use crate::section_type::SectionType;
use crate::slot::Slot;
use crate::strategy::alias::{Alias, Draws};
use crate::strategy::power_of_two_choices::{CHOICES_HELP, Choices};
use crate::sync::{Mutex, MutexGuard};

/// The section of its options.
pub const SECTION: SectionKey<Options> = SectionKey::new("peak-ewma");

/// The card of the algorithm.
pub static CARD: Card = Card {
    summary: "of two backends drawn by weight, the one with the lower expected latency",
    section: SectionType::of(SECTION),
    options: &[
        OptionHelp {
            name: "choices",
            help: CHOICES_HELP,
            value: |options| options.get(SECTION).choices.to_string(),
        },
        OptionHelp {
            name: "decay_ms",
            help: "milliseconds in which a latency decays to 37%, 1 to 3600000",
            value: |options| options.get(SECTION).decay_ms.to_string(),
        },
        OptionHelp {
            name: "default_latency_ms",
            help: "latency of a backend without an outcome in milliseconds, 1 to 3600000",
            value: |options| options.get(SECTION).default_latency_ms.to_string(),
        },
    ],
    origin: Origin::Own,
    feedback: Feedback::Latencies,
    shares: ShareVariance::ByLoad,
    build: Cost::LINEAR,
    pick: Cost::of("choices"),
    memory: "72 bytes per backend",
    weights: "probabilities in proportion while idle",
    disruption: "uses no key",
    source: "Finagle, 2015",
    ..Card::new(
        SECTION.algorithm(),
        Family::FewestOfSome,
        &|hashing, options| Box::new(PeakEwma::new(hashing.seed, options.get(SECTION))),
    )
};

/// The options of [`PeakEwma`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Options {
    /// Backends drawn for each request.
    pub choices: Choices,
    /// The time in which a latency decays to 1 / e.
    pub decay_ms: Milliseconds,
    /// The latency of a backend without an outcome.
    pub default_latency_ms: Milliseconds,
}

impl Default for Options {
    /// Returns two choices, ten seconds, and 30 milliseconds.
    fn default() -> Self {
        Self {
            choices: Choices::DEFAULT,
            decay_ms: Milliseconds(10_000),
            default_latency_ms: Milliseconds(30),
        }
    }
}

whole_number_option!(
    /// A time span in milliseconds, at most one hour.
    Milliseconds, "milliseconds": 1 to 3_600_000
);

impl Milliseconds {
    /// One second.
    pub const SECOND: Self = Self(1_000);

    /// Returns the span.
    #[must_use]
    pub fn span(self) -> Duration {
        Duration::from_millis(self.0.into())
    }
}

/// Of some backends drawn by weight, the one with the lowest cost; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct PeakEwma {
    seed: Seed,
    options: Options,
}

impl PeakEwma {
    /// Returns the algorithm with its options. The same seed gives the same draws.
    #[must_use]
    pub const fn new(seed: Seed, options: Options) -> Self {
        Self { seed, options }
    }
}

impl Algorithm for PeakEwma {
    fn build(
        &self,
        pool: &Pool,
        before: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let before = carried::<Built>(before);
        let weight = |slot| f64::from(pool.weight(slot).get());
        let mean = pool.slots().map(weight).sum::<f64>() / pool.len() as f64;
        let latencies = match before {
            Some(before) => before.carried(pool),
            None => vec![Latency::default(); pool.len()],
        };
        let member = |(slot, latency)| Member {
            lightness: mean / weight(slot),
            latency: Mutex::new(latency),
        };
        Ok(Box::new(Built {
            options: self.options,
            draws: Draws::after(self.seed, before.map(|before| &before.draws)),
            alias: Alias::new(pool),
            members: pool.slots().zip(latencies).map(member).collect(),
            names: pool.backends().map(Backend::shared_name).collect(),
        }))
    }

    fn profile(&self) -> Profile {
        Profile {
            in_flight: true,
            on_outcome: true,
            ..Profile::TURNS
        }
    }
}

/// The latencies of a pool.
#[derive(Debug)]
pub struct Built {
    options: Options,
    draws: Draws,
    alias: Alias,
    members: Box<[Member]>,
    /// The names of the pool's slots, to find the latencies again in a changed pool.
    names: Box<[Arc<str>]>,
}

#[derive(Debug)]
struct Member {
    /// The mean of all weights, divided by its own.
    lightness: f64,
    latency: Mutex<Latency>,
}

/// A backend's latency in seconds at its last outcome.
#[derive(Clone, Copy, Debug, Default)]
struct Latency(Option<(f64, Duration)>);

impl Latency {
    fn observe(&mut self, seconds: f64, now: Duration, decay: Duration) {
        self.0 = Some(match self.0 {
            Some((before, at)) if seconds < before => {
                let rest = left(now.saturating_sub(at), decay);
                (before * rest + seconds * (1. - rest), now)
            }
            _ => (seconds, now),
        });
    }

    fn read(self, now: Duration, options: &Options) -> f64 {
        let latency = match self.0 {
            Some((seconds, at)) => seconds * left(now.saturating_sub(at), options.decay_ms.span()),
            None => options.default_latency_ms.span().as_secs_f64(),
        };
        latency.max(LEAST)
    }
}

/// The minimum latency in seconds: with zero, requests in flight would not count.
const LEAST: f64 = 1e-6;

/// Returns the fraction of a latency that remains after a time.
fn left(time: Duration, decay: Duration) -> f64 {
    libm::exp(-time.as_secs_f64() / decay.as_secs_f64())
}

impl Member {
    fn latency(&self) -> MutexGuard<'_, Latency> {
        // Nothing panics under this lock.
        self.latency.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Built {
    fn cost(&self, pool: &Pool, slot: Slot, now: Duration) -> f64 {
        let member = &self.members[slot.index()];
        let latency = member.latency().read(now, &self.options);
        latency * (1. + pool.in_flight(slot) as f64 * member.lightness)
    }

    /// Returns the latencies of the backends that are also in `pool`, by slot in `pool`.
    fn carried(&self, pool: &Pool) -> Vec<Latency> {
        let mut carried = vec![Latency::default(); pool.len()];
        for (name, member) in self.names.iter().zip(&self.members) {
            if let Some(slot) = pool.slot(name) {
                carried[slot.index()] = *member.latency();
            }
        }
        carried
    }
}

impl Balancer for Built {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        let mut numbers = self.draws.of(pick);
        let mut choice = self.alias.draw(&mut numbers, pick)?;
        let now = pick.now().unwrap_or_default();
        let mut least = self.cost(pick.pool(), choice, now);
        for _ in 1..self.options.choices.get() {
            let Some(other) = self.alias.draw(&mut numbers, pick) else {
                break;
            };
            let cost = self.cost(pick.pool(), other, now);
            if cost < least {
                (choice, least) = (other, cost);
            }
        }
        Some(choice)
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.text(CARD.name);
        self.draws.describe(fingerprint);
        fingerprint.number(self.options.choices.get().into());
        fingerprint.number(self.options.decay_ms.0.into());
        fingerprint.number(self.options.default_latency_ms.0.into());
    }

    fn on_outcome(&self, _: &Pool, slot: Slot, outcome: Outcome, now: Duration) {
        let least = match outcome.success {
            true => Duration::ZERO,
            false => self.options.default_latency_ms.span(),
        };
        let seconds = outcome.latency.max(least).as_secs_f64();
        let mut latency = self.members[slot.index()].latency();
        latency.observe(seconds, now, self.options.decay_ms.span());
    }

    fn memory(&self) -> usize {
        self.alias.memory() + size_of_val(&*self.members) + size_of_val(&*self.names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backend, LoadBalancer, Ticket, Weight};
    use std::sync::atomic::{AtomicU64, Ordering};

    /// Returns a load balancer and the milliseconds of its clock.
    fn balancer(weights: &[u64]) -> (LoadBalancer, Arc<AtomicU64>) {
        let backend = |(index, &weight): (usize, &u64)| {
            Backend::new(index.to_string()).with_weight(Weight::new(weight).unwrap())
        };
        let pool = Pool::new(weights.iter().enumerate().map(backend)).unwrap();
        let hand = Arc::new(AtomicU64::new(0));
        let shown = Arc::clone(&hand);
        let clock = move || milliseconds(shown.load(Ordering::Relaxed));
        let strategy = PeakEwma::new(Seed(1), Options::default());
        let balancer = LoadBalancer::with_clock(strategy, pool, clock).unwrap();
        (balancer, hand)
    }

    fn milliseconds(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    fn latency(balancer: &LoadBalancer, name: &str, now: u64) -> f64 {
        let snapshot = balancer.snapshot();
        let strategy = carried::<Built>(Some(snapshot.balancer())).unwrap();
        let slot = snapshot.pool().slot(name).unwrap();
        let latency = *strategy.members[slot.index()].latency();
        latency.read(milliseconds(now), &strategy.options) * 1_000.
    }

    fn near(value: f64, expected: f64) {
        assert!((value - expected).abs() < 1e-9, "{value}, not {expected}");
    }

    #[test]
    fn a_latency_jumps_up_and_decays() {
        let (balancer, hand) = balancer(&[1]);
        let finish = |outcome| balancer.route(None).unwrap().finish(outcome);
        near(latency(&balancer, "0", 0), 30.);
        finish(Outcome::success(milliseconds(8)));
        near(latency(&balancer, "0", 0), 8.);
        finish(Outcome::success(milliseconds(100)));
        near(latency(&balancer, "0", 0), 100.);
        // A second later: a tenth of the decay.
        hand.store(1_000, Ordering::Relaxed);
        let rest = libm::exp(-0.1);
        near(latency(&balancer, "0", 1_000), 100. * rest);
        finish(Outcome::success(milliseconds(20)));
        near(
            latency(&balancer, "0", 1_000),
            100. * rest + 20. * (1. - rest),
        );
        finish(Outcome::success(milliseconds(400)));
        near(latency(&balancer, "0", 11_000), 400. / std::f64::consts::E);
        // A clock that goes backwards stands still.
        near(latency(&balancer, "0", 0), 400.);
    }

    #[test]
    fn failures_are_no_faster_than_the_default_and_drops_report_nothing() {
        let (balancer, _) = balancer(&[1]);
        drop(balancer.route(None).unwrap());
        balancer.route(None).unwrap().release();
        near(latency(&balancer, "0", 9_000), 30.);
        let finish = |outcome| balancer.route(None).unwrap().finish(outcome);
        finish(Outcome::failure(milliseconds(1)));
        near(latency(&balancer, "0", 0), 30.);
        finish(Outcome::failure(milliseconds(70)));
        near(latency(&balancer, "0", 0), 70.);
        assert_eq!(balancer.in_flight("0"), Some(0));
    }

    #[test]
    fn latencies_are_carried_over_by_name_and_not_to_a_new_backend_of_this_name() {
        let (balancer, _) = balancer(&[1, 1]);
        let routed: Vec<_> = (0..40).map(|_| balancer.route(None).unwrap()).collect();
        let (mut ones, zeros): (Vec<_>, Vec<_>) = routed
            .into_iter()
            .partition(|ticket| ticket.backend().name() == "1");
        let late = ones.pop().unwrap();
        ones.pop()
            .unwrap()
            .finish(Outcome::success(milliseconds(50)));
        balancer.update(["2", "1"]).unwrap();
        near(latency(&balancer, "1", 0), 50.);
        near(latency(&balancer, "2", 0), 30.);
        // From an older pool, where it had another slot.
        late.finish(Outcome::success(milliseconds(60)));
        near(latency(&balancer, "1", 0), 60.);
        balancer.update(["0", "1"]).unwrap();
        zeros
            .into_iter()
            .for_each(|ticket| ticket.finish(Outcome::success(milliseconds(90))));
        near(latency(&balancer, "0", 0), 30.);
    }

    /// A direct implementation of the rule, with the same draws.
    #[test]
    fn every_pick_is_the_cheapest_of_those_drawn() {
        let weights = [3, 1, 2, 1, 7];
        let (balancer, hand) = balancer(&weights);
        let mut told: [Option<(f64, f64)>; 5] = [None; 5];
        let mut open: Vec<Ticket> = Vec::new();
        for step in 0..3_000u64 {
            let now = step * 40;
            hand.store(now, Ordering::Relaxed);
            let snapshot = balancer.snapshot();
            let strategy = carried::<Built>(Some(snapshot.balancer())).unwrap();
            let question = Pick::new(snapshot.pool(), None).question();
            let mut numbers = strategy.draws.of(&question);
            let drawn = [(); 2].map(|()| strategy.alias.draw(&mut numbers, &question).unwrap());
            let cost = |slot: Slot| {
                let decayed =
                    |(latency, at): (f64, f64)| latency * libm::exp((at - now as f64) / 10_000.);
                let latency = told[slot.index()].map_or(30., decayed);
                let load = snapshot.pool().in_flight(slot) as f64 * 2.8;
                latency * (1. + load / weights[slot.index()] as f64)
            };
            let costs = drawn.map(cost);
            let ticket = balancer.route(None).unwrap();
            if (costs[0] - costs[1]).abs() > 1e-9 {
                let expected = drawn[usize::from(costs[1] < costs[0])];
                assert_eq!(ticket.slot(), expected, "step {step}");
            }
            open.push(ticket);
            if open.len() > 20 {
                let ticket = open.swap_remove(step as usize * 31 % open.len());
                let (slot, took) = (ticket.slot().index(), step * 7 % 90);
                ticket.finish(Outcome::success(milliseconds(took)));
                let took = took as f64;
                told[slot] = Some(match told[slot] {
                    Some((before, at)) if took < before => {
                        let rest = libm::exp((at - now as f64) / 10_000.);
                        (before * rest + took * (1. - rest), now as f64)
                    }
                    _ => (took, now as f64),
                });
            }
        }
    }

    /// Of ten backends, one takes twenty times as long: it gets little more than the requests for which it is drawn
    /// twice, one in a hundred.
    #[test]
    fn a_slow_backend_gets_a_small_share() {
        let (balancer, hand) = balancer(&[1; 10]);
        let mut open = std::collections::BTreeMap::new();
        let mut slow = 0;
        for now in 0..20_000u64 {
            hand.store(now, Ordering::Relaxed);
            let ticket = balancer.route(None).unwrap();
            let took = if ticket.slot().index() == 3 { 200 } else { 10 };
            slow += u32::from(took == 200);
            open.insert((now + took, now), (ticket, took));
            while let Some(entry) = open.first_entry().filter(|entry| entry.key().0 <= now) {
                let (ticket, took) = entry.remove();
                ticket.finish(Outcome::success(milliseconds(took)));
            }
        }
        assert!((100..600).contains(&slow), "{slow} of 20,000");
    }
}
