//! Figures of reports: the name of a number, its unit and digits, and whether less is better. The list of a type's
//! figures yields means and intervals over several runs, differences run by run, and the columns of CSV and of tables.
//!
//! To add a figure, add a field to the measured type, and a line to its `figures!`; if the field needs a mean, also its
//! name to `mean_by_field!`. The lists are beside the types: `Latency`, `simulate::Figures`,
//! `compare::AlgorithmFigures` and so on.

mod columns;
mod holm;
mod interval;
mod intervals;
mod paired;
mod repeat;
mod skipped;

// The macros refer to items of these modules.
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
