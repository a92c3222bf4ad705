//! `compare`: from the arguments to a plan, and from its figures to the reports.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use evenkeel_algorithms::dialect::DIALECTS;
use evenkeel_algorithms::strategy::ALGORITHMS;
use evenkeel_algorithms::{Algorithm, Backend, Seed};

use crate::cli::{BackendNames, CompareArgs, WorkloadArgs};
use crate::compare::{Comparison, MembershipChange, Plan};
use crate::config::Config;
use crate::figures::seeds;
use crate::outputs::Outputs;
use crate::progress::Voice;
use crate::report::Format;
use crate::run_verify;
use crate::verify::Subject;
use crate::workload::{KeyField, Workload};

/// Measures and writes the reports.
///
/// # Errors
/// If the config, the workload, a change or the output is at fault, or an anchor does not hold.
pub(crate) fn run(
    args: &CompareArgs,
    command: &str,
    voice: Voice,
    output: &mut impl Write,
) -> Result<()> {
    let inputs = args.config.iter().chain(args.workload.files());
    let outputs = Outputs::new(&args.outputs, command, voice, inputs)?;
    if args.verify {
        return run_verify::run(Subject::Strategies, &outputs, voice, output);
    }
    let detailed = outputs.are_drawn() || outputs.have(Format::Json);
    outputs.write(&measured(args, detailed, voice)?, output)
}

/// The comparison, over all runs.
fn measured(args: &CompareArgs, detailed: bool, voice: Voice) -> Result<Comparison> {
    let mut config = config(args)?;
    let algorithms = algorithms(args, config.algorithm);
    let changes = changes(args, &config.backends);
    let redrawn = args.workload.keys_from.is_none() && args.workload.access_log.is_none();
    let mut workload = workload(&args.workload, config.hashing.seed, voice)?;
    let bar = voice.bar("compare", 0, "requests");
    let mut runs = Vec::new();
    for (run, seed) in (0..).zip(seeds(config.hashing.seed, args.repeat)) {
        config.hashing.seed = seed;
        if run > 0 && redrawn {
            workload = drawn(&args.workload, run, seed)?;
        }
        let plan = Plan {
            config: &config,
            algorithms: &algorithms,
            workload: &workload,
            changes: &changes,
            timing: !args.no_timing,
            detailed: detailed && run == 0,
        };
        // Each step goes through all of them.
        let requests = workload.requests().len() as u64;
        bar.set_length(plan.steps() as u64 * requests * u64::from(args.repeat));
        runs.push(plan.run(|name| {
            bar.set_message(name.to_owned());
            bar.inc(requests);
        })?);
    }
    bar.finish_and_clear();
    Comparison::over(runs, redrawn).context("there is no run")
}

/// Those asked for, or the config's beside our own, and the dialects that are not yet among them.
fn algorithms(args: &CompareArgs, configured: &'static Algorithm) -> Vec<&'static Algorithm> {
    let mut algorithms = match &args.algorithm {
        Some(list) => list.0.clone(),
        None => ALGORITHMS.to_vec(),
    };
    if args.algorithm.is_none() && !algorithms.contains(&configured) {
        algorithms.insert(0, configured);
    }
    if args.dialects {
        let asked_for = algorithms.clone();
        let dialects = DIALECTS.iter().flat_map(|group| group.iter().copied());
        algorithms.extend(dialects.filter(|dialect| !asked_for.contains(dialect)));
    }
    algorithms
}

fn config(args: &CompareArgs) -> Result<Config> {
    let mut config = backends_of(args.config.as_deref(), args.backends.as_ref())?;
    config.hashing.seed = args.seed.map_or(config.hashing.seed, Seed);
    Ok(config)
}

/// The config of a file, or of the backends that are named; without either of b1 to b10.
pub(crate) fn backends_of(path: Option<&Path>, names: Option<&BackendNames>) -> Result<Config> {
    Ok(match (path, names) {
        (Some(path), _) => Config::read(path)?,
        (None, Some(names)) => Config::of(names.0.clone()),
        (None, None) => Config::of((1..=10).map(|number| format!("b{number}").into()).collect()),
    })
}

pub(crate) fn workload(args: &WorkloadArgs, seed: Seed, voice: Voice) -> Result<Workload> {
    let file = args.keys_from.as_ref().or(args.access_log.as_ref());
    let _reading = file.map(|path| voice.reading(path));
    match (&args.keys_from, &args.access_log) {
        (Some(path), _) => Workload::from_keys(path),
        (None, Some(path)) => Workload::from_access_log(path, args.key.unwrap_or(KeyField::Client)),
        (None, None) => drawn(args, 0, seed),
    }
}

pub(crate) fn drawn(args: &WorkloadArgs, run: u32, seed: Seed) -> Result<Workload> {
    let requests = args.requests as usize;
    Workload::drawn_again(run, requests, args.clients, args.distribution, seed.0)
}

fn changes(args: &CompareArgs, backends: &[Backend]) -> Vec<MembershipChange> {
    let changes = MembershipChange::listed(&args.add, &args.remove, &args.reweight);
    if changes.is_empty() {
        MembershipChange::defaults(backends)
    } else {
        changes
    }
}
