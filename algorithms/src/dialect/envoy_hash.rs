//! **Envoy's ring hash and Maglev, and gRPC's ring hash**.
//!
//! # How it works
//! A key is hashed by xxHash of 64 bits. The backends are hosts whose identity is hashed: Envoy takes
//! `attributes.hash_key`, else with `use_hostname_for_hashing` `attributes.hostname`, else the name;
//! gRPC the name.
//!
//! - Ring: with the smallest part m of the weights, `scale = min(⌈m · minimum⌉ / m, maximum)` points are
//!   dealt out in the order of the configuration in proportion to the weights; what is left over of a
//!   point is carried over to the next host. A point is the hash of identity, `_` and the number i from
//!   0. A key goes to the first point at or after its own.
//! - Maglev: hosts in the order of their identities take free entries of their permutations in turns,
//!   in proportion to the weights, which are fractions of double precision.
//!
//! With `hash_balance_factor` F a host takes no more than F percent of its part of the requests in
//! flight, one more at most; what is above goes to another host, in an order that is shuffled for each
//! key by a Mersenne Twister. Without a key a number is drawn.
//!
//! # Cost
//! n hosts, P points, M entries. Build O(P log P) or O(M n). Pick: a hash and O(1); with a bound O(n) for
//! the sum of the requests in flight, and an allocation for a request that goes elsewhere. Memory: 32
//! bytes a point, 4 bytes an entry.
//!
//! # Membership change
//! Envoy builds ring and table again from what is healthy: where the number of points of each host
//! changes with their count, keys of healthy hosts move too. Keys of an equal ring move minimally.
//!
//! # Weights
//! In proportion; on a ring to whole points of the smallest.
//!
//! # Ineligible backends
//! Envoy leaves them out; if fewer than `healthy_panic_threshold` percent are healthy it takes in all
//! hosts again, healthy or not ([`Balancer::overrides_health`]), also those that drain, which do not count among them.
//! gRPC keeps their points and walks past them.
//!
//! # Departures from the program
//! One priority and one locality. The number of a request without a key follows from the seed. Of a
//! retry's attempts 1,024 are made on a table; then, and where a host has no point at all, the first host
//! listed is taken. Zero sizes, which Envoy answers with errors, are refused, as are hosts of one identity,
//! whose points Envoy gives to either. Under `use_hostname_for_hashing` a host without a hostname goes by
//! its name, where Envoy would give all of them the empty text.
//!
//! # References
//! Envoy 1.40, load balancing policies `ring_hash` and `maglev`. gRPC 1.85, gRFC A42 and A76.
//!
//! # Example
//! ```
//! use evenkeel_algorithms::dialect::envoy_hash;
//! use evenkeel_algorithms::{LoadBalancer, Options, Pool, Seed};
//!
//! let maglev = envoy_hash::MAGLEV.algorithm(Seed::DEFAULT, &Options::default());
//! let balancer = LoadBalancer::new(maglev, Pool::new(["10.0.0.1:80", "10.0.0.2:80"])?)?;
//! assert_eq!(balancer.route(Some(b"alice"))?.backend(), balancer.route(Some(b"alice"))?.backend());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::algorithm::{Algorithm, carried};
use crate::balancer::Balancer;
use crate::card::{
    Card, Cost, Family, Feedback, OptionHelp, Order, Origin, Program, ShareVariance,
};
use crate::dialect::envoy_hosts::{Bound, Hosts, Identity, check_identities};
use crate::dialect::hash::{murmur64a, xxhash64};
use crate::dialect::maglev_fill::fill;
use crate::dialect::settings::Settings;
use crate::dialect::wide_ring::{Place, Ties, WideRing};
use crate::error::BuildError;
use crate::hash::{Fingerprint, Hashing, Seed};
use crate::option::{whole_number_option, word_option};
use crate::options::Options;
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::{Key, Profile};
use crate::section_key::SectionKey;
use crate::section_type::SectionType;
use crate::slot::Slot;
use crate::step::Step;
use crate::strategy::alias::Draws;
use crate::strategy::maglev::{Permutation, TableSize};

/// Where its options stand.
pub const RING_SECTION: SectionKey<RingHashOptions> = SectionKey::new("envoy-ring-hash");

/// What is to be known of the algorithm before choosing it.
pub const RING: Card = Card {
    name: RING_SECTION.algorithm(),
    aliases: &[],
    summary: "Envoy's `ring_hash`: a ring dealt out by fractions, built anew from who is healthy",
    section: SectionType::of(RING_SECTION),
    options: &[
        OptionHelp {
            name: "minimum_ring_size",
            help: "the least points, 1 to 8388608",
            value: |options| options.get(RING_SECTION).minimum_ring_size.to_string(),
        },
        OptionHelp {
            name: "maximum_ring_size",
            help: "the most points, 1 to 8388608",
            value: |options| options.get(RING_SECTION).maximum_ring_size.to_string(),
        },
        OptionHelp {
            name: "hash_function",
            help: "the hash of points, `XX_HASH` or `MURMUR_HASH_2`; keys are hashed by the first",
            value: |options| options.get(RING_SECTION).hash_function.to_string(),
        },
        OptionHelp {
            name: "hash_balance_factor",
            help: BALANCE_HELP,
            value: |options| shown(options.get(RING_SECTION).hash_balance_factor),
        },
        OptionHelp {
            name: "use_hostname_for_hashing",
            help: HOSTNAME_HELP,
            value: |options| {
                options
                    .get(RING_SECTION)
                    .use_hostname_for_hashing
                    .to_string()
            },
        },
        OptionHelp {
            name: "healthy_panic_threshold",
            help: PANIC_HELP,
            value: |options| {
                options
                    .get(RING_SECTION)
                    .healthy_panic_threshold
                    .to_string()
            },
        },
    ],
    family: Family::Ring,
    origin: Origin::Program(Program::Envoy),
    feedback: Feedback::None,
    shares: ShareVariance::AsArcs,
    build: Cost::of("P log P").with(" for P points"),
    pick: Cost::CONSTANT.or(Order::Linear, "with a bound"),
    memory: "32 bytes a point",
    weights: "points in proportion",
    disruption: "near minimal",
    source: "Envoy 1.40",
    new: |hashing, options| Box::new(EnvoyHash::new(&RING, hashing, options, Build::ring)),
};

/// Where its options stand.
pub const MAGLEV_SECTION: SectionKey<MaglevOptions> = SectionKey::new("envoy-maglev");

/// What is to be known of the algorithm before choosing it.
pub const MAGLEV: Card = Card {
    name: MAGLEV_SECTION.algorithm(),
    summary: "Envoy's `maglev`: a table filled by fractions of weights, built anew from who is healthy",
    section: SectionType::of(MAGLEV_SECTION),
    options: &[
        OptionHelp {
            name: "table_size",
            help: "entries of the table, a prime up to 5000011",
            value: |options| options.get(MAGLEV_SECTION).table_size.get().to_string(),
        },
        OptionHelp {
            name: "hash_balance_factor",
            help: BALANCE_HELP,
            value: |options| shown(options.get(MAGLEV_SECTION).hash_balance_factor),
        },
        OptionHelp {
            name: "use_hostname_for_hashing",
            help: HOSTNAME_HELP,
            value: |options| {
                options
                    .get(MAGLEV_SECTION)
                    .use_hostname_for_hashing
                    .to_string()
            },
        },
        OptionHelp {
            name: "healthy_panic_threshold",
            help: PANIC_HELP,
            value: |options| {
                options
                    .get(MAGLEV_SECTION)
                    .healthy_panic_threshold
                    .to_string()
            },
        },
    ],
    family: Family::Table,
    shares: ShareVariance::NearlyEven,
    build: Cost::of("M n").with(" for M entries"),
    memory: "4 bytes an entry",
    weights: "entries in proportion",
    new: |hashing, options| Box::new(EnvoyHash::new(&MAGLEV, hashing, options, Build::maglev)),
    ..RING
};

/// Where its options stand.
pub const GRPC_SECTION: SectionKey<GrpcOptions> = SectionKey::new("grpc-ring-hash");

/// What is to be known of the algorithm before choosing it.
pub const GRPC: Card = Card {
    name: GRPC_SECTION.algorithm(),
    summary: "gRPC's `ring_hash`: Envoy's ring, capped, in which who is down keeps its points",
    section: SectionType::of(GRPC_SECTION),
    options: &[
        OptionHelp {
            name: "min_ring_size",
            help: "the least points, 1 to 8388608",
            value: |options| options.get(GRPC_SECTION).min_ring_size.to_string(),
        },
        OptionHelp {
            name: "max_ring_size",
            help: "the most points, 1 to 8388608",
            value: |options| options.get(GRPC_SECTION).max_ring_size.to_string(),
        },
        OptionHelp {
            name: "ring_size_cap",
            help: "what both sizes are silently cut to, 1 to 8388608",
            value: |options| options.get(GRPC_SECTION).ring_size_cap.to_string(),
        },
    ],
    origin: Origin::Program(Program::Grpc),
    pick: Cost::CONSTANT,
    source: "gRPC C-core 1.85",
    new: |hashing, options| Box::new(EnvoyHash::new(&GRPC, hashing, options, Build::grpc)),
    ..RING
};

const BALANCE_HELP: &str = "percent of its part that a host's load may reach, 100 or more";
const HOSTNAME_HELP: &str = "whether hosts are hashed by `attributes.hostname`";
const PANIC_HELP: &str = "percent of healthy hosts below which all are taken in, 0 to 100";

fn shown(factor: Option<HashBalanceFactor>) -> String {
    factor.map_or_else(|| "none".to_owned(), |factor| factor.to_string())
}

/// The options of Envoy's ring hash, as in its configuration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct RingHashOptions {
    /// The least points.
    pub minimum_ring_size: MinimumRingSize,
    /// The most points.
    pub maximum_ring_size: MaximumRingSize,
    /// The hash of points.
    pub hash_function: HashFunction,
    /// The bound on each host's load.
    pub hash_balance_factor: Option<HashBalanceFactor>,
    /// Whether hosts are hashed by their hostnames.
    pub use_hostname_for_hashing: bool,
    /// Below which share of healthy hosts all are taken in.
    pub healthy_panic_threshold: HealthyPanicThreshold,
}

/// The options of Envoy's Maglev, as in its configuration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct MaglevOptions {
    /// Entries of the table.
    pub table_size: TableSize,
    /// The bound on each host's load.
    pub hash_balance_factor: Option<HashBalanceFactor>,
    /// Whether hosts are hashed by their hostnames.
    pub use_hostname_for_hashing: bool,
    /// Below which share of healthy hosts all are taken in.
    pub healthy_panic_threshold: HealthyPanicThreshold,
}

/// The options of gRPC's ring hash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct GrpcOptions {
    /// The least points.
    pub min_ring_size: MinRingSize,
    /// The most points.
    pub max_ring_size: MaxRingSize,
    /// What both are cut to: the channel's argument `grpc.lb.ring_hash.ring_size_cap`.
    pub ring_size_cap: RingSizeCap,
}

whole_number_option!(
    /// The least points.
    MinimumRingSize, "minimum_ring_size": 1 to 8_388_608,
    /// Envoy's number, 1,024.
    default 1_024
);
whole_number_option!(
    /// The most points.
    MaximumRingSize, "maximum_ring_size": 1 to 8_388_608,
    /// Envoy's number, 8,388,608.
    default 8_388_608
);
whole_number_option!(
    /// The least points.
    MinRingSize, "min_ring_size": 1 to 8_388_608,
    /// gRPC's number, 1,024.
    default 1_024
);
whole_number_option!(
    /// The most points.
    MaxRingSize, "max_ring_size": 1 to 8_388_608,
    /// gRPC's number, 4,096.
    default 4_096
);
whole_number_option!(
    /// What the sizes are cut to.
    RingSizeCap, "ring_size_cap": 1 to 8_388_608,
    /// gRPC's number, 4,096.
    default 4_096
);
whole_number_option!(
    /// Percent of its part that a host's load may reach.
    HashBalanceFactor, "hash_balance_factor": 100 to 1_000_000
);
whole_number_option!(
    /// Percent of healthy hosts below which all are taken in; 0 is never.
    HealthyPanicThreshold, "healthy_panic_threshold": 0 to 100,
    /// Envoy's number, 50.
    default 50
);

word_option!(
    /// The hash of points.
    HashFunction:
    /// xxHash of 64 bits.
    XxHash "XX_HASH",
    /// MurmurHash2 of 64 bits, as in libstdc++.
    MurmurHash2 "MURMUR_HASH_2",
);

impl HashFunction {
    fn of(self, text: &[u8]) -> u64 {
        match self {
            Self::XxHash => xxhash64(text),
            Self::MurmurHash2 => murmur64a(text, 0xC70F_6907),
        }
    }
}

/// Envoy's largest table.
const MAX_TABLE_SIZE: u32 = 5_000_011;

/// The entries of a table that a retry looks at.
const TRIES: u64 = 1_024;

/// A hash of Envoy or gRPC; see the [module](self).
#[derive(Clone, Debug)]
pub struct EnvoyHash {
    settings: Settings,
    build: Build,
    seed: Seed,
}

/// What the options say, in the terms of all three.
#[derive(Clone, Copy, Debug)]
struct Build {
    shape: Shape,
    identity: Identity,
    bound: Option<Bound>,
    /// None if what is not healthy stays in.
    panic_threshold: Option<u32>,
}

#[derive(Clone, Copy, Debug)]
enum Shape {
    Ring {
        least: u32,
        most: u32,
        point: HashFunction,
    },
    Table {
        size: TableSize,
    },
}

/// Where a key's hash is looked up.
#[derive(Debug)]
enum Lookup {
    Ring(WideRing),
    Table(Box<[Slot]>),
}

impl Build {
    fn of_envoy(
        shape: Shape,
        by_hostname: bool,
        factor: Option<HashBalanceFactor>,
        threshold: HealthyPanicThreshold,
    ) -> Self {
        Self {
            shape,
            identity: if by_hostname {
                Identity::Hostname
            } else {
                Identity::HashKey
            },
            bound: factor.map(|factor| Bound(factor.get())),
            panic_threshold: Some(threshold.get()),
        }
    }

    fn ring(options: &Options) -> Self {
        let own = options.get(RING_SECTION);
        let shape = Shape::Ring {
            least: own.minimum_ring_size.get(),
            most: own.maximum_ring_size.get(),
            point: own.hash_function,
        };
        let (factor, threshold) = (own.hash_balance_factor, own.healthy_panic_threshold);
        Self::of_envoy(shape, own.use_hostname_for_hashing, factor, threshold)
    }

    fn maglev(options: &Options) -> Self {
        let own = options.get(MAGLEV_SECTION);
        let size = own.table_size;
        let (factor, threshold) = (own.hash_balance_factor, own.healthy_panic_threshold);
        Self::of_envoy(
            Shape::Table { size },
            own.use_hostname_for_hashing,
            factor,
            threshold,
        )
    }

    fn grpc(options: &Options) -> Self {
        let own = options.get(GRPC_SECTION);
        let cap = own.ring_size_cap.get();
        Self {
            shape: Shape::Ring {
                least: own.min_ring_size.get().min(cap),
                most: own.max_ring_size.get().min(cap),
                point: HashFunction::XxHash,
            },
            identity: Identity::Name,
            bound: None,
            panic_threshold: None,
        }
    }

    fn hosts(self, pool: &Pool) -> Hosts {
        match self.panic_threshold {
            Some(threshold) => Hosts::healthy(pool, threshold),
            None => Hosts::all(pool),
        }
    }

    fn lookup(self, hosts: &Hosts, pool: &Pool) -> Result<Lookup, BuildError> {
        let identity = |slot| self.identity.of(pool.backend(slot));
        match self.shape {
            Shape::Ring { least, most, .. } if least > most => {
                Err(BuildError::RingSizes { least, most })
            }
            Shape::Ring { least, most, point } => {
                let points = dealt(hosts.members(), least, most).into_iter();
                let hashed = points.map(|(slot, number)| {
                    let text = format!("{}_{number}", identity(slot));
                    (place(point.of(text.as_bytes())), slot)
                });
                WideRing::new(hashed.collect(), u64::BITS, Ties::First).map(Lookup::Ring)
            }
            Shape::Table { size } if size.get() > MAX_TABLE_SIZE => Err(BuildError::Unfit {
                option: "table_size",
                value: size.get().to_string(),
                expected: "a prime up to 5000011",
            }),
            Shape::Table { size } => {
                let mut hosts = hosts.members().to_vec();
                hosts.sort_by_key(|&(slot, _)| identity(slot));
                let permutation = |&(slot, _): &(Slot, f64)| {
                    let text = identity(slot).as_bytes();
                    let hashes = (xxhash64(text), xxhash_rust::xxh64::xxh64(text, 1));
                    Permutation::new(slot, hashes, size.get())
                };
                let parts: Vec<_> = hosts.iter().map(|&(_, part)| part).collect();
                let permutations = hosts.iter().map(permutation).collect();
                Ok(Lookup::Table(fill(size.get(), permutations, turns(&parts))))
            }
        }
    }
}

/// The points of each host, with their numbers: what is left over of a point goes to the next host.
fn dealt(hosts: &[(Slot, f64)], least: u32, most: u32) -> Vec<(Slot, u32)> {
    let smallest = hosts.iter().map(|&(_, part)| part).fold(1., f64::min);
    let scale = ((smallest * f64::from(least)).ceil() / smallest).min(most.into());
    let (mut dealt, mut points, mut target) = (Vec::new(), 0., 0.);
    for &(slot, part) in hosts {
        target += scale * part;
        let mut number = 0;
        while points < target {
            dealt.push((slot, number));
            number += 1;
            points += 1.;
        }
    }
    dealt
}

/// Whose turn it is to take an entry of the table, without end: in round t what has had t times its
/// part at most.
fn turns(parts: &[f64]) -> impl Iterator<Item = usize> {
    let largest = parts.iter().copied().fold(0., f64::max);
    let mut targets = vec![0.; parts.len()];
    let rounds = (1u64..).take_while(|_| !parts.is_empty());
    rounds.flat_map(move |round| {
        let due = (0..parts.len()).filter(|&host| {
            let due = round as f64 * parts[host] >= targets[host];
            if due {
                targets[host] += largest;
            }
            due
        });
        due.collect::<Vec<_>>()
    })
}

/// The place of a hash of 64 bits on the circle.
const fn place(hash: u64) -> Place {
    (hash as Place) << 64
}

impl EnvoyHash {
    fn new(
        algorithm: &'static Card,
        hashing: Hashing,
        options: &Options,
        build: fn(&Options) -> Build,
    ) -> Self {
        Self {
            settings: Settings::new(algorithm, options),
            build: build(options),
            seed: hashing.seed,
        }
    }
}

impl Algorithm for EnvoyHash {
    fn build(
        &self,
        pool: &Pool,
        before: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let hosts = self.build.hosts(pool);
        let mut identities = Fingerprint::new();
        for backend in pool.backends() {
            identities.text(self.build.identity.of(backend));
        }
        check_identities(self.settings.name(), self.build.identity, pool)?;
        let before = carried::<Built>(before).map(|before| &before.draws);
        Ok(Box::new(Built {
            settings: self.settings.clone(),
            build: self.build,
            draws: Draws::after(self.seed, before),
            lookup: self.build.lookup(&hosts, pool)?,
            identities: identities.finish(),
            hosts,
        }))
    }

    fn profile(&self) -> Profile {
        Profile {
            key: Key::Optional,
            in_flight: self.build.bound.is_some(),
            rebuilt_on_health: self.build.panic_threshold.is_some(),
            may_override_health: self
                .build
                .panic_threshold
                .is_some_and(|threshold| threshold > 0),
            ..Profile::TURNS
        }
    }
}

/// The hosts of a pool.
#[derive(Debug)]
pub struct Built {
    settings: Settings,
    build: Build,
    draws: Draws,
    hosts: Hosts,
    /// A digest of what the backends are hashed by, which their names do not tell.
    identities: u64,
    lookup: Lookup,
}

impl Built {
    /// Whether so few hosts are healthy that all of them are used.
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

    /// The host that a hash finds among those that may be picked, or the first listed of them.
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
                // The first attempt is the hash itself.
                (0..TRIES).map_while(entry).find(allows)
            }
        }
    }

    fn answer(&self, hash: u64, pick: &Pick<'_>, full: impl FnMut(Slot)) -> Option<Slot> {
        let chosen = self.chosen(hash, pick)?;
        Some(match self.build.bound {
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
                "panic: too few hosts are healthy, so that all of them are used",
            ));
        }
        if pick.key().is_none() {
            steps(Step::Fallback("a number that is drawn"));
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
            steps(Step::Fallback("the first host listed"));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Attributes, Backend, LoadBalancer, Seed};

    fn balancer(card: &Card, options: &Options, backends: Vec<Backend>) -> LoadBalancer {
        let algorithm = card.algorithm(Seed::DEFAULT, options);
        LoadBalancer::new(algorithm, Pool::new(backends).unwrap()).unwrap()
    }

    fn name(balancer: &LoadBalancer, key: &[u8]) -> String {
        balancer
            .route(Some(key))
            .unwrap()
            .backend()
            .name()
            .to_owned()
    }

    fn named(names: &[&str]) -> Vec<Backend> {
        names.iter().map(|&name| Backend::new(name)).collect()
    }

    #[test]
    fn in_a_panic_hosts_are_picked_that_are_not_healthy() {
        for card in [&RING, &MAGLEV] {
            let balancer = balancer(card, &Options::default(), named(&["a", "b", "c"]));
            let keys: Vec<_> = (0..100u8).map(|key| [key]).collect();
            let before: Vec<_> = keys.iter().map(|key| name(&balancer, key)).collect();
            balancer.set_healthy("a", false).unwrap();
            assert!(keys.iter().all(|key| name(&balancer, key) != "a"));
            balancer.set_healthy("b", false).unwrap();
            let snapshot = balancer.snapshot();
            let built = carried::<Built>(Some(snapshot.balancer()));
            assert!(built.is_some_and(Built::is_panicking));
            let panicking: Vec<_> = keys.iter().map(|key| name(&balancer, key)).collect();
            assert_eq!(panicking, before);
        }
    }

    #[test]
    fn a_host_without_a_point_is_the_last_resort() {
        let mut options = Options::default();
        options.change(RING_SECTION, |own| {
            own.minimum_ring_size = MinimumRingSize::new(1).unwrap();
            own.maximum_ring_size = MaximumRingSize::new(1).unwrap();
        });
        let balancer = balancer(&RING, &options, named(&["a", "b"]));
        assert_eq!(balancer.owners(b"k", 2).unwrap().len(), 2);
    }

    #[test]
    fn other_identities_have_another_fingerprint() {
        let keyed = |key: &str| {
            let attributes = Attributes {
                hash_key: Some(key.into()),
                ..Attributes::default()
            };
            vec![
                Backend::new("a").with_attributes(attributes),
                Backend::new("b"),
            ]
        };
        let [one, other] =
            ["k1", "k2"].map(|key| balancer(&MAGLEV, &Options::default(), keyed(key)));
        assert_ne!(one.fingerprint(), other.fingerprint());
    }

    #[test]
    fn a_minimum_above_the_maximum_is_refused() {
        let mut options = Options::default();
        options.change(RING_SECTION, |own| {
            own.maximum_ring_size = MaximumRingSize::new(1_000).unwrap();
        });
        let algorithm = RING.algorithm(Seed::DEFAULT, &options);
        let error = algorithm.build(&Pool::new(["a"]).unwrap(), None);
        assert_eq!(
            error.unwrap_err(),
            BuildError::RingSizes {
                least: 1_024,
                most: 1_000
            }
        );
    }

    /// The fractions are carried over: 3 points for weights 1, 1 under a cap of 3.
    #[test]
    fn what_is_left_of_a_point_goes_to_the_next_host() {
        let hosts = [(Slot(0), 0.5), (Slot(1), 0.5)];
        let dealt = dealt(&hosts, 3, 3);
        assert_eq!(dealt, [(Slot(0), 0), (Slot(0), 1), (Slot(1), 0)]);
    }
}
