//! `explain`: why a key reaches the backend that it reaches.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use evenkeel_algorithms::Card;
use evenkeel_algorithms::Registry;

use super::format::one_of;
use super::parsers::within;
use super::registered::algorithm;
use crate::config::{Config, Loaded};
use crate::explain::Explanation;
use crate::report::{Format, json};

/// Explain why a key reaches its backend
///
/// Shows what is hashed, the hash, the ring point or table entry that it finds, which backends were skipped and
/// why, any fallback, the backend, and the next choices for retries and replicas. Each key is explained as if
/// it were the first request.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel explain configs/ketama.yaml alice
  evenkeel explain configs/ketama.yaml -a nginx-hash-consistent alice bob
  evenkeel explain configs/ketama.yaml alice -f json")]
pub(super) struct ExplainArgs {
    /// Config file with the backends
    #[arg(value_name = "CONFIG")]
    config: PathBuf,
    /// Keys
    #[arg(value_name = "KEY", required = true)]
    keys: Vec<String>,
    /// Override the configured algorithm
    #[arg(short, long, value_name = "NAME", value_parser = algorithm())]
    algorithm: Option<&'static Card>,
    /// Number of next choices to list
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = within(0..=u32::MAX))]
    next: u32,
    /// Format of the explanation
    #[arg(short, long, default_value = "text", value_parser = one_of(&[Format::Text, Format::Json]))]
    format: Format,
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
        if args.format == Format::Json {
            output.write_all(&json(&explanation)?)?;
        } else {
            let gap = if number > 0 { "\n" } else { "" };
            write!(output, "{gap}{}", explanation.text())?;
        }
        // What led nowhere is worth reading too.
        output.flush()?;
        explanation
            .answer()
            .with_context(|| format!("the key {key:?}"))?;
    }
    Ok(())
}
