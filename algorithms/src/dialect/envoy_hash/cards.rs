//! The cards of the three algorithms.

use crate::card::{
    Card, Cost, Family, Feedback, OptionHelp, Order, Origin, Program, ShareVariance, Sizes, sized,
};
use crate::dialect::envoy_hash::algorithm::EnvoyHash;
use crate::dialect::envoy_hash::options::{
    GRPC_SECTION, HashBalanceFactor, HealthyPanicThreshold, MAGLEV_SECTION, MinimumRingSize,
    RING_SECTION,
};
use crate::dialect::envoy_hash::rule::Rule;
use crate::section_type::SectionType;
use crate::strategy::maglev::TableSize;

/// The card of Envoy's ring hash.
pub static RING: Card = Card {
    summary: "Envoy's `ring_hash`: a ring with points in fractional proportion, rebuilt from the healthy backends",
    section: SectionType::of(RING_SECTION),
    options: &[
        OptionHelp {
            name: "minimum_ring_size",
            help: "the minimum number of points, 1 to 8388608",
            value: |options| options.get(RING_SECTION).minimum_ring_size.to_string(),
        },
        OptionHelp {
            name: "maximum_ring_size",
            help: "the maximum number of points, 1 to 8388608",
            value: |options| options.get(RING_SECTION).maximum_ring_size.to_string(),
        },
        OptionHelp {
            name: "hash_function",
            help: "the hash of points, `XX_HASH` or `MURMUR_HASH_2`; keys use the first",
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
    size: sized!(RING_SECTION: minimum_ring_size: MinimumRingSize, Sizes::up_to(MinimumRingSize::MAX)),
    origin: Origin::Program(Program::Envoy),
    feedback: Feedback::None,
    shares: ShareVariance::AsArcs,
    build: Cost::of("P log P").with(" for P points"),
    pick: Cost::CONSTANT.or(Order::Linear, "with a bound"),
    memory: "32 bytes per point",
    weights: "points in proportion",
    disruption: "near minimal",
    lawful: |options| {
        options.change(RING_SECTION, |own| {
            own.healthy_panic_threshold = HealthyPanicThreshold::NEVER;
        });
    },
    source: "Envoy 1.40",
    ..Card::new(
        RING_SECTION.algorithm(),
        Family::Ring,
        &|hashing, options| Box::new(EnvoyHash::new(&RING, hashing, options, Rule::ring)),
    )
};

/// The card of Envoy's Maglev.
pub static MAGLEV: Card = Card {
    name: MAGLEV_SECTION.algorithm(),
    summary: "Envoy's `maglev`: a table filled by fractions of weights, rebuilt from the healthy backends",
    section: SectionType::of(MAGLEV_SECTION),
    size: sized!(MAGLEV_SECTION: table_size: TableSize, Sizes::TABLES),
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
    memory: "4 bytes per entry",
    weights: "entries in proportion",
    lawful: |options| {
        options.change(MAGLEV_SECTION, |own| {
            own.table_size = TableSize::SMALL;
            own.healthy_panic_threshold = HealthyPanicThreshold::NEVER;
        });
    },
    make: &|hashing, options| Box::new(EnvoyHash::new(&MAGLEV, hashing, options, Rule::maglev)),
    ..RING
};

/// The card of gRPC's ring hash.
pub static GRPC: Card = Card {
    name: GRPC_SECTION.algorithm(),
    summary: "gRPC's `ring_hash`: Envoy's ring, capped, in which a backend that is down keeps its points",
    section: SectionType::of(GRPC_SECTION),
    options: &[
        OptionHelp {
            name: "min_ring_size",
            help: "the minimum number of points, 1 to 8388608",
            value: |options| options.get(GRPC_SECTION).min_ring_size.to_string(),
        },
        OptionHelp {
            name: "max_ring_size",
            help: "the maximum number of points, 1 to 8388608",
            value: |options| options.get(GRPC_SECTION).max_ring_size.to_string(),
        },
        OptionHelp {
            name: "ring_size_cap",
            help: "the cap on both sizes, applied silently, 1 to 8388608",
            value: |options| options.get(GRPC_SECTION).ring_size_cap.to_string(),
        },
    ],
    size: None,
    origin: Origin::Program(Program::Grpc),
    pick: Cost::CONSTANT,
    source: "gRPC C-core 1.85",
    lawful: |_| (),
    make: &|hashing, options| Box::new(EnvoyHash::new(&GRPC, hashing, options, Rule::grpc)),
    ..RING
};

const BALANCE_HELP: &str = "maximum load of a host in percent of its share, 100 or more";
const HOSTNAME_HELP: &str = "whether hosts are hashed by `attributes.hostname`";
const PANIC_HELP: &str = "percent of healthy hosts below which all hosts are used, 0 to 100";

fn shown(factor: Option<HashBalanceFactor>) -> String {
    factor.map_or_else(|| "none".to_owned(), |factor| factor.to_string())
}
