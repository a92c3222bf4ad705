//! What there is to be seen of each report.

pub(super) mod agreement;
pub(super) mod comparison;
pub(super) mod plan;
pub(super) mod simulation;
