//! `completions`: what a shell needs.

use std::io::Write;

use anyhow::Result;
use clap::{Args, Command};
use clap_complete::{Shell, generate};

/// Print shell completions
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel completions bash >> ~/.bash_completion
  evenkeel completions zsh > ~/.zfunc/_evenkeel
  evenkeel completions fish > ~/.config/fish/completions/evenkeel.fish")]
pub(super) struct CompletionsArgs {
    /// Shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Writes a shell's completions of a command.
///
/// # Errors
/// If the output is at fault.
pub(super) fn run(
    args: &CompletionsArgs,
    command: &mut Command,
    output: &mut impl Write,
) -> Result<()> {
    // It panics where it cannot write.
    let (mut script, name) = (Vec::new(), command.get_name().to_owned());
    generate(args.shell, command, name, &mut script);
    output.write_all(&script)?;
    Ok(())
}
