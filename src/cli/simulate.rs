//! The arguments of `simulate`.

use std::path::PathBuf;

use clap::Args;

use super::{AlgorithmList, BackendNames, algorithms, backends, count, export};
use crate::report::Format;
use crate::simulate::{Arrivals, Discipline, Service};
use crate::workload::Distribution;

/// Simulate how long requests take under each strategy
///
/// Requests arrive at backends that serve a few at once, and the others wait. Time is virtual. Each strategy gets the same requests, learns of each completion and of the time it
/// took, and is measured by how long requests take, waiting included. The requests are drawn for a load,
/// or come from a trace.
///
/// A completion is taken before an arrival at the same time. Up to 1,048,576 times are held, and their
/// quantiles are exact; of more a histogram is kept that is at most a thousandth off, and memory does not
/// grow with the requests. Sums, means and maxima are always exact. The same seed gives the same bytes.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel simulate --load 0.9 --algorithm round-robin,power-of-two-choices,least-connections
  evenkeel simulate --backends 2 --load 0.8 --service pareto:2.5 --algorithm all --requests 200_000
  evenkeel simulate -c configs/peak-ewma.yaml --load 0.7 --limit 20ms
  evenkeel simulate --backends a,b,c --speed c:0.5 --load 0.8 --algorithm least-request,peak-ewma
  evenkeel simulate --load 0.9 --instances 8 --algorithm round-robin,least-connections
  evenkeel simulate --load 0.6 --speed b10:0.3 --requests 100_000 --repeat 20   # with confidence intervals
  evenkeel simulate --trace requests.csv.gz --backends 16 --algorithm all --format json

A trace is a CSV file whose first line names its columns: arrival_us and service_us, in whole
microseconds, and maybe key. Others are passed over. The lines stand in the order of their arrivals.")]
pub struct SimulateArgs {
    /// The config with the backends, the seed and the options
    #[arg(short, long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The algorithms, separated by commas, or `all` of our own  [default: the config's, else all]
    #[arg(long, value_name = "NAME,…|all", value_parser = algorithms)]
    pub algorithm: Option<AlgorithmList>,
    /// How many backends (b1 to bN), or their names, some with a weight  [default: 10]
    #[arg(long, value_name = "N|NAME[:W],…", value_parser = backends, conflicts_with = "config")]
    pub backends: Option<BackendNames>,
    /// Where the requests come from.
    #[command(flatten)]
    pub traffic: TrafficArgs,
    /// What the backends can do.
    #[command(flatten)]
    pub model: ModelArgs,
    /// How many load balancers there are, each of which knows only its own requests: request i goes
    /// to that of number i modulo N. By key all pick alike; without, each draws by itself
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub instances: u32,
    /// The share of the requests that come first and are not measured, such as 10% or 0.1  [default: 10%
    /// of drawn requests, none of a trace]
    #[arg(long, value_name = "SHARE", value_parser = warm_up)]
    pub warm_up: Option<f64>,
    /// Say which share of the requests takes longer than this, such as 50ms, 2s or 800us
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub limit: Option<u64>,
    /// Simulate so many times, each with a seed of its own that follows from the first, and write means with
    /// 95 % confidence intervals (Student's t); only `sum_ns` is that of all runs. A drawn load has other
    /// requests from other clients in each run; those of a trace stay the same, and only the strategies'
    /// seed is another. From 5 on the best strategy is compared with the others, run by run on the same
    /// requests: by the mean, p99 and the share over the limit
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub repeat: u32,
    /// The seed of the requests, keys, names and draws  [default: the config's, else 24301]
    #[arg(long, value_name = "NUMBER")]
    pub seed: Option<u64>,
    /// How the figures are written
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Write the figures to a file as well; its ending says how: .txt, .md, .csv or .json
    /// (repeatable)
    #[arg(long, value_name = "FILE", value_parser = export)]
    pub export: Vec<(PathBuf, Format)>,
}

/// Where the requests come from.
#[derive(Debug, Args)]
pub struct TrafficArgs {
    /// How much the requests ask for of what the backends can do: below 1 they keep up
    #[arg(long, value_name = "SHARE", value_parser = load, required_unless_present = "trace")]
    pub load: Option<f64>,
    /// How requests arrive: `poisson` (at random), `deterministic` (evenly) or `bursts:SIZE` (so many at
    /// once, at random)
    #[arg(long, value_name = "LAW", default_value = "poisson")]
    pub arrivals: Arrivals,
    /// How long requests take: `exp`, `deterministic` (all the same) or `pareto:ALPHA` (a few very long;
    /// the variance is infinite up to an ALPHA of 2)
    #[arg(long, value_name = "LAW", default_value = "exp")]
    pub service: Service,
    /// How long they take on average at speed 1
    #[arg(long, value_name = "TIME", default_value = "1ms", value_parser = time)]
    pub service_mean: u64,
    /// How many requests to draw
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = count)]
    pub requests: u32,
    /// How many clients they come from, whose names are the keys
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = count)]
    pub clients: u32,
    /// How often each client asks: `uniform`, or `zipf:S` (the k-th in proportion to 1/k^S)
    #[arg(long, value_name = "uniform|zipf:S", default_value = "uniform")]
    pub distribution: Distribution,
    /// Read the requests from a CSV file, compressed with gzip or not; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["load", "arrivals", "service", "service_mean", "requests", "clients", "distribution"])]
    pub trace: Option<PathBuf>,
}

/// What the backends can do.
#[derive(Debug, Args)]
pub struct ModelArgs {
    /// How many requests each backend serves at once
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = count)]
    pub servers: u32,
    /// How fast a backend is, against others of speed 1 (repeatable)
    #[arg(long, value_name = "NAME:FACTOR", value_parser = speed)]
    pub speed: Vec<(String, f64)>,
    /// Who is served when
    #[arg(long, value_enum, default_value_t)]
    pub discipline: Discipline,
    /// How many requests may wait at each backend; more are rejected  [default: no limit]
    #[arg(long, value_name = "N")]
    pub queue_limit: Option<u64>,
}

fn load(text: &str) -> Result<f64, String> {
    let load = text.parse().ok();
    let load = load.filter(|&load: &f64| load > 0. && load <= 1_000.);
    load.ok_or("expected a number above 0, such as 0.9, and at most 1000".to_owned())
}

fn warm_up(text: &str) -> Result<f64, String> {
    let share = super::plan::share(text)?;
    if share < 1. {
        Ok(share)
    } else {
        Err("expected less than 100 %, or nothing would be measured".to_owned())
    }
}

fn speed(text: &str) -> Result<(String, f64), String> {
    let (name, factor) = text.rsplit_once(':').ok_or("expected NAME:FACTOR")?;
    let factor = factor.parse().ok();
    let factor = factor.filter(|factor| (1e-6..=1e6).contains(factor));
    let factor =
        factor.ok_or("the factor must be a number from 0.000001 to 1000000, such as 0.5")?;
    Ok((name.to_owned(), factor))
}

/// A time in nanoseconds, at most some days.
fn time(text: &str) -> Result<u64, String> {
    const UNITS: [(&str, f64); 4] = [("ns", 1.), ("us", 1e3), ("ms", 1e6), ("s", 1e9)];
    const MOST: f64 = 1e15;
    let of = |(unit, length): &(&str, f64)| {
        let number: f64 = text.strip_suffix(unit)?.trim_end().parse().ok()?;
        Some(number * length)
    };
    let time = UNITS.iter().find_map(of);
    let time = time.filter(|time| (1. ..=MOST).contains(time));
    let time = time
        .ok_or("expected a number and a unit (ns, us, ms or s), such as 50ms; at most 1000000s")?;
    Ok(time.round() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_unit() {
        for (text, expected) in [("50ms", 50_000_000), ("1.5 s", 1_500_000_000), ("7ns", 7)] {
            assert_eq!(time(text), Ok(expected), "{text}");
        }
        for wrong in ["50", "ms", "-1s", "NaNs", "0s", "1e9s", "1h"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn numbers_without_a_meaning_are_refused() {
        assert_eq!(
            speed("10.0.0.1:80:0.5"),
            Ok(("10.0.0.1:80".to_owned(), 0.5))
        );
        for wrong in ["a", "a:0", "a:-1", "a:NaN", "a:inf"] {
            assert!(speed(wrong).is_err(), "{wrong}");
        }
        for wrong in ["0", "-1", "NaN", "inf", "90%"] {
            assert!(load(wrong).is_err(), "{wrong}");
        }
        assert!(warm_up("100%").is_err());
    }
}
