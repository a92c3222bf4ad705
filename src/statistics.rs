//! What several runs tell: their seeds, means with intervals, and differences run by run. Shared by
//! whatever is measured more than once.

mod interval;
mod paired;
mod repeat;

pub use interval::Interval;
pub(crate) use interval::{mean, settled};
pub(crate) use paired::{Pair, Series, against_the_lowest, lowest};
pub use repeat::{Repeat, seeds};
