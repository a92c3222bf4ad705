//! One engine that picks a backend for a request by any load-balancing strategy, and the tools that
//! tell which strategy to pick. To embed the engine alone, take [`evenkeel_algorithms`].

pub mod config;
