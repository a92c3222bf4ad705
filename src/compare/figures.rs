//! The figures of a comparison, as reports show them and programs read them.

use evenkeel_algorithms::Feedback;
use evenkeel_algorithms::analysis::{Moves, Spread};
use evenkeel_config::Config;
use serde::Serialize;

use super::agreement::Agreement;
use super::chi_square::{ChiSquare, Finding};
use super::intervals::AlgorithmIntervals;
use super::load::Load;
use super::paired;
use crate::change::MembershipChange;
use crate::figures::{Difference, Intervals, Repeat, Skipped, figures, mean_by_field};
use crate::layout::Layout;
use crate::workload::{FullWindow, HotKey, MovedKey, Workload};

/// All figures of a comparison; over several runs, their means.
#[derive(Debug, Serialize)]
pub struct Comparison {
    /// The schema version.
    pub schema: u32,
    /// The workload.
    pub workload: Summary,
    /// The spread that perfect hashing would have by chance on this workload.
    pub chance: Chance,
    /// The results, one per algorithm.
    pub results: Vec<AlgorithmFigures>,
    /// The algorithms that could not be measured.
    pub skipped: Vec<Skipped>,
    /// The differences of the most even strategies to the others, for five runs or more.
    #[serde(
        skip_serializing_if = "Vec::is_empty",
        serialize_with = "paired::serialize"
    )]
    pub paired: Vec<Difference<Evenness>>,
    /// The agreement between algorithms, if requested and if dialects are among them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreement: Option<Agreement>,
    /// The small rings and tables, if requested, each with the algorithm's name; over several runs, those of the first.
    #[serde(skip)]
    pub layouts: Vec<(&'static str, Layout)>,
}

/// The workload of a comparison.
#[derive(Debug, Serialize)]
pub struct Summary {
    /// The source of the requests, as text.
    pub source: String,
    /// The number of requests.
    pub requests: usize,
    /// The number of distinct keys.
    pub distinct_keys: usize,
    /// The hottest keys, hottest first, at most five; none if every key came once. Over several runs, those of the
    /// first.
    pub hot_keys: Vec<HotKey>,
    /// The number of backends.
    pub backends: usize,
    /// The sum of their weights.
    pub total_weight: u64,
    /// The seed of keys, names, completions and random draws.
    pub seed: u64,
    /// The number of log lines that are not in the log's format.
    pub malformed_lines: u64,
    /// The number of those without a readable key, which are not requests.
    pub malformed_without_key: u64,
    /// The number of those with a key but no readable time, which are not requests if there are windows.
    pub malformed_without_times: u64,
    /// The line number of the first malformed line, starting from 1.
    pub first_malformed_line: Option<u64>,
    /// The fault of that line.
    pub first_malformed_fault: Option<&'static str>,
    /// The length of the windows of an access log's time, in seconds, if there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window_s: Option<u64>,
    /// The runs over which the figures are means, if there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
}

/// The spread of the requests and of the distinct keys.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Spreads {
    /// The spread of the requests.
    pub requests: Option<Evenness>,
    /// The spread of the distinct keys; `None` if a key has no backend.
    pub keys: Option<Evenness>,
}

/// The spread of perfect hashing by chance: means, also over the runs if there are several.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Chance {
    /// The spread of the requests.
    pub requests: Option<Evenness>,
    /// The spread of the distinct keys.
    pub keys: Option<Evenness>,
    /// The usual range of a backend's requests over its expected share, between the 2.5% and the 97.5% quantiles: 95 of
    /// 100 backends are in it. `None` without backends or requests.
    pub band: Option<Band>,
    /// The range of the request peaks of all assignments; `None` without backends or requests.
    pub peak: Option<Band>,
    /// The number of assignments behind `peak`: 200, or 40 for each strategy by key if that is more.
    pub assignments: u32,
}

/// A range under random assignment.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Band {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// The tests of a strategy by key against chance; `None` if a backend's expected number of keys is too small.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Tests {
    /// For the requests, if every key comes once.
    pub requests: Option<ChiSquare>,
    /// For the distinct keys; `None` if a key has no backend.
    pub keys: Option<ChiSquare>,
}

/// How even a load is; see [`Spread`].
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Evenness {
    /// The fullest backend's load over its share.
    pub peak_to_mean: f64,
    /// The emptiest backend's load over its share.
    pub min_to_mean: f64,
    /// The coefficient of variation.
    pub cv: f64,
    /// Jain's index.
    pub jain: f64,
}

/// The measurements of an algorithm.
#[derive(Debug, Serialize)]
pub struct AlgorithmFigures {
    /// The canonical name.
    pub algorithm: &'static str,
    /// Whether it picks by key, possibly also by load.
    pub by_key: bool,
    /// Whether it ignores the weights, which differ: its expected shares are then equal.
    pub ignores_weights: bool,
    /// What its picks depend on besides the key.
    #[serde(skip)]
    pub feedback: Feedback,
    /// How the load spreads.
    pub spread: Spreads,
    /// The requests of each eligible backend, in the backends' order.
    pub backends: Vec<Load>,
    /// The tests of its spread against chance.
    pub chi_square: Tests,
    /// Whether its request peak is outside the range of random assignment, [`Chance::peak`]; `None` if it does not pick
    /// by key alone.
    pub requests_finding: Option<Finding>,
    /// The keys that each change moves.
    pub changes: Vec<Changed>,
    /// The share of repeated keys that reached the same backend as before.
    pub affinity: Option<f64>,
    /// The fullest windows, fullest first, at most five; none without windows. Over several runs, those of the first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fullest: Vec<FullWindow>,
    /// The intervals of the means above, if there are several runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intervals: Option<AlgorithmIntervals>,
    /// The memory that the strategy holds, in bytes.
    pub memory_bytes: usize,
    /// The time to build it, in nanoseconds.
    pub build_ns: Option<u64>,
    /// The time of a route and its release, in nanoseconds.
    pub pick_ns: Option<f64>,
}

/// What a change moves, as shares: of the distinct keys, and `remap_requests` of the requests; for a strategy without
/// keys, of the positions in the sequence.
#[derive(Debug, Serialize)]
pub struct Changed {
    /// The change.
    pub change: String,
    /// The share that moved.
    pub remap_ratio: f64,
    /// The share of the requests for moved keys.
    pub remap_requests: f64,
    /// The minimum that must move.
    pub ideal_remap: f64,
    /// The share that moved between unaffected backends.
    pub excess_remap: f64,
    /// The vacant buckets after the change, if the algorithm numbers its backends: each costs memory, and the keys of
    /// that bucket a second hash, until a new backend fills it.
    pub vacant_buckets: Option<usize>,
    /// The hottest keys that move, hottest first, at most five; none if every key came once, or if the algorithm does
    /// not pick by key alone. Over several runs, those of the first.
    pub hot_keys: Vec<MovedKey>,
    /// The intervals of the means above, if there are several runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intervals: Option<Intervals<Self>>,
}

figures! { pub Evenness {
    /// The fullest backend's load over its share.
    PEAK_TO_MEAN = lower("peak_to_mean", "peak", One, 3, |of| of.peak_to_mean).compared();
    /// The emptiest backend's load over its share.
    MIN_TO_MEAN = higher("min_to_mean", "min", One, 3, |of| of.min_to_mean);
    /// The coefficient of variation.
    CV = lower("cv", "cv", One, 3, |of| of.cv).with_interval();
    /// Jain's index.
    JAIN = higher("jain", "jain", One, 4, |of| of.jain);
} }

figures! { pub Changed {
    /// What moved.
    REMAP_RATIO = lower("remap_ratio", "moved", Percent, 2, |of| of.remap_ratio).with_interval();
    /// The share of the requests for moved keys.
    REMAP_REQUESTS = lower("remap_requests", "requests moved", Percent, 2, |of| of.remap_requests);
    /// The least that must move.
    IDEAL_REMAP = lower("ideal_remap", "minimum", Percent, 2, |of| of.ideal_remap);
    /// What moved between backends that the change does not concern.
    EXCESS_REMAP = lower("excess_remap", "needless", Percent, 2, |of| of.excess_remap).with_interval();
} }

figures! { pub AlgorithmFigures {
    /// The share of repeated keys that reached the same backend as before.
    AFFINITY = higher("affinity", "affinity", Percent, 1, |of| of.affinity).with_interval();
    /// Bytes that the strategy holds.
    MEMORY_BYTES = lower("memory_bytes", "memory bytes", Bytes, 0, |of| of.memory_bytes);
    /// The time to build it.
    BUILD_NS = lower("build_ns", "build µs", Microseconds, 1, |of| of.build_ns);
    /// The time of a route and its release.
    PICK_NS = lower("pick_ns", "pick ns", Nanoseconds, 0, |of| of.pick_ns);
} }

mean_by_field!(Evenness {
    peak_to_mean,
    min_to_mean,
    cv,
    jain
});
mean_by_field!(Spreads { requests, keys });
mean_by_field!(Band { low, high });
mean_by_field!(Chance {
    requests,
    keys,
    band,
    peak,
    assignments: first
});

mean_by_field!(Changed {
    change: first,
    remap_ratio,
    remap_requests,
    ideal_remap,
    excess_remap,
    vacant_buckets: first,
    hot_keys: first,
    intervals = Changed::intervals_over,
});

figures! { pub Band {
    /// The lower end.
    LOW = neither("low", "from", One, 3, |of| of.low);
    /// The upper end.
    HIGH = neither("high", "to", One, 3, |of| of.high);
} }

impl AlgorithmFigures {
    /// Returns whether its request peak is outside the range of random assignment.
    pub(super) fn against(&self, chance: &Chance) -> Option<Finding> {
        self.spread.keys?;
        let peak = self.spread.requests?.peak_to_mean;
        chance.peak.map(|range| range.finding(peak))
    }
}

impl Summary {
    pub(super) fn of(workload: &Workload, config: &Config) -> Self {
        let malformed = &workload.malformed;
        Self {
            source: workload.source.clone(),
            requests: workload.requests().len(),
            distinct_keys: workload.keys().len(),
            hot_keys: workload
                .hottest(|_| true)
                .into_iter()
                .map(|(_, hot)| hot)
                .collect(),
            backends: config.backends.len(),
            total_weight: config
                .backends
                .iter()
                .map(|b| u64::from(b.weight().get()))
                .sum(),
            seed: config.hashing.seed.0,
            malformed_lines: malformed.lines,
            malformed_without_key: malformed.without_key,
            malformed_without_times: malformed.without_times,
            window_s: workload.windows().map(|windows| windows.width),
            first_malformed_line: malformed.first.map(|(line, _)| line),
            first_malformed_fault: malformed.first.map(|(_, fault)| fault),
            repeat: None,
        }
    }
}

impl From<Spread> for Evenness {
    fn from(spread: Spread) -> Self {
        let Spread {
            peak_to_mean,
            min_to_mean,
            cv,
            jain,
        } = spread;
        Self {
            peak_to_mean,
            min_to_mean,
            cv,
            jain,
        }
    }
}

impl Changed {
    pub(super) fn new(
        change: &MembershipChange,
        keys: Moves,
        requests: Moves,
        ideal_remap: f64,
        vacant_buckets: Option<usize>,
        hot_keys: Vec<MovedKey>,
    ) -> Self {
        Self {
            change: change.to_string(),
            remap_ratio: keys.moved_share(),
            remap_requests: requests.moved_share(),
            ideal_remap,
            excess_remap: keys.needless_share(),
            vacant_buckets,
            hot_keys,
            intervals: None,
        }
    }

    /// Returns `None` for fewer than two runs.
    fn intervals_over(runs: &[&Self]) -> Option<Intervals<Self>> {
        (runs.len() > 1).then(|| Intervals::over(runs.iter().map(|&run| Some(run))))
    }
}
