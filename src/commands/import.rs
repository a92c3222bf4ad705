//! `import`: the configuration of another program as a config.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use evenkeel_config::{Config, ConfigError, Fault};

use super::delivery::Delivery;
use super::format::one_of;
use super::parsers::output;
use crate::exchange::Program;
use crate::export::KeySource;
use crate::import::{import, program_of};
use crate::input::{self, name_of};
use crate::outputs::check_files;
use crate::report::Format;

/// Read a configuration of nginx, HAProxy, Envoy or twemproxy
///
/// Converts an `upstream` block, a `backend` or `listen` section, a cluster or a pool with its servers. Prints a
/// verdict on each setting, with its line: `exact` (requests go to the same servers as in the program),
/// `approximate` (some requests may go to other servers) or `impossible` (it chooses servers and has no
/// equivalent). If anything is impossible, the exit code is 1 and nothing is written: a partial config would route
/// differently. Settings that choose no server, such as time-outs, are not carried over, which is exact.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel import /etc/nginx/nginx.conf > pool.yaml
  evenkeel import haproxy.cfg --name app -o app.yaml
  nginx -T 2>/dev/null | evenkeel import - --from nginx --name cache
  evenkeel import envoy.yaml --strict")]
pub(super) struct ImportArgs {
    /// Configuration file; `-` is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Program of the configuration  [default: detected]
    #[arg(long, value_enum, value_name = "PROGRAM")]
    from: Option<Program>,
    /// Name of the upstream, backend, cluster or pool, if there are several
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Write nothing unless everything is exact
    #[arg(long)]
    strict: bool,
    /// Format: the config as YAML, or a JSON object with it and the verdicts
    #[arg(short, long, default_value = "text", value_parser = one_of(&[Format::Text, Format::Json]),
        help_heading = "Output")]
    format: Format,
    /// Write the config to a file instead of standard output
    #[arg(short, long, value_name = "FILE", value_parser = output, help_heading = "Output")]
    output: Option<PathBuf>,
}

/// Imports a configuration and writes the config and, to standard error, the verdicts.
///
/// # Errors
/// If the configuration or the output is at fault, or a setting cannot be carried over.
pub(super) fn run(args: &ImportArgs, output: &mut impl Write) -> Result<()> {
    check_files(&args.output, [&args.file])?;
    let text = input::text(&args.file)?;
    let imported = import(&text, args.from, args.name.as_deref())
        .map_err(|fault| in_file(fault, &args.file, &text))?;
    let key = key_comment(imported.program, imported.key.as_deref());
    let config = imported.config.as_ref();
    let text = config.map(|config| yaml(config, &args.file, &key));
    let delivery = Delivery {
        strict: args.strict,
        as_json: args.format == Format::Json,
        file: args.output.as_deref(),
        place: &name_of(&args.file),
    };
    delivery.write(&imported.verdicts, text.transpose()?.as_deref(), output)
}

/// A fault with the name of what was read.
fn in_file(fault: Fault, file: &Path, text: &str) -> ConfigError {
    let name = name_of(file);
    let path = Path::new(&name);
    // A command can be named for a file of another kind, not for what standard input had.
    if input::is_stdin(file) || program_of(text).is_some() {
        fault.of_file(path)
    } else {
        fault.of_text(path, text)
    }
}

fn yaml(config: &Config, file: &Path, key: &str) -> Result<String> {
    let name = name_of(file);
    Ok(format!(
        "# Read by `evenkeel import` from {name}.\n{key}{}",
        config.to_yaml()?
    ))
}

/// A config does not say what the key of a request is; an export has to.
fn key_comment(program: Program, key: Option<&str>) -> String {
    let Some(key) = key else {
        return String::new();
    };
    let known = KeySource::called(program, key);
    match known {
        Some(known) => format!("# The key is {key}: `export --key {known}`.\n"),
        None => format!("# The key is {key}; `export --key` has no equivalent.\n"),
    }
}
