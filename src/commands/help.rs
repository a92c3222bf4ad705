//! `help`: the help of a command, or a topic.

use std::io::Write;

use anyhow::{Result, bail};
use clap::{Args, Command};

use super::topics::TOPICS;
use crate::config::suggesting_nearest;

/// Print the help of a command or a topic
///
/// Topics: scenario, config, needs, keys, exit-codes.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel help plan
  evenkeel help tune subset
  evenkeel help scenario")]
pub(super) struct HelpArgs {
    /// Command, or topic
    #[arg(value_name = "COMMAND|TOPIC")]
    names: Vec<String>,
}

/// Writes the help.
///
/// # Errors
/// If there is no such command or topic, or the output is at fault.
pub(super) fn run(args: &HelpArgs, mut command: Command, output: &mut impl Write) -> Result<()> {
    if let [name] = &*args.names
        && let Some(topic) = TOPICS.iter().find(|topic| topic.name == name)
    {
        let text = under_name(topic.text, command.get_name());
        return Ok(output.write_all(text.as_bytes())?);
    }
    command.build();
    let mut of = &mut command;
    for name in &args.names {
        let known = of
            .get_subcommands()
            .map(|command| command.get_name().to_owned());
        let known: Vec<_> = known
            .chain(TOPICS.iter().map(|topic| topic.name.to_owned()))
            .collect();
        let Some(found) = of.find_subcommand_mut(name) else {
            let unknown = format!("there is no command or topic `{name}`");
            bail!(suggesting_nearest(
                &unknown,
                name,
                known.iter().map(String::as_str)
            ));
        };
        of = found;
    }
    write!(output, "{}", of.render_long_help())?;
    Ok(())
}

/// A text with its commands under the name of the program.
pub(super) fn under_name(text: &str, program: &str) -> String {
    text.replace("evenkeel ", &format!("{program} "))
}
