//! `check`: what a config means.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use evenkeel_algorithms::Registry;
use evenkeel_config::Config;

use super::exit::No;
use super::format::one_of;
use crate::lint::lints;
use crate::outputs::stdout_view;
use crate::report::check::{Facts, description};
use crate::report::{Format, json};

/// Check a config and describe it
///
/// Processes with equal fingerprints route alike, apart from what each has learned by itself (counts, turns,
/// latencies, how warm a new backend is).
///
/// Warns about valid configs with surprising behavior, each with a code that the book explains, the line, the
/// reason and a fix.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel check configs/maglev.yaml
  evenkeel check --strict production.yaml
  evenkeel check production.yaml -f json | jq .warnings")]
pub(super) struct CheckArgs {
    /// Config file
    #[arg(value_name = "CONFIG")]
    config: PathBuf,
    /// Exit with 1 if there is a warning
    #[arg(long)]
    strict: bool,
    /// Format of the description and the warnings
    #[arg(short, long, default_value = "text", value_parser = one_of(&[Format::Text, Format::Json]))]
    format: Format,
}

/// Loads a config, describes it and warns about surprising effects.
///
/// # Errors
/// If the config is at fault, or there is a warning and there was to be none.
pub(super) fn run(args: &CheckArgs, registry: &Registry, output: &mut impl Write) -> Result<()> {
    let path = &args.config;
    let loaded = Config::load(path, registry, None)?;
    let lints = lints(&loaded)?;
    if args.format == Format::Json {
        output.write_all(&json(&Facts::of(path, &loaded, &lints)?)?)?;
    } else {
        let description = description(path, &loaded, stdout_view().style())?;
        output.write_all(description.as_bytes())?;
        if !lints.is_empty() {
            output.write_all(b"\n")?;
        }
        for lint in &lints {
            writeln!(output, "warning: {}:{lint}", path.display())?;
        }
    }
    // The table comes before the notes on it.
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
