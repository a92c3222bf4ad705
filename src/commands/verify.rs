//! `verify`: reference values are measured again, and recorded answers are replayed.

mod command;
mod measured;
mod statistics;
mod vectors;

pub(super) use command::{VerifyArgs, run};
