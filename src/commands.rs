//! The command line: a file a command, with its arguments and what it does. The only place that knows clap.

mod advise;
mod agreement;
mod algorithms;
mod backends;
mod check;
mod cli;
mod compare;
mod completions;
mod conform;
mod delivery;
mod exit;
mod explain;
mod export;
mod externals;
mod format;
mod help;
mod import;
mod key_source;
mod kind;
mod man;
mod numbering;
mod outputs;
mod parsers;
mod plan;
mod registered;
mod registries;
mod route;
mod serve;
mod simulate;
mod spellings;
mod topics;
mod tune;
mod values;
mod verify;
mod workload;

pub use cli::{run, run_with};
