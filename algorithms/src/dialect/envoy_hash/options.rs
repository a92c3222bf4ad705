//! The options of the three algorithms, and their sections.

use crate::dialect::hash::{murmur64a, xxhash64};
use crate::option::{whole_number_option, word_option};
use crate::section_key::SectionKey;
use crate::strategy::maglev::TableSize;

/// The section of the options of `envoy-ring-hash`.
pub const RING_SECTION: SectionKey<RingHashOptions> = SectionKey::new("envoy-ring-hash");

/// The section of the options of `envoy-maglev`.
pub const MAGLEV_SECTION: SectionKey<MaglevOptions> = SectionKey::new("envoy-maglev");

/// The section of the options of `grpc-ring-hash`.
pub const GRPC_SECTION: SectionKey<GrpcOptions> = SectionKey::new("grpc-ring-hash");

/// The options of Envoy's ring hash, as in its configuration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct RingHashOptions {
    /// The minimum number of points.
    pub minimum_ring_size: MinimumRingSize,
    /// The maximum number of points.
    pub maximum_ring_size: MaximumRingSize,
    /// The hash of points.
    pub hash_function: HashFunction,
    /// The bound on each host's load.
    pub hash_balance_factor: Option<HashBalanceFactor>,
    /// Whether hosts are hashed by their hostnames; a host without one is hashed by the empty text.
    pub use_hostname_for_hashing: bool,
    /// The percentage of healthy hosts below which all hosts are used.
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
    /// Whether hosts are hashed by their hostnames; a host without one is hashed by the empty text.
    pub use_hostname_for_hashing: bool,
    /// The percentage of healthy hosts below which all hosts are used.
    pub healthy_panic_threshold: HealthyPanicThreshold,
}

/// The options of gRPC's ring hash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct GrpcOptions {
    /// The minimum number of points.
    pub min_ring_size: MinRingSize,
    /// The maximum number of points.
    pub max_ring_size: MaxRingSize,
    /// The cap on both sizes: the channel's argument `grpc.lb.ring_hash.ring_size_cap`.
    pub ring_size_cap: RingSizeCap,
}

whole_number_option!(
    /// The minimum number of points.
    MinimumRingSize, "minimum_ring_size": 1 to 8_388_608,
    /// Envoy's default, 1,024.
    default 1_024
);
whole_number_option!(
    /// The maximum number of points.
    MaximumRingSize, "maximum_ring_size": 1 to 8_388_608,
    /// Envoy's default, 8,388,608.
    default 8_388_608
);
whole_number_option!(
    /// The minimum number of points.
    MinRingSize, "min_ring_size": 1 to 8_388_608,
    /// gRPC's default, 1,024.
    default 1_024
);
whole_number_option!(
    /// The maximum number of points.
    MaxRingSize, "max_ring_size": 1 to 8_388_608,
    /// gRPC's default, 4,096.
    default 4_096
);
whole_number_option!(
    /// The cap on both sizes.
    RingSizeCap, "ring_size_cap": 1 to 8_388_608,
    /// gRPC's default, 4,096.
    default 4_096
);
whole_number_option!(
    /// The maximum load of a host in percent of its share.
    HashBalanceFactor, "hash_balance_factor": 100 to 1_000_000
);
whole_number_option!(
    /// The percentage of healthy hosts below which all hosts are used; 0 means never.
    HealthyPanicThreshold, "healthy_panic_threshold": 0 to 100,
    /// Envoy's default, 50.
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
    /// Unhealthy hosts get no requests, however few hosts are healthy.
    pub const NEVER: Self = Self(0);
}
