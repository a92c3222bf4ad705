//! `check`: what a config means.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use evenkeel_algorithms::Registry;

use super::exit::No;
use crate::config::{Config, Loaded};
use crate::lint::lints;
use crate::outputs::stdout_view;
use crate::report;

/// Check a config and say what it means
///
/// Two processes with equal fingerprints route alike, apart from what each has learnt by itself
/// (counts, turns, latencies, how warm a newcomer is). Algorithms that number their backends (anchor,
/// dx, memento, choose-k, the jump family) go by the changes that the backends went through: before
/// you change them in a config, take the numbering of before along into it, in place of an older one.
///
/// Warns of what is right and does something that nobody would expect, each with a code that
/// docs/lints.md of the source explains, the line, the reason and the cure.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel check configs/maglev.yaml
  evenkeel check --strict production.yaml   # exit code 1 if there is a warning
  evenkeel check --numbering before.yaml    # put this line into after.yaml, in place of an older one")]
pub(super) struct CheckArgs {
    /// The config
    #[arg(value_name = "FILE")]
    config: PathBuf,
    /// Write only the numbering of its backends, as a line for another config
    #[arg(long)]
    numbering: bool,
    /// Exit with 1 if there is a warning
    #[arg(long, conflicts_with = "numbering")]
    strict: bool,
}

/// Loads a config, describes it and warns of what nobody would expect, or writes its numbering alone.
///
/// # Errors
/// If the config is at fault, or there is a warning and there was to be none.
pub(super) fn run(args: &CheckArgs, registry: &Registry, output: &mut impl Write) -> Result<()> {
    let path = &args.config;
    let loaded = Config::load(path, registry, None)?;
    if args.numbering {
        return numbering(&loaded, output);
    }
    output
        .write_all(report::check::description(path, &loaded, stdout_view().style())?.as_bytes())?;
    let lints = lints(&loaded)?;
    for lint in &lints {
        writeln!(output, "warning: {}:{lint}", path.display())?;
    }
    if !lints.is_empty() {
        output.write_all(b"\n")?;
    }
    // The table comes before what is said of it.
    output.flush()?;
    match lints.len() {
        0 => Ok(()),
        _ if !args.strict => Ok(()),
        1 => Err(No::because("there is a warning, and --strict allows none")),
        warnings => Err(No::because(format_args!(
            "there are {warnings} warnings, and --strict allows none"
        ))),
    }
}

/// Writes the numbering of a config's backends, as a line that carries it over into another config.
fn numbering(loaded: &Loaded, output: &mut impl Write) -> Result<()> {
    let snapshot = loaded.balancer.snapshot();
    let numbering = serde_json::to_string(snapshot.pool().numbering()?)?;
    writeln!(output, "numbering: {numbering}")?;
    Ok(())
}
