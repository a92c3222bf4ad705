//! The answer to `status`: the backends of a conversation, and what they are doing.

use evenkeel_algorithms::{Pool, Slot, Snapshot, Weight};
use serde::Serialize;

use super::name::Name;

/// The backends under one algorithm.
#[derive(Debug)]
pub(super) struct Status {
    pub(super) algorithm: &'static str,
    pub(super) fingerprint: u64,
    pub(super) backends: Vec<BackendStatus>,
}

/// One backend.
#[derive(Debug, Serialize)]
pub(super) struct BackendStatus {
    name: Name,
    weight: Weight,
    health: Health,
    /// Whether it is a backup, which waits while another backend is healthy.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    backup: bool,
    /// Requests in flight. Stays as it began where counts do not matter.
    in_flight: u64,
}

/// Whether a backend may get requests, and if not, why.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Health {
    Healthy,
    /// By a health check.
    Unhealthy,
    Draining,
    Down,
}

impl Status {
    pub(super) fn of(algorithm: &'static str, snapshot: &Snapshot) -> Self {
        let pool = snapshot.pool();
        Self {
            algorithm,
            fingerprint: snapshot.fingerprint(),
            backends: pool
                .slots()
                .map(|slot| BackendStatus::of(pool, slot))
                .collect(),
        }
    }
}

impl BackendStatus {
    fn of(pool: &Pool, slot: Slot) -> Self {
        let backend = pool.backend(slot);
        let health = if backend.is_down() {
            Health::Down
        } else if backend.is_draining() {
            Health::Draining
        } else if pool.is_eligible(slot) {
            Health::Healthy
        } else {
            Health::Unhealthy
        };
        Self {
            name: backend.into(),
            weight: pool.weight(slot),
            health,
            backup: backend.is_backup(),
            in_flight: pool.in_flight(slot),
        }
    }
}
