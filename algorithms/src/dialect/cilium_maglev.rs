//! **Cilium's Maglev**: a lookup table with its own seed and rough weights, for packets.
//!
//! # How it works
//! Each backend's identity, a text such as `[10.0.0.1:80/TCP,State:active]`, is hashed by MurmurHash3 to the start and
//! the step of its permutation of the table. In the order of their identities, the backends take turns at the next free
//! entry of their permutations. If the mean weight is 2 or more, a backend that is ahead of its weight is skipped. A
//! packet reads the entry at its `jhash` (the first of Bob Jenkins' lookup3) modulo the table size.
//!
//! The key is the packet's flow as text: in `192.0.2.1:40000,443,tcp`, the source, the destination port, and `tcp` or
//! `udp`.
//!
//! # Cost
//! M entries, n backends. Build O(M), with weights up to O(M n). Pick: one hash and one read. Memory:
//! 4 bytes an entry.
//!
//! # Membership change
//! Near minimal: some keys of unaffected backends move.
//!
//! # Weights
//! Entries in rough proportion; if the mean is below 2, weights make no difference.
//!
//! # Ineligible backends
//! They leave the table, which is filled again. If a backend is at its cap, already tried or above a bound, the lookup
//! continues with the next entries.
//!
//! # Departures from the program
//! The tables are checked against Cilium's published ones, with 251 and 1,021 entries. The hash of a packet follows its
//! description and was not checked against a packet. Only IPv4 flows are hashed as Cilium does: any other key, such as
//! an IPv6 flow, is hashed as text by the same lookup3. With session affinity, Cilium uses 0 as the source port: write
//! it so. A backend without the attribute `hash_string` has the identity `[name/TCP,State:active]`, or
//! `[name,State:active]` if its name has a protocol after a slash. If there are more backends than entries, those
//! without an entry are picked only when no other backend may be.
//!
//! # References
//! Cilium, pkg/maglev; D. E. Eisenbud et al.: Maglev, NSDI 2016, section 3.4; B. Jenkins: lookup3,
//! 2006.
//!
//! # Example
//! ```
//! use evenkeel_algorithms::dialect::CiliumMaglev;
//! use evenkeel_algorithms::{LoadBalancer, Pool};
//!
//! let pool = Pool::new(["10.0.0.1:80/TCP", "10.0.0.2:80/TCP"])?;
//! let balancer = LoadBalancer::new(CiliumMaglev::default(), pool)?;
//! println!("{}", balancer.route(Some(b"192.0.2.1:40000,80,tcp"))?.backend().name());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::borrow::Cow;

use crate::algorithm::Algorithm;
use crate::backend::Backend;
use crate::balancer::Balancer;
use crate::card::{Card, Cost, Family, Feedback, OptionHelp, Origin, Program, ShareVariance};
use crate::dialect::hash::murmur3_128;
use crate::dialect::maglev_fill::fill;
use crate::dialect::packet_table::{PacketTable, Part};
use crate::error::BuildError;
use crate::hash::Fingerprint;
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::Profile;
use crate::section_key::SectionKey;
use crate::section_type::SectionType;
use crate::slot::Slot;
use crate::step::Step;
use crate::strategy::maglev::Permutation;

mod options;

pub use options::{HashSeed, Options, TableSize};

/// The section of its options.
pub const SECTION: SectionKey<Options> = SectionKey::new("cilium-maglev");

/// The card of the algorithm.
pub static CARD: Card = Card {
    summary: "Cilium's Maglev: a lookup table with rough weights, for packets",
    section: SectionType::of(SECTION),
    options: &[
        OptionHelp {
            name: "table_size",
            help: TableSize::EXPECTED,
            value: |options| options.get(SECTION).table_size.get().to_string(),
        },
        OptionHelp {
            name: "hash_seed",
            help: HashSeed::EXPECTED,
            value: |options| options.get(SECTION).hash_seed.to_string(),
        },
    ],
    origin: Origin::Program(Program::Cilium),
    feedback: Feedback::None,
    shares: ShareVariance::NearlyEven,
    build: Cost::of("M").with(", with weights O(M n)"),
    pick: Cost::CONSTANT,
    memory: "4 bytes an entry",
    weights: "roughly in proportion if the mean is 2 or more",
    disruption: "near minimal",
    lawful: |options| options.change(SECTION, |own| own.table_size = TableSize::MIN),
    source: "Cilium",
    ..Card::new(SECTION.algorithm(), Family::Table, &|_, options| {
        Box::new(CiliumMaglev::new(options.get(SECTION)))
    })
};

/// Cilium's table; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct CiliumMaglev {
    options: Options,
}

impl CiliumMaglev {
    /// Returns the algorithm with its options.
    #[must_use]
    pub const fn new(options: Options) -> Self {
        Self { options }
    }
}

impl Algorithm for CiliumMaglev {
    fn build(
        &self,
        pool: &Pool,
        _: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let (size, seed) = (self.options.table_size.get(), self.options.hash_seed);
        let identity = |slot| identity(pool.backend(slot));
        let mut identities = Fingerprint::new();
        let by_name = pool.slots_by_name();
        by_name
            .iter()
            .for_each(|&slot| identities.text(&identity(slot)));
        let active = by_name.iter().copied().filter(|&slot| pool.is_active(slot));
        let mut active: Vec<_> = active.collect();
        // Stable: backends with one identity stay in the order of their names.
        active.sort_by_cached_key(|&slot| identity(slot));
        let permutation = |&slot: &Slot| {
            let hashes = murmur3_128(identity(slot).as_bytes(), seed.of_identities());
            Permutation::new(slot, hashes, size)
        };
        let permutations = active.iter().map(permutation).collect();
        let weights = active.iter().map(|&slot| pool.weight(slot).get().into());
        let weights: Vec<_> = weights.collect();
        let follows_weights = follows(&weights);
        let entries = fill(size, permutations, turns(weights));
        Ok(Box::new(Built {
            options: self.options,
            table: PacketTable::new(entries, Part::Protocol, seed.of_packets()),
            identities: identities.finish(),
            follows_weights,
        }))
    }

    fn profile(&self) -> Profile {
        Profile {
            minimal: false,
            rebuilt_on_health: true,
            ..Profile::MINIMAL
        }
    }
}

/// The table of a pool.
#[derive(Debug)]
pub struct Built {
    options: Options,
    table: PacketTable,
    /// A digest of the backends' identities.
    identities: u64,
    follows_weights: bool,
}

/// Returns the text that is hashed for a backend.
fn identity(backend: &Backend) -> Cow<'_, str> {
    let name = backend.name();
    match &backend.attributes().hash_string {
        Some(identity) => Cow::Borrowed(identity),
        None if name.contains('/') => format!("[{name},State:active]").into(),
        None => format!("[{name}/TCP,State:active]").into(),
    }
}

/// Returns whether the mean weight is 2 or more. Otherwise weights make no difference.
fn follows(weights: &[u64]) -> bool {
    let sum: u64 = weights.iter().sum();
    sum.checked_div(weights.len() as u64) > Some(1)
}

/// Returns the backend of each turn. Weights are compared with quotients in floating point, as in Cilium.
fn turns(weights: Vec<u64>) -> impl Iterator<Item = usize> {
    let count = weights.len() as u64;
    let sum: u64 = weights.iter().sum();
    let weighted = follows(&weights);
    let first = |&weight: &u64| weight as f64 / count as f64;
    let mut taken: Vec<f64> = weights.iter().map(first).collect();
    (0..).map_while(move |turn: u64| {
        let mut member = turn.checked_rem(count)? as usize;
        while weighted && (turn + 1) * weights[member] < taken[member] as u64 {
            member = (member + 1) % weights.len();
        }
        taken[member] += sum as f64;
        Some(member)
    })
}

impl Balancer for Built {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        self.table.pick(pick)
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.text(CARD.name);
        fingerprint.number(self.options.table_size.get().into());
        fingerprint.text(&self.options.hash_seed.to_string());
        fingerprint.number(self.identities);
    }

    fn follows_weights(&self) -> bool {
        self.follows_weights
    }

    fn table(&self) -> Option<Vec<Slot>> {
        Some(self.table.entries().to_vec())
    }

    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        self.table.trace(pick, steps)
    }

    fn memory(&self) -> usize {
        self.table.memory()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Attributes, LoadBalancer};

    #[test]
    fn the_identity_is_given_or_derived_from_the_name() {
        let given = Attributes {
            hash_string: Some("x".into()),
            ..Attributes::default()
        };
        for (backend, expected) in [
            (Backend::new("a").with_attributes(given), "x"),
            (
                Backend::new("10.0.0.1:80/UDP"),
                "[10.0.0.1:80/UDP,State:active]",
            ),
            (
                Backend::new("10.0.0.1:80"),
                "[10.0.0.1:80/TCP,State:active]",
            ),
        ] {
            assert_eq!(identity(&backend), expected);
        }
    }

    /// The mean of 1 and 5 is 3, and the backends start at half their weights.
    #[test]
    fn a_backend_ahead_of_its_weight_is_skipped() {
        let first: Vec<_> = turns(vec![1, 5]).take(6).collect();
        assert_eq!(first, [0, 1, 1, 1, 1, 1]);
        assert_eq!(turns(vec![1, 2]).take(4).collect::<Vec<_>>(), [0, 1, 0, 1]);
        assert_eq!(turns(Vec::new()).next(), None);
    }

    #[test]
    fn the_ineligible_leave_the_table_and_identities_are_in_the_fingerprint() {
        let balancer = |identity: &str| {
            let attributes = Attributes {
                hash_string: Some(identity.into()),
                ..Attributes::default()
            };
            let backends = [
                Backend::new("a").with_attributes(attributes),
                Backend::new("b"),
            ];
            LoadBalancer::new(CiliumMaglev::default(), Pool::new(backends).unwrap()).unwrap()
        };
        let [one, same, other] = ["x", "x", "y"].map(balancer);
        assert_eq!(one.fingerprint(), same.fingerprint());
        assert_ne!(one.fingerprint(), other.fingerprint());
        let entries = |slot| {
            let table = one.snapshot().balancer().table().unwrap();
            table.iter().filter(|&&entry| entry == Slot(slot)).count()
        };
        assert_eq!(entries(0) + entries(1), 16_381);
        assert!(entries(0).abs_diff(entries(1)) == 1);
        one.set_healthy("a", false).unwrap();
        assert_eq!((entries(0), entries(1)), (0, 16_381));
        one.set_healthy("b", false).unwrap();
        assert_eq!((entries(0), entries(1)), (0, 0));
        assert!(one.route(Some(b"10.0.0.1:1,2,tcp")).is_err());
    }
}
