//! The options of a program as a strategy.

use std::time::Duration;

use evenkeel_algorithms::{SectionKey, WholeNumber};
use serde::{Deserialize, Serialize};

use super::command::Command;

/// The section of its options.
pub const SECTION: SectionKey<Options> = SectionKey::new("external");

/// How a program is run and asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// The program and its arguments.
    pub command: Command,
    /// The number of requests that are sent ahead of the answers.
    pub window: Window,
    /// The time to wait for an answer, in seconds.
    pub deadline: Deadline,
}

/// Requests that are sent ahead.
pub type Window = WholeNumber<1, 65_536, 1_024>;

/// Seconds to wait for an answer.
pub type Deadline = WholeNumber<1, 3_600, 10>;

impl Options {
    /// Returns the options of a command, with defaults for everything else.
    #[must_use]
    pub fn of(command: Command) -> Self {
        Self {
            command,
            ..Self::default()
        }
    }

    /// Returns the time to wait for an answer.
    pub(super) fn patience(&self) -> Duration {
        Duration::from_secs(self.deadline.get())
    }
}
