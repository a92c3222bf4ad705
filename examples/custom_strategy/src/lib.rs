//! Two custom strategies: one in turns with an option and a state, and one by key with an option and a table.
//! How to write them is described in docs/your-own-strategy.md of Evenkeel's source.

pub mod bursts;
pub mod slot_table;

use evenkeel_algorithms::{Registry, UnfitCard};

/// Returns the built-in algorithms and both custom ones.
///
/// # Errors
/// [`UnfitCard`] if a card cannot be used.
pub fn registry() -> Result<Registry, UnfitCard> {
    Registry::default()
        .with(&bursts::CARD)?
        .with(&slot_table::CARD)
}
