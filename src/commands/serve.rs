//! `serve`: the protocol over the standard streams, or over sockets for many clients.

use std::io;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;
use evenkeel_algorithms::Registry;
use evenkeel_config::{Config, Loaded};

use super::parsers::within;
#[cfg(unix)]
use crate::external;
use crate::progress::Voice;
use crate::protocol::{self, Address, Conversations, Limits, Listeners, Reach, Sharing, Stop};

/// Answer requests in JSON, one object per line
///
/// Any program can ask: `init` names the backends, `http_request` gets one of them, `request_complete` ends a
/// request that is counted, `test_remap` shows what a change would move. There are also `add_backend`,
/// `remove_backend`, `set_weight`, `set_healthy`, `set_eligible`, `send_requests`, `fingerprint`, `probes`,
/// `report`, `status` and `ping`. A client that sends many messages must read answers while it writes.
///
/// Requests are read from standard input, or from clients that connect to a socket (--listen). Each client has a
/// conversation of its own; with --shared, all clients use one pool. SIGTERM and SIGINT end a server cleanly.
#[derive(Debug, Args)]
#[command(after_help = r#"Examples:
  printf '%s\n' '{"type":"init","msg_id":1,"backends":["b1","b2"]}' \
    '{"type":"http_request","msg_id":2,"client_id":"alice"}' | evenkeel serve
  evenkeel serve --listen unix:/run/lb.sock --listen 127.0.0.1:7000 --shared
  echo '{"type":"http_request","client_id":"alice"}' | nc -N 127.0.0.1 7000"#)]
pub(super) struct ServeArgs {
    /// Config file with the backends, so that no `init` is needed
    #[arg(value_name = "CONFIG")]
    config: Option<PathBuf>,
    /// Longest line to read; a longer one gets an error
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 20,
        value_parser = within(64..=1u64 << 30))]
    max_line_bytes: u64,
    /// Largest count of one `send_requests`
    #[arg(long, value_name = "N", default_value_t = 10_000_000, value_parser = within(0..=u64::MAX))]
    max_count: u64,
    /// Listen at `unix:PATH` or `HOST:PORT` instead of reading standard input; repeatable. Port 0 chooses a free one
    #[arg(long, value_name = "ADDRESS", help_heading = LISTENING)]
    listen: Vec<Address>,
    /// Let all clients use one pool: the same backends, health and requests in flight
    #[arg(long, requires = "listen", help_heading = LISTENING)]
    shared: bool,
    /// Most clients at once; a further one gets an error and is disconnected
    #[arg(long, value_name = "N", default_value_t = 256, requires = "listen", help_heading = LISTENING,
        value_parser = within(1..=u32::MAX))]
    max_clients: u32,
    /// Permit addresses that other machines can reach. There is no encryption and no authentication
    #[arg(long, requires = "listen", help_heading = LISTENING)]
    allow_remote: bool,
}

/// The heading of the flags for sockets.
const LISTENING: &str = "Listening";

/// Answers requests until the input ends or, at sockets, a signal comes. What messages name is of another registry
/// than what the config names: a message runs no command.
///
/// # Errors
/// If the config is at fault, an address cannot be listened at, or a stream cannot be read or written.
pub(super) fn run(
    args: &ServeArgs,
    registry: &Registry,
    of_messages: &Registry,
    voice: Voice,
) -> Result<()> {
    let start = Instant::now();
    let load = |path| Config::load_since(path, registry, start);
    let loaded = args.config.as_deref().map(load).transpose()?;
    if !args.listen.is_empty() {
        return listen(args, loaded, of_messages, start, voice);
    }
    // The locks of the standard streams buffer as well, which the loop does already.
    protocol::serve(
        io::stdin(),
        io::stdout().lock(),
        loaded,
        of_messages,
        start,
        args.limits(),
    )
    .context("serve")
}

fn listen(
    args: &ServeArgs,
    loaded: Option<Loaded>,
    of_messages: &Registry,
    start: Instant,
    voice: Voice,
) -> Result<()> {
    let reach = if args.allow_remote {
        Reach::Anywhere
    } else {
        Reach::Loopback
    };
    let stop = Stop::on_signals()?;
    #[cfg(unix)]
    external::outlive_one_signal();
    let listeners = Listeners::open(&args.listen, reach)?;
    for address in listeners.addresses()? {
        voice.remark(format_args!("listening on {address}"));
    }
    let sharing = if args.shared {
        Sharing::Shared
    } else {
        Sharing::Own
    };
    let conversations = Conversations::new(sharing, loaded, of_messages, start, args.limits());
    let max_clients = args.max_clients as usize;
    protocol::serve_clients(listeners, &conversations, max_clients, &stop).context("serve")
}

impl ServeArgs {
    fn limits(&self) -> Limits {
        Limits {
            max_line_bytes: self.max_line_bytes as usize,
            max_count: self.max_count,
        }
    }
}
