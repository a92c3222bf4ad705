//! The figures of a simulation: what the reports show and programs read.

use serde::{Serialize, Serializer};

use super::cache::CacheModel;
use super::intervals::AlgorithmIntervals;
use super::latency::{Latency, Quantile};
use super::record::{Phase, Window};
use super::station::Discipline;
use super::timeline::Turn;
use crate::figures::{Difference, Figure, Repeat, Skipped, figures, mean_by_field};
use crate::workload::Malformed;

/// All figures of a simulation; means, if it is of several runs.
#[derive(Debug, Serialize)]
pub struct Simulated {
    /// The version of this shape.
    pub schema: u32,
    /// What was simulated.
    pub setting: Setting,
    /// What was measured, an algorithm each.
    pub results: Vec<AlgorithmFigures>,
    /// The algorithms that could not be simulated.
    pub skipped: Vec<Skipped>,
    /// How the best differ from the others, of five runs or more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub paired: Vec<Difference<Latency>>,
    /// What each algorithm comes to at several loads, if that was simulated, in ascending order of the load.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub by_load: Vec<AtLoad>,
}

/// What a strategy comes to at a load; means, if it is of several runs.
#[derive(Debug, Serialize)]
pub struct AtLoad {
    /// How much of the capacity the requests ask for.
    pub load: f64,
    /// The strategy's canonical name.
    pub algorithm: &'static str,
    /// How many requests were finished.
    pub requests: u64,
    /// How many found no room.
    pub rejected: u64,
    /// How long they took, waiting included; none if none was finished. JSON has some of its figures.
    #[serde(flatten, serialize_with = "shortened")]
    pub latency: Option<Latency>,
    /// The intervals of the means, if there are several runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intervals: Option<AlgorithmIntervals>,
}

/// What was simulated.
#[derive(Debug, Serialize)]
pub struct Setting {
    /// Where the requests come from, in words.
    pub source: String,
    /// How many requests arrive.
    pub requests: u64,
    /// How many of them come before those that are measured.
    pub warm_up: u64,
    /// Lines of an access log that are not what they should be, if there are any.
    #[serde(skip_serializing_if = "Malformed::is_none")]
    pub malformed: Malformed,
    /// How much of the capacity the requests ask for, if they are drawn for that.
    pub load: Option<f64>,
    /// How long a request takes on average at speed 1, if that is drawn.
    pub service_mean_ns: Option<u64>,
    /// How many backends.
    pub backends: usize,
    /// Requests that a backend serves at once.
    pub servers: u32,
    /// What the backends that get requests can do: servers times speed.
    pub capacity: f64,
    /// Requests that may wait at a backend.
    pub queue_limit: Option<u64>,
    /// Which requests are served when.
    pub discipline: Discipline,
    /// What each backend remembers, if anything.
    pub cache: Option<CacheModel>,
    /// Load balancers that each see their own requests only.
    pub instances: u32,
    /// The time that requests should not exceed.
    pub limit_ns: Option<u64>,
    /// When something begins or ends, and what.
    pub turns: Vec<Turn>,
    /// How long a window is, if there are windows.
    pub window_ns: Option<u64>,
    /// What all draws are seeded with.
    pub seed: u64,
    /// Whether quantiles are exact; else they are at most a thousandth too long.
    pub exact_quantiles: bool,
    /// The runs that the figures are means of, if there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
}

/// What was measured of an algorithm.
#[derive(Debug, Serialize)]
pub struct AlgorithmFigures {
    /// The canonical name.
    pub algorithm: &'static str,
    /// What was measured.
    #[serde(flatten)]
    pub figures: Figures,
    /// The intervals of the means above, if there are several runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intervals: Option<AlgorithmIntervals>,
}

/// What became of the requests that are measured.
#[derive(Debug, Serialize)]
pub struct Figures {
    /// How many were finished.
    pub requests: u64,
    /// How many found no room.
    pub rejected: u64,
    /// How many were lost at a backend that stopped.
    pub failed: u64,
    /// The share that found its key in the backend's cache, if there are caches.
    pub hit_ratio: Option<f64>,
    /// How long they took, waiting included; nothing if none was finished.
    pub latency: Option<Latency>,
    /// How long they took at shares from 0.01 to 0.9999, those above which there is a request; of several
    /// runs the means of those that all have.
    pub quantiles: Vec<Quantile>,
    /// What each backend had.
    pub backends: Vec<BackendFigures>,
    /// What happened between the turns, if there are any.
    pub phases: Vec<Phase>,
    /// What happened in each window, if there are windows.
    pub windows: Vec<Window>,
    /// The windows that are only to be drawn, if nobody asked for others.
    #[serde(skip)]
    pub windows_aside: Vec<Window>,
    /// When the first request arrived that is measured.
    pub measured_from_ns: u64,
    /// When the last request was finished.
    pub ended_ns: u64,
}

/// What a backend had, from the first arrival that is measured to the last completion.
#[derive(Debug, Serialize)]
pub struct BackendFigures {
    /// Its name.
    pub backend: String,
    /// How many requests it finished.
    pub requests: u64,
    /// How many it had no room for.
    pub rejected: u64,
    /// How many it lost.
    pub failed: u64,
    /// The share that found its key in its cache, if there is one.
    pub hit_ratio: Option<f64>,
    /// The share of the time that its servers were busy.
    pub utilisation: f64,
    /// How many requests were there on average, those being served included.
    pub mean_queue: f64,
}

figures! { pub Figures {
    /// How many requests were finished.
    REQUESTS = neither("requests", "requests", One, 1, |of| of.requests);
    /// How many found no room.
    REJECTED = lower("rejected", "rejected", One, 1, |of| of.rejected).with_interval();
    /// The share of the measured requests that found no room.
    REJECTED_SHARE = lower("rejected_share", "share", Percent, 2, |of| of.share_of(of.rejected)).only_over_runs();
    /// How many were lost at a backend that stopped.
    FAILED = lower("failed", "failed", One, 1, |of| of.failed);
    /// The share of the measured requests that was lost.
    FAILED_SHARE = lower("failed_share", "failed", Percent, 2, |of| of.share_of(of.failed)).only_over_runs();
    /// The share that found its key in the backend's cache.
    HIT_RATIO = higher("hit_ratio", "hits", Percent, 1, |of| of.hit_ratio).with_interval();
} }

figures! { pub BackendFigures {
    /// How many requests it finished.
    REQUESTS = neither("requests", "requests", One, 1, |of| of.requests);
    /// How many it had no room for.
    REJECTED = lower("rejected", "rejected", One, 1, |of| of.rejected);
    /// How many it lost.
    FAILED = lower("failed", "failed", One, 1, |of| of.failed);
    /// The share that found its key in its cache.
    HIT_RATIO = higher("hit_ratio", "hits", Percent, 1, |of| of.hit_ratio);
    /// The share of the time that its servers were busy.
    UTILISATION = neither("utilisation", "busy", Percent, 1, |of| of.utilisation);
    /// How many requests were there on average.
    MEAN_QUEUE = lower("mean_queue", "mean_queue", One, 2, |of| of.mean_queue);
} }

impl Figures {
    /// So many as a share of the requests that are measured: each is finished, rejected or lost.
    fn share_of(&self, requests: u64) -> f64 {
        let all = self.requests + self.rejected + self.failed;
        requests as f64 / all.max(1) as f64
    }
}

mean_by_field!(Figures {
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
