//! A backend that could not be picked, and why.

use evenkeel_algorithms::{Pool, Slot};
use serde::Serialize;

/// A backend that could not be picked.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Skipped {
    pub(super) backend: String,
    pub(super) why: Why,
}

/// Why a backend gets no requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Why {
    /// By its description.
    #[serde(rename = "down")]
    Down,
    /// By its description.
    #[serde(rename = "draining")]
    Draining,
    /// By a health check.
    #[serde(rename = "unhealthy")]
    Unhealthy,
    /// Another backend is eligible.
    #[serde(rename = "a backup, standing by")]
    Backup,
    /// It has as many requests in flight as it may have.
    #[serde(rename = "at its cap")]
    Capped,
}

impl Why {
    /// Returns why a backend that the pool does not admit gets no requests.
    pub(super) fn of(pool: &Pool, slot: Slot) -> Self {
        let backend = pool.backend(slot);
        if backend.is_down() {
            Self::Down
        } else if backend.is_draining() {
            Self::Draining
        } else if !pool.is_eligible(slot) {
            Self::Unhealthy
        } else if !pool.is_active(slot) {
            Self::Backup
        } else {
            Self::Capped
        }
    }

    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Down => "down",
            Self::Draining => "draining",
            Self::Unhealthy => "unhealthy",
            Self::Backup => "a backup, standing by",
            Self::Capped => "at its cap",
        }
    }
}

impl Skipped {
    pub(super) fn of(pool: &Pool, slot: Slot) -> Self {
        Self {
            backend: pool.backend(slot).name().to_owned(),
            why: Why::of(pool, slot),
        }
    }
}
