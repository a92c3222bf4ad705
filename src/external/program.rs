//! A program as a strategy: its name, and how it is run and asked.

use std::fmt;

use super::options::Options;

/// A program as a strategy.
#[derive(Clone, Debug)]
pub(super) struct Program {
    /// The name of the strategy.
    pub(super) name: &'static str,
    pub(super) options: Options,
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` ({})", self.name, self.options.command)
    }
}
