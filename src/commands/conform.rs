//! `conform`: which laws a strategy keeps.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use evenkeel_algorithms::contract::{Abilities, Effort, Law, Subject, laws};
use evenkeel_algorithms::{Card, Hashing, Registry};
use evenkeel_config::Config;

use super::exit::No;
use super::format::one_of;
use super::registered::algorithm;
use crate::conform::Conformance;
use crate::external::{Command, Named};
use crate::outputs::stdout_view;
use crate::progress::Voice;
use crate::report::{Format, conformance, json};

/// Check which laws a strategy keeps, with counter-examples
///
/// A strategy promises some laws. Others are checked as well if they apply to it. Each broken law gets its smallest
/// counter-example. The laws are checked on fixed pools and on random histories of membership, health and requests,
/// the same every time. Backends are named b0, b1, …, keys k0, k1, ….
///
/// Exits with 1 if a law is broken that the strategy promises or that --law names; for a program, any law that
/// applies. A program gets fewer laws, keys and histories, since it is started again for each pool.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel conform -a anchor
  evenkeel conform -a maglev --law minimal-movement,spread
  evenkeel conform pool.yaml -f json
  evenkeel conform --external 'python3 my_balancer.py' --law deterministic")]
pub(super) struct ConformArgs {
    /// Config file with the algorithm, its options and the hash; its backends are not used
    #[arg(value_name = "CONFIG")]
    config: Option<PathBuf>,
    /// Algorithm  [default: the config's]
    #[arg(short, long, value_name = "NAME", value_parser = algorithm())]
    algorithm: Option<&'static Card>,
    /// Ask a program that speaks the protocol of `serve` on stdin and stdout
    #[arg(long, value_name = "COMMAND", value_parser = external, conflicts_with_all = ["algorithm", "config"])]
    external: Option<Command>,
    /// Check only these laws, promised or not  [default: all]
    #[arg(long = "law", value_name = "NAME,…", value_delimiter = ',', value_parser = law())]
    laws: Vec<&'static Law>,
    /// Format of the result
    #[arg(short, long, default_value = "text", value_parser = one_of(&[Format::Text, Format::Json]))]
    format: Format,
}

/// Checks the laws and writes what came of each.
///
/// # Errors
/// If the config or the output is at fault, or a law is broken that should hold.
pub(super) fn run(
    args: &ConformArgs,
    registry: &Registry,
    voice: Voice,
    output: &mut impl Write,
) -> Result<()> {
    let subject = subject(args, registry, voice)?;
    let chosen: Vec<_> = match &*args.laws {
        [] => laws().iter().collect(),
        named => named.to_vec(),
    };
    // A program promises nothing by itself: it is asked for all that has a meaning for it.
    let asked = !args.laws.is_empty() || args.external.is_some();
    let conformance = Conformance::of(&subject, &chosen, asked);
    output.write_all(&match args.format {
        Format::Json => json(&conformance)?,
        _ => conformance::table(&conformance, stdout_view().style()).into_bytes(),
    })?;
    output.flush()?;
    let faults: Vec<_> = conformance.faults().map(|line| line.law).collect();
    match faults.is_empty() {
        true => Ok(()),
        false => Err(No::because(format_args!(
            "{} breaks {}",
            conformance.algorithm,
            faults.join(", ")
        ))),
    }
}

/// What is checked.
fn subject(args: &ConformArgs, registry: &Registry, voice: Voice) -> Result<Subject> {
    if let Some(command) = &args.external {
        return program(command.clone(), voice);
    }
    match (&args.config, args.algorithm) {
        (Some(path), algorithm) => {
            let config = Config::read(path, registry)?;
            let algorithm = algorithm.unwrap_or(config.algorithm);
            Ok(Subject::new(algorithm)
                .with_options(config.options)
                .with_hashing(config.hashing))
        }
        (None, Some(algorithm)) => Ok(Subject::new(algorithm)),
        (None, None) => {
            bail!("expected a strategy: -a NAME, CONFIG or --external COMMAND")
        }
    }
}

/// A program, as far as it can be asked.
fn program(command: Command, voice: Voice) -> Result<Subject> {
    let named = Named::new("external", command);
    let found = named.capabilities(Hashing::default())?;
    voice.remark(format_args!("external: {found}"));
    let abilities = Abilities {
        weights: found.weights,
        exclusions: found.exclude,
    };
    Ok(Subject::new(named.card())
        .with_effort(Effort::SMALL)
        .with_abilities(abilities))
}

fn external(line: &str) -> Result<Command, String> {
    let expected = "expected a command, quoted as in a shell, such as 'python3 my_balancer.py'";
    Command::of_line(line).ok_or_else(|| expected.to_owned())
}

/// Reads the name of a law.
fn law() -> impl TypedValueParser<Value = &'static Law> {
    let names = PossibleValuesParser::new(laws().iter().map(|law| law.name));
    names.try_map(|name| {
        let law = laws().iter().find(|law| law.name == name);
        law.ok_or("expected the name of a law")
    })
}
