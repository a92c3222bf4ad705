//! `import`: the configuration of another program as a config.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Args, ValueEnum};

use super::delivery::Delivery;
use super::parsers::output;
use crate::config::{Config, ConfigError, Fault};
use crate::exchange::Program;
use crate::export::KeySource;
use crate::import::import;
use crate::input::{self, name_of};

/// Read a configuration of nginx, HAProxy, Envoy or twemproxy as a config
///
/// Takes an `upstream` block, a `backend` or `listen` section, a cluster or a pool with its servers, and
/// says of every setting what became of it, with its line. What cannot be carried over is named, the exit
/// code is 1, and nothing is written: there is no half of a pool.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel import /etc/nginx/nginx.conf > pool.yaml
  evenkeel import haproxy.cfg --name app -o app.yaml
  nginx -T 2>/dev/null | evenkeel import - --from nginx --name cache
  evenkeel import envoy.yaml --strict")]
pub(super) struct ImportArgs {
    /// The configuration; `-` is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The program that it is of  [default: told by what stands in it]
    #[arg(long, value_enum)]
    from: Option<Program>,
    /// Which upstream, backend, cluster or pool, if there are several
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Write nothing unless all of it is exact
    #[arg(long)]
    strict: bool,
    /// How the config is written
    #[arg(long, value_enum, default_value_t)]
    format: ImportFormat,
    /// Write the config to a file, not to standard output
    #[arg(short, long, value_name = "FILE", value_parser = output)]
    output: Option<PathBuf>,
}

/// How `import` writes a config.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum ImportFormat {
    /// A config in YAML; the verdicts go to standard error.
    #[default]
    Yaml,
    /// A JSON object with the verdicts and the config's text.
    Json,
}

/// Imports a configuration and writes the config and, to standard error, the verdicts.
///
/// # Errors
/// If the configuration or the output is at fault, or a setting cannot be carried over.
pub(super) fn run(args: &ImportArgs, output: &mut impl Write) -> Result<()> {
    input::refuse_overwriting(&args.output, [&args.file])?;
    let text = input::text(&args.file)?;
    let imported = import(&text, args.from, args.name.as_deref())
        .map_err(|fault| in_file(fault, &args.file))?;
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
