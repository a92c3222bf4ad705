//! Advice in fixed phrases.

use super::evidence::distance;
use crate::advise::Recommendation;
use crate::text::percent;

/// What is recommended, and why.
pub(super) fn answer(advice: &Recommendation) -> String {
    let why = &advice.decided_by;
    match &advice.recommended {
        Some(strategy) => format!("Use {strategy}: {why}."),
        None => "No strategy meets these needs.".to_owned(),
    }
}

/// The next best, and what the programs of a fleet agree on.
pub(super) fn conclusions(advice: &Recommendation) -> Vec<String> {
    let second = advice.evidence.get(1).map(|second| {
        let (goal, strategy) = (advice.goal, &second.trial.candidate);
        format!("Runner-up: {strategy}; {goal} {}.", distance(second))
    });
    let fleet = advice.fleet.iter().map(|agreement| {
        let [one, other] = &agreement.programs;
        let [way, other_way] = agreement.algorithms;
        let verdict = match agreement.share == 1. {
            true => "they can share clients",
            false => "let one of them pick for all, or clients reach several backends",
        };
        format!(
            "Fleet: {one} ({way}) and {other} ({other_way}) agree on {} of keys; {verdict}.",
            percent(agreement.share)
        )
    });
    second.into_iter().chain(fleet).collect()
}

/// What is needed, and what it was measured on.
pub(super) fn setting(advice: &Recommendation) -> String {
    let Recommendation {
        needs,
        goal,
        source,
        ..
    } = advice;
    format!("Needs: {needs}. Goal: low {goal}. Traffic: ten runs of {source}.")
}
