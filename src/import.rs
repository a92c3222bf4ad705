//! Reads the configuration of another program as a config.

use evenkeel_config::{Config, Fault};

use crate::exchange::{Program, Verdicts};

mod draft;
mod envoy;
mod haproxy;
mod haproxy_sections;
mod haproxy_server;
mod nginx;
mod nginx_directives;
mod recognise;
mod tree;
mod twemproxy;

use recognise::Source;

/// The configuration of another program as a config.
#[derive(Debug)]
pub struct Imported {
    /// The program.
    pub program: Program,
    /// The verdict on each setting.
    pub verdicts: Verdicts,
    /// The part of a request that it hashes, in its own words, if the configuration states it.
    pub key: Option<String>,
    /// The config; `None` if something is impossible.
    pub config: Option<Config>,
}

/// Returns the program that a text configures, if it is recognised.
#[must_use]
pub fn program_of(text: &str) -> Option<Program> {
    let source = recognise::recognised(text).ok()?;
    Some(source.program())
}

/// Reads a configuration as a config.
///
/// # Errors
/// The [`Fault`], if the text is not a configuration of the program, or does not have the requested section.
pub fn import(text: &str, from: Option<Program>, name: Option<&str>) -> Result<Imported, Fault> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(Fault {
            place: None,
            what: "the file is empty; expected a configuration".to_owned(),
        });
    }
    let source = match from {
        Some(program) => Source::of(program, text)?,
        None => recognise::recognised(text)?,
    };
    let mut verdicts = Verdicts::default();
    let draft = match &source {
        Source::Nginx(text) => nginx::read(text, name, &mut verdicts)?,
        Source::Haproxy(text) => haproxy::read(text, name, &mut verdicts)?,
        Source::Envoy(document) => envoy::read(document, name, &mut verdicts)?,
        Source::Twemproxy(document) => twemproxy::read(document, name, &mut verdicts)?,
    };
    let key = draft.as_ref().and_then(|draft| draft.key.clone());
    let config = draft.and_then(|draft| draft.finish(&mut verdicts));
    let config = config.filter(|_| verdicts.accept(false).is_ok());
    Ok(Imported {
        program: source.program(),
        verdicts,
        key,
        config,
    })
}
