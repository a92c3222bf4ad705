//! The plots of each report.

pub(super) mod agreement;
pub(super) mod comparison;
mod many;
mod moves;
pub(super) mod plan;
pub(super) mod simulation;
mod strips;
