//! One engine that picks a backend for a request with any load-balancing strategy, and tools to choose the strategy. To
//! embed only the engine, use [`evenkeel_algorithms`].

#![warn(clippy::unwrap_used)]

pub mod advise;
pub mod agreement;
pub mod change;
mod commands;
pub mod compare;
pub mod conform;
pub mod exchange;
pub mod explain;
pub mod export;
pub mod external;
pub mod figures;
pub mod import;
pub mod input;
pub mod layout;
pub mod lint;
mod outputs;
pub mod plan;
mod plot;
mod progress;
pub mod protocol;
pub mod report;
mod sheet;
pub mod simulate;
mod text;
pub mod tune;
pub mod vectors;
pub mod verify;
pub mod workload;

pub use commands::{run, run_with};
/// Configs: the crate `evenkeel-config`.
pub use evenkeel_config as config;

/// The README, so that its Rust is compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;

/// The page of the book about the library, likewise.
#[cfg(doctest)]
#[doc = include_str!("../docs/library.md")]
pub struct Library;
