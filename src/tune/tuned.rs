//! The result of a search.

use serde::Serialize;

use super::goals::Goals;
use super::knob::Setting;
use super::trial::Trial;

/// The result of a search.
#[derive(Debug, Serialize)]
pub struct Tuned {
    /// The schema version.
    pub schema: u32,
    /// The algorithm.
    pub algorithm: &'static str,
    /// The tuned option.
    pub option: &'static str,
    /// The goals.
    pub goals: Goals,
    /// The source of the requests, as text.
    pub source: String,
    /// The number of backends.
    pub backends: usize,
    /// The number of load balancers with a subset each.
    pub instances: Option<u32>,
    /// The number of requests in flight, if they matter.
    pub in_flight: Option<usize>,
    /// The mean peak of perfect hashing by chance on this workload; `None` unless only keys are routed.
    pub chance_peak_to_mean: Option<f64>,
    /// The cheapest value that meets the goals on their share of the seeds; `None` if there is none.
    pub answer: Option<Setting>,
    /// What the seeds show of the value that is needed; `None` without an answer, and if all seeds give the same
    /// results.
    pub range: Option<Range>,
    /// The answer as a line of a config.
    pub line: Option<String>,
    /// The trials, the cheapest first, each on groups of ten seeds until it failed too often.
    pub trials: Vec<Trial>,
    /// The answer on held-out seeds.
    pub fresh: Option<Trial>,
    /// Half the answer, on the seeds of the search.
    pub half: Option<Trial>,
}

/// The range of the value that is needed on the given share of all seeds, with 95% confidence: its cheap end is shown to
/// meet the goals on fewer seeds, its costly end to meet them on at least as many.
#[derive(Clone, Debug, Serialize)]
pub struct Range {
    /// The cheap end; `None` if no value is shown to be too cheap.
    pub cheap: Option<Setting>,
    /// The costly end; `None` if no value is shown to be enough.
    pub dear: Option<Setting>,
    /// The number of seeds.
    pub seeds: usize,
}
