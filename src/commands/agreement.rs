//! `agreement`: for how many keys configs pick the same backend.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use evenkeel_algorithms::Registry;
use evenkeel_config::Config;

use super::backends::{BackendNames, backends};
use super::externals::ExternalArgs;
use super::outputs::OutputArgs;
use super::workload::WorkloadArgs;
use crate::agreement::{Client, Matrix};
use crate::input::label;
use crate::progress::Voice;

/// Measure how often configs agree on a key's backend
///
/// Clients of one pool of servers have to agree, or each fills a cache of its own. Reads one config per client
/// and prints a matrix: the share of the keys that two clients send to the same backend, by name. Each distinct
/// key counts once.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel agreement configs/clients/*.yaml
  evenkeel agreement php.yaml python.yaml --keys-from keys.gz -f json
  evenkeel agreement php.yaml python.yaml -o report.html --plot plots
  evenkeel agreement php.yaml --external mine='python3 my_balancer.py'
  evenkeel agreement configs/clients/*.yaml -b a:11211:1,b:11211:1,c:11211:2

Write a weight behind a name: NAME:WEIGHT. A name that itself ends in a colon
and a number needs one: 10.0.0.1:8080:1.")]
pub(super) struct AgreementArgs {
    /// Config files, one per client
    #[arg(value_name = "CONFIG", required = true)]
    configs: Vec<PathBuf>,
    /// Number of backends (b1 to bN), or their names, some with a weight, instead of the configs'
    #[arg(short, long, value_name = "N|NAME[:W],…", value_parser = backends, help_heading = "Backends")]
    backends: Option<BackendNames>,
    /// Which programs are asked as well, each a client more with the backends of the first config.
    #[command(flatten)]
    externals: ExternalArgs,
    /// Where the keys come from.
    #[command(flatten)]
    workload: WorkloadArgs,
    /// How the figures are written, and where to.
    #[command(flatten)]
    outputs: OutputArgs,
}

/// Reads the configs, routes the keys by each and writes how far they agree.
///
/// # Errors
/// If a config, the keys or the output is at fault, or an algorithm uses no key.
pub(super) fn run(
    args: &AgreementArgs,
    registry: &Registry,
    command: &str,
    voice: Voice,
    output: &mut impl Write,
) -> Result<()> {
    let inputs = args.configs.iter().chain(args.workload.files());
    let outputs = args.outputs.of(command, voice, inputs, None)?;
    let clients = args.configs.iter().map(|path| {
        let in_file = || path.display().to_string();
        let (config, balancer) = match &args.backends {
            // Only then the file has to be right as it is, and a fault has a place in it.
            None => {
                let loaded = Config::load(path, registry, None)?;
                (loaded.config, loaded.balancer)
            }
            Some(names) => {
                let config = Config {
                    backends: names.0.clone(),
                    ..Config::read(path, registry)?
                };
                let balancer = config.balancer().with_context(in_file)?;
                (config, balancer)
            }
        };
        Client::new(label(path, &args.configs), config, balancer).with_context(in_file)
    });
    let mut clients = clients.collect::<Result<Vec<_>>>()?;
    let first = clients.first().context("there are no configs")?;
    let first = first.config().clone();
    for card in args.externals.cards(registry, first.hashing, voice)? {
        let config = Config {
            algorithm: card,
            hashing: first.hashing,
            ..Config::of(first.backends.clone())
        };
        let balancer = config.balancer().with_context(|| card.to_string())?;
        clients.push(Client::new(card.to_string(), config, balancer)?);
    }
    let workload = args.workload.read(first.hashing.seed, voice)?;
    let keys = (clients.len() * workload.keys().len()) as u64;
    let bar = voice.alike("agreement", keys);
    let matrix = Matrix::of(&clients, &workload, |keys| bar.inc(keys))?;
    bar.finish_and_clear();
    outputs.write(&matrix, output)
}
