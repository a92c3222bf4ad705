//! What a change moves, and how even strategies are: `plan` and `compare` as libraries.
//!
//! `cargo run --example plan_and_compare`

use anyhow::Result;
use evenkeel::change::MembershipChange;
use evenkeel::compare::{Comparison, Plan};
use evenkeel::config::Config;
use evenkeel::plan::{Forecast, Given, Road};
use evenkeel::workload::{Distribution, Stream, Workload};
use evenkeel_algorithms::Backend;
use evenkeel_algorithms::strategy::{ketama, maglev};

/// Removes one of four backends. Returns what moves, and the results of two strategies on the same requests.
pub(crate) fn run() -> Result<(Forecast, Comparison)> {
    let config = Config::of(["b1", "b2", "b3", "b4"].map(Backend::from).to_vec());
    let changes = [MembershipChange::Remove("b4".to_owned())];
    let given = Given::new("four.yaml", config.clone())?;
    let road = Road::changed(given, &changes, None, false)?;
    let forecast = road.forecast(&mut Stream::numbered(20_000), None, |_| ())?;
    let plan = Plan {
        config: &config,
        algorithms: &[&ketama::CARD, &maglev::CARD],
        workload: &Workload::drawn(20_000, 1_000, Distribution::Uniform, 1)?,
        changes: &changes,
        timing: false,
        detailed: false,
    };
    Ok((forecast, plan.run(|_| ())?))
}

fn main() -> Result<()> {
    let (forecast, comparison) = run()?;
    println!("{} of the keys move", forecast.whole.remap_ratio);
    for outcome in comparison.results {
        println!("{}: {:?}", outcome.algorithm, outcome.spread.requests);
    }
    Ok(())
}
