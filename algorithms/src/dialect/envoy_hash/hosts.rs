//! The hosts that Envoy and gRPC build a ring or table from, and the bound on their load.

use std::collections::BTreeMap;

use rand_mt::Mt;

use crate::backend::Backend;
use crate::error::BuildError;
use crate::hash::Fingerprint;
use crate::pick::Pick;
use crate::pool::Pool;
use crate::slot::Slot;

/// The text that is hashed for a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Identity {
    /// Its name.
    Name,
    /// Its `hash_key`, else its name.
    HashKey,
    /// Its `hash_key`, else its `hostname`, else the empty text.
    Hostname,
}

impl Identity {
    pub(super) fn of(self, backend: &Backend) -> &str {
        let attributes = backend.attributes();
        let given =
            |text: &'_ Option<Box<str>>| text.as_deref().is_some_and(|text| !text.is_empty());
        let (key, host) = (&attributes.hash_key, &attributes.hostname);
        match (self, key, host) {
            (Self::HashKey | Self::Hostname, Some(key), _) if given(&attributes.hash_key) => key,
            (Self::Hostname, _, host) => host.as_deref().unwrap_or_default(),
            _ => backend.name(),
        }
    }
}

/// Rejects backends with the same identity, healthy or not: their points are the same, and their owner is undefined. A
/// draining backend may share its identity with its replacement.
pub(super) fn check_identities(
    algorithm: &'static str,
    identity: Identity,
    pool: &Pool,
) -> Result<(), BuildError> {
    let mut seen = BTreeMap::new();
    for backend in pool.backends().filter(|backend| !backend.is_draining()) {
        if let Some(other) = seen.insert(identity.of(backend), backend.name()) {
            return Err(BuildError::SameToDialect {
                algorithm,
                names: [other, backend.name()].map(str::to_owned),
            });
        }
    }
    Ok(())
}

/// The members of a ring or table, in the order of the configuration.
#[derive(Debug, Default)]
pub(super) struct Hosts {
    /// Each with its fraction of the sum of the weights.
    members: Box<[(Slot, f64)]>,
    /// The same fractions by slot; 0 for hosts that are not members.
    parts: Box<[f64]>,
    /// Whether the members are all hosts because too few are healthy.
    panic: bool,
}

impl Hosts {
    /// Returns all configured hosts, eligible or not.
    pub(super) fn all(pool: &Pool) -> Self {
        Self::of(pool, pool.slots().collect(), false)
    }

    /// Returns the healthy hosts, or all hosts if fewer than `threshold` percent are healthy. Draining hosts do not
    /// count for the percentage, but are included among all hosts. Backups are a separate priority: they are used when
    /// no primary is healthy, and then without the primaries.
    pub(super) fn healthy(pool: &Pool, threshold: u32) -> Self {
        let healthy: Vec<_> = pool.slots().filter(|&slot| pool.is_active(slot)).collect();
        let backups = pool.is_on_backups();
        let is_host = |&slot: &Slot| pool.backend(slot).is_backup() == backups;
        let hosts: Vec<_> = pool.slots().filter(is_host).collect();
        let stays = |slot: &&Slot| !pool.backend(**slot).is_draining();
        let counted = hosts.iter().filter(stays).count();
        // From 72% on, this priority takes the whole load, whatever the threshold.
        let whole = !healthy.is_empty() && 140 * healthy.len() >= 100 * counted;
        let few = counted == 0 || 100 * healthy.len() < threshold as usize * counted;
        if threshold > 0 && !whole && few && !hosts.is_empty() {
            Self::of(pool, hosts, true)
        } else {
            Self::of(pool, healthy, false)
        }
    }

    fn of(pool: &Pool, slots: Vec<Slot>, panic: bool) -> Self {
        let weight = |slot| f64::from(pool.weight(slot).get());
        // The sum of whole numbers this small is exact.
        let total: f64 = slots.iter().map(|&slot| weight(slot)).sum();
        let mut parts = vec![0.; pool.len()];
        let members = slots.into_iter().map(|slot| {
            let part = weight(slot) / total;
            parts[slot.index()] = part;
            (slot, part)
        });
        Self {
            members: members.collect(),
            parts: parts.into(),
            panic,
        }
    }

    /// Returns whether the members are all hosts because too few are healthy.
    pub(super) const fn is_panic(&self) -> bool {
        self.panic
    }

    pub(super) fn members(&self) -> &[(Slot, f64)] {
        &self.members
    }

    /// Returns whether a host may be picked; in panic routing, unhealthy hosts may be.
    #[inline]
    pub(super) fn allows(&self, slot: Slot, pick: &Pick<'_>) -> bool {
        if self.panic {
            pick.permits(slot)
        } else {
            pick.allows(slot)
        }
    }

    /// Returns the first host in the order of the configuration that may be picked.
    pub(super) fn first(&self, pick: &Pick<'_>) -> Option<Slot> {
        let mut slots = self.members.iter().map(|&(slot, _)| slot);
        slots.find(|&slot| self.allows(slot, pick))
    }

    /// Adds the members to the fingerprint: in panic routing, not the eligible ones.
    pub(super) fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.number(self.panic.into());
        for &(slot, _) in &self.members {
            fingerprint.number(slot.index() as u64);
        }
    }

    pub(super) fn memory(&self) -> usize {
        size_of_val(&*self.members) + size_of_val(&*self.parts)
    }
}

/// A bound on the load of each host: `hash_balance_factor` percent of the mean.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bound(pub(super) u32);

impl Bound {
    /// Returns the host for the request of the chosen host: the chosen one if it is within its bound, else the first of
    /// the others that is, in an order that is shuffled for each hash. Calls `full` for each host that is skipped.
    pub(super) fn bounded(
        self,
        hosts: &Hosts,
        (chosen, hash): (Slot, u64),
        pick: &Pick<'_>,
        mut full: impl FnMut(Slot),
    ) -> Slot {
        let pool = pick.pool();
        let requests: u64 = pool.slots().map(|slot| pool.in_flight(slot)).sum();
        let places = (requests + 1)
            .saturating_mul(self.0.into())
            .saturating_add(99)
            / 100;
        let factor = |slot: Slot| {
            let part = hosts.parts[slot.index()];
            pool.in_flight(slot) as f64 / (places as f64 * part).ceil().max(1.)
        };
        let mut least = (factor(chosen), chosen);
        if least.0 <= 1. {
            return chosen;
        }
        full(chosen);
        for slot in Shuffled::new(hosts, hash as u32) {
            if slot == chosen || !hosts.allows(slot, pick) {
                continue;
            }
            let factor = factor(slot);
            if factor <= 1. {
                return slot;
            }
            full(slot);
            if factor < least.0 {
                least = (factor, slot);
            }
        }
        least.1
    }
}

/// The hosts in shuffled order; the shuffle is lazy. It copies the list, so only requests above a bound pay for it.
struct Shuffled {
    order: Vec<Slot>,
    next: usize,
    numbers: Mt,
}

impl Shuffled {
    fn new(hosts: &Hosts, seed: u32) -> Self {
        Self {
            order: hosts.members.iter().map(|&(slot, _)| slot).collect(),
            next: 0,
            numbers: Mt::new(seed),
        }
    }

    /// Returns a uniformly random number below `count`.
    fn below(&mut self, count: usize) -> usize {
        let width = (1 << 32) / count as u64;
        loop {
            let drawn = u64::from(self.numbers.next_u32()) / width;
            if drawn < count as u64 {
                return drawn as usize;
            }
        }
    }
}

impl Iterator for Shuffled {
    type Item = Slot;

    fn next(&mut self) -> Option<Slot> {
        let left = self.order.len() - self.next;
        if left == 0 {
            return None;
        }
        let other = self.next + self.below(left);
        self.order.swap(self.next, other);
        self.next += 1;
        Some(self.order[self.next - 1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Attributes;

    fn hosts(healthy: u32, of: u32, threshold: u32) -> Hosts {
        let backend = |number: u32| Backend::new(number.to_string()).with_down(number >= healthy);
        Hosts::healthy(&Pool::new((0..of).map(backend)).unwrap(), threshold)
    }

    #[test]
    fn below_the_threshold_all_are_hosts() {
        for (healthy, of, threshold, panic) in [
            (5, 10, 50, false),
            (4, 10, 50, true),
            (0, 4, 50, true),
            (0, 4, 0, false),
            (8, 10, 100, false),
            (7, 10, 100, true),
        ] {
            let hosts = hosts(healthy, of, threshold);
            let expected = if panic { of } else { healthy };
            assert_eq!((hosts.panic, hosts.members.len() as u32), (panic, expected));
        }
    }

    /// Of the hosts that count, two of four are healthy, which causes no panic routing; then one of three, which does.
    #[test]
    fn a_draining_host_does_not_count_and_is_used_in_panic_routing() {
        let down = |name: &str| Backend::new(name).with_down(true);
        let drains = |name: &str| Backend::new(name).with_drain(true);
        let hosts = |backends: &[Backend]| {
            let pool = Pool::new(backends.iter().cloned()).unwrap();
            let hosts = Hosts::healthy(&pool, 50);
            (hosts.panic, hosts.members.len())
        };
        let [a, b] = ["a", "b"].map(Backend::new);
        assert_eq!(
            hosts(&[a.clone(), b, down("c"), down("d"), drains("e")]),
            (false, 2)
        );
        assert_eq!(hosts(&[a, down("c"), down("d"), drains("e")]), (true, 4));
        assert_eq!(hosts(&[drains("c"), drains("d")]), (true, 2));
        assert_eq!(hosts(&[]), (false, 0));
    }

    /// A backup is used when no primary is healthy, and then no primary is.
    #[test]
    fn backups_take_over_without_panic_routing() {
        let down = |name: &str| Backend::new(name).with_down(true);
        let backup = |name: &str| Backend::new(name).with_backup(true);
        let pool = Pool::new([down("a"), down("b"), backup("c"), backup("d")]).unwrap();
        let hosts = Hosts::healthy(&pool, 50);
        let slots = hosts
            .members
            .iter()
            .map(|&(slot, part)| (slot.index(), part));
        assert!(slots.eq([(2, 0.5), (3, 0.5)]) && !hosts.panic);
    }

    #[test]
    fn identities_fall_back_and_are_distinct() {
        let attributes = Attributes {
            hash_key: Some("".into()),
            hostname: Some("h".into()),
            ..Attributes::default()
        };
        let named = |name: &str| Backend::new(name).with_attributes(attributes.clone());
        let host = named("a");
        let identities = [Identity::Name, Identity::HashKey, Identity::Hostname];
        assert_eq!(
            identities.map(|identity| identity.of(&host)),
            ["a", "a", "h"]
        );
        let pool = Pool::new([named("a"), named("b")]).unwrap();
        let check = |identity| check_identities("x", identity, &pool);
        assert_eq!(check(Identity::HashKey), Ok(()));
        assert_eq!(Identity::Hostname.of(&Backend::new("a")), "");
        let error = check(Identity::Hostname).unwrap_err().to_string();
        assert_eq!(
            error,
            "backends `a` and `b` are indistinguishable to x; give each its own identity"
        );
    }
}
