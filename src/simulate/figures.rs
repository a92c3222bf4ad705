//! The figures of a simulation, as reports show them and programs read them.

use std::num::NonZeroUsize;

use serde::{Serialize, Serializer};

use super::cache::CacheModel;
use super::intervals::AlgorithmIntervals;
use super::latency::{Latency, Quantile};
use super::record::{Phase, Window};
use super::station::Discipline;
use super::timeline::Turn;
use crate::figures::{Difference, Figure, Repeat, Skipped, figures, mean_by_field};
use crate::workload::Malformed;

/// All figures of a simulation; over several runs, their means.
#[derive(Debug, Serialize)]
pub struct Simulated {
    /// The schema version.
    pub schema: u32,
    /// The setting.
    pub setting: Setting,
    /// The results, one per algorithm.
    pub results: Vec<AlgorithmFigures>,
    /// The algorithms that could not be simulated.
    pub skipped: Vec<Skipped>,
    /// The differences of the best strategies to the others, for five runs or more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub paired: Vec<Difference<Latency>>,
    /// The results of each algorithm at several loads, if they were simulated, in ascending order of the load.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub by_load: Vec<AtLoad>,
}

/// The result of a strategy at a load; over several runs, the means.
#[derive(Debug, Serialize)]
pub struct AtLoad {
    /// The offered load as a fraction of capacity.
    pub load: f64,
    /// The strategy's canonical name.
    pub algorithm: &'static str,
    /// The number of completed requests.
    pub requests: u64,
    /// The number of rejected requests.
    pub rejected: u64,
    /// Their times, including waiting; `None` if none was completed. JSON has some of the figures.
    #[serde(flatten, serialize_with = "shortened")]
    pub latency: Option<Latency>,
    /// The intervals of the means, if there are several runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intervals: Option<AlgorithmIntervals>,
}

/// The setting of a simulation.
#[derive(Debug, Serialize)]
pub struct Setting {
    /// The source of the requests, as text.
    pub source: String,
    /// The number of requests.
    pub requests: u64,
    /// How many of them precede the measurement.
    pub warm_up: u64,
    /// Malformed lines of an access log.
    #[serde(skip_serializing_if = "Malformed::is_none")]
    pub malformed: Malformed,
    /// The offered load as a fraction of capacity, if requests are generated for it.
    pub load: Option<f64>,
    /// The mean service time at speed 1, if it is drawn.
    pub service_mean_ns: Option<u64>,
    /// The number of backends.
    pub backends: usize,
    /// The number of requests that a backend serves at once.
    pub servers: u32,
    /// The capacity of the backends that get requests: servers times speed.
    pub capacity: f64,
    /// The maximum number of requests that wait at a backend.
    pub queue_limit: Option<u64>,
    /// The service discipline.
    pub discipline: Discipline,
    /// The cache of each backend, if there is one, with the common size.
    pub cache: Option<CacheModel>,
    /// Whether all speeds of backends follow their weights; otherwise some were given.
    pub speeds_follow_weights: bool,
    /// What each backend can do: those of the pool, then those that join.
    pub machines: Vec<Machine>,
    /// The number of independent load balancers, each of which sees only its own requests.
    pub instances: u32,
    /// The time that requests should not exceed.
    pub limit_ns: Option<u64>,
    /// The times when something begins or ends.
    pub turns: Vec<Turn>,
    /// The length of a window, if there are windows.
    pub window_ns: Option<u64>,
    /// The seed of all draws.
    pub seed: u64,
    /// Whether quantiles are exact; otherwise they are at most 0.1% too high.
    pub exact_quantiles: bool,
    /// The runs over which the figures are means, if there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
}

/// What a backend can do.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Machine {
    /// The backend's name.
    pub backend: String,
    /// Its speed without events; at 1, a request takes its own service time.
    pub speed: f64,
    /// The number of keys that fit into its cache; `None` without a cache or without a limit.
    pub cache_entries: Option<NonZeroUsize>,
}

/// The measurements of an algorithm.
#[derive(Debug, Serialize)]
pub struct AlgorithmFigures {
    /// The canonical name.
    pub algorithm: &'static str,
    /// The measurements.
    #[serde(flatten)]
    pub figures: Figures,
    /// The intervals of the means above, if there are several runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intervals: Option<AlgorithmIntervals>,
}

/// The outcome of the measured requests.
#[derive(Debug, Serialize)]
pub struct Figures {
    /// Whether the algorithm ignores the weights, which differ: it is expected to give every backend the same share.
    pub ignores_weights: bool,
    /// The number of completed requests.
    pub requests: u64,
    /// The number of rejected requests.
    pub rejected: u64,
    /// The number of requests lost at a stopped backend.
    pub failed: u64,
    /// The cache hit ratio, if there are caches.
    pub hit_ratio: Option<f64>,
    /// Their times, including waiting; `None` if none was completed.
    pub latency: Option<Latency>,
    /// The times at quantiles from 0.01 to 0.9999, as far as there are requests above; over several runs, the means of
    /// the quantiles that all runs have.
    pub quantiles: Vec<Quantile>,
    /// The figures of each backend.
    pub backends: Vec<BackendFigures>,
    /// The figures between the turns, if there are any.
    pub phases: Vec<Phase>,
    /// The figures of each window, if there are windows.
    pub windows: Vec<Window>,
    /// The windows for plots only, if none were requested.
    #[serde(skip)]
    pub windows_aside: Vec<Window>,
    /// The arrival of the first measured request.
    pub measured_from_ns: u64,
    /// The completion of the last request.
    pub ended_ns: u64,
}

/// The figures of a backend, from the first measured arrival to the last completion.
#[derive(Debug, Serialize)]
pub struct BackendFigures {
    /// Its name.
    pub backend: String,
    /// The number of requests that it completed.
    pub requests: u64,
    /// The number of requests that it rejected.
    pub rejected: u64,
    /// The number of requests that it lost.
    pub failed: u64,
    /// The hit ratio of its cache, if there is one.
    pub hit_ratio: Option<f64>,
    /// The work of the requests that were sent to it as a fraction of what it can do, from the first measured arrival
    /// to the last one, while it was up and got requests; `None` if that was never. Cache hits are less work. Above 1,
    /// its queue grows as long as requests arrive.
    pub offered_load: Option<f64>,
    /// The fraction of time for which its servers were busy.
    pub utilisation: f64,
    /// The mean number of requests at the backend, including those in service.
    pub mean_queue: f64,
}

figures! { pub Figures {
    /// The number of completed requests.
    REQUESTS = neither("requests", "requests", One, 1, |of| of.requests);
    /// The number of rejected requests.
    REJECTED = lower("rejected", "rejected", One, 1, |of| of.rejected).with_interval();
    /// The share of measured requests that were rejected.
    REJECTED_SHARE = lower("rejected_share", "share", Percent, 2, |of| of.share_of(of.rejected)).only_over_runs();
    /// The number of requests lost at a stopped backend.
    FAILED = lower("failed", "failed", One, 1, |of| of.failed);
    /// The share of measured requests that were lost.
    FAILED_SHARE = lower("failed_share", "failed", Percent, 2, |of| of.share_of(of.failed)).only_over_runs();
    /// The share that found its key in the backend's cache.
    HIT_RATIO = higher("hit_ratio", "hits", Percent, 1, |of| of.hit_ratio).with_interval();
    /// The highest offered load of a backend, as a fraction of what it can do.
    MAX_OFFERED_LOAD = neither("max_offered_load", "max offered", Percent, 1, |of| of.max_offered_load());
} }

figures! { pub BackendFigures {
    /// The number of requests that it completed.
    REQUESTS = neither("requests", "requests", One, 1, |of| of.requests);
    /// The number of requests that it rejected.
    REJECTED = lower("rejected", "rejected", One, 1, |of| of.rejected);
    /// The number of requests that it lost.
    FAILED = lower("failed", "failed", One, 1, |of| of.failed);
    /// The share that found its key in its cache.
    HIT_RATIO = higher("hit_ratio", "hits", Percent, 1, |of| of.hit_ratio);
    /// What it is offered as a fraction of what it can do.
    OFFERED_LOAD = neither("offered_load", "offered", Percent, 1, |of| of.offered_load);
    /// The share of the time that its servers were busy.
    UTILISATION = neither("utilisation", "busy", Percent, 1, |of| of.utilisation);
    /// How many requests were there on average.
    MEAN_QUEUE = lower("mean_queue", "mean_queue", One, 2, |of| of.mean_queue);
} }

impl Figures {
    /// Returns the highest offered load of a backend; `None` if no backend could serve anything.
    #[must_use]
    pub fn max_offered_load(&self) -> Option<f64> {
        let offered = self.backends.iter().filter_map(|of| of.offered_load);
        offered.max_by(f64::total_cmp)
    }

    /// Returns a number as a share of the measured requests, each of which is completed, rejected or lost.
    fn share_of(&self, requests: u64) -> f64 {
        let all = self.requests + self.rejected + self.failed;
        requests as f64 / all.max(1) as f64
    }
}

impl BackendFigures {
    /// Returns whether it was offered more than it can serve, by more than chance explains: two standard deviations of
    /// the work of as many Poisson arrivals with exponential service times.
    #[must_use]
    pub fn is_overloaded(&self) -> bool {
        let requests = (self.requests + self.rejected) as f64;
        let chance = 2. * (2. / requests).sqrt();
        self.offered_load
            .is_some_and(|offered| offered * (1. - chance) > 1.)
    }
}

mean_by_field!(Figures {
    ignores_weights: first,
    requests,
    rejected,
    failed,
    hit_ratio,
    latency,
    quantiles,
    backends,
    phases,
    windows,
    windows_aside,
    measured_from_ns,
    ended_ns,
});

mean_by_field!(BackendFigures {
    backend: first,
    requests,
    rejected,
    failed,
    hit_ratio,
    offered_load,
    utilisation,
    mean_queue,
});

fn shortened<S: Serializer>(latency: &Option<Latency>, serializer: S) -> Result<S::Ok, S::Error> {
    let told = [
        Latency::MEAN_NS,
        Latency::P50_NS,
        Latency::P99_NS,
        Latency::P999_NS,
        Latency::OVER_LIMIT,
    ];
    let number = |figure: &Figure<Latency>| latency.as_ref().and_then(|of| figure.of(of));
    serializer.collect_map(told.map(|figure| (figure.name, number(figure))))
}
