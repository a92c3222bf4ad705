//! What several runs of a simulation tell, and what they do not.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Mutex;

use evenkeel::config::Config;
use evenkeel::figures::{Figure, Interval, seeds};
use evenkeel::simulate::{
    AlgorithmFigures, CacheModel, Discipline, Drawn, Figures, Latency, Machines, Model, Progress,
    Scenario, Simulated, Simulation, Timeline, Traffic,
};
use evenkeel::workload::Distribution;
use evenkeel_algorithms::{Registry, Seed};
use serde_json::Value;
use tempfile::NamedTempFile;

const LIMIT: u64 = 5_000_000;

/// Simulates requests to ten backends, of which the last has a speed of its own.
fn repeated(seed: u64, names: &[&str], traffic: &Traffic, last: f64, runs: u32) -> Simulated {
    let mut config = Config::of((1..=10).map(|n| format!("b{n}").into()).collect());
    config.hashing.seed = Seed(seed);
    let algorithms = names
        .iter()
        .map(|name| Registry::builtin().named(name).unwrap());
    let simulation = Simulation {
        config: &config,
        algorithms: &algorithms.collect::<Vec<_>>(),
        traffic,
        model: Model {
            servers: 1,
            queue_limit: Some(400),
            discipline: Discipline::Fcfs,
            cache: None,
        },
        machines: &Machines::of(&config.backends).with_speed("b10", last),
        instances: 1,
        warm_up: traffic.requests() / 10,
        limit: Some(LIMIT),
        timeline: &Timeline::quiet(&config.backends),
        window: None,
    };
    simulation.repeat(runs, |_| ()).unwrap()
}

fn drawn(requests: u64, load: f64) -> Traffic {
    Traffic::from(Drawn::new(requests, load, 1_000, Distribution::Uniform))
}

/// A request each millisecond that takes up to ten, of 90 clients.
fn trace() -> Traffic {
    let mut file = NamedTempFile::new().unwrap();
    writeln!(file, "arrival_us,service_us,key").unwrap();
    for number in 0..500 {
        let (service, client) = (number * 7 % 10 + 1, number * number % 90);
        writeln!(file, "{number}000,{service}000,client-{client}").unwrap();
    }
    Traffic::from_trace(file.path()).unwrap()
}

fn outcome<'a>(report: &'a Simulated, name: &str) -> &'a AlgorithmFigures {
    let mut results = report.results.iter();
    results.find(|result| result.algorithm == name).unwrap()
}

/// How much higher a figure of one is than that of the best, and whether that is shown.
fn against(
    report: &Simulated,
    figure: &Figure<Latency>,
    best: &str,
    other: &str,
) -> (Interval, bool) {
    let mut paired = report.paired.iter();
    let told = paired.find(|told| (told.figure, told.best, told.other) == (figure, best, other));
    let told = told.unwrap_or_else(|| panic!("{best} is not the best by {figure:?}"));
    (told.difference, told.shown)
}

/// Of ten backends one has 0.3 of the speed. In turns it gets a tenth, which it keeps up with at a load of
/// 0.3 and not of 0.6; two choices avoid it at both.
#[test]
fn two_choices_are_shown_to_spare_a_slow_backend() {
    for load in [0.3, 0.6] {
        let names = ["round-robin", "power-of-two-choices"];
        let report = repeated(7, &names, &drawn(10_000, load), 0.3, 8);
        for figure in [Latency::MEAN_NS, Latency::P99_NS, Latency::OVER_LIMIT] {
            let best = "power-of-two-choices";
            let (difference, shown) = against(&report, figure, best, "round-robin");
            assert!(shown && difference.low > 0., "{load}: {difference:?}");
        }
    }
}

/// Two hashes without a fault do the same to a random load. At 95 % one of twenty is to differ by luck, and
/// seven of forty hardly ever do.
#[test]
fn no_difference_is_shown_where_there_is_none() {
    let mut shown = [0; 3];
    for seed in 0..40 {
        let names = ["anchor", "rendezvous"];
        let report = repeated(seed, &names, &drawn(2_000, 0.6), 1., 6);
        assert_eq!(report.paired.len(), 3);
        for (count, told) in shown.iter_mut().zip(&report.paired) {
            assert_eq!(told.shown, !told.difference.includes_zero());
            *count += u32::from(told.shown);
        }
    }
    println!("{shown:?} of 40");
    assert!(shown.iter().all(|&count| count < 7), "{shown:?}");
}

#[test]
fn the_same_picks_do_not_differ_at_all() {
    let report = repeated(7, &["jump", "memento"], &drawn(2_000, 0.6), 1., 5);
    for told in &report.paired {
        assert_eq!((told.difference.low, told.difference.high), (0., 0.));
        assert!(!told.shown);
    }
    assert_eq!(report.paired.len(), 3);
}

#[test]
fn differences_are_told_of_five_runs() {
    let paired = |runs| {
        let names = ["round-robin", "random", "jump"];
        repeated(7, &names, &drawn(1_000, 0.6), 1., runs).paired
    };
    assert!(paired(4).is_empty());
    assert_eq!(paired(5).len(), 3 * 2);
}

/// Each run is what a simulation with its seed is, and the figures are the means of theirs.
#[test]
fn figures_are_means_of_simulations_with_these_seeds() {
    // A strategy that uses no key sees no other clients, and of a trace they are the same.
    for (name, traffic) in [
        ("power-of-two-choices", drawn(3_000, 1.5)),
        ("ketama", trace()),
    ] {
        let simulated = |seed, runs| repeated(seed, &[name], &traffic, 0.2, runs);
        let runs: Vec<_> = seeds(Seed(7), 6).map(|seed| simulated(seed.0, 1)).collect();
        let figures = runs.iter().map(|run| &outcome(run, name).figures);
        let of =
            |figure: fn(&Figures) -> f64| -> Vec<f64> { figures.clone().map(figure).collect() };
        let mean = |values: &[f64]| values.iter().sum::<f64>() / 6.;
        let report = simulated(7, 6);
        let repeat = report.setting.repeat.as_ref().unwrap();
        assert_eq!(repeat.redrawn, traffic.load().is_some());
        assert!(
            repeat
                .seeds
                .iter()
                .eq(runs.iter().map(|run| &run.setting.seed))
        );
        let all = outcome(&report, name);
        let (latency, intervals) = (
            all.figures.latency.as_ref().unwrap(),
            all.intervals.as_ref().unwrap(),
        );
        let of_times = |figure| intervals.latency.of(figure).unwrap();
        let p99 = of(|run| run.latency.as_ref().unwrap().p99_ns as f64);
        let max = of(|run| run.latency.as_ref().unwrap().max_ns as f64);
        let rejected = of(|run| run.rejected as f64);
        for (found, interval, values) in [
            (latency.p99_ns, of_times(Latency::P99_NS), &p99),
            (latency.max_ns, of_times(Latency::MAX_NS), &max),
            (
                all.figures.rejected,
                intervals.figures.of(Figures::REJECTED).unwrap(),
                &rejected,
            ),
        ] {
            let expected = mean(values);
            let off = (interval.mean - expected).abs();
            assert!(off <= 1e-9 * expected, "{name}: {off}");
            assert_eq!(found, interval.mean.round() as u64);
            assert!(interval.low <= expected && expected <= interval.high);
        }
        assert!(p99.iter().any(|value| *value != p99[0]), "{name}");
        let sums = figures
            .clone()
            .map(|run| run.latency.as_ref().unwrap().sum_ns);
        assert_eq!(latency.sum_ns, sums.sum::<u128>());
        let shares = figures.clone().map(|run| run.quantiles.len());
        assert_eq!(Some(all.figures.quantiles.len()), shares.min());
        for (place, quantile) in all.figures.quantiles.iter().enumerate() {
            let of_runs = figures.clone().map(|run| run.quantiles[place]);
            let times: Vec<_> = of_runs.clone().map(|told| told.ns as f64).collect();
            assert_eq!(quantile.ns, mean(&times).round() as u64);
            assert!(of_runs.into_iter().all(|told| told.share == quantile.share));
        }
        let slow = of(|run| run.backends[9].utilisation);
        assert!((all.figures.backends[9].utilisation - mean(&slow)).abs() < 1e-12);
    }
}

#[test]
fn shares_are_told_to_an_interval() {
    let report = repeated(7, &["random"], &drawn(20_000, 1.5), 1., 5);
    let all = outcome(&report, "random");
    let intervals = all.intervals.as_ref().unwrap();
    let mean = |figure| intervals.figures.of(figure).unwrap().mean;
    assert!(mean(Figures::REJECTED) > 0.);
    let share = mean(Figures::REJECTED) / 18_000.;
    assert!((mean(Figures::REJECTED_SHARE) - share).abs() < 1e-12);
    let over = all.figures.latency.as_ref().unwrap().over_limit;
    let interval = intervals.latency.of(Latency::OVER_LIMIT);
    assert_eq!(over, interval.map(|over| over.mean));
}

/// nginx's hash has no seed. Of a drawn load each run has clients of its own, or it would have too narrow an
/// interval; over a trace it does the same in every run.
#[test]
fn clients_are_drawn_anew_and_a_trace_is_not() {
    let few = Drawn::new(5_000, 0.8, 20, Distribution::Uniform);
    let names = ["nginx-hash", "round-robin"];
    let loads = |traffic: &Traffic| {
        let report = repeated(7, &names, traffic, 1., 5);
        let backends = &outcome(&report, "nginx-hash").figures.backends;
        let fullest = backends.iter().map(|share| share.requests).max().unwrap();
        let intervals = outcome(&report, "nginx-hash").intervals.as_ref().unwrap();
        let mean = intervals.latency.of(Latency::MEAN_NS).unwrap();
        (fullest as f64 / 450., mean.half_width())
    };
    // The same 20 clients would leave one with twice its share in the mean as well.
    let (fullest, half) = loads(&Traffic::from(few));
    assert!(fullest < 1.9 && half > 0., "{fullest} {half}");
    assert_eq!(loads(&trace()).1, 0.);
}

#[test]
fn a_failing_strategy_is_excluded_from_all_runs() {
    let mut file = NamedTempFile::new().unwrap();
    write!(file, "arrival_us,service_us\n1,2\n2,3\n").unwrap();
    let traffic = Traffic::from_trace(file.path()).unwrap();
    let report = repeated(7, &["ketama", "random"], &traffic, 1., 5);
    assert_eq!(report.results.len(), 1);
    assert_eq!(report.skipped.len(), 1);
    assert!(report.skipped[0].reason.contains("key"));
}

#[test]
fn one_run_has_no_statistics() {
    let report = repeated(7, &["random", "ketama"], &drawn(1_000, 0.6), 1., 1);
    let json: Value = serde_json::to_value(&report).unwrap();
    assert_eq!(json["schema"], 1);
    assert!(json.get("paired").is_none() && json["setting"].get("repeat").is_none());
    assert!(json["results"][0].get("intervals").is_none());
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let names = ["ketama", "power-of-two-choices", "peak-ewma"];
    let json = |seed| {
        let report = repeated(seed, &names, &drawn(2_000, 0.8), 0.5, 6);
        serde_json::to_string(&report).unwrap()
    };
    assert_eq!(json(1), json(1));
    assert_ne!(json(1), json(2));
}

/// A bar that shows how far it is gets to the end.
#[test]
fn all_requests_are_told_of_as_they_are_done() {
    let config = Config::of(["a", "b"].map(Into::into).to_vec());
    let traffic = drawn(150_000, 0.5);
    let scenario = Scenario::parse("events:\n  - { at: 1s, for: 1s, stop: a }").unwrap();
    for (cache, times) in [
        (None, 1),
        (
            Some(CacheModel {
                entries: None,
                hit_cost: 1.,
            }),
            2,
        ),
    ] {
        let simulation = Simulation {
            config: &config,
            algorithms: &["random", "ketama"].map(|name| Registry::builtin().named(name).unwrap()),
            traffic: &traffic,
            model: Model {
                servers: 1,
                queue_limit: None,
                discipline: Discipline::Fcfs,
                cache,
            },
            machines: &Machines::of(&config.backends),
            instances: 1,
            warm_up: 0,
            limit: None,
            timeline: &Timeline::of(&scenario, &config.backends).unwrap(),
            window: None,
        };
        let told = Mutex::new(BTreeMap::<_, Vec<_>>::new());
        let step = |done: Progress| {
            told.lock()
                .unwrap()
                .entry(done.algorithm)
                .or_default()
                .push(done.requests);
        };
        simulation.repeat(2, step).unwrap();
        let told = told.into_inner().unwrap();
        assert!(told.keys().eq(&["ketama", "random"]));
        for parts in told.values() {
            assert_eq!(parts.iter().sum::<u64>(), 2 * times * 150_000);
            assert!(parts.iter().all(|&part| part <= 65_536));
            assert_eq!(parts.len() as u64, 2 * times * 3);
        }
        assert_eq!(simulation.requests(2), 2 * 2 * times * 150_000);
    }
}
