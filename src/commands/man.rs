//! `man`: the manual.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, Command};
use clap_mangen::{Man, generate_to};

use crate::outputs::cannot_write;

/// Write the manual: the first page, or all pages into a folder
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel man | man -l -
  evenkeel man ~/.local/share/man/man1")]
pub(super) struct ManArgs {
    /// The folder, which must be there; it gets a page a command
    #[arg(value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

/// Writes the first page, or all pages into a folder.
///
/// # Errors
/// If the output or the folder is at fault.
pub(super) fn run(args: &ManArgs, command: Command, output: &mut impl Write) -> Result<()> {
    match &args.folder {
        Some(folder) => generate_to(command, folder).with_context(|| cannot_write(folder)),
        None => Ok(Man::new(command).render(output)?),
    }
}
