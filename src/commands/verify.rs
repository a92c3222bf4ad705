//! `verify`: what is known is measured again, and what programs answered is replayed.

mod command;
mod measured;
mod vectors;

pub(super) use command::{VerifyArgs, run};
