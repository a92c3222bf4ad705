//! `route`: which backend each key reaches.

use std::io::{IsTerminal, Write, stdout};
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use evenkeel_algorithms::Card;
use evenkeel_algorithms::Registry;
use evenkeel_algorithms::{Backend, LoadBalancer};
use evenkeel_config::Config;
use indicatif::ProgressBar;
use serde::Serialize;

use super::format::one_of;
use super::parsers::within;
use super::registered::algorithm;
use crate::input::Lines;
use crate::progress::{Counter, Voice};
use crate::report::Format;
use crate::text::hex;

/// Print the backend of each key
///
/// Prints `key<TAB>backend`, one line per key, in the order of the keys. Backend names contain no tab, so the
/// last tab of a line is the separator. Strategies that use no key take the next turn for each line. Requests
/// are never completed: for strategies that count requests in flight, every request stays in flight.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel route configs/ketama.yaml alice bob
  cut -f1 clients.tsv | evenkeel route configs/ketama.yaml
  evenkeel route configs/ketama.yaml --keys-from keys.gz --owners 3 -f jsonl
  evenkeel route configs/ketama.yaml -a rendezvous alice")]
pub(super) struct RouteArgs {
    /// Config file with the backends
    #[arg(value_name = "CONFIG")]
    config: PathBuf,
    /// Keys; without any, and without --keys-from, they are read from standard input
    #[arg(value_name = "KEY")]
    keys: Vec<String>,
    /// Override the configured algorithm
    #[arg(short, long, value_name = "NAME", value_parser = algorithm())]
    algorithm: Option<&'static Card>,
    /// Print the first K backends in the key's order of preference, one per column
    #[arg(long, value_name = "K", value_parser = within(1..=u32::MAX))]
    owners: Option<u32>,
    /// Read the keys from a file, one per line, plain or gzip; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "keys")]
    keys_from: Option<PathBuf>,
    /// Format of the answers
    #[arg(short, long, default_value = "text", value_parser = one_of(&[Format::Text, Format::Jsonl]))]
    format: Format,
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
    format: Format,
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
        if self.format == Format::Jsonl {
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
        } else {
            output.write_all(key)?;
            for name in names.as_deref().unwrap_or(&[backend]) {
                write!(output, "\t{name}")?;
            }
        }
        output.write_all(b"\n")?;
        ticket.leave_in_flight();
        Ok(())
    }
}
