//! `verify`: reference values are measured again, and recorded answers are replayed.

mod command;
mod measured;
mod vectors;

pub(super) use command::{VerifyArgs, run};
