//! `advise`: from needs to a strategy, with the evidence.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use evenkeel_algorithms::Registry;

use super::exit::No;
use super::outputs::OutputArgs;
use super::parsers::count;
use crate::advise::{Needs, Progress, Recommendation};
use crate::progress::Voice;
use crate::simulate::Traffic;

/// Recommend a strategy for what is needed, with the evidence
///
/// Reads a short YAML of needs, measures the strategies that could meet them, and recommends one with its
/// config: by simulation on ten drawn loads, after caches have filled, while a backend is slow for a fifth of
/// the time and, where there is much churn, one leaves and one crashes; and by comparison, for what moves when a backend comes or goes.
/// Says which comes next, by what it was decided, and asks again with each need changed: is the recommended shown
/// to be worse then, and which would it be?
///
/// Strategies are compared run by run, by the ratio of what is to be low. As good as the lowest is one that is at
/// most 5 % above it by the upper end of the 95 % interval, or less than 1 %, or up to 10 % and not shown to be
/// above it. Among these fewer misses of the caches decide, then fewer keys that move needlessly, then less
/// memory, then the simpler one. A backend of weight 2 is taken to be twice as fast as one of weight 1. Exit
/// code 1 if none is left.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  evenkeel advise needs.yaml

Needs, of which only `backends` must be there:
  backends: 10             # or a list of names, or of maps with name and weight, as in a config
  sticky: true             # must a client reach the same backend each time? (default: false)
  cache: { entries: 10000, hit_cost: 0.1 }   # keys that each backend remembers, and what a hit costs of a
                           # miss (default: no cache)
  cost: skewed             # do requests differ in what they cost? even, usual or skewed (default: usual)
  popularity: zipf:1.0     # how often each client asks: uniform or zipf:S (default: zipf:0.8)
  load: 0.9                # what they ask for of what the backends can do (default: 0.7)
  churn: often             # do backends come and go? seldom or often (default: seldom)
  slow_backend: false      # is a backend slow at times? (default: true)
  balancers: 20            # load balancers that each know only their own requests (default: 1)
  fleet: [nginx]           # what balances: nginx, haproxy, envoy, twemproxy (default: this library)
  goal: mean               # what is to be low: p99, mean, or misses of the caches (default: p99)
With --trace the requests are those of the trace: cost, popularity and load make no difference.")]
pub(super) struct AdviseArgs {
    /// The needs
    #[arg(value_name = "FILE")]
    needs: PathBuf,
    /// Measure on recorded requests instead of drawn ones: a CSV file with arrival_us, service_us and, for
    /// strategies by key, key
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
    /// How many requests each run draws; a fifth of them where a need is changed
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = requests, conflicts_with = "trace")]
    requests: u32,
    /// How the advice is written, and where to.
    #[command(flatten)]
    outputs: OutputArgs,
}

/// Measures and writes the advice.
///
/// # Errors
/// If the needs, the trace or the output is at fault, or no strategy meets the needs.
pub(super) fn run(
    args: &AdviseArgs,
    registry: &Registry,
    command: &str,
    voice: Voice,
    output: &mut impl Write,
) -> Result<()> {
    let inputs = [&args.needs].into_iter().chain(&args.trace);
    let outputs = args.outputs.of(command, voice, inputs)?;
    let needs = Needs::read(&args.needs)?;
    let others: Vec<_> = registry.custom().collect();
    let reading = args.trace.as_deref().map(|path| voice.reading(path));
    let trace = args.trace.as_deref().map(Traffic::from_trace).transpose()?;
    drop(reading);
    let bar = voice.steps("advise", 0);
    let advice = Recommendation::of(
        &needs,
        &others,
        trace,
        args.requests,
        |progress| match progress {
            Progress::Begun(trials) => bar.inc_length(trials as u64),
            Progress::Done => bar.inc(1),
        },
    )?;
    bar.finish_and_clear();
    outputs.write(&advice, output)?;
    match advice.recommended {
        Some(_) => Ok(()),
        None => Err(No::because("no strategy meets these needs")),
    }
}

/// So many that a hundredth is some.
fn requests(text: &str) -> Result<u32, String> {
    let number = count(text)?;
    if number < 1_000 {
        return Err("expected at least 1000".to_owned());
    }
    Ok(number)
}
