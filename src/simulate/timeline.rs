//! A scenario, fitted to the backends: what is done when, one step after the other.

mod fitting;
mod overlaps;
mod steps;
mod turns;
mod wishes;

pub use steps::Timeline;
pub use turns::Turn;

#[cfg(test)]
mod tests;
