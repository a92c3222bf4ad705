//! The recommendation, with its evidence.

use std::sync::Arc;

use anyhow::{Context, Result};
use evenkeel_algorithms::Card;
use serde::Serialize;

use super::agreement::{self, ProgramAgreement};
use super::candidates::{Candidate, Excluded};
use super::decision::Ranked;
use super::needs::{Goal, Needs};
use super::selection::{Progress, Selection};
use super::trial::Course;
use super::{caveats, what_if};
use crate::simulate::Traffic;

/// The divisor of the number of requests for a changed need.
const WHAT_IF_PART: u32 = 5;

/// The minimum number of requests for a changed need.
const MIN_REQUESTS: u32 = 1_000;

/// A recommendation.
#[derive(Debug, Serialize)]
pub struct Recommendation {
    /// The schema version.
    pub schema: u32,
    /// The needs as text.
    pub needs: String,
    /// The figure to minimise.
    pub goal: Goal,
    /// Where the requests come from.
    pub source: String,
    /// The events during the measurement, in YAML.
    pub scenario: String,
    /// The recommended strategy; `None` if no strategy is left.
    pub recommended: Option<String>,
    /// Why it is recommended.
    pub decided_by: String,
    /// The runner-up.
    pub runner_up: Option<String>,
    /// The config with the recommended strategy.
    pub config: Option<String>,
    /// The measurements, the best first.
    pub evidence: Vec<Ranked>,
    /// The strategies that were excluded.
    pub excluded: Vec<Excluded>,
    /// What to know before it is used.
    pub caveats: Vec<String>,
    /// The agreement between the programs of a fleet.
    pub fleet: Vec<ProgramAgreement>,
    /// The changed needs and their recommendations.
    pub what_ifs: Vec<WhatIf>,
}

/// The recommendation for a changed need.
#[derive(Debug, Serialize)]
pub struct WhatIf {
    /// The changed need as text.
    pub need: String,
    /// The recommended strategy for it.
    pub recommended: Option<String>,
    /// The reason for that decision.
    pub decided_by: String,
    /// Whether the current recommendation is then excluded or significantly worse.
    pub changes: bool,
}

/// Returns the requests: those of the trace, or generated ones.
fn course(trace: Option<&Arc<Traffic>>, needs: &Needs, requests: u32) -> Result<Course> {
    match trace {
        Some(trace) => Course::of(needs, Arc::clone(trace)),
        None => Course::drawn(needs, requests),
    }
}

impl Recommendation {
    /// Measures what could meet the needs, built-in and other strategies, and again with each need changed:
    /// on the requests of a trace, or on this many generated ones. Calls `progress` for each step.
    ///
    /// # Errors
    /// If the requests do not fit the needs, or no config can be built for them.
    pub fn of(
        needs: &Needs,
        others: &[&'static Card],
        trace: Option<Traffic>,
        requests: u32,
        progress: impl Fn(Progress) + Sync,
    ) -> Result<Self> {
        let trace = trace.map(Arc::new);
        let course = course(trace.as_ref(), needs, requests)?;
        let selection = Selection::of(needs, others, &course, &progress)?;
        let recommended = selection.recommended();
        let mut what_ifs = Vec::new();
        for (need, changed) in what_if::all(needs, trace.is_some()) {
            let requests = (requests / WHAT_IF_PART).max(MIN_REQUESTS);
            let course = self::course(trace.as_ref(), &changed, requests)?;
            let other = Selection::of(&changed, others, &course, &progress)?;
            what_ifs.push(WhatIf {
                need,
                changes: !recommended.as_deref().is_some_and(|name| other.does(name)),
                recommended: other.recommended(),
                decided_by: other.decided_by(),
            });
        }
        Self::with_evidence(needs, others, trace.is_some(), &course, selection, what_ifs)
    }

    fn with_evidence(
        needs: &Needs,
        others: &[&'static Card],
        is_traced: bool,
        course: &Course,
        selection: Selection,
        what_ifs: Vec<WhatIf>,
    ) -> Result<Self> {
        let (candidates, _) = Candidate::of(needs, others)?;
        let recommended = selection.recommended();
        let chosen = candidates
            .iter()
            .find(|candidate| Some(candidate.to_string()) == recommended);
        let config = chosen.map(|candidate| candidate.config(needs).to_yaml());
        let decided_by = selection.decided_by();
        let evidence = selection
            .decision
            .map_or_else(Vec::new, |decision| decision.ranked);
        Ok(Self {
            schema: 1,
            needs: needs.in_words(is_traced),
            goal: needs.goal,
            source: course.source(),
            scenario: course.scenario.clone(),
            recommended,
            decided_by,
            runner_up: evidence.get(1).map(|ranked| ranked.trial.candidate.clone()),
            config: config.transpose().context("cannot write the config")?,
            excluded: selection.excluded,
            caveats: caveats::of(needs, is_traced, &evidence),
            fleet: agreement::of_fleet(needs)?,
            evidence,
            what_ifs,
        })
    }
}
