//! **Subset**: an algorithm over a few of the backends, which differ from client to client.
//!
//! # How it works
//! Where hundreds of clients each balance over thousands of backends, each client need not know all of
//! them. Every backend draws for the client's name, and the best `size` draws are its subset; the
//! strategy inside knows no others. All clients together use all backends about equally often.
//!
//! # Cost
//! n backends. Build O(n log n) and that of the algorithm inside over the subset. Pick: that of the
//! strategy inside. Memory: that of the algorithm inside and 16 bytes a backend.
//!
//! # Membership change
//! A joiner gets into a subset with probability size / (n + 1), in place of the last of it; a leaver's
//! place goes to the next best draw. No other comes or goes. Whatever drops out gives up its keys, so
//! that keys move between two backends that both stay in the pool. An algorithm inside that numbers its
//! backends numbers the subset by name after each change, whatever there was before.
//!
//! # Weights
//! They make no difference to what is in a subset, and are those of the algorithm inside within it: over
//! many clients the loads are in proportion to them.
//!
//! # Ineligible backends
//! They keep their places. If no backend of a subset can be reached, the next best draw is.
//!
//! # Departures from the source
//! Fixed size; the draws are of SipHash-1-3 under the balancer's seed, which all clients must share if
//! their subsets are to be known in advance.
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

/// What client the subset is for, and how large it is.
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
    /// The backends of a subset; all if there are no more.
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
    /// Creates an algorithm over a subset. By `hashing` client and backends are drawn: give it the seed of the
    /// algorithm inside.
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
        // Stable: equal draws go by name.
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
        // In the order given, which some algorithms go by.
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
            // What the subset's pool says of its members follows from their health.
            rebuilt_on_health: true,
            minimal: false,
            history: false,
            ..self.inner.profile()
        }
    }
}

/// The balancer inside, and the subset of a pool.
#[derive(Debug)]
pub struct Built {
    inner: Box<dyn Balancer>,
    /// Whether the balancer inside picks by key only.
    needs_key: bool,
    /// Whether the balancer inside overrides health.
    overrides_health: bool,
    hashing: Hashing,
    options: Options,
    /// The subset.
    pool: Pool,
    /// All slots of the whole pool, the best draw first: the first are the subset's.
    order: Box<[Slot]>,
    /// Where each slot of the whole pool is in the order.
    places: Box<[u32]>,
}

impl Built {
    /// Returns whether the backend in a slot of the whole pool is in the subset.
    #[must_use]
    pub fn contains(&self, slot: Slot) -> bool {
        self.place(slot).is_some()
    }

    /// Returns whether the pick lets the balancer inside reach a slot of the subset.
    fn reaches(&self, pick: &Pick<'_>, slot: Slot) -> bool {
        let slot = self.order[slot.index()];
        if self.overrides_health {
            pick.permits(slot)
        } else {
            pick.allows(slot)
        }
    }

    /// Returns the slot in the subset of one of the whole pool.
    fn place(&self, slot: Slot) -> Option<Slot> {
        let place = Slot(self.places[slot.index()]);
        (place.index() < self.pool.len()).then_some(place)
    }

    /// Picks by the algorithm inside within the subset, else the next best draw.
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
        // The algorithm inside may have given up although there was one.
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
        // What the balancer inside may pick depends on the pick, so each is a question of its own.
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
    fn a_client_reaches_as_many_as_it_asks_for_in_any_order_of_them() {
        let small = reached(&balancer("c", 7, 40));
        assert_eq!(small.len(), 7);
        assert_eq!(reached(&balancer("c", 90, 40)).len(), 40);
        let reversed = balancer("c", 7, 40);
        reversed.update(names(40).into_iter().rev()).unwrap();
        assert_eq!(reached(&reversed), small);
    }

    /// With k of n, a joiner gets into a subset with probability k / (n + 1), and takes one place.
    #[test]
    fn one_backend_more_changes_a_place_at_most() {
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
        // 250 in the mean, 13.7 the standard deviation.
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
        // 400 in the mean, 17.9 the standard deviation.
        assert!(
            counts.iter().all(|count| (320..480).contains(count)),
            "{counts:?}"
        );
    }

    #[test]
    fn without_a_healthy_backend_of_its_own_a_client_reaches_its_next() {
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
