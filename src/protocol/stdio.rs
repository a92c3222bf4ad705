//! The protocol over one input and one output, such as the standard streams.

use std::io::{self, Read, Write};
use std::time::Instant;

use anyhow::Result;
use evenkeel_algorithms::Registry;
use evenkeel_config::Loaded;

use super::dialogue::Dialogue;
use super::limits::Limits;
use super::session::Session;

/// Answers every line of the input until it ends or the output is closed. The conversation begins with what was
/// [loaded](evenkeel_config::Config::load_since), or without backends; messages name algorithms of a registry, and
/// all clocks count from the start.
///
/// # Errors
/// If the input cannot be read or the output cannot be written.
pub fn serve(
    mut input: impl Read,
    output: impl Write,
    loaded: Option<Loaded>,
    registry: &Registry,
    start: Instant,
    limits: Limits,
) -> Result<()> {
    let session = Session::new(loaded, registry, limits.max_count, start);
    let mut dialogue = Dialogue::new(session, output, limits.max_line_bytes);
    match dialogue.run(&mut input).and_then(|()| dialogue.finish()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        ended => Ok(ended?),
    }
}
