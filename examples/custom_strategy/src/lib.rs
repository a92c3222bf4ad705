//! Two strategies of one's own: one by key with an option, and one in turns with an option and a state. What it
//! takes to write them is in docs/your-own-strategy.md of Evenkeel's source.

pub mod bursts;
pub mod idlest_owner;

use evenkeel_algorithms::Registry;

/// The algorithms that are built in, and both.
///
/// # Panics
/// Never: the names are free.
#[must_use]
pub fn registry() -> Registry {
    let registry = Registry::default().with(&idlest_owner::CARD);
    let registry = registry.and_then(|registry| registry.with(&bursts::CARD));
    registry.expect("both names are free")
}
