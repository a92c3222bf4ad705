//! `plan`: from the arguments to a road, and from its figures to the reports.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use evenkeel_algorithms::Backend;
use evenkeel_algorithms::Card;
use evenkeel_algorithms::Registry;

use super::backends::{backend, reweight};
use super::exit::No;
use super::externals::{NamedCommand, cards, external};
use super::outputs::OutputArgs;
use super::parsers::{count, output};
use super::registered::algorithm;
use crate::change::MembershipChange;
use crate::config::{Config, Loaded};
use crate::input::{label, name_of, refuse_overwriting};
use crate::outputs::{cannot_write, write_file};
use crate::plan::{Forecast, Given, Road};
use crate::progress::Voice;
use crate::text::share;
use crate::workload::{KeyField, Stream};

/// Measure what a change will cost before you make it
///
/// Every key that moves is a miss in a cache, or a session that starts again. Asks where each key goes before
/// a change and after it, and says how much moves, from which backend to which, how much of that had to, and what
/// would move less. The change is a second config, or what is added, removed and reweighted in one.
/// Backends are the same if their names are; each key is asked by itself, as if nothing were in flight.
///
/// The ideal is what an algorithm moves that gives backends exactly the shares of their weights: what
/// those had that leave, or what those gain that get a larger share. Where shares are a little off their weights
/// somewhat more or less moves. The excess moved between backends that the change does not concern.
///
/// Algorithms that number their backends carry on with the numbers of before. In a second config its
/// own `numbering` counts: take it from `check --numbering`.
///
/// Several configs are the steps of one road. Of the distinct keys of files all are held up to
/// 1,048,576; beyond that an even sample tells of keys, and the report says of how many. Requests are
/// always counted exactly, and memory stays flat.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel plan -c before.yaml -c after.yaml
  evenkeel plan -c configs/ketama.yaml --add cache-4:2 --remove cache-1
  evenkeel plan -c configs/ketama.yaml --algorithm maglev --access-log access.log.gz --key path
  evenkeel plan -c configs/modulo.yaml --external mine='python3 my_balancer.py'
  evenkeel plan -c before.yaml -c after.yaml --steps --max-moved 12%   # exit code 1 beyond
  evenkeel plan -c before.yaml -c halfway.yaml -c after.yaml
  evenkeel plan -c before.yaml -c after.yaml --keys-from keys.gz --list-moved moved.tsv
  evenkeel plan -c before.yaml --replace old-7=new-7 --max-moved 15% --format json
  evenkeel plan -c before.yaml --add d --add e --steps --write-states rollout
  evenkeel plan -c before.yaml -c after.yaml --export report.html --plot plots

A name and a weight are written NAME:WEIGHT. What follows the last colon is the weight, so a name
that itself ends in a colon and a number needs one: 10.0.0.1:8080:1.")]
pub(super) struct PlanArgs {
    /// The config before, and the one after it, and so on; a single one takes its changes from below
    #[arg(short, long, value_name = "FILE", required = true)]
    config: Vec<PathBuf>,
    /// Add a backend to the single config, behind all others (repeatable)
    #[arg(long, value_name = "NAME[:W]", value_parser = backend)]
    add: Vec<Backend>,
    /// Remove a backend of the single config (repeatable)
    #[arg(long, value_name = "NAME")]
    remove: Vec<String>,
    /// Change a backend's weight in the single config (repeatable)
    #[arg(long, value_name = "NAME:W", value_parser = reweight)]
    reweight: Vec<MembershipChange>,
    /// Let another backend take the place of one of the single config, with its weight and all that is
    /// said of it but its address (repeatable)
    #[arg(long, value_name = "OLD=NEW", value_parser = replace)]
    replace: Vec<MembershipChange>,
    /// The algorithm after, of the single config
    #[arg(long, value_name = "NAME", value_parser = algorithm())]
    algorithm: Option<&'static Card>,
    /// Ask a program for the keys' backends after, one which speaks the protocol of `serve` on its standard
    /// input and output
    #[arg(long, value_name = "NAME=COMMAND", value_parser = external, conflicts_with_all = ["algorithm", "write_states"])]
    external: Option<NamedCommand>,
    /// How many keys to ask, `key-1` to `key-N`, each once
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = count)]
    keys: u32,
    /// Read the requests' keys from a file, one a line, compressed with gzip or not; `-` is standard
    /// input
    #[arg(long, value_name = "FILE", conflicts_with = "keys")]
    keys_from: Option<PathBuf>,
    /// Read the requests from an access log in the common or combined format, compressed or not
    #[arg(long, value_name = "FILE", requires = "key", conflicts_with_all = ["keys", "keys_from"])]
    access_log: Option<PathBuf>,
    /// Which part of a logged request is its key; a path is the request target with its query
    #[arg(long, value_enum, requires = "access_log")]
    key: Option<KeyField>,
    /// Go one backend at a time: newcomers join, then weights and the like change, then leavers go,
    /// and what else differs comes last; steps that change nothing of where requests go are left out
    #[arg(long)]
    steps: bool,
    /// The share of the keys and of the requests that may move, such as 12% or 0.12, by each step if
    /// there are steps; exit code 1 if more do
    #[arg(long, value_name = "SHARE", value_parser = share)]
    max_moved: Option<f64>,
    /// Write `key<TAB>from<TAB>to` to a file for every request that moves from first to last, in order
    #[arg(long, value_name = "FILE", value_parser = output)]
    list_moved: Option<PathBuf>,
    /// Write the config of every state after the first into a folder, as step-1.yaml and so on, to be
    /// exported or deployed
    #[arg(long, value_name = "FOLDER")]
    write_states: Option<PathBuf>,
    /// How the figures are written, and where to.
    #[command(flatten)]
    outputs: OutputArgs,
}

impl PlanArgs {
    /// The files that are read.
    fn files(&self) -> impl Iterator<Item = &PathBuf> {
        let requests = self.keys_from.iter().chain(&self.access_log);
        self.config.iter().chain(requests)
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
    let outputs = args.outputs.of(command, voice, args.files())?;
    refuse_overwriting(&args.list_moved, args.files())?;
    let road = road(args, registry, voice)?;
    let mut forecast = forecast(args, &road, voice)?;
    if outputs.are_drawn() {
        forecast.layouts = road.layouts();
    }
    outputs.write(&forecast, output)?;
    if let Some(folder) = &args.write_states {
        write_states(&road, folder, &args.config)?;
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
    let given = |path: &PathBuf| {
        let Loaded {
            config, balancer, ..
        } = Config::load(path, registry, None)?;
        anyhow::Ok(Given {
            name: label(path, &args.config),
            file: name_of(path),
            config,
            balancer,
        })
    };
    match &*args.config {
        [_] if changes_nothing => bail!(
            "nothing changes; expected a second -c FILE, or --add, --remove, --reweight, --replace, --algorithm or --external"
        ),
        [only] => {
            let given = given(only)?;
            let programs = cards(&args.external, registry, given.config.hashing, voice)?;
            let algorithm = args.algorithm.or(programs.first().copied());
            Road::changed(given, &changes, algorithm, args.steps)
        }
        several => {
            ensure!(
                changes_nothing,
                "--add, --remove, --reweight, --replace, --algorithm and --external change a single config, and here are {}",
                several.len()
            );
            let several = several.iter().map(given).collect::<Result<_>>()?;
            Road::through(several, args.steps)
        }
    }
}

fn forecast(args: &PlanArgs, road: &Road, voice: Voice) -> Result<Forecast> {
    let mut stream = match (&args.keys_from, &args.access_log) {
        (Some(path), _) => Stream::of_keys(path)?,
        (None, Some(path)) => Stream::of_access_log(path, args.key.unwrap_or(KeyField::Client))?,
        (None, None) => Stream::numbered(args.keys.into()),
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
        Some(length) => voice.bar("plan", length, "keys"),
        None => voice.count("requests"),
    };
    let forecast = road.forecast(&mut stream, list, |keys| bar.inc(keys))?;
    bar.finish_and_clear();
    Ok(forecast)
}

/// A config a state, so that what is planned need not be typed again.
fn write_states(road: &Road, folder: &Path, inputs: &[PathBuf]) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| cannot_write(folder))?;
    for (number, (change, config)) in (1..).zip(road.configs()) {
        let path = folder.join(format!("step-{number}.yaml"));
        refuse_overwriting([&path], inputs)?;
        write_file(&path, format!("# {change}\n{}", config.to_yaml()?))?;
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
