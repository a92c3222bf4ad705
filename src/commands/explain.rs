//! `explain`: why a key reaches the backend that it reaches.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use evenkeel_algorithms::Card;
use evenkeel_algorithms::Registry;

use super::registered::algorithm;
use crate::config::{Config, Loaded};
use crate::explain::Explanation;

/// Say why a key reaches the backend that it reaches
///
/// Shows what is hashed and the hash, the point of the ring or the entry of the table that it finds and
/// its backend, which backends are skipped and why, what decides instead, the backend, and the next for
/// retries and replicas. Each key is explained as if it were the first request.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel explain -c configs/ketama.yaml alice
  evenkeel explain -c configs/ketama.yaml --algorithm nginx-hash-consistent alice bob
  evenkeel explain -c configs/ketama.yaml alice --format json")]
pub(super) struct ExplainArgs {
    /// The config with the backends
    #[arg(short, long, value_name = "FILE")]
    config: PathBuf,
    /// Another algorithm than the config's
    #[arg(long, value_name = "NAME", value_parser = algorithm())]
    algorithm: Option<&'static Card>,
    /// How many of the next backends to list
    #[arg(long, value_name = "N", default_value_t = 2)]
    next: u32,
    /// How the reason is written
    #[arg(long, value_enum, default_value_t)]
    format: ExplainFormat,
    /// The keys
    #[arg(value_name = "KEY", required = true)]
    keys: Vec<String>,
}

/// How `explain` writes a reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum ExplainFormat {
    /// A line a step.
    #[default]
    Text,
    /// A JSON object a key.
    Json,
}

/// Explains the keys of the arguments, each as if it were the first request.
///
/// # Errors
/// If the config or the output is at fault, or no backend is left for a key.
pub(super) fn run(args: &ExplainArgs, registry: &Registry, output: &mut impl Write) -> Result<()> {
    let Loaded {
        config, balancer, ..
    } = Config::load(&args.config, registry, args.algorithm)?;
    let snapshot = balancer.snapshot();
    for (number, key) in args.keys.iter().enumerate() {
        let explanation = Explanation::of(&config, &snapshot, key, args.next as usize);
        match args.format {
            ExplainFormat::Text if number > 0 => write!(output, "\n{}", explanation.text())?,
            ExplainFormat::Text => output.write_all(explanation.text().as_bytes())?,
            ExplainFormat::Json => {
                serde_json::to_writer_pretty(&mut *output, &explanation)?;
                output.write_all(b"\n")?;
            }
        }
        // What led nowhere is worth reading too.
        output.flush()?;
        explanation
            .answer()
            .with_context(|| format!("the key {key:?}"))?;
    }
    Ok(())
}
