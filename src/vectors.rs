//! Recorded answers of real programs: reads them from a folder and replays them through the ordinary loader and load
//! balancer. `tests/vectors/README.md` describes the format.

mod folder;
mod replay;
mod row;

pub use folder::Vectors;
pub use replay::Replayed;
