//! **Prequal**: the backend that by its own latest report is not crowded and answers soonest.
//!
//! # How it works
//! The caller asks [some backends](crate::LoadBalancer::probes) for their requests in flight and the latency that they
//! [expect at that number](crate::ExpectedLatency), and [passes the reports on](crate::LoadBalancer::report); the latest
//! reports are kept, one per backend. Reports with more requests in flight relative to weight than a quantile of all reports are hot, the others cold. The cold report
//! with the lowest latency wins; if all backends that may be picked are hot, the one with the fewest requests in flight
//! relative to weight; of equal ones, the oldest report. Each use of a report adds one to its requests in flight, and
//! after some uses it is dropped. With fewer than two reports of backends that may be picked, a backend is [drawn by
//! weight](super::random).
//!
//! # Cost
//! n backends, m reports. Build O(n). Pick and report: O(m) behind a short lock. Memory: 32 bytes per backend and 48
//! per report.
//!
//! # Membership change
//! It uses no key, so no key moves. Remaining backends keep their reports.
//!
//! # Weights
//! Probes and draws are in proportion; requests in flight are compared relative to weight.
//!
//! # Ineligible backends
//! They are not probed, their reports are skipped, and they are [redrawn](super::random).
//!
//! # Departures from the paper
//! Weights. A second report of a backend replaces its first. The paper removes one probe per request, alternately the
//! worst and the oldest, so that bad ones do not accumulate; here only a report that finds the pool full does so, so
//! that a caller which probes rarely keeps its reports. The paper computes how often a probe is reused from the rates
//! of probes and removals; here it is an option, by default 2, its value for 100 servers at three probes per request,
//! rounded up. The quantile is that of the reports in the pool. No report triggers another: the caller decides when to
//! probe.
//! # References
//! B. Wydrowski, R. Kleinberg, S. M. Rumble, A. Archer: Load is not what you should balance:
//! Introducing Prequal, NSDI 2024, section 4.
//!
//! # Example
//! ```
//! use std::time::Duration;
//! use evenkeel_algorithms::{LoadBalancer, Pool, Prequal, Report};
//!
//! let start = std::time::Instant::now();
//! let pool = Pool::new(["a", "b", "c"])?;
//! let balancer = LoadBalancer::with_clock(Prequal::default(), pool, move || start.elapsed())?;
//! assert_eq!(balancer.probes(2).len(), 2); // ask these, then hand on what they say:
//! let report = |in_flight, latency| Report { in_flight, latency: Duration::from_millis(latency) };
//! balancer.report("a", report(9, 5)); // fast, but crowded
//! balancer.report("b", report(1, 30));
//! balancer.report("c", report(1, 20));
//! assert_eq!(balancer.route(None)?.backend().name(), "c");
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
use crate::outcome::Report;
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::Profile;
use crate::section_key::SectionKey;
use crate::section_type::SectionType;
use crate::slot::Slot;
use crate::strategy::alias::{Alias, Draws};
use crate::sync::{Mutex, MutexGuard};

mod options;
mod reports;
#[cfg(test)]
mod tests;

use reports::{Entry, Reports};

pub use options::{Options, PoolSize, Quantile, Reuse};

/// The section of its options.
pub const SECTION: SectionKey<Options> = SectionKey::new("prequal");

/// The card of the algorithm.
pub static CARD: Card = Card {
    summary: "the backend that by its own latest report is not crowded and answers soonest",
    section: SectionType::of(SECTION),
    options: &[
        OptionHelp {
            name: "pool_size",
            help: "reports kept, 2 to 256",
            value: |options| options.get(SECTION).pool_size.get().to_string(),
        },
        OptionHelp {
            name: "max_age_ms",
            help: "milliseconds for which a report is valid, 1 to 3600000",
            value: |options| options.get(SECTION).max_age_ms.to_string(),
        },
        OptionHelp {
            name: "hot_quantile",
            help: "quantile of the reports' requests in flight above which a backend is hot, 0 to 1",
            value: |options| options.get(SECTION).hot_quantile.to_string(),
        },
        OptionHelp {
            name: "reuse",
            help: "requests that may use one report, 1 to 1000",
            value: |options| options.get(SECTION).reuse.get().to_string(),
        },
    ],
    origin: Origin::Own,
    feedback: Feedback::Reports,
    shares: ShareVariance::ByLoad,
    build: Cost::LINEAR,
    pick: Cost::of("pool_size"),
    memory: "32 bytes per backend, 48 per report",
    weights: "probes in proportion; requests in flight are compared relative to weight",
    disruption: "uses no key",
    source: "Wydrowski et al., NSDI 2024",
    ..Card::new(
        SECTION.algorithm(),
        Family::FewestOfSome,
        &|hashing, options| Box::new(Prequal::new(hashing.seed, options.get(SECTION))),
    )
};

/// Hot and cold backends by their own reports; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct Prequal {
    seed: Seed,
    options: Options,
}

impl Prequal {
    /// Returns the algorithm with its options. The same seed gives the same draws.
    #[must_use]
    pub const fn new(seed: Seed, options: Options) -> Self {
        Self { seed, options }
    }
}

impl Algorithm for Prequal {
    fn build(
        &self,
        pool: &Pool,
        before: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let before = carried::<Built>(before);
        let reports = before.map_or_else(Reports::default, |before| before.carried(pool));
        Ok(Box::new(Built {
            options: self.options,
            draws: Draws::after(self.seed, before.map(|before| &before.draws)),
            alias: Alias::new(pool),
            reports: Mutex::new(reports),
            names: pool.backends().map(Backend::shared_name).collect(),
        }))
    }

    fn profile(&self) -> Profile {
        Profile::TURNS
    }
}

/// The reports of a pool.
#[derive(Debug)]
pub struct Built {
    options: Options,
    draws: Draws,
    alias: Alias,
    reports: Mutex<Reports>,
    /// The names of the pool's slots, to find the reports again in a changed pool.
    names: Box<[Arc<str>]>,
}

impl Built {
    fn reports(&self) -> MutexGuard<'_, Reports> {
        // Nothing panics under this lock.
        self.reports.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the backend with the best report, if there are enough reports.
    fn by_report(&self, pick: &Pick<'_>) -> Option<Slot> {
        let mut reports = self.reports();
        if reports.entries.is_empty() {
            return None;
        }
        reports.forget_older_than(
            self.options.max_age_ms.span(),
            pick.now().unwrap_or_default(),
        );
        let place = reports.best(pick, self.options.hot_quantile)?;
        let slot = reports.entries[place].slot;
        if !pick.is_question() {
            reports.count_use(place, self.options.reuse);
        }
        Some(slot)
    }

    /// Returns the reports about backends that are also in `pool`, with their slots there.
    fn carried(&self, pool: &Pool) -> Reports {
        let mut reports = self.reports().clone();
        reports.entries.retain_mut(|entry| {
            let slot = pool.slot(&self.names[entry.slot.index()]);
            slot.inspect(|&slot| entry.slot = slot).is_some()
        });
        reports
    }
}

impl Balancer for Built {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        let reported = self.by_report(pick);
        reported.or_else(|| self.probe(pick))
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.text(CARD.name);
        self.draws.describe(fingerprint);
        fingerprint.number(self.options.pool_size.get().into());
        fingerprint.number(self.options.max_age_ms.get().into());
        fingerprint.number(self.options.hot_quantile.millionths().into());
        fingerprint.number(self.options.reuse.get().into());
    }

    fn on_report(&self, pool: &Pool, slot: Slot, report: Report, now: Duration) {
        let mut reports = self.reports();
        reports.forget_older_than(self.options.max_age_ms.span(), now);
        reports.entries.retain(|entry| entry.slot != slot);
        if reports.entries.len() >= self.options.pool_size.get() as usize {
            reports.make_room(pool, self.options.hot_quantile);
        }
        reports.entries.push(Entry {
            slot,
            in_flight: report.in_flight.into(),
            latency: report.latency,
            at: now,
            uses: 0,
        });
    }

    fn probe(&self, pick: &Pick<'_>) -> Option<Slot> {
        self.alias.draw(&mut self.draws.of(pick), pick)
    }

    fn memory(&self) -> usize {
        let reports = self.reports().entries.capacity() * size_of::<Entry>();
        reports + self.alias.memory() + size_of_val(&*self.names)
    }
}
