//! `export`: a config as the configuration of another program that routes the same.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use evenkeel_algorithms::Key;
use evenkeel_algorithms::Registry;
use evenkeel_algorithms::dialect::nginx_hash;
use evenkeel_config::Config;

use super::delivery::Delivery;
use super::format::one_of;
use super::parsers::output;
use crate::exchange::Program;
use crate::export::{Exported, KeySource, MAX_NAME, Wiring, export};
use crate::outputs::check_files;
use crate::report::Format;

/// Write a config for nginx, HAProxy, Envoy or twemproxy
///
/// Reports on standard error, for each field, whether the program does the same (exact), something like it
/// (approximate) or cannot (impossible), and why. With a dialect of the program all fields can be exact: every
/// request goes where `route` says. Another algorithm is replaced by the most similar one of the program, which
/// is approximate; how many keys the two agree on is measured and reported. If anything is impossible, nothing is
/// written and the exit code is 1.
///
/// Writes a complete configuration that passes the program's own check, a listener and the backends behind it;
/// with --section-only only the part for an existing one.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel export pool.yaml --to nginx --key header:X-User > nginx.conf
  evenkeel export pool.yaml --to haproxy --key cookie:session -o haproxy.cfg
  evenkeel export pool.yaml --to envoy --key path --strict -o envoy.yaml
  evenkeel export cache.yaml --to twemproxy
  evenkeel export pool.yaml --to nginx --key path --name carts --section-only
  evenkeel export pool.yaml --to nginx --key client -f json | jq .verdicts")]
pub(super) struct ExportArgs {
    /// Config file with the backends
    #[arg(value_name = "CONFIG")]
    config: PathBuf,
    /// Program to write for
    #[arg(long, value_enum, value_name = "PROGRAM")]
    to: Program,
    /// Part of a request that is its key: header:NAME, cookie:NAME, query:NAME, client or path
    ///
    /// The client is its address; a path includes the query.
    #[arg(long, value_name = "PART")]
    key: Option<KeySource>,
    /// Address that the program listens on  [default: 127.0.0.1:8080, or port 22121 for twemproxy]
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = listener)]
    listen: Option<SocketAddr>,
    /// Name of the upstream, backend, cluster or pool
    #[arg(long, value_name = "NAME", default_value = "evenkeel", value_parser = section_name)]
    name: String,
    /// Write only the upstream, backend, cluster or pool, for an existing configuration
    #[arg(long, conflicts_with = "listen")]
    section_only: bool,
    /// Write nothing unless everything is exact
    #[arg(long)]
    strict: bool,
    /// Format: the configuration, or a JSON object with it and the verdicts
    #[arg(short, long, default_value = "text", value_parser = one_of(&[Format::Text, Format::Json]),
        help_heading = "Output")]
    format: Format,
    /// Write the configuration to a file instead of standard output
    #[arg(short, long, value_name = "FILE", value_parser = output, help_heading = "Output")]
    output: Option<PathBuf>,
}

/// Exports a config and writes the configuration and, to standard error, the verdicts.
///
/// # Errors
/// If the config, the wiring or the output is at fault, or the program cannot do the same.
pub(super) fn run(args: &ExportArgs, registry: &Registry, output: &mut impl Write) -> Result<()> {
    check_files(&args.output, [&args.config])?;
    let config = Config::load(&args.config, registry, None)?.config;
    let wiring = Wiring {
        key: key(args, &config)?,
        listen: args.listen.unwrap_or(args.to.default_listener()),
        name: args.name.clone(),
        section_only: args.section_only,
    };
    let Exported { verdicts, text } = export(&config, args.to, &wiring);
    let delivery = Delivery {
        strict: args.strict,
        as_json: args.format == Format::Json,
        file: args.output.as_deref(),
        place: "",
    };
    delivery.write(&verdicts, text.as_deref(), output)
}

/// The key that was asked for, if the algorithm uses one and the program does not know it by itself.
fn key(args: &ExportArgs, config: &Config) -> Result<Option<KeySource>> {
    let profile = config.profile();
    let algorithm = config.algorithm;
    match (&args.key, args.to) {
        (Some(_), Program::Twemproxy) => {
            bail!("--key: twemproxy takes the keys of memcached or Redis; leave it out")
        }
        (Some(_), _) if profile.key == Key::Unused => {
            bail!("--key: {algorithm} uses no key; leave it out")
        }
        (None, Program::Twemproxy) => Ok(None),
        (None, _) if algorithm == &nginx_hash::IP_HASH => Ok(Some(KeySource::Client)),
        (None, to) if profile.key != Key::Unused => bail!(
            "{algorithm} picks by key, so {to} needs to know its source; set --key to \
             header:NAME, cookie:NAME, query:NAME, client or path"
        ),
        (key, _) => Ok(key.clone()),
    }
}

/// Where a program can listen: at an explicit port, without a scope, which is written in many ways.
fn listener(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr = text.parse().map_err(|_| {
        "expected an IP address and a port, such as 0.0.0.0:80 or [::]:80".to_owned()
    })?;
    let scope = match address {
        SocketAddr::V6(address) => address.scope_id(),
        SocketAddr::V4(_) => 0,
    };
    if address.port() == 0 || scope != 0 {
        return Err("expected a port from 1 to 65535, and no scope".to_owned());
    }
    Ok(address)
}

/// A name that every program takes.
fn section_name(text: &str) -> Result<String, String> {
    let starts = text.starts_with(|first: char| first.is_ascii_alphabetic());
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if starts && text.bytes().all(fits) && text.len() <= MAX_NAME {
        Ok(text.to_owned())
    } else {
        Err(format!(
            "expected a letter, then letters, digits, `-`, `_` and `.`, {MAX_NAME} at most"
        ))
    }
}
