//! The recommended strategy, and the reason.

use std::cmp::Ordering;

use serde::Serialize;

use super::candidates::Excluded;
use super::needs::{Churn, Needs};
use super::trial::Trial;
use crate::figures::{Interval, mean, settled};

/// The maximum share of keys that may move needlessly if backends come and go often.
const MAX_NEEDLESS: f64 = 0.01;

/// A difference below this part of the lowest is negligible.
const NEGLIGIBLE: f64 = 0.01;

/// A strategy counts as equally good if the upper bound of its interval is at most this fraction above the lowest.
const AS_GOOD: f64 = 0.05;

/// So does a strategy at most this fraction above the lowest if it is not significantly higher.
const NOT_SHOWN: f64 = 0.1;

/// The minimum value of a goal that counts: one nanosecond, or a negligible share of missed requests.
const MIN_GOAL: f64 = 1e-4;

/// Shares of keys count as equal if they differ by less than this.
const ALIKE: f64 = 0.001;

/// Memory below this is ignored, in bytes.
const SMALL: usize = 1 << 18;

/// The trials in order of preference, and the reason for the first one.
pub(super) struct Decision {
    pub(super) ranked: Vec<Ranked>,
    pub(super) decided_by: String,
}

/// A trial with its distance to the best of the goal.
#[derive(Debug, Serialize)]
pub struct Ranked {
    #[serde(flatten)]
    /// Its measurements.
    pub trial: Trial,
    /// By what fraction the goal is above the lowest, run by run; `None` for the lowest itself.
    pub above_the_lowest: Option<Interval>,
    /// How it compares with the lowest.
    pub standing: Standing,
}

/// How a goal compares with the lowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It is the lowest, or hardly above it.
    AsGood,
    /// It is above the lowest, but not significantly.
    Unclear,
    /// It is significantly higher.
    Higher,
}

/// Removes the trials that the needs exclude after they are measured.
pub(super) fn rule_out(needs: &Needs, trials: &mut Vec<Trial>) -> Vec<Excluded> {
    if needs.churn == Churn::Seldom || !needs.binds() {
        return Vec::new();
    }
    let (fit, unfit) = trials
        .drain(..)
        .partition(|trial| trial.needless.is_none_or(|share| share <= MAX_NEEDLESS));
    *trials = fit;
    let unfit: Vec<Trial> = unfit;
    let reason = |trial: &Trial| Excluded {
        candidate: trial.candidate.clone(),
        reason: format!(
            "moves {} of keys needlessly when a backend is added or removed, and backends change often",
            Trial::NEEDLESS.cell(Some(trial), None)
        ),
    };
    unfit.iter().map(reason).collect()
}

impl Decision {
    /// Ranks the trials; `None` if there are none. Among those that are as good as the lowest, the criteria are fewer
    /// cache misses, then fewer keys that move needlessly, then less memory, then simplicity; the others follow by the
    /// goal.
    pub(super) fn of(needs: &Needs, trials: Vec<Trial>) -> Option<Self> {
        let lowest = trials
            .iter()
            .min_by(|a, b| level(a).total_cmp(&level(b)))?
            .goals
            .clone();
        let mut ranked: Vec<_> = trials
            .into_iter()
            .map(|trial| Ranked::of(trial, &lowest))
            .collect();
        ranked.sort_by(compared);
        let decided_by = decided_by(needs, &ranked);
        Some(Self { ranked, decided_by })
    }

    pub(super) fn recommended(&self) -> &Trial {
        &self.ranked[0].trial
    }
}

/// Returns the overall level of the goal: the mean of its logarithms, in which one long tail does not outweigh all
/// other runs.
fn level(trial: &Trial) -> f64 {
    let logarithms = trial.goals.iter().map(|goal| libm::log(goal.max(MIN_GOAL)));
    mean(&logarithms.collect::<Vec<_>>())
}

impl Ranked {
    fn of(trial: Trial, lowest: &[f64]) -> Self {
        let above = (trial.goals != lowest)
            .then(|| above(&trial.goals, lowest))
            .flatten();
        let standing = match above {
            None => Standing::AsGood,
            Some(above) if above.high <= AS_GOOD || above.mean < NEGLIGIBLE => Standing::AsGood,
            Some(above) if above.includes_zero() && above.mean <= NOT_SHOWN => Standing::AsGood,
            Some(above) if above.includes_zero() => Standing::Unclear,
            Some(_) => Standing::Higher,
        };
        Self {
            trial,
            above_the_lowest: above,
            standing,
        }
    }
}

/// Returns by what fraction goals are above the lowest, run by run: the interval of the logarithms of their ratios.
fn above(goals: &[f64], lowest: &[f64]) -> Option<Interval> {
    let ratios = goals
        .iter()
        .zip(lowest)
        .map(|(goal, lowest)| libm::log(goal.max(MIN_GOAL) / lowest.max(MIN_GOAL)));
    let of = Interval::of(&ratios.collect::<Vec<_>>())?;
    let part = |logarithm: f64| settled(libm::expm1(logarithm));
    Some(Interval {
        mean: part(of.mean),
        low: part(of.low),
        high: part(of.high),
    })
}

/// Compares two trials by preference.
fn compared(a: &Ranked, b: &Ranked) -> Ordering {
    let standing = a.standing.cmp(&b.standing);
    standing.then_with(|| match a.standing {
        Standing::AsGood => misses(&a.trial)
            .cmp(&misses(&b.trial))
            .then(needless(&a.trial).cmp(&needless(&b.trial)))
            .then(memory(&a.trial).cmp(&memory(&b.trial)))
            .then(a.trial.place.cmp(&b.trial.place)),
        Standing::Unclear | Standing::Higher => level(&a.trial).total_cmp(&level(&b.trial)),
    })
}

/// Returns the cache misses in hundredths of the requests; 0 without a cache.
fn misses(trial: &Trial) -> u64 {
    trial
        .hit_ratio
        .map_or(0, |hits| ((1. - hits) * 100.).round() as u64)
}

/// Returns the needless moves in steps that count as equal.
fn needless(trial: &Trial) -> u64 {
    (trial.needless.unwrap_or_default() / ALIKE).round() as u64
}

/// In steps of memory that is ignored.
const fn memory(trial: &Trial) -> usize {
    trial.memory_bytes / SMALL
}

/// Why the first is recommended, in a fixed phrase.
fn decided_by(needs: &Needs, ranked: &[Ranked]) -> String {
    let goal = needs.goal;
    let [first, second, ..] = ranked else {
        return "the only strategy that meets the needs".to_owned();
    };
    let other = &second.trial.candidate;
    match second.standing {
        Standing::Higher => {
            return format!("lowest {goal}, significantly better than all others");
        }
        Standing::Unclear => {
            return format!("lowest {goal}, no significant difference from {other}");
        }
        Standing::AsGood => (),
    }
    let (one, two) = (&first.trial, &second.trial);
    let better = if misses(one) != misses(two) {
        "fewer cache misses"
    } else if needless(one) != needless(two) {
        "fewer needless moves"
    } else if memory(one) != memory(two) {
        "less memory"
    } else {
        "a simpler algorithm"
    };
    match (first.above_the_lowest, second.above_the_lowest) {
        (None, _) => format!("lowest {goal}, with {better} than {other}, which is equally good"),
        (Some(_), None) => format!("{goal} as good as the lowest ({other}), with {better}"),
        (Some(_), Some(_)) => {
            format!("{goal} as good as the lowest, with {better} than {other}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trial(name: &str, goals: [f64; 5], moved: f64, memory_bytes: usize) -> Trial {
        let interval = Interval::of(&goals).unwrap();
        Trial {
            candidate: name.to_owned(),
            goals: goals.to_vec(),
            mean_ns: interval,
            p99_ns: interval,
            hit_ratio: None,
            failed: 0.,
            busiest: 0.,
            max_offered_load: 0.,
            is_overloaded: false,
            moved: Some(moved),
            needless: Some(moved / 10.),
            memory_bytes,
            place: 0,
        }
    }

    fn needs(text: &str) -> Needs {
        evenkeel_config::from_yaml(text).unwrap()
    }

    #[test]
    fn equal_goals_are_decided_by_other_criteria() {
        let low = [10., 12., 11., 13., 10.];
        let alike = [10.01, 11.99, 11.01, 12.99, 10.01];
        let higher = low.map(|goal| goal * 1.2);
        let unclear = [12., 12., 20., 11., 10.];
        let needs = needs("{ backends: 3, sticky: true }");
        let first = |trials: Vec<Trial>| {
            let decision = Decision::of(&needs, trials).unwrap();
            let names = decision.ranked.iter();
            let names: Vec<_> = names
                .map(|ranked| ranked.trial.candidate.as_str())
                .collect();
            (names.join(" "), decision.decided_by)
        };
        let (names, why) = first(vec![
            trial("low", low, 0.2, 9),
            trial("higher", higher, 0., 0),
            trial("unclear", unclear, 0., 0),
            trial("alike", alike, 0.1, 9),
        ]);
        assert_eq!(names, "alike low unclear higher");
        assert!(why.contains("fewer needless moves"), "{why}");
        let (names, why) = first(vec![
            trial("low", low, 0.1, 2 * SMALL),
            trial("alike", alike, 0.1, 8),
        ]);
        assert_eq!(names, "alike low");
        assert!(why.contains("less memory"), "{why}");
        let (names, why) = first(vec![
            trial("higher", higher, 0., 0),
            trial("low", low, 0.1, 9),
        ]);
        assert_eq!(names, "low higher");
        assert!(
            why.contains("significantly better than all others"),
            "{why}"
        );
    }

    /// One run with a long tail outweighs the nine others in a mean.
    #[test]
    fn ratios_show_a_difference_that_a_long_tail_hides() {
        let low = [10., 12., 11., 5_000., 10.];
        let above = above(&low.map(|goal| goal * 1.2), &low).unwrap();
        assert!((above.mean - 0.2).abs() < 1e-9 && !above.includes_zero());
    }

    #[test]
    fn needless_moves_exclude_a_strategy_if_backends_come_and_go() {
        let trials = || vec![trial("a", [1.; 5], 0.05, 0), trial("b", [1.; 5], 0.5, 0)];
        let mut often = trials();
        let needs_often = needs("{ backends: 3, sticky: true, churn: often }");
        assert_eq!(rule_out(&needs_often, &mut often)[0].candidate, "b");
        assert_eq!(often.len(), 1);
        let mut seldom = trials();
        assert!(rule_out(&needs("{ backends: 3, sticky: true }"), &mut seldom).is_empty());
        assert_eq!(seldom.len(), 2);
    }
}
