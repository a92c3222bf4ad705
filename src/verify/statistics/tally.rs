//! The intervals of one figure over all repetitions.

use std::collections::BTreeMap;

use super::rate::{Claim, Rate};
use crate::figures::{Interval, Intervals, Measured, mean};

/// The intervals of figures, by name, in the order of their first repetition.
#[derive(Default)]
pub(super) struct Tally(BTreeMap<String, Vec<Interval>>);

impl Tally {
    /// Adds the intervals of a repetition.
    pub(super) fn add<T: Measured>(&mut self, name: &str, intervals: &Intervals<T>) {
        for figure in T::FIGURES {
            if let Some(interval) = intervals.of(figure) {
                let name = format!("{name}, {}", figure.name);
                self.0.entry(name).or_default().push(interval);
            }
        }
    }

    /// Returns how often the intervals cover the true value: the mean over all repetitions. Its own error is small
    /// beside the width of an interval. Figures that never differ, and those that some repetition does not have, are
    /// not measured.
    pub(super) fn rates(self) -> Vec<Rate> {
        let all = self.0.into_iter();
        all.filter_map(|(name, intervals)| coverage(name, &intervals))
            .collect()
    }
}

fn coverage(name: String, intervals: &[Interval]) -> Option<Rate> {
    let means: Vec<_> = intervals.iter().map(|interval| interval.mean).collect();
    let truth = mean(&means);
    if means.iter().all(|&mean| mean == truth) {
        return None;
    }
    Some(covered(name, intervals, truth))
}

/// Returns how often intervals cover a known true value.
pub(super) fn covered(name: String, intervals: &[Interval], truth: f64) -> Rate {
    let covers = |interval: &&Interval| interval.low <= truth && truth <= interval.high;
    let count = intervals.iter().filter(covers).count();
    Rate::new(name, Claim::Coverage, count as u32, intervals.len() as u32)
}
