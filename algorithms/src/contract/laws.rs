//! The laws.

mod alike;
mod allowed_only;
mod answers;
mod conditions;
mod counts;
mod deterministic;
mod failover;
mod fingerprint;
mod key_use;
mod least_loaded;
mod loads;
mod movement;
mod order_free;
mod owners;
mod path_independent;
mod refused_update;
mod shares;
mod threads;
mod tracing;
mod turns;

use crate::contract::law::Law;

static LAWS: [Law; 23] = [
    allowed_only::ALLOWED_ONLY,
    key_use::KEY_USE,
    deterministic::DETERMINISTIC,
    order_free::ORDER_FREE,
    path_independent::PATH_INDEPENDENT,
    movement::MINIMAL_MOVEMENT,
    movement::PROPORTIONAL_MOVEMENT,
    failover::FAILOVER,
    shares::FAILOVER_SPREAD,
    owners::OWNERS,
    owners::RETRIES,
    movement::OWNER_ORDER,
    shares::WEIGHTS,
    shares::SPREAD,
    turns::EXACT_TURNS,
    least_loaded::LEAST_LOADED,
    counts::COUNTS,
    threads::CONCURRENT_CAPS,
    threads::CONCURRENT_COUNTS,
    fingerprint::FINGERPRINT,
    refused_update::REFUSED_UPDATE,
    tracing::TRACE,
    tracing::RELAYED,
];

/// Returns all laws; those about answers come first.
#[must_use]
pub const fn laws() -> &'static [Law] {
    &LAWS
}
