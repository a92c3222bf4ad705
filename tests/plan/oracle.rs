//! The figures of a plan by plain counting.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use super::support::{close, figure, routed};

/// The strategies of these tests for which all backends are equal.
const IGNORING_WEIGHTS: [&str; 1] = ["pymemcache-rendezvous"];

/// The figures by plain counting over what `route` says and what stands in the configs.
pub(crate) struct Oracle {
    pub(crate) before: BTreeMap<String, f64>,
    pub(crate) after: BTreeMap<String, f64>,
    /// Of each request: the key, the backend before and the one after.
    pub(crate) requests: Vec<(Vec<u8>, String, String)>,
}

impl Oracle {
    pub(crate) fn of(before: &str, after: &str, keys: &str) -> Self {
        let read = |path: &str| -> (bool, BTreeMap<_, _>) {
            let config = evenkeel::config::Config::load(
                Path::new(path),
                evenkeel_algorithms::Registry::builtin(),
                None,
            )
            .unwrap()
            .config;
            let ignores = IGNORING_WEIGHTS.contains(&config.algorithm.name);
            let weight = |b: &evenkeel_algorithms::Backend| match ignores {
                true => 1.,
                false => f64::from(b.weight().get()),
            };
            let named = config
                .backends
                .iter()
                .map(|b| (b.name().to_owned(), weight(b)));
            (ignores, named.collect())
        };
        let requests = routed(before, keys).into_iter().zip(routed(after, keys));
        let ((ignores, mut before), (ignored, mut after)) = (read(before), read(after));
        if ignores != ignored {
            // Weights and counts of backends are compared by the parts of what both pools have.
            let both: Vec<_> = before
                .keys()
                .filter(|&name| after.contains_key(name))
                .collect();
            let sum = |of: &BTreeMap<String, f64>| both.iter().map(|&name| of[name]).sum::<f64>();
            let (was, is) = (sum(&before).max(1.), sum(&after).max(1.));
            before.values_mut().for_each(|weight| *weight *= is);
            after.values_mut().for_each(|weight| *weight *= was);
        }
        Self {
            before,
            after,
            requests: requests
                .map(|((key, from), (_, to))| (key, from, to))
                .collect(),
        }
    }

    pub(crate) fn weight(weights: &BTreeMap<String, f64>, name: &str) -> f64 {
        weights.get(name).copied().unwrap_or_default()
    }

    /// What must move: what those had that left if no other changed, else what the winners gain.
    pub(crate) fn ideal(&self, keys: &[&(Vec<u8>, String, String)]) -> f64 {
        let names: BTreeSet<_> = self.before.keys().chain(self.after.keys()).collect();
        let weights = |name: &str| {
            (
                Self::weight(&self.before, name),
                Self::weight(&self.after, name),
            )
        };
        let only_leavers = names.iter().all(|name| {
            let (was, is) = weights(name);
            is == was || is == 0.
        });
        if only_leavers {
            let left = keys
                .iter()
                .filter(|(_, from, _)| !self.after.contains_key(from));
            return left.count() as f64 / keys.len() as f64;
        }
        let totals = (
            self.before.values().sum::<f64>(),
            self.after.values().sum::<f64>(),
        );
        let gain = |name: &&String| {
            let (was, is) = weights(name);
            (is / totals.1 - was / totals.0).max(0.)
        };
        names.iter().map(gain).sum()
    }

    pub(crate) fn holds(&self, plan: &Value) {
        let mut seen = BTreeSet::new();
        let keys: Vec<_> = self
            .requests
            .iter()
            .filter(|(key, ..)| seen.insert(key))
            .collect();
        let all: Vec<_> = self.requests.iter().collect();
        assert_eq!(plan["keys"], keys.len());
        assert_eq!(plan["requests"], all.len());
        assert_eq!(plan["sampled"], 1);
        let share = |of: &[&(Vec<u8>, String, String)], counts: &dyn Fn(&str, &str) -> bool| {
            let counted = of.iter().filter(|(_, from, to)| counts(from, to));
            counted.count() as f64 / of.len() as f64
        };
        let moved = |from: &str, to: &str| from != to;
        let needless = |from: &str, to: &str| {
            let stays = |name: &str| {
                (
                    Self::weight(&self.before, name),
                    Self::weight(&self.after, name),
                )
            };
            let ((was, is), (had, has)) = (stays(from), stays(to));
            from != to && is >= was && has <= had
        };
        for (name, expected) in [
            ("remap_ratio", share(&keys, &moved)),
            ("remap_requests", share(&all, &moved)),
            ("excess_remap", share(&keys, &needless)),
            ("ideal_remap", self.ideal(&keys)),
        ] {
            assert!(
                close(figure(plan, name), expected),
                "{name}: {expected} {plan}"
            );
        }
        let count = |of: &[&(Vec<u8>, String, String)]| {
            let mut flows = BTreeMap::new();
            for (_, from, to) in of {
                *flows.entry((from.clone(), to.clone())).or_insert(0u64) += 1;
            }
            flows
        };
        let (by_keys, by_requests) = (count(&keys), count(&all));
        let flows = plan["flows"].as_array().unwrap().iter().map(|flow| {
            let text = |name: &str| flow[name].as_str().unwrap().to_owned();
            let ends = (text("from"), text("to"));
            assert_eq!(
                flow["keys"],
                by_keys.get(&ends).copied().unwrap_or_default()
            );
            (ends, flow["requests"].as_u64().unwrap())
        });
        let moving = by_requests.iter().filter(|((from, to), _)| from != to);
        let moving: BTreeMap<_, _> = moving.map(|(ends, count)| (ends.clone(), *count)).collect();
        assert_eq!(flows.collect::<BTreeMap<_, _>>(), moving);
        for backend in plan["backends"].as_array().unwrap() {
            let name = backend["backend"].as_str().unwrap();
            for (figures, flows) in [(backend, &by_keys), (&backend["requests"], &by_requests)] {
                let sum = |counts: &dyn Fn(&str, &str) -> bool| -> u64 {
                    let counted = flows.iter().filter(|((from, to), _)| counts(from, to));
                    counted.map(|(_, count)| count).sum()
                };
                assert_eq!(figures["before"], sum(&|from, _| from == name), "{name}");
                assert_eq!(figures["after"], sum(&|_, to| to == name), "{name}");
                assert_eq!(
                    figures["gained"],
                    sum(&|from, to| to == name && from != name)
                );
                assert_eq!(figures["lost"], sum(&|from, to| from == name && to != name));
            }
        }
    }
}
