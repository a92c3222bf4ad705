//! The arguments of `simulate`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;

use super::{AlgorithmList, BackendNames, OutputArgs, algorithms, backends, count};
use crate::simulate::{Arrivals, Discipline, SPEEDS, Service};
use crate::text::Nanoseconds;
use crate::text::share;
use crate::workload::{Distribution, DurationUnit, KeyField};

/// Simulate how long requests take under each strategy
///
/// Requests arrive at backends that serve a few at once, and the others wait. Time is virtual. Each strategy gets the same requests, learns of each completion and of the time it
/// took, and is measured by how long requests take, waiting included.
///
/// A request has three parts: when it arrives, how long it takes, and its key. With --load all are
/// drawn: arrivals by --arrivals, as far apart as the load asks for; times by --service or --service-from,
/// whose mean is that of its column; keys by --clients and --distribution. In place of the last the keys
/// may be those of a file or an access log, in its order. An access log without --load tells the arrivals as
/// well, and with --log-duration the times. A trace tells all three.
///
/// The times of an access log are whole seconds, of any time zone. Its requests are sorted by them, those
/// of one time in the order of the lines, and spread evenly over their second. Lines without a readable
/// time are left out, and the report says how many. A logged duration is the last field of the line,
/// behind the format's own: of nginx `$request_time` at the end is in s, of Apache `%D` in us.
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
  evenkeel simulate --load 0.9 --sweep 0.5,0.7,0.8,0.95 --algorithm round-robin,least-connections
  evenkeel simulate --load 0.9 --instances 8 --algorithm round-robin,least-connections
  evenkeel simulate --load 0.8 --keys-from keys.gz --service-from requests.csv.gz
  evenkeel simulate --load 0.8 --access-log access.log.gz --key path --algorithm maglev,ketama
  evenkeel simulate --access-log access.log --key client --service-mean 20s --backends 3
  evenkeel simulate --access-log access.log --key client --log-duration s   # ends in $request_time
  evenkeel simulate --load 0.6 --speed b10:0.3 --requests 100_000 --repeat 20   # with confidence intervals
  evenkeel simulate --trace requests.csv.gz --backends 16 --algorithm all --format json
  evenkeel simulate --load 0.8 --algorithm all --export report.html --plot plots
  evenkeel simulate --load 0.7 --scenario outage.yaml --limit 50ms --window 1s
  evenkeel simulate --load 0.5 --distribution zipf:0.9 --cache 1000 --hit-cost 0.1 --scenario remove.yaml
  evenkeel simulate --verify

A trace is a CSV file whose first line names its columns: arrival_us and service_us, in whole
microseconds, and maybe key. Others are passed over. The lines stand in the order of their arrivals.

A scenario is a list of events; what has no `for` is for good. `all` are those of the config:
  events:
    - { at: 10s, for: 30s, slow: b1, speed: 0.1 }       # a tenth as fast; those being served as well
    - { at: 10s, for: 5s, stop: b2, noticed_after: 1s } # what is there is lost; back with an empty cache
    - { at: 20s, for: 5s, drain: b3 }                   # ends what it has, and gets nothing new
    - { at: 30s, add: { name: b11, weight: 2 } }
    - { at: 40s, for: 5s, remove: b4 }                # comes back empty, to its old place
    - { at: 50s, reweight: b5, weight: 3 }
    - { at: 60s, for: 10s, hot_key: client-1, share: 20% }
    - { at: 80s, deploy: all, down: 5s, every: 10s }    # one after the other drained, and back empty
Who is stopped, drained or deployed stays in the pool: only its own keys move, and come back. To remove one
changes the pool, and by modulo nearly all keys move. With caches each strategy is also run with nothing that
happens, and the hits of that stand beside: the difference is what the events cost.")]
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
    /// Let things happen meanwhile: a YAML file of events
    #[arg(long, value_name = "FILE")]
    pub scenario: Option<PathBuf>,
    /// Simulate it at these loads as well, separated by commas, with all else the same, and tell what each
    /// comes to
    #[arg(long, value_name = "LOAD,…", value_parser = loads, requires = "load", conflicts_with_all = ["trace", "scenario", "verify"])]
    pub sweep: Option<Loads>,
    /// Tell the time in windows of this length as well, such as 1s
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub window: Option<u64>,
    /// How many load balancers there are, each of which knows only its own requests: request i goes
    /// to that of number i modulo N. By key all pick alike; without, each draws by itself. With a subset
    /// each has its own: that of client `NAME`, `NAME-2`, `NAME-3` and so on
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub instances: u32,
    /// The share of the requests that come first and are not measured, such as 10% or 0.1  [default: 10%
    /// with --load, else none]
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
    /// How the figures are written, and where to.
    #[command(flatten)]
    pub outputs: OutputArgs,
    /// Hold the simulation to queueing theory and to what others measured instead: each number is measured
    /// anew, in about a minute; exit code 1 if one does not hold
    #[arg(long, conflicts_with_all = ["config", "algorithm", "backends", "scenario", "window", "instances", "warm_up",
        "limit", "seed", "plot", "TrafficArgs", "ModelArgs"])]
    pub verify: bool,
}

/// Where the requests come from: when they arrive, how long they take, and their keys.
#[derive(Debug, Args)]
pub struct TrafficArgs {
    /// How much the requests ask for of what the backends can do: below 1 they keep up
    #[arg(long, value_name = "SHARE", value_parser = load, required_unless_present_any = ["access_log", "trace", "verify"])]
    pub load: Option<f64>,
    /// How requests arrive: `poisson` (at random), `deterministic` (evenly) or `bursts:SIZE` (so many at
    /// once, at random)
    #[arg(long, value_name = "LAW", default_value = "poisson", requires = "load")]
    pub arrivals: Arrivals,
    /// How long requests take: `exp`, `deterministic` (all the same) or `pareto:ALPHA` (a few very long;
    /// the variance is infinite up to an ALPHA of 2)
    #[arg(long, value_name = "LAW", default_value = "exp")]
    pub service: Service,
    /// How long they take on average at speed 1
    #[arg(long, value_name = "TIME", default_value = "1ms", value_parser = time)]
    pub service_mean: u64,
    /// Let each take as long as one that was measured, drawn from the column service_us of a CSV file,
    /// compressed with gzip or not; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["service", "service_mean"])]
    pub service_from: Option<PathBuf>,
    /// How many requests to draw; of files come as many as there are lines
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = count)]
    pub requests: u32,
    /// How many clients they come from, whose names are the keys
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = count)]
    pub clients: u32,
    /// How often each client asks: `uniform`, or `zipf:S` (the k-th in proportion to 1/k^S)
    #[arg(long, value_name = "uniform|zipf:S", default_value = "uniform")]
    pub distribution: Distribution,
    /// Read the requests' keys from a file, one a line, compressed with gzip or not; `-` is standard
    /// input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["requests", "clients", "distribution"])]
    pub keys_from: Option<PathBuf>,
    /// Read the requests from an access log in the common or combined format, compressed or not:
    /// their keys, and without --load also when they arrive
    #[arg(long, value_name = "FILE", requires = "key",
        conflicts_with_all = ["requests", "clients", "distribution", "keys_from"])]
    pub access_log: Option<PathBuf>,
    /// Which part of a logged request is its key; a path is the request target with its query
    #[arg(long, value_enum, requires = "access_log")]
    pub key: Option<KeyField>,
    /// Let each logged request take as long as the last field of its line says, in this unit
    #[arg(long, value_name = "UNIT", value_enum, requires = "access_log",
        conflicts_with_all = ["load", "service", "service_mean", "service_from"])]
    pub log_duration: Option<DurationUnit>,
    /// Read the requests from a CSV file, compressed with gzip or not; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["load", "arrivals", "service", "service_mean",
        "service_from", "requests", "clients", "distribution", "keys_from", "access_log"])]
    pub trace: Option<PathBuf>,
}

impl TrafficArgs {
    /// The files that are read.
    pub(crate) fn files(&self) -> impl Iterator<Item = &PathBuf> {
        let requests = self.trace.iter().chain(&self.keys_from);
        requests.chain(&self.access_log).chain(&self.service_from)
    }
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
    /// Give each backend a cache of so many keys, or an `unlimited` one; the least recently used key goes
    /// first
    #[arg(long, value_name = "N|unlimited", value_parser = entries)]
    pub cache: Option<Entries>,
    /// How long a request takes whose key is in the cache, as a part of its own time
    #[arg(long, value_name = "PART", default_value = "1", value_parser = hit_cost, requires = "cache")]
    pub hit_cost: f64,
}

/// Loads in the order given.
#[derive(Clone, Debug, PartialEq)]
pub struct Loads(pub Vec<f64>);

/// How many keys fit into a cache; no limit if none.
#[derive(Clone, Copy, Debug)]
pub struct Entries(pub Option<NonZeroUsize>);

fn load(text: &str) -> Result<f64, String> {
    let load = text.parse().ok();
    let load = load.filter(|&load: &f64| load > 0. && load <= 1_000.);
    load.ok_or("expected a number above 0, such as 0.9, and at most 1000".to_owned())
}

fn loads(text: &str) -> Result<Loads, String> {
    let mut loads = Vec::new();
    for part in text.split(',') {
        if part.is_empty() {
            return Err(
                "a load is missing; expected some with a comma between them, such as 0.5,0.8"
                    .to_owned(),
            );
        }
        let load = load(part).map_err(|expected| format!("`{part}`: {expected}"))?;
        if loads.contains(&load) {
            return Err(format!("{load} is given twice"));
        }
        loads.push(load);
    }
    Ok(Loads(loads))
}

fn warm_up(text: &str) -> Result<f64, String> {
    let share = share(text)?;
    if share < 1. {
        Ok(share)
    } else {
        Err("expected less than 100 %, or nothing would be measured".to_owned())
    }
}

fn speed(text: &str) -> Result<(String, f64), String> {
    let (name, factor) = text.rsplit_once(':').ok_or("expected NAME:FACTOR")?;
    let factor = factor.parse().ok();
    let factor = factor.filter(|factor| SPEEDS.contains(factor));
    let factor =
        factor.ok_or("the factor must be a number from 0.000001 to 1000000, such as 0.5")?;
    Ok((name.to_owned(), factor))
}

/// A time in nanoseconds that is not 0.
fn time(text: &str) -> Result<u64, String> {
    match Nanoseconds::parse(text)?.0 {
        0 => Err("expected more than no time".to_owned()),
        time => Ok(time),
    }
}

/// How many keys fit into a cache; none of `unlimited`.
fn entries(text: &str) -> Result<Entries, String> {
    if text == "unlimited" {
        return Ok(Entries(None));
    }
    let number: Option<NonZeroUsize> = text.replace('_', "").parse().ok();
    let entries = number.ok_or("expected a whole number from 1, or `unlimited`")?;
    Ok(Entries(Some(entries)))
}

fn hit_cost(text: &str) -> Result<f64, String> {
    let cost = text.parse().ok();
    let cost = cost.filter(|cost: &f64| (0. ..=1.).contains(cost));
    cost.ok_or("expected a number from 0 to 1, such as 0.1".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(loads("0.5,2,0.25"), Ok(Loads(vec![0.5, 2., 0.25])));
        for (wrong, why) in [
            ("", "missing"),
            ("0.5,", "missing"),
            ("0.5,,0.7", "missing"),
            ("0.5,0", "`0`: expected a number above 0"),
            ("0.5,0.7,0.50", "0.5 is given twice"),
        ] {
            assert!(loads(wrong).unwrap_err().contains(why), "{wrong}");
        }
        assert!(warm_up("100%").is_err());
        assert!(time("0s").is_err());
        for wrong in ["0", "-1", "1.5", "all"] {
            assert!(entries(wrong).is_err(), "{wrong}");
        }
        for wrong in ["-0.1", "1.1", "NaN"] {
            assert!(hit_cost(wrong).is_err(), "{wrong}");
        }
    }
}
