//! `export`: a config as the configuration of another program that routes the same.

use std::io::Write;
use std::net::SocketAddr;

use anyhow::{Result, bail};
use evenkeel_algorithms::{Balancer, Key};

use crate::cli::{ExportArgs, ExportFormat};
use crate::config::Config;
use crate::exchange::{Delivery, Program, Verdicts};
use crate::input::refuse_overwriting;

mod backends;
mod envoy;
mod haproxy;
mod key;
mod nginx;
mod stand_in;
mod twemproxy;

pub(crate) use haproxy::without_brackets;
pub use key::KeySource;

/// What a config says nothing of and a configuration needs.
#[derive(Clone, Debug)]
pub struct Wiring {
    /// The part of a request that is its key; none where no key is used or the program knows it.
    pub key: Option<KeySource>,
    /// Where the program is to listen.
    pub listen: SocketAddr,
    /// What the upstream, backend, cluster or pool is called.
    pub name: String,
    /// Whether only that section is wanted, to be put into a configuration that is there.
    pub section_only: bool,
}

/// A configuration in the making.
struct Draft {
    before: String,
    /// The upstream, backend, cluster or pool.
    section: String,
    after: String,
}

impl Draft {
    fn text(self, section_only: bool) -> String {
        if section_only {
            return without_indent(&self.section);
        }
        self.before + &self.section + &self.after
    }
}

/// The lines without what all of them begin with.
fn without_indent(text: &str) -> String {
    let width = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let indent = text.lines().map(width).min().unwrap_or_default();
    let lines = text.lines().map(|line| format!("{}\n", &line[indent..]));
    lines.collect()
}

/// A config as the configuration of a program.
#[derive(Debug)]
pub struct Exported {
    /// What became of each field.
    pub verdicts: Verdicts,
    /// The configuration; none if something is impossible.
    pub text: Option<String>,
}

/// Exports a config and writes the configuration and, to standard error, the verdicts.
///
/// # Errors
/// If the config, the wiring or the output is at fault, or the program cannot do the same.
pub(crate) fn run(args: &ExportArgs, output: &mut impl Write) -> Result<()> {
    refuse_overwriting(&args.output, [&args.config])?;
    let config = Config::load(&args.config, None)?.config;
    let wiring = Wiring {
        key: key(args, &config)?,
        listen: args.listen.unwrap_or(args.to.default_listener()),
        name: args.name.clone(),
        section_only: args.section_only,
    };
    let Exported { verdicts, text } = export(&config, args.to, &wiring);
    let delivery = Delivery {
        strict: args.strict,
        as_json: args.format == ExportFormat::Json,
        file: args.output.as_deref(),
        place: "",
    };
    delivery.write(&verdicts, text.as_deref(), output)
}

/// The key that was asked for, if the algorithm uses one and the program does not know it by itself.
fn key(args: &ExportArgs, config: &Config) -> Result<Option<KeySource>> {
    let profile = config.strategy().profile();
    let algorithm = config.algorithm;
    match (&args.key, args.to) {
        (Some(_), Program::Twemproxy) => {
            bail!("--key: twemproxy takes the keys of memcached or Redis; leave it out")
        }
        (Some(_), _) if profile.key == Key::Unused => {
            bail!("--key: {algorithm} uses no key; leave it out")
        }
        (None, Program::Twemproxy) => Ok(None),
        (None, _) if algorithm.name == "nginx-ip-hash" => Ok(Some(KeySource::Client)),
        (None, to) if profile.key != Key::Unused => bail!(
            "{algorithm} picks by key, and {to} has to be told where a request has it; expected --key \
             with header:NAME, cookie:NAME, query:NAME, client or path"
        ),
        (key, _) => Ok(key.clone()),
    }
}

/// Writes a config as the configuration of a program.
#[must_use]
pub fn export(config: &Config, program: Program, wiring: &Wiring) -> Exported {
    let mut verdicts = Verdicts::default();
    around(config, program, &mut verdicts);
    let chosen = stand_in::choose(config, program, &mut verdicts);
    let text = chosen.map(|config| {
        let write = match program {
            Program::Nginx => nginx::write,
            Program::Haproxy => haproxy::write,
            Program::Envoy => envoy::write,
            Program::Twemproxy => twemproxy::write,
        };
        let draft = write(&config, wiring, &mut verdicts);
        preamble(&verdicts) + &draft.text(wiring.section_only)
    });
    let text = text.filter(|_| verdicts.accept(false).is_ok());
    Exported { verdicts, text }
}

/// What stands around a strategy, and what only ours have.
fn around(config: &Config, program: Program, verdicts: &mut Verdicts) {
    if config.subset.is_some() {
        let reason = format!(
            "{program} would use all backends; list only those of the subset, which `evenkeel check` shows"
        );
        verdicts.impossible("subset", reason);
    }
    if config.warm_up.is_some() {
        let reason = "left out: a newcomer gets its whole share at once";
        verdicts.approximate("warm_up", reason);
    }
    let in_flight = |backend: &evenkeel_algorithms::Backend| backend.connections() > 0;
    if config.backends.iter().any(in_flight) {
        let reason = "left out: a program starts with none in flight";
        verdicts.approximate("backends.connections", reason);
    }
}

/// What a reader of the configuration has to know, as comments.
fn preamble(verdicts: &Verdicts) -> String {
    let mut text = "# Written by `evenkeel export`.\n".to_owned();
    let inexact = verdicts
        .lines("")
        .lines()
        .filter(|line| line.starts_with("approximate"))
        .map(|line| format!("# {line}\n"))
        .collect::<String>();
    text += &inexact;
    text
}
