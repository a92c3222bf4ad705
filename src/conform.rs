//! Which laws a strategy keeps, promised or not.

use evenkeel_algorithms::contract::{Broken, Law, Subject, Verdict};
use serde::Serialize;

/// The results of checking a strategy against laws.
#[derive(Debug, Serialize)]
pub struct Conformance {
    /// The strategy.
    pub algorithm: String,
    /// The results, one per law.
    pub laws: Vec<Line>,
}

/// The result for one law.
#[derive(Debug, Serialize)]
pub struct Line {
    /// Its name.
    pub law: &'static str,
    /// Its statement.
    pub sentence: &'static str,
    /// Whether the strategy promises it.
    pub promised: bool,
    /// Whether it was requested by name.
    pub asked: bool,
    /// The result.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// The result of checking a law.
#[derive(Debug, Serialize)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum Outcome {
    /// The law holds in all cases that were tried.
    Kept,
    /// The law does not hold.
    Broken {
        /// The initial backends and the events, one line each.
        steps: Vec<String>,
        /// The contradiction to the law after these steps.
        found: String,
    },
    /// The law does not apply to this strategy.
    NotApplicable {
        /// The reason.
        reason: &'static str,
    },
}

impl Conformance {
    /// Checks laws. Laws that the strategy does not promise are also checked if they make sense for it.
    #[must_use]
    pub fn of(subject: &Subject, laws: &[&Law], asked: bool) -> Self {
        let line = |law: &&Law| {
            let promise = law.check(subject);
            let promised = !matches!(promise, Verdict::NotApplicable(_));
            let verdict = if promised { promise } else { law.ask(subject) };
            Line {
                law: law.name,
                sentence: law.sentence,
                promised,
                asked,
                outcome: verdict.into(),
            }
        };
        Self {
            algorithm: subject.card().name.to_owned(),
            laws: laws.iter().map(line).collect(),
        }
    }

    /// Returns the broken laws that the strategy promises or that were requested by name.
    pub fn faults(&self) -> impl Iterator<Item = &Line> {
        self.laws.iter().filter(|line| line.is_fault())
    }
}

impl Line {
    /// Returns whether the law is broken and was promised or requested by name.
    #[must_use]
    pub const fn is_fault(&self) -> bool {
        matches!(self.outcome, Outcome::Broken { .. }) && (self.promised || self.asked)
    }
}

impl From<Verdict> for Outcome {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Kept => Self::Kept,
            Verdict::Broken(broken) => {
                let Broken { steps, found, .. } = *broken;
                Self::Broken { steps, found }
            }
            Verdict::NotApplicable(reason) => Self::NotApplicable { reason },
        }
    }
}
