//! `compare`: from the arguments to a plan, and from its figures to the reports.

use std::io::Write;
use std::iter;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use evenkeel_algorithms::{Backend, Card, Registry, Seed};

use super::backends::{BackendArgs, backend, reweight};
use super::externals::ExternalArgs;
use super::keyed::KeyedArgs;
use super::outputs::OutputArgs;
use super::parsers::within;
use super::registered::{AlgorithmList, USUAL, algorithms};
use super::workload::WorkloadArgs;
use crate::change::MembershipChange;
use crate::compare::{Comparison, Plan};
use crate::figures::seeds;
use crate::outputs::Outputs;
use crate::progress::Voice;
use crate::report::Format;
use crate::text::Nanoseconds;
use crate::workload::{Source, Workload};

/// Measure how strategies spread a workload and what a change moves
///
/// Without arguments it compares five common strategies on backends b1 to b10 with 1,000,000 requests from
/// 100,000 clients; b11 is added, b10 is removed. A config adds its own algorithm. Each change is measured
/// separately, against the backends as given. The spread of strategies by key is tested against that of random
/// assignment (chi-square at 0.1%), unless a backend expects fewer than 5 keys.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel compare
  evenkeel compare -a all -b 100 --distribution zipf:1.0
  evenkeel compare --keyed -b 12
  evenkeel compare --access-log access.log.gz --key client -b a:2,b,c
  evenkeel compare --access-log access.log --key client --window 1m
  evenkeel compare configs/compare.yaml --add e:2 --remove a --reweight b:3
  evenkeel compare -a ketama,maglev -f json -o out.csv
  evenkeel compare -a ketama --dialects -b 5
  evenkeel compare --repeat 20 -n 100000 --clients 10000
  evenkeel compare -o report.html --plot plots
  evenkeel compare --external mine='python3 my_balancer.py'

Write a weight behind a name: NAME:WEIGHT. A name that itself ends in a colon
and a number needs one: 10.0.0.1:8080:1.")]
pub(super) struct CompareArgs {
    /// Where the backends come from.
    #[command(flatten)]
    backends: BackendArgs,
    /// Algorithms, separated by commas, or `all`  [default: ketama, rendezvous, maglev, round-robin,
    /// least-connections and the config's]
    #[arg(short, long, value_name = "NAME,…|all", value_parser = algorithms(), help_heading = "Strategies")]
    algorithm: Option<AlgorithmList>,
    #[command(flatten)]
    keyed: KeyedArgs,
    /// Which programs are asked as well.
    #[command(flatten)]
    externals: ExternalArgs,
    /// Also compare the dialects of other programs, all of them
    #[arg(long, help_heading = "Strategies")]
    dialects: bool,
    /// Where the requests come from.
    #[command(flatten)]
    workload: WorkloadArgs,
    /// Also report which backend is fullest in a window of this length, such as 1m, by the log's clock
    ///
    /// The requests of an access log are taken in the order of their times; lines without a readable time are
    /// skipped and counted.
    #[arg(long, value_name = "TIME", value_parser = seconds, help_heading = "Traffic")]
    window: Option<u64>,
    /// Add a backend (repeatable)  [default without any change: add one, remove the last]
    #[arg(long, value_name = "NAME[:W]", value_parser = backend, help_heading = "Change")]
    add: Vec<Backend>,
    /// Remove a backend (repeatable)
    #[arg(long, value_name = "NAME", help_heading = "Change")]
    remove: Vec<String>,
    /// Change a backend's weight (repeatable)
    #[arg(long, value_name = "NAME:W", value_parser = reweight, help_heading = "Change")]
    reweight: Vec<MembershipChange>,
    /// Random seed  [default: the config's, else 24301]
    #[arg(short, long, value_name = "NUMBER", value_parser = within(0..=u64::MAX), help_heading = "Statistics")]
    seed: Option<u64>,
    /// Repeat with N seeds and report means with 95% confidence intervals
    ///
    /// Each run draws other requests from other clients; those of a file stay the same, and only the seed of the
    /// strategies changes. From 5 runs on, the most even strategy is compared with the others run by run.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = within(1..=10_000u32),
        help_heading = "Statistics")]
    repeat: u32,
    /// How the figures are written, and where to.
    #[command(flatten)]
    outputs: OutputArgs,
    /// Measure the time per pick and per build  [default: only for text on a terminal]
    #[arg(long, value_enum, value_name = "WHEN", num_args = 0..=1, require_equals = true,
        default_missing_value = "always", help_heading = "Output")]
    timing: Option<Timing>,
}

/// Whether times are measured, whatever the output is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Timing {
    Always,
    Never,
}

/// Measures and writes the reports.
///
/// # Errors
/// If the config, the workload, a change or the output is at fault.
pub(super) fn run(
    args: &CompareArgs,
    registry: &Registry,
    command: &str,
    voice: Voice,
    output: &mut impl Write,
) -> Result<()> {
    let inputs = args.backends.file().into_iter();
    let inputs = inputs.chain(args.workload.files());
    let outputs = args.outputs.of(command, voice, inputs, None)?;
    let comparison = measured(args, registry, &outputs, voice)?;
    outputs.write(&comparison, output)
}

/// The comparison, over all runs.
fn measured(
    args: &CompareArgs,
    registry: &Registry,
    outputs: &Outputs<'_>,
    voice: Voice,
) -> Result<Comparison> {
    let mut config = args.backends.seeded(registry, args.seed)?;
    let timing = args.timing.map_or_else(
        || outputs.are_on_a_terminal(),
        |timing| timing == Timing::Always,
    );
    let detailed = outputs.are_drawn() || outputs.have(Format::Json);
    let algorithms = chosen(args, registry, config.algorithm);
    let mut algorithms = args.keyed.only(algorithms, &config)?;
    algorithms.extend(args.externals.cards(registry, config.hashing, voice)?);
    let changes = changes(args, &config.backends);
    let source = args.workload.source();
    let mut workload = workload(args, &source, config.hashing.seed, voice)?;
    let mut bar = None;
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
            timing,
            detailed: detailed && run == 0,
        };
        let steps = plan.steps() as u64 * u64::from(args.repeat);
        let bar = bar.get_or_insert_with(|| voice.steps("compare", steps));
        runs.push(plan.run(|name| {
            bar.set_message(name.to_owned());
            bar.inc(1);
        })?);
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    Comparison::over(runs, source.is_drawn()).context("there is no run")
}

/// The requests, or the first run's if they are drawn.
fn workload(args: &CompareArgs, source: &Source, seed: Seed, voice: Voice) -> Result<Workload> {
    let Some(width) = args.window else {
        return args.workload.read(seed, voice);
    };
    let Source::AccessLog(path, field) = source else {
        bail!("--window: needs the times of an access log; add --access-log LOG --key client");
    };
    let _reading = voice.reading(path);
    Workload::from_access_log_in_windows(path, *field, width)
}

/// Reads a time in whole seconds.
fn seconds(text: &str) -> Result<u64, String> {
    let time = Nanoseconds::parse(text)?.0;
    let is_whole = time > 0 && time % 1_000_000_000 == 0;
    is_whole
        .then_some(time / 1_000_000_000)
        .ok_or_else(|| "expected whole seconds, such as 1m: logs have no finer times".to_owned())
}

/// Those asked for, or the usual ones with the config's and those of this program, and the dialects that are not
/// yet among them.
fn chosen(
    args: &CompareArgs,
    registry: &Registry,
    configured: &'static Card,
) -> Vec<&'static Card> {
    let mut algorithms = match (&args.algorithm, args.keyed.all(registry)) {
        (Some(list), _) => list.0.clone(),
        (None, Some(all)) => all,
        (None, None) => usual_and(registry, configured),
    };
    if args.dialects {
        let asked_for = algorithms.clone();
        let dialects = registry.cards().filter(|card| card.origin.is_dialect());
        algorithms.extend(dialects.filter(|dialect| !asked_for.contains(dialect)));
    }
    algorithms
}

/// A config's algorithm, the usual ones, and those that a program adds to ours.
fn usual_and(registry: &Registry, configured: &'static Card) -> Vec<&'static Card> {
    let others = USUAL.into_iter().chain(registry.custom());
    let others = others.filter(|&card| card != configured);
    iter::once(configured).chain(others).collect()
}

fn changes(args: &CompareArgs, backends: &[Backend]) -> Vec<MembershipChange> {
    let changes = MembershipChange::listed(&args.add, &args.remove, &args.reweight);
    if changes.is_empty() {
        MembershipChange::defaults(backends)
    } else {
        changes
    }
}
