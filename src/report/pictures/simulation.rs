//! The plots of a simulation.

mod busy;
mod latency;
mod over_time;
mod plots;
mod queues;
mod runs;

pub(in crate::report) use plots::plots;
