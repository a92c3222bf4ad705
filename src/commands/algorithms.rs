//! `algorithms`: which there are.

use std::io::Write;

use anyhow::Result;
use clap::Args;
use evenkeel_algorithms::{Card, Registry};

use super::registered::algorithm;
use crate::outputs::stdout_view;
use crate::report;
use crate::sheet::Style;

/// List the algorithms: cost, weights, disruption, options, source
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel algorithms
  evenkeel algorithms ketama maglev")]
pub(super) struct AlgorithmsArgs {
    /// Write Markdown tables
    #[arg(long)]
    markdown: bool,
    /// Only these  [default: all]
    #[arg(value_name = "NAME", value_parser = algorithm())]
    names: Vec<&'static Card>,
}

/// Writes the tables.
///
/// # Errors
/// If the output is at fault.
pub(super) fn run(
    args: &AlgorithmsArgs,
    registry: &Registry,
    output: &mut impl Write,
) -> Result<()> {
    let style = if args.markdown {
        Style::Markdown
    } else {
        stdout_view().style()
    };
    let cards = match &*args.names {
        [] => registry.cards().collect(),
        names => names.to_vec(),
    };
    output.write_all(report::algorithms(&cards, style).as_bytes())?;
    Ok(())
}
