//! What hot keys decide, and which of them move.

use evenkeel::change::MembershipChange;
use evenkeel::compare::{Comparison, Finding, Plan};
use evenkeel::config::Config;
use evenkeel::report::{Format, render};
use evenkeel::workload::{Distribution, Workload};
use evenkeel_algorithms::{LoadBalancer, Registry};

use super::defaults;

/// Strategies by name, over ten backends and a workload.
fn keyed(workload: &Workload, names: &[&str], changes: &[MembershipChange]) -> Comparison {
    let config = Config::of((1..=10).map(|number| format!("b{number}").into()).collect());
    let algorithms = names
        .iter()
        .map(|name| Registry::builtin().named(name).unwrap());
    let plan = Plan {
        config: &config,
        algorithms: &algorithms.collect::<Vec<_>>(),
        workload,
        changes,
        timing: false,
        detailed: false,
    };
    plan.run(|_| ()).unwrap()
}

fn text(comparison: &Comparison) -> String {
    let text = render(comparison, Format::Text, "evenkeel compare").unwrap();
    String::from_utf8(text).unwrap().replace('\n', " ")
}

#[test]
fn with_hot_keys_the_answer_is_that_keyed_strategies_differ_by_chance() {
    let names = ["ketama", "rendezvous", "maglev", "round-robin"];
    let skewed = Workload::drawn(50_000, 5_000, Distribution::Zipf(1.1), 1).unwrap();
    let comparison = keyed(&skewed, &names, &defaults());
    let said = text(&comparison);
    assert!(said.starts_with("Requests: no keyed strategy is more or less even than random"));
    assert!(
        said.contains("differences between keyed strategies are random"),
        "{said}"
    );
    let range = comparison.chance.peak.unwrap();
    for result in &comparison.results[..3] {
        let peak = result.spread.requests.unwrap().peak_to_mean;
        assert!((range.low..=range.high).contains(&peak));
        assert_eq!(result.requests_finding, Some(Finding::NothingShown));
    }
    assert_eq!(comparison.results[3].requests_finding, None);

    let even = Workload::drawn(500_000, 50_000, Distribution::Uniform, 1).unwrap();
    let comparison = keyed(&even, &names, &defaults());
    let said = text(&comparison);
    assert!(said.starts_with(
        "Only necessary moves, and requests as even as by random assignment: rendezvous ("
    ));
    assert!(!said.contains("are random:"), "{said}");
    assert_eq!(
        comparison.results[0].requests_finding,
        Some(Finding::Uneven)
    );
}

/// A strategy that is random assignment is outside of the range of 200 others once in a hundred times.
#[test]
fn perfect_hashing_is_rarely_found_to_differ_from_chance() {
    let found = (0..200).filter(|&run| {
        let uniform = Distribution::Uniform;
        let workload = Workload::drawn_again(run, 2_000, 400, uniform, run.into()).unwrap();
        let comparison = keyed(&workload, &["rendezvous"], &[]);
        comparison.results[0].requests_finding != Some(Finding::NothingShown)
    });
    let found = found.count();
    assert!(found <= 8, "{found} of 200");
}

#[test]
fn the_hottest_keys_that_move_are_those_of_plain_counting() {
    let workload = Workload::drawn(20_000, 700, Distribution::Zipf(1.), 5).unwrap();
    let change = MembershipChange::Remove("b3".into());
    let comparison = keyed(&workload, &["ketama", "round-robin"], &[change]);
    let keys: Vec<_> = workload.keys().collect();
    let balancer = |numbers: &[u32]| {
        let config = Config::of(
            numbers
                .iter()
                .map(|number| format!("b{number}").into())
                .collect(),
        );
        let ketama = Registry::builtin().named("ketama").unwrap();
        LoadBalancer::new(config.configured_as(ketama), config.pool().unwrap()).unwrap()
    };
    let [before, after] = [
        balancer(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        balancer(&[1, 2, 4, 5, 6, 7, 8, 9, 10]),
    ];
    let owner = |balancer: &LoadBalancer, key: &[u8]| {
        balancer
            .route(Some(key))
            .unwrap()
            .backend()
            .name()
            .to_owned()
    };
    let mut moved: Vec<_> = (0..keys.len())
        .map(|key| {
            (
                workload.counts()[key],
                key,
                owner(&before, keys[key]),
                owner(&after, keys[key]),
            )
        })
        .filter(|(_, _, from, to)| from != to)
        .collect();
    moved.sort_by_key(|&(count, key, ..)| (std::cmp::Reverse(count), key));
    let expected = moved.into_iter().take(5);
    let expected: Vec<_> = expected
        .map(|(count, key, from, to)| {
            (
                String::from_utf8(keys[key].to_vec()).unwrap(),
                count,
                from,
                to,
            )
        })
        .collect();
    let named = comparison.results[0].changes[0].hot_keys.iter();
    let named: Vec<_> = named
        .map(|moved| {
            (
                moved.hot.key.clone(),
                moved.hot.requests,
                moved.from.clone(),
                moved.to.clone(),
            )
        })
        .collect();
    assert_eq!(named, expected);
    assert!(comparison.results[1].changes[0].hot_keys.is_empty());
    let once = Workload::drawn(1, 1, Distribution::Uniform, 1).unwrap();
    let once = keyed(&once, &["ketama"], &defaults());
    assert!(once.workload.hot_keys.is_empty());
}
