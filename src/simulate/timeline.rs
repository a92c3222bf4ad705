//! A scenario fitted to the backends: the steps and their times.

mod fitting;
mod overlaps;
mod steps;
mod turns;
mod wishes;

pub use steps::Timeline;
pub use turns::Turn;

#[cfg(test)]
mod tests;
