//! `algorithms`: which there are.

use std::io::Write;

use anyhow::Result;
use clap::Args;
use evenkeel_algorithms::Registry;

use crate::report;
use crate::sheet::Style;

/// List the algorithms: cost, weights, disruption, options, source
#[derive(Debug, Args)]
pub(super) struct AlgorithmsArgs {
    /// Write Markdown tables
    #[arg(long)]
    markdown: bool,
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
        Style::Framed
    };
    output.write_all(report::algorithms(registry, style).as_bytes())?;
    Ok(())
}
