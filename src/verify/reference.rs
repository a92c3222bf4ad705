//! Numbers that are known.

use anyhow::{Context, Result};
use serde::Serialize;

use super::lineup::Lineup;

/// What a reference value is measured by.
type Measure = Box<dyn Fn(&Lineup) -> Result<f64> + Send + Sync>;

/// What a measured number must be between.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Expected {
    /// The least that holds.
    pub least: f64,
    /// The most that holds.
    pub most: f64,
}

impl Expected {
    /// This number and no other.
    pub(super) const fn exactly(number: f64) -> Self {
        Self::between(number, number)
    }

    /// Creates a number give or take some.
    pub(super) fn around(number: f64, tolerance: f64) -> Self {
        Self::between(number - tolerance, number + tolerance)
    }

    /// Creates a number give or take a part of it.
    pub(super) fn near(number: f64, part: f64) -> Self {
        Self::around(number, number * part)
    }

    pub(super) const fn between(least: f64, most: f64) -> Self {
        Self { least, most }
    }
}

/// A number that is known, and how it is measured here.
pub(super) struct Reference {
    pub(super) name: String,
    source: &'static str,
    expected: Expected,
    measure: Measure,
}

impl Reference {
    pub(super) fn new(
        name: impl Into<String>,
        source: &'static str,
        expected: Expected,
        measure: impl Fn(&Lineup) -> Result<f64> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            source,
            expected,
            measure: Box::new(measure),
        }
    }

    pub(super) fn check(&self, lineup: &Lineup) -> Result<Checked> {
        let measured = (self.measure)(lineup).with_context(|| self.name.clone())?;
        Ok(Checked {
            reference: self.name.clone(),
            source: self.source,
            expected: self.expected,
            measured,
            holds: (self.expected.least..=self.expected.most).contains(&measured),
        })
    }
}

/// A reference value, measured.
#[derive(Clone, Debug, Serialize)]
pub struct Checked {
    /// What is measured.
    #[serde(rename = "anchor")]
    pub reference: String,
    /// Where the expected number is from.
    pub source: &'static str,
    /// What it has to be.
    pub expected: Expected,
    /// What it is.
    pub measured: f64,
    /// Whether it is what it has to be.
    pub holds: bool,
}
