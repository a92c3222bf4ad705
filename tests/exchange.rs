//! Configs of other programs: what is exported is imported as the same, and what cannot be carried over
//! is said, with its line.

mod draws;
mod envoy;
mod fidelity;
mod haproxy;
mod nginx;
mod round_trip;
mod sections;
mod support;
mod twemproxy;
