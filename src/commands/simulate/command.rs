//! `simulate`: from the arguments to a simulation, and from its figures to the reports.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Args;
use evenkeel_algorithms::Card;
use evenkeel_algorithms::Registry;
use evenkeel_config::Config;

use super::model::ModelArgs;
use super::traffic::{TrafficArgs, load, time};
use crate::commands::backends::BackendArgs;
use crate::commands::externals::ExternalArgs;
use crate::commands::keyed::KeyedArgs;
use crate::commands::outputs::OutputArgs;
use crate::commands::parsers::within;
use crate::commands::registered::{AlgorithmList, USUAL, algorithms};
use crate::progress::Voice;
use crate::report::Format;
use crate::simulate::{Progress, Scenario, Simulated, Simulation, Timeline, Traffic};
use crate::text::share;

/// A sample of a scenario.
pub(crate) const SCENARIO: &str = include_str!("../../../examples/outage.yaml");

/// Simulate how long requests take under each strategy
///
/// Requests arrive at backends that serve a few at once; the others wait. Time is virtual. Each strategy gets the
/// same requests, learns of each completion and its latency, and is measured by how long requests take, including
/// the wait. Without arguments it simulates five common strategies on backends b1 to b10 at a load of 0.8.
///
/// A backend's speed follows its weight, unless --speed sets it: that of the smallest weight is 1.
///
/// A request has an arrival, a service time and a key. With --load all are drawn: arrivals by --arrivals, times by
/// --service or --service-from, keys by --clients and --distribution. --keys-from and --access-log replace the
/// keys, in the order of the file. An access log without --load also gives the arrivals, and with --log-duration
/// the times. A trace gives all three.
///
/// An access log has times in whole seconds: requests are sorted by them and spread evenly over their second.
/// Lines without a readable time are skipped and counted. A logged duration is the last field of the line.
///
/// A completion comes before an arrival at the same time. Quantiles are exact up to 1,048,576 requests, and within
/// 0.1% beyond; sums, means and maxima are always exact. Memory does not grow with the number of requests. The
/// same seed gives the same bytes.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel simulate
  evenkeel simulate --load 0.9 -a round-robin,least-connections
  evenkeel simulate -b 2 --service pareto:2.5 -a all -n 200_000
  evenkeel simulate configs/peak-ewma.yaml --load 0.7 --slo 20ms
  evenkeel simulate -b a:4,b:2,c -a round-robin,rendezvous
  evenkeel simulate -b a,b,c --speed c:0.5 -a least-request,peak-ewma
  evenkeel simulate --sweep 0.5,0.7,0.95 -a round-robin,least-connections
  evenkeel simulate --instances 8 -a round-robin,least-connections
  evenkeel simulate --keys-from keys.gz --service-from requests.csv.gz
  evenkeel simulate --access-log access.log --key client --log-duration s
  evenkeel simulate --load 0.6 --speed b10:0.3 -n 100_000 --repeat 20
  evenkeel simulate --trace requests.csv.gz -b 16 -a all -f json
  evenkeel simulate -a all -o report.html --plot plots
  evenkeel simulate --example > scenario.yaml
  evenkeel simulate --load 0.7 --scenario scenario.yaml --slo 50ms --window 1s
  evenkeel simulate --distribution zipf:0.9 --cache 1000 --hit-cost 0.1
  evenkeel simulate -b a:4,b --cache 1000,a=4000 -a maglev
  evenkeel simulate --external mine='python3 my_balancer.py'

A trace is a CSV file with a header that names its columns: arrival_us and
service_us, in whole microseconds, and maybe key. Other columns are skipped. The
lines are sorted by arrival.

`evenkeel help scenario` lists the events of a scenario.")]
pub(crate) struct SimulateArgs {
    /// Where the backends come from.
    #[command(flatten)]
    backends: BackendArgs,
    /// Algorithms, separated by commas, or `all`  [default: the config's, else ketama, rendezvous, maglev,
    /// round-robin, least-connections]
    #[arg(short, long, value_name = "NAME,…|all", value_parser = algorithms(), help_heading = "Strategies")]
    algorithm: Option<AlgorithmList>,
    #[command(flatten)]
    keyed: KeyedArgs,
    /// Which programs are asked as well.
    #[command(flatten)]
    externals: ExternalArgs,
    /// Where the requests come from.
    #[command(flatten)]
    traffic: TrafficArgs,
    /// Number of load balancers, each of which knows only its own requests
    ///
    /// Request i goes to number i modulo N. Strategies by key pick alike; others draw independently. With a
    /// subset each has its own, that of client NAME, NAME-2, NAME-3 and so on.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = within(1..=10_000u32),
        help_heading = "Traffic")]
    instances: u32,
    /// What the backends can do.
    #[command(flatten)]
    model: ModelArgs,
    /// Inject events from a YAML file
    ///
    /// Stopped, drained and redeploying backends stay in the pool, so only their keys move; removing one changes
    /// the pool. With --cache each strategy also runs without the events, to show what they cost in hits.
    #[arg(long, value_name = "FILE", help_heading = "Events")]
    scenario: Option<PathBuf>,
    /// Print a sample scenario
    #[arg(long, exclusive = true, help_heading = "Events")]
    example: bool,
    /// Also report metrics per time window of this length, such as 1s
    #[arg(long, value_name = "TIME", value_parser = time, help_heading = "Events")]
    window: Option<u64>,
    /// Also simulate these loads, separated by commas, with all else the same
    #[arg(long, value_name = "LOAD,…", value_parser = loads, conflicts_with_all = ["trace", "scenario"],
        help_heading = "Statistics")]
    sweep: Option<Loads>,
    /// Share of the requests at the start that is not measured, such as 10% or 0.1  [default: 10% of
    /// drawn arrivals, else none]
    #[arg(long, value_name = "RATIO", value_parser = warm_up_share, help_heading = "Statistics")]
    warm_up: Option<f64>,
    /// Report the share of requests that take longer than this, such as 50ms, 2s or 800us
    #[arg(long, value_name = "TIME", value_parser = time, help_heading = "Statistics")]
    slo: Option<u64>,
    /// Repeat with N seeds and report means with 95% confidence intervals
    ///
    /// The seeds follow from the first. A drawn load has other requests from other clients in each run; those of
    /// a trace stay the same, and only the seed of the strategies changes. From 5 runs on, the best strategy is
    /// compared with the others run by run, by mean, p99 and the share over --slo. Intervals are Student's t;
    /// only `sum_ns` is that of all runs.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = within(1..=10_000u32),
        help_heading = "Statistics")]
    repeat: u32,
    /// Random seed  [default: the config's, else 24301]
    #[arg(short, long, value_name = "NUMBER", value_parser = within(0..=u64::MAX), help_heading = "Statistics")]
    seed: Option<u64>,
    /// How the figures are written, and where to.
    #[command(flatten)]
    outputs: OutputArgs,
}

/// Loads in the order given.
#[derive(Clone, Debug, PartialEq)]
struct Loads(Vec<f64>);

/// The share of the requests drawn for a load that come before those that are measured.
const WARM_UP: f64 = 0.1;

/// Simulates and writes the reports.
///
/// # Errors
/// If the config, a file with requests, a speed or the output is at fault, or no algorithm can be
/// simulated.
pub(crate) fn run(
    args: &SimulateArgs,
    registry: &Registry,
    command: &str,
    voice: Voice,
    output: &mut impl Write,
) -> Result<()> {
    if args.example {
        return Ok(output.write_all(SCENARIO.as_bytes())?);
    }
    let inputs = args.backends.file().into_iter().chain(&args.scenario);
    let inputs = inputs.chain(args.traffic.files());
    let outputs = args.outputs.of(command, voice, inputs, None)?;
    let config = args.backends.seeded(registry, args.seed)?;
    let traffic = args.traffic.traffic(voice)?;
    ensure!(
        args.sweep.is_none() || traffic.load().is_some(),
        "--sweep: the log gives the arrivals; add --load to draw them"
    );
    let mut algorithms = args.keyed.only(chosen(args, registry, &config), &config)?;
    algorithms.extend(args.externals.cards(registry, config.hashing, voice)?);
    let timeline = timeline(args, &config)?;
    let mut simulation = Simulation {
        config: &config,
        algorithms: &algorithms,
        traffic: &traffic,
        model: args.model.model(),
        machines: &args.model.machines(&config.backends, &timeline)?,
        instances: args.instances,
        warm_up: warm_up(args, &traffic),
        limit: args.slo,
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
    if outputs.format == Format::Csv {
        if args.scenario.is_some() || args.window.is_some() {
            voice.remark(
                "what happens between the events and in the windows is in the tables and in the JSON",
            );
        }
        if args.sweep.is_some() {
            voice.remark("what all loads come to is in the tables and in the JSON");
        }
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
    let bar = voice.unlike("simulate", requests);
    let step = |progress: Progress| {
        bar.set_message(progress.algorithm);
        bar.inc(progress.requests);
    };
    match loads {
        [] => simulation.repeat(args.repeat, step),
        loads => simulation.sweep(loads, args.repeat, step),
    }
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

/// Those asked for, or the config's, or the usual ones and those of this program.
fn chosen(args: &SimulateArgs, registry: &Registry, config: &Config) -> Vec<&'static Card> {
    match (&args.algorithm, args.keyed.all(registry)) {
        (Some(list), _) => list.0.clone(),
        (None, Some(all)) => all,
        (None, None) if args.backends.file().is_some() => vec![config.algorithm],
        (None, None) => USUAL.into_iter().chain(registry.custom()).collect(),
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
        Err("expected less than 100%, or nothing would be measured".to_owned())
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
