//! `algorithms`: which there are.

use std::io::Write;

use anyhow::Result;
use clap::Args;
use evenkeel_algorithms::{Card, Registry};

use super::format::one_of;
use super::registered::algorithm;
use crate::outputs::stdout_view;
use crate::report::algorithms::algorithms;
use crate::report::listed::Listed;
use crate::report::{Format, json};
use crate::sheet::Style;

/// List the algorithms: cost, weights, disruption, options, source
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel algorithms
  evenkeel algorithms ketama maglev
  evenkeel algorithms -f json | jq '.[].name'")]
pub(super) struct AlgorithmsArgs {
    /// Only these algorithms  [default: all]
    #[arg(value_name = "NAME", value_parser = algorithm())]
    names: Vec<&'static Card>,
    /// Format of the list
    #[arg(short, long, default_value = "text",
        value_parser = one_of(&[Format::Text, Format::Markdown, Format::Json]))]
    format: Format,
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
    let cards = match &*args.names {
        [] => registry.cards().collect(),
        names => names.to_vec(),
    };
    output.write_all(&match args.format {
        Format::Json => json(&Listed::all(&cards))?,
        Format::Markdown => algorithms(&cards, Style::Markdown).into_bytes(),
        _ => algorithms(&cards, stdout_view().style()).into_bytes(),
    })?;
    Ok(())
}
