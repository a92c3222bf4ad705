//! `route`: which backend each key reaches.

use std::io::{IsTerminal, Write, stdout};
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use evenkeel_algorithms::Card;
use evenkeel_algorithms::Registry;
use evenkeel_algorithms::{Backend, LoadBalancer};
use indicatif::ProgressBar;
use serde::Serialize;

use super::registered::algorithm;
use crate::config::Config;
use crate::input::Lines;
use crate::progress::{Counter, Voice};
use crate::text::hex;

/// Say which backend each key reaches
///
/// Prints `key<TAB>backend`, a line a key, in the order of the keys. The last tab of a line is the
/// one between them, since a backend's name has none. A strategy that uses no key takes a turn for
/// every line; where requests in flight count (least-connections, bounds, caps) every request stays in
/// flight, since none is ever completed.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel route -c configs/ketama.yaml alice bob
  cut -f1 clients.tsv | evenkeel route -c configs/ketama.yaml
  evenkeel route -c configs/ketama.yaml --keys-from keys.gz --owners 3 --format jsonl
  evenkeel route -c configs/ketama.yaml --algorithm rendezvous alice")]
pub(super) struct RouteArgs {
    /// The config with the backends
    #[arg(short, long, value_name = "FILE")]
    config: PathBuf,
    /// Another algorithm than the config's
    #[arg(long, value_name = "NAME", value_parser = algorithm())]
    algorithm: Option<&'static Card>,
    /// Show the first K backends in the key's order of preference, a column each
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..))]
    owners: Option<u32>,
    /// Read the keys from a file, one a line, compressed with gzip or not; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "keys")]
    keys_from: Option<PathBuf>,
    /// How the answers are written
    #[arg(long, value_enum, default_value_t)]
    format: LineFormat,
    /// The keys; without any, and without --keys-from, they are read from standard input
    #[arg(value_name = "KEY")]
    keys: Vec<String>,
}

/// How answers are written that come a line each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum LineFormat {
    /// Columns, with a tab between them.
    #[default]
    Text,
    /// A JSON object a line; bytes that are not UTF-8 stand as `key_hex`.
    Jsonl,
}

/// Routes the keys of the arguments, a file or standard input, and writes a line each.
///
/// # Errors
/// If the config, a key or the output is at fault, or no backend is eligible.
pub(super) fn run(
    args: &RouteArgs,
    registry: &Registry,
    voice: Voice,
    output: &mut impl Write,
) -> Result<()> {
    let router = Router {
        balancer: Config::load(&args.config, registry, args.algorithm)?.balancer,
        owners: args.owners,
        format: args.format,
    };
    let Some(path) = args
        .keys_from
        .as_deref()
        .or(args.keys.is_empty().then_some("-".as_ref()))
    else {
        return args
            .keys
            .iter()
            .try_for_each(|key| router.answer(key.as_bytes(), output));
    };
    let mut lines = Lines::open(path)?;
    // Answers on a terminal are sign enough.
    let shown = args.keys_from.is_some() && !stdout().is_terminal();
    let bar = if shown {
        voice.count("keys")
    } else {
        ProgressBar::hidden()
    };
    let mut counter = Counter::new(&bar);
    while let Some(key) = lines.next_line()? {
        router.answer(key, output)?;
        counter.count();
        if lines.is_drained() {
            output.flush()?;
        }
    }
    Ok(())
}

struct Router {
    balancer: LoadBalancer,
    owners: Option<u32>,
    format: LineFormat,
}

/// A key and where it goes, as a line of JSON.
#[derive(Serialize)]
struct RoutedKey<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_hex: Option<String>,
    backend: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    owners: Option<&'a [&'a str]>,
}

impl Router {
    fn answer(&self, key: &[u8], output: &mut impl Write) -> Result<()> {
        let place = || format!("the key {:?}", String::from_utf8_lossy(key));
        // First, because the request will count.
        let owners = self
            .owners
            .map(|count| self.balancer.owners(key, count as usize));
        let owners = owners.transpose().context("--owners")?;
        let ticket = self.balancer.route(Some(key)).with_context(place)?;
        let names = owners
            .as_ref()
            .map(|owners| owners.iter().map(Backend::name).collect::<Vec<_>>());
        let backend = ticket.backend().name();
        match self.format {
            LineFormat::Text => {
                output.write_all(key)?;
                for name in names.as_deref().unwrap_or(&[backend]) {
                    write!(output, "\t{name}")?;
                }
                output.write_all(b"\n")?;
            }
            LineFormat::Jsonl => {
                let text = std::str::from_utf8(key);
                let key_hex = text.is_err().then(|| hex(key));
                let owners = names.as_deref();
                let routed = RoutedKey {
                    key: text.ok(),
                    key_hex,
                    backend,
                    owners,
                };
                serde_json::to_writer(&mut *output, &routed)?;
                output.write_all(b"\n")?;
            }
        }
        ticket.leave_in_flight();
        Ok(())
    }
}
