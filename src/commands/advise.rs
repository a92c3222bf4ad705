//! `advise`: from needs to a strategy, with the evidence.

use std::io::Write;
use std::iter;
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

/// A sample of needs.
pub(super) const NEEDS: &str = include_str!("../../examples/needs/cache.yaml");

/// Recommend a strategy for your needs, with the evidence
///
/// Measures the strategies that could meet the needs and recommends one, with its config. Each is simulated on
/// ten drawn loads, after any caches have filled. Unless `slow_backend` is false, one backend works at half speed
/// for a fifth of the time. With `churn: often` one backend also leaves and one crashes. A comparison measures
/// what moves when a backend comes or goes. Then each need is changed in turn, to show what would change the advice.
///
/// A strategy counts as equally good if the upper bound of its 95% interval is at most 5% above the best, or the
/// difference is below 1%, or below 10% and not significant. Among these, fewer cache misses decide, then fewer
/// keys moved needlessly, then less memory, then simplicity. A backend of weight 2 counts as twice as fast as one of
/// weight 1. Exits with 1 if no strategy meets the needs.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel advise --example > needs.yaml
  evenkeel advise needs.yaml
  evenkeel advise needs.yaml --trace requests.csv.gz -f json

`evenkeel help needs` lists all needs.")]
pub(super) struct AdviseArgs {
    /// YAML file of needs
    #[arg(value_name = "NEEDS", required_unless_present = "example")]
    needs: Option<PathBuf>,
    /// Print a sample of needs
    #[arg(long, exclusive = true)]
    example: bool,
    /// Measure on recorded requests: a CSV file with arrival_us, service_us and maybe key
    ///
    /// Strategies by key need the column key. With a trace the needs cost, popularity and load have no effect.
    #[arg(long, value_name = "FILE", help_heading = "Traffic")]
    trace: Option<PathBuf>,
    /// Number of requests to draw for each run; a fifth of them where a need is changed
    #[arg(short = 'n', long, value_name = "N", default_value_t = 100_000, value_parser = requests,
        conflicts_with = "trace", help_heading = "Traffic")]
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
    let Some(needs) = &args.needs else {
        return Ok(output.write_all(NEEDS.as_bytes())?);
    };
    let outputs = args
        .outputs
        .of(command, voice, iter::once(needs).chain(&args.trace), None)?;
    let needs = Needs::read(needs)?;
    let others: Vec<_> = registry.custom().collect();
    let reading = args.trace.as_deref().map(|path| voice.reading(path));
    let trace = args.trace.as_deref().map(Traffic::from_trace).transpose()?;
    drop(reading);
    let bar = voice.count_steps("strategies measured");
    let advice = Recommendation::of(
        &needs,
        &others,
        trace,
        args.requests,
        |progress| match progress {
            // How often more strategies are measured depends on what is found.
            Progress::Begun(_) => (),
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
