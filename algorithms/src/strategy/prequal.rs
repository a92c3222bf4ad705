//! **Prequal**: the backend that by its own latest report is not crowded and answers soonest.
//!
//! # How it works
//! The caller asks [some backends](crate::LoadBalancer::probes) what they have in flight and what
//! latency that means, and [hands on](crate::LoadBalancer::report) what they say; the latest reports
//! are kept, one a backend. Reports whose requests in flight for the weight are above a quantile of all
//! are hot, the others cold. The cold one of least latency wins; if all backends that may be picked are
//! hot, the one with the fewest in flight for its weight; of equals the oldest report. A report that
//! was used counts one request more, and after some uses it is dropped. With fewer than two reports of
//! backends that may be picked, one is [drawn by weight](super::random).
//!
//! # Cost
//! n backends, m reports. Build O(n). Pick and report: O(m) behind a short lock. Memory: 32 bytes a
//! backend and 48 a report.
//!
//! # Membership change
//! It uses no key, and so moves none. The reports of those that stay are kept.
//!
//! # Weights
//! Probes and draws in proportion; requests in flight are compared for the weight.
//!
//! # Ineligible backends
//! They are not probed, their reports are passed over, and a draw goes past them as
//! [there](super::random).
//!
//! # Departures from the paper
//! Weights. A second report of one backend takes the place of its first. The paper removes a probe a
//! request, the worst or the oldest by turns, so that the bad ones do not pile up; here a report that
//! finds the pool full does that, so that a caller who probes seldom is not left with none. The paper
//! works out how often a probe is reused from the rates of probes and removals; here it is an option,
//! by default 2, its value for 100 servers at three probes a request rounded up. The quantile is that
//! of the reports in the pool. No report asks for another: the caller probes when it likes.
//!
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
use crate::option::{MILLIONTHS, decimal_option, whole_number_option};
use crate::outcome::Report;
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::Profile;
use crate::section_key::SectionKey;
use crate::section_type::SectionType;
use crate::slot::Slot;
use crate::strategy::alias::{Alias, Draws};
use crate::strategy::peak_ewma::Milliseconds;
use crate::sync::{Mutex, MutexGuard};

/// Where its options stand.
pub const SECTION: SectionKey<Options> = SectionKey::new("prequal");

/// What is to be known of the algorithm before choosing it.
pub const CARD: Card = Card {
    name: SECTION.algorithm(),
    aliases: &[],
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
            help: "milliseconds that a report is good for, 1 to 3600000",
            value: |options| options.get(SECTION).max_age_ms.to_string(),
        },
        OptionHelp {
            name: "hot_quantile",
            help: "above which of the reports' requests in flight a backend is hot, 0 to 1",
            value: |options| options.get(SECTION).hot_quantile.to_string(),
        },
        OptionHelp {
            name: "reuse",
            help: "requests that may go by one report, 1 to 1000",
            value: |options| options.get(SECTION).reuse.get().to_string(),
        },
    ],
    family: Family::FewestOfSome,
    origin: Origin::Own,
    feedback: Feedback::Reports,
    shares: ShareVariance::ByLoad,
    build: Cost::LINEAR,
    pick: Cost::of("pool_size"),
    memory: "32 bytes a backend, 48 a report",
    weights: "probes in proportion; requests in flight are compared for the weight",
    disruption: "uses no key",
    source: "Wydrowski et al., NSDI 2024",
    new: |hashing, options| Box::new(Prequal::new(hashing.seed, options.get(SECTION))),
};

/// The options of [`Prequal`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Options {
    /// Reports kept.
    pub pool_size: PoolSize,
    /// How long a report is good for.
    pub max_age_ms: Milliseconds,
    /// Above which of the reports' requests in flight a backend is hot.
    pub hot_quantile: Quantile,
    /// Requests that may go by one report.
    pub reuse: Reuse,
}

impl Default for Options {
    /// The paper's 16 reports, a second and 0.84; two uses of a report.
    fn default() -> Self {
        Self {
            pool_size: PoolSize::default(),
            max_age_ms: Milliseconds::SECOND,
            hot_quantile: Quantile::default(),
            reuse: Reuse::default(),
        }
    }
}

whole_number_option!(
    /// How many reports are kept.
    PoolSize, "pool_size": 2 to 256,
    /// The paper's number, 16.
    default 16
);

whole_number_option!(
    /// How many requests may go by one report.
    Reuse, "reuse": 1 to 1_000,
    /// Two.
    default 2
);

decimal_option!(
    /// A quantile. At 0 only the fewest in flight are cold, at 1 none is hot.
    Quantile, "hot_quantile": 0 to 1,
    /// The paper's, 0.84.
    default 0.84
);

impl Quantile {
    /// The place of the quantile among so many sorted values, rounded down.
    const fn place(self, count: usize) -> usize {
        count.saturating_sub(1) * self.millionths as usize / MILLIONTHS as usize
    }
}

/// Hot and cold by the backends' own reports; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct Prequal {
    seed: Seed,
    options: Options,
}

impl Prequal {
    /// The algorithm with its options. The same seed gives the same draws.
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

/// The latest reports, the oldest first.
#[derive(Clone, Debug, Default)]
struct Reports {
    entries: Vec<Entry>,
    /// Whether the next to be dropped for another is the worst, and not the oldest.
    worst_next: bool,
}

#[derive(Clone, Debug)]
struct Entry {
    slot: Slot,
    /// Those reported and those sent by it since.
    in_flight: u64,
    latency: Duration,
    at: Duration,
    uses: u32,
}

impl Entry {
    /// What is compared: requests in flight for the weight. Quotients of whole numbers, whose order is
    /// that of their doubles.
    fn load(&self, pool: &Pool) -> f64 {
        self.in_flight as f64 / f64::from(pool.weight(self.slot).get())
    }
}

impl Reports {
    fn forget_older_than(&mut self, age: Duration, now: Duration) {
        self.entries
            .retain(|entry| now.saturating_sub(entry.at) <= age);
    }

    /// The load above which a report is hot.
    fn limit(&self, pool: &Pool, quantile: Quantile) -> f64 {
        let mut loads: Vec<_> = self.entries.iter().map(|entry| entry.load(pool)).collect();
        loads.sort_unstable_by(f64::total_cmp);
        let limit = loads.get(quantile.place(loads.len()));
        limit.copied().unwrap_or_default()
    }

    /// The place of the report to go by, if there are two that one may go by.
    fn best(&self, pick: &Pick<'_>, quantile: Quantile) -> Option<usize> {
        let pool = pick.pool();
        let allowed = |place: &usize| pick.allows(self.entries[*place].slot);
        let allowed: Vec<_> = (0..self.entries.len()).filter(allowed).collect();
        if allowed.len() < 2 {
            return None;
        }
        let limit = self.limit(pool, quantile);
        let load = |place: usize| self.entries[place].load(pool);
        let cold = allowed
            .iter()
            .copied()
            .filter(|&place| load(place) <= limit);
        let coldest = cold.min_by_key(|&place| self.entries[place].latency);
        coldest.or_else(|| {
            let hot = allowed.into_iter();
            hot.min_by(|&a, &b| load(a).total_cmp(&load(b)))
        })
    }

    /// The place of the worst: the hot one of the highest load or, if none is hot, of the highest
    /// latency.
    fn worst(&self, pool: &Pool, quantile: Quantile) -> Option<usize> {
        let limit = self.limit(pool, quantile);
        let load = |place: usize| self.entries[place].load(pool);
        let places = 0..self.entries.len();
        let hot = places.clone().filter(|&place| load(place) > limit);
        let hottest = hot.max_by(|&a, &b| load(a).total_cmp(&load(b)));
        hottest.or_else(|| places.max_by_key(|&place| self.entries[place].latency))
    }

    /// Makes room for one report more.
    fn make_room(&mut self, pool: &Pool, quantile: Quantile) {
        let worst = self.worst(pool, quantile).filter(|_| self.worst_next);
        self.entries.remove(worst.unwrap_or_default());
        self.worst_next = !self.worst_next;
    }

    /// Counts a request that goes by a report.
    fn go_by(&mut self, place: usize, reuse: Reuse) {
        let entry = &mut self.entries[place];
        entry.in_flight += 1;
        entry.uses += 1;
        if entry.uses >= reuse.0 {
            self.entries.remove(place);
        }
    }
}

impl Built {
    fn reports(&self) -> MutexGuard<'_, Reports> {
        // Nothing panics under this lock.
        self.reports.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The backend that the reports speak for, if there are enough.
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
            reports.go_by(place, self.options.reuse);
        }
        Some(slot)
    }

    /// The reports on those that also are in `pool`, with their slots there.
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
        fingerprint.number(self.options.pool_size.0.into());
        fingerprint.number(self.options.max_age_ms.get().into());
        fingerprint.number(self.options.hot_quantile.millionths.into());
        fingerprint.number(self.options.reuse.0.into());
    }

    fn on_report(&self, pool: &Pool, slot: Slot, report: Report, now: Duration) {
        let mut reports = self.reports();
        reports.forget_older_than(self.options.max_age_ms.span(), now);
        reports.entries.retain(|entry| entry.slot != slot);
        if reports.entries.len() >= self.options.pool_size.0 as usize {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LoadBalancer;
    use proptest::collection;
    use proptest::prelude::{prop_assert_eq, proptest};
    use std::sync::atomic::{AtomicU64, Ordering};

    /// Backends `0`, `1`, … and the milliseconds that the clock shows.
    fn balancer(count: usize, options: Options) -> (LoadBalancer, Arc<AtomicU64>) {
        let pool = Pool::new((0..count).map(|number| number.to_string())).unwrap();
        let hand = Arc::new(AtomicU64::new(0));
        let shown = Arc::clone(&hand);
        let clock = move || Duration::from_millis(shown.load(Ordering::Relaxed));
        let algorithm = Prequal::new(Seed(1), options);
        let balancer = LoadBalancer::with_clock(algorithm, pool, clock).unwrap();
        (balancer, hand)
    }

    fn often() -> Options {
        Options {
            reuse: Reuse::new(1_000).unwrap(),
            ..Options::default()
        }
    }

    fn report(in_flight: u32, milliseconds: u64) -> Report {
        Report {
            in_flight,
            latency: Duration::from_millis(milliseconds),
        }
    }

    fn route(balancer: &LoadBalancer) -> String {
        balancer.route(None).unwrap().backend().name().to_owned()
    }

    /// How many reports are held.
    fn held(balancer: &LoadBalancer) -> usize {
        let snapshot = balancer.snapshot();
        let built = carried::<Built>(Some(snapshot.balancer())).unwrap();
        built.reports().entries.len()
    }

    #[test]
    fn a_quantile_has_a_place_among_values() {
        let place = |quantile, count| Quantile::new(quantile).unwrap().place(count);
        assert_eq!((place(0., 16), place(0.84, 16), place(1., 16)), (0, 12, 15));
        assert_eq!((place(0.84, 2), place(0.84, 0)), (0, 0));
    }

    #[test]
    fn the_soonest_of_the_cold_wins_until_it_is_hot() {
        let (balancer, _) = balancer(8, often());
        let latencies = [1, 20, 10, 30, 30, 30, 30, 30];
        for (number, latency) in latencies.into_iter().enumerate() {
            let in_flight = if latency == 1 { 9 } else { 2 };
            balancer
                .report(&number.to_string(), report(in_flight, latency))
                .unwrap();
        }
        // The limit is the sixth of eight numbers: 2, and 3 once two backends have one more.
        assert_eq!([(); 3].map(|()| route(&balancer)), ["2", "1", "2"]);
        assert!(balancer.report("8", report(0, 0)).is_err());
    }

    #[test]
    fn where_all_are_hot_the_fewest_in_flight_win() {
        let (balancer, _) = balancer(4, often());
        for (name, in_flight, latency) in [("0", 9, 1), ("1", 8, 20), ("2", 1, 10), ("3", 1, 10)] {
            balancer.report(name, report(in_flight, latency)).unwrap();
        }
        balancer.set_healthy("2", false).unwrap();
        balancer.set_healthy("3", false).unwrap();
        // The limit is 8: 1 is cold.
        assert_eq!(route(&balancer), "1");
        let quantile = Quantile::new(0.).unwrap();
        let hot = Prequal::new(
            Seed(1),
            Options {
                hot_quantile: quantile,
                ..often()
            },
        );
        balancer.set_algorithm(hot).unwrap();
        for (name, in_flight, latency) in [("0", 9, 1), ("1", 8, 20), ("2", 1, 10)] {
            balancer.report(name, report(in_flight, latency)).unwrap();
        }
        assert_eq!(route(&balancer), "1");
    }

    #[test]
    fn reports_age_and_wear_out() {
        let (balancer, hand) = balancer(3, Options::default());
        balancer.report("0", report(1, 5)).unwrap();
        balancer.report("1", report(1, 9)).unwrap();
        balancer.report("2", report(1, 7)).unwrap();
        // After its second use 0's is gone.
        let went: Vec<_> = (0..4).map(|_| route(&balancer)).collect();
        assert_eq!(went, ["0", "2", "0", "1"]);
        assert_eq!(held(&balancer), 2);
        hand.store(1_000, Ordering::Relaxed);
        balancer.report("0", report(1, 5)).unwrap();
        assert_eq!(held(&balancer), 3);
        hand.store(1_001, Ordering::Relaxed);
        balancer.report("0", report(1, 5)).unwrap();
        assert_eq!(held(&balancer), 1);
    }

    #[test]
    fn with_one_report_or_none_it_draws() {
        let (balancer, _) = balancer(10, often());
        let spread = || {
            let went = (0..200).map(|_| route(&balancer));
            went.collect::<std::collections::BTreeSet<_>>().len()
        };
        assert_eq!(spread(), 10);
        balancer.report("3", report(0, 1)).unwrap();
        assert_eq!(spread(), 10);
        balancer.report("4", report(0, 9)).unwrap();
        assert_eq!(spread(), 2);
    }

    #[test]
    fn a_full_pool_drops_the_oldest_and_the_worst_by_turns() {
        let pool_size = PoolSize::new(3).unwrap();
        let (balancer, _) = balancer(
            6,
            Options {
                pool_size,
                ..often()
            },
        );
        let names = || {
            let snapshot = balancer.snapshot();
            let built = carried::<Built>(Some(snapshot.balancer())).unwrap();
            let reports = built.reports().clone();
            let names = reports.entries.iter().map(|entry| entry.slot.index());
            names.collect::<Vec<_>>()
        };
        for (name, in_flight) in [("0", 5), ("1", 2), ("2", 7), ("3", 1)] {
            balancer.report(name, report(in_flight, 1)).unwrap();
        }
        assert_eq!(names(), [1, 2, 3]);
        balancer.report("4", report(1, 1)).unwrap();
        assert_eq!(names(), [1, 3, 4]);
        balancer.report("1", report(3, 1)).unwrap();
        assert_eq!(names(), [3, 4, 1]);
        balancer.report("5", report(1, 1)).unwrap();
        assert_eq!(names(), [4, 1, 5]);
        balancer.update(["5", "1", "7"]).unwrap();
        assert_eq!(names(), [1, 0]);
    }

    #[test]
    fn a_question_wears_nothing_out() {
        let (balancer, _) = balancer(3, Options::default());
        balancer.report("0", report(1, 5)).unwrap();
        balancer.report("1", report(1, 9)).unwrap();
        let snapshot = balancer.snapshot();
        let question = Pick::new(snapshot.pool(), None).question();
        (0..9).for_each(|_| assert_eq!(snapshot.pick(&question), Ok(Slot(0))));
        assert_eq!(held(&balancer), 2);
    }

    #[test]
    fn probes_are_distinct_and_eligible() {
        let (balancer, _) = balancer(5, Options::default());
        balancer.set_healthy("2", false).unwrap();
        for _ in 0..50 {
            let probes = balancer.probes(3);
            let names: std::collections::BTreeSet<_> = probes.iter().map(Backend::name).collect();
            assert!(names.len() == 3 && !names.contains("2"));
        }
        assert_eq!(balancer.probes(9).len(), 4);
        let other = LoadBalancer::new(crate::RoundRobin, Pool::new(["a"]).unwrap());
        let other = other.unwrap();
        assert!(other.probes(1).is_empty() && other.report("a", report(1, 1)).is_ok());
    }

    /// A report in the naive list: slot, in flight, milliseconds, when, uses.
    type Said = (usize, u64, u64, u64, u32);

    /// The rule in its own words: hot is what has more in flight than so many others.
    fn naive(list: &[Said], tried: &[usize]) -> Option<usize> {
        let others = (list.len() - 1) * 84 / 100;
        let below = |count: u64| list.iter().filter(|said| said.1 < count).count();
        let allowed = list.iter().filter(|said| !tried.contains(&said.0));
        let rank = |said: &&Said| match below(said.1) > others {
            true => (1, said.1),
            false => (0, said.2),
        };
        let best = allowed.clone().min_by_key(rank)?;
        (allowed.count() > 1).then_some(best.0)
    }

    proptest! {
        #[test]
        fn every_pick_by_report_is_the_one_a_naive_list_says(
            events in collection::vec((0..6usize, 0..9u32, 0..5u64, 0..4u8), 1..200),
        ) {
            let (balancer, hand) = balancer(6, Options::default());
            let mut list: Vec<Said> = Vec::new();
            for (step, (slot, in_flight, latency, event)) in (0..).zip(events) {
                let now = step * 90;
                hand.store(now, Ordering::Relaxed);
                list.retain(|said| now - said.3 <= 1_000);
                if event < 2 {
                    balancer.report(&slot.to_string(), report(in_flight, latency)).unwrap();
                    list.retain(|said| said.0 != slot);
                    list.push((slot, in_flight.into(), latency, now, 0));
                    continue;
                }
                let tried = if event == 2 { &[][..] } else { &[slot] };
                let names: Vec<_> = tried.iter().map(usize::to_string).collect();
                let names: Vec<_> = names.iter().map(String::as_str).collect();
                let went = balancer.retry(None, &names).unwrap().slot().index();
                if list.is_empty() {
                    continue;
                }
                if let Some(expected) = naive(&list, tried) {
                    prop_assert_eq!(went, expected);
                    let used = list.iter_mut().find(|said| said.0 == expected).unwrap();
                    (used.1, used.4) = (used.1 + 1, used.4 + 1);
                    list.retain(|said| said.4 < 2);
                }
                prop_assert_eq!(held(&balancer), list.len());
            }
        }
    }
}
