//! The tests of the engine's public interface, one module per subject. They are one binary, so that they are linked
//! once and run side by side: `cargo test --package evenkeel-algorithms --test all laws::` runs those of `laws`. The
//! models of threads in `loom.rs` are a separate binary, because they need another build of the engine.
#![cfg(not(loom))]

mod common;

#[cfg(feature = "dialects")]
mod dialects;
mod hashing;
#[cfg(feature = "contract")]
mod kit;
#[cfg(feature = "contract")]
mod laws;
#[cfg(all(feature = "contract", feature = "dialects"))]
mod panic;
mod reference_values;
#[cfg(feature = "contract")]
mod registry;
mod shares;
#[cfg(feature = "contract")]
mod tickets;
#[cfg(feature = "tower")]
mod tower;
#[cfg(feature = "contract")]
mod turns;
