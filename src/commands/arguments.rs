//! The command line's shape, without logic.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use evenkeel_algorithms::{Algorithm, Backend, Weight};

use crate::compare::MembershipChange;
use crate::workload::{Distribution, KeyField};

mod advise;
mod exchange;
mod output;
mod plan;
mod simulate;
mod tune;

pub use advise::{AdviseArgs, AdviseFormat};
pub(crate) use exchange::LONGEST_NAME;
pub use exchange::{ExportArgs, ExportFormat, ImportArgs, ImportFormat};
pub use output::OutputArgs;
pub use plan::PlanArgs;
pub use simulate::{Entries, Loads, ModelArgs, SimulateArgs, TrafficArgs};
pub use tune::{TuneArgs, TuneFormat};

/// Picks backends by any load-balancing strategy, and tells which strategy to pick.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, max_term_width = 100)]
#[command(after_help = "Exit codes: 0 all well, 1 the answer is no, 2 wrong usage or config.")]
pub struct Cli {
    /// Say nothing on standard error beside results: no progress and no remarks, only errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
#[expect(
    missing_docs,
    reason = "the text of a variant would replace that of its arguments in the help"
)]
pub enum Command {
    Route(RouteArgs),
    Explain(ExplainArgs),
    Compare(CompareArgs),
    Agreement(AgreementArgs),
    Advise(AdviseArgs),
    Tune(TuneArgs),
    Plan(PlanArgs),
    Simulate(Box<SimulateArgs>),
    Export(ExportArgs),
    Import(ImportArgs),
    Serve(ServeArgs),
    Check(CheckArgs),
    VerifyVectors(VerifyVectorsArgs),
    Algorithms(AlgorithmsArgs),
    Completions(CompletionsArgs),
    Man(ManArgs),
}

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
pub struct RouteArgs {
    /// The config with the backends
    #[arg(short, long, value_name = "FILE")]
    pub config: PathBuf,
    /// Another algorithm than the config's
    #[arg(long, value_name = "NAME", value_parser = algorithm)]
    pub algorithm: Option<&'static Algorithm>,
    /// Show the first K backends in the key's order of preference, a column each
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..))]
    pub owners: Option<u32>,
    /// Read the keys from a file, one a line, compressed with gzip or not; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "keys")]
    pub keys_from: Option<PathBuf>,
    /// How the answers are written
    #[arg(long, value_enum, default_value_t)]
    pub format: LineFormat,
    /// The keys; without any, and without --keys-from, they are read from standard input
    #[arg(value_name = "KEY")]
    pub keys: Vec<String>,
}

/// How answers are written that come a line each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LineFormat {
    /// Columns, with a tab between them.
    #[default]
    Text,
    /// A JSON object a line; bytes that are not UTF-8 stand as `key_hex`.
    Jsonl,
}

/// Say why a key reaches the backend that it reaches
///
/// Shows what is hashed and the hash, the point of the ring or the entry of the table that it finds and
/// whose it is, who is passed over and why, what decides instead, the backend, and who is next for
/// retries and replicas. Each key is explained as if it were the first request.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel explain -c configs/ketama.yaml alice
  evenkeel explain -c configs/ketama.yaml --algorithm nginx-hash-consistent alice bob
  evenkeel explain -c configs/ketama.yaml alice --format json")]
pub struct ExplainArgs {
    /// The config with the backends
    #[arg(short, long, value_name = "FILE")]
    pub config: PathBuf,
    /// Another algorithm than the config's
    #[arg(long, value_name = "NAME", value_parser = algorithm)]
    pub algorithm: Option<&'static Algorithm>,
    /// How many of the next backends to list
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub next: u32,
    /// How the reason is written
    #[arg(long, value_enum, default_value_t)]
    pub format: ExplainFormat,
    /// The keys
    #[arg(value_name = "KEY", required = true)]
    pub keys: Vec<String>,
}

/// How `explain` writes a reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ExplainFormat {
    /// A line a step.
    #[default]
    Text,
    /// A JSON object a key.
    Json,
}

/// Measure how strategies spread a workload and what a change moves
///
/// Without arguments: all strategies of our own, backends b1 to b10, 1,000,000 requests from 100,000
/// clients; b11 is added, b10 removed. Requests can be drawn, read from a file of keys or from an
/// access log. Every change is measured singly against the base. The spread of a strategy by key is tested
/// against that of chance (chi-square, at 0.1 %), unless a backend is due fewer than 5 keys.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel compare
  evenkeel compare --backends 100 --distribution zipf:1.0
  evenkeel compare --access-log access.log.gz --key client --backends a:2,b,c
  evenkeel compare -c configs/compare.yaml --add d:2 --remove a --reweight b:3
  evenkeel compare --algorithm ketama,maglev --format json --no-timing --export out.csv
  evenkeel compare --algorithm ketama --dialects --backends 5
  evenkeel compare --repeat 20 --requests 100000 --clients 10000   # with confidence intervals
  evenkeel compare --export report.html --plot plots
  evenkeel compare --verify

A name and a weight are written NAME:WEIGHT. What follows the last colon is the weight, so a name
that itself ends in a colon and a number needs one: 10.0.0.1:8080:1.")]
pub struct CompareArgs {
    /// The config with the backends, the seed and the options
    #[arg(short, long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The algorithms, separated by commas, or `all` of our own  [default: all]
    #[arg(long, value_name = "NAME,…|all", value_parser = algorithms)]
    pub algorithm: Option<AlgorithmList>,
    /// Compare the dialects of other programs as well, all of them
    #[arg(long)]
    pub dialects: bool,
    /// How many backends (b1 to bN), or their names, some with a weight  [default: 10]
    #[arg(long, value_name = "N|NAME[:W],…", value_parser = backends, conflicts_with = "config")]
    pub backends: Option<BackendNames>,
    /// Where the requests come from.
    #[command(flatten)]
    pub workload: WorkloadArgs,
    /// Add a backend (repeatable; without any change a new one is added and the last removed)
    #[arg(long, value_name = "NAME[:W]", value_parser = backend)]
    pub add: Vec<Backend>,
    /// Remove a backend (repeatable)
    #[arg(long, value_name = "NAME")]
    pub remove: Vec<String>,
    /// Change a backend's weight (repeatable)
    #[arg(long, value_name = "NAME:W", value_parser = reweight)]
    pub reweight: Vec<MembershipChange>,
    /// The seed of keys, names, draws and completions  [default: the config's, else 24301]
    #[arg(long, value_name = "NUMBER")]
    pub seed: Option<u64>,
    /// Repeat it with N seeds and give means with their 95 % confidence intervals: every run draws
    /// other requests from other clients; those of a file stay the same, and only the strategies'
    /// seed is another. From 5 on the most even strategies are compared with the others, run by run
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub repeat: u32,
    /// How the figures are written, and where to.
    #[command(flatten)]
    pub outputs: OutputArgs,
    /// Leave out the times, so that the same seed and input give the same bytes
    #[arg(long)]
    pub no_timing: bool,
    /// Hold our own strategies to the numbers that are published of them instead: each is measured
    /// anew, in a minute or two; exit code 1 if one does not hold
    #[arg(long, conflicts_with_all = ["config", "algorithm", "dialects", "backends", "add", "remove", "reweight",
        "seed", "repeat", "no_timing", "plot", "WorkloadArgs"])]
    pub verify: bool,
}

/// Say for how many keys configs pick the same backend
///
/// Clients of one pool of servers have to agree, or each fills a cache of its own. Reads a config for
/// each client and prints a matrix: the share of the keys that two of them send to the same backend, by
/// its name. Each key is asked by itself; weights of the workload make no difference.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel agreement configs/clients/*.yaml
  evenkeel agreement php.yaml python.yaml --keys-from keys.gz --format json
  evenkeel agreement php.yaml python.yaml --export report.html --plot plots
  evenkeel agreement configs/clients/*.yaml --backends a:11211:1,b:11211:1,c:11211:2

A name and a weight are written NAME:WEIGHT. What follows the last colon is the weight, so a name
that itself ends in a colon and a number needs one: 10.0.0.1:8080:1.")]
pub struct AgreementArgs {
    /// The configs, one a client
    #[arg(value_name = "FILE", required = true)]
    pub configs: Vec<PathBuf>,
    /// How many backends (b1 to bN), or their names, some with a weight, instead of the configs'
    #[arg(long, value_name = "N|NAME[:W],…", value_parser = backends)]
    pub backends: Option<BackendNames>,
    /// Where the keys come from.
    #[command(flatten)]
    pub workload: WorkloadArgs,
    /// How the figures are written, and where to.
    #[command(flatten)]
    pub outputs: OutputArgs,
}

/// Where the requests come from.
#[derive(Debug, Args)]
pub struct WorkloadArgs {
    /// How many requests to draw
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = count)]
    pub requests: u32,
    /// How many clients they come from
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = count)]
    pub clients: u32,
    /// How often each client asks: `uniform`, or `zipf:S` (the k-th in proportion to 1/k^S)
    #[arg(long, value_name = "uniform|zipf:S", default_value = "uniform")]
    pub distribution: Distribution,
    /// Read the requests' keys from a file, one a line, compressed with gzip or not; `-` is standard
    /// input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["requests", "clients", "distribution"])]
    pub keys_from: Option<PathBuf>,
    /// Read the requests from an access log in the common or combined format, compressed or not
    #[arg(long, value_name = "FILE", requires = "key",
        conflicts_with_all = ["requests", "clients", "distribution", "keys_from"])]
    pub access_log: Option<PathBuf>,
    /// Which part of a logged request is its key; a path is the request target with its query
    #[arg(long, value_enum, requires = "access_log")]
    pub key: Option<KeyField>,
}

impl WorkloadArgs {
    /// The files that are read.
    pub(crate) fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.keys_from.iter().chain(&self.access_log)
    }
}

/// Answer requests on standard input: one JSON object a line in, one a line out
///
/// Any program can ask: `init` names the backends, `http_request` is answered with one of them,
/// `request_complete` ends a request that is counted, `test_remap` says what a change would move.
/// Beside these: `add_backend`, `remove_backend`, `set_weight`, `set_eligible`, `send_requests`,
/// `fingerprint`, `probes` and `report`. README.md of the source describes them all.
#[derive(Debug, Args)]
#[command(after_help = r#"Example:
  printf '%s\n' '{"type":"init","msg_id":1,"backends":["b1","b2"]}' \
    '{"type":"http_request","msg_id":2,"client_id":"alice"}' | evenkeel serve"#)]
pub struct ServeArgs {
    /// The config with the backends, so that no `init` is needed
    #[arg(short, long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The longest line that is read; a longer one is answered with an error
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 20,
        value_parser = clap::value_parser!(u64).range(64..=1 << 30))]
    pub max_line_bytes: u64,
    /// The most requests that one `send_requests` may ask for
    #[arg(long, value_name = "N", default_value_t = 10_000_000)]
    pub max_count: u64,
}

/// Check a config and say what it means
///
/// Two processes whose fingerprints are equal route alike, apart from what each has learnt by itself
/// (counts, turns, latencies, how warm a newcomer is). Algorithms that number their backends (anchor,
/// dx, memento, choose-k, the jump family) go by the changes that the backends went through: before
/// you change them in a config, take the numbering of before along into it, in place of an older one.
///
/// Warns of what is right and does something that nobody would expect, each with a code that
/// docs/lints.md of the source explains, the line, the reason and the cure.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel check configs/maglev.yaml
  evenkeel check --strict production.yaml   # exit code 1 if there is a warning
  evenkeel check --numbering before.yaml    # put this line into after.yaml, in place of an older one")]
pub struct CheckArgs {
    /// The config
    #[arg(value_name = "FILE")]
    pub config: PathBuf,
    /// Write only the numbering of its backends, as a line for another config
    #[arg(long)]
    pub numbering: bool,
    /// Exit with 1 if there is a warning
    #[arg(long, conflicts_with = "numbering")]
    pub strict: bool,
}

/// Hold the dialects to recorded answers of the real programs
///
/// Replays every row of the folder's .jsonl files (compressed with gzip or not): its config is loaded
/// and its requests are routed as ever, and each answer is compared with the program's. Prints a line a
/// row, `matched/total<TAB>name<TAB>program`, and their sum. Exit code 1 if any answer is another.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel verify-vectors tests/vectors
  evenkeel verify-vectors tests/vectors --format summary
  evenkeel verify-vectors tests/vectors --format jsonl | jq 'select(.difference)'")]
pub struct VerifyVectorsArgs {
    /// The folder with the rows and with keysets.json
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,
    /// How the rows are written
    #[arg(long, value_enum, default_value_t)]
    pub format: VectorsFormat,
}

/// How `verify-vectors` writes what came of the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum VectorsFormat {
    /// A line a row, with a tab between the columns, and their sum.
    #[default]
    Text,
    /// A JSON object a row.
    Jsonl,
    /// A table of the algorithms.
    Summary,
}

/// List the algorithms: cost, weights, disruption, options, source
#[derive(Debug, Args)]
pub struct AlgorithmsArgs {
    /// Write Markdown tables
    #[arg(long)]
    pub markdown: bool,
}

/// Write what a shell needs to complete the command line
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel completions bash > ~/.local/share/bash-completion/completions/evenkeel
  evenkeel completions zsh > ~/.zfunc/_evenkeel
  evenkeel completions fish > ~/.config/fish/completions/evenkeel.fish")]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// Write the manual: the first page, or all pages into a folder
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel man | man -l -
  evenkeel man ~/.local/share/man/man1")]
pub struct ManArgs {
    /// The folder, which must be there; it gets a page a command
    #[arg(value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
}

/// Algorithms in the order given.
#[derive(Clone, Debug)]
pub struct AlgorithmList(pub Vec<&'static Algorithm>);

/// Backends in the order given.
#[derive(Clone, Debug)]
pub struct BackendNames(pub Vec<Backend>);

fn algorithm(name: &str) -> Result<&'static Algorithm, String> {
    Algorithm::named(name).map_err(|error| crate::config::with_suggestion(error.to_string()))
}

fn algorithms(names: &str) -> Result<AlgorithmList, String> {
    if names == "all" {
        return Ok(AlgorithmList(
            evenkeel_algorithms::strategy::ALGORITHMS.to_vec(),
        ));
    }
    let mut list = Vec::new();
    for name in names.split(',') {
        let known = algorithm(name)?;
        if list.contains(&known) {
            return Err(format!("{known} is given twice"));
        }
        list.push(known);
    }
    Ok(AlgorithmList(list))
}

fn backends(text: &str) -> Result<BackendNames, String> {
    let most = evenkeel_algorithms::MAX_BACKENDS;
    let like_a_number = text.starts_with(|first: char| first.is_ascii_digit())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if like_a_number {
        let number = text.replace('_', "").parse();
        let number = number.ok().filter(|number| (1..=most).contains(number));
        let number = number.ok_or_else(|| {
            format!("expected 1 to {most} backends, or their names separated by commas")
        })?;
        let named = (1..=number).map(|number| format!("b{number}").into());
        return Ok(BackendNames(named.collect()));
    }
    let list: Vec<_> = text.split(',').map(backend).collect::<Result<_, _>>()?;
    let pool = evenkeel_algorithms::Pool::new(list.iter().cloned());
    pool.map(|_| BackendNames(list))
        .map_err(|error| error.to_string())
}

fn backend(text: &str) -> Result<Backend, String> {
    let (name, weight) = match text.rsplit_once(':') {
        Some((name, weight)) if weight.bytes().all(|byte| byte.is_ascii_digit()) => {
            refuse_port(name, weight)?;
            (name, parsed_weight(weight)?)
        }
        _ => (text, Weight::MIN),
    };
    Backend::check_name(name).map_err(|error| error.to_string())?;
    Ok(Backend::new(name).with_weight(weight))
}

/// Refuses what looks like an address and its port: the port would silently become a weight.
fn refuse_port(name: &str, weight: &str) -> Result<(), String> {
    const LEAST_PORT: u64 = 80;
    let address = name.contains('.') || name.ends_with(']') || name == "localhost";
    if address && weight.parse().is_ok_and(|number: u64| number >= LEAST_PORT) {
        return Err(format!(
            "{weight} may be a port or a weight; write `{name}:{weight}:1` if it is a port, and in a config if it is a weight"
        ));
    }
    Ok(())
}

fn reweight(text: &str) -> Result<MembershipChange, String> {
    let (name, weight) = text.rsplit_once(':').ok_or("expected NAME:WEIGHT")?;
    Ok(MembershipChange::Reweight(
        name.to_owned(),
        parsed_weight(weight)?,
    ))
}

fn parsed_weight(text: &str) -> Result<Weight, String> {
    let number = text
        .parse()
        .map_err(|_| format!("`{text}` is not a weight; expected 1 to 1000000"))?;
    Weight::new(number).map_err(|error| error.to_string())
}

fn count(text: &str) -> Result<u32, String> {
    let number = text
        .replace('_', "")
        .parse()
        .ok()
        .filter(|&number| number > 0);
    number.ok_or(format!("expected a whole number from 1 to {}", u32::MAX))
}

/// Where a file is to be written: `-`, which is standard output elsewhere, would make a file of that name.
fn output(text: &str) -> Result<PathBuf, String> {
    if text == "-" {
        return Err("expected the name of a file; `-` would be a file of that name".to_owned());
    }
    Ok(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_commands_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn names_and_weights_are_told_apart() {
        let parts = |text| backend(text).map(|b| (b.name().to_owned(), b.weight().get()));
        assert_eq!(parts("a"), Ok(("a".into(), 1)));
        assert_eq!(parts("a:2"), Ok(("a".into(), 2)));
        assert_eq!(parts("10.0.0.1:8080:3"), Ok(("10.0.0.1:8080".into(), 3)));
        assert_eq!(parts("::x"), Ok(("::x".into(), 1)));
        for wrong in ["", ":2", "a:0", "a:", "a:1000001"] {
            assert!(backend(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn lists_are_checked() {
        assert_eq!(backends("3").unwrap().0.len(), 3);
        for wrong in ["0", "1048577", "a,a", "a,,b"] {
            assert!(backends(wrong).is_err(), "{wrong}");
        }
        assert_eq!(algorithms("hrw,consistent-hash").unwrap().0.len(), 2);
        for wrong in ["ketama,consistent-hash", "", "ketma"] {
            assert!(algorithms(wrong).is_err(), "{wrong}");
        }
    }
}
