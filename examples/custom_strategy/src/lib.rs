//! Two strategies of one's own: one in turns with an option and a state, and one by key with an option and a table.
//! What it takes to write them is in docs/your-own-strategy.md of Evenkeel's source.

pub mod bursts;
pub mod slot_table;

use evenkeel_algorithms::{Registry, UnfitCard};

/// The algorithms that are built in, and both.
///
/// # Errors
/// [`UnfitCard`], if a card could not be used.
pub fn registry() -> Result<Registry, UnfitCard> {
    Registry::default()
        .with(&bursts::CARD)?
        .with(&slot_table::CARD)
}
