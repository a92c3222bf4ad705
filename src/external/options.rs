//! The options of a program that is a strategy.

use std::time::Duration;

use evenkeel_algorithms::{SectionKey, WholeNumber};
use serde::{Deserialize, Serialize};

use super::command::Command;

/// Where they stand.
pub const SECTION: SectionKey<Options> = SectionKey::new("external");

/// How a program is run and asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// The program and its arguments.
    pub command: Command,
    /// How many requests it is asked ahead of its answers.
    pub window: Window,
    /// Within how many seconds it has to answer.
    pub deadline: Deadline,
}

/// Requests that are asked ahead.
pub type Window = WholeNumber<1, 65_536, 1_024>;

/// Seconds until an answer must come.
pub type Deadline = WholeNumber<1, 3_600, 10>;

impl Options {
    /// Returns the options of a command, with the default of everything else.
    #[must_use]
    pub fn of(command: Command) -> Self {
        Self {
            command,
            ..Self::default()
        }
    }

    /// Within which time an answer must come.
    pub(super) fn patience(&self) -> Duration {
        Duration::from_secs(self.deadline.get())
    }
}
