//! Who is recommended, and by what.

use std::cmp::Ordering;

use serde::Serialize;

use super::candidates::Excluded;
use super::needs::{Churn, Needs};
use super::trial::Trial;
use crate::statistics::{Interval, mean};

/// Keys that may move needlessly where backends come and go often: a hundredth.
const MOST_NEEDLESS: f64 = 0.01;

/// A difference below this part of the best is none that anybody feels.
const NEGLIGIBLE: f64 = 0.01;

/// Shares of keys that differ by less than this are equal: half a percent of all.
const ALIKE: f64 = 0.005;

/// The trials in the order of preference, and what put the first before the second.
pub(super) struct Decision {
    pub(super) ranked: Vec<Ranked>,
    pub(super) decided_by: String,
}

/// A trial with its distance to the best of the goal.
#[derive(Serialize)]
pub(super) struct Ranked {
    #[serde(flatten)]
    pub(super) trial: Trial,
    /// What the goal is above the lowest, run by run; none of the lowest itself.
    #[serde(rename = "above_the_lowest")]
    pub(super) above: Option<Interval>,
    /// Whether that is a difference: it is shown, and not negligible.
    pub(super) is_worse: bool,
}

/// Takes those out that the needs rule out once they are measured.
pub(super) fn rule_out(needs: &Needs, trials: &mut Vec<Trial>) -> Vec<Excluded> {
    if needs.churn == Churn::Seldom || !needs.binds() {
        return Vec::new();
    }
    let (fit, unfit) = trials
        .drain(..)
        .partition(|trial| trial.needless.is_none_or(|share| share <= MOST_NEEDLESS));
    *trials = fit;
    let unfit: Vec<Trial> = unfit;
    let reason = |trial: &Trial| Excluded {
        candidate: trial.candidate.clone(),
        reason: format!(
            "a backend more or less moves {} of the keys needlessly, and backends come and go often",
            crate::report::percent(trial.needless.unwrap_or_default())
        ),
    };
    unfit.iter().map(reason).collect()
}

impl Decision {
    /// Ranks the trials; none if there are none. First those that are not worse than the lowest, among
    /// which fewer moves, then less memory, then the order of the candidates decides; then the others by
    /// the goal.
    pub(super) fn of(needs: &Needs, trials: Vec<Trial>) -> Option<Self> {
        let lowest = trials
            .iter()
            .min_by(|a, b| mean(&a.goals).total_cmp(&mean(&b.goals)))?
            .goals
            .clone();
        let ranked = trials.into_iter().map(|trial| Ranked::of(trial, &lowest));
        let mut ranked: Vec<_> = ranked.collect();
        ranked.sort_by(compared);
        let decided_by = decided_by(needs, &ranked);
        Some(Self { ranked, decided_by })
    }

    pub(super) fn recommended(&self) -> &Trial {
        &self.ranked[0].trial
    }
}

impl Ranked {
    fn of(trial: Trial, lowest: &[f64]) -> Self {
        let differences: Vec<_> = trial
            .goals
            .iter()
            .zip(lowest)
            .map(|(goal, lowest)| goal - lowest)
            .collect();
        let above = (trial.goals != lowest)
            .then(|| Interval::of(&differences))
            .flatten();
        let is_worse = above
            .is_some_and(|above| !above.includes_zero() && above.mean > NEGLIGIBLE * mean(lowest));
        Self {
            trial,
            above,
            is_worse,
        }
    }
}

/// Who is preferred.
fn compared(a: &Ranked, b: &Ranked) -> Ordering {
    let of_goal = || mean(&a.trial.goals).total_cmp(&mean(&b.trial.goals));
    match (a.is_worse, b.is_worse) {
        (true, true) => of_goal(),
        (false, false) => moves(&a.trial)
            .cmp(&moves(&b.trial))
            .then(a.trial.memory_bytes.cmp(&b.trial.memory_bytes))
            .then(a.trial.place.cmp(&b.trial.place)),
        (a, b) => a.cmp(&b),
    }
}

/// In steps of what is alike.
fn moves(trial: &Trial) -> u64 {
    (trial.moved.unwrap_or_default() / ALIKE).round() as u64
}

fn decided_by(needs: &Needs, ranked: &[Ranked]) -> String {
    let goal = needs.goal;
    let [first, second, ..] = ranked else {
        return "it is the only one that is left".to_owned();
    };
    if second.is_worse {
        return format!("its {goal} is the lowest, and the difference to every other is shown");
    }
    let (one, other) = (&first.trial, &second.trial);
    let alike = format!(
        "no difference in {goal} to {} is shown that matters",
        other.candidate
    );
    if moves(one) != moves(other) {
        return format!("{alike}; it moves fewer keys when a backend comes or goes");
    }
    if one.memory_bytes != other.memory_bytes {
        return format!("{alike}; it holds less memory");
    }
    format!("{alike}, nor in anything else; it is the simpler one")
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
            moved: Some(moved),
            needless: Some(moved / 10.),
            memory_bytes,
            place: 0,
        }
    }

    fn needs(text: &str) -> Needs {
        crate::config::from_yaml(text).unwrap()
    }

    #[test]
    fn what_is_alike_is_decided_by_what_is_not() {
        let low = [10., 12., 11., 13., 10.];
        let alike = [10.01, 11.99, 11.01, 12.99, 10.01];
        let high = low.map(|goal| goal + 2.);
        let needs = needs("{ backends: 3, sticky: true }");
        let first = |trials: Vec<Trial>| {
            let decision = Decision::of(&needs, trials).unwrap();
            let names = decision
                .ranked
                .iter()
                .map(|ranked| ranked.trial.candidate.clone());
            (names.collect::<Vec<_>>().join(" "), decision.decided_by)
        };
        let (names, why) = first(vec![
            trial("low", low, 0.2, 9),
            trial("high", high, 0., 0),
            trial("alike", alike, 0.1, 9),
        ]);
        assert_eq!(names, "alike low high");
        assert!(why.contains("moves fewer keys"), "{why}");
        let (names, why) = first(vec![
            trial("low", low, 0.1, 9),
            trial("alike", alike, 0.1, 8),
        ]);
        assert_eq!(names, "alike low");
        assert!(why.contains("less memory"), "{why}");
        let (names, why) = first(vec![trial("high", high, 0., 0), trial("low", low, 0.1, 9)]);
        assert_eq!(names, "low high");
        assert!(why.contains("is the lowest"), "{why}");
    }

    #[test]
    fn who_moves_much_is_out_where_backends_come_and_go() {
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
