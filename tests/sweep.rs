//! A simulation at several loads is what each of them is by itself.

use std::process::{Command, Output};

use evenkeel::config::Config;
use evenkeel::figures::Measured;
use evenkeel::simulate::{
    AlgorithmIntervals, Discipline, Drawn, Latency, Machines, Model, Simulated, Simulation,
    Timeline, Traffic,
};
use evenkeel::workload::Distribution;
use evenkeel_algorithms::Registry;
use serde_json::Value;

const NAMES: [&str; 2] = ["ketama", "power-of-two-choices"];

/// At a load, and at others as well if there are any.
fn simulated(load: f64, others: &[f64], runs: u32) -> Simulated {
    let config = Config::of((1..=4).map(|n| format!("b{n}").into()).collect());
    let traffic = Traffic::from(Drawn::new(4_000, load, 300, Distribution::Uniform));
    let simulation = Simulation {
        config: &config,
        algorithms: &NAMES.map(|name| Registry::builtin().named(name).unwrap()),
        traffic: &traffic,
        model: Model {
            servers: 1,
            queue_limit: Some(20),
            discipline: Discipline::Fcfs,
            cache: None,
        },
        machines: &Machines::of(&config.backends),
        instances: 1,
        warm_up: 400,
        limit: Some(3_000_000),
        timeline: &Timeline::quiet(&config.backends),
        window: None,
    };
    match others {
        [] => simulation.repeat(runs, |_| ()).unwrap(),
        others => simulation.sweep(others, runs, |_| ()).unwrap(),
    }
}

#[test]
fn each_load_is_what_it_is_by_itself() {
    for runs in [1, 3] {
        let swept = simulated(0.8, &[1.2, 0.8, 0.3], runs);
        let loads = [0.3, 0.8, 1.2];
        let rows = loads
            .iter()
            .flat_map(|&load| NAMES.map(|name| (load, name)));
        let told = swept.by_load.iter().map(|told| (told.load, told.algorithm));
        assert!(told.eq(rows));
        for told in &swept.by_load {
            let alone = simulated(told.load, &[], runs);
            let mut results = alone.results.iter();
            let outcome = results.find(|outcome| outcome.algorithm == told.algorithm);
            let outcome = outcome.unwrap();
            let latency = outcome.figures.latency.as_ref().unwrap();
            let of_told = told.latency.as_ref().unwrap();
            for figure in Latency::FIGURES {
                assert_eq!(figure.of(of_told), figure.of(latency), "{figure:?}");
            }
            assert_eq!(told.requests, outcome.figures.requests);
            assert_eq!(told.rejected, outcome.figures.rejected);
            let mean =
                |of: &AlgorithmIntervals| of.latency.of(Latency::MEAN_NS).unwrap().half_width();
            let widths = [&told.intervals, &outcome.intervals].map(|of| of.as_ref().map(mean));
            assert_eq!((widths[0], widths[0].is_some()), (widths[1], runs > 1));
        }
        let rejected = swept.by_load.iter().map(|told| told.rejected);
        assert!(rejected.clone().take(2).sum::<u64>() < rejected.skip(4).sum());
        // What it says of its own load is the same.
        let (mut swept, alone) = (swept, simulated(0.8, &[], runs));
        swept.by_load.clear();
        let [swept, alone] = [swept, alone].map(|report| serde_json::to_string(&report).unwrap());
        assert_eq!(swept, alone);
    }
}

#[test]
fn recorded_arrivals_have_no_other_load() {
    let config = Config::of(["a", "b"].map(Into::into).to_vec());
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/cli/simulate/requests.csv"
    );
    let traffic = Traffic::from_trace(path.as_ref()).unwrap();
    let simulation = Simulation {
        config: &config,
        algorithms: &[Registry::builtin().named("random").unwrap()],
        traffic: &traffic,
        model: Model {
            servers: 1,
            queue_limit: None,
            discipline: Discipline::Fcfs,
            cache: None,
        },
        machines: &Machines::of(&config.backends),
        instances: 1,
        warm_up: 0,
        limit: None,
        timeline: &Timeline::quiet(&config.backends),
        window: None,
    };
    let error = simulation.sweep(&[0.5], 1, |_| ()).unwrap_err();
    assert!(
        error.to_string().contains("only generated requests"),
        "{error}"
    );
}

fn evenkeel(args: &[&str]) -> Output {
    let command = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .arg("simulate")
        .args(args)
        .output();
    command.unwrap()
}

/// The table and the JSON alone say the same.
#[test]
fn the_command_tells_all_loads_in_their_order() {
    let sweep = "--load 0.9 --sweep 0.95,0.5 --requests 2000 --algorithm random --format";
    let run = |format| evenkeel(&sweep.split(' ').chain([format]).collect::<Vec<_>>());
    let json: Value = serde_json::from_slice(&run("json").stdout).unwrap();
    let by_load = json["by_load"].as_array().unwrap();
    let loads: Vec<_> = by_load
        .iter()
        .map(|told| told["load"].as_f64().unwrap())
        .collect();
    assert_eq!(loads, [0.5, 0.9, 0.95]);
    let table = String::from_utf8(run("markdown").stdout).unwrap();
    let (_, table) = table.split_once("By offered load").unwrap();
    for told in by_load {
        let mean = told["mean_ns"].as_f64().unwrap() / 1e6;
        let row = table
            .lines()
            .find(|line| line.contains(&format!(" {} ", told["load"])));
        assert!(row.unwrap().contains(&format!(" {mean:.3} ")), "{row:?}");
    }
    let csv = run("csv");
    assert_eq!(csv.stdout.split(|&byte| byte == b'\n').count(), 3);
    let remark = String::from_utf8(csv.stderr).unwrap();
    assert!(remark.contains("what all loads come to"), "{remark}");
}
