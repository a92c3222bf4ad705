//! Several runs of a comparison as one: the means of their figures.

use super::chi_square::ChiSquare;
use super::figures::{AlgorithmFigures, Chance, Comparison, Summary, Tests};
use super::intervals::AlgorithmIntervals;
use super::paired;
use crate::figures::{Mean, Repeat, Skipped, mean_by_field, mean_of};

impl Comparison {
    /// Returns the comparison over several runs of one plan, each with its own seed, and with its own requests if they
    /// are redrawn. A single run is returned unchanged; `None` without a run.
    #[must_use]
    pub fn over(mut runs: Vec<Self>, redrawn: bool) -> Option<Self> {
        if runs.len() < 2 {
            return runs.pop();
        }
        let all: Vec<_> = runs.iter().collect();
        let measured = measured_in_all(&runs);
        let chance = mean_of(&all, |run| &run.chance);
        let results = measured.iter();
        let results = results.map(|runs| result(runs, redrawn, &chance)).collect();
        let paired = paired::differences(&measured);
        let distinct_keys = mean_of(&all, |run| &run.workload.distinct_keys);
        let skipped = skipped(&runs);
        let seeds = runs.iter().map(|run| run.workload.seed).collect();
        let first = runs.swap_remove(0);
        Some(Self {
            workload: Summary {
                distinct_keys,
                repeat: Some(Repeat { seeds, redrawn }),
                ..first.workload
            },
            chance,
            results,
            skipped,
            paired,
            ..first
        })
    }
}

/// Returns the results of every run for each algorithm that has one in all runs.
fn measured_in_all(runs: &[Comparison]) -> Vec<Vec<&AlgorithmFigures>> {
    let of_all = |first: &AlgorithmFigures| {
        let same = |result: &&AlgorithmFigures| result.algorithm == first.algorithm;
        let results = runs.iter().map(|run| run.results.iter().find(same));
        results.collect::<Option<_>>()
    };
    runs[0].results.iter().filter_map(of_all).collect()
}

/// Returns the algorithms that some run could not measure, each with its first reason.
fn skipped(runs: &[Comparison]) -> Vec<Skipped> {
    let mut skipped: Vec<Skipped> = Vec::new();
    for skip in runs.iter().flat_map(|run| &run.skipped) {
        if skipped
            .iter()
            .all(|known| known.algorithm != skip.algorithm)
        {
            skipped.push(skip.clone());
        }
    }
    skipped
}

/// The range of random assignment is the mean of the ranges of single runs, which is wider than that of means: what is
/// outside of it is so in spite of that.
fn result(runs: &[&AlgorithmFigures], redrawn: bool, chance: &Chance) -> AlgorithmFigures {
    let mean = AlgorithmFigures::mean(runs);
    AlgorithmFigures {
        requests_finding: mean.against(chance),
        chi_square: Tests {
            requests: test(runs, redrawn, |run| run.chi_square.requests),
            keys: test(runs, redrawn, |run| run.chi_square.keys),
        },
        ..mean
    }
}

mean_by_field!(AlgorithmFigures {
    algorithm: first,
    by_key: first,
    ignores_weights: first,
    feedback: first,
    spread,
    backends,
    // Tests have no mean; see `test`.
    chi_square: first,
    requests_finding: first,
    changes,
    affinity,
    fullest: first,
    intervals = AlgorithmIntervals::over,
    memory_bytes,
    build_ns,
    pick_ns,
});

/// Returns the sum of a test over the runs. If the requests stay the same, an algorithm without a seed gives the same
/// result in every run, which counts once.
fn test(
    runs: &[&AlgorithmFigures],
    redrawn: bool,
    test: impl Fn(&AlgorithmFigures) -> Option<ChiSquare>,
) -> Option<ChiSquare> {
    let tests = runs
        .iter()
        .map(|run| test(run))
        .collect::<Option<Vec<_>>>()?;
    let unmoved = !redrawn && tests.iter().all(|test| *test == tests[0]);
    ChiSquare::sum(if unmoved { &tests[..1] } else { &tests })
}
