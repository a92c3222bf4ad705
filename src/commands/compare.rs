//! `compare`: from the arguments to a plan, and from its figures to the reports.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use evenkeel_algorithms::Card;
use evenkeel_algorithms::Registry;
use evenkeel_algorithms::{Backend, Seed};

use super::backends::{BackendNames, backend, backends, backends_of, reweight};
use super::externals::ExternalArgs;
use super::outputs::OutputArgs;
use super::registered::{AlgorithmList, algorithms};
use super::verify;
use super::workload::WorkloadArgs;
use crate::change::MembershipChange;
use crate::compare::{Comparison, Plan};
use crate::config::Config;
use crate::figures::seeds;
use crate::progress::Voice;
use crate::report::Format;
use crate::verify::Subject;

/// Measure how strategies spread a workload and what a change moves
///
/// Without arguments: all strategies of our own, backends b1 to b10, 1,000,000 requests from 100,000
/// clients; b11 is added, b10 removed. Requests can be drawn, read from a file of keys or from an
/// access log. Every change is measured singly against the base. The spread of a strategy by key is tested
/// against that of chance (chi-square, at 0.1 %), unless a backend is due fewer than 5 keys.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel compare
  evenkeel compare --backends 100 --distribution zipf:1.0
  evenkeel compare --access-log access.log.gz --key client --backends a:2,b,c
  evenkeel compare -c configs/compare.yaml --add e:2 --remove a --reweight b:3
  evenkeel compare --algorithm ketama,maglev --format json --no-timing --export out.csv
  evenkeel compare --algorithm ketama --dialects --backends 5
  evenkeel compare --repeat 20 --requests 100000 --clients 10000   # with confidence intervals
  evenkeel compare --export report.html --plot plots
  evenkeel compare --external mine='python3 my_balancer.py'
  evenkeel compare --verify

A name and a weight are written NAME:WEIGHT. What follows the last colon is the weight, so a name
that itself ends in a colon and a number needs one: 10.0.0.1:8080:1.")]
pub(super) struct CompareArgs {
    /// The config with the backends, the seed and the options
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The algorithms, separated by commas, or `all` of our own  [default: all]
    #[arg(long, value_name = "NAME,…|all", value_parser = algorithms())]
    algorithm: Option<AlgorithmList>,
    /// Which programs are asked as well.
    #[command(flatten)]
    externals: ExternalArgs,
    /// Compare the dialects of other programs as well, all of them
    #[arg(long)]
    dialects: bool,
    /// How many backends (b1 to bN), or their names, some with a weight  [default: 10]
    #[arg(long, value_name = "N|NAME[:W],…", value_parser = backends, conflicts_with = "config")]
    backends: Option<BackendNames>,
    /// Where the requests come from.
    #[command(flatten)]
    workload: WorkloadArgs,
    /// Add a backend (repeatable; without any change a new one is added and the last removed)
    #[arg(long, value_name = "NAME[:W]", value_parser = backend)]
    add: Vec<Backend>,
    /// Remove a backend (repeatable)
    #[arg(long, value_name = "NAME")]
    remove: Vec<String>,
    /// Change a backend's weight (repeatable)
    #[arg(long, value_name = "NAME:W", value_parser = reweight)]
    reweight: Vec<MembershipChange>,
    /// The seed of keys, names, draws and completions  [default: the config's, else 24301]
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Repeat it with N seeds and give means with their 95 % confidence intervals: every run draws
    /// other requests from other clients; those of a file stay the same, and only the strategies'
    /// seed is another. From 5 on the most even strategies are compared with the others, run by run
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    repeat: u32,
    /// How the figures are written, and where to.
    #[command(flatten)]
    outputs: OutputArgs,
    /// Leave out the times, so that the same seed and input give the same bytes
    #[arg(long)]
    no_timing: bool,
    /// Hold our own strategies to the numbers that are published of them instead: each is measured
    /// again, in a minute or two; exit code 1 if one does not hold
    #[arg(long, conflicts_with_all = ["config", "algorithm", "dialects", "backends", "add", "remove", "reweight",
        "seed", "repeat", "no_timing", "plot", "WorkloadArgs", "ExternalArgs"])]
    verify: bool,
}

/// Measures and writes the reports.
///
/// # Errors
/// If the config, the workload, a change or the output is at fault, or a reference value does not hold.
pub(super) fn run(
    args: &CompareArgs,
    registry: &Registry,
    command: &str,
    voice: Voice,
    output: &mut impl Write,
) -> Result<()> {
    let inputs = args.config.iter().chain(args.workload.files());
    let outputs = args.outputs.of(command, voice, inputs)?;
    if args.verify {
        return verify::run(Subject::Strategies, &outputs, voice, output);
    }
    let detailed = outputs.are_drawn() || outputs.have(Format::Json);
    outputs.write(&measured(args, registry, detailed, voice)?, output)
}

/// The comparison, over all runs.
fn measured(
    args: &CompareArgs,
    registry: &Registry,
    detailed: bool,
    voice: Voice,
) -> Result<Comparison> {
    let mut config = config(args, registry)?;
    let mut algorithms = chosen(args, registry, config.algorithm);
    algorithms.extend(args.externals.cards(registry, config.hashing, voice)?);
    let changes = changes(args, &config.backends);
    let source = args.workload.source();
    let mut workload = args.workload.read(config.hashing.seed, voice)?;
    let bar = voice.bar("compare", 0, "requests");
    let mut runs = Vec::new();
    for (run, seed) in (0..).zip(seeds(config.hashing.seed, args.repeat)) {
        config.hashing.seed = seed;
        if run > 0 && source.is_drawn() {
            workload = source.workload(run, seed)?;
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
    Comparison::over(runs, source.is_drawn()).context("there is no run")
}

/// Those asked for, or the config's beside our own, and the dialects that are not yet among them.
fn chosen(
    args: &CompareArgs,
    registry: &Registry,
    configured: &'static Card,
) -> Vec<&'static Card> {
    let mut algorithms = match &args.algorithm {
        Some(list) => list.0.clone(),
        None => registry.strategies().collect(),
    };
    if args.algorithm.is_none() && !algorithms.contains(&configured) {
        algorithms.insert(0, configured);
    }
    if args.dialects {
        let asked_for = algorithms.clone();
        let dialects = registry.cards().filter(|card| card.origin.is_dialect());
        algorithms.extend(dialects.filter(|dialect| !asked_for.contains(dialect)));
    }
    algorithms
}

fn config(args: &CompareArgs, registry: &Registry) -> Result<Config> {
    let mut config = backends_of(args.config.as_deref(), args.backends.as_ref(), registry)?;
    config.hashing.seed = args.seed.map_or(config.hashing.seed, Seed);
    Ok(config)
}

fn changes(args: &CompareArgs, backends: &[Backend]) -> Vec<MembershipChange> {
    let changes = MembershipChange::listed(&args.add, &args.remove, &args.reweight);
    if changes.is_empty() {
        MembershipChange::defaults(backends)
    } else {
        changes
    }
}
