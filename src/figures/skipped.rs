//! Algorithms that could not be measured.

use anyhow::Result;
use evenkeel_algorithms::Card;
use serde::Serialize;

/// An algorithm that could not be measured.
#[derive(Clone, Debug, Serialize)]
pub struct Skipped {
    /// The canonical name.
    pub algorithm: &'static str,
    /// The reason.
    pub reason: String,
}

impl Skipped {
    /// Returns the note of a report.
    pub(crate) fn note(&self) -> String {
        format!("{} was skipped: {}", self.algorithm, self.reason)
    }

    /// Separates the results from the algorithms that could not be measured.
    ///
    /// # Errors
    /// The first error, if no algorithm could be measured; `measured` is the participle for the message.
    pub(crate) fn apart<T>(
        all: Vec<(&'static Card, Result<T>)>,
        measured: &str,
    ) -> Result<(Vec<T>, Vec<Self>)> {
        let (mut done, mut failed) = (Vec::new(), Vec::new());
        for (algorithm, result) in all {
            match result {
                Ok(result) => done.push(result),
                Err(error) => failed.push((algorithm, error)),
            }
        }
        if done.is_empty() && !failed.is_empty() {
            let (algorithm, error) = failed.swap_remove(0);
            return Err(error.context(format!("no strategy can be {measured}; {algorithm}")));
        }
        let skipped = failed.into_iter().map(|(algorithm, error)| Self {
            algorithm: algorithm.name,
            reason: format!("{error:#}"),
        });
        Ok((done, skipped.collect()))
    }
}
