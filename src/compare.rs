//! Runs a workload through several strategies and measures each: the spread of the load, the keys that a change moves,
//! and the cost. Prints nothing.

mod agreement;
mod chance;
mod chi_square;
mod figures;
mod intervals;
mod load;
mod means;
mod paired;
mod plan;
mod replay;

pub use agreement::Agreement;
pub use chi_square::{ChiSquare, Finding};
pub use figures::{
    AlgorithmFigures, Band, Chance, Changed, Comparison, Evenness, Spreads, Summary, Tests,
};
pub use intervals::AlgorithmIntervals;
pub use load::Load;
pub use plan::Plan;

pub(crate) use chance::chance_peak;
pub(crate) use replay::{owners, replay_in_flight, spread_of, window};
