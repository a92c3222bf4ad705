//! `simulate`: from the arguments to a simulation, and from its figures to the reports.

mod command;
mod model;
mod traffic;

pub(super) use command::{SimulateArgs, run};
