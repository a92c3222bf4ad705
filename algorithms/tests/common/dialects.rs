//! What the laws have to know of the dialects.

use evenkeel_algorithms::dialect::clients::{CLIENTS, CRC15_MODULO, GO_REDIS_RING, LIBKETAMA};
use evenkeel_algorithms::dialect::envoy_hash::HealthyPanicThreshold;
use evenkeel_algorithms::dialect::{cilium_maglev, envoy_hash, katran_maglev};
use evenkeel_algorithms::strategy::maglev::TableSize;
use evenkeel_algorithms::{Card, Options};

/// Options with small tables, and under which only the eligible are picked.
pub(super) fn lawful(options: &mut Options, table_size: TableSize) {
    let healthy_panic_threshold = HealthyPanicThreshold::new(0).expect("a number in the range");
    options.set(
        envoy_hash::MAGLEV_SECTION,
        envoy_hash::MaglevOptions {
            table_size,
            healthy_panic_threshold,
            ..Default::default()
        },
    );
    options.set(
        envoy_hash::RING_SECTION,
        envoy_hash::RingHashOptions {
            healthy_panic_threshold,
            ..Default::default()
        },
    );
    options.set(
        cilium_maglev::SECTION,
        cilium_maglev::Options {
            table_size: cilium_maglev::TableSize::new(251).expect("a size of Cilium's"),
            ..Default::default()
        },
    );
    options.set(
        katran_maglev::SECTION,
        katran_maglev::Options {
            table_size,
            ..Default::default()
        },
    );
}

/// Whether a client's engine is that of another client that stands for both: what is around makes no
/// difference between them.
pub(super) fn is_another_row(card: &Card) -> bool {
    const STAND_IN: [&Card; 3] = [&CRC15_MODULO, &GO_REDIS_RING, &LIBKETAMA];
    CLIENTS.contains(&card) && !STAND_IN.contains(&card)
}
