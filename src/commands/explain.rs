//! `explain`: why a key reaches the backend that it reaches, and why another one after a change.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use evenkeel_algorithms::{Card, Registry};
use evenkeel_config::{Config, Loaded};

use super::format::one_of;
use super::parsers::within;
use super::registered::algorithm;
use crate::explain::{Between, Differences, Explanation};
use crate::outputs::Outputs;
use crate::progress::Voice;
use crate::report::{Format, json};

/// Explain why a key reaches its backend, or moved to another one
///
/// Shows what is hashed, the hash, the ring point, table entry, bucket or draw that decides, which backends were
/// skipped and why, any fallback, the backend, and the next choices for retries and replicas. Each key is explained
/// as if it were the first request.
///
/// With a second config, both are shown side by side, and why the key moved: a backend that is gone, new or back, a
/// lost numbering, a setting, weights. A difference of the configs is named only if the key stays without it.
///
/// The first KEY is the second config if it ends in .yaml or .yml and is a file. `--after` names any other file, and
/// what follows `--` is always a key.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel explain configs/ketama.yaml alice
  evenkeel explain configs/ketama.yaml -a nginx-hash-consistent alice bob
  evenkeel explain configs/ketama.yaml alice -f json
  evenkeel explain before.yaml after.yaml alice
  evenkeel explain before.yaml --after after.conf alice -f csv")]
pub(super) struct ExplainArgs {
    /// Config file with the backends
    #[arg(value_name = "CONFIG")]
    config: PathBuf,
    /// Keys; before them, the config after a change
    #[arg(value_name = "[AFTER] KEY", required_unless_present = "literal")]
    keys: Vec<String>,
    /// Keys, whatever they look like
    #[arg(value_name = "KEY", last = true)]
    literal: Vec<String>,
    /// Config file after a change
    #[arg(long, value_name = "FILE")]
    after: Option<PathBuf>,
    /// Override the configured algorithm
    #[arg(short, long, value_name = "NAME", value_parser = algorithm())]
    algorithm: Option<&'static Card>,
    /// Number of next choices to list
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = within(0..=u32::MAX))]
    next: u32,
    /// Format of the explanation; csv needs two configs
    #[arg(short, long, default_value = "text",
        value_parser = one_of(&[Format::Text, Format::Csv, Format::Json]))]
    format: Format,
}

impl ExplainArgs {
    /// The second config, if there is one, and the keys.
    fn parts(&self) -> (Option<&Path>, impl Iterator<Item = &str>) {
        let first = self.keys.first().map(Path::new);
        let is_config = |path: &&Path| {
            let ends = path.extension().and_then(OsStr::to_str);
            matches!(ends, Some("yaml" | "yml")) && path.is_file()
        };
        let positional = first.filter(|path| self.after.is_none() && is_config(path));
        let keys = &self.keys[usize::from(positional.is_some())..];
        let keys = keys.iter().chain(&self.literal).map(String::as_str);
        (self.after.as_deref().or(positional), keys)
    }
}

/// Explains the keys of the arguments, each as if it were the first request.
///
/// # Errors
/// If a config or the output is at fault, or no backend is left for a key.
pub(super) fn run(
    args: &ExplainArgs,
    registry: &Registry,
    command: &str,
    voice: Voice,
    output: &mut impl Write,
) -> Result<()> {
    let before = Config::load(&args.config, registry, args.algorithm)?;
    let (after, keys) = args.parts();
    let Some(after) = after else {
        return explain(args, &before, keys, output);
    };
    let keys: Vec<_> = keys.collect();
    if keys.is_empty() {
        bail!(
            "expected a key behind {0}, which is a config file; to explain the key {0:?}, write it after `--`",
            after.display()
        );
    }
    let outputs = Outputs {
        format: args.format,
        exports: &[],
        plots: None,
        details: true,
        command,
        voice,
    };
    let names = [args.config.as_path(), after].map(|path| path.display().to_string());
    let after = Config::load(after, registry, args.algorithm)?;
    let snapshots = [&before, &after].map(|loaded| loaded.balancer.snapshot());
    let between = Between::new(
        (&before.config, &snapshots[0]),
        (&after.config, &snapshots[1]),
    );
    let next = args.next as usize;
    let keys = keys.into_iter().map(|key| between.difference(key, next));
    let [before, after] = names;
    let differences = Differences {
        before,
        after,
        keys: keys.collect(),
    };
    outputs.write(&differences, output)
}

/// Explains keys in one config.
fn explain<'a>(
    args: &ExplainArgs,
    loaded: &Loaded,
    keys: impl Iterator<Item = &'a str>,
    output: &mut impl Write,
) -> Result<()> {
    if args.format == Format::Csv {
        bail!("the format csv compares two configs; expected a second config, or text or json");
    }
    let snapshot = loaded.balancer.snapshot();
    for (number, key) in keys.enumerate() {
        let explanation = Explanation::of(&loaded.config, &snapshot, key, args.next as usize);
        if args.format == Format::Json {
            output.write_all(&json(&explanation)?)?;
        } else {
            let gap = if number > 0 { "\n" } else { "" };
            write!(output, "{gap}{}", explanation.text())?;
        }
        // What led nowhere is worth reading too.
        output.flush()?;
        explanation
            .answer()
            .with_context(|| format!("the key {key:?}"))?;
    }
    Ok(())
}
