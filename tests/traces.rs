//! The comparison on real traffic. The traces are not part of the project; where the folder
//! `shared/data` lies beside it they are used, elsewhere these tests say that they are skipped.

use evenkeel::change::MembershipChange;
use evenkeel::compare::{Comparison, Plan};
use evenkeel::config::Config;
use evenkeel::workload::{KeyField, Workload};
use evenkeel_algorithms::strategy::CARDS;

use crate::skipped::shared_data;

/// All strategies, ten backends, one joining, one leaving, one reweighted.
fn compared(workload: &Workload) -> Comparison {
    let config = Config::of((1..=10).map(|number| format!("b{number}").into()).collect());
    let mut changes = MembershipChange::defaults(&config.backends);
    let weight = evenkeel_algorithms::Weight::new(3).unwrap();
    changes.push(MembershipChange::Reweight("b4".into(), weight));
    let plan = Plan {
        config: &config,
        algorithms: CARDS,
        workload,
        changes: &changes,
        timing: false,
        detailed: false,
    };
    plan.run(|_| ()).unwrap()
}

/// Published for keys that go to backends uniformly at random: the coefficient of variation, and the
/// 99 % range of the largest load over the mean.
struct Published {
    cv: f64,
    peak: std::ops::RangeInclusive<f64>,
}

fn check(workload: &Workload, published: &Published) {
    let comparison = compared(workload);
    let chance = comparison.chance.requests.unwrap();
    assert!((chance.cv - published.cv).abs() < 0.0001, "{chance:?}");
    let by_key = comparison.results.iter();
    let by_key = by_key.filter(|outcome| outcome.spread.keys.is_some());
    let peaks = by_key.map(|outcome| {
        let peak = outcome.spread.requests.unwrap().peak_to_mean;
        (outcome.algorithm, peak)
    });
    // Of a dozen strategies one may be outside of where 99 of 100 are.
    let outside: Vec<_> = peaks
        .filter(|(_, peak)| !published.peak.contains(peak))
        .collect();
    assert!(outside.len() <= 1, "{outside:?}");
    for outcome in &comparison.results {
        let name = outcome.algorithm;
        if outcome.spread.keys.is_some() {
            assert_eq!(outcome.affinity, Some(1.), "{name}");
        }
        for changed in outcome
            .changes
            .iter()
            .filter(|_| ["ketama", "rendezvous"].contains(&name))
        {
            assert_eq!(changed.excess_remap, 0., "{name}: {}", changed.change);
            assert!(changed.remap_ratio > 0., "{name}: {}", changed.change);
        }
    }
}

#[test]
fn an_access_log_is_read_whole_and_spreads_as_published() {
    let Some(path) = shared_data("access_semicomplete_2015.log.gz") else {
        return;
    };
    for (field, published) in [
        (
            KeyField::Client,
            Published {
                cv: 0.2584,
                peak: 1.201..=2.228,
            },
        ),
        (
            KeyField::Path,
            Published {
                cv: 0.4605,
                peak: 1.318..=3.071,
            },
        ),
    ] {
        let workload = Workload::from_access_log(&path, field).unwrap();
        assert_eq!(workload.requests().len(), 10_000);
        let malformed = &workload.malformed;
        assert_eq!((malformed.lines, malformed.without_key), (1, 0));
        assert_eq!(malformed.first.map(|(line, _)| line), Some(8_899));
        check(&workload, &published);
    }
}

#[test]
fn files_of_keys_spread_as_published() {
    for (name, requests, published) in [
        (
            "cache_web12.keys.gz",
            95_607,
            Published {
                cv: 0.1085,
                peak: 1.067..=1.406,
            },
        ),
        (
            "cache_orm_busy_1m.keys.gz",
            1_000_000,
            Published {
                cv: 0.0568,
                peak: 1.035..=1.209,
            },
        ),
    ] {
        let Some(path) = shared_data(name) else {
            return;
        };
        let workload = Workload::from_keys(&path).unwrap();
        assert_eq!(workload.requests().len(), requests, "{name}");
        check(&workload, &published);
    }
}
