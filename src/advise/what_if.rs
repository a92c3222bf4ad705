//! The same question with one need changed.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use super::needs::{Balancers, Cache, Churn, Cost, Goal, HitCost, Load, Needs};

/// A high load.
const HIGH: f64 = 0.9;

/// Many load balancers.
const MANY: u32 = 20;

/// The cache entries of each backend in the question what a cache would change.
const ENTRIES: NonZeroUsize = NonZeroUsize::new(1_000).unwrap();

/// A changed need as text, and all needs with it.
pub(super) type ChangedNeed = (String, Needs);

/// Returns the needs with each one changed by itself. Load and cost are those of the trace if there is one.
pub(super) fn all(needs: &Needs, is_traced: bool) -> Vec<ChangedNeed> {
    let with = |change: &dyn Fn(&mut Needs)| {
        let mut changed = needs.clone();
        change(&mut changed);
        changed
    };
    let mut all = vec![stickiness(needs), cache(needs)];
    if !is_traced {
        let (load, named) = if needs.load.0 < HIGH {
            (HIGH, HIGH)
        } else {
            (0.5, 0.5)
        };
        all.push((
            format!("offered load {named}"),
            with(&|needs| needs.load = Load(load)),
        ));
        let (cost, words) = match needs.cost {
            Cost::Skewed => (Cost::Even, "equal request cost"),
            Cost::Even | Cost::Usual => (Cost::Skewed, "skewed request cost"),
        };
        all.push((words.to_owned(), with(&|needs| needs.cost = cost)));
    }
    let (churn, words) = match needs.churn {
        Churn::Seldom => (Churn::Often, "much churn"),
        Churn::Often => (Churn::Seldom, "little churn"),
    };
    all.push((words.to_owned(), with(&|needs| needs.churn = churn)));
    let words = match needs.slow_backend {
        true => "no slow backend",
        false => "a sometimes slow backend",
    };
    all.push((
        words.to_owned(),
        with(&|needs| needs.slow_backend = !needs.slow_backend),
    ));
    let (balancers, words) = match needs.balancers.0 {
        1 => (MANY, format!("{MANY} load balancers")),
        _ => (1, "one load balancer".to_owned()),
    };
    all.push((words, with(&|needs| needs.balancers = Balancers(balancers))));
    if !needs.fleet.is_empty() {
        let words = "this library in the clients instead of the programs".to_owned();
        all.push((words, with(&|needs| needs.fleet.clear())));
    }
    all
}

fn stickiness(needs: &Needs) -> ChangedNeed {
    let mut changed = needs.clone();
    changed.sticky = !needs.sticky;
    let words = if needs.sticky { "not sticky" } else { "sticky" };
    (words.to_owned(), changed)
}

fn cache(needs: &Needs) -> ChangedNeed {
    let mut changed = needs.clone();
    let words = if needs.cache.is_some() {
        changed.cache = None;
        if changed.goal == Goal::Misses {
            changed.goal = Goal::P99;
        }
        "no cache".to_owned()
    } else {
        changed.cache = Some(Cache {
            entries: ENTRIES,
            entries_of: BTreeMap::new(),
            by_weight: false,
            hit_cost: HitCost::default(),
        });
        format!("a cache of {ENTRIES} keys each")
    };
    (words, changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_changes_one_need() {
        for text in [
            "{ backends: 3 }",
            "{ backends: 3, sticky: true, cache: { entries: 5 }, cost: skewed, load: 0.95, churn: often, slow_backend: false, balancers: 7, fleet: [envoy], goal: misses }",
        ] {
            let needs: Needs = evenkeel_config::from_yaml(text).unwrap();
            for (words, changed) in all(&needs, false) {
                assert_ne!(changed.in_words(false), needs.in_words(false), "{words}");
            }
            assert_eq!(all(&needs, true).len() + 2, all(&needs, false).len());
        }
    }
}
