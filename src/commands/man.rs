//! `man`: the manual.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, Command};
use clap_mangen::{Man, generate_to};

use crate::outputs::cannot_write;

/// Print the manual page, or write all pages to a directory
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel man | man -l -
  evenkeel man ~/.local/share/man/man1")]
pub(super) struct ManArgs {
    /// Existing directory for one page per command
    #[arg(value_name = "DIR")]
    directory: Option<PathBuf>,
}

/// Writes the first page, or all pages into a folder.
///
/// # Errors
/// If the output or the folder is at fault.
pub(super) fn run(args: &ManArgs, command: Command, output: &mut impl Write) -> Result<()> {
    match &args.directory {
        Some(folder) => generate_to(command, folder).with_context(|| cannot_write(folder)),
        None => Ok(Man::new(command).render(output)?),
    }
}
