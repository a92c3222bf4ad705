//! `numbering`: which backend has which numbers.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use evenkeel_algorithms::Registry;
use evenkeel_config::Config;

/// Print the numbers of a config's backends, to keep keys in place when the backends change
///
/// Some algorithms (anchor, dx, memento, choose-k, the jump family) know backends only by numbers, which each
/// config gives out again unless it has the `numbering` of the one before. If you remove cache-2 of three caches
/// and copy that line into the changed config, in place of an older one, only the keys of cache-2 move; without
/// it, cache-3 gets another number and keys of the others move as well.
#[derive(Debug, Args)]
#[command(
    after_help = "Example (after.yaml has the backends as they should be, and no `numbering` yet):
  evenkeel numbering before.yaml >> after.yaml
  evenkeel plan before.yaml after.yaml"
)]
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
