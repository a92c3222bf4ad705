//! Programs as strategies on the command line.

use anyhow::{Context, Result};
use clap::Args;
use evenkeel_algorithms::{Card, Hashing, Registry};

use crate::external::{Command, Named};
use crate::progress::Voice;

/// Which programs are asked as well.
#[derive(Debug, Args)]
#[command(next_help_heading = "Strategies")]
pub(super) struct ExternalArgs {
    /// Also ask a program that speaks the protocol of `serve` on stdin and stdout (repeatable)
    #[arg(long, value_name = "NAME=COMMAND", value_parser = external)]
    external: Vec<NamedCommand>,
}

/// A name and a command.
#[derive(Clone, Debug)]
pub(super) struct NamedCommand {
    name: String,
    command: Command,
}

impl ExternalArgs {
    /// The algorithms that ask them, in the order given; says what each was found to do.
    ///
    /// # Errors
    /// If a name is taken, or a program cannot be asked.
    pub(super) fn cards(
        &self,
        registry: &Registry,
        hashing: Hashing,
        voice: Voice,
    ) -> Result<Vec<&'static Card>> {
        cards(&self.external, registry, hashing, voice)
    }
}

/// The algorithms that ask programs, in the order given; says what each was found to do.
///
/// # Errors
/// If a name is taken, or a program cannot be asked.
pub(super) fn cards<'a>(
    programs: impl IntoIterator<Item = &'a NamedCommand>,
    registry: &Registry,
    hashing: Hashing,
    voice: Voice,
) -> Result<Vec<&'static Card>> {
    let (mut registry, mut cards) = (registry.clone(), Vec::new());
    for NamedCommand { name, command } in programs {
        let named = Named::new(name, command.clone());
        let card = named.card();
        registry = registry.with(card).context("--external")?;
        let found = named.capabilities(hashing)?;
        voice.remark(format_args!("external `{name}`: {found}"));
        cards.push(card);
    }
    Ok(cards)
}

pub(super) fn external(text: &str) -> Result<NamedCommand, String> {
    let (name, command) = text
        .split_once('=')
        .ok_or("expected NAME=COMMAND, such as mine='python3 my_balancer.py'")?;
    let command =
        Command::of_line(command).ok_or("expected a command after NAME=, quoted as in a shell")?;
    let name = name.to_owned();
    Ok(NamedCommand { name, command })
}
