//! `tune`: the cheapest setting that meets limits.

use std::io::Write;
use std::ops::RangeInclusive;

use anyhow::{Result, ensure};
use clap::{Args, Subcommand};
use evenkeel_algorithms::Card;
use evenkeel_algorithms::Key;
use evenkeel_algorithms::Registry;
use evenkeel_config::Config;

use super::backends::BackendArgs;
use super::exit::No;
use super::outputs::OutputArgs;
use super::parsers::{count, within};
use super::registered::algorithm;
use super::workload::WorkloadArgs;
use crate::progress::Voice;
use crate::text::{percent, share, whole};
use crate::tune::{Goals, Target, Traffic, Tuning};

/// Find the cheapest setting that meets limits
///
/// Tries settings on the given backends and traffic, each with up to 200 seeds (100 for `subset` and `bound`), and takes the cheapest that meets
/// every limit on 95 of 100 seeds. It prints the range that these seeds leave open, validates the answer on 100
/// held-out seeds, and measures half the size. What fails too often on the first seeds is not measured on more.
/// Dialects have no seed: theirs only changes the drawn requests. Exits with 1 if no setting meets the limits.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel tune size -b 10 -a ketama --peak-to-mean 1.10
  evenkeel tune subset -b 100 -a round-robin --instances 200 --peak-to-mean 1.25
  evenkeel tune bound pool.yaml --in-flight 2000 --peak-to-mean 1.10")]
pub(super) struct TuneArgs {
    /// What is tuned.
    #[command(subcommand)]
    tuned: Tuned,
}

/// What is tuned.
#[derive(Debug, Subcommand)]
enum Tuned {
    /// Find the smallest ring, table or number of probes that is balanced enough
    ///
    /// Each key is picked for alone; a `bounded_load` in the config is ignored.
    #[command(after_help = "Examples:
  evenkeel tune size -b 10 -a ketama --peak-to-mean 1.10
  evenkeel tune size pool.yaml -a maglev --peak-to-mean 1.05 --memory 1MiB
  evenkeel tune size pool.yaml --keys-from keys.gz --peak-to-mean 1.3 -f json")]
    Size(CommonArgs),
    Subset(SubsetArgs),
    Bound(BoundArgs),
}

/// Find how many of the backends each of many load balancers has to use
///
/// The balancers get the requests in turn, and the peak is that of all of them together. The more balancers
/// there are, the fewer backends each needs. All requests are replayed for each seed; fewer --requests take less
/// time.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel tune subset -b 100 -a round-robin --instances 200 --peak-to-mean 1.25
  evenkeel tune subset pool.yaml --instances 20 --peak-to-mean 1.5 -n 10000")]
struct SubsetArgs {
    #[command(flatten)]
    common: CommonArgs,
    /// Number of load balancers, named balancer-1 to balancer-N; request i goes to number i modulo N
    #[arg(long, value_name = "N", value_parser = within(1..=10_000u32),
        help_heading = "Traffic")]
    instances: u32,
}

/// Find the loosest bound on the load in flight that is balanced enough
///
/// Tunes `bounded_load`, which works around any strategy by key. A tighter bound is more balanced, but sends
/// more requests elsewhere than to their key's own backend, and moves more when a backend comes or goes. So the
/// answer is the loosest bound, in hundredths, that is balanced enough; its cost is reported, and --max-away and
/// --max-moved limit it.
///
/// The peak is that of the requests over time. At any moment a bound of c limits the load to c times the share,
/// rounded up to whole requests: with fewer requests in flight it is reached more often, and the more requests go
/// elsewhere. The check that half is not enough doubles the excess: for 1.25 it tries 1.5. All requests are
/// replayed for each seed; fewer --requests take less time.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel tune bound pool.yaml --in-flight 2000 --peak-to-mean 1.10
  evenkeel tune bound pool.yaml --peak-to-mean 1.10 --max-away 5%")]
struct BoundArgs {
    #[command(flatten)]
    common: CommonArgs,
    /// Number of requests in flight on all backends together; each new one ends a random one  [default:
    /// 10 per backend]
    #[arg(long, value_name = "N", value_parser = count, help_heading = "Traffic")]
    in_flight: Option<u32>,
    /// Largest share of the requests that may go elsewhere than to their key's own backend
    #[arg(long, value_name = "RATIO", value_parser = share, help_heading = "Limits")]
    max_away: Option<f64>,
}

/// What all of them have in common.
#[derive(Debug, Args)]
struct CommonArgs {
    /// Where the backends come from.
    #[command(flatten)]
    backends: BackendArgs,
    /// Algorithm  [default: the config's, else ketama]
    ///
    /// `size` can tune ketama, maglev, multi-probe, lrh, envoy-ring-hash and envoy-maglev; `subset` any
    /// algorithm, `bound` any that picks by key.
    #[arg(short, long, value_name = "NAME", value_parser = algorithm(), help_heading = "Strategies")]
    algorithm: Option<&'static Card>,
    /// Largest share of the fullest backend, as a multiple of its expected share
    #[arg(long, value_name = "RATIO", help_heading = "Limits")]
    peak_to_mean: f64,
    /// Most memory that the strategy may use, such as 500KiB or 1MiB
    #[arg(long, value_name = "BYTES", value_parser = bytes, help_heading = "Limits")]
    memory: Option<u64>,
    /// Largest share that may move when a backend comes or goes, such as 12% or 0.12
    ///
    /// Of the keys for `size`, of the requests for `subset` and `bound`.
    #[arg(long, value_name = "RATIO", value_parser = share, help_heading = "Limits")]
    max_moved: Option<f64>,
    /// Share of the seeds on which the limits have to hold, from 50% to 99%
    ///
    /// The more, the more seeds are measured: five times as many for 99%.
    #[arg(long, value_name = "RATIO", value_parser = share, default_value = "95%", help_heading = "Limits")]
    share_of_seeds: f64,
    /// Where the requests come from.
    #[command(flatten)]
    workload: WorkloadArgs,
    /// How the figures are written, and where to.
    #[command(flatten)]
    outputs: OutputArgs,
}

impl Tuned {
    const fn common(&self) -> &CommonArgs {
        match self {
            Self::Size(common) => common,
            Self::Subset(args) => &args.common,
            Self::Bound(args) => &args.common,
        }
    }

    const fn target(&self) -> Target {
        match self {
            Self::Size(_) => Target::Size,
            Self::Subset(args) => Target::Subset {
                instances: args.instances,
            },
            Self::Bound(args) => Target::Bound {
                in_flight: args.in_flight,
            },
        }
    }

    const fn max_away(&self) -> Option<f64> {
        match self {
            Self::Bound(args) => args.max_away,
            _ => None,
        }
    }
}

/// So many times the share that it is no goal.
const MAX_PEAK: f64 = 1e6;

/// The shares of seeds for which a thousand seeds are enough.
const SHARES_OF_SEEDS: RangeInclusive<f64> = 0.5..=0.99;

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
    let (common, max_away) = (args.tuned.common(), args.tuned.max_away());
    let inputs = common.backends.file().into_iter();
    let inputs = inputs.chain(common.workload.files());
    let outputs = common.outputs.of(command, voice, inputs, None)?;
    let config = config(common, registry)?;
    let goals = goals(common, max_away, &config)?;
    let tuning = Tuning::new(&config, args.tuned.target(), &goals, registry)?;
    let first = common.workload.read(config.hashing.seed, voice)?;
    let traffic = Traffic::of(common.workload.source(), first);
    let bar = voice.count_steps("settings");
    let tuned = tuning.run(&traffic, || bar.inc(1))?;
    bar.finish_and_clear();
    outputs.write(&tuned, output)?;
    match tuned.answer {
        Some(_) => Ok(()),
        None => Err(No::because(format_args!(
            "no `{}` of {} meets this on {}; `--details` shows what was tried",
            tuned.option,
            tuned.algorithm,
            goals.seeds()
        ))),
    }
}

fn config(args: &CommonArgs, registry: &Registry) -> Result<Config> {
    let mut config = args.backends.config(registry)?;
    config.algorithm = args.algorithm.unwrap_or(config.algorithm);
    Ok(config)
}

/// The limits, unless one of them makes no sense.
fn goals(args: &CommonArgs, max_away: Option<f64>, config: &Config) -> Result<Goals> {
    ensure!(
        (1. ..=MAX_PEAK).contains(&args.peak_to_mean),
        "--peak-to-mean {}: expected at least 1, which is even, and at most {MAX_PEAK}",
        args.peak_to_mean
    );
    ensure!(
        args.max_moved.is_none() || config.profile().key != Key::Unused,
        "--max-moved: {} picks without a key, so that there is nothing to move",
        config.algorithm
    );
    ensure!(
        SHARES_OF_SEEDS.contains(&args.share_of_seeds),
        "--share-of-seeds {}: expected a share from 50% to 99%; no number of seeds shows what happens on all",
        percent(args.share_of_seeds)
    );
    Ok(Goals {
        peak_to_mean: args.peak_to_mean,
        memory_bytes: args.memory,
        max_moved: args.max_moved,
        max_away,
        share_of_seeds: args.share_of_seeds,
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
    let number: Option<u64> = whole(number.trim_end());
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
        for wrong in ["", "KiB", "1.5MiB", "-1", "+1", "1MB", "99999999999GiB"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
    }
}
