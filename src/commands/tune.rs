//! `tune`: the cheapest setting that meets limits.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Result, bail, ensure};
use clap::Args;
use evenkeel_algorithms::Card;
use evenkeel_algorithms::Key;
use evenkeel_algorithms::Registry;

use super::backends::{BackendNames, backends, backends_of};
use super::exit::No;
use super::outputs::OutputArgs;
use super::parsers::count;
use super::registered::algorithm;
use super::workload::WorkloadArgs;
use crate::config::Config;
use crate::progress::Voice;
use crate::text::share;
use crate::tune::{Goals, STEPS, Target, Traffic, Tuning};

/// Find the smallest ring, table, number of probes or subset, or the loosest bound, that is even enough
///
/// Tries sizes on the backends and the traffic that are given, each on 60 seeds, and takes the smallest, to
/// within 2 %, that meets every limit on all of them; then holds it to 20 other seeds, and shows that half
/// of it does not do. What fails on one of ten seeds is not measured on further ones. Of a dialect, which
/// has no seed, the seeds only tell drawn requests apart. Exit code 1 if no size does.
///
/// Without --subset and --bound it is the algorithm's own size, each key is picked for alone, and a bound of
/// the config is left aside.
///
/// With --subset it is how many of the backends each of many load balancers uses. They get the requests in
/// turn, and the peak is that of all of them together. The more balancers there are the fewer backends each
/// needs.
///
/// With --subset and --bound all requests are replayed, for each seed again: of fewer --requests it takes
/// less time.
///
/// With --bound it is `bounded_load`, around any algorithm by key. A tighter bound is more even at the
/// price of more requests that go elsewhere than to their key's own backend, and, when a backend comes or
/// goes, of more that move. So the answer is the loosest bound, in hundredths, that is even enough; the
/// price is told, and --max-away and --max-moved limit it. Half of the answer is a bound that lets a load
/// exceed its share by twice as much. The peak is that of the requests over time. At any moment a bound of
/// c holds the load to c times the share, rounded up to whole requests: the fewer are in flight the more
/// often it is reached, and the more requests are away.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel tune --backends 10 --algorithm ketama --peak-to-mean 1.10
  evenkeel tune -c pool.yaml --algorithm maglev --peak-to-mean 1.05 --memory 1MiB --max-moved 12%
  evenkeel tune --backends 100 --algorithm round-robin --subset --instances 200 --peak-to-mean 1.25
  evenkeel tune -c pool.yaml --bound --in-flight 2000 --peak-to-mean 1.10 --max-away 5%
  evenkeel tune -c pool.yaml --access-log access.log.gz --key client --peak-to-mean 1.3 --format json")]
pub(super) struct TuneArgs {
    /// The config with the backends
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How many backends (b1 to bN), or their names, some with a weight
    #[arg(long, value_name = "N|NAME[:W],…", value_parser = backends, conflicts_with = "config")]
    backends: Option<BackendNames>,
    /// The algorithm: ketama, maglev, multi-probe, lrh, envoy-ring-hash or envoy-maglev; any with
    /// --subset, any by key with --bound  [default: the config's, else ketama]
    #[arg(long, value_name = "NAME", value_parser = algorithm())]
    algorithm: Option<&'static Card>,
    /// Tune the size of the subset of the backends that each load balancer uses
    #[arg(long, requires = "instances", conflicts_with = "bound")]
    subset: bool,
    /// How many load balancers there are: request i goes to that of number i modulo N. They are named
    /// balancer-1 to balancer-N
    #[arg(long, value_name = "N", requires = "subset", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    instances: Option<u32>,
    /// Tune how far a load in flight may exceed its share
    #[arg(long)]
    bound: bool,
    /// How many requests are in flight on all backends together; when one more comes, a random one
    /// ends  [default: 10 a backend, as in compare]
    #[arg(long, value_name = "N", requires = "bound", value_parser = count)]
    in_flight: Option<u32>,
    /// How many times its share of the requests the fullest backend may have
    #[arg(long, value_name = "RATIO")]
    peak_to_mean: f64,
    /// The most memory that the strategy may hold, such as 500KiB or 1MiB
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    memory: Option<u64>,
    /// The largest share of the requests that may go elsewhere than to their key's own backend
    #[arg(long, value_name = "SHARE", requires = "bound", value_parser = share)]
    max_away: Option<f64>,
    /// The largest share of the keys that a backend more or less may move, such as 12% or 0.12; of the
    /// requests with --subset and --bound
    #[arg(long, value_name = "SHARE", value_parser = share)]
    max_moved: Option<f64>,
    /// Where the requests come from.
    #[command(flatten)]
    workload: WorkloadArgs,
    /// How the figures are written, and where to.
    #[command(flatten)]
    outputs: OutputArgs,
}

/// So many times the share that it is no goal.
const MAX_PEAK: f64 = 1e6;

/// Searches and writes what came of it.
///
/// # Errors
/// If the config, the workload or the output is at fault, or no setting meets the goals.
pub(super) fn run(
    args: &TuneArgs,
    registry: &Registry,
    command: &str,
    voice: Voice,
    output: &mut impl Write,
) -> Result<()> {
    let outputs = args.outputs.of(command, voice, &args.config)?;
    let config = config(args, registry)?;
    let goals = goals(args, &config)?;
    let tuning = Tuning::new(&config, target(args), &goals, registry)?;
    let first = args.workload.read(config.hashing.seed, voice)?;
    let traffic = Traffic::of(args.workload.source(), first);
    let bar = voice.steps("tune", STEPS);
    let tuned = tuning.run(&traffic, || bar.inc(1))?;
    bar.finish_and_clear();
    outputs.write(&tuned, output)?;
    match tuned.answer {
        Some(_) => Ok(()),
        None => Err(No::because(format_args!(
            "no `{}` of {} meets the goal on every seed; --details shows what was tried",
            tuned.option, tuned.algorithm
        ))),
    }
}

fn config(args: &TuneArgs, registry: &Registry) -> Result<Config> {
    if args.config.is_none() && args.backends.is_none() {
        bail!("expected the backends: -c FILE, or --backends");
    }
    let mut config = backends_of(args.config.as_deref(), args.backends.as_ref(), registry)?;
    config.algorithm = args.algorithm.unwrap_or(config.algorithm);
    Ok(config)
}

fn target(args: &TuneArgs) -> Target {
    match args.instances {
        Some(instances) if args.subset => Target::Subset { instances },
        _ if args.bound => Target::Bound {
            in_flight: args.in_flight,
        },
        _ => Target::Size,
    }
}

/// The limits, unless one of them makes no sense.
fn goals(args: &TuneArgs, config: &Config) -> Result<Goals> {
    ensure!(
        (1. ..=MAX_PEAK).contains(&args.peak_to_mean),
        "--peak-to-mean {}: expected at least 1, which is even, and at most {MAX_PEAK}",
        args.peak_to_mean
    );
    ensure!(
        args.max_away.is_none() || args.bound,
        "--max-away: without --bound every request goes to its key's own backend"
    );
    ensure!(
        args.max_moved.is_none() || config.profile().key != Key::Unused,
        "--max-moved: {} picks without a key, so that there is nothing to move",
        config.algorithm
    );
    Ok(Goals {
        peak_to_mean: args.peak_to_mean,
        memory_bytes: args.memory,
        max_moved: args.max_moved,
        max_away: args.max_away,
    })
}

fn bytes(text: &str) -> Result<u64, String> {
    let units = [
        ("KiB", 1 << 10),
        ("MiB", 1 << 20),
        ("GiB", 1 << 30),
        ("B", 1),
    ];
    let unit = units
        .iter()
        .find_map(|&(unit, size)| Some((text.strip_suffix(unit)?, size)));
    let (number, size) = unit.unwrap_or((text, 1));
    let number: Option<u64> = number.trim_end().parse().ok();
    let bytes = number.and_then(|number| number.checked_mul(size));
    bytes.ok_or_else(|| "expected a number of bytes, such as 65536, 500KiB or 1MiB".to_owned())
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn bytes_have_units() {
        for (text, expected) in [("7", 7), ("7B", 7), ("2KiB", 2_048), ("1 MiB", 1 << 20)] {
            assert_eq!(bytes(text), Ok(expected), "{text}");
        }
        for wrong in ["", "KiB", "1.5MiB", "-1", "1MB", "99999999999GiB"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
    }
}
