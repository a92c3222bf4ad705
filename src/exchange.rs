//! Configs of other programs: the common part of [`export`](crate::export) and [`import`](crate::import).

mod address;
mod brackets;
mod program;
mod verdict;

pub use address::{Address, Host};
pub(crate) use brackets::{in_brackets, without_brackets};
pub use program::Program;
pub(crate) use verdict::Place;
pub use verdict::{Fidelity, Inexact, Verdict, Verdicts};
