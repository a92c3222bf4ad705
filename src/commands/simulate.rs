//! `simulate`: from the arguments to a simulation, and from its figures to the reports.

mod command;
mod model;
mod traffic;

#[cfg(test)]
pub(super) use command::SCENARIO;
pub(super) use command::{SimulateArgs, run};
