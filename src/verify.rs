//! Checks the strategies and the simulation against published and theoretical numbers: each reference value is measured
//! again. The statistics of reports are simulated as well. Prints nothing.

mod bounds;
mod case;
mod draws;
mod lineup;
mod measure;
mod movement;
mod reference;
mod simulation;
mod spread;
pub mod statistics;
mod subject;
mod tables;

pub use lineup::Lineup;
pub use reference::{Checked, Expected};
pub use subject::{Subject, run};
