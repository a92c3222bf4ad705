//! Reference values: known numbers.

use anyhow::{Context, Result};
use serde::Serialize;

use super::lineup::Lineup;

/// Measures a reference value.
type Measure = Box<dyn Fn(&Lineup) -> Result<f64> + Send + Sync>;

/// The expected range of a measured number.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Expected {
    /// The minimum.
    pub least: f64,
    /// The maximum.
    pub most: f64,
}

impl Expected {
    /// Returns exactly this number.
    pub(super) const fn exactly(number: f64) -> Self {
        Self::between(number, number)
    }

    /// Returns a number with an absolute tolerance.
    pub(super) fn around(number: f64, tolerance: f64) -> Self {
        Self::between(number - tolerance, number + tolerance)
    }

    /// Returns a number with a relative tolerance.
    pub(super) fn near(number: f64, part: f64) -> Self {
        Self::around(number, number * part)
    }

    pub(super) const fn between(least: f64, most: f64) -> Self {
        Self { least, most }
    }
}

/// A known number, and how it is measured here.
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

/// A reference value with its measurement.
#[derive(Clone, Debug, Serialize)]
pub struct Checked {
    /// What is measured.
    #[serde(rename = "anchor")]
    pub reference: String,
    /// The source of the expected number.
    pub source: &'static str,
    /// The expected range.
    pub expected: Expected,
    /// The measured number.
    pub measured: f64,
    /// Whether it is in the expected range.
    pub holds: bool,
}
