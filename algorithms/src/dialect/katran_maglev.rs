//! **Katran's Maglev**: a lookup table by the hashes of its endpoints, in two versions, for packets.
//!
//! # How it works
//! Each endpoint has a hash, which MurmurHash3 mixes to the start and the step of its permutation of the table. In the
//! order of their hashes, the endpoints take turns at the next free entry. In version 1, each takes as many entries as
//! its weight in the first round, and one in every further round; in version 2, it takes one entry in every round in
//! which its accumulated weight reaches the largest weight again. A packet reads the entry at its `jhash` (the first of
//! Bob Jenkins' lookup3) modulo the table size.
//!
//! The key is the packet's flow as text: in `192.0.2.1:40000,443,tcp`, the source, the destination port, and `tcp` or
//! `udp`.
//!
//! # Cost
//! M entries, n backends. Build O(M), with weights up to O(M n). Pick: one hash and one read. Memory: 4 bytes per
//! entry.
//!
//! # Membership change
//! Near minimal: some keys of unaffected backends move.
//!
//! # Weights
//! In version 1 nearly without effect; in version 2 entries in proportion.
//!
//! # Ineligible backends
//! They leave the table, which is filled again. If an endpoint is at its cap, already tried or above a bound, the
//! lookup continues with the next entries.
//!
//! # Departures from the program
//! The tables are checked against those of Katran's own generator. The hash of a packet follows its description and was
//! not checked against a packet; for table sizes other than 65,537 it is scaled in the same way. Only IPv4 flows are
//! hashed as Katran does: any other key, such as an IPv6 flow, is hashed as text by the same lookup3. For a VIP of any
//! port, Katran uses 0 as the destination port, and when it hashes only that port, the source 0.0.0.0 with the same
//! port: write it so. Its flow cache and its routing by QUIC and by source precede the table and are not modelled. A
//! backend without the attribute `hash` uses the 64-bit FNV-1a of its name, which is not Katran's hash of an address.
//! Katran keeps the table when the last endpoint is removed; here nothing is picked. Backends without an entry are
//! picked only when no other backend may be. Katran's arithmetic overflows at the very last entry of a few
//! permutations; ours does not.
//!
//! # References
//! Katran, MaglevHash and MaglevHashV2; D. E. Eisenbud et al.: Maglev, NSDI 2016, section 3.4; B.
//! Jenkins: lookup3, 2006.
//!
//! # Example
//! ```
//! use evenkeel_algorithms::dialect::KatranMaglev;
//! use evenkeel_algorithms::{Attributes, Backend, LoadBalancer, Number, Pool};
//!
//! let endpoint = |name: &str, hash| {
//!     let hash = Some(Number(hash));
//!     Backend::new(name).with_attributes(Attributes { hash, ..Attributes::default() })
//! };
//! let pool = Pool::new([endpoint("10.0.0.1", 1_000), endpoint("10.0.0.2", 2_000)])?;
//! let balancer = LoadBalancer::new(KatranMaglev::default(), pool)?;
//! println!("{}", balancer.route(Some(b"192.0.2.1:40000,80,tcp"))?.backend().name());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::algorithm::Algorithm;
use crate::attributes::Number;
use crate::backend::Backend;
use crate::balancer::Balancer;
use crate::card::{Card, Cost, Family, Feedback, OptionHelp, Origin, Program, ShareVariance};
use crate::dialect::hash::{fnv1a_64, murmur3_128};
use crate::dialect::maglev_fill::fill;
use crate::dialect::packet_table::{PacketTable, Part};
use crate::error::BuildError;
use crate::hash::Fingerprint;
use crate::option::word_option;
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::Profile;
use crate::section_key::SectionKey;
use crate::section_type::SectionType;
use crate::slot::Slot;
use crate::step::Step;
use crate::strategy::maglev::{Permutation, TableSize};

/// The section of its options.
pub const SECTION: SectionKey<Options> = SectionKey::new("katran-maglev");

/// The card of the algorithm.
pub static CARD: Card = Card {
    summary: "Katran's Maglev: a lookup table by the hashes of its endpoints, for packets",
    section: SectionType::of(SECTION),
    options: &[
        OptionHelp {
            name: "table_size",
            help: "entries in the table, a prime up to 65537",
            value: |options| options.get(SECTION).table_size.get().to_string(),
        },
        OptionHelp {
            name: "version",
            help: "`v1`, or `v2` with weights",
            value: |options| options.get(SECTION).version.to_string(),
        },
    ],
    origin: Origin::Program(Program::Katran),
    feedback: Feedback::None,
    shares: ShareVariance::NearlyEven,
    build: Cost::of("M").with(", with weights O(M n)"),
    pick: Cost::CONSTANT,
    memory: "4 bytes per entry",
    weights: "almost none; in proportion in version 2",
    disruption: "near minimal",
    lawful: |options| options.change(SECTION, |own| own.table_size = TableSize::SMALL),
    source: "Katran",
    ..Card::new(SECTION.algorithm(), Family::Table, &|_, options| {
        Box::new(KatranMaglev::new(options.get(SECTION)))
    })
};

/// The options of [`KatranMaglev`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Options {
    /// Entries in the table, up to Katran's 65,537.
    pub table_size: TableSize,
    /// The version of the fill.
    pub version: Version,
}

word_option!(
    /// The version of the fill.
    Version:
    /// Weights count in the first round only.
    V1 "v1",
    /// Entries in proportion to the weights.
    V2 "v2",
);

/// A packet's seed is a multiple of this number, Katran's maximum number of VIPs.
const VIPS: u32 = 512;

/// Katran's table; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct KatranMaglev {
    options: Options,
}

impl KatranMaglev {
    /// Returns the algorithm with its options.
    #[must_use]
    pub const fn new(options: Options) -> Self {
        Self { options }
    }

    /// Returns the table of some endpoints, in the order of their hashes.
    fn fill(&self, pool: &Pool, endpoints: &[(u64, Slot)]) -> Box<[Slot]> {
        let size = self.options.table_size.get();
        let permutation = |&(hash, slot): &(u64, Slot)| {
            let hashes = (mixed(hash, 42, 0), mixed(hash, 2_718_281_828, 2_307));
            Permutation::new(slot, hashes, size)
        };
        let permutations = endpoints.iter().map(permutation).collect();
        let weights = endpoints.iter().map(|&(_, slot)| pool.weight(slot).get());
        let weights: Vec<_> = weights.collect();
        match self.options.version {
            Version::V1 => fill(size, permutations, first_round_by_weight(&weights)),
            Version::V2 => fill(size, permutations, by_weight(&weights)),
        }
    }
}

impl Algorithm for KatranMaglev {
    fn build(
        &self,
        pool: &Pool,
        _: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let size = self.options.table_size;
        if size.get() > TableSize::DEFAULT.get() {
            return Err(BuildError::OutOfRange {
                option: "table_size",
                value: size.get().to_string(),
                min: 2,
                max: TableSize::DEFAULT.get(),
            });
        }
        let by_name = pool.slots_by_name().iter().copied();
        let endpoints = by_name.map(|slot| (endpoint(pool.backend(slot)), slot));
        let mut digest = Fingerprint::new();
        endpoints.clone().for_each(|(hash, _)| digest.number(hash));
        let mut active: Vec<_> = endpoints
            .filter(|&(_, slot)| pool.is_active(slot))
            .collect();
        // Stable: endpoints with one hash stay in the order of their names.
        active.sort_by_key(|&(hash, _)| hash);
        let entries = self.fill(pool, &active);
        Ok(Box::new(Built {
            options: self.options,
            table: PacketTable::new(entries, Part::Ports, VIPS * size.get()),
            endpoints: digest.finish(),
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
    /// A digest of the endpoints' hashes.
    endpoints: u64,
}

/// Returns the first word of an endpoint's hash, mixed with another number.
fn mixed(hash: u64, with: u64, seed: u32) -> u64 {
    let mut text = [0; 16];
    text[..8].copy_from_slice(&hash.to_le_bytes());
    text[8..].copy_from_slice(&with.to_le_bytes());
    murmur3_128(&text, seed).0
}

/// Returns the turns of version 1.
fn first_round_by_weight(weights: &[u32]) -> impl Iterator<Item = usize> {
    let times = |(endpoint, &weight)| std::iter::repeat_n(endpoint, weight as usize);
    let first = weights.iter().enumerate().flat_map(times);
    first.chain((0..weights.len()).cycle())
}

/// Returns the turns of version 2.
fn by_weight(weights: &[u32]) -> impl Iterator<Item = usize> {
    let largest = weights.iter().max().copied().unwrap_or_default();
    let mut gained = vec![0; weights.len()];
    let has_turn = move |&endpoint: &usize| {
        let gained = &mut gained[endpoint];
        *gained += weights[endpoint];
        let turn = *gained >= largest;
        if turn {
            *gained -= largest;
        }
        turn
    };
    (0..weights.len()).cycle().filter(has_turn)
}

/// Returns Katran's hash of a backend.
fn endpoint(backend: &Backend) -> u64 {
    let given = backend.attributes().hash.map(|Number(hash)| hash);
    given.unwrap_or_else(|| fnv1a_64(backend.name().as_bytes()))
}

impl Balancer for Built {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        self.table.pick(pick)
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.text(CARD.name);
        fingerprint.number(self.options.table_size.get().into());
        fingerprint.number(self.options.version as u64);
        fingerprint.number(self.endpoints);
    }

    fn follows_weights(&self) -> bool {
        self.options.version == Version::V2
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
    use crate::{Attributes, LoadBalancer, Weight};

    fn balancer(table_size: u64, version: Version) -> Result<LoadBalancer, BuildError> {
        let options = Options {
            table_size: TableSize::new(table_size)?,
            version,
        };
        let backend = |(name, hash, weight): (&str, _, _)| {
            let hash = Some(Number(hash));
            Backend::new(name)
                .with_weight(Weight::new(weight).unwrap())
                .with_attributes(Attributes {
                    hash,
                    ..Attributes::default()
                })
        };
        let pool = Pool::new([("a", 1_000, 2), ("b", 2_000, 1)].map(backend))?;
        LoadBalancer::new(KatranMaglev::new(options), pool)
    }

    fn table(balancer: &LoadBalancer) -> Vec<usize> {
        let table = balancer.snapshot().balancer().table().unwrap();
        table.into_iter().map(Slot::index).collect()
    }

    /// Answers of Katran itself.
    #[test]
    fn tables_of_seven_entries_equal_katrans() {
        let of = |version| table(&balancer(7, version).unwrap());
        assert_eq!(of(Version::V1), [1, 1, 0, 1, 0, 0, 0]);
        assert_eq!(of(Version::V2), [1, 0, 0, 1, 0, 0, 0]);
    }

    #[test]
    fn turns_follow_the_rules() {
        let v1: Vec<_> = first_round_by_weight(&[2, 1, 3]).take(9).collect();
        assert_eq!(v1, [0, 0, 1, 2, 2, 2, 0, 1, 2]);
        let v2: Vec<_> = by_weight(&[2, 1, 3]).take(6).collect();
        assert_eq!(v2, [2, 0, 2, 0, 1, 2]);
        assert_eq!(
            first_round_by_weight(&[]).chain(by_weight(&[])).next(),
            None
        );
    }

    #[test]
    fn the_last_one_left_has_the_whole_table() {
        let balancer = balancer(1_021, Version::V2).unwrap();
        balancer.set_healthy("b", false).unwrap();
        assert_eq!(table(&balancer), [0; 1_021]);
    }

    #[test]
    fn tables_larger_than_katrans_are_rejected() {
        let error = balancer(65_539, Version::V1).unwrap_err().to_string();
        assert_eq!(
            error,
            "table_size 65539 is out of range; expected 2 to 65537"
        );
    }
}
