//! `advise`: from needs to a strategy, with the evidence, who comes next, and what would change it.

use std::io::Write;
use std::sync::Arc;

use anyhow::{Context, Result};
use indicatif::ProgressBar;
use serde::Serialize;
use thiserror::Error;

use crate::cli::AdviseArgs;
use crate::progress::Voice;
use crate::simulate::Traffic;

mod agreement;
mod candidates;
mod decision;
mod needs;
mod report;
mod trial;
mod what_if;

use agreement::Agreement;
use candidates::{Candidate, Excluded};
use decision::{Decision, Ranked, Standing};
use needs::{Goal, Needs};
use trial::Course;

/// The part of the requests that is drawn where a need is changed.
const WHAT_IF_PART: u32 = 5;

/// Nobody meets the needs.
#[derive(Debug, Error)]
#[error("no strategy meets these needs")]
pub(crate) struct Nobody;

/// What is recommended.
#[derive(Serialize)]
struct Advice {
    /// The version of this shape.
    schema: u32,
    /// The needs in words.
    needs: String,
    /// What is to be low.
    goal: Goal,
    /// Where the requests come from.
    source: String,
    /// What happens while it is measured, in YAML.
    scenario: String,
    /// Who it is; none if nobody is left.
    recommended: Option<String>,
    /// By what it was decided.
    decided_by: String,
    runner_up: Option<String>,
    /// The config of the recommended.
    config: Option<String>,
    /// What was measured, the best first.
    evidence: Vec<Ranked>,
    /// Who could not be.
    excluded: Vec<Excluded>,
    /// What is to be known before it is believed.
    caveats: Vec<String>,
    /// What the programs of a fleet agree on.
    fleet: Vec<Agreement>,
    what_ifs: Vec<WhatIfAnswer>,
}

/// What is recommended where one need is another.
#[derive(Serialize)]
struct WhatIfAnswer {
    need: String,
    /// Who it would be from the start.
    recommended: Option<String>,
    decided_by: String,
    /// Whether who is recommended now is shown to be worse then, or could not be.
    changes: bool,
}

/// Who was weighed, and what came of it.
struct Answer {
    decision: Option<Decision>,
    excluded: Vec<Excluded>,
}

/// Measures and writes the advice.
///
/// # Errors
/// If the needs, the trace or the output is at fault, or nobody meets the needs.
pub(crate) fn run(args: &AdviseArgs, voice: Voice, output: &mut impl Write) -> Result<()> {
    let needs = Needs::read(&args.needs)?;
    let reading = args.trace.as_deref().map(|path| voice.reading(path));
    let trace = args.trace.as_deref().map(Traffic::from_trace);
    let trace = trace.transpose()?.map(Arc::new);
    drop(reading);
    let bar = voice.steps("advise", 0);
    let course = course(trace.as_ref(), &needs, args.requests)?;
    let answer = answer(&needs, &course, &bar)?;
    let recommended = answer.recommended();
    let mut what_ifs = Vec::new();
    for (need, changed) in what_if::all(&needs, args.trace.is_some()) {
        let course = self::course(
            trace.as_ref(),
            &changed,
            (args.requests / WHAT_IF_PART).max(1_000),
        )?;
        let other = self::answer(&changed, &course, &bar)?;
        what_ifs.push(WhatIfAnswer {
            need,
            changes: !recommended.as_deref().is_some_and(|name| other.does(name)),
            recommended: other.recommended(),
            decided_by: other.decided_by(),
        });
    }
    bar.finish_and_clear();
    let advice = Advice::of(&needs, args.trace.is_some(), &course, answer, what_ifs)?;
    output.write_all(&report::render(&advice, args.format)?)?;
    output.flush()?;
    if advice.recommended.is_none() {
        return Err(Nobody.into());
    }
    Ok(())
}

/// The requests: those of the trace, or drawn ones.
fn course(trace: Option<&Arc<Traffic>>, needs: &Needs, requests: u32) -> Result<Course> {
    match trace {
        Some(trace) => Course::of(needs, Arc::clone(trace)),
        None => Course::drawn(needs, requests),
    }
}

fn answer(needs: &Needs, course: &Course, bar: &ProgressBar) -> Result<Answer> {
    let (candidates, mut excluded) = Candidate::of(needs)?;
    bar.inc_length(candidates.len() as u64);
    let (mut trials, out) = course.trials(needs, &candidates, || bar.inc(1));
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
    fn of(
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
            caveats: report::caveats(needs, is_traced, &evidence),
            fleet: agreement::of_fleet(needs)?,
            evidence,
            what_ifs,
        })
    }
}
