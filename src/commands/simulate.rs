//! `simulate`: from the arguments to a simulation, and from its figures to the reports.

use std::io::Write;

use anyhow::{Result, bail};
use evenkeel_algorithms::strategy::ALGORITHMS;
use evenkeel_algorithms::{Algorithm, Backend, Seed};

use crate::cli::{Entries, Loads, SimulateArgs, TrafficArgs};
use crate::config::Config;
use crate::outputs::Outputs;
use crate::progress::Voice;
use crate::report::Format;
use crate::run_compare::backends_of;
use crate::run_verify;
use crate::simulate::{
    CacheModel, Drawn, LoggedService, Model, Progress, Report, Sample, Scenario, Service,
    Simulation, Timeline, Traffic,
};
use crate::verify::Subject;
use crate::workload::{KeyField, Workload};

/// The share of the requests drawn for a load that come before those that are measured.
const WARM_UP: f64 = 0.1;

/// Simulates and writes the reports.
///
/// # Errors
/// If the config, a file with requests, a speed or the output is at fault, no algorithm can be simulated, or
/// an anchor does not hold.
pub(crate) fn run(
    args: &SimulateArgs,
    command: &str,
    voice: Voice,
    output: &mut impl Write,
) -> Result<()> {
    let inputs = args.config.iter().chain(&args.scenario);
    let inputs = inputs.chain(args.traffic.files());
    let outputs = Outputs::new(&args.outputs, command, voice, inputs)?;
    if args.verify {
        return run_verify::run(Subject::Simulation, &outputs, voice, output);
    }
    let config = config(args)?;
    let traffic = traffic(&args.traffic, voice)?;
    let algorithms = algorithms(args, &config);
    let timeline = timeline(args, &config)?;
    let mut simulation = Simulation {
        config: &config,
        algorithms: &algorithms,
        traffic: &traffic,
        model: Model {
            servers: args.model.servers,
            queue_limit: args.model.queue_limit,
            discipline: args.model.discipline,
            cache: args.model.cache.map(|Entries(entries)| CacheModel {
                entries,
                hit_cost: args.model.hit_cost,
            }),
        },
        speeds: &speeds(&args.model.speed, &config.backends)?,
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
    if args.outputs.format == Format::Csv && has_parts {
        voice.remark(
            "what happens between the events and in the windows is in the tables and in the JSON",
        );
    }
    if args.outputs.format == Format::Csv && args.sweep.is_some() {
        voice.remark("what all loads come to is in the tables and in the JSON");
    }
    Ok(())
}

/// What is asked for: at its own load, or at several.
fn simulated(simulation: &Simulation<'_>, args: &SimulateArgs, voice: Voice) -> Result<Report> {
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

fn config(args: &SimulateArgs) -> Result<Config> {
    let mut config = backends_of(args.config.as_deref(), args.backends.as_ref())?;
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
fn algorithms(args: &SimulateArgs, config: &Config) -> Vec<&'static Algorithm> {
    match &args.algorithm {
        Some(list) => list.0.clone(),
        None if args.config.is_some() => vec![config.algorithm],
        None => ALGORITHMS.to_vec(),
    }
}

fn traffic(args: &TrafficArgs, voice: Voice) -> Result<Traffic> {
    let _reading = args.files().next().map(|path| voice.reading(path));
    if let Some(path) = &args.trace {
        return Traffic::from_trace(path);
    }
    match (args.load, &args.access_log) {
        (Some(load), _) => drawn(args, load).map(Traffic::from),
        (None, Some(path)) => {
            let service = match args.log_duration {
                Some(unit) => LoggedService::LastField(unit),
                None => LoggedService::Drawn(service(args)?, args.service_mean),
            };
            Traffic::from_access_log(path, key_field(args), service)
        }
        (None, None) => bail!("expected --load, --access-log or --trace"),
    }
}

fn drawn(args: &TrafficArgs, load: f64) -> Result<Drawn> {
    let mut drawn = match (&args.keys_from, &args.access_log) {
        (Some(path), _) => Drawn::of(&Workload::from_keys(path)?, load),
        (None, Some(path)) => Drawn::of(&Workload::from_access_log(path, key_field(args))?, load),
        (None, None) => Drawn::new(args.requests.into(), load, args.clients, args.distribution),
    };
    drawn.arrivals = args.arrivals;
    drawn.service = service(args)?;
    drawn.service_mean = args.service_mean;
    Ok(drawn)
}

fn service(args: &TrafficArgs) -> Result<Service> {
    match &args.service_from {
        Some(path) => Sample::read(path).map(Service::Empirical),
        None => Ok(args.service.clone()),
    }
}

fn key_field(args: &TrafficArgs) -> KeyField {
    args.key.unwrap_or(KeyField::Client)
}

/// How many requests come before those that are measured.
fn warm_up(args: &SimulateArgs, traffic: &Traffic) -> u64 {
    let share = args.warm_up.unwrap_or(match traffic.load() {
        Some(_) => WARM_UP,
        None => 0.,
    });
    (traffic.requests() as f64 * share) as u64
}

/// The speed of each backend: 1 unless another is asked for.
fn speeds(asked_for: &[(String, f64)], backends: &[Backend]) -> Result<Vec<f64>> {
    let mut speeds = vec![1.; backends.len()];
    for (name, speed) in asked_for {
        let place = backends.iter().position(|backend| backend.name() == name);
        let Some(place) = place else {
            bail!("--speed {name}:{speed}: there is no backend `{name}`");
        };
        speeds[place] = *speed;
    }
    Ok(speeds)
}
