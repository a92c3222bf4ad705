//! The options of the three, and where they stand.

use crate::dialect::hash::{murmur64a, xxhash64};
use crate::option::{whole_number_option, word_option};
use crate::section_key::SectionKey;
use crate::strategy::maglev::TableSize;

/// Where the options of `envoy-ring-hash` stand.
pub const RING_SECTION: SectionKey<RingHashOptions> = SectionKey::new("envoy-ring-hash");

/// Where the options of `envoy-maglev` stand.
pub const MAGLEV_SECTION: SectionKey<MaglevOptions> = SectionKey::new("envoy-maglev");

/// Where the options of `grpc-ring-hash` stand.
pub const GRPC_SECTION: SectionKey<GrpcOptions> = SectionKey::new("grpc-ring-hash");

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
    pub(super) fn of(self, text: &[u8]) -> u64 {
        match self {
            Self::XxHash => xxhash64(text),
            Self::MurmurHash2 => murmur64a(text, 0xC70F_6907),
        }
    }
}

impl HealthyPanicThreshold {
    /// However few hosts are healthy, the others get nothing.
    pub const NEVER: Self = Self(0);
}
