//! How the program ends.

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Error;
use evenkeel_algorithms::RouteError;

/// The answer is no: nothing is wrong with the question.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct No(String);

impl No {
    /// The answer as an error with its reason.
    pub(super) fn because(reason: impl Display) -> Error {
        Self(reason.to_string()).into()
    }
}

/// Reports an error, unless it only means that the output is closed.
pub(super) fn failed(error: &Error) -> ExitCode {
    let closed = |cause: &io::Error| cause.kind() == io::ErrorKind::BrokenPipe;
    if error
        .chain()
        .any(|cause| cause.downcast_ref().is_some_and(closed))
    {
        return ExitCode::SUCCESS;
    }
    let mut stderr = anstream::stderr();
    let red = *clap::builder::Styles::styled().get_error();
    // The error is lost if standard error is closed as well.
    let _ = writeln!(stderr, "{red}error:{red:#} {error:#}");
    let no_backend = |cause: &RouteError| *cause == RouteError::NoBackend;
    let answer_is_no = error
        .chain()
        .any(|cause| cause.is::<No>() || cause.downcast_ref().is_some_and(no_backend));
    ExitCode::from(if answer_is_no { 1 } else { 2 })
}
