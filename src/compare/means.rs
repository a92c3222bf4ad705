//! Several runs of a comparison as one: the means of their figures.

use super::chi_square::ChiSquare;
use super::figures::{
    Band, Chance, Changed, Comparison, Evenness, Outcome, Skipped, Spreads, Summary, Tests,
};
use super::intervals::{ChangeIntervals, EvennessIntervals, Intervals};
use super::load::Load;
use super::paired;
use crate::statistics::{Interval, Repeat, mean};

impl Comparison {
    /// The comparison over several runs of one plan, each with a seed of its own, and with requests of
    /// its own if they are redrawn. A single run stays as it is; of none there is none.
    #[must_use]
    pub fn over(mut runs: Vec<Self>, redrawn: bool) -> Option<Self> {
        if runs.len() < 2 {
            return runs.pop();
        }
        let measured = measured_in_all(&runs);
        let means = measured.iter().map(|outcomes| outcome(outcomes, redrawn));
        let results: Vec<_> = means.collect();
        let paired = paired::differences(&measured);
        let chance = Chance {
            requests: evenness(&runs, |run| run.chance.requests),
            keys: evenness(&runs, |run| run.chance.keys),
            band: band(&runs),
        };
        let skipped = skipped(&runs);
        let keys = mean_of(&runs, |run| run.workload.distinct_keys as f64);
        let seeds = runs.iter().map(|run| run.workload.seed).collect();
        let first = runs.swap_remove(0);
        Some(Self {
            schema: first.schema,
            workload: Summary {
                distinct_keys: keys.round() as usize,
                repeat: Some(Repeat { seeds, redrawn }),
                ..first.workload
            },
            chance,
            results,
            skipped,
            paired,
            agreement: first.agreement,
            layouts: first.layouts,
        })
    }
}

fn band(runs: &[Comparison]) -> Option<Band> {
    let bands: Option<Vec<_>> = runs.iter().map(|run| run.chance.band).collect();
    let bands = bands?;
    Some(Band {
        low: mean_of(&bands, |band| band.low),
        high: mean_of(&bands, |band| band.high),
    })
}

/// Of each algorithm the outcome of every run, if it has one in all.
fn measured_in_all(runs: &[Comparison]) -> Vec<Vec<&Outcome>> {
    let of_all = |first: &Outcome| {
        let same = |outcome: &&Outcome| outcome.algorithm == first.algorithm;
        let outcomes = runs.iter().map(|run| run.results.iter().find(same));
        outcomes.collect::<Option<_>>()
    };
    runs[0].results.iter().filter_map(of_all).collect()
}

/// The algorithms that some run could not measure, each with its first reason.
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

fn outcome(runs: &[&Outcome], redrawn: bool) -> Outcome {
    let first = runs[0];
    let changes = (0..first.changes.len()).map(|number| {
        let changes: Vec<_> = runs.iter().map(|run| &run.changes[number]).collect();
        changed(&changes)
    });
    Outcome {
        algorithm: first.algorithm,
        by_key: first.by_key,
        spread: Spreads {
            requests: evenness(runs, |run| run.spread.requests),
            keys: evenness(runs, |run| run.spread.keys),
        },
        backends: loads(runs),
        chi_square: Tests {
            requests: test(runs, redrawn, |run| run.chi_square.requests),
            keys: test(runs, redrawn, |run| run.chi_square.keys),
        },
        changes: changes.collect(),
        affinity: all_of(runs, |run| run.affinity).map(|values| mean(&values)),
        intervals: Some(Intervals {
            requests: evenness_intervals(runs, |run| run.spread.requests),
            keys: evenness_intervals(runs, |run| run.spread.keys),
            affinity: all_of(runs, |run| run.affinity).and_then(|values| Interval::of(&values)),
        }),
        memory_bytes: mean_of(runs, |run| run.memory_bytes as f64).round() as usize,
        build_ns: all_of(runs, |run| run.build_ns.map(|time| time as f64))
            .map(|times| mean(&times).round() as u64),
        pick_ns: all_of(runs, |run| run.pick_ns).map(|times| mean(&times)),
    }
}

fn loads(runs: &[&Outcome]) -> Vec<Load> {
    let places = runs[0].backends.iter().enumerate();
    let load = |(place, first): (usize, &Load)| {
        let mean = |figure: fn(&Load) -> f64| mean_of(runs, |run| figure(&run.backends[place]));
        Load {
            requests: mean(|load| load.requests as f64).round() as u64,
            to_mean: mean(|load| load.to_mean),
            ..first.clone()
        }
    };
    places.map(load).collect()
}

fn changed(runs: &[&Changed]) -> Changed {
    let mean = |figure: fn(&Changed) -> f64| mean_of(runs, |run| figure(run));
    let interval = |figure: fn(&Changed) -> f64| {
        Interval::of(&runs.iter().map(|run| figure(run)).collect::<Vec<_>>())
    };
    let remap_ratio = interval(|run| run.remap_ratio);
    let excess_remap = interval(|run| run.excess_remap);
    Changed {
        change: runs[0].change.clone(),
        remap_ratio: mean(|run| run.remap_ratio),
        remap_requests: mean(|run| run.remap_requests),
        ideal_remap: mean(|run| run.ideal_remap),
        excess_remap: mean(|run| run.excess_remap),
        vacant_buckets: runs[0].vacant_buckets,
        intervals: remap_ratio
            .zip(excess_remap)
            .map(|(remap_ratio, excess_remap)| ChangeIntervals {
                remap_ratio,
                excess_remap,
            }),
    }
}

/// The sum over the runs. Where the requests stay the same, an algorithm that has no seed does the same
/// in every run, which counts once.
fn test(
    runs: &[&Outcome],
    redrawn: bool,
    test: impl Fn(&Outcome) -> Option<ChiSquare>,
) -> Option<ChiSquare> {
    let tests: Option<Vec<_>> = runs.iter().map(|run| test(run)).collect();
    let tests = tests?;
    let unmoved = !redrawn && tests.iter().all(|test| *test == tests[0]);
    ChiSquare::sum(if unmoved { &tests[..1] } else { &tests })
}

fn evenness<T>(runs: &[T], figures: impl Fn(&T) -> Option<Evenness>) -> Option<Evenness> {
    let spreads: Option<Vec<_>> = runs.iter().map(figures).collect();
    let spreads = spreads?;
    Some(Evenness {
        peak_to_mean: mean_of(&spreads, |spread| spread.peak_to_mean),
        min_to_mean: mean_of(&spreads, |spread| spread.min_to_mean),
        cv: mean_of(&spreads, |spread| spread.cv),
        jain: mean_of(&spreads, |spread| spread.jain),
    })
}

fn evenness_intervals(
    runs: &[&Outcome],
    figures: impl Fn(&Outcome) -> Option<Evenness>,
) -> Option<EvennessIntervals> {
    let peaks = all_of(runs, |run| Some(figures(run)?.peak_to_mean))?;
    let deviations = all_of(runs, |run| Some(figures(run)?.cv))?;
    Some(EvennessIntervals {
        peak_to_mean: Interval::of(&peaks)?,
        cv: Interval::of(&deviations)?,
    })
}

fn mean_of<T>(runs: &[T], figure: impl Fn(&T) -> f64) -> f64 {
    mean(&runs.iter().map(figure).collect::<Vec<_>>())
}

/// A figure of every run, if all have it.
fn all_of(runs: &[&Outcome], figure: impl Fn(&Outcome) -> Option<f64>) -> Option<Vec<f64>> {
    runs.iter().map(|run| figure(run)).collect()
}
