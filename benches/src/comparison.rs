//! `evenkeel compare` as a whole.

use std::fs;
use std::time::Instant;

use anyhow::Result;
use evenkeel::change::MembershipChange;
use evenkeel::compare::Plan;
use evenkeel::config::Config;
use evenkeel::workload::{Distribution, Workload};
use evenkeel_algorithms::strategy::CARDS;

/// Seconds and megabytes of `compare --backends 10000 --requests 10000000`. Call it first: the memory
/// is the most that the program has held so far; NaN where the system does not say.
pub fn ten_million_requests() -> Result<(f64, f64)> {
    let config = Config::of(
        (1..=10_000)
            .map(|number| format!("b{number}").into())
            .collect(),
    );
    let start = Instant::now();
    let seed = config.hashing.seed.0;
    let workload = Workload::drawn(10_000_000, 100_000, Distribution::Uniform, seed)?;
    let plan = Plan {
        config: &config,
        algorithms: CARDS,
        workload: &workload,
        changes: &MembershipChange::defaults(&config.backends),
        timing: true,
        detailed: false,
    };
    plan.run(|_| ())?;
    Ok((start.elapsed().as_secs_f64(), most_megabytes()))
}

fn most_megabytes() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse().ok());
    kilobytes.map_or(f64::NAN, |kilobytes: f64| kilobytes / 1e3)
}
