//! One engine that picks a backend for a request by any load-balancing strategy, and the tools that
//! tell which strategy to pick. To embed the engine alone, take [`evenkeel_algorithms`].

#![warn(clippy::unwrap_used)]

use std::env;
use std::ffi::OsString;
use std::io::{self, BufWriter, Write};
use std::iter;
use std::process::ExitCode;

use anyhow::{Context, Error, Result};
use clap::{CommandFactory, Parser};
use evenkeel_algorithms::RouteError;

mod advise;
mod agreement;
mod check;
pub mod cli;
pub mod compare;
pub mod config;
mod duration;
pub mod exchange;
pub mod explain;
pub mod export;
pub mod figures;
pub mod import;
pub mod input;
pub mod layout;
pub mod lint;
mod outputs;
mod plan;
mod plot;
mod progress;
pub mod protocol;
pub mod report;
mod route;
mod run_compare;
mod run_simulate;
mod run_verify;
mod share;
pub mod simulate;
mod tune;
pub mod vectors;
pub mod verify;
mod verify_vectors;
pub mod workload;

use cli::{Cli, Command, ServeArgs};
use config::Config;
use progress::Voice;
use protocol::Limits;

/// The README, so that its Rust is compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;

/// Runs the command line and says how it ended: 0 all well, 1 the answer is no, 2 wrong usage or
/// config.
#[must_use]
pub fn run() -> ExitCode {
    match execute(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

fn execute(cli: &Cli) -> Result<()> {
    let voice = Voice::new(cli.quiet);
    let command_line = command_line(env::args_os())?;
    let mut output = BufWriter::new(io::stdout().lock());
    match &cli.command {
        Command::Route(args) => route::run(args, voice, &mut output)?,
        Command::Explain(args) => explain::run(args, &mut output)?,
        Command::Compare(args) => run_compare::run(args, &command_line, voice, &mut output)?,
        Command::Agreement(args) => agreement::run(args, &command_line, voice, &mut output)?,
        Command::Advise(args) => advise::run(args, voice, &mut output)?,
        Command::Tune(args) => tune::run(args, voice, &mut output)?,
        Command::Plan(args) => plan::run(args, &command_line, voice, &mut output)?,
        Command::Simulate(args) => run_simulate::run(args, &command_line, voice, &mut output)?,
        Command::Serve(args) => return serve(args),
        Command::Export(args) => export::run(args, &mut output)?,
        Command::Import(args) => import::run(args, &mut output)?,
        Command::Check(args) if args.numbering => {
            output.write_all(check::numbering(&args.config)?.as_bytes())?;
        }
        Command::Check(args) => check::run(args, &mut output)?,
        Command::VerifyVectors(args) => verify_vectors::run(args, voice, &mut output)?,
        Command::Algorithms(args) => {
            let style = if args.markdown {
                report::Style::Markdown
            } else {
                report::Style::Framed
            };
            output.write_all(report::algorithms(style).as_bytes())?;
        }
        Command::Completions(args) => {
            let mut script = Vec::new();
            clap_complete::generate(args.shell, &mut Cli::command(), "evenkeel", &mut script);
            output.write_all(&script)?;
        }
        Command::Man(args) => match &args.folder {
            Some(folder) => clap_mangen::generate_to(Cli::command(), folder)
                .with_context(|| outputs::cannot_write(folder))?,
            None => clap_mangen::Man::new(Cli::command()).render(&mut output)?,
        },
    }
    output.flush().context("cannot write the output")
}

/// The command line as a shell takes it, under the program's own name. Bytes that are no text cannot be shown.
fn command_line(words: impl Iterator<Item = OsString>) -> Result<String> {
    let words: Vec<_> = words
        .skip(1)
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let words = words.iter().map(String::as_str);
    Ok(shlex::try_join(iter::once("evenkeel").chain(words))?)
}

fn serve(args: &ServeArgs) -> Result<()> {
    let config = args
        .config
        .as_deref()
        .map(|path| Config::load(path, None))
        .transpose()?;
    let limits = Limits {
        max_line_bytes: args.max_line_bytes as usize,
        max_count: args.max_count,
    };
    // The locks of the standard streams buffer as well, which the loop does already.
    protocol::serve(io::stdin(), io::stdout().lock(), config, limits).context("serve")
}

/// Reports an error, unless it only says that nobody reads the output any more.
fn failed(error: &Error) -> ExitCode {
    let closed = |cause: &io::Error| cause.kind() == io::ErrorKind::BrokenPipe;
    if error
        .chain()
        .any(|cause| cause.downcast_ref().is_some_and(closed))
    {
        return ExitCode::SUCCESS;
    }
    let mut stderr = anstream::stderr();
    let red = *clap::builder::Styles::styled().get_error();
    // Nobody is left to be told if standard error is closed as well.
    let _ = writeln!(stderr, "{red}error:{red:#} {error:#}");
    let no_backend = |cause: &RouteError| *cause == RouteError::NoBackend;
    let answer_is_no = error.chain().any(|cause| {
        cause.downcast_ref().is_some_and(no_backend)
            || cause.is::<run_verify::AnchorsFailed>()
            || cause.is::<plan::MovesTooMuch>()
            || cause.is::<verify_vectors::VectorsDiffer>()
            || cause.is::<check::Warned>()
            || cause.is::<exchange::Inexact>()
            || cause.is::<tune::OutOfReach>()
            || cause.is::<advise::Nobody>()
    });
    ExitCode::from(if answer_is_no { 1 } else { 2 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_can_be_given_to_a_shell_again() {
        let words = [
            "/usr/bin/other",
            "plan",
            "-c",
            "a b.yaml",
            "--replace",
            "it's=x",
            "",
        ];
        let line = command_line(words.into_iter().map(OsString::from)).unwrap();
        let given = shlex::split(&line).unwrap();
        assert_eq!(given[0], "evenkeel");
        assert_eq!(given[1..], words[1..]);
        assert!(line.starts_with("evenkeel plan -c 'a b.yaml' "), "{line}");
    }
}
