//! What a search found.

use serde::Serialize;

use super::goals::Goals;
use super::knob::Setting;
use super::trial::Trial;

/// What a search found.
#[derive(Debug, Serialize)]
pub struct Tuned {
    /// The version of this shape.
    pub schema: u32,
    /// The algorithm.
    pub algorithm: &'static str,
    /// What of it is tuned.
    pub option: &'static str,
    /// What has to be met.
    pub goals: Goals,
    /// Where the requests come from, in words.
    pub source: String,
    /// How many backends there are.
    pub backends: usize,
    /// How many load balancers have a subset each.
    pub instances: Option<u32>,
    /// How many requests are in flight, where they count.
    pub in_flight: Option<usize>,
    /// The peak that perfect hashing has by chance on this workload, as a mean; none where keys are not
    /// picked for alone.
    pub chance_peak_to_mean: Option<f64>,
    /// The cheapest value that meets the goals on every seed; none if none does.
    pub answer: Option<Setting>,
    /// The answer as a line of a config.
    pub line: Option<String>,
    /// What was tried, the cheapest first, on ten seeds after the other until it was not enough.
    pub trials: Vec<Trial>,
    /// The answer on seeds that it was not sought on.
    pub fresh: Option<Trial>,
    /// What is half as dear as the answer, on the seeds that it was sought on.
    pub half: Option<Trial>,
}
