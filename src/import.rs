//! `import`: the configuration of another program as a config.

use std::io::Write;
use std::path::Path;

use anyhow::Result;

use crate::cli::{ImportArgs, ImportFormat};
use crate::config::{Config, ConfigError, Fault};
use crate::exchange::{Delivery, Program, Verdicts};
use crate::export::KeySource;
use crate::input::{self, name_of};

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
    /// Whose it was.
    pub program: Program,
    /// What became of each setting.
    pub verdicts: Verdicts,
    /// What it hashes of a request, in its own words, if it is said.
    pub key: Option<String>,
    /// The config; none if something is impossible.
    pub config: Option<Config>,
}

/// Imports a configuration and writes the config and, to standard error, the verdicts.
///
/// # Errors
/// If the configuration or the output is at fault, or a setting cannot be carried over.
pub(crate) fn run(args: &ImportArgs, output: &mut impl Write) -> Result<()> {
    input::refuse_overwriting(&args.output, [&args.file])?;
    let text = input::text(&args.file)?;
    let imported = import(&text, args.from, args.name.as_deref());
    let imported = imported.map_err(|fault| in_file(fault, &args.file))?;
    let key = key_comment(imported.program, imported.key.as_deref());
    let config = imported.config.as_ref();
    let text = config.map(|config| yaml(config, &args.file, &key));
    let delivery = Delivery {
        strict: args.strict,
        as_json: args.format == ImportFormat::Json,
        file: args.output.as_deref(),
        place: &name_of(&args.file),
    };
    delivery.write(&imported.verdicts, text.transpose()?.as_deref(), output)
}

/// A fault with the name of what was read.
fn in_file(fault: Fault, file: &Path) -> ConfigError {
    let name = name_of(file);
    fault.of_file(Path::new(&name))
}

fn yaml(config: &Config, file: &Path, key: &str) -> Result<String> {
    let name = name_of(file);
    Ok(format!(
        "# Read by `evenkeel import` from {name}.\n{key}{}",
        config.to_yaml()?
    ))
}

/// A config does not say what the key of a request is; who exports it again has to.
fn key_comment(program: Program, key: Option<&str>) -> String {
    let Some(key) = key else {
        return String::new();
    };
    let known = KeySource::called(program, key);
    match known {
        Some(known) => format!("# The key is {key}: `export --key {known}`.\n"),
        None => format!("# The key is {key}, which `export --key` has no word for.\n"),
    }
}

/// Reads a configuration as a config.
///
/// # Errors
/// The [`Fault`] of a text that is no configuration of the program, or has not the section asked for.
pub fn import(text: &str, from: Option<Program>, name: Option<&str>) -> Result<Imported, Fault> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(Fault {
            place: None,
            what: "there is nothing in it; expected a configuration".to_owned(),
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
