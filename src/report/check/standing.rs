//! What each backend of a config gets.

use evenkeel_algorithms::analysis::Shares;
use evenkeel_algorithms::strategy::subset;
use evenkeel_algorithms::{Backend, Snapshot, carried};

/// What a backend gets of the requests.
#[derive(Clone, Copy)]
pub(super) enum Standing {
    /// A share of them.
    Share(f64),
    /// Nothing: this process does not use it.
    NotInTheSubset,
    /// Nothing: it does not answer.
    Down,
    /// Nothing new.
    Draining,
    /// Nothing while another backend is available.
    Standby,
}

impl Standing {
    pub(super) const fn share(self) -> Option<f64> {
        match self {
            Self::Share(share) => Some(share),
            _ => None,
        }
    }

    pub(super) const fn state(self) -> &'static str {
        match self {
            Self::Share(_) => "active",
            Self::NotInTheSubset => "not in the subset",
            Self::Down => "down",
            Self::Draining => "draining",
            Self::Standby => "standby",
        }
    }
}

/// Returns the backends in the order of the config, and what each gets.
pub(super) fn standings(snapshot: &Snapshot) -> Vec<(&Backend, Standing)> {
    let pool = snapshot.pool();
    let subset = carried::<subset::Built>(Some(snapshot.balancer()));
    let used = |slot| subset.is_none_or(|subset| subset.contains(slot));
    let shares = Shares::of(snapshot);
    let active = pool
        .slots()
        .filter(|&slot| pool.is_active(slot) && used(slot));
    let active: u64 = active.map(|slot| u64::from(shares.weight(slot))).sum();
    let standings = pool.slots().map(|slot| {
        let backend = pool.backend(slot);
        let standing = if !used(slot) {
            Standing::NotInTheSubset
        } else if pool.is_active(slot) {
            Standing::Share(f64::from(shares.weight(slot)) / active as f64)
        } else if backend.is_down() {
            Standing::Down
        } else if backend.is_draining() {
            Standing::Draining
        } else {
            Standing::Standby
        };
        (backend, standing)
    });
    standings.collect()
}
