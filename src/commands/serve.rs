//! `serve`: the protocol over the standard streams.

use std::io;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;
use evenkeel_algorithms::Registry;

use crate::config::Config;
use crate::protocol::{self, Limits};

/// Answer requests on standard input: one JSON object a line in, one a line out
///
/// Any program can ask: `init` names the backends, `http_request` is answered with one of them,
/// `request_complete` ends a request that is counted, `test_remap` says what a change would move.
/// Beside these: `add_backend`, `remove_backend`, `set_weight`, `set_healthy`, `set_eligible`, `send_requests`,
/// `fingerprint`, `probes` and `report`. README.md of the source describes them all.
#[derive(Debug, Args)]
#[command(after_help = r#"Example:
  printf '%s\n' '{"type":"init","msg_id":1,"backends":["b1","b2"]}' \
    '{"type":"http_request","msg_id":2,"client_id":"alice"}' | evenkeel serve"#)]
pub(super) struct ServeArgs {
    /// The config with the backends, so that no `init` is needed
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The longest line that is read; a longer one is answered with an error
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 20,
        value_parser = clap::value_parser!(u64).range(64..=1 << 30))]
    max_line_bytes: u64,
    /// The most requests that one `send_requests` may ask for
    #[arg(long, value_name = "N", default_value_t = 10_000_000)]
    max_count: u64,
}

/// Answers requests until the input ends. What messages name is of another registry than what the config names:
/// a message runs no command.
///
/// # Errors
/// If the config is at fault, or a stream cannot be read or written.
pub(super) fn run(args: &ServeArgs, registry: &Registry, of_messages: &Registry) -> Result<()> {
    let start = Instant::now();
    let load = |path| Config::load_since(path, registry, start);
    let loaded = args.config.as_deref().map(load).transpose()?;
    let limits = Limits {
        max_line_bytes: args.max_line_bytes as usize,
        max_count: args.max_count,
    };
    // The locks of the standard streams buffer as well, which the loop does already.
    protocol::serve(
        io::stdin(),
        io::stdout().lock(),
        loaded,
        of_messages,
        start,
        limits,
    )
    .context("serve")
}
