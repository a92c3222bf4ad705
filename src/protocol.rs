//! The protocol: one JSON object a line in, one a line out.

mod answer;
mod message;
mod message_type;
mod open;
mod parse;
mod session;
mod stdio;

pub use stdio::{Limits, serve};
