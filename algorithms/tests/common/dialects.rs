//! What the laws have to know of the dialects.

use evenkeel_algorithms::dialect::clients::CLIENTS;
use evenkeel_algorithms::dialect::envoy_hash::HealthyPanicThreshold;
use evenkeel_algorithms::dialect::{cilium_maglev, envoy_hash, katran_maglev};
use evenkeel_algorithms::{Algorithm, Options};

/// Options with small tables, and under which only the eligible are picked.
pub(super) fn lawful(own: &Options) -> Options {
    let table_size = own.maglev.table_size;
    let healthy_panic_threshold = HealthyPanicThreshold::new(0).expect("a number in the range");
    Options {
        envoy_maglev: envoy_hash::MaglevOptions {
            table_size,
            healthy_panic_threshold,
            ..Default::default()
        },
        envoy_ring_hash: envoy_hash::RingHashOptions {
            healthy_panic_threshold,
            ..Default::default()
        },
        cilium_maglev: cilium_maglev::Options {
            table_size: cilium_maglev::TableSize::new(251).expect("a size of Cilium's"),
            ..Default::default()
        },
        katran_maglev: katran_maglev::Options {
            table_size,
            ..Default::default()
        },
        ..own.clone()
    }
}

/// Whether a client's engine is that of another client that stands for both: what is around makes no
/// difference between them.
pub(super) fn is_another_row(algorithm: &Algorithm) -> bool {
    const STAND_IN: [&str; 3] = ["crc15-modulo", "go-redis-ring", "libketama"];
    CLIENTS.contains(&algorithm) && !STAND_IN.contains(&algorithm.name)
}
