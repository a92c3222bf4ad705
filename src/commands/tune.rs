//! The arguments of `tune`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use evenkeel_algorithms::Algorithm;

use super::{BackendNames, WorkloadArgs, algorithm, backends, count};
use crate::text::share;

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
pub struct TuneArgs {
    /// The config with the backends
    #[arg(short, long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// How many backends (b1 to bN), or their names, some with a weight
    #[arg(long, value_name = "N|NAME[:W],…", value_parser = backends, conflicts_with = "config")]
    pub backends: Option<BackendNames>,
    /// The algorithm: ketama, maglev, multi-probe, lrh, envoy-ring-hash or envoy-maglev; any with
    /// --subset, any by key with --bound  [default: the config's, else ketama]
    #[arg(long, value_name = "NAME", value_parser = algorithm)]
    pub algorithm: Option<&'static Algorithm>,
    /// Tune the size of the subset of the backends that each load balancer uses
    #[arg(long, requires = "instances", conflicts_with = "bound")]
    pub subset: bool,
    /// How many load balancers there are: request i goes to that of number i modulo N. They are named
    /// balancer-1 to balancer-N
    #[arg(long, value_name = "N", requires = "subset", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub instances: Option<u32>,
    /// Tune how far a load in flight may exceed its share
    #[arg(long)]
    pub bound: bool,
    /// How many requests are in flight on all backends together; when one more comes, a random one
    /// ends  [default: 10 a backend, as in compare]
    #[arg(long, value_name = "N", requires = "bound", value_parser = count)]
    pub in_flight: Option<u32>,
    /// How many times its share of the requests the fullest backend may have
    #[arg(long, value_name = "RATIO")]
    pub peak_to_mean: f64,
    /// The most memory that the strategy may hold, such as 500KiB or 1MiB
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    pub memory: Option<u64>,
    /// The largest share of the requests that may go elsewhere than to their key's own backend
    #[arg(long, value_name = "SHARE", requires = "bound", value_parser = share)]
    pub max_away: Option<f64>,
    /// The largest share of the keys that a backend more or less may move, such as 12% or 0.12; of the
    /// requests with --subset and --bound
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub max_moved: Option<f64>,
    /// Where the requests come from.
    #[command(flatten)]
    pub workload: WorkloadArgs,
    /// How it is written
    #[arg(long, value_enum, default_value_t)]
    pub format: TuneFormat,
}

/// How `tune` writes what it found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum TuneFormat {
    /// A table of what was tried, and the answer.
    #[default]
    Table,
    /// A JSON object with all of it.
    Json,
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
