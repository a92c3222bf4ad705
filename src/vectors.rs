//! Recorded answers of real programs: read from a folder and replayed through the ordinary loader and
//! load balancer. `tests/vectors/README.md` has the format.

mod folder;
mod replay;
mod row;

pub use folder::Vectors;
pub use replay::Replayed;
