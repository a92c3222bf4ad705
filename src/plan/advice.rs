//! What would move less, measured.

use serde::Serialize;

use super::figures::Figures;
use super::measure::Measured;
use super::state::Road;

/// What to do, and what it was measured to move.
#[derive(Debug, Serialize)]
pub(crate) struct Advice {
    pub(crate) what: String,
    /// The share of the keys; none where nothing is to be measured.
    pub(crate) remap_ratio: Option<f64>,
}

pub(super) fn advice(_: &Road, _: &Measured, _: &Figures) -> Vec<Advice> {
    Vec::new()
}
