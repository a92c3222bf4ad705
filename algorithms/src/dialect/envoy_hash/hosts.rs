//! The hosts that Envoy and gRPC build a ring or table from, and the bound on their load.

use std::collections::BTreeMap;

use rand_mt::Mt;

use crate::backend::Backend;
use crate::error::BuildError;
use crate::hash::Fingerprint;
use crate::pick::Pick;
use crate::pool::Pool;
use crate::slot::Slot;

/// What a host is hashed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Identity {
    /// Its name.
    Name,
    /// Its `hash_key`, else its name.
    HashKey,
    /// Its `hash_key`, else its `hostname`, else its name.
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
            (Self::Hostname, _, Some(host)) if given(&attributes.hostname) => host,
            _ => backend.name(),
        }
    }
}

/// Refuses backends of one identity, healthy or not: their points are the same, and whose they are is
/// left open. One that drains may be replaced by its twin.
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

/// What is in a ring or table, in the order of the configuration.
#[derive(Debug, Default)]
pub(super) struct Hosts {
    /// Each with its part of the sum of the weights.
    members: Box<[(Slot, f64)]>,
    /// The same by slot; 0 of those that are not in it.
    parts: Box<[f64]>,
    /// Whether they are all hosts, because too few are healthy.
    panic: bool,
}

impl Hosts {
    /// Returns all that are configured, eligible or not.
    pub(super) fn all(pool: &Pool) -> Self {
        Self::of(pool, pool.slots().collect(), false)
    }

    /// Returns the healthy ones; all of them if fewer than `threshold` percent are healthy. What drains is left
    /// out when hosts are counted, and taken in with all others. Backups are a priority of their own: they
    /// are hosts when no other is healthy, and then the others are none.
    pub(super) fn healthy(pool: &Pool, threshold: u32) -> Self {
        let healthy: Vec<_> = pool.slots().filter(|&slot| pool.is_active(slot)).collect();
        let backups = pool.is_on_backups();
        let is_host = |&slot: &Slot| pool.backend(slot).is_backup() == backups;
        let hosts: Vec<_> = pool.slots().filter(is_host).collect();
        let stays = |slot: &&Slot| !pool.backend(**slot).is_draining();
        let counted = hosts.iter().filter(stays).count();
        // From 72 % on the load of this priority is whole, whatever the threshold.
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
        // Whole numbers this small are added without an error.
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

    /// Returns whether they are all hosts, because too few are healthy.
    pub(super) const fn is_panic(&self) -> bool {
        self.panic
    }

    pub(super) fn members(&self) -> &[(Slot, f64)] {
        &self.members
    }

    /// Returns whether a host may be picked; under panic also one that is not healthy.
    #[inline]
    pub(super) fn allows(&self, slot: Slot, pick: &Pick<'_>) -> bool {
        if self.panic {
            pick.permits(slot)
        } else {
            pick.allows(slot)
        }
    }

    /// Returns the first in the order of the configuration that may be picked.
    pub(super) fn first(&self, pick: &Pick<'_>) -> Option<Slot> {
        let mut slots = self.members.iter().map(|&(slot, _)| slot);
        slots.find(|&slot| self.allows(slot, pick))
    }

    /// Which they are: not which are eligible, in a panic.
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

/// A bound on the hosts' load: `hash_balance_factor` percent of the mean.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bound(pub(super) u32);

impl Bound {
    /// Returns which host takes the request of the one that a hash chose: that host, if it is within its bound; else
    /// the first of the others that is, in an order that is shuffled again for each hash. `full` is told
    /// which are not.
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

/// The hosts in the order of a shuffle that goes on only as far as it is asked. It keeps a copy of the
/// list: only what is above a bound pays for it.
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

    /// Returns a number below `count`, each as likely.
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

    /// Two of four hosts that count are healthy, which is no panic; one of three is, and takes in all.
    #[test]
    fn who_drains_does_not_count_and_is_taken_in_by_a_panic() {
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

    /// A backup is a host when no primary is healthy, and then the primaries are none.
    #[test]
    fn backups_take_over_without_a_panic() {
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
        let error = check(Identity::Hostname).unwrap_err().to_string();
        assert_eq!(
            error,
            "backends `a` and `b` are the same to x; expected one of each"
        );
    }
}
