//! `plan`: what a change of backends, weights, options or algorithm moves, before it is made.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result};
use evenkeel_algorithms::Backend;
use thiserror::Error;

use crate::cli::PlanArgs;
use crate::input::refuse_overwriting;
use crate::layout::Layout;
use crate::outputs::{Outputs, cannot_write, write_file};
use crate::progress::Voice;
use crate::workload::{KeyField, Stream};

mod advice;
mod distinct;
mod figures;
mod measure;
mod state;
mod steps;
mod tally;

pub(crate) use figures::{AllSteps, Balance, End, Figures, Flow, Forecast, Share, Step};
pub(crate) use state::NOBODY;

use measure::Measured;
use state::{Road, State};
use tally::Span;

/// More moves than may.
#[derive(Debug, Error)]
#[error("{what}: {:.3} % of the {unit} move, and --max-moved allows {} %", 100. * moved, 100. * most)]
pub(crate) struct MovesTooMuch {
    what: String,
    unit: &'static str,
    moved: f64,
    most: f64,
}

/// Measures and writes the reports.
///
/// # Errors
/// If a config, a change, the keys or the output is at fault, or more moves than may.
pub(crate) fn run(
    args: &PlanArgs,
    command: &str,
    voice: Voice,
    output: &mut impl Write,
) -> Result<()> {
    let outputs = Outputs::new(&args.outputs, command, voice, args.files())?;
    refuse_overwriting(&args.list_moved, args.files())?;
    let road = Road::of(args)?;
    let spans = Span::all(&road);
    let mut stream = stream(args)?;
    let measured = measured(args, &road, &spans, &mut stream, voice)?;
    let mut forecast = forecast(&road, &spans, &measured, &stream);
    if outputs.are_drawn() {
        forecast.layouts = layouts(&road);
    }
    outputs.write(&forecast, output)?;
    if let Some(folder) = &args.write_states {
        write_states(&road, folder, args)?;
    }
    match args.max_moved.and_then(|most| forecast.exceeding(most)) {
        Some(exceeding) => Err(exceeding.into()),
        None => Ok(()),
    }
}

/// A config a state, so that what is planned need not be typed again.
fn write_states(road: &Road, folder: &Path, args: &PlanArgs) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| cannot_write(folder))?;
    for (number, state) in (1..).zip(road.steps()) {
        let path = folder.join(format!("step-{number}.yaml"));
        refuse_overwriting([&path], &args.config)?;
        let text = format!("# {}\n{}", state.change, state.config.to_yaml()?);
        write_file(&path, text)?;
    }
    Ok(())
}

fn stream(args: &PlanArgs) -> Result<Stream> {
    match (&args.keys_from, &args.access_log) {
        (Some(path), _) => Stream::of_keys(path),
        (None, Some(path)) => Stream::of_access_log(path, args.key.unwrap_or(KeyField::Client)),
        (None, None) => Ok(Stream::numbered(args.keys.into())),
    }
}

fn measured(
    args: &PlanArgs,
    road: &Road,
    spans: &[Span<'_>],
    stream: &mut Stream,
    voice: Voice,
) -> Result<Measured> {
    let list = args.list_moved.as_deref();
    let create = |path: &Path| File::create(path).with_context(|| cannot_write(path));
    let list = list.map(create).transpose()?.map(BufWriter::new);
    let bar = match stream.length() {
        Some(length) => voice.bar("plan", length, "keys"),
        None => voice.count("requests"),
    };
    let measured = measure::measure(road, spans, stream, list, |keys| bar.inc(keys as u64))?;
    bar.finish_and_clear();
    Ok(measured)
}

fn forecast(road: &Road, spans: &[Span<'_>], measured: &Measured, stream: &Stream) -> Forecast {
    let keys = measured.keys();
    let flows = measured.requests.flows.iter().zip(&keys.flows);
    let figures = spans.iter().zip(flows);
    let mut figures =
        figures.map(|(span, (requests, keys))| Figures::of(road, span, requests, keys));
    let whole = figures.next().unwrap_or_default();
    let steps = road.steps().iter().zip(figures);
    let steps = steps.map(|(state, figures)| Step {
        change: state.change.clone(),
        figures,
    });
    let steps: Vec<_> = steps.collect();
    Forecast {
        schema: 1,
        before: End::new(&road.before().change, road.before()),
        after: End::new(&road.after, road.last()),
        source: stream.source.clone(),
        keys: keys.total,
        requests: measured.requests.total,
        sampled: measured.sampled,
        malformed: stream.malformed.clone(),
        caveats: untold(road),
        advice: advice::advice(road, measured, &whole),
        layouts: [None, None],
        all_steps: road.stepwise.then(|| AllSteps::of(&steps, measured)),
        whole,
        steps,
    }
}

/// The ring or the table before and after, where it is small.
fn layouts(road: &Road) -> [Option<Layout>; 2] {
    [road.before(), road.last()].map(|state| Layout::of(&state.snapshot))
}

/// What is not measured of algorithms that go by more than the key.
fn untold(road: &Road) -> Vec<String> {
    let any = |has: fn(&State) -> bool| road.states.iter().find(|state| has(state));
    let by_load = any(|state| {
        let profile = state.snapshot.profile();
        profile.in_flight || state.snapshot.pool().is_capped()
    });
    let idle = by_load.map(|state| {
        let why = if state.snapshot.profile().in_flight {
            state.config.algorithm.name
        } else {
            "`max_in_flight`"
        };
        format!("asked with nothing in flight: under load {why} sends some keys elsewhere")
    });
    let warm = any(|state| state.config.warm_up.is_some());
    let warm = warm.map(|_| {
        "asked when all are warm: `warm_up` spreads what moves to newcomers over its time"
            .to_owned()
    });
    let subset = any(|state| state.config.subset.is_some());
    let subset = subset
        .map(|_| "asked for one client's `subset`: other clients have other backends".to_owned());
    idle.into_iter()
        .chain(warm)
        .chain(subset)
        .chain(elsewhere(road))
        .collect()
}

/// Backends that keep their name and are somewhere else after.
fn elsewhere(road: &Road) -> Option<String> {
    let before = road.before().snapshot.pool();
    let is_elsewhere = |backend: &&Backend| {
        let was = before.slot(backend.name()).map(|slot| before.backend(slot));
        let was = was.and_then(Backend::address);
        was.zip(backend.address())
            .is_some_and(|(was, is)| was != is)
    };
    let mut moved = road.last().config.backends.iter().filter(is_elsewhere);
    let first = moved.next()?.name();
    let others = match moved.count() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!(
        "known by their names: `{first}`{others} has another address after, and is taken for the same backend; what it holds has to come along"
    ))
}

impl Forecast {
    /// The first step, or the whole without steps, that moves more than this share.
    fn exceeding(&self, most: f64) -> Option<MovesTooMuch> {
        let steps = self.steps.iter().map(|step| (&step.change, &step.figures));
        let whole = Some((&self.after.name, &self.whole)).filter(|_| self.all_steps.is_none());
        let shares = steps.chain(whole).flat_map(|(what, figures)| {
            let units = [
                ("keys", figures.remap_ratio),
                ("requests", figures.remap_requests),
            ];
            units.map(|(unit, moved)| (what, unit, moved))
        });
        // A share that is written in percent is not always the same number as the one that is counted.
        let too_much = |&(.., moved): &(_, _, f64)| moved > most + 1e-12;
        let (what, unit, moved) = shares.into_iter().find(too_much)?;
        Some(MovesTooMuch {
            what: what.clone(),
            unit,
            moved,
            most,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Cli, Command};
    use crate::layout::Kind;
    use clap::Parser;

    #[test]
    fn what_is_before_and_after_is_laid_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("before.yaml");
        fs::write(&path, "{algorithm: ketama, backends: [a, b]}").unwrap();
        let config = path.to_str().unwrap();
        let args = ["evenkeel", "plan", "-c", config];
        let layouts = |change: [&str; 2]| {
            let cli = Cli::parse_from(args.iter().chain(&change));
            let Command::Plan(args) = cli.command else {
                panic!("another command");
            };
            super::layouts(&Road::of(&args).unwrap())
        };
        let [before, after] = layouts(["--add", "c"]).map(Option::unwrap);
        assert_eq!([before.kind, after.kind], [Kind::Ring; 2]);
        assert_eq!(
            (&*before.backends, &*after.backends),
            (
                &["a", "b"].map(String::from)[..],
                &["a", "b", "c"].map(String::from)[..]
            )
        );
        let [before, after] = layouts(["--algorithm", "rendezvous"]);
        assert!(before.is_some() && after.is_none());
    }
}
