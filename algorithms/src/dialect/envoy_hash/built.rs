//! A ring or a table, built for a pool.

use crate::balancer::Balancer;
use crate::dialect::envoy_hash::hosts::Hosts;
use crate::dialect::envoy_hash::lookup::Lookup;
use crate::dialect::envoy_hash::ring::place;
use crate::dialect::envoy_hash::rule::Rule;
use crate::dialect::hash::xxhash64;
use crate::dialect::settings::Settings;
use crate::hash::Fingerprint;
use crate::pick::Pick;
use crate::slot::Slot;
use crate::step::Step;
use crate::strategy::alias::Draws;

/// The maximum number of table entries that a retry looks at.
const TRIES: u64 = 1_024;

/// The hosts of a pool.
#[derive(Debug)]
pub struct Built {
    pub(super) settings: Settings,
    pub(super) rule: Rule,
    pub(super) draws: Draws,
    pub(super) hosts: Hosts,
    /// A digest of the hashed identities, which may differ from the names.
    pub(super) identities: u64,
    pub(super) lookup: Lookup,
}

impl Built {
    /// Returns whether so few hosts are healthy that all of them are used.
    #[must_use]
    pub const fn is_panicking(&self) -> bool {
        self.hosts.is_panic()
    }

    fn hash(&self, pick: &Pick<'_>) -> u64 {
        match pick.key() {
            Some(key) => xxhash64(key),
            None => self.draws.of(pick).next_number(),
        }
    }

    /// Returns the host for a hash among those that may be picked, or else the first of them in the list.
    #[inline]
    fn chosen(&self, hash: u64, pick: &Pick<'_>) -> Option<Slot> {
        let found = self.found(hash, pick);
        found.or_else(|| self.hosts.first(pick))
    }

    #[inline]
    fn found(&self, hash: u64, pick: &Pick<'_>) -> Option<Slot> {
        let allows = |slot: &Slot| self.hosts.allows(*slot, pick);
        match &self.lookup {
            Lookup::Ring(ring) => {
                let first = ring.successor(place(hash)).filter(allows);
                first.or_else(|| ring.walk(place(hash)).find(allows))
            }
            Lookup::Table(table) => {
                let entry = |attempt: u64| {
                    let hash = hash ^ attempt.wrapping_neg();
                    Some(table[hash.checked_rem(table.len() as u64)? as usize])
                };
                // The first attempt uses the hash itself.
                (0..TRIES).map_while(entry).find(allows)
            }
        }
    }

    fn answer(&self, hash: u64, pick: &Pick<'_>, full: impl FnMut(Slot)) -> Option<Slot> {
        let chosen = self.chosen(hash, pick)?;
        Some(match self.rule.bound {
            Some(bound) => bound.bounded(&self.hosts, (chosen, hash), pick, full),
            None => chosen,
        })
    }
}

impl Balancer for Built {
    #[inline]
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        self.answer(self.hash(pick), pick, |_| {})
    }

    fn overrides_health(&self) -> bool {
        self.is_panicking()
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        self.settings.describe(fingerprint);
        self.draws.describe(fingerprint);
        fingerprint.number(self.identities);
        self.hosts.describe(fingerprint);
    }

    fn table(&self) -> Option<Vec<Slot>> {
        Some(match &self.lookup {
            Lookup::Ring(ring) => ring.owners(),
            Lookup::Table(table) => table.to_vec(),
        })
    }

    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        let hash = self.hash(pick);
        if self.is_panicking() {
            steps(Step::Fallback(
                "panic routing: too few hosts are healthy, so all are used",
            ));
        }
        if pick.key().is_none() {
            steps(Step::Fallback("a random number"));
        }
        steps(Step::of_hash(hash));
        match &self.lookup {
            Lookup::Ring(ring) => {
                if let Some((point, owner)) = ring.point(place(hash)) {
                    let point = point >> 64;
                    steps(Step::Point { point, owner });
                }
            }
            Lookup::Table(table) => {
                if let Some(index) = hash.checked_rem(table.len() as u64) {
                    let index = index as usize;
                    steps(Step::entry(index, table.len(), table[index]));
                }
            }
        }
        if self.found(hash, pick).is_none() {
            steps(Step::Fallback("the first host in the list"));
        }
        self.answer(hash, pick, |slot| steps(Step::Full(slot)))
    }

    fn memory(&self) -> usize {
        let lookup = match &self.lookup {
            Lookup::Ring(ring) => ring.memory(),
            Lookup::Table(table) => size_of_val(&**table),
        };
        lookup + self.hosts.memory()
    }
}
