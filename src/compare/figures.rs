//! The figures of a comparison: what the reports show and programs read.

use evenkeel_algorithms::Feedback;
use evenkeel_algorithms::analysis::{Moves, Spread};
use serde::Serialize;

use super::agreement::Agreement;
use super::chi_square::ChiSquare;
use super::intervals::AlgorithmIntervals;
use super::load::Load;
use super::paired;
use crate::change::MembershipChange;
use crate::config::Config;
use crate::figures::{Difference, Intervals, Repeat, Skipped, figures, mean_by_field};
use crate::layout::Layout;
use crate::workload::Workload;

/// All figures of a comparison; means, if it is over several runs.
#[derive(Debug, Serialize)]
pub struct Comparison {
    /// The version of this shape.
    pub schema: u32,
    /// What was compared on.
    pub workload: Summary,
    /// The spread that perfect hashing would give by chance on this workload.
    pub chance: Chance,
    /// What was measured, an algorithm each.
    pub results: Vec<AlgorithmFigures>,
    /// The algorithms that could not be measured.
    pub skipped: Vec<Skipped>,
    /// How the most even differ from the others, of five runs or more.
    #[serde(
        skip_serializing_if = "Vec::is_empty",
        serialize_with = "paired::serialize"
    )]
    pub paired: Vec<Difference<Evenness>>,
    /// For how many keys they pick the same backend, if that is asked for and dialects are among them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreement: Option<Agreement>,
    /// The small rings and tables, if they are asked for, each with the algorithm's name; of several runs
    /// those of the first.
    #[serde(skip)]
    pub layouts: Vec<(&'static str, Layout)>,
}

/// What was compared on.
#[derive(Debug, Serialize)]
pub struct Summary {
    /// Where the requests come from, in words.
    pub source: String,
    /// How many requests.
    pub requests: usize,
    /// How many distinct keys they have.
    pub distinct_keys: usize,
    /// How many backends.
    pub backends: usize,
    /// The sum of their weights.
    pub total_weight: u64,
    /// What keys, names, completions and random draws are seeded with.
    pub seed: u64,
    /// Lines of a log that are not in its format.
    pub malformed_lines: u64,
    /// Those of them that had no key to be read, and so are no requests.
    pub malformed_without_key: u64,
    /// The number of the first of them, from 1.
    pub first_malformed_line: Option<u64>,
    /// What is wrong with it.
    pub first_malformed_fault: Option<&'static str>,
    /// The runs that the figures are means of, if there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
}

/// The spread of the requests and of the distinct keys.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Spreads {
    /// Of the requests.
    pub requests: Option<Evenness>,
    /// Of the distinct keys; none where a key has no backend.
    pub keys: Option<Evenness>,
}

/// What perfect hashing gives by chance: as means, over the runs as well if there are several.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Chance {
    /// The spread of the requests.
    pub requests: Option<Evenness>,
    /// The spread of the distinct keys.
    pub keys: Option<Evenness>,
    /// How far from even the requests of a backend usually are; none without a backend or a request.
    pub band: Option<Band>,
}

/// What lies between the 2.5 % and the 97.5 % of the backends' requests over what is due to each by its
/// weight: 95 of 100 backends lie in it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Band {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// The tests of a strategy that picks by key against chance; none where a backend is due too few keys.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Tests {
    /// Of the requests, if every key comes once.
    pub requests: Option<ChiSquare>,
    /// Of the distinct keys; none where a key has no backend.
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

/// What was measured of an algorithm.
#[derive(Debug, Serialize)]
pub struct AlgorithmFigures {
    /// The canonical name.
    pub algorithm: &'static str,
    /// Whether it picks by key, perhaps by the load as well.
    pub by_key: bool,
    /// What its picks depend on beside.
    #[serde(skip)]
    pub feedback: Feedback,
    /// How the load spreads.
    pub spread: Spreads,
    /// What each eligible backend got of the requests, in the backends' order.
    pub backends: Vec<Load>,
    /// Whether it spreads as chance does.
    pub chi_square: Tests,
    /// What each change moves.
    pub changes: Vec<Changed>,
    /// The share of repeated keys that reached the same backend as before.
    pub affinity: Option<f64>,
    /// The intervals of the means above, if there are several runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intervals: Option<AlgorithmIntervals>,
    /// Bytes that the strategy holds.
    pub memory_bytes: usize,
    /// Nanoseconds to build it.
    pub build_ns: Option<u64>,
    /// Nanoseconds of a route and its release.
    pub pick_ns: Option<f64>,
}

/// What a change moves. All figures are shares: of the distinct keys, `remap_requests` of the
/// requests; of the positions of the sequence where no key is used.
#[derive(Debug, Serialize)]
pub struct Changed {
    /// The change.
    pub change: String,
    /// What moved.
    pub remap_ratio: f64,
    /// The share of the requests whose key moved.
    pub remap_requests: f64,
    /// The least that must move.
    pub ideal_remap: f64,
    /// What moved between backends that the change does not concern.
    pub excess_remap: f64,
    /// The vacant buckets afterwards, where the algorithm numbers its backends: each costs memory, and
    /// the keys that were there a second hash, until a joiner fills it.
    pub vacant_buckets: Option<usize>,
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
    /// The share of the requests whose key moved.
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
    band
});

mean_by_field!(Changed {
    change: first,
    remap_ratio,
    remap_requests,
    ideal_remap,
    excess_remap,
    vacant_buckets: first,
    intervals = Changed::intervals_over,
});

impl Summary {
    pub(super) fn of(workload: &Workload, config: &Config) -> Self {
        let malformed = &workload.malformed;
        Self {
            source: workload.source.clone(),
            requests: workload.requests().len(),
            distinct_keys: workload.keys().len(),
            backends: config.backends.len(),
            total_weight: config
                .backends
                .iter()
                .map(|b| u64::from(b.weight().get()))
                .sum(),
            seed: config.hashing.seed.0,
            malformed_lines: malformed.lines,
            malformed_without_key: malformed.without_key,
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
    ) -> Self {
        Self {
            change: change.to_string(),
            remap_ratio: keys.moved_share(),
            remap_requests: requests.moved_share(),
            ideal_remap,
            excess_remap: keys.needless_share(),
            vacant_buckets,
            intervals: None,
        }
    }

    /// Of fewer than two runs there are none.
    fn intervals_over(runs: &[&Self]) -> Option<Intervals<Self>> {
        (runs.len() > 1).then(|| Intervals::over(runs.iter().map(|&run| Some(run))))
    }
}
