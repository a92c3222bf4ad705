//! The command line as a whole: the commands, what they have in common, and how it ended.

use std::env;
use std::ffi::OsString;
use std::io::{self, BufWriter, Write};
use std::iter;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use evenkeel_algorithms::Registry;

use super::advise::AdviseArgs;
use super::agreement::AgreementArgs;
use super::algorithms::AlgorithmsArgs;
use super::check::CheckArgs;
use super::compare::CompareArgs;
use super::completions::CompletionsArgs;
use super::conform::ConformArgs;
use super::exit::failed;
use super::explain::ExplainArgs;
use super::export::ExportArgs;
use super::help::{HelpArgs, under_name};
use super::import::ImportArgs;
use super::kind::naming_kind;
use super::man::ManArgs;
use super::numbering::NumberingArgs;
use super::plan::PlanArgs;
use super::registered::with_algorithms;
use super::registries::Registries;
use super::route::RouteArgs;
use super::serve::ServeArgs;
use super::simulate::SimulateArgs;
use super::spellings::{Respelled, respelled};
use super::topics::START;
use super::tune::TuneArgs;
use super::verify::VerifyArgs;
use super::{
    advise, agreement, algorithms, check, compare, completions, conform, explain, export, help,
    import, man, numbering, plan, route, serve, simulate, tune, verify,
};
use crate::progress::Voice;

/// Runs the command line and returns its exit code: 0 for success, 1 if the check failed or found no answer, 2 for
/// a usage or configuration error.
#[must_use]
pub fn run() -> ExitCode {
    run_with(Registry::default())
}

/// [`run`] with other algorithms beside those that are built in: each stands in every command as if it were one
/// of ours. `examples/custom_strategy` of the source is such a program.
///
/// ```no_run
/// use std::process::ExitCode;
///
/// use evenkeel_algorithms::{Card, Family, Random, Registry};
///
/// static MINE: Card = Card {
///     summary: "random, for those who want it under another name",
///     ..Card::new("mine", Family::Random, &|hashing, _| Box::new(Random::new(hashing.seed)))
/// };
///
/// fn main() -> ExitCode {
///     match Registry::default().with(&MINE) {
///         Ok(registry) => evenkeel::run_with(registry),
///         Err(error) => {
///             eprintln!("error: {error}");
///             ExitCode::from(2)
///         }
///     }
/// }
/// ```
#[must_use]
pub fn run_with(registry: Registry) -> ExitCode {
    let given: Vec<_> = env::args_os().collect();
    let Respelled { words, notes } = respelled(&given);
    let ended = Registries::new(registry).and_then(|registries| {
        let read = Cli::read(&words, &registries.refusing);
        let quiet = match &read {
            Ok((cli, _)) => cli.quiet,
            Err(_) => words.iter().any(|word| word == "-q" || word == "--quiet"),
        };
        // Before an error of the command line, which may be about what a note explains.
        let voice = Voice::new(quiet);
        notes.iter().for_each(|note| voice.remark(note));
        let (mut cli, mut command) = read.unwrap_or_else(|error| error.exit());
        let mut registry = &registries.refusing;
        if cli.allow_external {
            // The names on the command line mean what may run.
            registry = &registries.running;
            (cli, command) = Cli::read(&words, registry).unwrap_or_else(|error| error.exit());
        }
        cli.run(registry, &registries.refusing, command, &words)
            .map_err(|error| naming_kind(error, registry, &program(&words)))
    });
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

/// Predict what a load-balancing change will do, choose a strategy, and route by it
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, max_term_width = MAX_WIDTH, disable_help_subcommand = true)]
#[command(
    after_help = "Topics of `evenkeel help`: scenario, config, needs, keys, exit-codes.
Exit codes: 0 success, 1 check failed or no answer, 2 usage or config error."
)]
pub(super) struct Cli {
    /// Suppress progress and notes
    #[arg(short, long, global = true)]
    quiet: bool,
    /// Allow configs to run programs (`algorithm: external`)
    #[arg(long, global = true)]
    allow_external: bool,
    /// What to do.
    #[command(subcommand)]
    command: Option<Command>,
}

/// The widest line of a help.
pub(super) const MAX_WIDTH: usize = 96;

/// The commands. The text of a variant would replace that of its arguments in the help.
#[derive(Debug, Subcommand)]
enum Command {
    Route(RouteArgs),
    Explain(ExplainArgs),
    Compare(CompareArgs),
    Plan(PlanArgs),
    Simulate(Box<SimulateArgs>),
    Tune(TuneArgs),
    Advise(AdviseArgs),
    Agreement(AgreementArgs),
    Check(CheckArgs),
    Numbering(NumberingArgs),
    Export(ExportArgs),
    Import(ImportArgs),
    Serve(ServeArgs),
    Algorithms(AlgorithmsArgs),
    Conform(ConformArgs),
    Verify(VerifyArgs),
    Completions(CompletionsArgs),
    Man(ManArgs),
    Help(HelpArgs),
}

impl Cli {
    /// Reads the command line with the algorithms of a registry; with what reads it.
    ///
    /// # Errors
    /// If it is at fault, or asks for help or the version.
    fn read(
        words: &[OsString],
        registry: &Arc<Registry>,
    ) -> Result<(Self, clap::Command), clap::Error> {
        let command = command(words, registry);
        let matches = command.clone().try_get_matches_from(words)?;
        Ok((Self::from_arg_matches(&matches)?, command))
    }

    /// Does what is asked for. `words` are those of the command line, the program's name first, and `command` is
    /// what read them. Messages to `serve` name algorithms of a registry of their own.
    ///
    /// # Errors
    /// Those of the command, and of an output that cannot be written.
    fn run(
        &self,
        registry: &Registry,
        of_messages: &Registry,
        mut command: clap::Command,
        words: &[OsString],
    ) -> Result<()> {
        let voice = Voice::new(self.quiet);
        let line = command_line(words)?;
        let output = &mut BufWriter::new(io::stdout().lock());
        let Some(asked) = &self.command else {
            let text = under_name(START, command.get_name());
            output.write_all(text.as_bytes())?;
            return Ok(output.flush()?);
        };
        match asked {
            Command::Route(args) => route::run(args, registry, voice, output),
            Command::Explain(args) => explain::run(args, registry, &line, voice, output),
            Command::Compare(args) => compare::run(args, registry, &line, voice, output),
            Command::Plan(args) => plan::run(args, registry, &line, voice, output),
            Command::Simulate(args) => simulate::run(args, registry, &line, voice, output),
            Command::Tune(args) => tune::run(args, registry, &line, voice, output),
            Command::Advise(args) => advise::run(args, registry, &line, voice, output),
            Command::Agreement(args) => agreement::run(args, registry, &line, voice, output),
            Command::Check(args) => check::run(args, registry, output),
            Command::Numbering(args) => numbering::run(args, registry, output),
            Command::Export(args) => export::run(args, registry, output),
            Command::Import(args) => import::run(args, output),
            Command::Serve(args) => serve::run(args, registry, of_messages, voice),
            Command::Algorithms(args) => algorithms::run(args, registry, output),
            Command::Conform(args) => conform::run(args, registry, voice, output),
            Command::Verify(args) => verify::run(args, &line, voice, output),
            Command::Completions(args) => completions::run(args, &mut command, output),
            Command::Man(args) => man::run(args, command, output),
            Command::Help(args) => help::run(args, command, output),
        }?;
        output.flush().context("cannot write the output")
    }
}

/// What reads the command line, under the name that the program was called by, with the algorithms of a registry.
pub(super) fn command(words: &[OsString], registry: &Arc<Registry>) -> clap::Command {
    let name = program(words);
    let command = with_examples_of(Cli::command(), &name);
    with_algorithms(command.name(name.clone()).bin_name(name), registry)
}

/// A command and its own, with their examples under the name of the program.
fn with_examples_of(command: clap::Command, program: &str) -> clap::Command {
    let examples = command
        .get_after_help()
        .map(|help| under_name(&help.to_string(), program));
    let command = command.mut_subcommands(|command| with_examples_of(command, program));
    match examples {
        Some(examples) => command.after_help(examples),
        None => command,
    }
}

/// The name that the program was called by, without its folder.
fn program(words: &[OsString]) -> String {
    let stem = words.first().and_then(|word| Path::new(word).file_stem());
    stem.map_or_else(
        || "evenkeel".to_owned(),
        |stem| stem.to_string_lossy().into_owned(),
    )
}

/// The command line as a shell takes it, under the program's own name. Bytes that are no text cannot be shown.
fn command_line(words: &[OsString]) -> Result<String> {
    let arguments = words.iter().skip(1).map(|word| word.to_string_lossy());
    let words: Vec<_> = iter::once(program(words).into()).chain(arguments).collect();
    Ok(shlex::try_join(words.iter().map(AsRef::as_ref))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_are_consistent() {
        command(&[], &Arc::default()).debug_assert();
    }

    #[test]
    fn a_command_line_can_be_given_to_a_shell_again() {
        let words = [
            "/usr/bin/other",
            "plan",
            "a b.yaml",
            "--replace",
            "it's=x",
            "",
        ];
        let line = command_line(&words.map(OsString::from)).unwrap();
        let given = shlex::split(&line).unwrap();
        assert_eq!(given[0], "other");
        assert_eq!(given[1..], words[1..]);
        assert!(line.starts_with("other plan 'a b.yaml' "), "{line}");
    }
}
