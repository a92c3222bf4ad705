//! `numbering`: which backend has which numbers.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use evenkeel_algorithms::Registry;

use crate::config::Config;

/// Print the numbering of a config's backends, for the next config
///
/// Some algorithms number their backends (anchor, dx, memento, choose-k, the jump family) and depend on the order
/// in which backends came and went. Before you change the backends of such a config, copy its numbering into the
/// changed one, in place of an older `numbering`.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  evenkeel numbering before.yaml >> after.yaml")]
pub(super) struct NumberingArgs {
    /// Config file
    #[arg(value_name = "CONFIG")]
    config: PathBuf,
}

/// Writes the numbering of a config's backends, as a line that carries it over into another config.
///
/// # Errors
/// If the config or the output is at fault.
pub(super) fn run(
    args: &NumberingArgs,
    registry: &Registry,
    output: &mut impl Write,
) -> Result<()> {
    let loaded = Config::load(&args.config, registry, None)?;
    let snapshot = loaded.balancer.snapshot();
    let numbering = serde_json::to_string(snapshot.pool().numbering()?)?;
    writeln!(output, "numbering: {numbering}")?;
    Ok(())
}
