//! The arguments of `plan`.

use std::path::PathBuf;

use clap::Args;
use evenkeel_algorithms::{Algorithm, Backend};

use super::{OutputArgs, algorithm, backend, count, output, reweight};
use crate::compare::MembershipChange;
use crate::text::share;
use crate::workload::KeyField;

/// Measure what a change will cost before you make it
///
/// Every key that moves is a miss in a cache, or a session begun anew. Asks where each key goes before
/// a change and after it, and says how much moves, from whom to whom, how much of that had to, and what
/// would move less. The change is a second config, or what is added, removed and reweighted in one.
/// Backends are the same if their names are; each key is asked by itself, as if nothing were in flight.
///
/// The ideal is what an algorithm moves whose backends have exactly the shares of their weights: what
/// those had who leave, or what those gain whose share grows. Where shares are a little off their weights
/// somewhat more or less moves. The excess moved between backends that the change does not concern.
///
/// Algorithms that number their backends carry on with the numbers of before. In a second config its
/// own `numbering` counts: take it from `check --numbering`.
///
/// Several configs are the steps of one road. Of the distinct keys of files all are held up to
/// 1,048,576; beyond that an even sample tells of keys, and the report says of how many. Requests are
/// always counted exactly, and memory stays flat.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel plan -c before.yaml -c after.yaml
  evenkeel plan -c configs/ketama.yaml --add d:2 --remove a
  evenkeel plan -c configs/ketama.yaml --algorithm maglev --access-log access.log.gz --key path
  evenkeel plan -c before.yaml -c after.yaml --steps --max-moved 12%   # exit code 1 beyond
  evenkeel plan -c before.yaml -c halfway.yaml -c after.yaml
  evenkeel plan -c before.yaml -c after.yaml --keys-from keys.gz --list-moved moved.tsv
  evenkeel plan -c before.yaml --replace old-7=new-7 --max-moved 15% --format json
  evenkeel plan -c before.yaml --add d --add e --steps --write-states rollout
  evenkeel plan -c before.yaml -c after.yaml --export report.html --plot plots

A name and a weight are written NAME:WEIGHT. What follows the last colon is the weight, so a name
that itself ends in a colon and a number needs one: 10.0.0.1:8080:1.")]
pub struct PlanArgs {
    /// The config before, and the one after it, and so on; a single one takes its changes from below
    #[arg(short, long, value_name = "FILE", required = true)]
    pub config: Vec<PathBuf>,
    /// Add a backend to the single config, behind all others (repeatable)
    #[arg(long, value_name = "NAME[:W]", value_parser = backend)]
    pub add: Vec<Backend>,
    /// Remove a backend of the single config (repeatable)
    #[arg(long, value_name = "NAME")]
    pub remove: Vec<String>,
    /// Change a backend's weight in the single config (repeatable)
    #[arg(long, value_name = "NAME:W", value_parser = reweight)]
    pub reweight: Vec<MembershipChange>,
    /// Let another backend take the place of one of the single config, with its weight and all that is
    /// said of it but its address (repeatable)
    #[arg(long, value_name = "OLD=NEW", value_parser = replace)]
    pub replace: Vec<MembershipChange>,
    /// The algorithm after, of the single config
    #[arg(long, value_name = "NAME", value_parser = algorithm)]
    pub algorithm: Option<&'static Algorithm>,
    /// How many keys to ask, `key-1` to `key-N`, each once
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = count)]
    pub keys: u32,
    /// Read the requests' keys from a file, one a line, compressed with gzip or not; `-` is standard
    /// input
    #[arg(long, value_name = "FILE", conflicts_with = "keys")]
    pub keys_from: Option<PathBuf>,
    /// Read the requests from an access log in the common or combined format, compressed or not
    #[arg(long, value_name = "FILE", requires = "key", conflicts_with_all = ["keys", "keys_from"])]
    pub access_log: Option<PathBuf>,
    /// Which part of a logged request is its key; a path is the request target with its query
    #[arg(long, value_enum, requires = "access_log")]
    pub key: Option<KeyField>,
    /// Go one backend at a time: newcomers join, then weights and the like change, then leavers go,
    /// and what else differs comes last; steps that change nothing of where requests go are left out
    #[arg(long)]
    pub steps: bool,
    /// The share of the keys and of the requests that may move, such as 12% or 0.12, by each step if
    /// there are steps; exit code 1 if more do
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub max_moved: Option<f64>,
    /// Write `key<TAB>from<TAB>to` to a file for every request that moves from first to last, in order
    #[arg(long, value_name = "FILE", value_parser = output)]
    pub list_moved: Option<PathBuf>,
    /// Write the config of every state after the first into a folder, as step-1.yaml and so on, to be
    /// exported or deployed
    #[arg(long, value_name = "FOLDER")]
    pub write_states: Option<PathBuf>,
    /// How the figures are written, and where to.
    #[command(flatten)]
    pub outputs: OutputArgs,
}

impl PlanArgs {
    /// The files that are read.
    pub(crate) fn files(&self) -> impl Iterator<Item = &PathBuf> {
        let requests = self.keys_from.iter().chain(&self.access_log);
        self.config.iter().chain(requests)
    }
}

fn replace(text: &str) -> Result<MembershipChange, String> {
    let names = text
        .split_once('=')
        .filter(|(old, new)| !old.is_empty() && !new.is_empty());
    let (old, new) = names.ok_or("expected OLD=NEW, two names")?;
    Backend::check_name(new).map_err(|error| error.to_string())?;
    Ok(MembershipChange::Replace(old.to_owned(), new.to_owned()))
}
