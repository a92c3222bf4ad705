//! `plan`: from the arguments to a road, and from its figures to the reports.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::iter;
use std::path::{Path, PathBuf};
use std::slice;

use anyhow::{Context, Result, ensure};
use clap::Args;
use evenkeel_algorithms::Backend;
use evenkeel_algorithms::Card;
use evenkeel_algorithms::Registry;
use evenkeel_config::{Config, Loaded};

use super::backends::{backend, reweight};
use super::exit::No;
use super::externals::{NamedCommand, cards, external};
use super::key_source::{KeySourceArgs, RECORDED};
use super::outputs::OutputArgs;
use super::parsers::{count, output};
use super::registered::algorithm;
use crate::change::MembershipChange;
use crate::input::{label, name_of};
use crate::outputs::{cannot_write, check_folder, refuse_overwriting, write_file};
use crate::plan::{Forecast, Given, Road};
use crate::progress::Voice;
use crate::text::share;
use crate::workload::{Source, Stream};

/// Measure what a change will move before you make it
///
/// Every key that moves is a cache miss, or a session that starts again. Routes each key before and after the
/// change and reports how many move, between which backends, how much of that is unavoidable, and what would move
/// less. The change is a second config, or the flags below on a single one. Backends are the same if their names
/// are. Each key is routed alone, as if nothing were in flight.
///
/// The ideal is the movement with shares exactly in proportion to the weights: the keys of removed backends,
/// or the share gained by growing ones. The excess moved between backends that the change does not affect.
///
/// Algorithms that number their backends continue the numbering. A second config uses its own `numbering`;
/// `evenkeel numbering` prints that of the first.
///
/// Several configs are treated as consecutive steps. Up to 1,048,576 distinct keys of a file are held; beyond
/// that a sample stands for the keys, and the report gives its size. Requests are always counted exactly, and
/// memory does not grow.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel plan before.yaml after.yaml
  evenkeel plan configs/ketama.yaml --add cache-4:2 --remove cache-1
  evenkeel plan pool.yaml -a maglev --access-log access.log.gz --key path
  evenkeel plan pool.yaml --external mine='python3 my_balancer.py'
  evenkeel plan before.yaml after.yaml --steps --max-moved 12%
  evenkeel plan before.yaml halfway.yaml after.yaml
  evenkeel plan a.yaml b.yaml --keys-from keys.gz --list-moved moved.tsv
  evenkeel plan before.yaml --replace old-7=new-7 --max-moved 15% -f json
  evenkeel plan before.yaml --add d --add e --steps --write-states rollout
  evenkeel plan before.yaml after.yaml -o report.html --plot plots

Write a weight behind a name: NAME:WEIGHT. A name that itself ends in a colon
and a number needs one: 10.0.0.1:8080:1.")]
pub(super) struct PlanArgs {
    /// Config file before the change
    #[arg(value_name = "BEFORE")]
    before: PathBuf,
    /// Config files after it, step by step; none if the flags below make the change
    #[arg(value_name = "AFTER")]
    after: Vec<PathBuf>,
    /// Add a backend to the single config, at the end (repeatable)
    #[arg(long, value_name = "NAME[:W]", value_parser = backend, help_heading = "Change")]
    add: Vec<Backend>,
    /// Remove a backend of the single config (repeatable)
    #[arg(long, value_name = "NAME", help_heading = "Change")]
    remove: Vec<String>,
    /// Change a backend's weight in the single config (repeatable)
    #[arg(long, value_name = "NAME:W", value_parser = reweight, help_heading = "Change")]
    reweight: Vec<MembershipChange>,
    /// Replace a backend of the single config; the new one keeps all but the address (repeatable)
    #[arg(long, value_name = "OLD=NEW", value_parser = replace, help_heading = "Change")]
    replace: Vec<MembershipChange>,
    /// Change the algorithm of the single config
    #[arg(short, long, value_name = "NAME", value_parser = algorithm(), help_heading = "Change")]
    algorithm: Option<&'static Card>,
    /// Change to a program that speaks the protocol of `serve` on stdin and stdout
    #[arg(long, value_name = "NAME=COMMAND", value_parser = external,
        conflicts_with_all = ["algorithm", "write_states"], help_heading = "Change")]
    external: Option<NamedCommand>,
    /// Go one backend at a time: first those that join, then other changes, then those that leave
    ///
    /// What else differs comes last. Steps that move nothing are skipped.
    #[arg(long, help_heading = "Change")]
    steps: bool,
    /// Largest share of the keys and of the requests that may move; exit with 1 if more do
    ///
    /// Such as 12% or 0.12; with several steps it limits each step.
    #[arg(long, value_name = "RATIO", value_parser = share, help_heading = "Change")]
    max_moved: Option<f64>,
    /// Number of keys to route, `key-1` to `key-N`
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = count,
        conflicts_with_all = RECORDED, help_heading = "Traffic")]
    keys: u32,
    #[command(flatten)]
    recorded: KeySourceArgs,
    /// Write `key<TAB>from<TAB>to` to a file for each request that moves from first to last, in order
    #[arg(long, value_name = "FILE", value_parser = output, help_heading = "Output")]
    list_moved: Option<PathBuf>,
    /// Write the config of each later state to a directory, as step-1.yaml and so on
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    write_states: Option<PathBuf>,
    /// How the figures are written, and where to.
    #[command(flatten)]
    outputs: OutputArgs,
}

impl PlanArgs {
    /// The configs, in the order of the steps.
    fn configs(&self) -> Vec<PathBuf> {
        [slice::from_ref(&self.before), &self.after].concat()
    }

    /// The files that are read.
    fn files(&self) -> impl Iterator<Item = &PathBuf> {
        let configs = iter::once(&self.before).chain(&self.after);
        configs.chain(self.recorded.files())
    }
}

/// Measures and writes the reports.
///
/// # Errors
/// If a config, a change, the keys or the output is at fault, or more moves than may.
pub(super) fn run(
    args: &PlanArgs,
    registry: &Registry,
    command: &str,
    voice: Voice,
    output: &mut impl Write,
) -> Result<()> {
    let outputs = args
        .outputs
        .of(command, voice, args.files(), args.list_moved.as_ref())?;
    let road = road(args, registry, voice)?;
    let states = states(args, &road)?;
    let mut forecast = forecast(args, &road, voice)?;
    if outputs.are_drawn() {
        forecast.layouts = road.layouts();
    }
    outputs.write(&forecast, output)?;
    if let Some(folder) = &args.write_states {
        write_states(&road, folder, &states)?;
    }
    match args.max_moved.and_then(|most| forecast.exceeding(most)) {
        Some(exceeding) => Err(No::because(exceeding)),
        None => Ok(()),
    }
}

/// The configs, or the single one and what the arguments make of it.
fn road(args: &PlanArgs, registry: &Registry, voice: Voice) -> Result<Road> {
    let others = [&args.reweight[..], &args.replace].concat();
    let changes = MembershipChange::listed(&args.add, &args.remove, &others);
    let changes_nothing = changes.is_empty() && args.algorithm.is_none() && args.external.is_none();
    let configs = args.configs();
    let given = |path: &PathBuf| {
        let Loaded {
            config, balancer, ..
        } = Config::load(path, registry, None)?;
        anyhow::Ok(Given {
            name: label(path, &configs),
            file: name_of(path),
            config,
            balancer,
        })
    };
    match &*args.after {
        [] => {
            // A file that cannot be read is named before what is missing beside it.
            let given = given(&args.before)?;
            ensure!(
                !changes_nothing,
                "nothing changes; expected a second config, or --add, --remove, --reweight, --replace, --algorithm or --external"
            );
            let programs = cards(&args.external, registry, given.config.hashing, voice)?;
            let algorithm = args.algorithm.or(programs.first().copied());
            Road::changed(given, &changes, algorithm, args.steps)
        }
        _ => {
            ensure!(
                changes_nothing,
                "--add, --remove, --reweight, --replace, --algorithm and --external change a single config, and here are {}",
                configs.len()
            );
            let several = configs.iter().map(given).collect::<Result<_>>()?;
            Road::through(several, args.steps)
        }
    }
}

fn forecast(args: &PlanArgs, road: &Road, voice: Voice) -> Result<Forecast> {
    let mut stream = match args.recorded.recorded() {
        Some(Source::Keys(path)) => Stream::of_keys(&path)?,
        Some(Source::AccessLog(path, key)) => Stream::of_access_log(&path, key)?,
        Some(Source::Drawn { .. }) | None => Stream::numbered(args.keys.into()),
    };
    let create = |path: &PathBuf| File::create(path).with_context(|| cannot_write(path));
    let mut moved = args
        .list_moved
        .as_ref()
        .map(create)
        .transpose()?
        .map(BufWriter::new);
    let list = moved.as_mut().map(|list| list as &mut dyn Write);
    let bar = match stream.length() {
        Some(length) => voice.alike("plan", length),
        None => voice.count("requests"),
    };
    let forecast = road.forecast(&mut stream, list, |keys| bar.inc(keys))?;
    bar.finish_and_clear();
    Ok(forecast)
}

/// The files for the configs of the states, if they are asked for.
fn states(args: &PlanArgs, road: &Road) -> Result<Vec<PathBuf>> {
    let Some(folder) = &args.write_states else {
        return Ok(Vec::new());
    };
    check_folder(folder)?;
    let numbered = (1..).zip(road.configs());
    let path = |(number, _): (u32, _)| folder.join(format!("step-{number}.yaml"));
    let states: Vec<_> = numbered.map(path).collect();
    refuse_overwriting(states.iter().chain(&args.list_moved), args.files())?;
    Ok(states)
}

/// A config a state, so that what is planned need not be typed again.
fn write_states(road: &Road, folder: &Path, states: &[PathBuf]) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| cannot_write(folder))?;
    for (path, (change, config)) in states.iter().zip(road.configs()) {
        write_file(path, format!("# {change}\n{}", config.to_yaml()?))?;
    }
    Ok(())
}

fn replace(text: &str) -> Result<MembershipChange, String> {
    let names = text
        .split_once('=')
        .filter(|(old, new)| !old.is_empty() && !new.is_empty());
    let (old, new) = names.ok_or("expected OLD=NEW, two names")?;
    Backend::check_name(new).map_err(|error| error.to_string())?;
    Ok(MembershipChange::Replace(old.to_owned(), new.to_owned()))
}
