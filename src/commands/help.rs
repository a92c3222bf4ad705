//! `help`: the help of a command, or a topic.

use std::io::Write;

use anyhow::{Result, bail};
use clap::{Args, Command};
use evenkeel_config::suggesting_nearest;

use super::topics::TOPICS;

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
    let topic = |name: &str| TOPICS.iter().find(|topic| topic.name == name);
    if let Some((first, behind)) = args.names.split_first()
        && let Some(topic) = topic(first)
    {
        if !behind.is_empty() {
            let behind = behind.join(" ");
            bail!("`{first}` is a topic; expected nothing behind it, found `{behind}`");
        }
        let text = under_name(topic.text, command.get_name());
        return Ok(output.write_all(text.as_bytes())?);
    }
    command.build();
    let mut of = &command;
    for (place, name) in args.names.iter().enumerate() {
        let Some(found) = of.find_subcommand(name) else {
            bail!(unknown(of, &args.names[..place], name));
        };
        of = found;
    }
    write!(output, "{}", of.clone().render_long_help())?;
    Ok(())
}

/// An unknown name behind the names of a command.
fn unknown(of: &Command, names: &[String], name: &str) -> String {
    let topics: Vec<_> = TOPICS.iter().map(|topic| topic.name).collect();
    let below: Vec<_> = of.get_subcommands().map(Command::get_name).collect();
    let (names, listed) = (names.join(" "), below.join(", "));
    if names.is_empty() {
        let listed = topics.join(", ");
        let unknown = format!("there is no command or topic `{name}` (topics: {listed})");
        suggesting_nearest(&unknown, name, below.into_iter().chain(topics))
    } else if below.is_empty() {
        format!("`{names}` has no commands of its own; expected nothing behind it, found `{name}`")
    } else {
        let unknown = format!("there is no command `{names} {name}` (commands: {listed})");
        suggesting_nearest(&unknown, name, below.into_iter())
    }
}

/// A text with its commands under the name of the program.
pub(super) fn under_name(text: &str, program: &str) -> String {
    text.replace("evenkeel ", &format!("{program} "))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::advise::Needs;
    use crate::commands::advise::NEEDS;
    use crate::commands::cli::{Cli, MAX_WIDTH, command};
    use crate::commands::simulate::SCENARIO;
    use crate::simulate::Scenario;

    /// Every command in a terminal of a width, with its full name.
    fn commands(width: usize) -> Vec<(String, Command)> {
        let mut root = command(&[], &Default::default()).term_width(width);
        root.build();
        let mut found = Vec::new();
        let mut waiting = vec![(root.get_name().to_owned(), root)];
        while let Some((name, command)) = waiting.pop() {
            let below = command.get_subcommands();
            waiting.extend(below.map(|sub| (format!("{name} {}", sub.get_name()), sub.clone())));
            found.push((name, command));
        }
        found
    }

    #[test]
    fn no_help_is_too_wide_and_no_example_is_broken() {
        for width in [80, MAX_WIDTH] {
            for (name, mut command) in commands(width) {
                let (short, long) = (command.render_help(), command.render_long_help());
                for help in [short.to_string(), long.to_string()] {
                    for line in help.lines() {
                        let columns = line.chars().count();
                        // A usage is never wrapped.
                        let most = if line.starts_with("Usage: ") {
                            MAX_WIDTH
                        } else {
                            width
                        };
                        assert!(columns <= most, "{name} at {width}: {columns}: {line}");
                    }
                    let examples = command.get_after_help().map(ToString::to_string);
                    for example in examples.unwrap_or_default().lines() {
                        let stands = help.lines().any(|line| line == example);
                        assert!(stands, "{name} at {width} breaks: {example}");
                    }
                }
            }
        }
    }

    /// Each example is read by the command line, and an old spelling would be noted.
    #[test]
    fn examples_are_right() {
        let mut read = 0;
        for (_, command) in commands(MAX_WIDTH) {
            let examples = command.get_after_help().map(ToString::to_string);
            for line in examples.unwrap_or_default().lines() {
                let called = line.find("evenkeel ").filter(|_| line.starts_with("  "));
                let Some(words) = called.and_then(|start| {
                    let command = line[start..].split([';', '|', '>']).next()?;
                    shlex::split(command)
                }) else {
                    continue;
                };
                let result = Cli::try_parse_from(&words);
                assert!(result.is_ok(), "{line}: {}", result.unwrap_err());
                read += 1;
            }
        }
        assert!(read > 50, "{read}");
    }

    #[test]
    fn topics_fit_a_narrow_terminal_and_are_named_in_the_help() {
        for topic in TOPICS {
            for line in topic.text.lines() {
                assert!(line.chars().count() <= 80, "{}: {line}", topic.name);
            }
            for (name, mut command) in commands(MAX_WIDTH) {
                if name.matches(' ').count() == 0 || name.ends_with(" help") {
                    let help = command.render_long_help().to_string();
                    assert!(help.contains(topic.name), "{name}: {}", topic.name);
                }
            }
        }
    }

    #[test]
    fn samples_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name, text| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        Needs::read(&file("needs.yaml", NEEDS)).unwrap();
        Scenario::read(&file("scenario.yaml", SCENARIO)).unwrap();
        let topic = TOPICS
            .iter()
            .find(|topic| topic.name == "scenario")
            .unwrap();
        let events = topic.text.lines().skip_while(|line| *line != "events:");
        let events: Vec<_> = events.take_while(|line| !line.is_empty()).collect();
        assert!(events.len() > 5);
        Scenario::read(&file("events.yaml", &events.join("\n"))).unwrap();
    }
}
