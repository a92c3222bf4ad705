//! Figures of reports: what a number is called, in which unit, with how many digits, and whether less of it is
//! better. From the list of a type's figures follow means and intervals over several runs, differences run by
//! run, and the columns of CSV and of tables.
//!
//! A new figure is a field of what is measured, and a line in the `figures!` of its type; where the field has to
//! have a mean, its name in the `mean_by_field!` as well. The lists stand beside the types: `Latency`,
//! `simulate::Figures`, `compare::AlgorithmFigures` and so on.

mod columns;
mod interval;
mod intervals;
mod paired;
mod repeat;
mod skipped;

// The macros name what is in these.
pub(crate) mod figure;
pub(crate) mod mean;
pub(crate) mod number;
pub(crate) mod unit;

pub use columns::Columns;
pub use figure::{Better, Figure, Measured};
pub use interval::Interval;
pub use intervals::Intervals;
pub use number::Number;
pub use paired::Difference;
pub use repeat::{Repeat, seeds};
pub use skipped::Skipped;
pub use unit::Unit;

pub(crate) use figure::figures;
pub(crate) use interval::{mean, settled};
pub(crate) use mean::{Mean, mean_by_field, mean_of};
pub(crate) use paired::{Series, against_the_best, best};
