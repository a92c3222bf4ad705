//! What the integration tests share: every algorithm as a subject, backends, keys, requests.
#![allow(dead_code, reason = "each test binary uses a part of it")]

#[cfg(feature = "dialects")]
mod dialects;
pub(crate) mod model;

use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use evenkeel_algorithms::strategy::bounded_load::{Factor, Overflow};
use evenkeel_algorithms::strategy::{CARDS, bounded_load, maglev, subset, warm_up};
use evenkeel_algorithms::{
    Algorithm, Backend, Balancer, BoundedLoad, BuildError, Card, Failure, Fingerprint, Hashing,
    HealthError, Key, LoadBalancer, Options, Outcome, Pick, Pool, Profile, Registry, Report,
    RouteError, Seed, Slot, SlotSet, Snapshot, Step, Subset, Ticket, WarmUp, Weight, carried,
};

/// By how much the clock goes on.
const TICK: Duration = Duration::from_millis(20);

/// Slots of the Maglev table under test: small, because thousands are built.
pub(crate) const TABLE_SIZE: u32 = 4_099;

/// An algorithm under test: one as it is, inside another of ours, or inside one of the user's own. The
/// last obeys the same laws only if every method of the traits is passed on.
#[derive(Clone, Copy)]
pub(crate) struct Subject {
    pub(crate) card: &'static Card,
    pub(crate) around: Around,
    pub(crate) custom: bool,
}

/// What is around an algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Around {
    Nothing,
    Bound(Overflow),
    /// Of three backends.
    Subset,
    /// Over one reading of the clock.
    WarmUp,
}

impl Around {
    pub(crate) const ALL: [Self; 5] = [
        Self::Nothing,
        Self::Bound(Overflow::Walk),
        Self::Bound(Overflow::Rehash),
        Self::Subset,
        Self::WarmUp,
    ];

    /// An algorithm with this around it.
    pub(crate) fn enclose(self, inner: Box<dyn Algorithm>) -> Box<dyn Algorithm> {
        match self {
            Self::Nothing => inner,
            Self::Bound(overflow) => {
                let factor = Factor::new(1.25).expect("a factor within the range");
                let options = bounded_load::Options { factor, overflow };
                Box::new(BoundedLoad::new(inner, options))
            }
            Self::Subset => {
                let options = subset::Options {
                    client: "client".to_owned(),
                    size: subset::Size::new(3).expect("a size within the range"),
                };
                Box::new(Subset::new(inner, Hashing::default(), options))
            }
            Self::WarmUp => {
                let options = warm_up::Options::over(TICK).expect("a time within the range");
                Box::new(WarmUp::new(inner, Hashing::default(), options))
            }
        }
    }
}

impl Subject {
    pub(crate) fn of(card: &'static Card) -> Self {
        Self {
            card,
            around: Around::Nothing,
            custom: false,
        }
    }

    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let around = |around| {
            Registry::builtin().cards().map(move |card| Self {
                around,
                ..Self::of(card)
            })
        };
        let all = Around::ALL.into_iter().flat_map(around);
        let by_key = |card| Self::of(card).profile().key != Key::Unused;
        let fits = all.filter(move |subject| !subject.needs_key() || by_key(subject.card));
        let all = fits.flat_map(|subject| [false, true].map(|custom| Self { custom, ..subject }));
        all.filter(|subject| subject.is_plain() || !subject.is_another_row())
    }

    /// Whether it is the algorithm as it is.
    pub(crate) fn is_plain(&self) -> bool {
        self.around == Around::Nothing && !self.custom
    }

    /// Whether it is a client whose engine another client stands for.
    fn is_another_row(&self) -> bool {
        #[cfg(feature = "dialects")]
        return dialects::is_another_row(self.card);
        #[cfg(not(feature = "dialects"))]
        return false;
    }

    pub(crate) fn is_bounded(&self) -> bool {
        matches!(self.around, Around::Bound(_))
    }

    /// Whether what is around goes only around an algorithm by key.
    fn needs_key(&self) -> bool {
        self.is_bounded() || self.around == Around::WarmUp
    }

    /// Whether all backends get their shares.
    pub(crate) fn is_whole(&self) -> bool {
        self.around != Around::Subset
    }

    /// Dialects do as their programs do, whatever our laws of movement and of shares say.
    pub(crate) fn native(&self) -> bool {
        CARDS.contains(&self.card)
    }

    pub(crate) fn that(promise: impl Fn(Profile) -> bool) -> impl Iterator<Item = Self> {
        Self::all().filter(move |subject| promise(subject.profile()))
    }

    pub(crate) fn keyed() -> impl Iterator<Item = Self> {
        Self::that(|profile| profile.key == Key::Required)
    }

    pub(crate) fn profile(self) -> Profile {
        self.algorithm(Seed::DEFAULT).profile()
    }

    pub(crate) fn algorithm(self, seed: Seed) -> Box<dyn Algorithm> {
        let table_size = maglev::TableSize::new(TABLE_SIZE.into()).expect("a prime");
        let mut options = Options::default();
        options.set(maglev::SECTION, maglev::Options { table_size });
        #[cfg(feature = "dialects")]
        dialects::lawful(&mut options, table_size);
        let algorithm = self.around.enclose(self.card.algorithm(seed, &options));
        if self.custom {
            Box::new(Relay(algorithm))
        } else {
            algorithm
        }
    }

    pub(crate) fn balancer(self, backends: &[Backend]) -> LoadBalancer {
        self.seeded(Seed::DEFAULT, backends)
    }

    /// A load balancer built afresh over the backends that another one has, with the same health and,
    /// where the algorithm goes by it, the same history.
    pub(crate) fn twin(self, other: &LoadBalancer) -> LoadBalancer {
        let snapshot = other.snapshot();
        let pool = snapshot.pool();
        let mut fresh = Pool::new(pool.backends().cloned()).expect("a sound pool");
        if self.profile().history {
            let numbering = pool.numbering().expect("a numbered pool");
            fresh = fresh.with_numbering(numbering.clone());
        }
        let twin = self.over(Seed::DEFAULT, fresh);
        for slot in pool.slots() {
            let backend = pool.backend(slot);
            let out = backend.is_draining() || backend.is_down();
            twin.set_healthy(backend.name(), out || pool.is_eligible(slot))
                .unwrap();
        }
        twin
    }

    pub(crate) fn seeded(self, seed: Seed, backends: &[Backend]) -> LoadBalancer {
        let pool = Pool::new(backends.iter().cloned()).expect("a sound pool");
        self.over(seed, pool)
    }

    /// Its clock goes on by a tick whenever it is read.
    fn over(self, seed: Seed, pool: Pool) -> LoadBalancer {
        let ticks = AtomicU32::new(0);
        let clock = move || TICK * ticks.fetch_add(1, Ordering::Relaxed);
        let balancer = LoadBalancer::with_clock(self.algorithm(seed), pool, clock);
        balancer.expect("a pool that every algorithm fits")
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let custom = if self.custom { "custom " } else { "" };
        write!(f, "{custom}{} in {:?}", self.card, self.around)
    }
}

/// A user's own, which passes everything on: an algorithm to another, and what it builds to what the other
/// builds.
#[derive(Debug)]
pub(crate) struct Relay<T: ?Sized>(pub(crate) Box<T>);

#[deny(clippy::missing_trait_methods)]
impl Algorithm for Relay<dyn Algorithm> {
    fn build(
        &self,
        pool: &Pool,
        before: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let before = carried::<Relay<dyn Balancer>>(before).map(|before| &*before.0);
        Ok(Box::new(Relay(self.0.build(pool, before)?)))
    }

    fn profile(&self) -> Profile {
        self.0.profile()
    }
}

#[deny(clippy::missing_trait_methods)]
impl Balancer for Relay<dyn Balancer> {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        self.0.pick(pick)
    }

    fn pick_each(&self, picks: &[Pick<'_>], slots: &mut Vec<Option<Slot>>) {
        self.0.pick_each(picks, slots);
    }

    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        self.0.trace(pick, steps)
    }

    fn probe(&self, pick: &Pick<'_>) -> Option<Slot> {
        self.0.probe(pick)
    }

    fn on_change(&self, pool: &Pool, slot: Slot) {
        self.0.on_change(pool, slot);
    }

    fn on_outcome(&self, pool: &Pool, slot: Slot, outcome: Outcome, now: Duration) {
        self.0.on_outcome(pool, slot, outcome, now);
    }

    fn on_report(&self, pool: &Pool, slot: Slot, report: Report, now: Duration) {
        self.0.on_report(pool, slot, report, now);
    }

    fn overrides_health(&self) -> bool {
        self.0.overrides_health()
    }

    fn failure(&self, pick: &Pick<'_>) -> Option<Failure> {
        self.0.failure(pick)
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        self.0.describe(fingerprint);
    }

    fn table(&self) -> Option<Vec<Slot>> {
        self.0.table()
    }

    fn memory(&self) -> usize {
        self.0.memory()
    }
}

pub(crate) fn backend(name: &str, weight: u64) -> Backend {
    Backend::new(name).with_weight(Weight::new(weight).expect("a weight within the range"))
}

/// Backends `b0`, `b1`, … of these weights.
pub(crate) fn backends(weights: &[u64]) -> Vec<Backend> {
    let named = |(index, &weight)| backend(&format!("b{index}"), weight);
    weights.iter().enumerate().map(named).collect()
}

pub(crate) fn keys(numbers: Range<u64>) -> impl Iterator<Item = [u8; 8]> {
    numbers.map(u64::to_le_bytes)
}

/// The name of the backend that a routed request reached; the request has ended.
pub(crate) fn name(answer: Result<Ticket, RouteError>) -> String {
    let ticket = answer.expect("a backend is eligible");
    ticket.backend().name().to_owned()
}

/// The names of a key's backends in order of preference.
pub(crate) fn owners(balancer: &LoadBalancer, key: &[u8], count: usize) -> Vec<String> {
    let owners = balancer.owners(key, count).expect("an algorithm by key");
    owners.iter().map(|owner| owner.name().to_owned()).collect()
}

/// Sets the health of a backend, if there is one of this name; says whether there is.
pub(crate) fn set_healthy(balancer: &LoadBalancer, name: &str, healthy: bool) -> bool {
    match balancer.set_healthy(name, healthy) {
        Ok(()) => true,
        Err(HealthError::UnknownBackend(_)) => false,
        Err(error) => panic!("{error}"),
    }
}

/// Lets all newcomers become warm: whatever is reached for the second time is.
pub(crate) fn warm(balancer: &LoadBalancer) {
    for _ in 0..2 {
        // What is not reached by key has none to warm.
        let _ = balancer.owners(b"", usize::MAX);
    }
}

/// Replays a fixed mix of requests, retries and releases; returns where each went. It suits every
/// algorithm: each request has a key, and every third stays in flight till the end.
pub(crate) fn replay(balancer: &LoadBalancer, count: u64) -> Vec<String> {
    let (mut went, mut open) = (Vec::new(), Vec::new());
    for (number, key) in keys(0..count).enumerate() {
        let first = balancer.route(Some(&key)).expect("a backend is eligible");
        went.push(first.backend().name().to_owned());
        let second = balancer.retry(Some(&key), &[first.backend().name()]);
        went.extend(second.map(|ticket| ticket.backend().name().to_owned()));
        if number % 3 == 0 {
            open.push(first);
        }
    }
    went
}

/// What least connections must pick, found by a scan: of the least (in flight + 1) / weight the
/// first.
pub(crate) fn least_loaded(snapshot: &Snapshot, tried: &SlotSet) -> Option<Slot> {
    let pool = snapshot.pool();
    let load = |slot: Slot| u128::from(pool.in_flight(slot)) + 1;
    let weight = |slot: Slot| u128::from(pool.weight(slot).get());
    pool.slots()
        .filter(|&slot| pool.admits(slot) && !tried.contains(slot))
        .min_by(|&a, &b| (load(a) * weight(b)).cmp(&(load(b) * weight(a))))
}
