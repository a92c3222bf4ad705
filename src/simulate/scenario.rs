//! The events during a simulation: a YAML file of entries on a timeline.

mod document;
mod entry;
mod fields;

pub use document::Scenario;
pub(super) use entry::{Entry, What};
pub(crate) use fields::SPEEDS;

#[cfg(test)]
mod tests;
