//! Simulations of equal backends, and the traces of real programs.

use std::io::{Read, Write};
use std::path::Path;

use evenkeel::config::Config;
use evenkeel::simulate::{
    Discipline, Drawn, Figures, Latency, Machines, Model, Simulated, Simulation, Timeline, Traffic,
};
use evenkeel::workload::Distribution;
use evenkeel_algorithms::Registry;
use flate2::read::GzDecoder;
use tempfile::NamedTempFile;

/// Backends b1 to bN.
pub(crate) fn config(backends: usize) -> Config {
    Config::of(
        (1..=backends)
            .map(|number| format!("b{number}").into())
            .collect(),
    )
}

pub(crate) const ONE_SERVER: Model = Model {
    servers: 1,
    queue_limit: None,
    discipline: Discipline::Fcfs,
    cache: None,
};

/// Simulates equal backends.
pub(crate) fn simulated(
    config: &Config,
    algorithms: &[&str],
    traffic: &Traffic,
    model: Model,
    warm_up: u64,
) -> Simulated {
    let algorithms = algorithms
        .iter()
        .map(|name| Registry::builtin().named(name).unwrap());
    let simulation = Simulation {
        config,
        algorithms: &algorithms.collect::<Vec<_>>(),
        traffic,
        model,
        machines: &Machines::of(&config.backends),
        instances: 1,
        warm_up,
        limit: None,
        timeline: &Timeline::quiet(&config.backends),
        window: None,
    };
    simulation.run(|_| ()).unwrap()
}

pub(crate) fn latency<'a>(report: &'a Simulated, algorithm: &str) -> &'a Latency {
    figures(report, algorithm).latency.as_ref().unwrap()
}

pub(crate) fn figures<'a>(report: &'a Simulated, algorithm: &str) -> &'a Figures {
    let mut results = report.results.iter();
    &results
        .find(|outcome| outcome.algorithm == algorithm)
        .unwrap()
        .figures
}

pub(crate) fn trace(text: &str) -> anyhow::Result<Traffic> {
    Traffic::from_trace(file(text).path())
}

pub(crate) fn file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

/// The text of a compressed file.
pub(crate) fn text_of(path: &Path) -> String {
    let mut text = String::new();
    let file = std::fs::File::open(path).unwrap();
    GzDecoder::new(file).read_to_string(&mut text).unwrap();
    text
}

/// Poisson arrivals of exponential requests of 1 ms.
pub(crate) fn drawn(requests: u64, load: f64) -> Drawn {
    Drawn::new(requests, load, 1_000, Distribution::Uniform)
}
