//! A scenario as a file.

use std::path::Path;

use evenkeel_config::{self as config, ConfigError, Fault};
use serde::Deserialize;

use super::entry::Entry;

/// The maximum number of entries of a scenario.
const MAX_EVENTS: usize = 10_000;

/// Entries in the order of the file.
#[derive(Clone, Debug, Default)]
pub struct Scenario {
    entries: Vec<Entry>,
    /// The file's text, for finding the location of an entry.
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a scenario: a map with `events`")]
struct Document {
    events: Vec<Entry>,
}

impl Scenario {
    /// Reads and checks a file, without checking that it fits the backends.
    ///
    /// # Errors
    /// [`ConfigError`], which has the location, the problem and what was expected.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = config::read(path)?;
        Self::parse(&text).map_err(|fault| fault.of_text(path, &text))
    }

    /// Checks the text of a scenario.
    ///
    /// # Errors
    /// The [`Fault`], with its location in the text.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let Document { events } = config::from_yaml(text)?;
        let what = match events.len() {
            0 => "no events; expected at least one".to_owned(),
            count if count > MAX_EVENTS => {
                format!("{count} events; expected at most {MAX_EVENTS}")
            }
            _ => {
                return Ok(Self {
                    entries: events,
                    text: text.to_owned(),
                });
            }
        };
        let place = config::place_of(text, &["events"]);
        Err(Fault { place, what })
    }

    pub(in crate::simulate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Returns a fault of an entry, with its location.
    pub(in crate::simulate) fn fault(&self, entry: usize, what: String) -> Fault {
        let place = config::place_of(&self.text, &["events", &entry.to_string()]);
        Fault { place, what }
    }
}
