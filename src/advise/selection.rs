//! The measured candidates for some needs, and the decision.

use anyhow::Result;
use evenkeel_algorithms::Card;

use super::candidates::{Candidate, Excluded};
use super::decision::{self, Decision, Standing};
use super::needs::Needs;
use super::trial::Course;

/// Progress of the measurement.
#[derive(Clone, Copy, Debug)]
pub enum Progress {
    /// This many more strategies will be measured.
    Begun(usize),
    /// One of them has been measured.
    Done,
}

/// The decision among the candidates, and the excluded strategies.
pub(super) struct Selection {
    pub(super) decision: Option<Decision>,
    pub(super) excluded: Vec<Excluded>,
}

impl Selection {
    /// Measures the candidates that fit the needs, and decides. Calls `progress` for each step.
    pub(super) fn of(
        needs: &Needs,
        others: &[&'static Card],
        course: &Course,
        progress: &(impl Fn(Progress) + Sync),
    ) -> Result<Self> {
        let (candidates, mut excluded) = Candidate::of(needs, others)?;
        progress(Progress::Begun(candidates.len()));
        let (mut trials, out) = course.trials(needs, &candidates, || progress(Progress::Done));
        excluded.extend(out);
        excluded.extend(decision::rule_out(needs, &mut trials));
        Ok(Self {
            decision: Decision::of(needs, trials),
            excluded,
        })
    }

    pub(super) fn recommended(&self) -> Option<String> {
        let decision = self.decision.as_ref()?;
        Some(decision.recommended().candidate.clone())
    }

    /// Returns whether a candidate is not excluded and not significantly worse than the lowest.
    pub(super) fn does(&self, candidate: &str) -> bool {
        let ranked = self.decision.iter().flat_map(|decision| &decision.ranked);
        let mut ranked = ranked.filter(|ranked| ranked.trial.candidate == candidate);
        ranked.any(|ranked| ranked.standing != Standing::Higher)
    }

    pub(super) fn decided_by(&self) -> String {
        let decision = self.decision.as_ref();
        decision.map_or_else(
            || "no strategy meets these needs".to_owned(),
            |decision| decision.decided_by.clone(),
        )
    }
}
