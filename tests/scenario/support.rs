//! Cases of simulations in which something happens.

use std::io::Write;
use std::num::NonZeroUsize;

use evenkeel::config::Config;
use evenkeel::simulate::{
    CacheModel, Discipline, Figures, Machines, Model, Scenario, Simulated, Simulation, Timeline,
    Traffic,
};
use evenkeel_algorithms::Registry;
use tempfile::NamedTempFile;

/// What is simulated, with what is usual.
pub(crate) struct Case<'a> {
    pub(crate) backends: usize,
    pub(crate) traffic: &'a Traffic,
    pub(crate) model: Model,
    pub(crate) events: &'a str,
    pub(crate) warm_up: u64,
    pub(crate) limit: Option<u64>,
    pub(crate) window: Option<u64>,
    pub(crate) instances: u32,
}

pub(crate) const ONE_SERVER: Model = Model {
    servers: 1,
    queue_limit: None,
    discipline: Discipline::Fcfs,
    cache: None,
};

impl<'a> Case<'a> {
    pub(crate) fn of(backends: usize, traffic: &'a Traffic) -> Self {
        Self {
            backends,
            traffic,
            model: ONE_SERVER,
            events: "",
            warm_up: 0,
            limit: None,
            window: None,
            instances: 1,
        }
    }

    pub(crate) fn run(&self, algorithms: &[&str]) -> Simulated {
        self.with(algorithms, |simulation| simulation.run(|_| ()).unwrap())
    }

    pub(crate) fn with<T>(&self, algorithms: &[&str], told: impl FnOnce(Simulation<'_>) -> T) -> T {
        let names = (1..=self.backends).map(|number| format!("b{number}").into());
        let config = Config::of(names.collect());
        let algorithms = algorithms.iter();
        let algorithms: Vec<_> = algorithms
            .map(|name| Registry::builtin().named(name).unwrap())
            .collect();
        let timeline = if self.events.is_empty() {
            Timeline::quiet(&config.backends)
        } else {
            let scenario = Scenario::parse(&format!("events:\n{}", self.events)).unwrap();
            Timeline::of(&scenario, &config.backends).unwrap()
        };
        told(Simulation {
            config: &config,
            algorithms: &algorithms,
            traffic: self.traffic,
            model: self.model,
            machines: &Machines::of(&config.backends),
            instances: self.instances,
            warm_up: self.warm_up,
            limit: self.limit,
            timeline: &timeline,
            window: self.window,
        })
    }

    pub(crate) fn proposed_window(&self) -> Option<u64> {
        self.with(&[], |simulation| simulation.proposed_window())
    }

    pub(crate) fn figures(&self, algorithm: &str) -> Figures {
        self.run(&[algorithm]).results.swap_remove(0).figures
    }
}

/// A trace of (arrival, service, key), in seconds.
pub(crate) fn trace(requests: impl IntoIterator<Item = (f64, f64, String)>) -> Traffic {
    let mut file = NamedTempFile::new().unwrap();
    writeln!(file, "arrival_us,service_us,key").unwrap();
    for (arrival, service, key) in requests {
        let [arrival, service] = [arrival, service].map(|seconds| (seconds * 1e6).round());
        writeln!(file, "{arrival},{service},{key}").unwrap();
    }
    Traffic::from_trace(file.path()).unwrap()
}

/// Requests of a second each at these seconds.
pub(crate) fn seconds(arrivals: &[f64]) -> Traffic {
    let arrivals = arrivals.iter();
    trace(arrivals.map(|&arrival| (arrival, 1., "key".to_owned())))
}

pub(crate) fn shared(model: Model) -> Model {
    Model {
        discipline: Discipline::Ps,
        ..model
    }
}

pub(crate) fn cached(entries: usize) -> Model {
    Model {
        cache: Some(CacheModel {
            entries: NonZeroUsize::new(entries),
            hit_cost: 1.,
        }),
        ..ONE_SERVER
    }
}
