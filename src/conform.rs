//! Which laws a strategy keeps, promised or not.

use evenkeel_algorithms::contract::{Broken, Law, Subject, Verdict};
use serde::Serialize;

/// What came of the laws that a strategy was checked against.
#[derive(Debug, Serialize)]
pub struct Conformance {
    /// The strategy.
    pub algorithm: String,
    /// A line a law.
    pub laws: Vec<Line>,
}

/// What came of one law.
#[derive(Debug, Serialize)]
pub struct Line {
    /// Its name.
    pub law: &'static str,
    /// What it says.
    pub sentence: &'static str,
    /// Whether the strategy promises it.
    pub promised: bool,
    /// Whether it was named.
    pub asked: bool,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What came of checking a law.
#[derive(Debug, Serialize)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum Outcome {
    /// It holds in all cases that were tried.
    Kept,
    /// It does not hold.
    Broken {
        /// The backends to start with and what happens to them, a line each.
        steps: Vec<String>,
        /// What contradicts the law then.
        found: String,
    },
    /// It says nothing of this strategy.
    NotApplicable {
        /// Why not.
        reason: &'static str,
    },
}

impl Conformance {
    /// Checks laws. Those that the strategy does not promise are checked all the same if they have a meaning for it.
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

    /// Returns the laws that are broken though the strategy promises them, or that were named and are broken.
    pub fn faults(&self) -> impl Iterator<Item = &Line> {
        self.laws.iter().filter(|line| line.is_fault())
    }
}

impl Line {
    /// Returns whether the law is broken and was promised or named.
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
