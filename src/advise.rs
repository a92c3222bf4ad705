//! From needs to a strategy, with the evidence, the next best, and what would change it.

use std::sync::Arc;

use anyhow::{Context, Result};
use serde::Serialize;

use crate::simulate::Traffic;

mod agreement;
mod candidates;
mod caveats;
mod decision;
mod needs;
mod trial;
mod what_if;

pub use agreement::Agreement;
pub use candidates::Excluded;
pub use decision::{Ranked, Standing};
pub use needs::{Goal, Needs};
pub use trial::Trial;

use candidates::Candidate;
use decision::Decision;
use trial::Course;

/// The part of the requests that is drawn where a need is changed.
const WHAT_IF_PART: u32 = 5;

/// The fewest requests that are drawn there.
const MIN_REQUESTS: u32 = 1_000;

/// What is recommended.
#[derive(Debug, Serialize)]
pub struct Advice {
    /// The version of this shape.
    pub schema: u32,
    /// The needs in words.
    pub needs: String,
    /// What is to be low.
    pub goal: Goal,
    /// Where the requests come from.
    pub source: String,
    /// What happens while it is measured, in YAML.
    pub scenario: String,
    /// Who it is; none if nobody is left.
    pub recommended: Option<String>,
    /// By what it was decided.
    pub decided_by: String,
    /// Who comes next.
    pub runner_up: Option<String>,
    /// The config of the recommended.
    pub config: Option<String>,
    /// What was measured, the best first.
    pub evidence: Vec<Ranked>,
    /// Who could not be.
    pub excluded: Vec<Excluded>,
    /// What is to be known before it is believed.
    pub caveats: Vec<String>,
    /// What the programs of a fleet agree on.
    pub fleet: Vec<Agreement>,
    /// What would change the answer.
    pub what_ifs: Vec<WhatIfAnswer>,
}

/// What is recommended where one need is another.
#[derive(Debug, Serialize)]
pub struct WhatIfAnswer {
    /// The need, in words.
    pub need: String,
    /// Who it would be from the start.
    pub recommended: Option<String>,
    /// By what it would be decided.
    pub decided_by: String,
    /// Whether who is recommended now is shown to be worse then, or could not be.
    pub changes: bool,
}

/// Who was weighed, and what came of it.
struct Answer {
    decision: Option<Decision>,
    excluded: Vec<Excluded>,
}

/// How far it is.
#[derive(Clone, Copy, Debug)]
pub enum Progress {
    /// So many more strategies are measured.
    Begun(usize),
    /// One of them is.
    Done,
}

/// The requests: those of the trace, or drawn ones.
fn course(trace: Option<&Arc<Traffic>>, needs: &Needs, requests: u32) -> Result<Course> {
    match trace {
        Some(trace) => Course::of(needs, Arc::clone(trace)),
        None => Course::drawn(needs, requests),
    }
}

fn answer(needs: &Needs, course: &Course, progress: &(impl Fn(Progress) + Sync)) -> Result<Answer> {
    let (candidates, mut excluded) = Candidate::of(needs)?;
    progress(Progress::Begun(candidates.len()));
    let (mut trials, out) = course.trials(needs, &candidates, || progress(Progress::Done));
    excluded.extend(out);
    excluded.extend(decision::rule_out(needs, &mut trials));
    Ok(Answer {
        decision: Decision::of(needs, trials),
        excluded,
    })
}

impl Answer {
    fn recommended(&self) -> Option<String> {
        let decision = self.decision.as_ref()?;
        Some(decision.recommended().candidate.clone())
    }

    /// Whether somebody could be, and is not shown to be worse than the lowest.
    fn does(&self, candidate: &str) -> bool {
        let ranked = self.decision.iter().flat_map(|decision| &decision.ranked);
        let mut ranked = ranked.filter(|ranked| ranked.trial.candidate == candidate);
        ranked.any(|ranked| ranked.standing != Standing::Higher)
    }

    fn decided_by(&self) -> String {
        let decision = self.decision.as_ref();
        decision.map_or_else(
            || "nobody meets these needs".to_owned(),
            |decision| decision.decided_by.clone(),
        )
    }
}

impl Advice {
    /// Measures what could meet the needs, and again with each need changed: on the requests of a trace, or on
    /// so many that are drawn. `progress` is told how far it is.
    ///
    /// # Errors
    /// If the requests do not fit the needs, or no config can be built for them.
    pub fn of(
        needs: &Needs,
        trace: Option<Traffic>,
        requests: u32,
        progress: impl Fn(Progress) + Sync,
    ) -> Result<Self> {
        let trace = trace.map(Arc::new);
        let course = course(trace.as_ref(), needs, requests)?;
        let answer = answer(needs, &course, &progress)?;
        let recommended = answer.recommended();
        let mut what_ifs = Vec::new();
        for (need, changed) in what_if::all(needs, trace.is_some()) {
            let requests = (requests / WHAT_IF_PART).max(MIN_REQUESTS);
            let course = self::course(trace.as_ref(), &changed, requests)?;
            let other = self::answer(&changed, &course, &progress)?;
            what_ifs.push(WhatIfAnswer {
                need,
                changes: !recommended.as_deref().is_some_and(|name| other.does(name)),
                recommended: other.recommended(),
                decided_by: other.decided_by(),
            });
        }
        Self::with_evidence(needs, trace.is_some(), &course, answer, what_ifs)
    }

    fn with_evidence(
        needs: &Needs,
        is_traced: bool,
        course: &Course,
        answer: Answer,
        what_ifs: Vec<WhatIfAnswer>,
    ) -> Result<Self> {
        let (candidates, _) = Candidate::of(needs)?;
        let recommended = answer.recommended();
        let chosen = candidates
            .iter()
            .find(|candidate| Some(candidate.to_string()) == recommended);
        let config = chosen.map(|candidate| candidate.config(needs).to_yaml());
        let decided_by = answer.decided_by();
        let evidence = answer
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
            excluded: answer.excluded,
            caveats: caveats::of(needs, is_traced, &evidence),
            fleet: agreement::of_fleet(needs)?,
            evidence,
            what_ifs,
        })
    }
}
