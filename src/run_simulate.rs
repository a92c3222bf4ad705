//! `simulate`: from the arguments to a simulation, and from its figures to the reports.

use std::fs;
use std::io::Write;

use anyhow::{Context, Result, bail};
use evenkeel_algorithms::strategy::ALGORITHMS;
use evenkeel_algorithms::{Algorithm, Backend, Seed};
use indicatif::ProgressBar;

use crate::cli::{SimulateArgs, TrafficArgs};
use crate::config::Config;
use crate::input::refuse_overwriting;
use crate::report::{self, Format};
use crate::run_compare::{backends_of, progress_style};
use crate::simulate::{Drawn, Model, Simulation, Trace, Traffic};

/// The share of drawn requests that come before those that are measured.
const WARM_UP: f64 = 0.1;

/// Simulates and writes the reports.
///
/// # Errors
/// If the config, the trace, a speed or the output is at fault, or no algorithm can be simulated.
pub(crate) fn run(args: &SimulateArgs, output: &mut impl Write) -> Result<()> {
    let inputs = args.config.iter().chain(&args.traffic.trace);
    refuse_overwriting(args.export.iter().map(|(path, _)| path), inputs)?;
    let config = config(args)?;
    let traffic = traffic(&args.traffic)?;
    let algorithms = algorithms(args, &config);
    let simulation = Simulation {
        config: &config,
        algorithms: &algorithms,
        traffic: &traffic,
        model: Model {
            servers: args.model.servers,
            queue_limit: args.model.queue_limit,
            discipline: args.model.discipline,
        },
        speeds: &speeds(&args.model.speed, &config.backends)?,
        instances: args.instances,
        warm_up: warm_up(args, &traffic),
        limit: args.limit,
    };
    // It draws on standard error, and only if that is a terminal.
    let runs = algorithms.len() as u64 * u64::from(args.repeat);
    let bar = ProgressBar::new(runs).with_style(progress_style());
    bar.tick();
    let figures = simulation.repeat(args.repeat, |name| {
        bar.set_message(name.to_owned());
        bar.inc(1);
    })?;
    bar.finish_and_clear();
    if matches!(args.format, Format::Csv | Format::Json) {
        // The tables say it themselves.
        let caveats = report::simulation_caveats(&figures);
        caveats.iter().for_each(|caveat| eprintln!("{caveat}"));
    }
    output.write_all(&report::simulation(&figures, args.format)?)?;
    for (path, format) in &args.export {
        let bytes = report::simulation(&figures, *format)?;
        fs::write(path, bytes).with_context(|| format!("{}: cannot write", path.display()))?;
    }
    Ok(())
}

fn config(args: &SimulateArgs) -> Result<Config> {
    let mut config = backends_of(args.config.as_deref(), args.backends.as_ref())?;
    config.hashing.seed = args.seed.map_or(config.hashing.seed, Seed);
    Ok(config)
}

/// Those asked for, or the config's, or all of our own.
fn algorithms(args: &SimulateArgs, config: &Config) -> Vec<&'static Algorithm> {
    match &args.algorithm {
        Some(list) => list.0.clone(),
        None if args.config.is_some() => vec![config.algorithm],
        None => ALGORITHMS.to_vec(),
    }
}

fn traffic(args: &TrafficArgs) -> Result<Traffic> {
    if let Some(path) = &args.trace {
        return Trace::read(path).map(Traffic::Trace);
    }
    let load = args.load.context("expected --load or --trace")?;
    let requests = args.requests.into();
    let mut drawn = Drawn::new(requests, load, args.clients, args.distribution);
    drawn.arrivals = args.arrivals;
    drawn.service = args.service;
    drawn.service_mean = args.service_mean;
    Ok(Traffic::Drawn(drawn))
}

/// How many requests come before those that are measured.
fn warm_up(args: &SimulateArgs, traffic: &Traffic) -> u64 {
    let share = args.warm_up.unwrap_or(match traffic {
        Traffic::Drawn(_) => WARM_UP,
        Traffic::Trace(_) => 0.,
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
