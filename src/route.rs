//! `route`: which backend each key reaches.

use std::io::{IsTerminal, Write, stdout};

use anyhow::{Context, Result};
use evenkeel_algorithms::{Backend, LoadBalancer};
use indicatif::ProgressBar;
use serde::Serialize;

use crate::cli::{LineFormat, RouteArgs};
use crate::config::Config;
use crate::input::Lines;
use crate::progress::{Counter, Voice};
use crate::report::hex;

/// Routes the keys of the arguments, a file or standard input, and writes a line each.
///
/// # Errors
/// If the config, a key or the output is at fault, or no backend is eligible.
pub(crate) fn run(args: &RouteArgs, voice: Voice, output: &mut impl Write) -> Result<()> {
    let router = Router {
        balancer: Config::load(&args.config, args.algorithm)?.balancer,
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

/// An answer as a line of JSON.
#[derive(Serialize)]
struct Answer<'a> {
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
                let answer = Answer {
                    key: text.ok(),
                    key_hex,
                    backend,
                    owners,
                };
                serde_json::to_writer(&mut *output, &answer)?;
                output.write_all(b"\n")?;
            }
        }
        ticket.leave_in_flight();
        Ok(())
    }
}
