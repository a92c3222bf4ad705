//! What is chance and what is not, in sentences.

use super::statistics::{finding, p_value};
use crate::compare::{AlgorithmFigures, Comparison, Evenness, Finding};
use crate::figures::{Difference, Repeat};
use crate::text::list;

/// What the figures are means of, and what is drawn again for each run.
pub(super) fn runs(repeat: &Repeat, redrawn: &str) -> String {
    let redrawn = match repeat.redrawn {
        true => format!(" and {redrawn}"),
        false => String::new(),
    };
    format!(
        "Means of {} runs, each with a seed{redrawn} of its own, and their 95 % confidence intervals (Student's t)",
        repeat.seeds.len()
    )
}

/// What the intervals do not tell where all runs have the same requests.
pub(super) fn unmoved(repeat: &Repeat) -> Option<String> {
    let said = "the requests are the same in every run, and only the strategies' seed is another; so the \
        intervals tell nothing of other requests, and an algorithm without a seed does the same in every run";
    (!repeat.redrawn).then(|| said.to_owned())
}

/// Which strategies spread as chance does, and which do not.
pub(super) fn chance(comparison: &Comparison) -> Option<String> {
    let tested = |result: &AlgorithmFigures| {
        let test = result.chi_square.keys.or(result.chi_square.requests)?;
        Some((result.algorithm, test))
    };
    let tested: Vec<_> = comparison.results.iter().filter_map(tested).collect();
    let said = |found| {
        let names: Vec<_> = tested
            .iter()
            .filter(|(_, test)| test.finding == found)
            .map(|(name, test)| format!("{name} (p {})", equal(&p_value(test.p_value))))
            .collect();
        (!names.is_empty()).then(|| format!("{}: {}", finding(found), list(&names)))
    };
    let findings = [Finding::Uneven, Finding::MoreEven, Finding::NothingShown];
    let said: Vec<_> = findings.into_iter().filter_map(said).collect();
    (!said.is_empty()).then(|| format!("Chance: {}.", said.join("; ")))
}

/// `= 0.123`, but `< 0.001` as it is.
fn equal(number: &str) -> String {
    if number.starts_with('<') {
        return number.to_owned();
    }
    format!("= {number}")
}

/// A sentence for each of the most even: from which it differs.
pub(super) fn paired(comparison: &Comparison) -> Vec<String> {
    let sentence = |told: &[Difference<Evenness>]| {
        let found = against("is more even than", told);
        format!("Run by run: {} {found}.", told[0].best)
    };
    comparison
        .paired
        .chunk_by(|a, b| a.best == b.best)
        .map(sentence)
        .collect()
}

/// What the best strategy is against others if that is shown, and against which it is not.
pub(super) fn against<T>(is_better: &str, told: &[Difference<T>]) -> String {
    let named = |with| {
        let others = told.iter().filter(|told| told.shown == with);
        list(&others.map(|told| told.other).collect::<Vec<_>>())
    };
    let (shown, not_shown) = (named(true), named(false));
    [
        (!shown.is_empty()).then(|| format!("{is_better} {shown}")),
        (!not_shown.is_empty()).then(|| format!("shows no difference from {not_shown}")),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join("; it ")
}
