//! `-f/--format`: one argument, with the formats that make sense for a command.

use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::report::Format;

/// The formats of commands that write a report with tables and plots.
pub(super) const REPORTS: &[Format] = &[
    Format::Text,
    Format::Markdown,
    Format::Csv,
    Format::Json,
    Format::Html,
    Format::Bars,
];

/// Reads the name of one of these formats.
pub(super) fn one_of(formats: &[Format]) -> impl TypedValueParser<Value = Format> + use<> {
    let names = formats.iter().filter_map(ValueEnum::to_possible_value);
    PossibleValuesParser::new(names).try_map(|name| Format::from_str(&name, false))
}
