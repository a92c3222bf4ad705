//! The shape of `export` and `import`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::output;
use crate::exchange::Program;
use crate::export::KeySource;

/// Write a config as one of nginx, HAProxy, Envoy or twemproxy
///
/// Says of every field whether the program does the same (exact), something like it (approximate) or cannot
/// (impossible), and why, on standard error. With a dialect of the program all of it can be exact: every
/// request goes where `route` says. Another algorithm is replaced by the most similar one that the program
/// has, which is approximate; for how many keys the two agree is measured and said, and can be as few as
/// by chance. If anything is impossible nothing is written and the exit code is 1.
///
/// What is written is a whole configuration that the program's own check accepts, a listener and the
/// backends behind it, or with --section-only what goes into one that is there.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel export -c pool.yaml --to nginx --key header:X-User > nginx.conf
  evenkeel export -c pool.yaml --to haproxy --key cookie:session --listen 0.0.0.0:80 -o haproxy.cfg
  evenkeel export -c pool.yaml --to envoy --key path --strict -o envoy.yaml
  evenkeel export -c cache.yaml --to twemproxy
  evenkeel export -c pool.yaml --to nginx --key path --name carts --section-only
  evenkeel export -c pool.yaml --to nginx --key client --format json | jq .verdicts")]
pub struct ExportArgs {
    /// The config with the backends
    #[arg(short, long, value_name = "FILE")]
    pub config: PathBuf,
    /// The program
    #[arg(long, value_enum)]
    pub to: Program,
    /// The part of a request that is its key: header:NAME, cookie:NAME, query:NAME, client (its address)
    /// or path (with the query)
    #[arg(long, value_name = "PART")]
    pub key: Option<KeySource>,
    /// Where the program is to listen  [default: 127.0.0.1:8080; 127.0.0.1:22121 for twemproxy]
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = listener)]
    pub listen: Option<SocketAddr>,
    /// What the upstream, backend, cluster or pool is called
    #[arg(long, value_name = "NAME", default_value = "evenkeel", value_parser = section_name)]
    pub name: String,
    /// Write the upstream, backend, cluster or pool alone, to be put into a configuration that is there
    #[arg(long, conflicts_with = "listen")]
    pub section_only: bool,
    /// Write nothing unless all of it is exact
    #[arg(long)]
    pub strict: bool,
    /// How it is written
    #[arg(long, value_enum, default_value_t)]
    pub format: ExportFormat,
    /// Write the configuration to a file, not to standard output
    #[arg(short, long, value_name = "FILE", value_parser = output)]
    pub output: Option<PathBuf>,
}

/// How `export` writes a configuration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// As the program reads it; the verdicts go to standard error.
    #[default]
    Native,
    /// A JSON object with the verdicts and the text.
    Json,
}

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
pub struct ImportArgs {
    /// The configuration; `-` is standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Whose it is  [default: told by what stands in it]
    #[arg(long, value_enum)]
    pub from: Option<Program>,
    /// Which upstream, backend, cluster or pool, if there are several
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Write nothing unless all of it is exact
    #[arg(long)]
    pub strict: bool,
    /// How the config is written
    #[arg(long, value_enum, default_value_t)]
    pub format: ImportFormat,
    /// Write the config to a file, not to standard output
    #[arg(short, long, value_name = "FILE", value_parser = output)]
    pub output: Option<PathBuf>,
}

/// How `import` writes a config.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ImportFormat {
    /// A config in YAML; the verdicts go to standard error.
    #[default]
    Yaml,
    /// A JSON object with the verdicts and the config's text.
    Json,
}

/// Where a program can listen: at a port that is said, without a scope, which is written in many ways.
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

/// The longest name of a section or a key.
pub(crate) const LONGEST_NAME: usize = 100;

/// A name that every program takes.
fn section_name(text: &str) -> Result<String, String> {
    let starts = text.starts_with(|first: char| first.is_ascii_alphabetic());
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if starts && text.bytes().all(fits) && text.len() <= LONGEST_NAME {
        Ok(text.to_owned())
    } else {
        Err(format!(
            "expected a letter, then letters, digits, `-`, `_` and `.`, {LONGEST_NAME} at most"
        ))
    }
}
