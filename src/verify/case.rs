//! A simulation that is checked.

use anyhow::{Context, Result};
use evenkeel_algorithms::{Backend, Card, Weight};
use evenkeel_config::Config;

use crate::simulate::{
    Discipline, Drawn, Figures, Machines, Model, Scenario, Simulation, Timeline, Traffic,
};

/// One request at a time, in the order of arrival, without a limit.
pub(super) const ONE_SERVER: Model = Model {
    servers: 1,
    queue_limit: None,
    discipline: Discipline::Fcfs,
    cache: None,
};

/// A simulated strategy over backends b1, b2 and so on.
pub(super) struct Case {
    pub(super) algorithm: &'static Card,
    /// The weight of each backend.
    pub(super) weights: Vec<u64>,
    pub(super) model: Model,
    pub(super) traffic: Drawn,
    /// The share of requests before the measurement.
    pub(super) warm_up: f64,
    /// Events in YAML, if there are any.
    pub(super) events: &'static str,
    pub(super) limit: Option<u64>,
}

impl Case {
    pub(super) fn new(algorithm: &'static Card, backends: usize, traffic: Drawn) -> Self {
        Self {
            algorithm,
            weights: vec![1; backends],
            model: ONE_SERVER,
            traffic,
            warm_up: 0.1,
            events: "",
            limit: None,
        }
    }

    pub(super) fn figures(self) -> Result<Figures> {
        let backend = |(number, &weight): (u32, &u64)| {
            let backend = Backend::new(format!("b{number}"));
            Ok(backend.with_weight(Weight::new(weight)?))
        };
        let backends = (1..).zip(&self.weights).map(backend);
        let config = Config::of(backends.collect::<Result<_>>()?);
        let timeline = if self.events.is_empty() {
            Timeline::quiet(&config.backends)
        } else {
            let fault = |fault| anyhow::anyhow!("{fault}");
            let scenario = Scenario::parse(self.events).map_err(fault)?;
            Timeline::of(&scenario, &config.backends).map_err(fault)?
        };
        let traffic = Traffic::from(self.traffic);
        let warm_up = (traffic.requests() as f64 * self.warm_up) as u64;
        let simulation = Simulation {
            config: &config,
            algorithms: &[self.algorithm],
            traffic: &traffic,
            model: self.model,
            machines: &Machines::of(&config.backends),
            instances: 1,
            warm_up,
            limit: self.limit,
            timeline: &timeline,
            window: None,
        };
        let mut results = simulation.run(|_| ())?.results;
        Ok(results.pop().context("there is no result")?.figures)
    }

    /// Returns the mean time in the system in units of the mean service time.
    pub(super) fn mean(self) -> Result<f64> {
        let service = self.traffic.service_mean as f64;
        let latency = self
            .figures()?
            .latency
            .context("no request was completed")?;
        Ok(latency.mean_ns / service)
    }

    pub(super) fn hit_ratio(self) -> Result<f64> {
        self.figures()?.hit_ratio.context("no key was looked up")
    }
}
