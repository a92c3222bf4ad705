//! **Subset**: an algorithm over a few of the backends, a different subset for each client.
//!
//! # How it works
//! If hundreds of clients each balance over thousands of backends, no client needs to know all of them. Every backend
//! draws for the client's name, and the best `size` draws are its subset; the inner algorithm sees only these. All
//! clients together use all backends about equally often.
//!
//! # Cost
//! n backends. Build O(n log n) and that of the inner algorithm over the subset. Pick: that of the inner algorithm.
//! Memory: that of the inner algorithm and 16 bytes per backend.
//!
//! # Membership change
//! A new backend enters a subset with probability size / (n + 1) and replaces its last member; a removed one is
//! replaced by the next best draw. No other backend enters or leaves. A backend that drops out of a subset gives up its
//! keys, so keys move between two backends that both stay in the pool. An inner algorithm that numbers its backends
//! numbers the subset by name after each change, regardless of history.
//!
//! # Weights
//! Weights make no difference to the subset; within it they count as in the inner algorithm. Over many clients the
//! loads are in proportion to them.
//!
//! # Ineligible backends
//! They keep their places. If no backend of a subset may be picked, the next best draw is used.
//!
//! # Departures from the source
//! Fixed size; the draws are SipHash-1-3 with the balancer's seed, which all clients must share for predictable subsets.
//!
//! # References
//! D. G. Thaler, C. V. Ravishankar: Using Name-Based Mappings to Increase Hit Rates, IEEE/ACM
//! Transactions on Networking 6(1), 1998 (the draws). gRFC A68: Random subsetting with rendezvous
//! hashing, 2023.
//!
//! # Example
//! ```
//! use evenkeel_algorithms::strategy::subset::{Options, Size};
//! use evenkeel_algorithms::{LoadBalancer, Pool, RoundRobin, Seed, Subset};
//!
//! let options = Options { client: "proxy-7".into(), size: Size::new(2)? };
//! let subset = Subset::new(RoundRobin, Seed::DEFAULT, options);
//! let balancer = LoadBalancer::new(subset, Pool::new(["b1", "b2", "b3", "b4"])?)?;
//! let first = balancer.route(None)?.backend().clone();
//! let second = balancer.route(None)?.backend().clone();
//! assert_ne!(first, second);
//! assert_eq!(balancer.route(None)?.backend(), &first); // the others are of no use to this client
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::cmp::Reverse;
use std::sync::Arc;
use std::time::Duration;

use crate::algorithm::{Algorithm, carried};
use crate::balancer::Balancer;
use crate::error::BuildError;
use crate::failure::Failure;
use crate::hash::{Domain, Fingerprint, Hashing, mix};
use crate::limits::MAX_BACKENDS;
use crate::option::whole_number_option;
use crate::outcome::{Outcome, Report};
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::{Key, Profile};
use crate::slot::Slot;
use crate::step::Step;

/// The client of the subset, and its size.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Options {
    /// The name of the client: that of the process, its host or its pod.
    pub client: String,
    /// How many backends it uses.
    pub size: Size,
}

whole_number_option!(
    /// The number of backends in a subset; all, if there are no more.
    Size, "size": 1 to 1_048_576
);

const _: () = assert!(MAX_BACKENDS == 1_048_576);

/// An algorithm over a subset; see the [module](self).
#[derive(Clone, Debug)]
pub struct Subset {
    inner: Arc<dyn Algorithm>,
    hashing: Hashing,
    options: Options,
}

impl Subset {
    /// Creates an algorithm over a subset. `hashing` draws for clients and backends: give it the seed of the inner
    /// algorithm.
    pub fn new(
        inner: impl Algorithm + 'static,
        hashing: impl Into<Hashing>,
        options: Options,
    ) -> Self {
        Self {
            inner: Arc::new(inner),
            hashing: hashing.into(),
            options,
        }
    }

    /// Returns the slots of a pool, the best draw for the client first.
    fn order(&self, pool: &Pool) -> Box<[Slot]> {
        let (client, _) = self.hashing.name(Domain::Subset, &self.options.client);
        let draw = |slot: Slot| {
            let (backend, _) = self.hashing.name(Domain::Subset, pool.backend(slot).name());
            mix(client.wrapping_add(mix(backend)))
        };
        let mut order: Box<[_]> = pool.slots_by_name().into();
        // Stable: equal draws are ordered by name.
        order.sort_by_cached_key(|&slot| Reverse(draw(slot)));
        order
    }
}

impl Algorithm for Subset {
    fn build(
        &self,
        pool: &Pool,
        before: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let order = self.order(pool);
        let size = order.len().min(self.options.size.get() as usize);
        let mut subset: Box<[_]> = order[..size].into();
        // In the order given, on which some algorithms depend.
        subset.sort_unstable();
        let order: Box<[_]> = subset.iter().chain(&order[size..]).copied().collect();
        let mut places = vec![0; order.len()];
        for (&slot, place) in order.iter().zip(0..) {
            places[slot.index()] = place;
        }
        let part = pool.part(&subset);
        let before = carried::<Built>(before).map(|before| &*before.inner);
        let inner = self.inner.build(&part, before)?;
        Ok(Box::new(Built {
            needs_key: self.inner.profile().key == Key::Required,
            overrides_health: inner.overrides_health(),
            inner,
            hashing: self.hashing,
            options: self.options.clone(),
            pool: part,
            order,
            places: places.into(),
        }))
    }

    fn profile(&self) -> Profile {
        Profile {
            // The figures of the subset's pool follow from the health of its members.
            rebuilt_on_health: true,
            minimal: false,
            history: false,
            ..self.inner.profile()
        }
    }
}

/// The inner balancer, and the subset of a pool.
#[derive(Debug)]
pub struct Built {
    inner: Box<dyn Balancer>,
    /// Whether the inner balancer picks by key only.
    needs_key: bool,
    /// Whether the inner balancer overrides health.
    overrides_health: bool,
    hashing: Hashing,
    options: Options,
    /// The subset.
    pool: Pool,
    /// All slots of the whole pool, the best draw first: the subset comes first.
    order: Box<[Slot]>,
    /// The position of each slot of the whole pool in the order.
    places: Box<[u32]>,
}

impl Built {
    /// Returns whether the backend in a slot of the whole pool is in the subset.
    #[must_use]
    pub fn contains(&self, slot: Slot) -> bool {
        self.place(slot).is_some()
    }

    /// Returns whether the pick lets the inner balancer reach a slot of the subset.
    fn reaches(&self, pick: &Pick<'_>, slot: Slot) -> bool {
        let slot = self.order[slot.index()];
        if self.overrides_health {
            pick.permits(slot)
        } else {
            pick.allows(slot)
        }
    }

    /// Returns the slot in the subset for a slot of the whole pool.
    fn place(&self, slot: Slot) -> Option<Slot> {
        let place = Slot(self.places[slot.index()]);
        (place.index() < self.pool.len()).then_some(place)
    }

    /// Picks by the inner algorithm within the subset, or else the next best draw.
    fn within(
        &self,
        pick: &Pick<'_>,
        inside: impl FnOnce(&Pick<'_>) -> Option<Slot>,
    ) -> Option<Slot> {
        let reaches = |slot| self.reaches(pick, slot);
        let slot = inside(&pick.among(&self.pool).within(&reaches));
        slot.map(|slot| self.order[slot.index()])
            .or_else(|| self.beyond(pick))
    }

    #[cold]
    fn beyond(&self, pick: &Pick<'_>) -> Option<Slot> {
        if self.needs_key && pick.key().is_none() {
            return None;
        }
        let subset = &self.order[..self.pool.len()];
        // The inner algorithm may have given up although there was a backend.
        if subset.iter().any(|&slot| pick.allows(slot)) {
            return None;
        }
        let mut others = self.order[self.pool.len()..].iter().copied();
        others.find(|&slot| pick.allows(slot))
    }
}

#[deny(clippy::missing_trait_methods)]
impl Balancer for Built {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        self.within(pick, |pick| self.inner.pick(pick))
    }

    fn pick_each(&self, picks: &[Pick<'_>], slots: &mut Vec<Option<Slot>>) {
        // The eligible backends of the inner balancer depend on the pick, so each is a separate question.
        slots.extend(picks.iter().map(|pick| self.pick(pick)));
    }

    fn on_change(&self, _: &Pool, slot: Slot) {
        if let Some(place) = self.place(slot) {
            self.inner.on_change(&self.pool, place);
        }
    }

    fn on_outcome(&self, _: &Pool, slot: Slot, outcome: Outcome, now: Duration) {
        if let Some(place) = self.place(slot) {
            self.inner.on_outcome(&self.pool, place, outcome, now);
        }
    }

    fn on_report(&self, _: &Pool, slot: Slot, report: Report, now: Duration) {
        if let Some(place) = self.place(slot) {
            self.inner.on_report(&self.pool, place, report, now);
        }
    }

    fn probe(&self, pick: &Pick<'_>) -> Option<Slot> {
        let reaches = |slot| self.reaches(pick, slot);
        let slot = self.inner.probe(&pick.among(&self.pool).within(&reaches));
        slot.map(|slot| self.order[slot.index()])
    }

    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        let outer = |slot: Slot| self.order[slot.index()];
        let mut steps = |step: Step<'_>| steps(step.renumbered(outer));
        self.within(pick, |pick| self.inner.trace(pick, &mut steps))
    }

    fn overrides_health(&self) -> bool {
        self.overrides_health
    }

    fn follows_weights(&self) -> bool {
        self.inner.follows_weights()
    }

    fn failure(&self) -> Option<Failure> {
        self.inner.failure()
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.strategy("subset", self.hashing);
        fingerprint.text(&self.options.client);
        fingerprint.number(self.options.size.get().into());
        self.inner.describe(fingerprint);
    }

    fn table(&self) -> Option<Vec<Slot>> {
        None
    }

    fn memory(&self) -> usize {
        let inner = size_of_val(&*self.inner) + self.inner.memory();
        inner + size_of_val(&*self.order) + size_of_val(&*self.places)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LoadBalancer, Rendezvous, RoundRobin};
    use std::collections::BTreeSet;

    fn names(count: usize) -> Vec<String> {
        (0..count).map(|number| format!("b{number}")).collect()
    }

    fn balancer(client: &str, size: u64, count: usize) -> LoadBalancer {
        let options = Options {
            client: client.to_owned(),
            size: Size::new(size).unwrap(),
        };
        let subset = Subset::new(RoundRobin, Hashing::default(), options);
        LoadBalancer::new(subset, Pool::new(names(count)).unwrap()).unwrap()
    }

    /// Returns the backends that a client reaches in many turns.
    fn reached(balancer: &LoadBalancer) -> BTreeSet<String> {
        let route = |_| balancer.route(None).unwrap().backend().name().to_owned();
        (0..200).map(route).collect()
    }

    #[test]
    fn a_client_reaches_its_subset_in_any_order() {
        let small = reached(&balancer("c", 7, 40));
        assert_eq!(small.len(), 7);
        assert_eq!(reached(&balancer("c", 90, 40)).len(), 40);
        let reversed = balancer("c", 7, 40);
        reversed.update(names(40).into_iter().rev()).unwrap();
        assert_eq!(reached(&reversed), small);
    }

    /// With k of n, a new backend enters a subset with probability k / (n + 1), and replaces one member.
    #[test]
    fn one_more_backend_replaces_at_most_one() {
        let mut changed = 0;
        for client in 0..1_000 {
            let balancer = balancer(&client.to_string(), 5, 19);
            let before = reached(&balancer);
            balancer.update(names(20)).unwrap();
            let after = reached(&balancer);
            let gone = before.difference(&after).count();
            assert!(gone == 0 || gone == 1 && after.contains("b19"));
            changed += gone;
        }
        // The mean is 250, the standard deviation 13.7.
        assert!((195..305).contains(&changed), "{changed}");
    }

    #[test]
    fn all_clients_together_use_all_backends_alike() {
        let mut counts = [0u32; 40];
        for client in 0..2_000 {
            for name in reached(&balancer(&client.to_string(), 8, 40)) {
                counts[name[1..].parse::<usize>().unwrap()] += 1;
            }
        }
        // The mean is 400, the standard deviation 17.9.
        assert!(
            counts.iter().all(|count| (320..480).contains(count)),
            "{counts:?}"
        );
    }

    #[test]
    fn without_a_healthy_backend_in_its_subset_a_client_reaches_the_next() {
        let options = Options {
            client: "c".to_owned(),
            size: Size::new(2).unwrap(),
        };
        let subset = Subset::new(Rendezvous::default(), Hashing::default(), options);
        let balancer = LoadBalancer::new(subset, Pool::new(names(5)).unwrap()).unwrap();
        let order = balancer.owners(b"k", 5).unwrap();
        assert_eq!(order.len(), 5);
        for out in &order {
            assert_eq!(balancer.route(Some(b"k")).unwrap().backend(), out);
            balancer.set_healthy(out.name(), false).unwrap();
        }
    }
}
