//! `simulate`: from the arguments to a simulation, and from its figures to the reports.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use evenkeel_algorithms::Card;
use evenkeel_algorithms::Registry;
use evenkeel_algorithms::Seed;

use super::model::ModelArgs;
use super::traffic::{TrafficArgs, load, time};
use crate::commands::backends::{BackendNames, backends, backends_of};
use crate::commands::externals::ExternalArgs;
use crate::commands::outputs::OutputArgs;
use crate::commands::registered::{AlgorithmList, algorithms};
use crate::commands::verify;
use crate::config::Config;
use crate::progress::Voice;
use crate::report::Format;
use crate::simulate::{Progress, Scenario, Simulated, Simulation, Timeline, Traffic};
use crate::text::share;
use crate::verify::Subject;

/// Simulate how long requests take under each strategy
///
/// Requests arrive at backends that serve a few at once, and the others wait. Time is virtual. Each strategy gets the same requests, learns of each completion and of the time it
/// took, and is measured by how long requests take, waiting included.
///
/// A request has three parts: when it arrives, how long it takes, and its key. With --load all are
/// drawn: arrivals by --arrivals, as far apart as the load asks for; times by --service or --service-from,
/// with the mean of its column; keys by --clients and --distribution. In place of the last the keys
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
  evenkeel simulate --load 0.8 --external mine='python3 my_balancer.py'
  evenkeel simulate --verify

A trace is a CSV file with a first line that names its columns: arrival_us and service_us, in whole
microseconds, and maybe key. Others are skipped. The lines stand in the order of their arrivals.

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
A backend that is stopped, drained or deployed stays in the pool: only its own keys move, and come back. To remove one
changes the pool, and by modulo nearly all keys move. With caches each strategy is also run with nothing that
happens, and the hits of that stand beside: the difference is what the events cost.")]
pub(crate) struct SimulateArgs {
    /// The config with the backends, the seed and the options
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The algorithms, separated by commas, or `all` of our own  [default: the config's, else all]
    #[arg(long, value_name = "NAME,…|all", value_parser = algorithms())]
    algorithm: Option<AlgorithmList>,
    /// Which programs are asked as well.
    #[command(flatten)]
    externals: ExternalArgs,
    /// How many backends (b1 to bN), or their names, some with a weight  [default: 10]
    #[arg(long, value_name = "N|NAME[:W],…", value_parser = backends, conflicts_with = "config")]
    backends: Option<BackendNames>,
    /// Where the requests come from.
    #[command(flatten)]
    traffic: TrafficArgs,
    /// What the backends can do.
    #[command(flatten)]
    model: ModelArgs,
    /// Let things happen meanwhile: a YAML file of events
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// Simulate it at these loads as well, separated by commas, with all else the same, and tell what each
    /// comes to
    #[arg(long, value_name = "LOAD,…", value_parser = loads, requires = "load", conflicts_with_all = ["trace", "scenario", "verify"])]
    sweep: Option<Loads>,
    /// Tell the time in windows of this length as well, such as 1s
    #[arg(long, value_name = "TIME", value_parser = time)]
    window: Option<u64>,
    /// How many load balancers there are, each of which knows only its own requests: request i goes
    /// to that of number i modulo N. By key all pick alike; without, each draws by itself. With a subset
    /// each has its own: that of client `NAME`, `NAME-2`, `NAME-3` and so on
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    instances: u32,
    /// The share of the requests that come first and are not measured, such as 10% or 0.1  [default: 10%
    /// with --load, else none]
    #[arg(long, value_name = "SHARE", value_parser = warm_up_share)]
    warm_up: Option<f64>,
    /// Say which share of the requests takes longer than this, such as 50ms, 2s or 800us
    #[arg(long, value_name = "TIME", value_parser = time)]
    limit: Option<u64>,
    /// Simulate so many times, each with a seed of its own that follows from the first, and write means with
    /// 95 % confidence intervals (Student's t); only `sum_ns` is that of all runs. A drawn load has other
    /// requests from other clients in each run; those of a trace stay the same, and only the strategies'
    /// seed is another. From 5 on the best strategy is compared with the others, run by run on the same
    /// requests: by the mean, p99 and the share over the limit
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    repeat: u32,
    /// The seed of the requests, keys, names and draws  [default: the config's, else 24301]
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// How the figures are written, and where to.
    #[command(flatten)]
    outputs: OutputArgs,
    /// Hold the simulation to queueing theory and to what others measured instead: each number is measured
    /// again, in about a minute; exit code 1 if one does not hold
    #[arg(long, conflicts_with_all = ["config", "algorithm", "backends", "scenario", "window", "instances", "warm_up",
        "limit", "seed", "plot", "LawArgs", "WorkloadArgs", "RecordedArgs", "ModelArgs", "ExternalArgs"])]
    verify: bool,
}

/// Loads in the order given.
#[derive(Clone, Debug, PartialEq)]
struct Loads(Vec<f64>);

/// The share of the requests drawn for a load that come before those that are measured.
const WARM_UP: f64 = 0.1;

/// Simulates and writes the reports.
///
/// # Errors
/// If the config, a file with requests, a speed or the output is at fault, no algorithm can be simulated, or
/// a reference value does not hold.
pub(crate) fn run(
    args: &SimulateArgs,
    registry: &Registry,
    command: &str,
    voice: Voice,
    output: &mut impl Write,
) -> Result<()> {
    let inputs = args.config.iter().chain(&args.scenario);
    let inputs = inputs.chain(args.traffic.files());
    let outputs = args.outputs.of(command, voice, inputs)?;
    if args.verify {
        return verify::run(Subject::Simulation, &outputs, voice, output);
    }
    let config = config(args, registry)?;
    let traffic = args.traffic.traffic(voice)?;
    let mut algorithms = chosen(args, registry, &config);
    algorithms.extend(args.externals.cards(registry, config.hashing, voice)?);
    let timeline = timeline(args, &config)?;
    let mut simulation = Simulation {
        config: &config,
        algorithms: &algorithms,
        traffic: &traffic,
        model: args.model.model(),
        speeds: &args.model.speeds(&config.backends)?,
        instances: args.instances,
        warm_up: warm_up(args, &traffic),
        limit: args.limit,
        timeline: &timeline,
        window: args.window,
    };
    if args.window.is_none() && outputs.are_drawn() {
        simulation.window = simulation.proposed_window();
    }
    let mut figures = simulated(&simulation, args, voice)?;
    if args.window.is_none() {
        figures.set_windows_aside();
    }
    outputs.write(&figures, output)?;
    let has_parts = args.scenario.is_some() || args.window.is_some();
    if args.outputs.format() == Format::Csv && has_parts {
        voice.remark(
            "what happens between the events and in the windows is in the tables and in the JSON",
        );
    }
    if args.outputs.format() == Format::Csv && args.sweep.is_some() {
        voice.remark("what all loads come to is in the tables and in the JSON");
    }
    Ok(())
}

/// What is asked for: at its own load, or at several.
fn simulated(simulation: &Simulation<'_>, args: &SimulateArgs, voice: Voice) -> Result<Simulated> {
    let loads = args.sweep.as_ref().map_or(&[][..], |Loads(loads)| loads);
    let others = loads
        .iter()
        .filter(|&&load| Some(load) != simulation.traffic.load());
    let requests = simulation.requests(args.repeat) * (1 + others.count() as u64);
    let bar = voice.bar("simulate", requests, "requests");
    let step = |progress: Progress| {
        bar.set_message(progress.algorithm);
        bar.inc(progress.requests);
    };
    match loads {
        [] => simulation.repeat(args.repeat, step),
        loads => simulation.sweep(loads, args.repeat, step),
    }
}

fn config(args: &SimulateArgs, registry: &Registry) -> Result<Config> {
    let mut config = backends_of(args.config.as_deref(), args.backends.as_ref(), registry)?;
    config.hashing.seed = args.seed.map_or(config.hashing.seed, Seed);
    Ok(config)
}

/// What happens to the backends, if anything does.
fn timeline(args: &SimulateArgs, config: &Config) -> Result<Timeline> {
    let Some(path) = &args.scenario else {
        return Ok(Timeline::quiet(&config.backends));
    };
    let scenario = Scenario::read(path)?;
    let timeline = Timeline::of(&scenario, &config.backends);
    Ok(timeline.map_err(|fault| fault.of_file(path))?)
}

/// Those asked for, or the config's, or all of our own.
fn chosen(args: &SimulateArgs, registry: &Registry, config: &Config) -> Vec<&'static Card> {
    match &args.algorithm {
        Some(list) => list.0.clone(),
        None if args.config.is_some() => vec![config.algorithm],
        None => registry.strategies().collect(),
    }
}

/// How many requests come before those that are measured.
fn warm_up(args: &SimulateArgs, traffic: &Traffic) -> u64 {
    let share = args.warm_up.unwrap_or(match traffic.load() {
        Some(_) => WARM_UP,
        None => 0.,
    });
    (traffic.requests() as f64 * share) as u64
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

fn warm_up_share(text: &str) -> Result<f64, String> {
    let share = share(text)?;
    if share < 1. {
        Ok(share)
    } else {
        Err("expected less than 100 %, or nothing would be measured".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_without_a_meaning_are_refused() {
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
        assert!(warm_up_share("100%").is_err());
    }
}
